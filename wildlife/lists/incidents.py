"""GET /incidents."""

from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from db.pool import Connection
from wildlife.lists.listing import (
    SHARED_CONDITION,
    AskedSpecies,
    Filters,
    ListOperation,
    answer,
    fetch_page,
)
from wildlife.people.accounts import Actor
from wildlife.people.guard import FromActor
from wildlife.web.handling import FromService, problems
from wildlife.web.pages import Page, decode_cursor
from wildlife.words.values import Moment
from wildlife.words.vocabularies import IncidentState, Protection


class IncidentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An incident in a list."""

    id: UUID
    kind: str
    case_number: str
    state: IncidentState
    station: str
    found_at: datetime
    received_at: datetime
    summary: str | None
    place: str | None
    species: list[str | None]
    """The animals' Chinese names; null for one not identified."""
    missing: int
    """How many things the record still owes."""
    overdue: bool
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID


async def list_incidents(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    *,
    kind: str | None,
    state: IncidentState | None,
    species: str | None,
    protection: Protection | None,
    overdue: bool | None,
) -> Page[IncidentSummary]:
    """Incidents that `actor` may see, by when they were found, newest first."""
    after = decode_cursor(filters.cursor, _Key)
    return await fetch_page(
        connection,
        IncidentSummary,
        ("found_at", "id"),
        filters.limit,
        """
        select t.incident_id as id, t.kind, t.case_number, t.state, s.name as station, t.found_at,
            t.received_at, t.document ->> 'summary' as summary,
            t.document #>> '{place,description}' as place,
            array(select a.chinese_name from animal a where a.incident_id = t.incident_id
                order by a.number) as species,
            jsonb_array_length(t.document -> 'missing') as missing,
            coalesce(t.next_due_at < now(), false) as overdue,
            t.region_code, t.location[0] as longitude, t.location[1] as latitude
        from (select *, found_at as at from incident) as t
        join station s on s.station_id = t.responsible_station_id
        """
        + SHARED_CONDITION
        + """
            and ($15::text is null or t.kind = $15)
            and ($16::text is null or t.state = $16)
            and ($17::text is null or t.incident_id in (
                select a.incident_id from animal a where a.species_id = $17))
            and ($18::text is null or t.incident_id in (
                select a.incident_id from animal a where a.protection = $18))
            and ($19::boolean is null or coalesce(t.next_due_at < now(), false) = $19)
            and ($20::timestamptz is null or (t.at, t.incident_id) < ($20, $21::uuid))
        order by t.at desc, t.incident_id desc
        limit $22
        """,
        *filters.arguments(actor),
        kind,
        state,
        species,
        protection,
        overdue,
        *(after or (None, None)),
        filters.limit + 1,
    )


@get("/incidents", tags=["incidents"], operation_class=ListOperation, responses=problems(400, 401))
async def get_incidents(
    service: FromService,
    actor: FromActor,
    filters: NamedDependency[Filters],
    kind: FromQuery[str | None] = None,
    state_: Annotated[IncidentState | None, QueryParameter(name="state")] = None,
    species: AskedSpecies = None,
    protection: FromQuery[Protection | None] = None,
    overdue: FromQuery[bool | None] = None,
) -> Response[Page[IncidentSummary]]:
    """Incidents by when they were found, newest first."""
    async with service.database.searching() as connection:
        found = await list_incidents(
            connection,
            actor,
            filters,
            kind=kind,
            state=state_,
            species=species,
            protection=protection,
            overdue=overdue,
        )
    return answer(found, filters)
