"""GET /animals."""

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
from wildlife.words.values import Moment, Number
from wildlife.words.vocabularies import (
    Cause,
    Condition,
    Confidence,
    LifeStage,
    Outcome,
    Protection,
    Sex,
)


class Animal(msgspec.Struct, frozen=True, kw_only=True):
    """An animal in a list, with the incident that it belongs to."""

    incident_id: UUID
    case_number: str
    station: str
    number: int
    found_at: datetime
    reported_as: str | None
    species_id: str | None
    chinese_name: str | None
    scientific_name: str | None
    protection: Protection | None
    protection_list: str | None
    confidence: Confidence | None
    count: int
    remaining: int
    life_stage: LifeStage
    sex: Sex
    cause: Cause
    condition: Condition
    outcome: Outcome
    outcome_at: datetime | None
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID
    number: Number


async def list_animals(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    *,
    species: str | None,
    protection: Protection | None,
    outcome: Outcome | None,
) -> Page[Animal]:
    """Animals that `actor` may see, by when they were found, newest first."""
    after = decode_cursor(filters.cursor, _Key)
    return await fetch_page(
        connection,
        Animal,
        ("found_at", "incident_id", "number"),
        filters.limit,
        """
        select t.*, i.case_number, s.name as station, t.location[0] as longitude,
            t.location[1] as latitude
        from (select *, found_at as at from animal) as t
        join incident i using (incident_id)
        join station s on s.station_id = t.responsible_station_id
        """
        + SHARED_CONDITION
        + """
            and ($15::text is null or t.species_id = $15)
            and ($16::text is null or t.protection = $16)
            and ($17::text is null or t.outcome = $17)
            and ($18::timestamptz is null
                or (t.at, t.incident_id, t.number) < ($18, $19::uuid, $20::int))
        order by t.at desc, t.incident_id desc, t.number desc
        limit $21
        """,
        *filters.arguments(actor),
        species,
        protection,
        outcome,
        *(after or (None, None, None)),
        filters.limit + 1,
    )


@get("/animals", tags=["animals"], operation_class=ListOperation, responses=problems(400, 401))
async def get_animals(
    service: FromService,
    actor: FromActor,
    filters: NamedDependency[Filters],
    species: AskedSpecies = None,
    protection: FromQuery[Protection | None] = None,
    state_: Annotated[Outcome | None, QueryParameter(name="state")] = None,
) -> Response[Page[Animal]]:
    """Animals by when they were found, newest first. `state` is what became of them."""
    async with service.database.searching() as connection:
        found = await list_animals(
            connection, actor, filters, species=species, protection=protection, outcome=state_
        )
    return answer(found, filters)
