"""GET /hazards."""

from datetime import datetime
from typing import Annotated, NamedTuple
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from db.pool import Connection
from wildlife.lists.listing import SHARED_CONDITION, Filters, ListOperation, answer, fetch_page
from wildlife.people.accounts import Actor
from wildlife.people.guard import FromActor
from wildlife.web.handling import FromService, problems
from wildlife.web.pages import Page, decode_cursor
from wildlife.words.values import Moment
from wildlife.words.vocabularies import HazardState, HazardType, Passability, RoadCategory


class Hazard(msgspec.Struct, frozen=True, kw_only=True):
    """A road hazard in a list."""

    incident_id: UUID
    case_number: str
    station: str
    found_at: datetime
    type: HazardType
    state: HazardState
    passability: Passability
    road_name: str | None
    road_code: str | None
    road_category: RoadCategory
    stake_from: str | None
    stake_to: str | None
    secured_at: datetime | None
    cleared_at: datetime | None
    reopened_at: datetime | None
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID


async def list_hazards(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    *,
    type_: HazardType | None,
    state: HazardState | None,
    passability: Passability | None,
) -> Page[Hazard]:
    """Road hazards that `actor` may see, by when they were found, newest first."""
    after = decode_cursor(filters.cursor, _Key)
    return await fetch_page(
        connection,
        Hazard,
        ("found_at", "incident_id"),
        filters.limit,
        """
        select t.*, i.case_number, s.name as station, t.location[0] as longitude,
            t.location[1] as latitude
        from (select *, found_at as at from hazard) as t
        join incident i using (incident_id)
        join station s on s.station_id = t.responsible_station_id
        """
        + SHARED_CONDITION
        + """
            and ($15::text is null or t.type = $15)
            and ($16::text is null or t.state = $16)
            and ($17::text is null or t.passability = $17)
            and ($18::timestamptz is null or (t.at, t.incident_id) < ($18, $19::uuid))
        order by t.at desc, t.incident_id desc
        limit $20
        """,
        *filters.arguments(actor),
        type_,
        state,
        passability,
        *(after or (None, None)),
        filters.limit + 1,
    )


@get("/hazards", tags=["hazards"], operation_class=ListOperation, responses=problems(400, 401))
async def get_hazards(
    service: FromService,
    actor: FromActor,
    filters: NamedDependency[Filters],
    type_: Annotated[HazardType | None, QueryParameter(name="type")] = None,
    state_: Annotated[HazardState | None, QueryParameter(name="state")] = None,
    passability: FromQuery[Passability | None] = None,
) -> Response[Page[Hazard]]:
    """Road hazards by when they were found, newest first."""
    async with service.database.searching() as connection:
        found = await list_hazards(
            connection, actor, filters, type_=type_, state=state_, passability=passability
        )
    return answer(found, filters)
