"""What the service may do in the database: as the last part of `schema.sql` grants it, which is
the one place that says so."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from db.connection import Connection

_SCHEMA: Final = (Path(__file__).parent / "schema.sql").read_text("utf-8")

SERVICE_LOGIN: Final = "wildlife_service"
"""The role that the tables are made for; the private PostgreSQL lets it in, and so may yours."""

GRANTS: Final = re.findall(rf"^grant [^;]* to {SERVICE_LOGIN};$", _SCHEMA, re.MULTILINE)
"""The statements, for who owns the tables."""

# `insert, update (a, b)` of `on x, y`.
_GRANT: Final = re.compile(r"grant (?P<what>.+?)\s+on\s+(?P<tables>.+?)\s+to\s", re.DOTALL)
_PRIVILEGE: Final = re.compile(r"(\w+)(?: \((.+?)\))?(?:, |$)")


class Grant(NamedTuple):
    """That a table, or one column of it, may be read or changed."""

    table: str
    column: str | None
    privilege: str


def _granted() -> Iterator[Grant]:
    every = re.findall(r"^create table (\w+)", _SCHEMA, re.MULTILINE)
    for statement in GRANTS:
        grant = _GRANT.match(statement)
        assert grant is not None, statement
        match grant["tables"].split():
            case ["schema", *_]:
                continue
            case ["all", "tables", *_]:
                tables = every
            case _:
                tables = re.findall(r"\w+", grant["tables"])
        for privilege, columns in _PRIVILEGE.findall(grant["what"]):
            for table in tables:
                for column in columns.split(", ") if columns else [None]:
                    yield Grant(table, column, privilege)


NEEDED: Final = [*_granted()]
"""Each table by itself, so that one which is gone is told."""

# A table that is gone, and one that may not be used, each with what can't be done. A schema that
# may not be entered hides nothing from the catalogs.
_AMISS: Final = """
    select needed.table_name, needed.privilege, c.oid is not null as is_there
    from unnest($1::text[], $2::text[], $3::text[])
        as needed (table_name, column_name, privilege)
    left join pg_class c
        on c.relname = needed.table_name and c.relnamespace = 'public'::regnamespace
        and c.relkind in ('r', 'p')
    where c.oid is null
        or not has_schema_privilege($4::text, 'public', 'usage')
        or not case
            when needed.column_name is null
                then has_table_privilege($4::text, c.oid, needed.privilege)
            when exists (
                select from pg_attribute a
                where a.attrelid = c.oid and a.attname = needed.column_name
            ) then has_column_privilege($4::text, c.oid, needed.column_name, needed.privilege)
            else false
        end
    order by needed.table_name, needed.privilege
"""


class Amiss(NamedTuple):
    """What the service needs and has not: tables that are gone, and what it may not do with which
    (`insert on incident`)."""

    gone: list[str]
    refused: list[str]


async def find_amiss(connection: Connection, role: str | None = None) -> Amiss:
    """What `role`, or else who is connected, lacks of all that is granted to the service."""
    who = role or await connection.fetchval("select current_user::text")
    found = await connection.fetch(
        _AMISS,
        [one.table for one in NEEDED],
        [one.column for one in NEEDED],
        [one.privilege for one in NEEDED],
        who,
    )
    gone = [one["table_name"] for one in found if not one["is_there"]]
    refused = [f"{one['privilege']} on {one['table_name']}" for one in found if one["is_there"]]
    return Amiss([*dict.fromkeys(gone)], [*dict.fromkeys(refused)])


async def grant_again(connection: Connection) -> bool:
    """State all grants anew, as who owns the tables, where the service's role lacks any, as after
    a restore without privileges; whether it did. Where a table is gone nothing is done."""
    amiss = await find_amiss(connection, SERVICE_LOGIN)
    if amiss.gone or not amiss.refused:
        return False
    async with connection.transaction():
        for statement in GRANTS:
            await connection.execute(statement)
    return True
