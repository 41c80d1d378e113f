"""What answers tell browsers and caches, and what the service's own log is told."""

import json
import re
from urllib.parse import quote
from uuid import uuid4

from httpx import AsyncClient

from tests.documented import application, document
from tests.pictures import encoded, noise
from tests.users import API, Person, rescue
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings
from wildlife.web.openapi import DOCS_PAGE

SEARCHED, CAPTION = "玛莎老太太家的院子", "李秀英和她的羊"


async def test_nobody_keeps_an_answer_of_the_api_but_who_may_ask_again(
    officer: Person, client: AsyncClient
) -> None:
    """Every address that can be read, by what a cache and a browser are told about it."""
    opening = rescue()
    incident, photo = await officer.opened(opening), uuid4()
    await officer.post("/incidents", opening | {"summary": "refused"})
    assert (await officer.put_photo(incident, encoded(noise(60, 40)), photo)).is_success
    read = 0
    for route in application().routes:
        address = route.path.replace("{incident_id:uuid}", incident)
        address = re.sub(r"\{[^}]+\}", str(photo), address)
        if not address.startswith(API):
            continue
        answer = await officer.get(address.removeprefix(API))
        if answer.status_code == 405:
            continue
        read += answer.is_success
        kept = answer.headers["cache-control"]
        assert "no-store" in kept or kept.startswith("private"), address
        assert answer.headers["x-content-type-options"] == "nosniff", address
        assert "default-src 'none'" in answer.headers["content-security-policy"], address
        assert answer.headers["referrer-policy"] == "no-referrer", address
    assert read >= 14
    for path in ("informant", "refused"):
        answer = await officer.get(f"/incidents/{incident}/{path}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    tokens = await client.post(
        f"{API}/session", json={"badge": "150425001", "password": DEMO_PASSWORD}
    )
    assert (tokens.status_code, tokens.headers["cache-control"]) == (201, "no-store")


async def test_what_has_an_etag_may_be_kept_by_who_asked_and_is_asked_for_again(
    officer: Person,
) -> None:
    answer = await officer.get(f"/incidents/{await officer.opened()}")
    assert answer.headers["etag"]
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_the_documentation_runs_its_own_scripts_and_no_other(client: AsyncClient) -> None:
    page = await client.get("/docs")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    for scripts in re.findall(r"<script[^>]*>(.*?)</script>", page.text, re.DOTALL):
        assert scripts == ""
    assert not re.search(r"<style|\sstyle=|\son\w+=", page.text)
    start = await client.get("/docs/assets/start.js")
    assert start.headers["content-type"].startswith("text/javascript")
    assert start.headers["x-content-type-options"] == "nosniff"
    [address] = re.findall(r'url: "([^"]+)"', start.text)
    assert (await client.get(address)).json()["openapi"].startswith("3.1")


async def test_the_log_says_which_address_and_not_what_was_asked_there(
    officer: Person, settings: Settings
) -> None:
    for path in ("/incidents", "/animals", "/species", "/nowhere", "/hazards"):
        await officer.get(path, params={"q": SEARCHED})
    # What fails, too: a parameter that nobody knows, a cursor that is none, a wrong password.
    await officer.get("/incidents", params={"who": SEARCHED, "cursor": SEARCHED})
    await officer.get("/incidents", params={"cursor": SEARCHED})
    incident = await officer.opened()
    await officer.put_photo(incident, encoded(noise(60, 40)), caption=CAPTION)
    await officer.client.post(
        f"{API}/session", json={"badge": "150425001", "password": "a wrong secret"}
    )
    assert settings.log_file is not None
    log = settings.log_file.read_text("utf-8")
    paths = {json.loads(line).get("path") for line in log.splitlines()}
    assert {f"{API}/incidents", f"{API}/species", f"{API}/session"} <= paths
    for secret in (SEARCHED, CAPTION, "a wrong secret", DEMO_PASSWORD, "王建国", "13800000000"):
        assert secret not in log
        assert quote(secret) not in log
        assert json.dumps(secret)[1:-1] not in log
    assert officer.access_token not in log


def test_the_page_names_no_file_that_is_not_there() -> None:
    page = (DOCS_PAGE / "index.html").read_text("utf-8")
    names = re.findall(r"/docs/assets/([\w.-]+)", page)
    assert "start.js" in names
    assert all((DOCS_PAGE / name).is_file() for name in names)


HARMLESS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
NOWHERE = [
    ("GET", "/nothing"),
    ("GET", "/api/v1/nothing"),
    ("GET", "/docsx"),
    ("DELETE", "/healthz"),
    ("POST", f"{API}/vocabularies"),
    ("PURGE", f"{API}/incidents"),
    ("TRACE", f"{API}/incidents"),
    ("OPTIONS", f"{API}/incidents"),
    ("GET", f"{API}/incidents?limit=x"),
    ("GET", "/metrics"),
    ("GET", "/"),
]


async def test_every_answer_also_of_what_is_wrong_does_nothing_in_a_browser(
    officer: Person, client: AsyncClient
) -> None:
    """Of every call, by who may and by nobody; of what no route takes; of what is refused before
    a route is found (CORS)."""
    told, refused = 0, 0
    calls = [
        (method.upper(), re.sub(r"\{\w+\}", str(uuid4()), path))
        for path, operations in document()["paths"].items()
        for method in operations
    ]
    page = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PATCH"}
    for headers in ({"Authorization": f"Bearer {officer.access_token}"}, {}, page):
        for method, path in [*calls, *NOWHERE]:
            answer = await client.request(method, path, headers=headers)
            assert HARMLESS.items() <= answer.headers.items(), (method, path)
            policy = answer.headers["content-security-policy"]
            assert policy == (
                "default-src 'none'; base-uri 'none'; form-action 'none';"
                " frame-ancestors 'none'; sandbox"
            ), (method, path)
            kept = answer.headers["cache-control"]
            assert kept == "no-store" or kept.startswith("private"), (method, path)
            assert "strict-transport-security" not in answer.headers
            assert answer.status_code == 405 or method != "TRACE"
            for name in ("content-security-policy", "cache-control", "allow", "vary"):
                assert len(answer.headers.get_list(name)) <= 1, (method, path, name)
            told, refused = told + 1, refused + answer.is_error
    assert told > 150
    assert refused > 100


async def test_the_documentation_is_framed_by_nobody_and_is_no_page_of_the_api(
    client: AsyncClient,
) -> None:
    for path in ("/docs", "/docs/openapi.json", "/docs/assets/start.js", "/docs/assets/x"):
        answer = await client.get(path)
        assert HARMLESS.items() <= answer.headers.items(), path
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "sandbox" not in policy
