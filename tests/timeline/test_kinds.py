"""A kind of incident is a folder and a line: a third one works at every route, unknown to any."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from db.database import Database
from media.vault import open_vault
from tests.pictures import encoded, noise
from tests.snares import PARTS, TABLE
from tests.users import Person, entry, identification, rescue, road_hazard
from wildlife.lists.formats import FORMATS
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild, verify

JPEG = encoded(noise(40, 30))


def snares(**changes: Any) -> dict[str, Any]:
    """The opening of a line of twelve snares."""
    shared = {name: value for name, value in rescue().items() if name not in {"kind", "animals"}}
    return shared | {"kind": "snare", "count": 12, "target": "狍子"} | changes


@pytest.fixture
def parts() -> dict[str, Any]:
    return PARTS


@pytest.fixture
def is_all_known() -> bool:
    """Of a kind that is not in the document."""
    return False


@pytest.fixture
async def people(client: AsyncClient, database: Database) -> list[Person]:
    """An officer, one of another station, an official; of a service that knows snares."""
    async with database.transaction() as connection:
        await connection.execute(TABLE)
        await connection.execute(
            "grant select, insert, update, delete on snare to wildlife_service"
        )
    badges = ("150425001", "150723001", "LC1504")
    return [await Person.sign_in(client, badge, DEMO_PASSWORD) for badge in badges]


async def test_it_is_reported_followed_corrected_and_closed(
    people: list[Person], database: Database, settings: Settings
) -> None:
    officer, other, _ = people
    opening = snares()
    incident = await officer.opened(opening)
    assert (await officer.post("/incidents", opening)).status_code == 200
    changed = await officer.post("/incidents", opening | {"count": 13})
    assert (changed.status_code, changed.json()["differing"]) == (409, ["count"])
    [refused] = (await officer.read(f"/incidents/{incident}/refused"))["items"]
    assert refused["body"]["count"] == 13
    assert (await officer.read(f"/incidents/{incident}/informant"))["name"] == "王建国"

    searched = entry("searched", metres=300)
    first = await officer.appended(incident, searched)
    again = await officer.post(f"/incidents/{incident}/entries", searched)
    assert (again.status_code, again.json()) == (200, first)
    too_many = await officer.post(f"/incidents/{incident}/entries", entry("removed", count=20))
    assert (too_many.status_code, too_many.json()["code"]) == (409, "impossible_step")
    assert "removed" in too_many.json()["possible"]
    removed = await officer.appended(incident, entry("removed", count=8))
    early = await officer.post(f"/incidents/{incident}/entries", entry("closing"))
    assert early.status_code == 409
    wrong = {"entry_id": removed["id"], "changes": {"count": 7}}
    await officer.appended(incident, entry("amendment", **wrong))
    await officer.appended(incident, entry("void", entry_id=first["id"]))
    assert (await officer.put_photo(incident, JPEG, about="site")).status_code == 201
    await officer.appended(incident, entry("handover", station="150723", badge="150723001"))
    later = "2024-07-31T10:00:00+08:00"
    await other.appended(incident, entry("removed", later, count=5))
    shown = await other.read(f"/incidents/{incident}")
    assert (shown["kind"], shown["state"]) == ("snare", "resolved")
    assert (shown["found"], shown["removed"], shown["searched_m"]) == (12, 12, 0)
    assert [one["code"] for one in shown["missing"]] == []
    assert len(shown["photos"]) == 1
    await other.appended(incident, entry("closing", "2024-08-01T10:00:00+08:00"))
    assert (await other.read(f"/incidents/{incident}"))["state"] == "closed"
    timeline = await other.read(f"/incidents/{incident}/entries")
    assert timeline["items"][0]["type"] == "opening"
    assert len(timeline["items"]) == 9
    held = await officer.post(
        "/receipts", {"ids": [incident, removed["id"]], "sha256": [sha256(JPEG).hexdigest()]}
    )
    assert held.json()["ids"] == [incident, removed["id"]]

    kinds, policy = PARTS["kinds"], read_policy(None)
    vault = open_vault(settings.key_path)
    assert [one.flaws async for one in verify(database, kinds, vault)] == [[]]
    compared = rebuild(database, kinds, policy, settings.zone, write=False)
    assert [one.tables async for one in compared] == [[]]
    async with database.transaction() as connection:
        await connection.execute("update snare set removed = 11")
    rebuilt = rebuild(database, kinds, policy, settings.zone)
    assert [one.tables async for one in rebuilt] == [["snare"]]
    async with database.reading() as connection:
        assert await connection.fetchval("select removed from snare") == 12


async def test_it_is_found_like_any_other(people: list[Person]) -> None:
    officer, other, official = people
    incident = await officer.opened(snares())
    bird = await officer.opened(rescue())
    far = snares(place={"description": "界外", "region_code": "150723"}, target="狐")
    await officer.opened(far)
    for path, expected in (
        ("/incidents?kind=snare", {incident, far["id"]}),
        ("/incidents?kind=rescue", {bird}),
        ("/incidents?q=狍子", {incident}),
        ("/snares", {incident, far["id"]}),
        ("/snares?target=狐", {far["id"]}),
        ("/snares?q=狍子", {incident}),
        ("/snares?region=1504&sort=time", {incident}),
        ("/snares?near=117.5,43.3&radius_m=9000", {incident}),
    ):
        items = (await officer.read(path))["items"]
        assert {one.get("incident_id", one.get("id")) for one in items} == expected, path
    first = await officer.read("/snares?limit=1")
    second = await officer.read(f"/snares?limit=1&cursor={first['next_cursor']}")
    assert first["items"][0]["incident_id"] != second["items"][0]["incident_id"]
    features = (await officer.read("/snares?format=geojson"))["features"]
    assert {one["properties"]["target"] for one in features} == {"狍子", "狐"}
    seen = {one["incident_id"] for one in (await official.read("/snares"))["items"]}
    assert seen == {incident, far["id"]}  # its own station's, beyond the border too
    assert (await other.read("/snares"))["items"] == []
    assert (await other.get("/snares?target=%00")).status_code == 400
    assert (await other.get(f"/incidents/{incident}")).status_code == 404


async def test_what_is_said_of_one_kind_is_not_taken_for_another(people: list[Person]) -> None:
    officer, *_ = people
    line, bird = await officer.opened(snares()), await officer.opened()
    for incident, said in ((line, identification()), (bird, entry("removed", count=1))):
        answer = await officer.post(f"/incidents/{incident}/entries", said)
        assert (answer.status_code, answer.json()["code"]) == (409, "impossible_step")
    unknown = await officer.post("/incidents", snares(id=str(uuid4()), kind="trap"))
    assert unknown.status_code == 422
    assert "snare" in unknown.json()["detail"]


async def test_what_it_plans_lies_ahead_and_nothing_else_of_it_does(people: list[Person]) -> None:
    officer, *_ = people
    incident = await officer.opened(snares())
    ahead = "2090-01-01T00:00:00+08:00"
    await officer.appended(incident, entry("searched", metres=300, again_at=ahead))
    answer = await officer.post(f"/incidents/{incident}/entries", entry("removed", ahead, count=1))
    assert (answer.status_code, answer.json()["code"]) == (422, "time_in_future")


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_who_closes_it_too_early_is_told_what_there_is_to_do_of_it_and_of_nothing_else(
    people: list[Person], language: str
) -> None:
    officer, *_ = people
    told = []
    for opening in (snares(), rescue(), road_hazard()):
        incident = await officer.opened(opening)
        path, headers = f"/incidents/{incident}/entries", {"Accept-Language": language}
        answer = await officer.post(path, entry("closing"), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "impossible_step")
        told.append(answer.json()["detail"])
    for things in (("snare", "猎套"), ("animal", "动物"), ("road", "道路")):
        about = [any(thing in detail for thing in things) for detail in told]
        assert about.count(True) == 1, told


async def test_it_is_documented_with_the_others(people: list[Person]) -> None:
    officer, *_ = people
    document = (await officer.client.get("/docs/openapi.json")).json()
    bodies = document["paths"]["/api/v1/incidents"]["post"]["requestBody"]["content"]
    said = str(bodies["application/json"]["schema"])
    assert all(name in said for name in ("SnareOpening", "RescueOpening", "RoadHazardOpening"))
    assert "Removed" in document["components"]["schemas"]
    words = await officer.read("/vocabularies")
    assert {"code": "snare", "zh": "猎套", "en": "snares"} in words["incident_kind"]
    assert {"code": "removed", "zh": "拆除", "en": "removal"} in words["entry_type"]


async def test_its_list_answers_what_its_document_says_that_it_does(people: list[Person]) -> None:
    officer = people[0]
    incident = await officer.opened(snares())
    document = (await officer.client.get("/docs/openapi.json")).json()
    answers = document["paths"]["/api/v1/snares"]["get"]["responses"]["200"]["content"]
    assert {*answers} == {one.media_type for one in FORMATS.values()}
    for format_ in answers:
        answer = await officer.request("GET", "/snares", headers={"Accept": format_})
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] == format_
        assert incident in answer.text or answer.content.startswith(b"PK")  # a workbook
