"""Ten times as many records, made by the server of those that are there: their rows alone, which is
what lists are read from, and some times as fast as each is made."""

from typing import Final

from db.connection import Connection
from wildlife.synth.queries import analyze, put_index, take_indexes

TIMES: Final = 10

_TABLES: Final = "incident", "animal", "release", "hazard"

# Of the same incident the same: other ids, found within half a day, some hundred metres away. What
# is hidden stays in its cell.
_ANOTHER: Final = """
    case n when 1 then t.{0} else overlay(
        t.{0}::text placing left(md5(t.{0}::text || n), 8) from 29 for 8
    )::uuid end
"""
_LATER: Final = """
    t.{0} + case n when 1 then interval '0'
        else hashtextextended(t.incident_id::text || n, 7) % 43200 * interval '1 second' end
"""
_OWN: Final = {
    "incident_id": _ANOTHER.format("incident_id"),
    "entry_id": _ANOTHER.format("entry_id"),
    "found_at": _LATER.format("found_at"),
    "released_at": _LATER.format("released_at"),
    "received_at": _LATER.format("received_at"),
    "location": """
        case t.view when 'generalized' then t.location
            else point(t.location[0] + (n - 1) * 0.003, t.location[1] + (n - 1) * 0.002) end
    """,
}


async def multiply(connection: Connection) -> None:
    """Let there be ten of each record. An incident that is read by itself tells of the first."""
    async with connection.transaction():
        indexes = await take_indexes(connection)
        for table in _TABLES:
            names = await connection.fetch(
                """
                select attname from pg_attribute
                where attrelid = $1::text::regclass and attnum > 0 and not attisdropped
                order by attnum
                """,
                table,
            )
            columns = ", ".join(_OWN.get(row["attname"], f"t.{row['attname']}") for row in names)
            # In the order of time, in which they would have come.
            await connection.execute(f"create temporary table one on commit drop as table {table}")
            await connection.execute(f"truncate {table}")
            await connection.execute(
                f"insert into {table} select {columns} from one t, generate_series(1, {TIMES}) n"
            )
            await connection.execute("drop table one")
        await connection.execute("set local maintenance_work_mem = '1GB'")
        for definition in indexes:
            await put_index(connection, definition)
        await analyze(connection)
