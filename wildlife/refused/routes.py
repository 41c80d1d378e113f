"""What was refused and kept."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter

from wildlife.accesses.codes import Listed, Reading
from wildlife.accesses.recording import reads_of
from wildlife.people.accounts import Actor
from wildlife.people.asking import (
    badge_parameter,
    station_parameter,
    unmeant_badge,
    unmeant_station,
)
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.photos.service import FromPhotoService, PhotoService
from wildlife.refused.bodies import shown
from wildlife.refused.model import (
    Acceptance,
    Dismissal,
    Refused,
    RefusedBody,
    RefusedCounts,
    SettledBody,
)
from wildlife.refused.queries import (
    AskedRefused,
    RefusedKey,
    RefusedRow,
    access_refused,
    count_own_refused,
    list_own_refused,
    list_refused,
)
from wildlife.refused.settling import accept, dismiss, judged
from wildlife.service import Service
from wildlife.timeline import queries
from wildlife.timeline.service import FromTimelineService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.catalogue import CATALOGUE
from wildlife.web.moments import AskedFrom, AskedTo, Period, read_period
from wildlife.web.negotiation import prefers_chinese
from wildlife.web.pages import (
    AskedCursor,
    AskedLimit,
    Page,
    answer_page,
    decode_cursor,
    question_of,
)
from wildlife.web.problems import FieldError, Problem, gather
from wildlife.web.responses import FILING, READING, SENDING_JSON, problems
from wildlife.words.values import NO_NUL, IncidentId


class RefusedBodies(msgspec.Struct, frozen=True):
    """未被接受而留存的内容清单。Refused bodies, oldest first."""

    items: list[Refused]
    """被拒收的内容。Oldest first."""
    next_cursor: str | None = None
    """下一页游标。Always null: all is on this page."""


@get(
    "/incidents/{incident_id:uuid}/refused",
    tags=["incidents"],
    opt={"verb": Verb.READ_REFUSED, "reads": Reading.REFUSED},
    responses=problems(*READING, "not_found"),
)
async def get_refused(
    service: FromTimelineService, actor: FromActor, incident_id: FromPath[IncidentId]
) -> Response[RefusedBodies]:
    """未被接受而留存的内容。What was refused and kept for a person to look at: what you or your
    station sent, and where you may see the incident, what everybody sent to it. Not what somebody
    has settled: `GET /refused`."""
    async with service.database.reading() as connection:
        rows = await list_refused(connection, actor, incident_id)
        if not rows and await queries.access_incident(connection, actor, incident_id) is None:
            raise Problem("not_found")
    kept = [shown(service, actor, row) for row in rows]
    return Response(RefusedBodies(kept), headers={"Cache-Control": "no-store"})


def _read(service: Service, given: Mapping[str, Any]) -> Period:
    return read_period(given, service.settings.zone)


@get(
    "/refused",
    tags=["incidents"],
    opt={
        "verb": Verb.READ_REFUSED,
        "reads": Reading.REFUSED,
        "listed": Listed.REFUSED,
        "read": _read,
    },
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_own_refused(
    service: FromTimelineService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    station: Annotated[
        str | None, station_parameter("单位代码。Only what officers of this unit sent.")
    ] = None,
    badge: Annotated[
        str | None,
        badge_parameter("警号。Only what the account with this badge number sent."),
    ] = None,
    code: Annotated[
        str | None,
        QueryParameter(
            max_length=64,
            pattern=NO_NUL,
            description="拒收原因代码。Only what was refused with this problem.",
            schema_extra={"examples": ["impossible_step"]},
        ),
    ] = None,
    incident: Annotated[
        UUID | None, QueryParameter(description="警情编号。Only what was sent to this incident.")
    ] = None,
    from_: AskedFrom = None,
    to: AskedTo = None,
    dismissed: Annotated[
        bool,
        QueryParameter(
            description="不予登记。What somebody put aside, in place of what is to be looked at."
        ),
    ] = False,
    limit: AskedLimit = 100,
    cursor: AskedCursor = None,
) -> Response[Page[Refused]]:
    """本人及本单位未被接受而留存的内容。What was refused and kept of what you or your station sent,
    newest first: also what came before its incident was opened, or was sent to one that you may not
    see. To who audits: of all. `from` and `to` are of when it came."""
    since, until = _read(service, {"from": from_, "to": to})
    asked = AskedRefused(station, badge, code, incident, since, until, dismissed)
    after = decode_cursor(question_of(request), cursor, RefusedKey)
    async with service.database.reading() as connection:
        gather(
            [
                *await unmeant_station(connection, station),
                *await unmeant_badge(connection, actor.scope(*actor.verbs), badge),
                *_unmeant_code(code),
            ]
        )
        rows = await list_own_refused(connection, actor, asked, after, limit + 1)
    return answer_page(
        request,
        rows,
        limit,
        RefusedKey,
        lambda one: shown(service, actor, one),
        named_by="incident_id",
    )


@get(
    "/refused/counts",
    tags=["incidents"],
    opt={
        "verb": Verb.READ_REFUSED,
        "reads": Reading.STATISTIC,
        "listed": Listed.REFUSED,
    },
    responses=problems(*READING),
)
async def count_refused(service: FromTimelineService, actor: FromActor) -> Response[RefusedCounts]:
    """留存内容统计。How much was refused and kept of what you or your station sent, and of the
    stations below a chief's, that nobody has settled: by station and reason, and since when it
    waits. Which they are tells `GET /refused` with this `station` and `code`."""
    async with service.database.reading() as connection:
        items = await count_own_refused(connection, actor)
    told = RefusedCounts(items, sum(one.count for one in items))
    return Response(told, headers={"Cache-Control": "no-store"})


def _unmeant_code(code: str | None) -> list[Problem]:
    if code is None or code in CATALOGUE:
        return []
    expected = "the code of a problem, as `impossible_step`"
    return [Problem("invalid_parameter", FieldError("code", code, expected))]


@get(
    "/refused/{refused_id:uuid}",
    tags=["incidents"],
    opt={"verb": Verb.READ_REFUSED, "reads": Reading.REFUSED},
    responses=problems(*READING, "not_found"),
)
async def get_refused_body(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    refused_id: FromPath[UUID],
) -> Response[RefusedBody]:
    """一项留存内容。One of what was refused and kept, with what would be answered now if you
    accepted it as it is (`acceptable`, `problem`): it may be possible by now. Nothing is filed by
    asking. Also of what is settled, by whom and how."""
    async with service.database.reading() as connection:
        row = await access_refused(connection, actor, refused_id)
    if row is None:
        raise Problem("not_found")
    reads_of(request, row.incident_id)
    is_open = row.settles and row.settled_at is None
    problem = await judged(service, actor, row) if is_open else None
    chinese = prefers_chinese(request)
    told = RefusedBody(
        **msgspec.structs.asdict(shown(service, actor, row)),
        acceptable=problem is None if is_open else None,
        problem=problem.detail(chinese=chinese) if problem is not None else None,
    )
    return Response(told, headers={"Cache-Control": "no-store"})


@post(
    "/refused/{refused_id:uuid}/accept",
    status_code=200,
    tags=["incidents"],
    opt={"verb": Verb.SETTLE_REFUSED},
    responses=problems(
        *FILING,
        *SENDING_JSON,
        "refused_settled",
        "refused_unfit",
        "informant_erased",
    ),
)
async def accept_refused(
    service: FromPhotoService,
    actor: FromActor,
    refused_id: FromPath[UUID],
    data: JSONBody[Acceptance],
) -> SettledBody:
    """接受登记留存内容。File what was refused, on behalf of who sent it: as it was sent (`{}`), or
    `corrected`. As an officer what your station sent, or what was sent to an incident that it is
    responsible for; as a chief, of the stations below too, whatever it is.

    The entry is yours, and says who sent it first, when it came, and whether you corrected it
    (`facts.first_sent`); an incident is opened at the station of who sent it. Photos come with
    their bytes. Send it again as often as you like; what another has settled is answered 409.
    """
    return _settled(service, actor, await accept(service, actor, refused_id, data.corrected))


@post(
    "/refused/{refused_id:uuid}/dismiss",
    status_code=200,
    tags=["incidents"],
    opt={"verb": Verb.SETTLE_REFUSED},
    responses=problems(*READING, *SENDING_JSON, "not_found", "not_responsible", "refused_settled"),
)
async def dismiss_refused(
    service: FromPhotoService,
    actor: FromActor,
    refused_id: FromPath[UUID],
    data: JSONBody[Dismissal],
) -> SettledBody:
    """留存内容不予登记。Put aside what was refused, with the reason. It is not deleted: it stays on
    record with who did so and when (`GET /refused?dismissed=true`), and nobody accepts it any
    more."""
    return _settled(service, actor, await dismiss(service, actor, refused_id, data))


def _settled(service: PhotoService, actor: Actor, row: RefusedRow) -> SettledBody:
    """What was kept is read by `GET`, which is on record."""
    settled = shown(service, actor, row).settled
    assert settled is not None
    return SettledBody(
        refused_id=row.refused_id,
        incident_id=row.incident_id,
        entry_id=row.entry_id,
        settled=settled,
    )
