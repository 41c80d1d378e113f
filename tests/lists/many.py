"""Many records like one that was filed, put into the rows that lists are read from."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from db.connection import Connection
from db.database import Database

LISTS: Final = {
    "/incidents": "incident",
    "/animals": "animal",
    "/releases": "release",
    "/transfers": "transfer",
    "/hazards": "hazard",
    "/photos": "photo",
}
"""Every list of records, and the table that it is read from."""

_READABLE: Final = 2_000
"""How many releases come before one that can't be read: more than a page."""

_OWN: Final = {
    "incident": {"case_number": "t.case_number || '-' || n"},
    "animal": {},
    "release": {"entry_id": "md5(t.entry_id || '-' || n)::uuid"},
    "transfer": {"entry_id": "md5(t.entry_id || '-' || n)::uuid"},
    "hazard": {},
    "photo": {"photo_id": "md5(t.photo_id || '-' || n)::uuid"},
}


async def multiply(database: Database, incident_id: str, times: int) -> None:
    """Let there be `times` like this incident, found at the same moment, in all lists in which it
    is."""
    async with database.transaction() as connection:
        for table, own in _OWN.items():
            otherwise = {"incident_id": "md5(t.incident_id || '-' || n)::uuid"} | own
            await copy_rows(connection, table, incident_id, times, otherwise)


_SPREAD: Final = {
    "incident_id": "md5(t.incident_id || '-' || n)::uuid",
    "entry_id": "md5(t.entry_id || '-' || n)::uuid",
    "found_at": "t.found_at - n * interval '43 minutes'",
    "received_at": "t.received_at - n * interval '43 minutes'",
    "released_at": "t.released_at - n * interval '43 minutes'",
    "location": "point(117 + n % 997 / 997.0, 43 + n % 983 / 983.0)",
    "region_code": "(150425 + n % 200)::text",
    "seen_in": "array['15', left((150425 + n % 200)::text, 4), (150425 + n % 200)::text]",
    "station_ids": "case n % 200 when 0 then t.station_ids"
    " else array[md5(n % 200 || '')::uuid] end",
    "species_id": "case n % 500 when 7 then 'falco_tinnunculus' else t.species_id end",
    "protection": "case n % 500 when 7 then 'national_2' else t.protection end",
    "search_text": "concat_ws(' ', t.search_text, case n % 30 when 0 then '黑山头' end,"
    " case n % 1000 when 1 then '白化' end)",
    "search_terms": "array_cat('{民警,警冒,冒雨}', array_cat(case n % 30 when 0 then"
    " '{黑山,山头}'::text[] end, case n % 1000 when 1 then '{白化}'::text[] end))",
}


async def spread(connection: Connection, incident_id: str, times: int) -> None:
    """Let there be `times` like this incident, each found before the other, in two hundred
    counties; every thirtieth with a word of its own, and every thousandth."""
    for table in LISTS.values():
        await copy_rows(connection, table, incident_id, times, _SPREAD)


async def copy_rows(
    connection: Connection,
    table: str,
    incident_id: str,
    times: int,
    otherwise: Mapping[str, str],
) -> None:
    """Let there be `times` like the row of an incident in a table; `n` counts the others from 2 on,
    which in these columns are otherwise, said of it as `t`."""
    names = await _columns(connection, table)
    columns = ", ".join(otherwise.get(name, f"t.{name}") for name in names)
    await connection.execute(
        f"""
        insert into {table} select {columns}
        from {table} t, generate_series(2, $2::int) n where t.incident_id = $1::text::uuid
        """,
        incident_id,
        times,
    )


@asynccontextmanager
async def not_readable_to_the_end(database: Database) -> AsyncIterator[None]:
    """A release behind the first page can be counted and not read, as long as the block lasts."""
    async with database.transaction() as connection:
        unreadable = await connection.fetchval(
            "select incident_id from release order by incident_id desc offset $1 limit 1", _READABLE
        )
        # Of a negative length there is no text; who only counts reads none.
        sign = f"case incident_id when '{unreadable}' then -1 else 1 end"
        name = f"substr(chinese_name, 1, length(chinese_name) * {sign}) as chinese_name"
        columns = [
            name if one == "chinese_name" else one for one in await _columns(connection, "release")
        ]
        await connection.execute(
            f"""
            alter table release rename to readable;
            create view release as select {", ".join(columns)} from readable;
            grant select on release to wildlife_service
            """
        )
    yield
    async with database.transaction() as connection:
        await connection.execute("drop view release; alter table readable rename to release")


async def _columns(connection: Connection, table: str) -> list[str]:
    names = await connection.fetch(
        """
        select attname from pg_attribute
        where attrelid = $1::text::regclass and attnum > 0 and not attisdropped
        order by attnum
        """,
        table,
    )
    return [row["attname"] for row in names]
