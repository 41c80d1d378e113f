"""Devices over HTTP: added, enrolled, cut off, listed."""

import secrets
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from wildlife.people.asking import unmeant_station
from wildlife.people.device_queries import (
    DeviceKey,
    DeviceTaken,
    add_device,
    cut_off,
    enrol,
    list_devices,
)
from wildlife.people.devices import (
    AddedDevice,
    Device,
    EnrolledDevice,
    EnrolmentCode,
    NewDevice,
    code_hash,
    new_code,
)
from wildlife.people.directing import directed_station
from wildlife.people.events import author_at
from wildlife.people.guard import FromActor, author_of, host_of
from wildlife.people.may import Verb
from wildlife.people.refusals import NoDevice
from wildlife.people.routes import BODY_LIMIT_BYTES, NOT_KEPT
from wildlife.people.service import FromPeopleService
from wildlife.people.tokens import token_hash
from wildlife.service import FromService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.pages import (
    AskedCursor,
    AskedLimit,
    Page,
    answer_page,
    decode_cursor,
    question_of,
)
from wildlife.web.problems import Problem, gather, require_own_id
from wildlife.web.qr_codes import as_svg
from wildlife.web.responses import (
    ASKING,
    KNOWN,
    READING,
    SENDING_JSON,
    also_answers,
    problems,
)
from wildlife.words.values import STATION_CODE


@post(
    "/devices",
    opt={"verb": Verb.MANAGE_PEOPLE},
    tags=["devices"],
    cache_control=NOT_KEPT,
    responses=also_answers(200, AddedDevice)
    | problems(
        *KNOWN, *SENDING_JSON, "unknown_station", "not_your_unit", "id_conflict", "already_enrolled"
    ),
)
async def add_unit_device(
    request: Request[Any, Any, Any],
    service: FromService,
    actor: FromActor,
    data: JSONBody[NewDevice],
) -> Response[AddedDevice]:
    """添加设备。Add a phone to a unit; the answer has the code by which one phone becomes it.

    201 the first time. Sent again, as after a lost answer or an expired code, it answers 200 with
    another code, and the earlier one holds no more, as long as no phone became the device.
    """
    require_own_id(data.id)
    code = new_code()
    async with service.database.transaction(locking=data.id) as connection:
        station = await directed_station(connection, actor, data.station)
        try:
            is_new, expires_at = await add_device(
                connection,
                author_of(request, actor),
                device_id=data.id,
                name=data.name,
                station=station,
                code_hash=code_hash(code),
            )
        except DeviceTaken as taken:
            kind = "id_conflict" if taken.differing else "already_enrolled"
            raise Problem(kind, said=taken.sentence, differing=taken.differing) from None
    added = AddedDevice(data.id, data.name, station.code, code, expires_at, as_svg(code))
    return Response(added, status_code=201 if is_new else 200)


@post(
    "/devices/enrolment",
    opt={"public": True},
    tags=["devices"],
    cache_control=NOT_KEPT,
    request_max_body_size=BODY_LIMIT_BYTES,
    security=[{}],
    responses=problems(*ASKING, *SENDING_JSON, "invalid_enrolment_code"),
)
async def enrol_device(
    request: Request[Any, Any, Any], service: FromService, data: JSONBody[EnrolmentCode]
) -> EnrolledDevice:
    """登记本机。Become a device of a unit, by the code that its chief has. The phone keeps the
    token.

    An answer that got lost is asked for again, by the same code, until somebody has signed in with
    a token that it gave. Whoever shows the code after that is refused, and the chief is told.
    """
    token = secrets.token_urlsafe(32)
    async with service.database.signing_in() as connection:
        enrolled = await enrol(
            connection,
            author_at(host_of(request), None),
            code_hash(data.code),
            token_hash(token),
        )
    if enrolled is None:
        raise Problem("invalid_enrolment_code")
    return EnrolledDevice(token, enrolled.device_id, enrolled.name, enrolled.station)


@delete(
    "/devices/{device_id:uuid}",
    opt={"verb": Verb.MANAGE_PEOPLE},
    tags=["devices"],
    responses=problems(*KNOWN, "not_found"),
)
async def cut_off_device(
    request: Request[Any, Any, Any],
    service: FromPeopleService,
    actor: FromActor,
    device_id: FromPath[UUID],
) -> None:
    """停用设备。Cut off a phone that is lost, for good: all sessions on it end, here at once and in
    every other process within a second, and nobody signs in on it any more."""
    try:
        async with service.database.signing_in(locking=device_id) as connection:
            directed = actor.directs(*actor.verbs)
            await cut_off(connection, author_of(request, actor), directed, device_id)
    except NoDevice:
        raise Problem("not_found") from None
    service.holders.forget()


@get(
    "/devices",
    opt={"verb": Verb.READ_PEOPLE},
    tags=["devices"],
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_devices(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    station: Annotated[
        str | None,
        QueryParameter(
            pattern=STATION_CODE,
            description="单位代码。Only the devices of this unit, without those below it.",
            schema_extra={"examples": ["150425"]},
        ),
    ] = None,
    limit: AskedLimit = 100,
    cursor: AskedCursor = None,
) -> Response[Page[Device]]:
    """设备清单。The phones of the units, the newest first: who is signed in on each, and when it
    was used last. A chief sees those of the own unit and those below."""
    after = decode_cursor(question_of(request), cursor, DeviceKey)
    async with service.database.reading() as connection:
        gather(await unmeant_station(connection, station))
        rows = await list_devices(
            connection, actor.directs(*actor.verbs), station=station, after=after, limit=limit + 1
        )
    return answer_page(
        request,
        rows,
        limit,
        DeviceKey,
        lambda row: msgspec.convert(dict(row), Device),
        named_by="device_id",
    )
