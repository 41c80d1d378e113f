"""The SQL of what a backup is of, all read in one transaction."""

import msgspec

from db.connection import Connection
from db.rows import fetch_one


class Counts(msgspec.Struct, frozen=True):
    """How many rows there are, by which a restored database is known again."""

    entries: int
    accounts: int
    accesses: int


async def count_rows(connection: Connection) -> Counts:
    """Of the tables that only grow, and of accounts."""
    found = await fetch_one(
        connection,
        Counts,
        """
        select
            (select count(*) from entry) as entries,
            (select count(*) from account) as accounts,
            (select count(*) from access) as accesses
        """,
    )
    assert found is not None
    return found


async def list_migrations(connection: Connection) -> list[str]:
    """The names of the files that were applied."""
    rows = await connection.fetch("select name from migration order by name")
    return [row["name"] for row in rows]


async def list_every_named_digest(connection: Connection) -> dict[str, bool]:
    """The SHA-256, in hexadecimal and in order, of every photo that an entry or a refused body
    names; and whether a column does: what only a text names may never have been a photo."""
    rows = await connection.fetch(
        """
        select digest, bool_or(by_column) as by_column from (
            select encode(sha256, 'hex') as digest, true as by_column
                from entry where sha256 is not null
            union all
            select encode(sha256, 'hex'), true from refused_body where sha256 is not null
            union all
            select named.found[1], false
                from entry, lateral regexp_matches(canonical, '"sha256":"([0-9a-f]{64})"', 'g')
                    as named (found)
                where canonical like '%"sha256":"%'
        ) as every
        group by digest order by digest
        """
    )
    return {row["digest"]: row["by_column"] for row in rows}


async def has_relations(connection: Connection) -> bool:
    """Whether there is anything in the database that no extension brought."""
    found: bool = await connection.fetchval(
        """
        select exists (
            select from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
            and not exists (
                select from pg_depend d
                where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e'
            )
        )
        """
    )
    return found
