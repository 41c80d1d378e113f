"""GET /hazards."""

from datetime import datetime
from typing import Annotated, Final, NamedTuple
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from wildlife.hazards.kind import HazardRow
from wildlife.lists.conditions import OF_HAZARD
from wildlife.lists.filters import Filters
from wildlife.lists.formats import ListOperation, answer
from wildlife.lists.listing import Listing
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.web.handling import FromService, problems
from wildlife.web.pages import Page
from wildlife.words.values import Moment
from wildlife.words.vocabularies import HazardState, HazardType, Passability


class ListedHazard(HazardRow, frozen=True, kw_only=True):
    """A road hazard in a list, with the incident that it belongs to."""

    incident_id: UUID
    case_number: str
    station: str
    found_at: datetime
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID


HAZARDS: Final = Listing(ListedHazard, "hazard", _Key, OF_HAZARD)


@get(
    "/hazards",
    opt={"verb": Verb.READ},
    tags=["hazards"],
    operation_class=ListOperation,
    responses=problems(400, 401, 403),
)
async def get_hazards(
    service: FromService,
    actor: FromActor,
    filters: NamedDependency[Filters],
    type_: Annotated[HazardType | None, QueryParameter(name="type")] = None,
    state_: Annotated[HazardState | None, QueryParameter(name="state")] = None,
    passability: FromQuery[Passability | None] = None,
) -> Response[Page[ListedHazard]]:
    """Road hazards by when they were found, newest first."""
    asked = {"type": type_, "state": state_, "passability": passability}
    async with service.database.searching() as connection:
        found = await HAZARDS.page(connection, actor, filters, asked)
    return answer(found, geojson=filters.geojson)
