"""GET /incidents/nearby: what may be the same, before it is filed or closed as a duplicate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from db.connection import Connection
from db.sql import Statement
from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.conditions import DISTANCE_M, SHARED
from wildlife.lists.filters import Near, read_near
from wildlife.lists.incidents import AskedKind, require_kind
from wildlife.people.accounts import Actor
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.timeline.incident import Incident
from wildlife.timeline.reading import read_incident
from wildlife.timeline.service import FromTimelineService, TimelineService
from wildlife.web.moments import read_moment
from wildlife.web.near import Choice
from wildlife.web.problems import FieldError, Problem, Refused, gather
from wildlife.web.responses import READING, problems
from wildlife.words.datums import LonLat, to_wgs84
from wildlife.words.fields import WHY
from wildlife.words.sentences import Sentence
from wildlife.words.text import fold_text, query_terms
from wildlife.words.values import DAY_OR_TIME, NOT_BLANK, IncidentId
from wildlife.words.vocabularies import Datum, IncidentState

_MOST_COMPARED: Final = 500
"""Of how many the words are looked at: where more lie within the radius, of the nearest."""
_MOST_TERMS: Final = 200

_UNKNOWN: Final = Sentence(
    "Parameter `incident` should be the `id` (not the case number) of an incident that you may"
    " see; leave it out for one that is not filed yet, and say `kind`, `near` and `found_at`.",
    "参数 `incident` 应为你可以查看的一起警情的 `id`（不是警情编号）；尚未登记的，请去掉该参数，"
    "并给出 `kind`、`near` 和 `found_at`。",
)
_NO_POINT: Final = Sentence(
    "This incident has no coordinates: say where to look with `near` and `datum`.",
    "该警情没有坐标：请用参数 `near` 和 `datum` 给出查找的中心点。",
)
_OR_AN_INCIDENT: Final = Sentence(
    "Or ask with the id of an `incident` that is there, of which all is known.",
    "也可用 `incident` 给出已登记警情的 UUID，其余由系统取得。",
)


class NearbyIncident(msgspec.Struct, frozen=True, kw_only=True):
    """可能相同的警情。An incident that may be the same."""

    id: UUID
    """警情 UUID。The incident's id, by which it is read."""
    case_number: str
    """警情编号。The station's code, the day and a running number, given by the service."""
    state: IncidentState
    """警情状态。How far the incident is."""
    station: str
    """责任单位。The name of the station that is responsible now."""
    found_at: datetime
    """发现时间。When the animal or the hazard was found, which is not when it was reported."""
    summary: str | None
    """简要情况。What happened, in a few sentences."""
    place: str | None
    """发现地点。Where it was found, in words."""
    longitude: float
    """经度。Degrees east of Greenwich in WGS-84."""
    latitude: float
    """纬度。Degrees north of the equator in WGS-84."""
    generalized: bool
    """位置是否隐匿。Whether its place is hidden from the reader: the point, by which it is near, is
    the middle of a cell of 0.1°, and what people wrote is left out."""
    coordinate_uncertainty_m: float | None
    """坐标不确定度。How many metres from the point it lies at most, where that is the middle of a
    cell; null where it is told as it was said."""
    distance_m: float
    """相距。Metres from the point that was asked about."""
    hours_apart: float
    """相隔时间。Hours before or after the other was found."""
    words_in_common: float
    """用词重合度。The part of what was asked about that is said of it, too: from 0 to 1."""


class Nearby(msgspec.Struct, frozen=True):
    """可能相同的警情清单。Incidents that may be the same, the likeliest first."""

    items: list[NearbyIncident]
    """可能相同的警情。The likeliest first."""
    next_cursor: str | None = None
    """下一页游标。Always null: all is on this page."""


@dataclass(frozen=True, kw_only=True)
class AskedNearby:
    """What may be the same as what. Of an incident that is there, all is known already."""

    incident: Annotated[
        UUID | None,
        QueryParameter(
            description="对照警情。The id of an incident that is there: what is the same?"
        ),
    ] = None
    kind: AskedKind = None
    near: Annotated[
        str | None,
        QueryParameter(
            description="中心点。`longitude,latitude` in degrees of `datum`.",
            schema_extra={"examples": ["117.12,42.98"]},
        ),
    ] = None
    datum: Annotated[
        Datum | None,
        QueryParameter(description="坐标系。Of `near`, which needs one: none is guessed."),
    ] = None
    found_at: Annotated[
        str | None,
        QueryParameter(
            description="发现时间。A time with its offset, or a day, which counts from its start.",
            schema_extra={"pattern": DAY_OR_TIME, "examples": ["2024-07-29T15:20:00+08:00"]},
        ),
    ] = None
    words: Annotated[
        str | None,
        QueryParameter(
            min_length=1,
            max_length=4000,
            pattern=NOT_BLANK,
            description="简要情况。What is reported; who says alike comes first.",
        ),
    ] = None
    radius_m: Annotated[
        float,
        QueryParameter(gt=0, le=20_000, description="半径。How many metres around the point."),
    ] = 3000
    days: Annotated[
        int,
        QueryParameter(
            ge=1, le=30, description="前后天数。How many days before and after `found_at`."
        ),
    ] = 3
    limit: Annotated[
        int, QueryParameter(ge=1, le=50, description="条数。How many are told, at most.")
    ] = 10


class Sought(msgspec.Struct, frozen=True):
    """Of which kind, where, when, and what is said of it."""

    kind: str
    near: Near
    found_at: datetime
    terms: list[str]


# As much as the radius, the days or all the words weigh the same. Whoever asks sees all three.
NEARBY: Final = Statement(f"""
    with close as materialized (
        select t.incident_id as id, t.case_number, t.state, s.name as station, t.found_at,
            t.document, t.search_terms, t.location, t.view, t.coordinate_uncertainty_m,
            {DISTANCE_M} as distance_m,
            abs(extract(epoch from t.found_at - :found_at::timestamptz)::float8) / 3600
                as hours_apart
        from incident t
        join station s on s.station_id = t.responsible_station_id
        where {VISIBLE} and t.kind = :kind and {SHARED["originals"]} and {SHARED["near"]}
            and t.found_at between :found_at::timestamptz - :days::int * interval '24 hours'
                and :found_at::timestamptz + :days::int * interval '24 hours'
            and t.incident_id is distinct from :incident::uuid
        order by distance_m, t.incident_id
        limit {_MOST_COMPARED}
    ), compared as (
        select *, cardinality(array(
                select unnest(search_terms) intersect select unnest(:terms::text[])
            ))::float8 / greatest(cardinality(:terms::text[]), 1) as words_in_common
        from close
    )
    select id, case_number, state, station, found_at, document ->> 'summary' as summary,
        document #>> '{{place,description}}' as place, location[0] as longitude,
        location[1] as latitude, view = 'generalized' as generalized,
        coordinate_uncertainty_m,
        round(distance_m::numeric, 1)::float8 as distance_m,
        round(hours_apart::numeric, 1)::float8 as hours_apart,
        round(words_in_common::numeric, 2)::float8 as words_in_common
    from compared c
    order by c.distance_m / :near_radius_m + c.hours_apart / (24 * :days) - c.words_in_common, id
    limit :limit
    """)


async def find_nearby(
    connection: Connection, actor: Actor, sought: Sought, asked: AskedNearby
) -> list[NearbyIncident]:
    """What `actor` may see of what may be the same, beside the incident that is asked about and
    all that is closed as a duplicate."""
    return await NEARBY.all(connection, NearbyIncident, arguments(actor, sought, asked))


def arguments(actor: Actor, sought: Sought, asked: AskedNearby) -> dict[str, object]:
    """The parameters of NEARBY."""
    return (
        scope_arguments(actor)
        | sought.near.arguments()
        | {
            "kind": sought.kind,
            "found_at": sought.found_at,
            "terms": sought.terms,
            "incident": asked.incident,
            "days": asked.days,
            "limit": asked.limit,
        }
    )


class _Read(NamedTuple):
    found_at: datetime | None
    near: Near | None


def _read(service: TimelineService, given: Mapping[str, Any]) -> _Read:
    """What is said as a text. Raises Problem: invalid_parameter, with all that is wrong."""
    refused, zone = Refused(), service.settings.zone
    refused.unless(require_kind, service, given.get("kind"))
    found_at = refused.unless(
        read_moment, "found_at", given.get("found_at"), zone, end_of_day=False
    )
    near = None
    if (text := given.get("near")) is not None:  # which may say nothing, and is no point then
        near = refused.unless(read_near, text, given.get("radius_m", 1))
    gather(refused.problems)
    return _Read(found_at, near)


@get(
    "/incidents/nearby",
    opt={
        "verb": Verb.READ,
        "reads": Reading.LIST,
        "listed": Listed.NEARBY,
        "read": _read,
    },
    dependencies={"asked": Provide(AskedNearby, sync_to_thread=False)},
    tags=["incidents"],
    responses=problems(*READING, "missing_parameter", "unknown_incident"),
)
async def get_nearby(
    service: FromTimelineService,
    actor: FromActor,
    asked: NamedDependency[AskedNearby],
) -> Nearby:
    """查找可能重复的警情。Incidents of a kind that were found near a point and a time: what may be
    the same.

    Ask with `kind`, `near` and `found_at` before you file a report, or with the id of an `incident`
    before you close it as a duplicate; what else is given with an id counts in place of its own.
    """
    async with service.database.searching() as connection:
        known = None
        if asked.incident is not None:
            known = await read_incident(service, connection, actor, IncidentId(asked.incident))
            if known is None:
                asked_for = FieldError("incident", str(asked.incident), said=_UNKNOWN)
                raise Problem("unknown_incident", asked_for)
        sought = _sought(service, asked, known)
        return Nearby(await find_nearby(connection, actor, sought, asked))


def _sought(service: TimelineService, asked: AskedNearby, known: Incident | None) -> Sought:
    """What is asked for, and of the incident what is not. Raises Problem: invalid_parameter,
    missing_parameter."""
    found_at, around = _read(service, vars(asked))
    kind, near = asked.kind, _near(asked, around, known)
    if known is not None:
        kind, found_at = kind or service.kinds.of(known).name, found_at or known.found_at
    if kind is None or near is None or found_at is None:
        raise Problem("missing_parameter", *_missing(service, asked, kind, near, found_at))
    said = fold_text(asked.words or _words(service, known))
    terms = [term for term in query_terms(said) if " " not in term][:_MOST_TERMS]
    return Sought(kind, near, found_at, terms)


def _missing(
    service: TimelineService,
    asked: AskedNearby,
    kind: str | None,
    near: Near | None,
    found_at: datetime | None,
) -> Iterator[FieldError]:
    """All that is missing, with what may be given in place of all of it."""
    instead = _OR_AN_INCIDENT if asked.incident is None else None
    if kind is None:
        kinds = tuple(Choice(one.name, one.label.zh, one.label.en) for one in service.kinds)
        yield FieldError("kind", choices=kinds, hint=instead)
    if near is None and asked.near is None:
        said = None if asked.incident is None else _NO_POINT
        yield FieldError("near", said=said, hint=instead)
    if near is None and asked.datum is None:
        data = tuple(Choice(one.value, one.zh, one.en) for one in Datum)
        yield FieldError("datum", choices=data, hint=WHY["datum"])
    if found_at is None:
        yield FieldError("found_at", hint=instead)


def _near(asked: AskedNearby, around: Near | None, known: Incident | None) -> Near | None:
    if around is not None:
        if asked.datum is None:
            return None
        point = to_wgs84(LonLat(around.longitude, around.latitude), asked.datum)
        return Near(point.longitude, point.latitude, asked.radius_m)
    if known is None or known.place.wgs84 is None:
        return None
    return Near(known.place.wgs84.longitude, known.place.wgs84.latitude, asked.radius_m)


def _words(service: TimelineService, known: Incident | None) -> str:
    """What an incident is said to be."""
    if known is None:
        return ""
    own = (known.summary or "", known.place.description or "")
    return " ".join([*own, *service.kinds.of(known).words(known)])
