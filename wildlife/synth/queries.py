"""The SQL of loading what was invented: as who owns the tables, into a database without records."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from wildlife.people.codes import Role
from wildlife.people.may import SEES_ORIGINALS
from wildlife.species.model import TaxonRef
from wildlife.synth.fauna import Beast
from wildlife.synth.units import Units

_RECORDS: Final = (
    *("entry", "incident", "animal", "release", "transfer", "hazard", "photo"),
    *("informant", "ledger"),
)
"""The tables that are filled by the million."""

_MAY_HOLD: Final = (
    "migration",
    "species",
    "species_name",
    "species_protection",
    "protection_list",
    "key_fingerprint",
    "checkpoint_key",
    "checkpoint",
)
"""The tables that say nothing of anybody's record: what a first start makes."""


async def lock_records(connection: Connection) -> None:
    """Let nobody else read or write a record, a unit or an account until the transaction ends."""
    await connection.execute(
        f"lock table {', '.join(_RECORDS)}, station, account in access exclusive mode"
    )


async def tables_in_use(connection: Connection) -> list[str]:
    """The tables that hold anything but what a first start makes; one that nobody decided on is
    among them."""
    names = await connection.fetch(
        """
        select c.relname as name from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
            and c.relname <> all($1::text[])
        order by c.relname
        """,
        _MAY_HOLD,
    )
    return [
        row["name"]
        for row in names
        if await connection.fetchval(f'select exists (select from "{row["name"]}")')
    ]


async def column_types(
    connection: Connection, columns: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, str]]:
    """The types of these columns, by table, in the order given."""
    rows = await connection.fetch(
        """
        select a.attrelid::regclass::text as name, a.attname, format_type(a.atttypid, null) as type
        from pg_attribute a
        where a.attrelid = any($1::text[]::regclass[]) and a.attnum > 0 and not a.attisdropped
        """,
        [*columns],
    )
    types = {(row["name"], row["attname"]): row["type"] for row in rows}
    return {table: {one: types[table, one] for one in named} for table, named in columns.items()}


async def read_register(connection: Connection) -> list[Beast]:
    """The species of the register, by id, as a timeline keeps them."""
    rows = await connection.fetch(
        """
        select s.species_id, s.chinese_name, s.scientific_name, s.english_name, s.alien,
            s.native_to, s.class, s.aliases,
            (select coalesce(jsonb_agg(to_jsonb(p) - 'species_id'
                    order by p.valid_from, p.jurisdiction), '[]')
                from species_protection p where p.species_id = s.species_id) as protection
        from species s where s.rank = 'species'
        order by s.species_id
        """
    )
    return [
        Beast(msgspec.convert(dict(row), TaxonRef), row["class"], row["aliases"]) for row in rows
    ]


async def protection_changes(connection: Connection) -> list[date]:
    """The days from which any species is protected otherwise, in their order."""
    rows = await connection.fetch(
        """
        select distinct valid_from as day from species_protection
        union select valid_to + 1 from species_protection where valid_to is not null
        order by 1
        """
    )
    return [row["day"] for row in rows]


async def add_units(connection: Connection, units: Units, password_hash: str) -> None:
    """Add the units, and the accounts of who works there: all with this password."""
    await connection.executemany(
        """
        insert into station (station_id, code, name, kind, region_code, parent_id,
            competent_for_regions)
        values ($1, $2, $3, $4, $5, $6, array[$5])
        """,
        [
            (one.ref.station_id, one.ref.code, one.ref.name, one.kind, one.region_code, one.parent)
            for one in units.every
        ],
    )
    await connection.executemany(
        """
        with added as (
            insert into account (account_id, badge, name, password_hash, sees_originals)
            values ($1, $2, $3, $4, $5)
        )
        insert into appointment (account_id, role, station_id, sees_roads)
        values ($1, $6, $7, $8)
        """,
        [
            (
                one.account_id,
                one.badge,
                one.name,
                password_hash,
                one.role in SEES_ORIGINALS,
                one.role,
                one.station_id,
                one.role is Role.OFFICIAL,
            )
            for one in units.accounts
        ],
    )


async def take_indexes(connection: Connection) -> list[str]:
    """Drop the indexes of the records, but for those of constraints: to fill a table takes many
    times as long with them. Their definitions, as the catalogue has them."""
    rows = await connection.fetch(
        """
        select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
        from pg_index i
        where i.indrelid = any($1::text[]::regclass[])
            and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
        order by 1
        """,
        _RECORDS,
    )
    for row in rows:
        await connection.execute(f"drop index {row['name']}")
    return [row["definition"] for row in rows]


async def empty_records(connection: Connection) -> None:
    """Let the tables of records begin anew in this transaction: what is written then is there for
    all, and needs no vacuum."""
    await connection.execute(f"truncate {', '.join(_RECORDS)}")


async def copy_lines(
    connection: Connection, table: str, columns: Iterable[str], lines: bytes
) -> None:
    """Write rows in the text format of COPY, in the transaction that emptied the table."""
    await connection.copy_to_table(
        table, source=BytesIO(lines), columns=[*columns], format="text", freeze=True
    )


async def add_counters(connection: Connection, last: Iterable[tuple[UUID, date, int]]) -> None:
    """The last serials that were given by the stations on their days."""
    await connection.copy_records_to_table(
        "case_counter", records=last, columns=["station_id", "day", "last"]
    )


async def put_into_ledger(connection: Connection) -> None:
    """Give each entry its place, in the order in which they would have come."""
    await connection.execute(
        """
        insert into ledger (position, incident_id, entry_id, digest)
        select row_number() over (order by came_at, incident_id, seq) - 1, incident_id, entry_id,
            digest
        from (
            select *, max(received_at) over (partition by incident_id order by seq) as came_at
            from entry
        ) as e
        """
    )


async def analyze(connection: Connection) -> None:
    """Let the planner know what there is."""
    names = ", ".join((*_RECORDS, "case_counter", "station", "account", "appointment"))
    await connection.execute(f"analyze {names}")


async def put_index(connection: Connection, definition: str) -> None:
    """Make an index again, as the catalogue had it."""
    await connection.execute(definition)
