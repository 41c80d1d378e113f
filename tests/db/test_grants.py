"""What the service may do in the database, and what is told where it may not any more."""

from httpx import AsyncClient

from db.database import Database
from db.grants import NEEDED, Amiss, find_amiss
from tests.commandline import Wildlife
from tests.fixtures.database import database_of_the_service
from wildlife.settings import Settings

TABLES = """
    select relname::text from pg_class where relnamespace = 'public'::regnamespace
    and relkind = 'r' and relname <> 'migration'
"""


async def test_every_table_is_needed_and_every_grant_that_is_taken_away_is_named(
    settings: Settings, database: Database
) -> None:
    async with (
        database_of_the_service(settings) as own,
        own.writing() as service,
        database.writing() as owner,
    ):
        tables = {row["relname"] for row in await owner.fetch(TABLES)}
        assert tables == {one.table for one in NEEDED if one.privilege == "select"}
        for table, column, privilege in NEEDED:
            what = f"{privilege} ({column})" if column else privilege
            await owner.execute(f"revoke {what} on {table} from wildlife_service")
            assert await find_amiss(service) == Amiss([], [f"{privilege} on {table}"])
            await owner.execute(f"grant {what} on {table} to wildlife_service")
        assert await find_amiss(service) == Amiss([], [])
        for table in sorted(tables):
            await owner.execute(f"alter table {table} rename to elsewhere")
            assert await find_amiss(service) == Amiss([table], [])
            await owner.execute(f"alter table elsewhere rename to {table}")


async def test_what_a_restore_without_privileges_lacks_is_a_fault_until_the_tables_are_migrated(
    wildlife: Wildlife, database: Database, client: AsyncClient
) -> None:
    async with database.writing() as connection:
        for what in ("all tables in schema public", "schema public"):
            await connection.execute(f"revoke all on {what} from wildlife_service")
    told = (await wildlife("check", status=1, WILDLIFE_OWNER_DATABASE_URL="")).out
    assert "`wildlife migrate`, as their owner" in told
    assert (await wildlife("migrate")).out == "applied grants\n"
    assert (await wildlife("migrate")).out == "nothing to do\n"
    await wildlife("check")
    async with database.writing() as connection:
        await connection.execute("revoke insert on token from wildlife_service")
    told = (await wildlife("check", status=1, WILDLIFE_OWNER_DATABASE_URL="")).out
    assert "(insert on token)" in told
