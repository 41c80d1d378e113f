"""Whole lists over a network: what breaks off in the middle is no shorter list, and the operator
is told."""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from litestar import Request

from db.database import Database, open_database
from media.spool import Spool
from tests.fixtures.database import ServiceLogin, new_database
from tests.fixtures.people import Filled, present
from tests.fixtures.service import running_application
from tests.lists.many import multiply, not_readable_to_the_end
from tests.serving import serving, until
from tests.users import API, Person, identification, release
from wildlife.settings import Settings
from wildlife.web.bodies import Streamed

MANY = 20_000
"""More than the network holds of it, so that not all is read at once."""


@pytest.fixture(scope="module")
async def many(
    server_url: str,
    service_login: ServiceLogin,
    filled: Filled,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Settings]:
    """The settings of a service with many releases, which these tests share."""
    folder = tmp_path_factory.mktemp("many")
    async with new_database(server_url, like=filled.name) as url:
        settings = Settings(
            data_dir=folder,
            database_url=service_login.on(url),
            owner_database_url=url,
            demo=True,
            log_file=folder / "service.log",
        )
        async with (
            running_application(settings) as client,
            open_database(url, confined=False, zone=settings.zone, size=1) as database,
        ):
            officer = await present(client, "150425001", filled.sessions)
            bird = await officer.opened()
            await officer.appended(bird, identification())
            await officer.appended(bird, release())
            await multiply(database, bird, MANY)
            async with database.writing() as connection:
                await connection.execute("analyze release")
        yield settings


@pytest.fixture(scope="module")
def base(many: Settings) -> Iterator[str]:
    """The API of that service, which runs."""
    with serving(many) as address:
        yield f"{address}{API}"


@pytest.fixture
def settings(many: Settings) -> Settings:
    return many


async def test_what_breaks_off_is_taken_for_the_whole_by_no_client(
    auditor: Person, base: str, database: Database, settings: Settings
) -> None:
    headers = {"Authorization": f"Bearer {auditor.access_token}", "Accept-Encoding": "identity"}
    asked = []
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as client:
        for format_ in ("csv", "ndjson", "geojson"):
            async with client.stream("GET", f"{base}/releases?format={format_}") as answer:
                assert answer.status_code == 200
                asked.append(answer.headers["x-request-id"])
                pieces = answer.aiter_bytes()
                assert await anext(pieces)
                async with database.writing() as connection:
                    await connection.execute("alter table release rename to gone")
                with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
                    async for _ in pieces:
                        pass
            async with database.writing() as connection:
                await connection.execute("alter table gone rename to release")
    assert [one["request_id"] for one in lines(settings, "list_broken_off", asked)] == asked


async def test_what_fails_behind_its_first_page_is_told_while_nothing_was_sent(
    auditor: Person, base: str, database: Database, settings: Settings
) -> None:
    """A workbook is sent once it is whole. Over HTTP/1.0, which proxies speak, so is all: it would
    end where the connection does."""
    host = urlsplit(base).netloc
    headers = f"Host: {host}\r\nAuthorization: Bearer {auditor.access_token}\r\n"
    asked = []
    async with not_readable_to_the_end(database):
        for format_, version in (
            ("xlsx", "1.1"),
            ("xlsx", "1.0"),
            ("csv", "1.0"),
            ("ndjson", "1.0"),
        ):
            question = f"GET {API}/releases?format={format_} HTTP/{version}\r\n{headers}"
            answer = await said(host, f"{question}Connection: close\r\n\r\n".encode())
            head, _, body = answer.partition(b"\r\n\r\n")
            assert head.split()[1] == b"500", (format_, version, head)
            told = json.loads(body)
            assert told["code"] == "internal_error"
            asked.append(told["request_id"])
    assert await until(lambda: are_logged(settings, asked)) == [500] * 4


async def test_what_breaks_off_is_no_success_to_whoever_runs_the_service(
    auditor: Person, base: str, database: Database, settings: Settings
) -> None:
    headers = {"Authorization": f"Bearer {auditor.access_token}"}
    metrics = base.replace(API, "/metrics")
    async with (
        not_readable_to_the_end(database),
        httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as client,
    ):
        before = failed((await client.get(metrics)).text)
        async with client.stream("GET", f"{base}/releases?format=csv") as answer:
            assert answer.status_code == 200
            with pytest.raises(httpx.RemoteProtocolError):
                await answer.aread()
        counted = failed((await client.get(metrics)).text)
    asked = [answer.headers["x-request-id"]]
    assert await until(lambda: are_logged(settings, asked)) == [500]
    assert counted == before + 1


def failed(metrics: str) -> float:
    """How many questions about releases are counted as failed."""
    counted = re.search(r'{[^}]*route="/api/v1/releases",status="500"} (\S+)', metrics)
    return float(counted[1]) if counted is not None else 0


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
    host = urlsplit(base).netloc
    headers = f"Host: {host}\r\nAuthorization: Bearer {auditor.access_token}\r\n"
    async with not_readable_to_the_end(database):
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


async def said(host: str, asked: bytes) -> bytes:
    """All that is answered to these bytes."""
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    writer.write(asked)
    answer = await reader.read()
    writer.close()
    return answer


def lines(settings: Settings, event: str, asked: list[str]) -> list[dict[str, Any]]:
    """What the log says of this kind of these requests."""
    assert settings.log_file is not None
    told = map(json.loads, settings.log_file.read_text("utf-8").splitlines())
    return [one for one in told if one["event"] == event and one["request_id"] in asked]


async def are_logged(settings: Settings, asked: list[str]) -> list[int] | None:
    """How these requests ended, by the log; None until all are in it."""
    found = [one["status"] for one in lines(settings, "request", asked)]
    return found if len(found) >= len(asked) else None
