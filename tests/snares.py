"""A third kind of incident, for the tests alone: an illegal line of snares, found and taken down.

All that a kind is stands here: an opening, two entries, how it goes on, a table and a list.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Annotated, Any, ClassVar, Final, NamedTuple
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec.structs import replace

from wildlife.app import API
from wildlife.kinds import KINDS
from wildlife.lists.conditions import Asked, asks, where
from wildlife.lists.formats import ListOperation
from wildlife.lists.forms import FromForm
from wildlife.lists.listing import Listing
from wildlife.people.guard import FromActor
from wildlife.people.may import Audience, Verb
from wildlife.service import FromService
from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.custody import NOTHING_KEPT
from wildlife.timeline.entry import ALWAYS, Appendable, Impossible, Opening, Weight
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import Gap, Kind, Kinds, Placed, Table
from wildlife.web.answer_headers import documented_headers
from wildlife.web.pages import Page
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence
from wildlife.words.values import Count, Moment, Planned, ShortText
from wildlife.words.vocabularies import Owed


class SnareOpening(Opening, frozen=True, kw_only=True, tag="snare"):
    """A line of snares."""

    KIND: ClassVar = Sentence("snares", "猎套")

    count: Count
    target: ShortText | None = None


class Searched(Appendable, frozen=True, kw_only=True, tag="searched"):
    """The ground around was searched for more."""

    LABEL: ClassVar = Sentence("search", "搜查")

    metres: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    again_at: Planned | None = None


class Removed(Appendable, frozen=True, kw_only=True, tag="removed"):
    """Snares were taken down."""

    LABEL: ClassVar = Sentence("removal", "拆除")
    WEIGHT: ClassVar = Weight.ENDED

    count: Count


class SnareIncident(Incident, frozen=True, kw_only=True, tag="snare"):
    """A line of snares as it is now."""

    target: str | None
    found: int
    removed: int = 0
    searched_m: int = 0


class SnareRow(msgspec.Struct, frozen=True, kw_only=True):
    target: str | None
    """目标动物。What they were laid for."""
    found: int
    """发现数量。How many were found."""
    removed: int
    """拆除数量。How many of these were taken away."""
    searched_m: int
    """巡查长度。How many metres were searched."""


TABLE: Final = """
    create table snare (
        incident_id uuid primary key, view text not null, station_ids uuid[] not null,
        responsible_station_id uuid not null, seen_in text[] not null, region_code text not null,
        location point, coordinate_uncertainty_m double precision, found_at timestamptz not null,
        duplicate_of uuid,
        source text,
        target text, found int not null, removed int not null, searched_m int not null
    )
    """


def begin(opening: SnareOpening, incident: Callable[..., SnareIncident]) -> SnareIncident:
    return incident(target=opening.target, found=opening.count)


def advance(
    incident: SnareIncident, recorded: RecordedEntry, _: tzinfo
) -> SnareIncident | Impossible:
    match recorded.body:
        case Searched(metres=metres):
            return replace(incident, searched_m=incident.searched_m + metres)
        case Removed(count=count) if incident.removed + count > incident.found:
            return Impossible("There are not so many snares.", "没有这么多猎套。", steps(incident))
        case Removed(count=count):
            return replace(incident, removed=incident.removed + count)
        case _:
            raise AssertionError(recorded.body)


def steps(incident: SnareIncident) -> list[str]:
    return ["searched", *([] if is_settled(incident) else ["removed"]), *ALWAYS]


def is_settled(incident: SnareIncident) -> bool:
    return incident.removed == incident.found


def gaps(incident: SnareIncident) -> Iterator[Gap]:
    if not is_settled(incident):
        yield Gap(Owed.CLEARANCE, None, incident.found_at)


def rows(incident: SnareIncident) -> Iterator[Placed]:
    yield Placed(
        incident.place,
        SnareRow(
            target=incident.target,
            found=incident.found,
            removed=incident.removed,
            searched_m=incident.searched_m,
        ),
    )


SNARE: Final = Kind(
    opening=SnareOpening,
    audience=Audience.COMPETENT,
    hides=lambda *_: False,
    entries=(Searched, Removed),
    incident=SnareIncident,
    begin=begin,
    advance=advance,
    supposing=lambda *_: None,
    number=lambda *_: None,
    meant=lambda _, __, facts: facts,
    impossible=lambda _: iter(()),
    flags=lambda _: iter(()),
    steps=steps,
    is_settled=is_settled,
    unsettled=Sentence("Record first how all snares were taken down.", "请先记录全部猎套的拆除。"),
    check=lambda _, __: iter(()),
    species_of=lambda _: None,
    is_nothing=lambda _: False,
    marks=lambda _: iter(()),
    custody=NOTHING_KEPT,
    gaps=gaps,
    words=lambda _: iter(()),
    officers=lambda _: iter(()),
    places=lambda _: iter(()),
    tables=(Table("snare", SnareRow, rows),),
)


class ListedSnare(SnareRow, frozen=True, kw_only=True):
    """清单中的猎套。A line of snares in a list."""

    incident_id: UUID
    """警情 UUID。The incident that it belongs to."""
    case_number: str
    """警情编号。Given by the service."""
    station: str
    """责任单位。The station that is responsible now."""
    found_at: datetime
    """发现时间。When they were found; the list is ordered by it."""
    duplicate_of: UUID | None
    """所重复的警情。The incident that this one was closed as a duplicate of."""
    region_code: str
    """行政区划代码。Of the place."""
    longitude: float | None
    """经度。Degrees east of Greenwich in WGS-84."""
    latitude: float | None
    """纬度。Degrees north of the equator in WGS-84."""


class _Key(NamedTuple):
    found_at: Moment
    incident_id: UUID


@dataclass(frozen=True, kw_only=True)
class OfSnares(Asked):
    """What they can be asked for beside what every list can."""

    target: FromQuery[str | None] = where("t.target = :target")


SNARES: Final = Listing(ListedSnare, "snare", _Key, OfSnares)


@get(
    "/snares",
    opt={"verb": Verb.READ},
    dependencies=asks(OfSnares),
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_snares(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfSnares],
    form: FromForm,
) -> Response[Page[ListedSnare]]:
    """Lines of snares by when they were found, newest first."""
    return await SNARES.answer(service, request, actor, asked, form)


PARTS: Final[dict[str, Any]] = {"kinds": Kinds((*KINDS, SNARE)), "api": [*API, get_snares]}
"""What the application is made with, for this kind to be there."""
