"""GET /accesses: the access log, for who audits."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from asyncpg import Record
from litestar import Request, Response, get
from litestar.params import QueryParameter

from db.connection import Connection
from wildlife.accesses.codes import Listed, Reading
from wildlife.accesses.queries import (
    AccessKey,
    AskedAccesses,
    case_numbers,
    is_device,
    is_incident,
    is_photo,
    list_accesses,
)
from wildlife.people.account_queries import find_account
from wildlife.people.asking import badge_parameter, unmeant_badge, unmeant_station
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.people.station_queries import find_station
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
from wildlife.web.problems import FieldError, Problem, Refused, gather
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence
from wildlife.words.values import STATION_CODE

_PHOTO_ALONE = Sentence(
    "`photo` belongs to an incident: name that one as `incident`, too.",
    "照片属于某起警情：请同时用 `incident` 指明该警情。",
)
_NO_INCIDENT = Sentence(
    "There is no incident with this id: give as `incident` the `id` of one, not its case number.",
    "没有这个 UUID 的警情：请在 `incident` 中填写警情的 `id`，而不是警情编号。",
)
_NO_PHOTO = Sentence(
    "This incident has no photo with this id, nor had one: GET …/photos lists those that it has.",
    "该警情没有、也不曾有这个编号的照片：其现有照片见 GET …/photos。",
)
_NO_DEVICE = Sentence(
    "There is no phone with this id: give as `device` the `device_id` that an access tells.",
    "没有这个编号的手机：请在 `device` 中填写查阅记录所列的 `device_id`。",
)


class ListedAccess(msgspec.Struct, frozen=True, kw_only=True):
    """查阅记录。Who read or erased what, and when."""

    day: date
    """登记日期。The day, in the service's zone, on which it was put on record."""
    seq: int
    """当日序号。Its place among those of that day, by which the chain orders them: with the day it
    points at this one. Below 1: a look at an original from before there was a chain."""
    accessed_at: datetime
    """查阅时间。When it was read, by the clock of the machine that answered."""
    badge: str | None
    """警号。Badge number of who read it; null: there is no such account any more."""
    name: str | None
    """姓名。The name of who read it, as it is now."""
    units: list[str]
    """查阅人单位。The names of the units at which they were what lets them read it, as it was then;
    empty: at none."""
    device_id: UUID | None
    """设备编号。UUID of the phone that it was read on; null: at a desk."""
    device: str | None
    """设备名称。What that phone is called."""
    address: str | None
    """来源地址。The network address that it was asked from; null: a socket of the machine."""
    reading: Reading
    """查阅或删除的内容。What was read, or erased."""
    listed: Listed | None
    """所查清单。Which list was read, by pages or whole; null: what was read was no list, or that of
    one incident."""
    incident_id: UUID | None
    """警情 UUID。The incident that it is of, or that the question named; null: of none alone."""
    case_number: str | None
    """警情编号。The number of that incident."""
    photo_id: UUID | None
    """照片编号。UUID of the photo that it is of; null: of none."""
    query: str | None
    """查询条件。What was asked beside the path, as it was given, decoded; null: nothing. Of
    telephone and identity numbers that were sought (`q`) the last four digits are kept, of `words`
    nothing."""


def _read(service: Service, given: Mapping[str, Any]) -> Period:
    """Raises Problem: invalid_parameter, with all that is wrong."""
    refused = Refused()
    period = refused.unless(read_period, given, service.settings.zone)
    refused.unless(_require_incident, given)
    gather(refused.problems)
    return period or Period()


def _require_incident(given: Mapping[str, Any]) -> None:
    photo = given.get("photo")
    if photo is not None and given.get("incident") is None:
        raise Problem("invalid_parameter", FieldError("photo", str(photo), said=_PHOTO_ALONE))


@get(
    "/accesses",
    opt={
        "verb": Verb.READ_ACCESS_LOG,
        "reads": Reading.ACCESS_LOG,
        "listed": Listed.ACCESSES,
        "read": _read,
    },
    tags=["accesses"],
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_access_log(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    badge: Annotated[
        str | None,
        badge_parameter("警号。Only what the account with this badge number read."),
    ] = None,
    station: Annotated[
        str | None,
        QueryParameter(
            pattern=STATION_CODE,
            description="单位代码。Only what was read by who was something at this unit then,"
            " without those below it.",
            schema_extra={"examples": ["150425"]},
        ),
    ] = None,
    device: Annotated[
        UUID | None, QueryParameter(description="设备编号。Only what was read on this phone.")
    ] = None,
    incident: Annotated[
        UUID | None,
        QueryParameter(
            description="警情 UUID。Only what was read of this incident, and what named it in the"
            " question. Lists and exports in which it stood are asked for with `listed`."
        ),
    ] = None,
    photo: Annotated[
        UUID | None,
        QueryParameter(
            description="照片编号。Only what was read of this photo; together with `incident`."
        ),
    ] = None,
    reading: Annotated[
        Reading | None, QueryParameter(description="查阅或删除的内容。Only what is of this kind.")
    ] = None,
    listed: Annotated[
        Listed | None,
        QueryParameter(
            description="所查清单。Only pages and exports of this list; with `reading=export` its"
            " exports."
        ),
    ] = None,
    from_: AskedFrom = None,
    to: AskedTo = None,
    limit: AskedLimit = 100,
    cursor: AskedCursor = None,
) -> Response[Page[ListedAccess]]:
    """查阅记录。Who read which record, who reported, original or list, and who erased who reported,
    in the order in which it was put on record, newest first.

    A list or an export is on record once, with what was asked of it, and not with each of its
    incidents: `incident` leaves out those that may have shown that one. Ask for them beside it, by
    `listed` (`incidents`, `nearby`, `animals`, `releases`, `hazards`, `refused`) with `from` and
    `to`, and read in `query` what they were asked. What was read a moment ago may not be here yet.
    """
    period = _read(service, {"from": from_, "to": to, "incident": incident, "photo": photo})
    after = decode_cursor(question_of(request), cursor, AccessKey)
    async with service.database.searching() as connection:
        gather(
            [
                *await unmeant_badge(connection, actor.directs(*actor.verbs), badge),
                *await unmeant_station(connection, station),
                *await _unmeant_ids(connection, device, incident, photo),
            ]
        )
        account = badge and await find_account(connection, badge)
        unit = station and await find_station(connection, station)
        asked = AskedAccesses(
            account_id=account.account_id if account else None,
            station_id=unit.station_id if unit else None,
            device_id=device,
            incident_id=incident,
            photo_id=photo,
            reading=reading,
            listed=listed,
            since=period.since,
            until=period.until,
        )
        rows = await list_accesses(connection, asked, after, limit + 1)
        of_incidents = {row["incident_id"] for row in rows} - {None}
        numbers = await case_numbers(connection, of_incidents)

    def show(row: Record) -> ListedAccess:
        number = numbers.get(row["incident_id"])
        return msgspec.convert(dict(row) | {"case_number": number}, ListedAccess)

    return answer_page(request, rows, limit, AccessKey, show, named_by="account_id")


async def _unmeant_ids(
    connection: Connection, device: UUID | None, incident: UUID | None, photo: UUID | None
) -> list[Problem]:
    """What is wrong with the ids that are given: those that nothing has."""
    wrong = []
    if device is not None and not await is_device(connection, device):
        wrong.append(_nothing("device", device, _NO_DEVICE))
    if incident is not None and not await is_incident(connection, incident):
        wrong.append(_nothing("incident", incident, _NO_INCIDENT))
    elif photo is not None and incident and not await is_photo(connection, incident, photo):
        wrong.append(_nothing("photo", photo, _NO_PHOTO))
    return wrong


def _nothing(name: str, given: UUID, said: Sentence) -> Problem:
    return Problem("invalid_parameter", FieldError(name, str(given), said=said))
