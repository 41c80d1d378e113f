"""A demo is a demo: it is shown where nothing real is."""

from typing import Any

import pytest

from db.database import Database
from tests.commandline import run
from tests.serving import free_port
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
            " select gen_random_uuid(), 'A1', '林主任', password_hash from account"
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
