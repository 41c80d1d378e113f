"""What a neighbour breaks costs nobody else: rows that are held, a database that is frozen or gone,
connections that nobody uses, bodies that do not come, workers that are killed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient, Response

from db.connection import Connection
from db.database import Database
from media.vault import make_key
from tests.databases import let_read_only
from tests.fixtures.people import fill
from tests.fixtures.service import running_application
from tests.own_postgresql import OwnPostgresql, own_postgresql
from tests.people.sessions import logged
from tests.postgresql import copied, folder_to_pass_through
from tests.users import API, Person, entry, rescue
from wildlife.people import station_routes as stations
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings

# No test waits for so long where all is well; on 0.1 they waited for ever.
WITHIN_S = 20


def refusals(answers: list[Response]) -> set[tuple[int, str]]:
    return {(answer.status_code, answer.json().get("code", "")) for answer in answers}


def note() -> dict[str, Any]:
    return entry("note", note="又一条")


@asynccontextmanager
async def held(database: Database, statement: str) -> AsyncIterator[None]:
    """What the statement locks stays locked until the end of the block."""
    async with database.transaction() as connection:
        await connection.execute(statement)
        yield


# ---------------------------------------------------------------- a row that is held


async def test_a_held_incident_costs_those_who_append_to_it_and_nobody_else(
    officer: Person, other_officer: Person, database: Database
) -> None:
    stuck, free = await officer.opened(), await officer.opened()
    lock = f"select from incident where incident_id = '{stuck}' for update"
    async with asyncio.timeout(WITHIN_S), held(database, lock):
        waiting = [
            asyncio.create_task(officer.post(f"/incidents/{stuck}/entries", note()))
            for _ in range(20)
        ]
        for who in (officer, other_officer):
            await who.opened()
            await who.read("/incidents")
        await officer.appended(free, note())
        await officer.read(f"/incidents/{stuck}")
        await Person.sign_in(officer.client, "LC1504", DEMO_PASSWORD)
        answers = await asyncio.gather(*waiting)
    assert refusals(answers) == {(503, "unavailable")}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    await officer.appended(stuck, note())


async def test_a_held_case_counter_costs_its_station_and_no_other(
    officer: Person, other_officer: Person, database: Database
) -> None:
    await officer.opened()
    lock = "select from case_counter for update"
    async with asyncio.timeout(WITHIN_S), held(database, lock):
        waiting = [asyncio.create_task(officer.post("/incidents", rescue())) for _ in range(20)]
        await other_officer.opened()
        await officer.read("/incidents")
        answers = await asyncio.gather(*waiting)
    assert refusals(answers) == {(503, "unavailable")}
    await officer.opened()


async def test_a_held_account_costs_its_own_sign_ins_and_nobody_else(
    client: AsyncClient, officer: Person, other_officer: Person, database: Database
) -> None:
    # They signed in from here before: whoever never did waits behind all other strangers.
    await Person.sign_in(client, officer.badge, DEMO_PASSWORD)
    credentials = {"badge": officer.badge, "password": DEMO_PASSWORD}
    lock = "select from account where badge = '150425001' for update"
    async with asyncio.timeout(WITHIN_S), held(database, lock):
        waiting = [
            asyncio.create_task(client.post(f"{API}/session", json=credentials)) for _ in range(8)
        ]
        await officer.opened()
        await other_officer.opened()
        await Person.sign_in(client, "LC1504", DEMO_PASSWORD)
        answers = await asyncio.gather(*waiting)
    # More than a few of one account at once do not even get so far.
    assert {(503, "unavailable")} <= refusals(answers) <= {(503, "unavailable"), (503, "busy")}
    await Person.sign_in(client, officer.badge, DEMO_PASSWORD)


async def test_one_account_does_not_take_all_connections(
    officer: Person, other_officer: Person, database: Database
) -> None:
    """It adds to as many held incidents as there are connections."""
    stuck = [await officer.opened() for _ in range(8)]
    async with (
        asyncio.timeout(WITHIN_S),
        held(database, "select from incident for update"),
    ):
        waiting = [
            asyncio.create_task(officer.post(f"/incidents/{one}/entries", note())) for one in stuck
        ]
        await other_officer.opened()
        await other_officer.read("/incidents")
        answers = await asyncio.gather(*waiting)
    assert refusals(answers) == {(503, "unavailable")}


# ---------------------------------------------------------------- a database that is frozen or gone


@pytest.fixture(scope="module")
def own_server(private_server: Path) -> Iterator[OwnPostgresql]:
    """A PostgreSQL that nobody else uses, with the demo's people."""
    with (
        folder_to_pass_through() as folder,
        own_postgresql(copied(private_server, folder / "postgresql")) as server,
    ):
        asyncio.run(
            fill(
                Settings(
                    data_dir=folder / "data",
                    database_url=server.service_url,
                    owner_database_url=server.url,
                )
            )
        )
        make_key(folder / "data/informants.key")
        yield server


@pytest.fixture
def own_settings(own_server: OwnPostgresql, tmp_path: Path) -> Settings:
    return Settings(
        data_dir=tmp_path,
        database_url=own_server.service_url,
        key_file=own_server.folder.parent / "data/informants.key",
        database_connections=4,
        demo=True,
        log_file=tmp_path / "service.log",
    )


async def every_kind_of_request(
    client: AsyncClient, officer: Person, incident: str
) -> list[Response]:
    """More of them than there are connections, at once."""
    credentials = {"badge": officer.badge, "password": DEMO_PASSWORD}
    refresh = {"refresh_token": officer.refresh_token}
    return list(
        await asyncio.gather(
            *(officer.post("/incidents", rescue()) for _ in range(10)),
            *(officer.post(f"/incidents/{incident}/entries", note()) for _ in range(10)),
            *(officer.get(f"/incidents/{incident}") for _ in range(10)),
            *(officer.get("/incidents?q=怪鸟") for _ in range(10)),
            client.post(f"{API}/session", json=credentials),
            client.post(f"{API}/session/refresh", json=refresh),
        )
    )


async def the_database_is_said_to_be_away(
    client: AsyncClient, officer: Person, incident: str
) -> None:
    async with asyncio.timeout(WITHIN_S):
        answers = await every_kind_of_request(client, officer, incident)
        assert refusals(answers) == {(503, "unavailable")}
        assert (await client.get("/healthz")).status_code == 200
        readiness = await client.get("/readyz")
    assert (readiness.status_code, readiness.json()["code"]) == (503, "not_ready")
    assert [one["field"] for one in readiness.json()["errors"]] == ["database"]


async def all_is_well(client: AsyncClient, officer: Person, incident: str) -> None:
    async with asyncio.timeout(WITHIN_S):
        answers = await every_kind_of_request(client, officer, incident)
        assert {answer.status_code for answer in answers} <= {200, 201}
        assert (await client.get("/readyz")).status_code == 200


async def test_a_frozen_database_is_said_to_be_away_until_it_thaws(
    own_server: OwnPostgresql, own_settings: Settings
) -> None:
    async with running_application(own_settings) as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened()
        await all_is_well(client, officer, incident)
        own_server.freeze()
        try:
            # The second time all connections are new.
            await the_database_is_said_to_be_away(client, officer, incident)
            await the_database_is_said_to_be_away(client, officer, incident)
        finally:
            own_server.thaw()
        await all_is_well(client, officer, incident)


async def test_a_database_that_freezes_while_it_works_is_said_to_be_away_too(
    own_server: OwnPostgresql, own_settings: Settings
) -> None:
    async with running_application(own_settings) as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened()
        async with asyncio.timeout(WITHIN_S):
            under_way = asyncio.create_task(every_kind_of_request(client, officer, incident))
            await asyncio.wait({under_way}, timeout=0)
            own_server.freeze()
            try:
                answers = await under_way
            finally:
                own_server.thaw()
        assert {one.status_code for one in answers} <= {200, 201, 503}
        await all_is_well(client, officer, incident)


async def test_a_killed_database_is_said_to_be_away_until_it_is_back(
    own_server: OwnPostgresql, own_settings: Settings
) -> None:
    async with running_application(own_settings) as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened()
        own_server.kill()
        try:
            await the_database_is_said_to_be_away(client, officer, incident)
        finally:
            await asyncio.to_thread(own_server.start)
        await all_is_well(client, officer, incident)


async def test_a_service_starts_without_its_database_and_says_so(tmp_path: Path) -> None:
    """A worker that is started again while the database's container is gone, with its name."""
    settings = Settings(
        data_dir=tmp_path,
        database_url="postgresql://wildlife@database.invalid/wildlife",
        log_file=tmp_path / "service.log",
    )
    make_key(settings.key_path)
    async with asyncio.timeout(WITHIN_S), running_application(settings) as client:
        credentials = {"badge": "150425001", "password": "a long password"}
        answers = [
            await client.post(f"{API}/session", json=credentials),
            await client.get(f"{API}/session", headers={"Authorization": "Bearer x"}),
        ]
        assert refusals(answers) == {(503, "unavailable")}
        assert (await client.get("/readyz")).json()["code"] == "not_ready"
        assert (await client.get("/healthz")).status_code == 200


async def test_connections_that_were_ended_while_they_lay_there_are_a_database_that_is_away(
    officer: Person, database: Database
) -> None:
    async with database.writing() as connection:
        for _ in range(20):
            await connection.execute(
                "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
            answers = [await officer.get("/stations") for _ in range(3)]
            assert {answer.status_code for answer in answers} <= {200, 503}
    await officer.opened()


async def wrong_number_of_arguments(connection: Connection) -> None:
    await connection.execute("select $1::integer, $2::integer", 1)


async def two_statements_at_once(connection: Connection) -> None:
    await asyncio.gather(*(connection.execute("select pg_sleep(0.01)") for _ in range(2)))


@pytest.mark.parametrize("fault", [wrong_number_of_arguments, two_statements_at_once])
async def test_a_fault_of_ours_is_not_told_as_a_database_that_is_away(
    officer: Person,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[Connection], Awaitable[None]],
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(stations, "list_stations", fault)
        answer = await officer.get("/stations")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert settings.log_file is not None
    [told] = [line for line in logged(settings.data_dir) if line["event"] == "internal_error"]
    assert fault.__name__ in told["exception"]
    assert (await officer.get("/stations")).status_code == 200


@pytest.mark.parametrize(
    ("sqlstate", "told"),
    [
        ("53000", (503, "unavailable")),
        ("53100", (507, "storage_full")),
        ("53200", (503, "unavailable")),
        ("53300", (503, "unavailable")),
        ("53400", (503, "unavailable")),
    ],
)
async def test_what_the_database_lacks_is_to_be_asked_again_in_a_moment_but_for_a_full_disk(
    officer: Person, monkeypatch: pytest.MonkeyPatch, sqlstate: str, told: tuple[int, str]
) -> None:
    async def lacking(connection: Connection) -> None:
        await connection.execute(f"do $$ begin raise sqlstate '{sqlstate}'; end $$")

    with monkeypatch.context() as patched:
        patched.setattr(stations, "list_stations", lacking)
        answer = await officer.get("/stations")
    assert (answer.status_code, answer.json()["code"]) == told
    assert ("Retry-After" in answer.headers) == (told[0] == 503)


# ---------------------------------------------------------------- what readiness means


async def test_a_database_that_takes_no_writes_is_not_ready(
    client: AsyncClient, settings: Settings, database: Database
) -> None:
    """As a replica that nobody promoted."""
    async with database.writing() as connection:
        await let_read_only(connection)
    async with asyncio.timeout(WITHIN_S):
        readiness = await client.get("/readyz")
        assert (readiness.status_code, readiness.json()["code"]) == (503, "not_ready")
        assert [one["field"] for one in readiness.json()["errors"]] == ["database"]


async def test_a_store_that_is_gone_is_not_ready(client: AsyncClient, settings: Settings) -> None:
    originals = settings.media_dir / "originals"
    originals.rename(settings.media_dir / "elsewhere")
    readiness = await client.get("/readyz")
    assert (readiness.status_code, readiness.json()["code"]) == (503, "not_ready")
    assert [one["field"] for one in readiness.json()["errors"]] == ["store"]
    (settings.media_dir / "elsewhere").rename(originals)
    answer = await client.get("/readyz")
    parts = ("status", "database", "tables", "key", "store", "disk")
    assert answer.json() == dict.fromkeys(parts, "ok")
