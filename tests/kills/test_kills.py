"""`kill -9`, of one of two servers, of a worker, of PostgreSQL, while eight people write: what was
acknowledged is there, once, and nothing is there by half."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from msgspec.structs import replace

from db.database import open_database
from media.vault import make_key
from tests.commandline import run
from tests.fixtures.people import fill
from tests.own_postgresql import OwnPostgresql, own_postgresql
from tests.postgresql import copied, folder_to_pass_through
from tests.rates import unhurried
from tests.serving import Server, client_of, killable
from tests.users import API, Person, entry, rescue
from wildlife.ledger.sequencing import Sequencer
from wildlife.people.accounts import Tokens
from wildlife.settings import Settings, to_environment

ROUNDS: Final = 4
MANY: Final = 100
WRITERS: Final = 8
BETWEEN: Final = 25
"""So many writes are acknowledged after one kill, before the next."""


@pytest.fixture
def postgresql(private_server: Path) -> Iterator[OwnPostgresql]:
    with (
        folder_to_pass_through() as folder,
        own_postgresql(copied(private_server, folder / "postgresql")) as server,
    ):
        yield server


@pytest.fixture
def settings(postgresql: OwnPostgresql, tmp_path: Path) -> Settings:
    key = tmp_path / "informants.key"
    make_key(key)
    return unhurried(
        Settings(
            data_dir=tmp_path / "first",
            key_file=key,
            workers=2,
            database_url=postgresql.service_url,
            owner_database_url=postgresql.url,
            demo=True,
        )
    )


@pytest.fixture
def sessions(settings: Settings) -> dict[str, Tokens]:
    return asyncio.run(fill(settings))


@pytest.fixture
def servers(
    settings: Settings, sessions: dict[str, Tokens], tmp_path: Path
) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        both = (replace(settings, data_dir=tmp_path / name) for name in ("first", "second"))
        yield [stack.enter_context(killable(one)) for one in both]


class Writer:
    """Somebody who opens incidents and adds to them, each at whichever server, and again until it
    is acknowledged."""

    def __init__(self, servers: list[Server], token: str, chance: random.Random) -> None:
        self._servers, self._chance = servers, chance
        self._headers = {"Authorization": f"Bearer {token}"}
        self.acknowledged: dict[str, tuple[str, dict[str, Any]]] = {}
        """What was, by its id: of which incident, and what was sent."""

    async def write(self, goes_on: Callable[[], bool], acknowledged: Callable[[], None]) -> None:
        incident_id = ""
        async with client_of("", timeout=10) as client:
            while goes_on():
                if not incident_id or self._chance.random() < 0.2:
                    body = rescue()
                    incident_id, path = body["id"], "/incidents"
                else:
                    body = entry("note", note=f"{self._chance.random()}")
                    path = f"/incidents/{incident_id}/entries"
                await self._until_acknowledged(client, path, body)
                self.acknowledged[body["id"]] = incident_id, body
                acknowledged()

    async def _until_acknowledged(
        self, client: httpx.AsyncClient, path: str, body: dict[str, Any]
    ) -> None:
        while True:
            server = self._chance.choice(self._servers)
            with suppress(httpx.TransportError):
                answer = await client.post(
                    f"{server.base}{API}{path}", json=body, headers=self._headers
                )
                if answer.status_code in (200, 201):
                    return
                assert answer.status_code == 503, answer.text
                assert int(answer.headers["Retry-After"]) > 0


def kills(
    servers: list[Server], postgresql: OwnPostgresql, chance: random.Random
) -> dict[str, Callable[[], None]]:
    """What is killed, and started again."""

    def a_server() -> None:
        server = chance.choice(servers)
        server.kill()
        server.start()

    def a_worker() -> None:
        """Which its server replaces."""
        _, *workers = chance.choice(servers).pids
        os.kill(chance.choice(workers), signal.SIGKILL)

    def the_database() -> None:
        postgresql.kill()
        postgresql.start()

    return {one.__name__: one for one in (a_server, a_worker, the_database)}


async def test_what_was_acknowledged_is_there_once_whatever_is_killed(
    servers: list[Server],
    postgresql: OwnPostgresql,
    settings: Settings,
    sessions: dict[str, Tokens],
    thorough: bool,
) -> None:
    chance = random.Random(9)
    badges = ["150425001", "150723001"] * (WRITERS // 2)
    writers = [Writer(servers, sessions[one].access_token, chance) for one in badges]
    count, enough, is_over = 0, asyncio.Event(), False

    def acknowledged() -> None:
        nonlocal count
        count += 1
        if count % BETWEEN == 0:
            enough.set()

    async def kill_again_and_again() -> None:
        nonlocal is_over
        ways = kills(servers, postgresql, chance)
        try:
            for number in range(MANY if thorough else ROUNDS):
                enough.clear()
                await enough.wait()
                name = [*ways][number % len(ways)]
                await asyncio.to_thread(ways[name])
        finally:
            is_over = True

    writing: list[Awaitable[None]] = [
        one.write(lambda: not is_over, acknowledged) for one in writers
    ]
    await asyncio.gather(kill_again_and_again(), *writing)
    sent = {id_: told for one in writers for id_, told in one.acknowledged.items()}

    async with client_of(servers[0].base) as client:
        readers = [Person(client, badge, sessions[badge].access_token, "") for badge in {*badges}]
        for incident_id in {incident_id for incident_id, _ in sent.values()}:
            found = [
                await one.get(f"/incidents/{incident_id}/entries?limit=500") for one in readers
            ]
            [told] = [one.json()["items"] for one in found if one.status_code == 200]
            mine = {id_: body for id_, (at, body) in sent.items() if at == incident_id}
            assert sorted(one["id"] for one in told) == sorted(mine)
            for one in told:
                assert one["body"].get("note") == mine[one["id"]].get("note")
    environment = to_environment(settings)
    for command in (("verify",), ("rebuild", "--check")):
        ended = await run(*command, **environment)
        assert ended.status == 0, ended
    await require_places(settings, len(sent))


async def require_places(settings: Settings, number: int) -> None:
    """That each entry has a place, once there was a moment to give it one."""
    assert settings.database_url is not None
    async with open_database(
        settings.database_url, confined=True, zone=settings.zone, size=1
    ) as database:
        await Sequencer(database).look()
        async with database.reading() as connection:
            rows = await connection.fetch("select position from ledger order by position")
            assert [one["position"] for one in rows] == [*range(number)]
            assert (
                await connection.fetchval(
                    "select count(*) from entry join ledger using (incident_id, entry_id)"
                )
                == number
            )
