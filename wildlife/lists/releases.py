"""GET /releases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency

from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.conditions import asks, by_dates, dated, equal_to
from wildlife.lists.filters import read_filters
from wildlife.lists.formats import ListOperation
from wildlife.lists.forms import FromForm
from wildlife.lists.listing import Listing
from wildlife.lists.parameters import ON_MOVES, AskedOfAnimals, AskedOfPhotos, several
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.rescues.animal import ReleaseRow
from wildlife.rescues.codes import ReleaseMethod
from wildlife.service import FromService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.pages import Page
from wildlife.web.responses import READING, problems
from wildlife.words.region_names import RegionName
from wildlife.words.values import Moment


class ListedRelease(ReleaseRow, frozen=True, kw_only=True):
    """清单中的放归。A release in a list, with the incident that it belongs to."""

    entry_id: UUID = msgspec.field(name="id")
    """放归记录编号。The release's id, which is that of its entry on the timeline."""
    incident_id: UUID
    """警情 UUID。The incident that it belongs to."""
    case_number: str
    """警情编号。The station's code, the day and a running number, given by the service."""
    station: str
    """责任单位。The name of the station that is responsible now."""
    found_at: datetime
    """发现时间。When the animal was found, which may be weeks before its release."""
    duplicate_of: UUID | None
    """所重复的警情。The incident that this one was closed as a duplicate of; null: it is none."""
    region_code: RegionName
    """行政区划代码。Of the release site; where nobody named one, of where the station lay that
    day."""
    longitude: float | None
    """经度。Of the release site, degrees east in WGS-84; null where no point is known."""
    latitude: float | None
    """纬度。Of the release site, degrees north in WGS-84; null where no point is known."""
    generalized: bool
    """位置是否隐匿。Whether its places are hidden from the reader: the point is the middle of a
    cell of 0.1°, the region is cut to the county, and what people wrote in their own words is left
    out (Darwin Core `dataGeneralizations`)."""
    coordinate_uncertainty_m: float | None
    """坐标不确定度。How many metres from the point it lies at most, where that is the middle of a
    cell (Darwin Core `coordinateUncertaintyInMeters`); null where it is told as it was said."""


class _Key(NamedTuple):
    released_at: Moment
    incident_id: UUID
    entry_id: UUID


_DATES: Final = {
    "released": "t.released_at",
    "found": "t.found_at",
    "received": "i.received_at",
    "updated": "i.updated_at",
}


@dataclass(frozen=True, kw_only=True)
class OfReleases(AskedOfAnimals, AskedOfPhotos):
    """What releases can be asked for."""

    by: Annotated[
        str,
        by_dates(
            _DATES,
            "`released`, `found`, `received` (when the incident arrived) or `updated` (when that"
            " last changed).",
        ),
    ] = dated(_DATES)
    method: Annotated[
        list[ReleaseMethod] | None, several("放归方式。How the animal was returned to the wild.")
    ] = equal_to("t.method", "method")


# A ring may have been put on before, by an entry of its own: the animal has it.
RELEASES: Final = Listing(
    ListedRelease,
    "release",
    _Key,
    OfReleases,
    on_row=ON_MOVES,
    of_row="and a.number = t.animal",
)


@get(
    "/releases",
    opt={
        "verb": Verb.READ,
        "reads": Reading.LIST,
        "listed": Listed.RELEASES,
        "read": read_filters,
    },
    dependencies=asks(OfReleases),
    tags=["releases"],
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_releases(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfReleases],
    form: FromForm,
) -> Response[Page[ListedRelease]]:
    """放归清单。Releases to the wild, newest first; from, to and places are those of the
    release."""
    return await RELEASES.answer(service, request, actor, asked, form)
