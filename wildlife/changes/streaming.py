"""The feed as server-sent events (WHATWG HTML, 9.2)."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Final

import msgspec

from wildlife.changes.cursors import Place
from wildlife.changes.reading import News
from wildlife.ledger.sequencing import Sequencer
from wildlife.people.accounts import Actor
from wildlife.web.problems import Problem

EVENT_STREAM: Final = "text/event-stream"

_HEARTBEAT_S: Final = 10
"""After so long without anything new something is sent, so that proxies keep the connection; and it
is looked whether its reader may still read."""
_BEHIND_S: Final = 0.5
_RETRY: Final = b"retry: 5000\n\n"


async def stream(
    sequencer: Sequencer,
    place: Place,
    still: Callable[[], Awaitable[Actor]],
    read: Callable[[Actor, Place], Awaitable[News]],
    cursor: Callable[[Place], str],
) -> AsyncGenerator[bytes, None]:
    """The events, until the reader leaves, may not read any more, or the service stops.

    still: who reads, as they are now. read: what is new for them. Each raises Problem, which is
    told as the last event.
    """
    yield _RETRY
    while True:
        try:
            news = await read(await still(), place)
        except Problem as problem:
            yield _event("end", msgspec.json.encode({"code": problem.code}))
            return
        for change, after in news.items:
            yield _event("change", msgspec.json.encode(change), cursor(after))
        for entry_id, after in news.unreadable:
            yield _event("unreadable", msgspec.json.encode(entry_id), cursor(after))
        before, place = place, news.place
        if news.is_at_end and not await there_is_more(sequencer, before, place, _HEARTBEAT_S):
            # Told each time, it tells nothing of what others may have filed.
            yield f"id: {cursor(place)}\n\n".encode()
        if sequencer.stops:
            return


async def there_is_more(sequencer: Sequencer, before: Place, place: Place, within_s: float) -> bool:
    """Wait until there may be more from `place` on; False: there was nothing for so long.

    before: where it was looked from. Where that is the same although there is more, a replica was
    asked that does not have it yet.
    """
    if place == before and sequencer.size > place.position:
        await asyncio.sleep(min(within_s, _BEHIND_S))
        return True
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            return await sequencer.beyond(place.position)
    return False


def _event(name: str, data: bytes, cursor: str | None = None) -> bytes:
    """data: JSON, which has no line breaks."""
    place = b"" if cursor is None else f"id: {cursor}\n".encode()
    return place + b"event: " + name.encode() + b"\ndata: " + data + b"\n\n"
