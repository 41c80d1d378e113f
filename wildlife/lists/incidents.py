"""GET /incidents."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from wildlife.accesses.codes import Listed, Reading
from wildlife.kinds import KindName
from wildlife.lists.conditions import Asked, asks, by_dates, dated, equal_to, where
from wildlife.lists.filters import read_filters
from wildlife.lists.formats import ListOperation
from wildlife.lists.forms import FromForm
from wildlife.lists.listing import Listing
from wildlife.lists.parameters import AskedOfAnimals, AskedOfPhotos, as_state
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.timeline.service import FromTimelineService, TimelineService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.near import Choice, near
from wildlife.web.pages import Page
from wildlife.web.problems import FieldError, Problem, Refused, gather
from wildlife.web.responses import READING, problems
from wildlife.words.region_names import RegionName
from wildlife.words.values import Moment
from wildlife.words.vocabularies import IncidentState, Owed


class ListedIncident(msgspec.Struct, frozen=True, kw_only=True):
    """清单中的警情。An incident in a list."""

    id: UUID
    """警情 UUID。The incident's id, by which it is read."""
    kind: KindName
    """警情种类。What kind of incident it is: `rescue` or `road_hazard`."""
    case_number: str
    """警情编号。The station's code, the day and a running number, given by the service."""
    state: IncidentState
    """警情状态。How far the incident is."""
    station: str
    """责任单位。The name of the station that is responsible now."""
    found_at: datetime
    """发现时间。When the animal or the hazard was found; the list is ordered by it."""
    received_at: datetime
    """系统接收时间。When it arrived, by the service's clock."""
    updated_at: datetime
    """更新时间。When the last entry arrived of which its reader is told."""
    summary: str | None
    """简要情况。What happened, in a few sentences."""
    place: str | None
    """发现地点。Where it was found, in words."""
    species: list[str | None]
    """涉及物种。The animals' Chinese names, in their order; null for one that is not identified."""
    missing: list[Owed]
    """待补项目。What the record still owes, each thing once; of which animal, and until when, the
    incident tells."""
    overdue: bool
    """是否逾期。Whether anything that it owes is past its time."""
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


AskedKind: TypeAlias = Annotated[
    str | None, QueryParameter(description="警情种类。`rescue` or `road_hazard`.")
]

_DATES: Final = {
    "found": "t.found_at",
    "received": "t.received_at",
    "updated": "t.updated_at",
    "closed": "(t.document #>> '{closing,closed_at}')::timestamptz",
}


@dataclass(frozen=True, kw_only=True)
class OfIncidents(AskedOfAnimals, AskedOfPhotos):
    """What incidents can be asked for."""

    kind: AskedKind = where("t.kind = :kind")
    by: Annotated[
        str,
        by_dates(
            _DATES,
            "`found`, `received` (when it arrived), `updated` (when it last changed) or `closed`.",
        ),
    ] = dated(_DATES)
    state_: Annotated[
        list[IncidentState] | None, as_state("警情状态。How far the incident is.")
    ] = equal_to("t.state", "state_")


INCIDENTS: Final = Listing(
    ListedIncident,
    "incident",
    _Key,
    OfIncidents,
    columns={
        "id": "t.incident_id",
        "summary": "t.document ->> 'summary'",
        "place": "t.document #>> '{place,description}'",
        "species": """array(select a.chinese_name from animal a
            where a.incident_id = t.incident_id and a.view = t.view
            order by a.number)""",
        "overdue": "coalesce(t.next_due_at < now(), false)",
    },
)


_OF_ANIMALS: Final = [
    one.name
    for one in fields(AskedOfAnimals)
    if one.name not in {own.name for own in fields(Asked)}
]
"""The parameters that ask for animals."""


def read_incident_filters(service: TimelineService, given: Mapping[str, Any]) -> None:
    """Of what is said as a text. Raises Problem: invalid_parameter, with all that is wrong."""
    refused = Refused()
    refused.unless(read_filters, service, given)
    refused.unless(require_kind, service, given.get("kind"))
    refused.unless(_require_animals, service, given)
    gather(refused.problems)


@get(
    "/incidents",
    opt={
        "verb": Verb.READ,
        "reads": Reading.LIST,
        "listed": Listed.INCIDENTS,
        "read": read_incident_filters,
    },
    dependencies=asks(OfIncidents),
    tags=["incidents"],
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_incidents(
    service: FromTimelineService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfIncidents],
    form: FromForm,
) -> Response[Page[ListedIncident]]:
    """警情清单。Incidents by when they were found, newest first."""
    return await INCIDENTS.answer(service, request, actor, asked, form)


def require_kind(service: TimelineService, kind: str | None) -> None:
    """That there is such a kind, where one is given. Raises Problem: invalid_parameter."""
    known = tuple(Choice(one.name, one.label.zh, one.label.en) for one in service.kinds)
    if kind is not None and kind not in [one.code for one in known]:
        meant = near(kind, known)
        raise Problem("invalid_parameter", FieldError("kind", kind, choices=known, near=meant))


def _require_animals(service: TimelineService, given: Mapping[str, Any]) -> None:
    """That nobody asks a kind that has none for a species, or a mark. Raises Problem:
    invalid_parameter."""
    for kind in service.kinds:
        if kind.name == given.get("kind") and not any(one.name == "animal" for one in kind.tables):
            break
    else:
        return
    expected = "left out: what is of that kind has no animals"
    errors = [
        FieldError(name, given[name], expected)
        for name in (one.rstrip("_") for one in _OF_ANIMALS)
        if given.get(name) is not None
    ]
    if errors:
        raise Problem("invalid_parameter", *errors)
