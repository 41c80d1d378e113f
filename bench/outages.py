"""What an officer's request takes while a neighbour breaks something: `python -m bench.outages`.

Four officers open incidents and read them again, each request on a connection of its own, at
`wildlife serve` with two workers on a private PostgreSQL; somebody asks /readyz meanwhile. Phase by
phase something is broken: connections, bodies, a row, a worker, the database. None of it may cost
an officer a second, but where the database itself is gone: then he is told so within three. It
takes about two minutes.
"""

import asyncio
import os
import resource
import signal
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import asyncpg
import httpx
import psutil
import uvloop

from bench.disk import DISK
from bench.rounds import new_id
from bench.servers import Server, free_port
from bench.service import running_service, sign_in
from bench.stage import OFFICERS, OPENING_AFTER_ID, OPENING_BEFORE_ID, entry, put_officers
from db.migrations import migrate
from tests.own_postgresql import OwnPostgresql, own_postgresql
from wildlife.settings import Settings

SECONDS: Final = 6.0
MANY: Final = 2000
PEOPLE: Final = 4
GIVE_UP_S: Final = 30

# At least this much lies between two requests of an officer, who is no benchmark.
PAUSE_S: Final = 0.02

HALF_A_SIGN_IN: Final = (
    b"POST /api/v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    b'Content-Length: 60\r\n\r\n{"badge": '
)


class Stage(NamedTuple):
    """What can be broken."""

    service: Server
    database: OwnPostgresql
    tokens: list[str]


class Phase(NamedTuple):
    """What is broken for the while, and how long a request may take then."""

    breaks: Callable[[Stage], AbstractAsyncContextManager[None]]
    at_most_s: float = 1.0


Answers: TypeAlias = list[tuple[str, float]]
"""How each request ended, and after how many seconds."""


def main() -> None:
    """Measure and print."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    DISK.mkdir(exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=DISK) as name:
            folder = Path(name).resolve()
            folder.chmod(0o711)  # started by root, PostgreSQL is another user
            with own_postgresql(folder / "postgresql") as database:
                asyncio.run(migrate(database.url))  # makes the login that the service signs in with
                _run(folder, database)
    except KeyboardInterrupt:
        sys.exit("stopped")


def _run(folder: Path, database: OwnPostgresql) -> None:
    settings = Settings(
        data_dir=folder / "data",
        port=free_port(),
        workers=2,
        database_url=database.service_url,
        owner_database_url=database.url,
        log_file=folder / "service.log",
        account_requests_per_minute=1_000_000,
    )
    with running_service(settings) as service:
        uvloop.run(put_officers(settings))
        tokens = [sign_in(service, officer.badge) for officer in OFFICERS]
        reached = uvloop.run(_measure(Stage(service, database, tokens)))
    if not reached:
        sys.exit(1)


async def _measure(stage: Stage) -> bool:
    print("| meanwhile | answers | p50 ms | p99 ms | slowest ms | /readyz, slowest ms | aim |")
    print("|---|---|---:|---:|---:|---:|---|")
    verdicts = []
    for name, phase in PHASES.items():
        async with phase.breaks(stage):
            people, readiness = await _ask_meanwhile(stage)
        verdicts.append(_line(name, phase, people, readiness))
        await _well_again(stage)
    print(f"\n{PEOPLE} officers, {SECONDS:.0f} s a phase, 2 workers, {os.cpu_count()} cores")
    return all(verdicts)


def _line(name: str, phase: Phase, people: Answers, readiness: Answers) -> bool:
    """Print a line of the table; whether the aim was reached."""
    times = sorted(seconds * 1000 for _, seconds in people)
    ends = Counter(how for how, _ in people)
    slowest_readiness = max(seconds for _, seconds in readiness) * 1000
    reached = times[-1] <= phase.at_most_s * 1000
    answers = ", ".join(f"{number} × {how}" for how, number in ends.most_common())
    verdict = f"{phase.at_most_s:g} s {'reached' if reached else 'NOT reached'}"
    print(
        f"| {name} | {answers} | {times[len(times) // 2]:.1f}"
        f" | {times[min(len(times) - 1, len(times) * 99 // 100)]:.1f} | {times[-1]:.0f}"
        f" | {slowest_readiness:.0f} | {verdict} |",
        flush=True,
    )
    return reached


# ---------------------------------------------------------------- people


async def _ask_meanwhile(stage: Stage) -> tuple[Answers, Answers]:
    """What the officers, and who asks for readiness, were answered within a phase."""
    people: Answers = []
    readiness: Answers = []
    until = time.perf_counter() + SECONDS
    # No connection is kept: each request has to be let in.
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(
        base_url=stage.service.base_url, timeout=GIVE_UP_S, limits=limits, trust_env=False
    ) as client:

        async def ask(answers: Answers, method: str, path: str, **request: Any) -> None:
            began = time.perf_counter()
            try:
                answer = await client.request(method, path, **request)
                how = str(answer.status_code)
            except httpx.TransportError as error:
                how = type(error).__name__
            answers.append((how, time.perf_counter() - began))
            await asyncio.sleep(PAUSE_S)

        async def work(token: str) -> None:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            while time.perf_counter() < until:
                incident = new_id()
                body = OPENING_BEFORE_ID + str(incident).encode() + OPENING_AFTER_ID
                await ask(people, "POST", "/api/v1/incidents", content=body, headers=headers)
                await ask(people, "GET", "/api/v1/incidents?limit=20", headers=headers)

        async def watch() -> None:
            while time.perf_counter() < until:
                await ask(readiness, "GET", "/readyz")

        await asyncio.gather(watch(), *(work(token) for token in stage.tokens[:PEOPLE]))
    return people, readiness


async def _well_again(stage: Stage) -> None:
    """Wait until it is ready, and officers are served."""
    headers = {"Authorization": f"Bearer {stage.tokens[0]}"}
    async with (
        asyncio.timeout(GIVE_UP_S),
        httpx.AsyncClient(base_url=stage.service.base_url, trust_env=False) as client,
    ):
        while True:
            with suppress(httpx.TransportError):
                session = await client.get("/api/v1/session", headers=headers)
                if session.is_success and (await client.get("/readyz")).is_success:
                    return
            await asyncio.sleep(PAUSE_S)


# ---------------------------------------------------------------- what is broken


@asynccontextmanager
async def _nothing(_: Stage) -> AsyncIterator[None]:
    yield


def _connected(said: bytes) -> Callable[[Stage], AbstractAsyncContextManager[None]]:
    """So many connections on which this was said, and nothing more is."""

    @asynccontextmanager
    async def connected(stage: Stage) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for _ in range(MANY):
                address = "127.0.0.1", stage.service.port
                one = stack.enter_context(
                    await asyncio.to_thread(socket.create_connection, address)
                )
                one.sendall(said)
            yield

    return connected


@asynccontextmanager
async def _held_row(stage: Stage) -> AsyncIterator[None]:
    """Thirty requests at a time want to add to an incident whose row somebody holds."""
    headers = {"Authorization": f"Bearer {stage.tokens[-1]}", "Content-Type": "application/json"}
    incident = new_id()
    body = OPENING_BEFORE_ID + str(incident).encode() + OPENING_AFTER_ID
    connection = await asyncpg.connect(stage.database.url)
    async with httpx.AsyncClient(
        base_url=f"{stage.service.base_url}/api/v1", headers=headers, timeout=GIVE_UP_S
    ) as client:
        (await client.post("/incidents", content=body)).raise_for_status()

        async def append() -> None:
            while True:
                note = entry("note", "2024-07-30T10:00:00+08:00", note="它站起来了")
                await client.post(f"/incidents/{incident}/entries", json=note)

        async with connection.transaction():
            await connection.execute(
                "select from incident where incident_id = $1 for update", incident
            )
            appending = [asyncio.create_task(append()) for _ in range(30)]
            try:
                yield
            finally:
                for one in appending:
                    one.cancel()
                await asyncio.gather(*appending, return_exceptions=True)
    await connection.close()


@asynccontextmanager
async def _killed_worker(stage: Stage) -> AsyncIterator[None]:
    """`kill -9` of one of two, a second into the phase."""

    async def kill() -> None:
        await asyncio.sleep(1)
        psutil.Process(stage.service.pid).children()[0].kill()

    killing = asyncio.create_task(kill())
    yield
    await killing


@asynccontextmanager
async def _frozen_database(stage: Stage) -> AsyncIterator[None]:
    """It takes connections and statements, and answers nothing."""
    stage.database.freeze()
    try:
        yield
    finally:
        stage.database.thaw()


@asynccontextmanager
async def _killed_database(stage: Stage) -> AsyncIterator[None]:
    """`kill -9` of all of it; started again after the phase."""
    await asyncio.to_thread(stage.database.kill)
    try:
        yield
    finally:
        await asyncio.to_thread(stage.database.start)


PHASES: Final = {
    "nothing is broken": Phase(_nothing),
    f"{MANY} idle connections": Phase(_connected(b"")),
    f"{MANY} half-sent bodies": Phase(_connected(HALF_A_SIGN_IN)),
    "a held row, and thirty who want it": Phase(_held_row),
    "a killed worker": Phase(_killed_worker),
    "a frozen database": Phase(_frozen_database, at_most_s=3),
    "a killed database": Phase(_killed_database, at_most_s=3),
}
"""What is broken, one after the other."""


if __name__ == "__main__":
    main()
