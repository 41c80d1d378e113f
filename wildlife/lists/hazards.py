"""GET /hazards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from wildlife.hazards.codes import HazardState, HazardType, Passability
from wildlife.hazards.kind import HazardRow
from wildlife.lists.conditions import AS_STATE, Asked, asks, where
from wildlife.lists.formats import OFFERED, ListOperation
from wildlife.lists.listing import Listing
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.web.handling import FromService
from wildlife.web.pages import Page
from wildlife.web.responses import PAGED, READING, problems
from wildlife.words.values import Moment


class ListedHazard(HazardRow, frozen=True, kw_only=True):
    """A road hazard in a list, with the incident that it belongs to."""

    incident_id: UUID
    case_number: str
    station: str
    found_at: datetime
    duplicate_of: UUID | None
    region_code: str
    longitude: float | None
    latitude: float | None


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID


@dataclass(frozen=True, kw_only=True)
class OfHazards(Asked):
    """What road hazards can be asked for beside what every list can."""

    type: FromQuery[HazardType | None] = where("t.types @> array[:type]")
    state_: Annotated[HazardState | None, AS_STATE] = where("t.state = :state_")
    passability: FromQuery[Passability | None] = where("t.passability = :passability")


HAZARDS: Final = Listing(ListedHazard, "hazard", _Key, OfHazards)


@get(
    "/hazards",
    opt={"verb": Verb.READ, "offers": OFFERED},
    dependencies=asks(OfHazards),
    tags=["hazards"],
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=PAGED,
)
async def get_hazards(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfHazards],
) -> Response[Page[ListedHazard]]:
    """Road hazards by when they were found, newest first."""
    return await HAZARDS.answer(service, request, actor, asked)
