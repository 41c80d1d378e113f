"""The databases of these tests: only one that is as it was is used again."""

import asyncpg
from msgspec.structs import replace

from tests.conftest import ServiceLogin, new_database, present, running_application
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
            assert not await is_as_before(untouched)  # who knows what the application does next
            await officer.opened()
        assert await is_as_before(untouched)
        async with running_application(of_it) as client:
            officer = await present(client, "150425001", sessions)
            assert (await officer.read("/incidents"))["items"] == []
        await untouched.connection.close()


async def test_whatever_else_was_done_to_a_database_nobody_gets_it_again(
    server_url: str, template: str
) -> None:
    async with new_database(server_url, like=template) as url:
        for damage in DAMAGE:
            untouched = await looked_at(url)
            assert await is_as_before(untouched)
            connection = await asyncpg.connect(url)
            await connection.execute(damage)
            await connection.close()
            assert not await is_as_before(untouched), damage
            await untouched.connection.close()
