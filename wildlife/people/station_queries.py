"""The SQL of stations."""

from uuid import UUID, uuid4

from db.connection import Connection
from db.rows import fetch_all, fetch_one
from wildlife.people.codes import EventKind, StationKind
from wildlife.people.event_queries import record_event
from wildlife.people.events import COMMAND_LINE, Author, Change
from wildlife.people.refusals import NoStation, UnfitChange
from wildlife.people.stations import Competence, Station, StationRef, region_of, require_region
from wildlife.web.decoding import require_value
from wildlife.web.near import Choice
from wildlife.words.text import escape_like
from wildlife.words.values import Name, StationCode


async def list_stations(connection: Connection) -> list[Station]:
    """All stations, by code. They are public among those who sign in."""
    return await fetch_all(
        connection,
        Station,
        """
        select s.station_id, s.code, s.name, s.kind, s.region_code, p.code as parent_code,
            jsonb_build_object(
                'regions', s.competent_for_regions,
                'stations', array(select c.code from station c
                    where c.station_id = any(s.competent_for_stations) order by c.code)
            ) as competent_for
        from station s left join station p on p.station_id = s.parent_id
        order by s.code
        """,
    )


async def find_station(connection: Connection, code: str) -> StationRef | None:
    """The station with this code."""
    return await fetch_one(
        connection, StationRef, "select station_id, code, name from station where code = $1", code
    )


async def list_ids_below(connection: Connection, code: str) -> list[UUID]:
    """The station with this code, and all below it."""
    rows = await connection.fetch(
        """
        with recursive below as (
            select station_id from station where code = $1
            union
            select s.station_id from station s join below b on s.parent_id = b.station_id
        )
        select station_id from below
        """,
        code,
    )
    return [row["station_id"] for row in rows]


async def near_stations(connection: Connection, given: str) -> tuple[Choice, ...]:
    """The few stations that somebody may have meant who gave a name for a code."""
    rows = await connection.fetch(
        "select code, name from station where name like $1 order by length(name), code limit 5",
        f"%{escape_like(given)}%",
    )
    return tuple(Choice(row["code"], row["name"], row["name"]) for row in rows)


async def put_station(
    connection: Connection,
    author: Author = COMMAND_LINE,
    *,
    station_id: UUID,
    code: str,
    name: str,
    kind: StationKind,
    region_code: str | None,
    parent: str | None,
    competent_for: Competence | None = None,
) -> None:
    """Add a station, or change the one with this code.

    region_code: where it lies; None: where it lay before, or where its code says.
    competent_for: None: what it was before, or its own region.
    Raises NoStation where there is none that is named, UnfitChange where it would stand below
    itself, UnfitValue where a code or the name is malformed, or the code says no region.
    """
    require_value(code, StationCode)
    require_value(name, Name)
    await _hold_stations(connection)
    before = next((one for one in await list_stations(connection) if one.code == code), None)
    if region_code is None:
        region_code = before.region_code if before else region_of(code)
    if competent_for is None:
        kept = before is not None and before.competent_for != Competence([before.region_code])
        competent_for = before.competent_for if before and kept else Competence([region_code])
    kept_regions = [before.region_code, *before.competent_for.regions] if before else []
    named = [(region_code, "region_code")]
    named += [
        (region, f"competent_for.regions[{at}]") for at, region in enumerate(competent_for.regions)
    ]
    for region, field in named:
        if region not in kept_regions:  # taken once, when less was asked of it
            require_region(region, field)
    parent_id = None
    if parent is not None:
        found = await find_station(connection, parent)
        if found is None:
            raise NoStation(parent, "parent_code")
        if await _is_above(connection, code, found.station_id):
            raise UnfitChange(
                f"Station {code} can't stand below {parent}, which is {code} or below it.",
                f"单位 {code} 不能隶属于 {parent}：它就是 {code}，或是其下级。",
            )
        parent_id = found.station_id
    put_id = await connection.fetchval(
        """
        insert into station (station_id, code, name, kind, region_code, parent_id)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (code) do update
        set name = excluded.name, kind = excluded.kind,
            region_code = excluded.region_code, parent_id = excluded.parent_id
        returning station_id
        """,
        station_id,
        code,
        name,
        kind.value,
        region_code,
        parent_id,
    )
    await _set_competence(connection, code, competent_for)
    after = Station(
        station_id=put_id,
        code=code,
        name=name,
        kind=kind,
        region_code=region_code,
        parent_code=parent,
        competent_for=Competence(
            [*dict.fromkeys(competent_for.regions)], sorted({*competent_for.stations})
        ),
    )
    if after == before:
        return
    await record_event(
        connection,
        EventKind.STATION_CHANGED if before else EventKind.STATION_ADDED,
        author,
        station_id=put_id,
        also=parent_id,
        change=Change(
            name=name,
            kind=kind,
            region_code=region_code,
            parent_code=parent,
            competent_for=after.competent_for,
        ),
    )


async def add_station(
    connection: Connection,
    author: Author,
    *,
    code: str,
    name: str,
    kind: StationKind,
    region_code: str | None,
    parent: str | None,
    competent_for: Competence | None,
) -> Station:
    """Add a station. Raises the same, and StationTaken where there is one with this code."""
    await _hold_stations(connection)
    taken = next((one for one in await list_stations(connection) if one.code == code), None)
    if taken is not None:
        told: dict[str, object] = {"name": name, "kind": kind, "parent_code": parent}
        told |= {"region_code": region_code} if region_code is not None else {}
        told |= {"competent_for": competent_for} if competent_for is not None else {}
        differing = [field for field, value in told.items() if getattr(taken, field) != value]
        raise StationTaken(taken, differing)
    await put_station(
        connection,
        author,
        station_id=uuid4(),
        code=code,
        name=name,
        kind=kind,
        region_code=region_code,
        parent=parent,
        competent_for=competent_for,
    )
    return await find_listed_station(connection, code)


class StationTaken(UnfitChange):
    """There is a station with this code: it differs in these fields, if in any."""

    def __init__(self, station: Station, differing: list[str]) -> None:
        super().__init__(
            f"There is a station {station.code} already, and it was not touched.",
            f"单位 {station.code} 已经存在，未作任何改动。",
        )
        self.station = station
        self.differing = differing


async def change_station(
    connection: Connection,
    author: Author,
    code: str,
    *,
    name: str | None,
    kind: StationKind | None,
    region_code: str | None,
    parent: str | None,
    no_parent: bool,
    competent_for: Competence | None,
) -> Station:
    """Change what is given of a station. Raises the same as `put_station`, and NoStation where
    there is none with this code."""
    await _hold_stations(connection)
    before = await find_listed_station(connection, code)
    await put_station(
        connection,
        author,
        station_id=before.station_id,
        code=code,
        name=before.name if name is None else name,
        kind=kind or before.kind,
        region_code=region_code,
        parent=parent if parent is not None or no_parent else before.parent_code,
        competent_for=competent_for,
    )
    return await find_listed_station(connection, code)


async def find_listed_station(connection: Connection, code: str) -> Station:
    """The station with this code. Raises NoStation."""
    for one in await list_stations(connection):
        if one.code == code:
            return one
    raise NoStation(code, "code")


async def _hold_stations(connection: Connection) -> None:
    """Until the transaction ends nobody else changes a station: of two that are put below each
    other at once, the second sees the first."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended('station', 4))")


async def _set_competence(connection: Connection, code: str, competent_for: Competence) -> None:
    """Say what a station is competent for. It is there already, since it may be so for itself."""
    found = await connection.fetch(
        "select code, station_id from station where code = any($1::text[])", competent_for.stations
    )
    ids = {row["code"]: row["station_id"] for row in found}
    for at, named in enumerate(competent_for.stations):
        if named not in ids:
            raise NoStation(named, f"competent_for.stations[{at}]")
    await connection.execute(
        """
        update station set competent_for_regions = $2, competent_for_stations = $3
        where code = $1
        """,
        code,
        [*dict.fromkeys(competent_for.regions)],
        [*ids.values()],
    )


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
