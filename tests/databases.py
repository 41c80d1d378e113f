"""Databases that tests use one after another. To copy one, drop it and begin its connections anew
costs a quarter of a second of work, to bring one back to what it was a tenth of that; whether it is
so is asked, not believed. It is asked on a connection that stays: on a new one, most of the work
were to begin."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final, NamedTuple

import asyncpg

from db.connection import Connection
from db.database import Database
from tests.keeping import kept_processes
from tests.tables import FROM_THE_BYTES

# Every table of the database itself; of those that all databases share, what is said of this one.
_TABLES = """
    select oid::regclass::text as name, relnamespace = 'public'::regnamespace as is_ours
    from pg_class
    where relkind = 'r' and not relisshared
    and relnamespace in ('public'::regnamespace, 'pg_catalog'::regnamespace)
    and has_table_privilege(oid, 'select')
    order by name
"""
_SHARED = {
    "pg_database": "datname = current_database()",
    "pg_db_role_setting": "setdatabase = (select oid from pg_database"
    " where datname = current_database())",
}
_STRANGERS = """
    select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and pid <> all ($1::int[])
    and backend_type is distinct from 'autovacuum worker'
"""

# A few thousand rows are counted by whoever is there, as they stand.
_PLAIN: Final = {"jit": "off", "max_parallel_workers_per_gather": "0"}

# Of a table with no more rows than these, they are put back: people, units, who is signed in.
_FEW: Final = 100


class Copy(NamedTuple):
    """A copy of the template, and what was in it before anybody used it."""

    url: str
    """As its owner."""
    connection: "asyncpg.Connection[Any]"
    """On which it is looked at, before and after."""
    tables: tuple[str, ...]
    """Those that are looked at."""
    is_empty: tuple[str, ...]
    """The tables without rows."""
    rows: Mapping[str, bytes]
    """Of the tables with few, as PostgreSQL copies them."""
    counting: str
    """The statement that counts the rows of each of them, and those written since `made_at`."""
    counts: tuple[tuple[int, int], ...]
    """What it answered."""
    made_at: str
    """The transaction after which every row is somebody's."""


async def looked_at(url: str) -> Copy:
    """What there is in a database that nobody has used yet. Close its connection at the end."""
    connection = await asyncpg.connect(url, server_settings=_PLAIN)
    tables = await connection.fetch(_TABLES)
    of_all = {row["name"]: "true" for row in tables} | _SHARED
    counting = " union all ".join(
        f"select count(*), count(*) filter (where age(xmin) < (select age($1::text::xid)))"
        f" from {name} where {condition}"
        for name, condition in of_all.items()
    )
    ours = [row["name"] for row in tables if row["is_ours"]]
    number = {name: await connection.fetchval(f"select count(*) from {name}") for name in ours}
    made_at = await _now(connection)
    return Copy(
        url,
        connection,
        tuple(of_all),
        tuple(name for name in ours if number[name] == 0),
        {name: await _rows(connection, name) for name in ours if 0 < number[name] <= _FEW},
        counting,
        await _counts(connection, counting, made_at),
        made_at,
    )


async def _rows(connection: "asyncpg.Connection[Any]", table: str) -> bytes:
    rows = BytesIO()
    await connection.copy_from_table(table, output=rows, format="binary")
    return rows.getvalue()


async def brought_back(copy: Copy) -> Copy | None:
    """The copy as it was before it was used; None where it can't be.

    The tables that were empty are emptied, those that had few rows get the same. The rest has as
    many rows, none written since, and nobody is left who could write. Tables, columns, grants and
    settings are rows too, of the catalogs.
    """
    connection = copy.connection
    try:
        if await connection.fetchval(_STRANGERS, kept_processes()):
            return None
        await connection.execute(";".join(f"delete from {name}" for name in copy.is_empty))
        counts = await _counts(connection, copy.counting, copy.made_at)
        before = zip(copy.tables, copy.counts, counts, strict=True)
        changed = [name for name, then, now in before if then != now]
        if not changed:
            return copy
        if not copy.rows.keys() >= {*changed}:
            return None
        async with connection.transaction():
            # No row is looked for that another names: all of them are there in the end.
            await connection.execute("set local session_replication_role = replica")
            for name in changed:
                await connection.execute(f"delete from {name}")
                rows = BytesIO(copy.rows[name])
                await connection.copy_to_table(name, source=rows, format="binary")
        made_at = await _now(connection)
        counts = await _counts(connection, copy.counting, made_at)
        return copy._replace(made_at=made_at, counts=counts)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return None


async def vacuum(copy: Copy) -> None:
    """Take out of its indexes what was deleted, which searches meet there: nobody else does."""
    await copy.connection.execute(f"vacuum {', '.join(copy.is_empty)}")


async def _now(connection: "asyncpg.Connection[Any]") -> str:
    """A transaction after all that there were."""
    return str(await connection.fetchval("select pg_current_xact_id()::xid::text"))


async def _counts(
    connection: "asyncpg.Connection[Any]", counting: str, made_at: str
) -> tuple[tuple[int, int], ...]:
    return tuple(tuple(row) for row in await connection.fetch(counting, made_at))


async def let_read_only(connection: Connection) -> str:
    """Let a database take no writes, of all who are connected to it but this one and of who comes;
    the database's name."""
    name: str = await connection.fetchval("select current_database()")
    await connection.execute(f'alter database "{name}" set default_transaction_read_only = on')
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    return name


async def projections(database: Database, incident_id: str) -> list[list[Any]]:
    """What follows from the timeline."""
    async with database.reading() as connection:
        return [
            [
                row["row"]
                for row in await connection.fetch(
                    f"select to_jsonb(t) - $2::text[] as row from {table} t"
                    " where incident_id = $1 order by 1",
                    incident_id,
                    FROM_THE_BYTES,
                )
            ]
            for table in ("incident", "animal", "release", "transfer", "hazard", "photo")
        ]
