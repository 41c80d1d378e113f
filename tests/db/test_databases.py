"""The databases of these tests: only one that is as it was is used again."""

import asyncpg

from tests.conftest import new_database, present, running_application
from tests.databases import is_as_before, looked_at
from wildlife.people.accounts import Tokens
from wildlife.settings import Settings

DAMAGE = [
    "insert into station (station_id, code, name, kind, region_code)"
    " select gen_random_uuid(), code || '01', name, kind, region_code from station limit 1",
    "update account set name = 'somebody'",
    "delete from token",
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
    settings: Settings, database_url: str, sessions: dict[str, Tokens]
) -> None:
    untouched = await looked_at(database_url)
    async with running_application(settings) as client:
        officer = await present(client, "150425001", sessions)
        await officer.opened()
        assert not await is_as_before(untouched)  # who knows what the application does next
        await officer.opened()
    assert await is_as_before(untouched)
    async with running_application(settings) as client:
        officer = await present(client, "150425001", sessions)
        assert (await officer.read("/incidents"))["items"] == []


async def test_whatever_else_was_done_to_a_database_nobody_gets_it_again(
    server_url: str, template: str
) -> None:
    async with new_database(server_url, like=template) as url:
        assert await is_as_before(await looked_at(url))
        for damage in DAMAGE:
            untouched = await looked_at(url)
            connection = await asyncpg.connect(url)
            await connection.execute(damage)
            await connection.close()
            assert not await is_as_before(untouched), damage
