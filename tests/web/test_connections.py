"""Connections that nobody uses, bodies that do not come, answers that nobody takes, killed workers,
a stop in the middle of things: over real sockets to the real server."""

import asyncio
import json
import os
import resource
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
from httpx import ASGITransport, AsyncClient
from msgspec.structs import replace

from tests.pictures import encoded, noise
from tests.serving import client_of, killable, until, wait_until
from tests.tus import PART, TUS, creation
from tests.users import API, Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings
from wildlife.web import bodies

WITHIN_S = 60

# The server of 0.1 took 1,024 connections, whatever they did.
MANY = 1100

HALF_A_SIGN_IN = (
    b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b'Content-Length: 60\r\n\r\n{"badge": '
)


@pytest.fixture
def many_files() -> Iterator[None]:
    """This process may open as many files as the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 3 * MANY:
        pytest.skip(f"the system allows {hard} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def sockets(port: int, number: int, said: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections on which this was said, and no more."""
    with ExitStack() as stack:
        connections = []
        for _ in range(number):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), WITHIN_S))
            one.sendall(said)
            connections.append(one)
        yield connections


def read_all(connection: socket.socket) -> bytes:
    """What comes until the server ends the connection, in whatever way."""
    read = b""
    with suppress(ConnectionError):
        while piece := connection.recv(64 * 1024):
            read += piece
    return read


def log_of(settings: Settings) -> list[dict[str, Any]]:
    assert settings.log_file is not None
    return [json.loads(line) for line in settings.log_file.read_text("utf-8").splitlines()]


def is_respawning(settings: Settings) -> bool:
    """Whether the server has begun a worker again."""
    return any(one.get("message", "").startswith("Respawning") for one in log_of(settings))


def was_killed(settings: Settings) -> bool:
    """Whether a worker did not end by itself when the server stopped."""
    return any("refused to gracefully stop" in one.get("message", "") for one in log_of(settings))


# ---------------------------------------------------------------- connections


async def test_a_thousand_idle_connections_and_half_sent_bodies_keep_nobody_out(
    settings: Settings, many_files: None
) -> None:
    with (
        killable(settings) as server,
        sockets(server.port, MANY),
        sockets(server.port, MANY, HALF_A_SIGN_IN),
    ):
        async with asyncio.timeout(WITHIN_S), client_of(server.base) as client:
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.get("/readyz")).status_code == 200
            officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
            await officer.opened()


async def test_a_connection_on_which_nothing_is_asked_is_ended(settings: Settings) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    with (
        killable(settings) as server,
        sockets(server.port, 1) as [idle],
        sockets(server.port, 1, b"GET /healthz HTTP/1.1\r\nHost:") as [half_a_head],
        sockets(server.port, 1, request) as [kept_alive],
    ):
        assert read_all(kept_alive).startswith(b"HTTP/1.1 200 ")
        assert read_all(half_a_head) == b""
        assert read_all(idle) == b""


async def test_a_head_that_comes_a_byte_at_a_time_is_ended_like_one_that_stops(
    settings: Settings,
) -> None:
    """Every byte on the way keeps no connection: not a head's first, and not its thousandth."""

    async def drip(port: int, said: bytes) -> float:
        loop = asyncio.get_running_loop()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began, ended = loop.time(), asyncio.create_task(reader.read())
        with suppress(ConnectionError):
            for byte in said:
                writer.write(bytes([byte]))
                await writer.drain()
                if (await asyncio.wait([ended], timeout=0.1))[0]:
                    break
        with suppress(ConnectionError):
            assert await ended == b""
        writer.close()
        return loop.time() - began

    head = b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: " + b"a" * 2000
    with killable(settings) as server:
        async with asyncio.timeout(WITHIN_S), client_of(server.base) as client:
            dripping = [asyncio.create_task(drip(server.port, head)) for _ in range(50)]
            assert (await client.get("/healthz")).status_code == 200
            for took in await asyncio.gather(*dripping):
                assert took < 2 * 15


# ---------------------------------------------------------------- bodies


async def stalling(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    await asyncio.Event().wait()


async def trickling(chunk: bytes, every_s: float) -> AsyncIterator[bytes]:
    while True:
        yield chunk
        await asyncio.sleep(every_s)


async def test_a_body_of_any_kind_that_stops_coming_is_given_up(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_SILENCE_S", 0.4)
    incident = await officer.opened()
    for method, path in (
        ("POST", "/session"),
        ("POST", "/incidents"),
        ("POST", f"/incidents/{incident}/entries"),
        ("POST", "/receipts"),
        ("PUT", f"/incidents/{incident}/photos/{uuid4()}"),
    ):
        for body in (stalling(), stalling(b'{"id": '), trickling(b" ", 0.05)):
            async with asyncio.timeout(WITHIN_S):
                answer = await officer.request(method, path, content=body)
            assert (answer.status_code, answer.json()["code"]) == (408, "body_stalled"), path


async def test_who_is_not_known_fills_no_memory(client: AsyncClient) -> None:
    for path in ("/session", "/session/refresh"):
        answer = await client.post(f"{API}{path}", content=stalling(bytes(11_000)))
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert "10000" in answer.json()["detail"]


async def test_a_body_that_comes_slowly_but_surely_is_waited_for(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In all it takes longer than anybody may be silent."""
    silence_s, pieces = 4, 16
    monkeypatch.setattr(bodies, "_SILENCE_S", silence_s)
    incident, content = await officer.opened(), encoded(noise(400, 300), "JPEG")

    async def slowly() -> AsyncIterator[bytes]:
        for start in range(0, len(content), len(content) // pieces):
            yield content[start : start + len(content) // pieces]
            await asyncio.sleep(1.2 * silence_s / pieces)

    path = f"/incidents/{incident}/photos/{uuid4()}"
    assert (await officer.request("PUT", path, content=slowly())).status_code == 201


async def test_an_account_sends_no_more_than_its_share_at_once(
    officer: Person, other_officer: Person
) -> None:
    hanging = [
        asyncio.create_task(officer.request("POST", "/incidents", content=stalling(b"{")))
        for _ in range(bodies.BODIES_PER_ACCOUNT + 1)
    ]
    async with asyncio.timeout(WITHIN_S):
        done, others = await asyncio.wait(hanging, return_when="FIRST_COMPLETED")
        [refused] = done
        answer = refused.result()
        assert (answer.status_code, answer.json()["code"]) == (503, "too_many_bodies")
        assert int(answer.headers["Retry-After"]) > 0
        assert (await officer.get("/incidents")).status_code == 200
        await other_officer.opened()
        for one in others:
            one.cancel()
        await asyncio.wait(others)
        await officer.opened()


async def test_an_answer_that_nobody_takes_is_given_up(
    officer: Person, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_SILENCE_S", 0.4)
    incident, photo_id = await officer.opened(), uuid4()
    photo = encoded(noise(400, 300), "JPEG").ljust(1_000_000, b"\0")
    assert (await officer.put_photo(incident, photo, photo_id)).status_code == 201
    said, taken = iter([{"type": "http.request", "body": b"", "more_body": False}]), []

    async def take(message: Any) -> None:
        taken.append(message)
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async def say() -> Any:
        return next(said, None) or await asyncio.Event().wait()

    transport = officer.client._transport
    assert isinstance(transport, ASGITransport)
    path = f"{API}/incidents/{incident}/photos/{photo_id}/original"
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {officer.access_token}".encode())],
        "server": ("wildlife.test", 80),
        "client": ("127.0.0.1", 123),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
        "state": {},
    }
    async with asyncio.timeout(WITHIN_S):
        await transport.app(scope, say, take)
    start, piece = taken
    assert start["status"] == 200
    assert len(piece["body"]) < len(photo)
    assert any(line["event"] == "answer_not_taken" for line in log_of(settings))


# ---------------------------------------------------------------- workers


async def test_a_killed_worker_is_started_again_and_the_others_go_on(settings: Settings) -> None:
    with killable(replace(settings, workers=2)) as server:
        _, killed, other = server.pids
        os.kill(killed, signal.SIGKILL)

        async def is_there_again() -> bool:
            # Who was on his way to the killed one is cut off, and comes again.
            with suppress(httpx.TransportError):
                async with client_of(server.base) as client:
                    assert (await client.get("/healthz")).status_code == 200
            pids = server.pids
            return is_respawning(settings) and len(pids) == 3 and killed not in pids

        await until(is_there_again)
        assert psutil.pid_exists(other)
        async with client_of(server.base) as client:
            officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
            await officer.opened()
    said = [line["message"] for line in log_of(settings) if line["event"] == "server"]
    assert [one for one in said if one.startswith("Unexpected exit from worker")]


async def test_a_worker_that_has_not_started_yet_does_not_hold_up_a_stop(
    settings: Settings,
) -> None:
    with killable(settings) as server:
        os.kill(server.pids[1], signal.SIGKILL)
        await asyncio.to_thread(wait_until, lambda: is_respawning(settings))
        server.stop()
    assert not was_killed(settings)


async def test_workers_end_with_the_server_however_it_ends_and_its_port_is_free(
    settings: Settings,
) -> None:
    with killable(replace(settings, workers=2)) as server:
        server.kill_main()
        server.start()
        async with client_of(server.base) as client:
            await Person.sign_in(client, "150425001", DEMO_PASSWORD)


async def test_a_worker_whose_server_ended_while_it_started_does_not_stay(
    settings: Settings,
) -> None:
    with killable(settings) as server:
        [_, first] = server.pids
        os.kill(first, signal.SIGKILL)
        await asyncio.to_thread(
            wait_until, lambda: first not in server.pids and len(server.pids) == 2
        )
        server.kill_main()
        server.start()


async def test_a_stop_waits_for_no_client(settings: Settings) -> None:
    """One sends half a body, one half a photo, one asks nothing."""
    photo = encoded(noise(400, 300), "JPEG")
    with killable(settings) as server:
        async with client_of(server.base) as client:
            officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
            incident = await officer.opened()
            begins = creation(len(photo), incident_id=incident, photo_id=str(uuid4()))
            begun = await officer.request("POST", "/uploads", headers=begins)
            upload = begun.headers["Location"].removeprefix(server.base)
        part = PART | {"Upload-Offset": "0", "Content-Length": str(len(photo))}
        half_a_photo = head(officer, "PATCH", upload, part) + photo[:1000]
        with (
            sockets(server.port, 1, HALF_A_SIGN_IN) as [signing_in],
            sockets(server.port, 1, half_a_photo) as [sending],
            sockets(server.port, 1),
        ):
            async with asyncio.timeout(WITHIN_S):
                while sizes_of_uploads(settings) != [1000]:
                    async with client_of(server.base) as client:
                        await client.get("/healthz")
            server.stop()
            for told in (signing_in, sending):
                assert b'"code":"stopping"' in read_all(told)
        assert not was_killed(settings)
        server.start()
        async with client_of(server.base) as client:
            again = Person(client, officer.badge, officer.access_token, officer.refresh_token)
            asked = await again.request("HEAD", upload.removeprefix(API), headers=TUS)
            assert asked.headers["Upload-Offset"] == "1000"


def head(person: Person, method: str, path: str, headers: Mapping[str, str]) -> bytes:
    """The head of a request."""
    said = {"Host": "a", "Authorization": f"Bearer {person.access_token}"} | dict(headers)
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def sizes_of_uploads(settings: Settings) -> list[int]:
    return [path.stat().st_size for path in settings.media_dir.rglob("*.bytes")]
