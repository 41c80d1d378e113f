"""GET /transfers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.conditions import asks, by_dates, dated, equal_to, where
from wildlife.lists.filters import read_filters
from wildlife.lists.formats import ListOperation
from wildlife.lists.forms import FromForm
from wildlife.lists.listing import Listing
from wildlife.lists.parameters import ON_MOVES, AskedOfAnimals, AskedOfPhotos, several
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.rescues.codes import Outcome
from wildlife.rescues.rows import TransferRow
from wildlife.service import FromService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.pages import Page
from wildlife.web.responses import READING, problems
from wildlife.words.region_names import RegionName
from wildlife.words.values import Moment, Number


class ListedTransfer(TransferRow, frozen=True, kw_only=True):
    """清单中的移交。A transfer in a list, with the incident that it belongs to."""

    entry_id: UUID = msgspec.field(name="id")
    """移交记录编号。The transfer's id, which is that of its entry on the timeline; of heads that
    were split off afterwards each `animal` has a row with it."""
    incident_id: UUID
    """警情 UUID。The incident that it belongs to."""
    case_number: str
    """警情编号。The station's code, the day and a running number, given by the service."""
    station: str
    """责任单位。The name of the station that is responsible now."""
    found_at: datetime
    """发现时间。When the animal was found, which may be weeks before its transfer."""
    duplicate_of: UUID | None
    """所重复的警情。The incident that this one was closed as a duplicate of; null: it is none."""
    region_code: RegionName
    """行政区划代码。Of the find; where nobody named one, of where the station lay that day."""
    longitude: float | None
    """经度。Of the find, degrees east of Greenwich in WGS-84; null where no point is known."""
    latitude: float | None
    """纬度。Of the find, degrees north of the equator in WGS-84; null where no point is known."""
    generalized: bool
    """位置是否隐匿。Whether its places are hidden from the reader: the point is the middle of a
    cell of 0.1°, the region is cut to the county, and what people wrote in their own words is left
    out (Darwin Core `dataGeneralizations`)."""
    coordinate_uncertainty_m: float | None
    """坐标不确定度。How many metres from the point it lies at most, where that is the middle of a
    cell (Darwin Core `coordinateUncertaintyInMeters`); null where it is told as it was said."""


class _Key(NamedTuple):
    transferred_at: Moment
    incident_id: UUID
    entry_id: UUID
    animal: Number


_DATES: Final = {
    "transferred": "t.transferred_at",
    "confirmed": "t.confirmed_at",
    "found": "t.found_at",
    "received": "i.received_at",
    "updated": "i.updated_at",
}


@dataclass(frozen=True, kw_only=True)
class OfTransfers(AskedOfAnimals, AskedOfPhotos):
    """What transfers can be asked for."""

    by: Annotated[
        str,
        by_dates(
            _DATES,
            "`transferred`, `confirmed` (when the recipient had them), `found`, `received` (when"
            " the incident arrived) or `updated` (when that last changed).",
        ),
    ] = dated(_DATES)
    outcome: Annotated[
        list[Outcome] | None,
        several("移交类别。`transferred`, `allocated` or `returned_to_agency`."),
    ] = equal_to("t.outcome", "outcome")
    confirmed: Annotated[
        bool | None,
        QueryParameter(description="是否确认接收。Whether the recipient said that they came."),
    ] = where("(t.confirmed is not null) = :confirmed")


TRANSFERS: Final = Listing(
    ListedTransfer,
    "transfer",
    _Key,
    OfTransfers,
    on_row=ON_MOVES,
    of_row="and a.number = t.animal",
)


@get(
    "/transfers",
    opt={
        "verb": Verb.READ,
        "reads": Reading.LIST,
        "listed": Listed.TRANSFERS,
        "read": read_filters,
    },
    dependencies=asks(OfTransfers),
    tags=["transfers"],
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_transfers(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfTransfers],
    form: FromForm,
) -> Response[Page[ListedTransfer]]:
    """移交清单。Animals that changed hands, newest first: handed over to a rescue centre or another
    unit, allocated by the authority, returned to the agency that had seized them."""
    return await TRANSFERS.answer(service, request, actor, asked, form)
