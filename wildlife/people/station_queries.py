"""The SQL of stations."""

from uuid import UUID

import asyncpg

from db.pool import Connection
from db.rows import fetch_all, fetch_one
from wildlife.people.stations import Station, StationRef
from wildlife.web.decoding import require_value
from wildlife.words.values import Name
from wildlife.words.vocabularies import StationKind


async def list_stations(connection: Connection) -> list[Station]:
    """All stations, by code. They are public among those who sign in."""
    return await fetch_all(
        connection,
        Station,
        """
        select s.station_id, s.code, s.name, s.kind, s.region_code, p.code as parent_code
        from station s left join station p on p.station_id = s.parent_id
        order by s.code
        """,
    )


async def find_station(connection: Connection, code: str) -> StationRef | None:
    """The station with this code."""
    return await fetch_one(
        connection, StationRef, "select station_id, code, name from station where code = $1", code
    )


async def put_station(
    connection: Connection,
    *,
    station_id: UUID,
    code: str,
    name: str,
    kind: StationKind,
    region_code: str,
    parent: str | None,
) -> None:
    """Add a station, or change the one with this code.

    Raises LookupError where there is no station `parent`, ValueError where a code or the name is
    malformed.
    """
    require_value(name, Name)
    parent_id = None
    if parent is not None:
        found = await find_station(connection, parent)
        if found is None:
            raise LookupError(f"There is no station {parent}; add it first.")
        if await _is_above(connection, code, found.station_id):
            raise ValueError(
                f"Station {code} can't stand below {parent}, which is {code} or below it."
            )
        parent_id = found.station_id
    try:
        await connection.execute(
            """
            insert into station (station_id, code, name, kind, region_code, parent_id)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (code) do update
            set name = excluded.name, kind = excluded.kind,
                region_code = excluded.region_code, parent_id = excluded.parent_id
            """,
            station_id,
            code,
            name,
            kind.value,
            region_code,
            parent_id,
        )
    except asyncpg.CheckViolationError as error:
        raise ValueError(
            "A station's code has digits only (4 to 12 of them)."
            if error.constraint_name == "station_code_check"
            else "A station's region code has digits only (2 to 12 of them)."
        ) from None


async def _is_above(connection: Connection, code: str, station_id: UUID) -> bool:
    """Whether the station `code` is `station_id` or one of those above it."""
    found = await connection.fetchval(
        """
        with recursive above as (
            select station_id, code, parent_id from station where station_id = $2
            union
            select p.station_id, p.code, p.parent_id
            from station p join above a on p.station_id = a.parent_id
        )
        select exists (select from above where code = $1)
        """,
        code,
        station_id,
    )
    return bool(found)
