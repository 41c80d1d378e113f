"""GET /changes."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Schema
from litestar.params import HeaderParameter, QueryParameter

from wildlife.accesses.codes import Listed, Reading
from wildlife.accesses.recording import reads, shows_nothing
from wildlife.changes.cursors import decode_cursor, encode_cursor, question_of
from wildlife.changes.following import following_of
from wildlife.changes.listening import Listeners
from wildlife.changes.model import Changes, ListedChange
from wildlife.changes.places import BEGINNING, Place
from wildlife.changes.reading import Asked, Looks, News
from wildlife.changes.since import NOW, SINCE, place_from, read_since
from wildlife.changes.streaming import EVENT_STREAM, stream
from wildlife.lists.composing import Selection
from wildlife.lists.conditions import asks
from wildlife.lists.incidents import INCIDENTS, OfIncidents, read_incident_filters
from wildlife.lists.meaning import read_meant
from wildlife.lists.trying import is_tried, would_answer
from wildlife.people.accounts import Actor
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.photos.service import FromPhotoService, PhotoService
from wildlife.timeline.service import TimelineService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.bodies import Streamed
from wildlife.web.near import Choice, near
from wildlife.web.negotiation import JSON, best_of, whole_header
from wildlife.web.pages import AskedLimit
from wildlife.web.problems import FieldError, Problem, Refused, gather
from wildlife.web.responses import READING, problems

_LONGEST_WAIT_S: Final = 60
# It has no end by which one could tell that a stream is over.
_HTTP_1_0: Final = "1", "1.0"

_OFFERED: Final = (JSON, EVENT_STREAM)


@dataclass
class ChangesOperation(Operation):
    """An operation that answers as a stream of events, too."""

    OFFERED: ClassVar = _OFFERED

    def __post_init__(self) -> None:
        content = getattr((self.responses or {}).get("200"), "content", None)
        if content is not None:
            text = Schema(
                type=OpenAPIType.STRING,
                description="Server-sent events: `change` with what an item is in JSON,"
                " `unreadable` with the id of an entry that can't be shown, and `end` with the"
                " `code` of the problem by which the stream ends. `id` is the cursor.",
            )
            content[EVENT_STREAM] = OpenAPIMediaType(schema=text)


def _read(service: TimelineService, given: Mapping[str, Any]) -> datetime | None:
    """Since when; None: since ever, or from now on. Raises Problem: invalid_parameter."""
    refused = Refused()
    refused.unless(read_incident_filters, service, given)
    since, moment = given.get("since"), None
    if since is not None:
        moment = refused.unless(read_since, since, service.settings.zone)
    refused.unless(_require_types, service, given.get("type"))
    gather(refused.problems)
    return moment


@get(
    "/changes",
    opt={
        "verb": Verb.READ,
        "reads": Reading.LIST,
        "listed": Listed.CHANGES,
        "read": _read,
    },
    dependencies=asks(OfIncidents),
    tags=["changes"],
    operation_class=ChangesOperation,
    response_headers=documented_headers("Vary"),
    responses=problems(*READING, "changes_lost"),
)
async def get_changes(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfIncidents],
    limit: AskedLimit = 100,
    type_: Annotated[
        list[str] | None,
        QueryParameter(
            name="type",
            max_items=50,
            description="记录类型。Which types of entries, as `release`; `opening` is the first of"
            " an incident. Given several times, any of them will do.",
            schema_extra={"examples": ["release"]},
        ),
    ] = None,
    since: Annotated[
        str | None,
        QueryParameter(
            description="起始时间。Where to begin, without `cursor`: a day (`-30d`:"
            " so many days back) or a time (RFC 3339), at"
            " what arrived then or some minutes before; `now`: only what is new from now on.",
            schema_extra={"pattern": SINCE, "examples": [NOW]},
        ),
    ] = None,
    wait: Annotated[
        int,
        QueryParameter(
            ge=0,
            le=_LONGEST_WAIT_S,
            description="等待秒数。How many seconds to wait, where nothing is new, until something"
            " is.",
        ),
    ] = 0,
    cursor: Annotated[
        str | None,
        QueryParameter(
            max_length=200,
            description="游标。The `next_cursor` of the answer before, with the same filters;"
            " `limit`, `wait` and `since` may change.",
        ),
    ] = None,
    last_event_id: Annotated[
        str | None,
        HeaderParameter(
            name="Last-Event-ID",
            description="上一事件编号。The same, as a browser sends it that was interrupted; it"
            " goes before `cursor`.",
        ),
    ] = None,
) -> Response[Changes]:
    """变化。What is new, each entry once, in an order that nothing is put into afterwards: go on
    with `next_cursor`, and none is missed, however late it was committed. Without `cursor` it
    begins with the very first entry.

    The filters are those of incidents, as they are now; duplicates are among them, unless
    `duplicates=exclude` is said. An entry is told as the timeline of its incident tells it. Of an
    incident that comes in sight later, as by a handover, the earlier entries are not told again:
    read its timeline when you first hear of it.

    With `wait` the answer waits until something is new. As `text/event-stream` it goes on for ever.
    """
    moment = _read(service, {"since": since})
    question = question_of(request)
    meant = await _meant(service, request, asked, type_)
    if is_tried(request):
        return would_answer()
    following = following_of(request)
    if following is not None:
        place = following.place
    else:
        place = await _place(service, request, question, since, moment, cursor, last_event_id)
    looks: Looks = request.app.state.changes
    listeners: Listeners = request.app.state.listeners

    async def read(actor: Actor, place: Place) -> News:
        return await looks.news(service, actor, meant, place, limit)

    def sealed(place: Place) -> str:
        return encode_cursor(service.vault, question, place)

    if _wants_stream(request):
        reads(request, Reading.EXPORT)
        pieces = stream(listeners, place, actor, service.holders.still, read, sealed)
        return Streamed(pieces, media_type=EVENT_STREAM)  # type: ignore[return-value]
    news = await _awaited(listeners, actor, service.holders.still, place, read, wait)
    if following is not None:
        following.news = news
    if not news.items:
        shows_nothing(request)  # else whoever waits would be on record each time as having read
    found = Changes(
        items=[what for what, _ in news.items if isinstance(what, ListedChange)],
        next_cursor=sealed(news.place),
        is_at_end=news.is_at_end,
        unreadable=[what for what, _ in news.items if isinstance(what, UUID)],
    )
    return Response(found, headers={"Vary": "Accept, Authorization"})


def _require_types(service: TimelineService, given: list[str] | None) -> None:
    """That there are entries of these types. Raises Problem: invalid_parameter."""
    labels = service.kinds.labels
    known = tuple(Choice(code, called.zh, called.en) for code, called in labels.items())
    for one in given or ():
        if one not in labels:
            error = FieldError("type", one, choices=known, near=near(one, known))
            raise Problem("invalid_parameter", error)


def _wants_stream(request: Request[Any, Any, Any]) -> bool:
    accepted = best_of(whole_header(request, "accept"), _OFFERED)
    return accepted == EVENT_STREAM and request.scope["http_version"] not in _HTTP_1_0


async def _awaited(
    listeners: Listeners,
    actor: Actor,
    still: Callable[[Actor], Awaitable[Actor]],
    place: Place,
    read: Callable[[Actor, Place], Awaitable[News]],
    wait_s: int,
) -> News:
    """What is new, or what came within so many seconds. Raises Problem: changes_lost, and as
    `still` where the session ends meanwhile."""
    clock = asyncio.get_running_loop().time
    until = clock() + wait_s
    while True:
        news = await read(actor, place)
        before, place, is_concerned = place, news.place, not news.is_at_end
        if news.items or listeners.stops:
            return news
        while not is_concerned:
            left_s = until - clock()
            if left_s <= 0 or listeners.stops:
                return News([], place, is_at_end=True)
            scope = actor.scope(*actor.verbs)
            place, is_concerned = await listeners.wait(scope, before, place, left_s)
            actor = await still(actor)
        if clock() >= until:
            return news


async def _place(
    service: PhotoService,
    request: Request[Any, Any, Any],
    question: UUID,
    since: str | None,
    moment: datetime | None,
    cursor: str | None,
    last_event_id: str | None,
) -> Place:
    """Where to go on, or to begin."""
    for name, given in (("Last-Event-ID", last_event_id), ("cursor", cursor)):
        if given is not None:
            return decode_cursor(service.vault, question, name, given)
    return BEGINNING if since is None else await place_from(service, moment)


async def _meant(
    service: PhotoService,
    request: Request[Any, Any, Any],
    asked: OfIncidents,
    types: list[str] | None,
) -> Asked:
    """Raises Problem: invalid_parameter."""
    async with service.database.searching() as connection:
        values = await read_meant(connection, asked)
    if "duplicates" not in request.query_params:
        # Else one would never hear that something has become a duplicate.
        values = {**values, "originals": None}
    selection = Selection(INCIDENTS.sql.asked(values), asked.date, "-time")
    return Asked(selection, values, types)
