"""GET /hazards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from wildlife.accesses.codes import Listed, Reading
from wildlife.hazards.codes import HazardCause, HazardState, HazardType, Passability, RoadCategory
from wildlife.hazards.kind import HazardRow
from wildlife.lists.conditions import MOST_VALUES, among, asks, by_dates, dated, equal_to, where
from wildlife.lists.filters import read_filters
from wildlife.lists.formats import ListOperation
from wildlife.lists.forms import FromForm
from wildlife.lists.listing import Listing
from wildlife.lists.parameters import AskedOfPhotos, as_state, several
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.service import FromService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.pages import Page
from wildlife.web.responses import READING, problems
from wildlife.words.region_names import RegionName
from wildlife.words.values import Moment


class ListedHazard(HazardRow, frozen=True, kw_only=True):
    """清单中的道路险情。A road hazard in a list, with the incident that it belongs to."""

    incident_id: UUID
    """警情 UUID。The incident that it belongs to."""
    case_number: str
    """警情编号。The station's code, the day and a running number, given by the service."""
    station: str
    """责任单位。The name of the station that is responsible now."""
    found_at: datetime
    """发现时间。When the hazard was found; the list is ordered by it."""
    duplicate_of: UUID | None
    """所重复的警情。The incident that this one was closed as a duplicate of; null: it is none."""
    region_code: RegionName
    """行政区划代码。Of the place; where nobody named one, of where the station lay that day."""
    longitude: float | None
    """经度。Degrees east of Greenwich in WGS-84; null where no point is known."""
    latitude: float | None
    """纬度。Degrees north of the equator in WGS-84; null where no point is known."""


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID


_DATES: Final = {
    "found": "t.found_at",
    "secured": "t.secured_at",
    "cleared": "t.cleared_at",
    "reopened": "t.reopened_at",
    "received": "i.received_at",
    "updated": "i.updated_at",
}


@dataclass(frozen=True, kw_only=True)
class OfHazards(AskedOfPhotos):
    """What road hazards can be asked for."""

    by: Annotated[
        str,
        by_dates(
            _DATES,
            "`found`, `secured`, `cleared`, `reopened`, `received` (when the incident arrived) or"
            " `updated` (when that last changed).",
        ),
    ] = dated(_DATES)
    type: Annotated[
        list[HazardType] | None, several("险情类型。What lies there, the main thing or not.")
    ] = among("t.types", "type")
    type_all: Annotated[
        list[HazardType] | None,
        QueryParameter(
            max_items=MOST_VALUES, description="兼有险情类型。What lies there, all of these."
        ),
    ] = where("t.types @> :type_all::text[]")
    state_: Annotated[
        list[HazardState] | None, as_state("处置进度。How far the hazard is dealt with.")
    ] = equal_to("t.state", "state_")
    passability: Annotated[
        list[Passability] | None, several("通行状况。How traffic passes there now.")
    ] = equal_to("t.passability", "passability")
    cause: Annotated[list[HazardCause] | None, several("险情原因。Why it came onto the road.")] = (
        equal_to("t.cause", "cause")
    )
    cause_known: Annotated[
        bool | None,
        QueryParameter(description="险情原因是否已知。Whether anybody said why it came there."),
    ] = where("(t.cause is not null) = :cause_known")
    road_category: Annotated[
        list[RoadCategory] | None, several("道路类别。Whose road it lies on.")
    ] = equal_to("t.road_category", "road_category")


HAZARDS: Final = Listing(ListedHazard, "hazard", _Key, OfHazards)


@get(
    "/hazards",
    opt={
        "verb": Verb.READ,
        "reads": Reading.LIST,
        "listed": Listed.HAZARDS,
        "read": read_filters,
    },
    dependencies=asks(OfHazards),
    tags=["hazards"],
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_hazards(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfHazards],
    form: FromForm,
) -> Response[Page[ListedHazard]]:
    """道路险情清单。Road hazards by when they were found, newest first; to officials where that is
    granted: `sees_roads` in `GET /session`."""
    return await HAZARDS.answer(service, request, actor, asked, form)
