"""The databases of these tests: only one that is as it was is used again."""

from typing import Any, Final

import asyncpg
from msgspec.structs import replace

from tests.databases import Copy, brought_back, looked_at
from tests.fixtures.database import ServiceLogin, new_database
from tests.fixtures.people import present
from tests.fixtures.service import running_application
from wildlife.people.accounts import Tokens
from wildlife.settings import Settings

# What tests do to people, and is put back: also where others name what has gone.
CHANGES: Final = [
    "insert into station (station_id, code, name, kind, region_code)"
    " select gen_random_uuid(), code || '01', name, kind, region_code from station limit 1",
    "update account set name = 'somebody'",
    "delete from token",
    "delete from token; delete from appointment; delete from account; delete from station",
]
DAMAGE: Final = [
    "update species set chinese_name = chinese_name where species_id = 'phalacrocorax_carbo'",
    "delete from species_name where species_id = 'phalacrocorax_carbo'",
    "create index further on incident (region_code)",
    "alter table entry enable row level security",
    "alter table hazard alter column found_at drop not null",
    "create table another ()",
    "create function further() returns int language sql return 1",
    "revoke select on photo from wildlife_service",
    "do $$ begin execute format('alter database %I set work_mem = ''8MB''', current_database());"
    " end $$",
    "do $$ begin execute format('revoke connect on database %I from public', current_database());"
    " end $$",
    "drop table animal",
]


async def test_a_database_is_used_again_once_the_incidents_are_gone(
    settings: Settings,
    server_url: str,
    template: str,
    service_login: ServiceLogin,
    sessions: dict[str, Tokens],
) -> None:
    async with new_database(server_url, like=template) as url:
        of_it = replace(settings, database_url=service_login.on(url), owner_database_url=url)
        untouched = await looked_at(url)
        async with running_application(of_it) as client:
            officer = await present(client, "150425001", sessions)
            await officer.opened()
            assert await brought_back(untouched) is None  # who knows what the application does next
            await officer.opened()
        assert await brought_back(untouched) == untouched
        async with running_application(of_it) as client:
            officer = await present(client, "150425001", sessions)
            assert (await officer.read("/incidents"))["items"] == []
        await untouched.connection.close()


async def done(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(statements)
    await connection.close()


async def content(copy: Copy) -> dict[str, list[Any]]:
    """All rows of the tables that anything can be put into."""
    return {
        name: await copy.connection.fetch(f"select t::text from {name} t order by 1")
        for name in (*copy.is_empty, *copy.rows)
    }


async def test_people_are_put_back_and_what_is_done_after_that_is_noticed_again(
    server_url: str, template: str
) -> None:
    async with new_database(server_url, like=template) as url:
        copy = await looked_at(url)
        before = await content(copy)
        for change in CHANGES:
            await done(url, change)
            assert await content(copy) != before
            back = await brought_back(copy)
            assert back is not None, change
            assert await content(back) == before, change
            copy = back
        assert await brought_back(copy) == copy
        await done(url, DAMAGE[0])
        assert await brought_back(copy) is None
        await copy.connection.close()


async def test_whatever_else_was_done_to_a_database_nobody_gets_it_again(
    server_url: str, template: str
) -> None:
    async with new_database(server_url, like=template) as url:
        for damage in DAMAGE:
            untouched = await looked_at(url)
            assert await brought_back(untouched) == untouched
            await done(url, damage)
            assert await brought_back(untouched) is None, damage
            await untouched.connection.close()
