"""GET /people/events."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import QueryParameter

from wildlife.people.asking import badge_parameter, unmeant_badge, unmeant_station
from wildlife.people.codes import EventKind
from wildlife.people.event_queries import AskedEvents, EventKey, list_events
from wildlife.people.events import PeopleEvent
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.service import FromService, Service
from wildlife.web.answer_headers import documented_headers
from wildlife.web.moments import AskedFrom, AskedTo, Period, read_period
from wildlife.web.pages import (
    AskedCursor,
    AskedLimit,
    Page,
    answer_page,
    decode_cursor,
    question_of,
)
from wildlife.web.problems import gather
from wildlife.web.responses import READING, problems
from wildlife.words.values import STATION_CODE


def _read(service: Service, given: Mapping[str, Any]) -> Period:
    return read_period(given, service.settings.zone)


@get(
    "/people/events",
    opt={"verb": Verb.READ_PEOPLE, "read": _read},
    tags=["people"],
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_people_events(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    kind: Annotated[
        EventKind | None, QueryParameter(description="事项类别。Only what is of this kind.")
    ] = None,
    alarm: Annotated[
        bool | None,
        QueryParameter(description="须核查。Only what somebody has to look at, or only the rest."),
    ] = None,
    badge: Annotated[
        str | None,
        badge_parameter("警号。Only what happened to the account with this badge number."),
    ] = None,
    station: Annotated[
        str | None,
        QueryParameter(
            pattern=STATION_CODE,
            description="单位代码。Only what concerned this unit, or one who was something there.",
            schema_extra={"examples": ["150425"]},
        ),
    ] = None,
    from_: AskedFrom = None,
    to: AskedTo = None,
    limit: AskedLimit = 100,
    cursor: AskedCursor = None,
) -> Response[Page[PeopleEvent]]:
    """人员与设备变更记录。What happened to accounts, units and devices, newest first: who changed
    what, and what to look at (`alarm=true`).

    A chief reads that of the own unit and those below, as they were then.
    """
    since, until = _read(service, {"from": from_, "to": to})
    asked = AskedEvents(
        kind=kind, alarm=alarm, badge=badge, station=station, since=since, until=until
    )
    after = decode_cursor(question_of(request), cursor, EventKey)
    async with service.database.reading() as connection:
        gather(
            [
                *await unmeant_badge(connection, actor.directs(*actor.verbs), badge),
                *await unmeant_station(connection, station),
            ]
        )
        rows = await list_events(connection, actor, asked, after, limit + 1)
    return answer_page(
        request,
        rows,
        limit,
        EventKey,
        lambda row: msgspec.convert(dict(row), PeopleEvent),
        named_by="event_id",
    )
