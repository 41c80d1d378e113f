"""Pages of other addresses: none may use the API but those that the operator names."""

from uuid import uuid4

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from tests.pictures import encoded, noise
from tests.users import API, Person
from wildlife.settings import Settings

OURS, THEIRS = "https://app.example.cn", "https://evil.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "PATCH",
    "Access-Control-Request-Headers": "authorization,tus-resumable,upload-offset,content-type",
}


class TestUnlessTheOperatorSaysSo:
    async def test_no_page_of_another_address_may_read_an_answer(self, officer: Person) -> None:
        answer = await officer.get("/stations", headers={"Origin": OURS})
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("access-control")]


class TestWhereTheOperatorNamesOrigins:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, cors_origins=f"{OURS}, http://10.0.0.5:8080")

    @pytest.mark.parametrize("origin", [OURS, "http://10.0.0.5:8080"])
    async def test_their_pages_send_photos_in_parts_and_read_how_far_they_are(
        self, client: AsyncClient, officer: Person, origin: str
    ) -> None:
        asked = {"Origin": origin} | PREFLIGHT
        path = f"{API}/uploads/0f901089-40b1-4d69-874f-14cede252e89"
        preflight = await client.options(path, headers=asked)
        assert preflight.status_code == 204
        assert preflight.headers["access-control-allow-origin"] == origin
        assert "PATCH" in preflight.headers["access-control-allow-methods"]
        allowed = preflight.headers["access-control-allow-headers"].lower()
        assert all(
            name in allowed for name in PREFLIGHT["Access-Control-Request-Headers"].split(",")
        )
        answer = await officer.request(
            "HEAD", path.removeprefix(API), headers={"Origin": origin, "Tus-Resumable": "1.0.0"}
        )
        assert answer.status_code == 404
        assert answer.headers["access-control-allow-origin"] == origin
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert {"Location", "Upload-Offset", "Tus-Resumable", "ETag", "X-Request-Id"} <= {*exposed}
        assert "access-control-allow-credentials" not in answer.headers

    async def test_a_thumbnail_varies_by_who_asks_and_by_what_they_take(
        self, officer: Person
    ) -> None:
        incident, photo = await officer.opened(), uuid4()
        await officer.put_photo(incident, encoded(noise(40, 30)), photo)
        path = f"/incidents/{incident}/photos/{photo}/thumbnail"
        by_a_page = await officer.get(path, headers={"Origin": OURS})
        by_an_app = await officer.get(path)
        assert (by_a_page.status_code, by_an_app.status_code) == (200, 200)
        assert by_a_page.headers["vary"] == "Accept, Authorization, Origin"
        assert by_an_app.headers["vary"] == "Accept, Authorization"
        exposed = by_a_page.headers["access-control-expose-headers"].split(", ")
        assert "Content-Disposition" in exposed

    async def test_their_pages_may_ask_what_the_server_can_do_with_uploads(
        self, client: AsyncClient, officer: Person
    ) -> None:
        asked = {"Authorization": f"Bearer {officer.access_token}", "Tus-Resumable": "1.0.0"}
        known = await client.options(f"{API}/uploads", headers=asked)
        answer = await client.options(f"{API}/uploads", headers=asked | {"Origin": OURS})
        for name in ("Tus-Version", "Tus-Extension", "Tus-Max-Size", "Tus-Checksum-Algorithm"):
            assert answer.headers[name] == known.headers[name]
            assert name in answer.headers["access-control-expose-headers"]
        assert answer.headers["access-control-allow-origin"] == OURS
        assert answer.headers["vary"] == "Origin"
        answer = await client.options(f"{API}/uploads", headers=asked | {"Origin": THEIRS})
        assert "access-control-allow-origin" not in answer.headers

    async def test_a_refusal_can_be_read_too(self, client: AsyncClient) -> None:
        answer = await client.get(f"{API}/incidents", headers={"Origin": OURS})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["access-control-allow-origin"] == OURS

    @pytest.mark.parametrize("origin", [THEIRS, f"{OURS}.evil.example", "null", OURS.upper()])
    async def test_others_may_not(self, client: AsyncClient, officer: Person, origin: str) -> None:
        preflight = await client.options(f"{API}/incidents", headers={"Origin": origin} | PREFLIGHT)
        assert "access-control-allow-origin" not in preflight.headers
        answer = await officer.get("/stations", headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers
