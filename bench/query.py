"""What officials ask, among a million releases and their incidents: `make bench-query`.

It fills a private PostgreSQL with a tenth of them (`wildlife synth`), and another with ten times
those, and asks the service every question in turn with

- the same statements with the same values through nothing but asyncpg, rows encoded by msgspec;
- the same question among a tenth of the records;

and the last page of lists beside the first. Each question is asked as the one who sees all, as an
official of a prefecture and as an officer of a station, on one kept-alive connection. A million
take half an hour to be made on two cores, and 25 GB; `ROWS=10000000` takes ten times as much.
`ROWS=20000` takes some minutes, and says that all works and no more.

Exports are measured by a bench of their own. The same questions to tipg and pygeoapi need PostGIS,
which is not looked for yet.
"""

import asyncio
import base64
import http.client
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import asyncpg
import msgspec
from msgspec.structs import replace

from bench.disk import on_disk
from bench.multiplying import TIMES, multiply
from bench.questions import LISTS, Question, questions
from bench.report import aim, machine
from bench.rounds import new_id
from bench.servers import Server, free_port
from bench.service import running_service
from db.alone import connected
from db.codecs import set_codecs
from db.connection import Connection
from db.grants import SERVICE_LOGIN
from db.identity import with_login
from db.migrations import migrate
from media.vault import open_vault
from wildlife.commands.preparing import load_register
from wildlife.people.account_queries import find_account, find_actor
from wildlife.people.accounts import Actor
from wildlife.people.may import Verb
from wildlife.people.tokens import issue_tokens
from wildlife.settings import Settings
from wildlife.synth.loading import Wanted, load
from wildlife.timeline.policy import read_policy
from wildlife.web.pages import SIGNATURE_BYTES, encode_cursor
from wildlife.web.pages import Question as OfCursor

ROWS: Final = int(os.environ.get("ROWS", "1000000"))
TURNS: Final = 20
READERS: Final = "auditor", "LC1504", "150425001"

MOST_P95_MS: Final = 100
MOST_AGAINST_BARE: Final = 1.5
MOST_LAST_PAGE: Final = 1.3
MOST_AGAINST_A_TENTH: Final = 2
_QUICK_MS: Final = 5
"""What takes less is not held against anything else: it is the request that takes the time."""


class Filled(NamedTuple):
    """A database with records, and a service on it."""

    settings: Settings
    service: Server
    connection: Connection
    """As the service searches on it."""


class Asked(NamedTuple):
    """What one question took, in milliseconds of each turn."""

    service: list[float]
    bare: list[float]
    tenth: list[float]


class Statements:
    """A connection that remembers what was asked on it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.asked: list[tuple[str, tuple[Any, ...]]] = []

    async def fetch(self, text: str, *args: Any) -> Any:
        self.asked.append((text, args))
        return await self._connection.fetch(text, *args)

    async def fetchrow(self, text: str, *args: Any) -> Any:
        self.asked.append((text, args))
        return await self._connection.fetchrow(text, *args)

    async def fetchval(self, text: str, *args: Any) -> Any:
        self.asked.append((text, args))
        return await self._connection.fetchval(text, *args)


def main() -> None:
    """Measure and print."""
    on_disk(_run)


def _run(settings: Settings) -> None:
    assert settings.database_url is not None
    with asyncio.Runner() as runner:
        few = runner.run(_another(settings))
        for one, times in ((few, 1), (settings, TIMES)):
            started = time.monotonic()
            runner.run(_fill(one, times))
            rows = ROWS // TIMES * times
            print(f"{rows} releases made in {time.monotonic() - started:.0f} s", flush=True)
        with _filled(runner, settings) as many, _filled(runner, few) as tenth:
            runner.run(_measure(many, tenth))
        print(f"\none connection, {TURNS} turns; {runner.run(machine(settings.database_url))}")


async def _another(settings: Settings) -> Settings:
    """The same for another database of the same server."""
    assert settings.owner_database_url is not None
    async with connected(settings.owner_database_url) as connection:
        await connection.execute("create database tenth")
    url = settings.owner_database_url.replace("/postgres?", "/tenth?")
    await migrate(url)
    return replace(
        settings,
        data_dir=settings.data_dir / "tenth",
        port=free_port(),
        database_url=with_login(url, SERVICE_LOGIN),
        owner_database_url=url,
        log_file=settings.data_dir / "tenth.log",
    )


async def _fill(settings: Settings, times: int) -> None:
    assert settings.owner_database_url is not None
    releases = ROWS // TIMES
    await load_register(settings)
    wanted = Wanted(
        releases=releases,
        hazards=releases // 10,
        begins=date(2015, 1, 1),
        ends=date(2024, 12, 31),
        seed=1,
        with_timelines=False,
        processes=os.cpu_count() or 1,
    )
    policy = read_policy(settings.policy_file, settings.hidden_places)
    await load(settings.owner_database_url, wanted, settings.zone, policy, lambda *_: None)
    async with connected(settings.owner_database_url) as connection:
        if times > 1:
            await multiply(connection)
        await connection.execute("vacuum analyze")


@contextmanager
def _filled(runner: asyncio.Runner, settings: Settings) -> Iterator[Filled]:
    async def connect() -> Connection:
        connection = await asyncpg.connect(
            settings.database_url,
            server_settings={"plan_cache_mode": "force_custom_plan", "jit": "off"},
        )
        await set_codecs(connection, settings.zone)
        return connection

    settings.data_dir.mkdir(exist_ok=True)
    connection = runner.run(connect())
    # Of what is invented there are no photos.
    with running_service(settings, "--photos-lost") as service:
        yield Filled(settings, service, connection)
    runner.run(connection.close())


async def _measure(many: Filled, tenth: Filled) -> None:
    print("| who | what | p95 ms | median | bare asyncpg | ratio | among a tenth | ratio |")
    print("|---|---|---:|---:|---:|---:|---:|---:|")
    slowest, against_bare, against_tenth, last_pages = 0.0, [], [], []
    for badge in READERS:
        actor, token = await _reader(many, badge)
        _, other_token = await _reader(tenth, badge)
        for question in questions():
            asked = await _ask(many, tenth, question, actor, token, other_token)
            p95 = statistics.quantiles(asked.service, n=20)[-1]
            service, bare, few = map(statistics.median, asked)
            slowest = max(slowest, p95)
            if service > _QUICK_MS:
                against_bare.append(service / bare)
                against_tenth.append(service / few)
            print(
                f"| {badge} | {question.said} | {p95:.1f} | {service:.1f} | {bare:.1f} |"
                f" {service / bare:.2f} | {few:.1f} | {service / few:.2f} |",
                flush=True,
            )
        for path in LISTS:
            last_pages.append(await _last_page(many, path, token))
            print(f"| {badge} | last page of {path} against the first | {last_pages[-1]:.2f} |")
    print()
    print(aim("slowest p95", slowest, MOST_P95_MS, unit=" ms", at_most=True))
    for what, ratios, most in (
        ("against its statements through bare asyncpg", against_bare, MOST_AGAINST_BARE),
        ("against a tenth of the records", against_tenth, MOST_AGAINST_A_TENTH),
        ("last page against the first", last_pages, MOST_LAST_PAGE),
    ):
        if ratios:
            print(aim(f"{what}, the worst", max(ratios), most, unit=" x", at_most=True))
            print(
                aim(f"{what}, the median", statistics.median(ratios), most, unit=" x", at_most=True)
            )


async def _reader(filled: Filled, badge: str) -> tuple[Actor, str]:
    """Who reads, as who they are when they do, and a token of theirs."""
    for_long = replace(filled.settings, access_token_s=24 * 3600)
    assert filled.settings.owner_database_url is not None
    async with connected(filled.settings.owner_database_url) as connection:
        account = await find_account(connection, badge)
        assert account is not None, f"no account {badge}"
        tokens = await issue_tokens(connection, for_long, account.account_id, new_id(), 1)
    actor = await find_actor(filled.connection, account.account_id)
    assert actor is not None
    return actor.doing(Verb.READ), tokens.access_token


async def _ask(
    many: Filled, tenth: Filled, question: Question, actor: Actor, token: str, other_token: str
) -> Asked:
    statements = Statements(many.connection)
    await question.page(statements, many.settings, actor)
    took = Asked([], [], [])
    with _get(many) as ask, _get(tenth) as ask_tenth:
        for turn in range(TURNS + 2):
            of_turn = (
                ask(question.address, token)[0],
                await _bare(many.connection, statements.asked),
                ask_tenth(question.address, other_token)[0],
            )
            if turn >= 2:
                for times, one in zip(took, of_turn, strict=True):
                    times.append(one)
    return took


async def _bare(connection: Connection, asked: list[tuple[str, tuple[Any, ...]]]) -> float:
    started = time.perf_counter()
    for text, args in asked:
        msgspec.json.encode([dict(row) for row in await connection.fetch(text, *args)])
    return (time.perf_counter() - started) * 1000


async def _last_page(filled: Filled, path: str, token: str) -> float:
    """How many times as long the last page takes as the first."""
    with _get(filled) as ask:
        _, first = ask(f"{path}?limit=50", token)
        _, oldest = ask(f"{path}?limit=50&sort=time", token)
        if first["next_cursor"] is None:
            return 1.0
        # Behind the fiftieth from the end are the last: of the same question, at the other's place.
        question, place = _read(first["next_cursor"])[0], _read(oldest["next_cursor"])[1]
        signer = open_vault(filled.settings.key_path)
        cursor = encode_cursor(OfCursor(question, signer), place)
        last = f"{path}?{urlencode({'limit': 50, 'cursor': cursor})}"
        turns = [(ask(f"{path}?limit=50", token)[0], ask(last, token)[0]) for _ in range(TURNS)]
    ours, theirs = zip(*turns, strict=True)
    return float(statistics.median(theirs) / statistics.median(ours))


def _read(cursor: str) -> list[Any]:
    """The question that a cursor is of, and its place."""
    signed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    read: list[Any] = msgspec.json.decode(signed[SIGNATURE_BYTES:])
    return read


@contextmanager
def _get(filled: Filled) -> Iterator[Any]:
    connection = http.client.HTTPConnection("127.0.0.1", filled.service.port)

    def ask(address: str, token: str) -> tuple[float, Any]:
        started = time.perf_counter()
        connection.request("GET", f"/api/v1{address}", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        took = (time.perf_counter() - started) * 1000
        if answer.status != http.HTTPStatus.OK:
            sys.exit(f"{address} answered {body[:1000]!r}")
        return took, msgspec.json.decode(body)

    yield ask
    connection.close()


if __name__ == "__main__":
    main()
