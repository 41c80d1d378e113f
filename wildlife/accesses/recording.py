"""Who reads or erases what, of the requests of this process: put on record as they are answered.

A route that reads says what beside its verb: `opt={"verb": Verb.READ, "reads": Reading.RECORD}`;
one of no incident alone, which list that is: `"listed": Listed.RELEASES`. One that erases says
`"erases": …`, and calls `record_erasing`.
"""

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response

from db.connection import Connection
from wildlife.accesses.asked import as_recorded
from wildlife.accesses.chain import Access
from wildlife.accesses.codes import AT_ONCE, Reading
from wildlife.accesses.log import AccessLog
from wildlife.people.accounts import Actor
from wildlife.people.events import address_of

# What the framework calls with an answer it does not tell which request that is of.
_asked: ContextVar[Request[Any, Any, Any]] = ContextVar("asked")

# What shows something: by the last, a phone shows what it kept. HEAD tells how long the answer is,
# and by that what was asked for.
_SHOWING: Final = {None, HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED}

_READS: Final = "reads"
_NOTHING: Final = "shows_nothing"
_ALSO: Final = "also_reads"
_PHOTOS: Final = "photo_ids"
_ERASES: Final = "erases"
_LISTED: Final = "listed"

_INCIDENT: Final = "incident_id"

ASKED_BY: Final = "asked_by"
"""In the state of a request: what it is made by where it is no person, and its id: a feed, …"""


def attend_to(request: Request[Any, Any, Any]) -> None:
    """From now on this task answers this request."""
    _asked.set(request)


def reads(request: Request[Any, Any, Any], reading: Reading) -> None:
    """This request reads something else than its route says."""
    request.scope["state"][_READS] = reading


def shows_nothing(request: Request[Any, Any, Any]) -> None:
    """The answer to this request shows nothing of any record."""
    request.scope["state"][_NOTHING] = True


def reads_of(request: Request[Any, Any, Any], incident_id: UUID) -> None:
    """This request reads something of this incident, which its address does not name."""
    request.scope["state"][_INCIDENT] = incident_id


def also_reads(request: Request[Any, Any, Any], reading: Reading) -> None:
    """This request reads this, too: each is on record by itself."""
    request.scope["state"].setdefault(_ALSO, []).append(reading)


def reads_photos(request: Request[Any, Any, Any], photo_ids: Iterable[UUID]) -> None:
    """This request reads these photos, which its address does not name: each is on record."""
    request.scope["state"][_PHOTOS] = [*photo_ids]


async def record_reading(response: Response[Any]) -> Response[Any]:
    """Put on record what this answer shows, before a byte of it is sent. Raises Problem unavailable
    where that is not possible."""
    request = _asked.get()
    scope, handler = request.scope, request.route_handler
    reading: Reading | None = scope["state"].get(_READS) or handler.opt.get(_READS)
    if reading is None or _NOTHING in scope["state"] or response.status_code not in _SHOWING:
        return response
    access_log: AccessLog = request.app.state.access_log
    for one in (reading, *scope["state"].get(_ALSO, ())):
        for photo_id in scope["state"].get(_PHOTOS) or [None]:
            access = _access(request, one, photo_id)
            if one in AT_ONCE:
                await access_log.put_now(access)
            else:
                access_log.put(access)
    return response


async def record_erasing(request: Request[Any, Any, Any], connection: Connection) -> None:
    """Put on record what this request erases, in the transaction that does so: there is neither
    without the other. Raises Problem unavailable where that is not possible."""
    access_log: AccessLog = request.app.state.access_log
    reading: Reading = request.route_handler.opt[_ERASES]
    await access_log.put_within(connection, _access(request, reading))


def _access(
    request: Request[Any, Any, Any], reading: Reading, photo_id: UUID | None = None
) -> Access:
    actor: Actor = request.user
    named: Mapping[str, Any] = request.scope["path_params"]
    given, client = request.scope["query_string"], request.scope["client"]
    asked = request.query_params
    units = (one.station for one in actor.appointed_to(*actor.verbs))
    return Access(
        accessed_at=datetime.now(UTC),
        account_id=actor.account_id,
        reading=reading,
        station_ids=[*dict.fromkeys(one.station_id for one in units if one is not None)],
        device_id=actor.device_id,
        address=address_of(client[0] if client else None),
        incident_id=named.get("incident_id")
        or request.scope["state"].get(_INCIDENT)
        or _id(asked.get("incident")),
        photo_id=photo_id or named.get("photo_id") or _id(asked.get("photo")),
        listed=request.route_handler.opt.get(_LISTED),
        query=_recorded(request.scope["state"].get(ASKED_BY), given),
    )


def _recorded(asked_by: tuple[str, UUID] | None, given: bytes) -> str | None:
    """What was asked; first, by what, where it was no person."""
    by = [] if asked_by is None else ["{}={}".format(*asked_by).encode()]
    asked = b"&".join([*by, given] if given else by)
    return as_recorded(asked) if asked else None


def _id(given: str | None) -> UUID | None:
    """A parameter that the route has taken as an id."""
    return None if given is None else UUID(given)
