"""What is new as server-sent events (WHATWG HTML, 9.2)."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final
from uuid import UUID

import msgspec
import structlog

from db.pool import UNAVAILABLE
from wildlife.changes.listening import Listeners
from wildlife.changes.places import Place
from wildlife.changes.reading import News
from wildlife.people.accounts import Actor
from wildlife.web.problems import Problem

log = structlog.get_logger()

EVENT_STREAM: Final = "text/event-stream"

_HEARTBEAT_S: Final = 15, 30
"""Between so much after the last event something is sent, so that proxies keep the connection, and
the stream of who may not read any more ends: of a thousand who begin at once, not at once. Before
anything is told it is looked in any case."""
_RETRY: Final = b"retry: 5000\n\n"


async def stream(
    listeners: Listeners,
    place: Place,
    actor: Actor,
    still: Callable[[Actor], Awaitable[Actor]],
    read: Callable[[Actor, Place], Awaitable[News]],
    cursor: Callable[[Place], str],
) -> AsyncGenerator[bytes, None]:
    """The events, until the reader leaves, may not read any more, or the service stops.

    still: who reads, as they are now. read: what is new for them. Each raises Problem, which is
    told as the last event.
    """
    yield _RETRY
    clock = asyncio.get_running_loop().time
    due, is_concerned = clock() + _pause_s(), True
    while not listeners.stops:
        try:
            actor = await still(actor)
            news = await read(actor, place) if is_concerned else News([], place, is_at_end=True)
        except Problem as problem:
            yield _end(problem.code)
            return
        except UNAVAILABLE as error:
            log.warning("unavailable", code="unavailable", error=error)
            yield _end("unavailable")
            return
        for what, after in news.items:
            name = "unreadable" if isinstance(what, UUID) else "change"
            yield _event(name, msgspec.json.encode(what), cursor(after))
            due = clock() + _pause_s()
        before, place = place, news.place
        if news.is_at_end:
            scope = actor.scope(*actor.verbs)
            place, is_concerned = await listeners.wait(scope, before, place, due - clock())
        if clock() >= due:
            # Told whatever others have filed meanwhile, and with another cursor each time, it tells
            # nothing of that.
            yield f"id: {cursor(place)}\n\n".encode()
            due = clock() + _pause_s()


def _pause_s() -> float:
    return random.uniform(*_HEARTBEAT_S)  # noqa: S311 - no secret


def _end(code: str) -> bytes:
    return _event("end", msgspec.json.encode({"code": code}))


def _event(name: str, data: bytes, cursor: str | None = None) -> bytes:
    """data: JSON, which has no line breaks."""
    place = b"" if cursor is None else f"id: {cursor}\n".encode()
    return place + b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
