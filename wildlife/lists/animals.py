"""GET /animals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.conditions import MOST_VALUES, asks, by_dates, conditions_of, dated, where
from wildlife.lists.filters import read_filters
from wildlife.lists.formats import ListOperation
from wildlife.lists.forms import FromForm
from wildlife.lists.listing import Listing
from wildlife.lists.parameters import AskedOfAnimals, AskedOfPhotos, as_state, outcome_of
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.rescues.codes import Outcome
from wildlife.rescues.rows import AnimalRow
from wildlife.service import FromService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.pages import Page
from wildlife.web.responses import READING, problems
from wildlife.words.region_names import RegionName
from wildlife.words.values import Moment, Number


class ListedAnimal(AnimalRow, frozen=True, kw_only=True):
    """清单中的动物。An animal in a list, with the incident that it belongs to."""

    incident_id: UUID
    """警情 UUID。The incident that it belongs to."""
    case_number: str
    """警情编号。The station's code, the day and a running number, given by the service."""
    station: str
    """责任单位。The name of the station that is responsible now."""
    found_at: datetime
    """发现时间。When the animal's incident was found; the list is ordered by it."""
    duplicate_of: UUID | None
    """所重复的警情。The incident that this one was closed as a duplicate of; null: it is none."""
    region_code: RegionName
    """行政区划代码。Of the place; where nobody named one, of where the station lay that day."""
    longitude: float | None
    """经度。Degrees east of Greenwich in WGS-84; null where no point is known."""
    latitude: float | None
    """纬度。Degrees north of the equator in WGS-84; null where no point is known."""
    generalized: bool
    """位置是否隐匿。Whether its places are hidden from the reader: the point is the middle of a
    cell of 0.1°, the region is cut to the county, and what people wrote in their own words is left
    out (Darwin Core `dataGeneralizations`)."""
    coordinate_uncertainty_m: float | None
    """坐标不确定度。How many metres from the point it lies at most, where that is the middle of a
    cell (Darwin Core `coordinateUncertaintyInMeters`); null where it is told as it was said."""


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID
    number: Number


_DATES: Final = {
    "found": "t.found_at",
    "outcome": "t.outcome_at",
    "received": "i.received_at",
    "updated": "i.updated_at",
}


@dataclass(frozen=True, kw_only=True)
class OfAnimals(AskedOfAnimals, AskedOfPhotos):
    """What animals can be asked for."""

    by: Annotated[
        str,
        by_dates(
            _DATES,
            "`found`, `outcome` (when the last of it left care), `received` (when its incident"
            " arrived) or `updated` (when that last changed).",
        ),
    ] = dated(_DATES)
    state_: Annotated[
        list[Outcome] | None, as_state("处置结果。What became of any of their heads, as `outcome`.")
    ] = outcome_of("state_")
    outcome_all: Annotated[
        list[Outcome] | None,
        QueryParameter(
            max_items=MOST_VALUES,
            description="兼有处置结果。What became of some of its heads, all of these.",
        ),
    ] = where("""
        {a}.outcomes @> (select jsonb_agg(jsonb_build_object('outcome', o))
            from unnest(:outcome_all::text[]) as o)
    """)


ANIMALS: Final = Listing(
    ListedAnimal, "animal", _Key, OfAnimals, on_row=[*conditions_of(OfAnimals)]
)


@get(
    "/animals",
    opt={
        "verb": Verb.READ,
        "reads": Reading.LIST,
        "listed": Listed.ANIMALS,
        "read": read_filters,
    },
    dependencies=asks(OfAnimals),
    tags=["animals"],
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_animals(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfAnimals],
    form: FromForm,
) -> Response[Page[ListedAnimal]]:
    """动物清单。Animals by when they were found, newest first."""
    return await ANIMALS.answer(service, request, actor, asked, form)
