"""Whole lists over a network: what breaks off in the middle is no shorter list, and the operator
is told."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from litestar import Request

from db.database import Database
from media.spool import Spool
from tests.lists.many import multiply
from tests.serving import serving, until
from tests.users import API, Person, identification, release
from wildlife.settings import Settings
from wildlife.web.bodies import Streamed

MANY = 20_000
"""More than the network holds of it, so that not all is read at once."""


@pytest.fixture
async def base(officer: Person, database: Database, settings: Settings) -> AsyncIterator[str]:
    """The API of a running service with many releases."""
    bird = await officer.opened()
    await officer.appended(bird, identification())
    await officer.appended(bird, release())
    await multiply(database, bird, MANY)
    async with database.writing() as connection:
        await connection.execute("analyze release")
    with serving(settings) as address:
        yield f"{address}{API}"


async def test_what_breaks_off_is_taken_for_the_whole_by_no_client(
    auditor: Person, base: str, database: Database, settings: Settings
) -> None:
    headers = {"Authorization": f"Bearer {auditor.access_token}", "Accept-Encoding": "identity"}
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as client:
        for format_ in ("csv", "ndjson", "geojson"):
            async with client.stream("GET", f"{base}/releases?format={format_}") as answer:
                assert answer.status_code == 200
                pieces = answer.aiter_bytes()
                assert await anext(pieces)
                async with database.writing() as connection:
                    await connection.execute("alter table release rename to gone")
                with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
                    async for _ in pieces:
                        pass
            async with database.writing() as connection:
                await connection.execute("alter table gone rename to release")
    assert settings.log_file is not None
    assert settings.log_file.read_text("utf-8").count("list_broken_off") == 3


async def test_what_fails_behind_its_first_page_is_told_while_nothing_was_sent(
    auditor: Person, base: str, database: Database, settings: Settings
) -> None:
    """A workbook is sent once it is whole. Over HTTP/1.0, which proxies speak, so is all: it would
    end where the connection does."""
    async with database.transaction() as connection:
        await connection.execute(_FAILS)
    host = urlsplit(base).netloc
    headers = f"Host: {host}\r\nAuthorization: Bearer {auditor.access_token}\r\n"
    for format_, version in (("xlsx", "1.1"), ("xlsx", "1.0"), ("csv", "1.0"), ("ndjson", "1.0")):
        asked = f"GET {API}/releases?format={format_} HTTP/{version}\r\n{headers}"
        answer = await said(host, f"{asked}Connection: close\r\n\r\n".encode())
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.split()[1] == b"500", (format_, version, head)
        assert json.loads(body)["code"] == "internal_error"
    assert await until(lambda: are_logged(settings, 4)) == [500] * 4


async def test_what_breaks_off_is_no_success_to_whoever_runs_the_service(
    auditor: Person, base: str, database: Database, settings: Settings
) -> None:
    async with database.transaction() as connection:
        await connection.execute(_FAILS)
    headers = {"Authorization": f"Bearer {auditor.access_token}"}
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"{base}/releases?format=csv")
        counted = (await client.get(base.replace(API, "/metrics"))).text
    assert await until(lambda: are_logged(settings, 1)) == [500]
    assert 'route="/api/v1/releases",status="500"' in counted


async def test_over_http_1_0_a_list_comes_with_its_length(auditor: Person, base: str) -> None:
    host, path = urlsplit(base).netloc, f"{API}/releases?format=csv"
    headers = f"Host: {host}\r\nAuthorization: Bearer {auditor.access_token}\r\n"
    answer = await said(host, f"GET {path} HTTP/1.0\r\n{headers}\r\n".encode())
    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head.lower()
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        client.headers["Authorization"] = f"Bearer {auditor.access_token}"
        assert (await client.get(f"{base}/releases?format=csv")).content == body


async def test_who_wants_the_head_alone_is_answered_without_the_rows(
    auditor: Person, base: str, database: Database
) -> None:
    """Which can't be read here: whoever read them would answer 500, or break off."""
    async with database.transaction() as connection:
        await connection.execute(_FAILS)
    host = urlsplit(base).netloc
    headers = f"Host: {host}\r\nAuthorization: Bearer {auditor.access_token}\r\n"
    for format_ in ("csv", "xlsx", "ndjson", "geojson"):
        for version in ("1.0", "1.1"):
            asked = f"HEAD {API}/releases?format={format_} HTTP/{version}\r\n{headers}"
            answer = await said(host, f"{asked}Connection: close\r\n\r\n".encode())
            head, _, body = answer.partition(b"\r\n\r\n")
            assert (head.split()[1], body) == (b"200", b""), (format_, version, head)


async def test_what_is_kept_for_its_length_lies_in_the_spool(settings: Settings) -> None:
    Spool(settings.media_dir).prepare()
    aside, seen, sent = settings.media_dir / "aside", list[Path](), list[Any]()

    async def pieces() -> AsyncGenerator[bytes, None]:
        yield b"a" * 200_000
        seen.extend(aside.iterdir())
        yield b"b"

    is_sent = asyncio.Event()

    async def send(message: Any) -> None:
        sent.append(message)
        if not message.get("more_body", True):
            is_sent.set()

    async def receive() -> Any:
        await is_sent.wait()
        return {"type": "http.disconnect"}

    app = SimpleNamespace(state=SimpleNamespace(settings=settings))
    asked = {"type": "http", "method": "GET", "http_version": "1.0", "headers": []}
    scope: Any = {**asked, "state": {}, "litestar_app": app}
    request: Any = Request(scope)
    response = Streamed(pieces(), media_type="text/csv").to_asgi_response(None, request=request)
    await response(scope, receive, send)
    assert (b"content-length", b"200001") in sent[0]["headers"]
    assert len(seen) == 1
    assert [*aside.iterdir()] == []


# The last row but one can't be read.
_FAILS = """
    alter table release rename to readable;
    create view release as select r.* from readable r
        where r.incident_id <> (
            select incident_id from readable order by incident_id offset 1 limit 1
        ) or 1 / (length(r.view) - length(r.view)) = 0;
    grant select on release to wildlife_service;
"""


async def said(host: str, asked: bytes) -> bytes:
    """All that is answered to these bytes."""
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    writer.write(asked)
    answer = await reader.read()
    writer.close()
    return answer


async def are_logged(settings: Settings, many: int) -> list[int] | None:
    """How so many questions about releases ended, by the log; None until all are in it."""
    assert settings.log_file is not None
    lines = map(json.loads, settings.log_file.read_text("utf-8").splitlines())
    found = [one["status"] for one in lines if one.get("path") == f"{API}/releases"]
    return found if len(found) >= many else None
