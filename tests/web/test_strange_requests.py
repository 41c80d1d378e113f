"""What no honest client sends, and one found by trying: it costs its sender an answer, and nobody
else anything."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from tests.documented import application, document
from tests.pictures import encoded, noise
from tests.users import API, Person, entry, rescue
from wildlife.settings import Settings
from wildlife.web import decoding

NO_HOSTS = [
    "a:x",
    "a:99999",
    "a:-1",
    ":",
    "a:b:c",
    "[",
    "[::1",
    "a@b",
    "２",
    "",
    "a b",
    "a/b",
    "a?b",
]


@pytest.mark.parametrize("host", NO_HOSTS)
async def test_a_host_that_is_none_is_no_fault_of_ours_at_any_address(
    officer: Person, host: str
) -> None:
    """Also where the answer names an address that it is part of: lists that go on, a 404."""
    incident = await officer.opened()
    await officer.opened()
    paths = {route.path for route in application().routes} | {"/nothing", "/api/v1/nothing"}
    token = f"Bearer {officer.access_token}"
    headers = {b"Host": host.encode(), b"Authorization": token.encode()}
    for path in paths:
        there = path.replace("{incident_id:uuid}", incident)
        there = re.sub(r"\{[^}]+\}", str(uuid4()), there)
        query = "?limit=1" if there.endswith(("/incidents", "/animals")) else ""
        wrong = await officer.client.get(f"{there}?limit=x&on=x&radius_m=x", headers=headers)
        assert wrong.status_code < 500, (there, wrong.text)
        answer = await officer.client.get(there + query, headers=headers)
        assert answer.status_code < 500, (there, answer.text)
        if query and answer.is_success and host:
            assert answer.headers["link"].startswith("</api/v1/"), answer.headers["link"]


@pytest.mark.parametrize(
    "host", ["a", "a.example.cn:8443", "127.0.0.1:1", "[::1]:8000", "A_b-c.cn"]
)
async def test_addresses_are_told_at_the_host_that_was_called(officer: Person, host: str) -> None:
    for _ in range(2):
        await officer.opened()
    answer = await officer.get("/incidents", params={"limit": 1}, headers={"Host": host})
    assert answer.headers["link"].startswith(f"<http://{host}/api/v1/incidents?")


@pytest.mark.parametrize(
    "path", ["/docs/x", "/docs/x.json", "/docs/assets/x", "/docs/%00", "/docs/x/y", "/nothing"]
)
async def test_an_address_that_is_not_there_is_told_in_one_way(
    client: AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.headers["content-type"] == "application/problem+json"
    answer = await client.get(path, headers={"Accept": "text/html"})
    assert (answer.status_code, "404 not_found" in answer.text) == (404, True)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_an_address_names_all_methods_that_it_takes(officer: Person) -> None:
    told = 0
    for path, operations in document()["paths"].items():
        if path.startswith(API) and "/uploads" not in path:  # whose answer is that of tus
            there = re.sub(r"\{\w+\}", str(uuid4()), path.removeprefix(API))
            answer = await officer.request("OPTIONS", there)
            methods = {method.upper() for method in operations} | {"OPTIONS"}
            methods |= {"HEAD"} if "GET" in methods else set()
            assert set(answer.headers["allow"].split(", ")) == methods, path
            told += len(methods) > 2
    assert told >= 5
    for page in ("/docs", "/docs/openapi.json", "/docs/assets/start.js", "/healthz", "/readyz"):
        answer = await officer.client.options(page)
        assert {"GET", "HEAD", "OPTIONS"} <= set(answer.headers["allow"].split(", ")), page


async def test_whatever_is_read_answers_to_head_without_its_body(
    officer: Person, settings: Settings
) -> None:
    """And with the same status and headers, but those that tell one answer from the next."""
    own = {"date", "x-request-id", "connection"}
    there = [path for path, operations in document()["paths"].items() if "get" in operations]
    incident = await officer.opened()
    for template in (*there, "/", "/docs", "/docs/openapi.json"):
        path = re.sub(r"\{\w+\}", str(uuid4()), template.replace("{incident_id}", incident))
        headers = {"Authorization": f"Bearer {officer.access_token}"}
        read = await officer.client.get(path, headers=headers)
        told = await officer.client.head(path, headers=headers)
        assert (told.status_code, told.content) == (read.status_code, b""), path
        if path == "/metrics" or read.is_error:  # it counts this too; a problem has its own id
            continue
        for name in {*read.headers, *told.headers} - own:
            assert told.headers.get(name) == read.headers.get(name), (path, name)
    lines = [json.loads(line) for line in (settings.log_file or Path()).read_text().splitlines()]
    assert {one["method"] for one in lines if one["event"] == "request"} >= {"GET", "HEAD"}
    assert not [one for one in lines if one.get("code") == "method_not_allowed"]
    refused = await officer.request("HEAD", "/receipts")
    assert refused.status_code == 405
    assert "HEAD" not in refused.headers["allow"]


async def test_whoever_asks_for_the_headers_alone_is_told_of_the_whole(officer: Person) -> None:
    """There are parts of what is sent, and nothing is."""
    incident, photo = await officer.opened(), uuid4()
    assert (await officer.put_photo(incident, encoded(noise(60, 40)), photo)).is_success
    for part in ("original", "thumbnail"):
        path = f"/incidents/{incident}/photos/{photo}/{part}"
        whole = await officer.get(path)
        for range_ in ("bytes=-1", "bytes=0-0", "bytes=999999-"):
            told = await officer.request("HEAD", path, headers={"Range": range_})
            assert told.status_code == 200, range_
            assert told.headers["content-length"] == str(len(whole.content))
            assert "content-range" not in told.headers


def nested(depth: int) -> str:
    """JSON, written by hand: Python's own encoder may not reach the bottom of it."""
    return '{"a":' * depth + "1" + "}" * depth


async def post_with(officer: Person, path: str, body: dict[str, Any], depth: int) -> Response:
    """The answer to a body, with something nested so deeply in place of "…"."""
    content = json.dumps(body, ensure_ascii=False).replace('"…"', nested(depth))
    headers = {"Content-Type": "application/json"}
    return await officer.request("POST", path, content=content.encode(), headers=headers)


# So deep that it could just be read, and what is around it not be written any more.
DEPTHS = range(700, 940, 3)


async def send_nested(officer: Person, depths: Iterable[int]) -> str:
    """An incident to which corrections were sent under the id of another entry, with which they
    would be kept for a person to look at."""
    incident = await officer.opened()
    note = await officer.appended(incident, entry("note", note="又一条"))
    for depth in depths:
        body = entry("amendment", entry_id=incident, changes={"summary": "…"}) | {"id": note["id"]}
        answer = await post_with(officer, f"/incidents/{incident}/entries", body, depth)
        assert answer.is_client_error, (depth, answer.text)
    return incident


async def test_what_is_nested_too_deeply_is_refused_and_spoils_no_list(officer: Person) -> None:
    incident = await send_nested(officer, DEPTHS)
    assert (await officer.read(f"/incidents/{incident}/refused"))["items"] == []
    for path, body in (
        ("/incidents", rescue(summary="…")),
        ("/receipts", {"ids": "…"}),
        ("/session", {"badge": "…", "password": "a long password"}),
    ):
        answer = await post_with(officer, path, body, 100)
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")
        assert "nested" in answer.json()["detail"]
    answer = await post_with(officer, "/incidents", rescue(summary="…"), 20)
    assert answer.json()["code"] == "wrong_type"


async def test_one_that_was_kept_before_says_so_of_itself(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(decoding, "_DEEPEST", 10_000)
        incident = await send_nested(officer, [200])
    kept = (await officer.read(f"/incidents/{incident}/refused"))["items"]
    assert [(one["body"], one["readable"]) for one in kept] == [(None, False)]
