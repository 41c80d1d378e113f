"""The tables: the schema file equals the migrations, rows equal Structs, the timeline is final."""

import asyncio
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

import db.migrations
from db.database import Database
from db.migrations import migrate, pending
from tests.fixtures.database import database_of_the_service, new_database
from tests.tables import FROM_THE_BYTES
from tests.users import Person, entry
from wildlife.kinds import KINDS
from wildlife.rescues.animal import ReleaseRow
from wildlife.rescues.ends import Release, Settling
from wildlife.settings import Settings
from wildlife.timeline.rows import IncidentRow, PhotoRow, RecordColumns

SCHEMA = Path(db.migrations.__file__).parent / "schema.sql"

CATALOG = """
    select 'column', table_name::text, column_name::text,
        concat_ws(' ', data_type, udt_name, is_nullable, column_default)
    from information_schema.columns where table_schema = 'public'
    union all
    select 'index', tablename::text, indexname::text, indexdef
    from pg_indexes where schemaname = 'public'
    union all
    select 'constraint', conrelid::regclass::text, conname::text, pg_get_constraintdef(oid)
    from pg_constraint where connamespace = 'public'::regnamespace
    union all
    select 'statistics', attrelid::regclass::text, attname::text, attstattarget::text
    from pg_attribute where attstattarget > 0
    union all
    select 'option', relname::text, 'autovacuum', reloptions::text
    from pg_class where relnamespace = 'public'::regnamespace and reloptions is not null
    union all
    select 'privilege', table_name::text, grantee::text, privilege_type::text
    from information_schema.role_table_grants
    where table_schema = 'public' and grantee = 'wildlife_service'
"""


async def catalog(url: str) -> set[tuple[str, ...]]:
    connection = await asyncpg.connect(url)
    try:
        rows = {tuple(row) for row in await connection.fetch(CATALOG)}
    finally:
        await connection.close()
    return {row for row in rows if row[1] != "migration"}


async def test_the_schema_file_says_what_the_migrations_make(
    server_url: str, database_url: str
) -> None:
    async with new_database(server_url) as url:
        connection = await asyncpg.connect(url)
        await connection.execute(SCHEMA.read_text("utf-8"))
        await connection.close()
        assert await catalog(url) == await catalog(database_url)


async def test_several_may_migrate_at_once_and_again(server_url: str) -> None:
    async with new_database(server_url) as url:
        assert await pending(url) != []
        applied = await asyncio.gather(*(migrate(url) for _ in range(4)))
        assert sorted(map(len, applied))[:3] == [0, 0, 0]
        assert await pending(url) == []
        assert await migrate(url) == []


@pytest.mark.parametrize(
    ("table", "written"),
    [
        ("incident", IncidentRow.__struct_fields__),
        ("photo", PhotoRow.__struct_fields__),
        *(
            (table.name, RecordColumns.__struct_fields__ + table.row.__struct_fields__)
            for table in KINDS.tables
        ),
    ],
)
async def test_a_row_is_written_with_all_the_columns_of_its_table(
    database: Database, table: str, written: tuple[str, ...]
) -> None:
    async with database.reading() as connection:
        columns = await connection.fetch(
            "select column_name from information_schema.columns where table_name = $1", table
        )
    named = {row["column_name"] for row in columns}
    assert named - set(FROM_THE_BYTES) == set(written)


def test_all_that_is_said_of_a_release_alone_is_in_its_row() -> None:
    own = set(Release.__struct_fields__) - set(Settling.__struct_fields__)
    assert own <= set(ReleaseRow.__struct_fields__)


@pytest.mark.parametrize(
    "statement",
    [
        "update entry set canonical = canonical",
        "delete from entry",
        "truncate entry",
        "delete from informant",
        "update refused_body set differing = '{}'",
        "delete from refused_body",
        "update access set accessed_at = now()",
        "delete from access",
        "truncate access",
        "update access_day set after = digest",
        "update access_day set day = day - 1",
        "delete from access_day",
        "update informant_erasure set erased_at = now()",
        "delete from informant_erasure",
        "update people_event set happened_at = now()",
        "delete from people_event",
        "truncate people_event",
        "drop table entry",
    ],
)
async def test_the_service_may_add_to_the_timeline_and_not_change_it(
    officer: Person, settings: Settings, statement: str
) -> None:
    await officer.opened()
    async with (
        database_of_the_service(settings) as as_service,
        as_service.writing() as connection,
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def test_what_is_stored_is_exactly_what_its_digest_covers(
    officer: Person, database: Database
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, entry("note", note="䴙䴘 𩷶 “引号” \\ / \u2028"))
    async with database.reading() as connection:
        held = await connection.fetch(
            "select digest = sha256(convert_to(canonical, 'UTF8')) as ok, canonical from entry"
            " where incident_id = $1",
            UUID(incident_id),
        )
    assert [row["ok"] for row in held] == [True, True]
    assert "䴙䴘 𩷶" in held[1]["canonical"]
