"""A demo is a demo: it is shown where nothing real is."""

from typing import Any

import pytest
from msgspec.structs import replace

from db.database import Database
from tests.commandline import run
from tests.fixtures.service import running_application
from tests.serving import free_port
from tests.users import API, Person
from wildlife.commands.demo import prepare_demo
from wildlife.settings import Settings, to_environment

SECRET = ("--password", "a real secret")


async def record(database: Database) -> list[Any]:
    """All stations, accounts and incidents."""
    async with database.reading() as connection:
        return [
            await connection.fetch(f"select * from {table} order by 1")
            for table in ("station", "account", "appointment", "incident", "migration")
        ]


@pytest.mark.parametrize(
    "real",
    [
        ("account", "password", "150425001", *SECRET),
        ("account", "add", "A1", "林主任", "--role", "admin", *SECRET),
    ],
    ids=["a changed password", "another account"],
)
async def test_the_demo_refuses_a_database_with_a_real_account(
    settings: Settings, database: Database, real: tuple[str, ...]
) -> None:
    environment = to_environment(settings) | {"WILDLIFE_PORT": str(free_port())}
    assert (await run(*real, **environment)).status == 0
    await refused_and_left_as_it_was(database, environment)


async def test_the_demo_refuses_a_database_with_an_account_that_got_its_password(
    settings: Settings, database: Database
) -> None:
    """As a command of 0.1 gave it to anybody."""
    async with database.writing() as connection:
        await connection.execute(
            "insert into account (account_id, badge, name, password_hash)"
            " select gen_random_uuid(), 'A1', '林主任', replace(password_hash, 'demo:', '')"
            " from account"
            " where badge = 'admin'"
        )
    environment = to_environment(settings) | {"WILDLIFE_PORT": str(free_port())}
    await refused_and_left_as_it_was(database, environment)


async def test_the_demo_refuses_a_database_that_has_only_stations_yet(
    settings: Settings, database: Database
) -> None:
    async with database.writing() as connection:
        await connection.execute("delete from token")
        await connection.execute("delete from appointment")
        await connection.execute("delete from account")
    environment = to_environment(settings) | {"WILDLIFE_PORT": str(free_port())}
    await refused_and_left_as_it_was(database, environment)


async def refused_and_left_as_it_was(database: Database, environment: dict[str, str]) -> None:
    before = await record(database)
    ended = await run("demo", **environment)
    assert (ended.status, ended.out) == (1, ""), ended
    assert ended.err.startswith("Error: This database holds stations or accounts that the demo did")
    assert "WILDLIFE_DATA_DIR=./demo" in ended.err
    assert await record(database) == before


async def test_what_was_added_in_a_demo_is_of_the_demo_and_signs_in_nowhere_else(
    settings: Settings, admin: Person, database: Database
) -> None:
    secret = "a secret of its own"
    unit = {"code": "150426", "name": "翁牛特旗派出所", "kind": "police_station"}
    account = {"badge": "150426001", "name": "乌云", "role": "officer", "station": "150426"}
    assert (await admin.post("/stations", unit)).status_code == 201
    assert (await admin.post("/accounts", account | {"password": secret})).status_code == 201
    before = await record(database)
    await prepare_demo(settings)
    after = await record(database)
    assert [len(one) for one in after] == [len(one) for one in before]
    own = {"badge": "150426001", "password": secret}
    assert (await admin.client.post(f"{API}/session", json=own)).status_code == 201
    real = replace(settings, demo=False)
    async with running_application(real) as client:
        refused = await client.post(f"{API}/session", json=own)
        assert (refused.status_code, refused.json()["code"]) == (401, "wrong_credentials")
