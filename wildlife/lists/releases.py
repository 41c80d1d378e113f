"""GET /releases."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

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
from wildlife.words.places import ShownPlace
from wildlife.words.values import Moment
from wildlife.words.vocabularies import LifeStage, Protection, ReleaseMethod, Sex


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """A release in a list, with the incident that it belongs to."""

    id: UUID
    """The id of the release's entry on the timeline."""
    incident_id: UUID
    case_number: str
    station: str
    animal: int
    released_at: datetime
    found_at: datetime
    species_id: str
    chinese_name: str
    scientific_name: str
    protection: Protection | None
    protection_list: str | None
    count: int
    life_stage: LifeStage
    sex: Sex
    method: ReleaseMethod
    habitat: str | None
    site: ShownPlace
    officers: list[str]
    witness: str | None
    ring_number: str | None
    fit_to_release: bool | None
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    released_at: Moment
    incident_id: UUID
    entry_id: UUID


async def list_releases(
    connection: Connection,
    actor: Actor,
    filters: Filters,
    *,
    species: str | None,
    protection: Protection | None,
) -> Page[Release]:
    """Releases that `actor` may see, newest first; from, to and places are those of the release."""
    after = decode_cursor(filters.cursor, _Key)
    return await fetch_page(
        connection,
        Release,
        ("released_at", "incident_id", "id"),
        filters.limit,
        """
        select t.*, t.entry_id as id, i.case_number, s.name as station,
            t.location[0] as longitude, t.location[1] as latitude
        from (select *, released_at as at from release) as t
        join incident i using (incident_id)
        join station s on s.station_id = t.responsible_station_id
        """
        + SHARED_CONDITION
        + """
            and ($15::text is null or t.species_id = $15)
            and ($16::text is null or t.protection = $16)
            and ($17::timestamptz is null
                or (t.at, t.incident_id, t.entry_id) < ($17, $18::uuid, $19::uuid))
        order by t.at desc, t.incident_id desc, t.entry_id desc
        limit $20
        """,
        *filters.arguments(actor),
        species,
        protection,
        *(after or (None, None, None)),
        filters.limit + 1,
    )


@get("/releases", tags=["releases"], operation_class=ListOperation, responses=problems(400, 401))
async def get_releases(
    service: FromService,
    actor: FromActor,
    filters: NamedDependency[Filters],
    species: AskedSpecies = None,
    protection: FromQuery[Protection | None] = None,
) -> Response[Page[Release]]:
    """Releases to the wild, newest first."""
    async with service.database.searching() as connection:
        found = await list_releases(
            connection, actor, filters, species=species, protection=protection
        )
    return answer(found, filters)
