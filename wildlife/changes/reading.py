"""Reading on from a place: what is new of what somebody sees, and where they are then."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
import structlog

from db.connection import Connection
from wildlife.changes.cursors import BEGINNING, Place
from wildlife.changes.model import ListedChange
from wildlife.changes.queries import Found, digest_at, found_within, received_at
from wildlife.ledger.queries import read_end
from wildlife.lists.composing import Selection
from wildlife.people.accounts import Actor
from wildlife.people.scope import scope_arguments
from wildlife.timeline.answers import ShownEntry, told_entry
from wildlife.timeline.queries import Head, StoredEntry
from wildlife.timeline.reading import ToldTimeline, access_timeline
from wildlife.timeline.service import TimelineService
from wildlife.web.problems import Problem
from wildlife.words.values import IncidentId

log = structlog.get_logger()

_AT_ONCE: Final = 5000
"""So many places are looked at with one statement, and so often at most for one answer."""
_MOST_LOOKS: Final = 10

_ASTRAY: Final = timedelta(minutes=10)
"""By so much an entry may stand behind one that arrived later: it was committed later, and clocks
of servers differ."""


class Asked(NamedTuple):
    """What the feed is asked for, whoever asks: the conditions of its incidents, with the values of
    their parameters, and types of entries."""

    selection: Selection
    values: Mapping[str, Any]
    types: Sequence[str] | None


class News(NamedTuple):
    """What was found from a place on, and where to go on after each of it, and after all."""

    items: list[tuple[ListedChange, Place]]
    unreadable: list[tuple[UUID, Place]]
    place: Place
    is_at_end: bool


class _Rows(NamedTuple):
    found: list[Found]
    place: Place
    is_at_end: bool


class Reading:
    """The feed as the listeners of this process read it. Those who ask the same at the same moment,
    as all do when something is new, share one look at the database."""

    def __init__(self) -> None:
        self._looking: dict[str, asyncio.Task[_Rows]] = {}

    async def news(
        self, service: TimelineService, actor: Actor, asked: Asked, place: Place, limit: int
    ) -> News:
        """What is new. Raises Problem: changes_lost."""
        scope = scope_arguments(actor)
        key = repr((sorted({**asked.values, **scope}.items()), asked[::2], place, limit))
        rows = await self._shared(key, lambda: _look(service, scope, asked, place, limit))
        items, unreadable = [], []
        parts: dict[UUID, ToldTimeline | None] = {}
        for one in rows.found:
            after = Place(one.position + 1, one.digest[: len(place.before)])
            try:
                shown = await _told(service, actor, one, parts)
            except (msgspec.MsgspecError, UnicodeError, ValueError) as error:
                log.warning("unreadable", id=str(one.entry_id), error=error)
                unreadable.append((one.entry_id, after))
                continue
            if shown is not None:
                change = ListedChange(
                    incident_id=one.incident_id,
                    kind=one.kind,
                    case_number=one.case_number,
                    entry=shown,
                )
                items.append((change, after))
        return News(items, unreadable, rows.place, rows.is_at_end)

    async def _shared(self, key: str, look: Callable[[], Awaitable[_Rows]]) -> _Rows:
        task = self._looking.get(key)
        if task is None:
            task = asyncio.ensure_future(look())
            self._looking[key] = task
            task.add_done_callback(lambda _: self._looking.pop(key))
        return await asyncio.shield(task)


async def _look(
    service: TimelineService, scope: Mapping[str, Any], asked: Asked, place: Place, limit: int
) -> _Rows:
    """The next rows, as far as may be looked for them at once."""
    statement = found_within(asked.selection, of_types=asked.types is not None)
    values = {**asked.values, **scope, "types": asked.types}
    position, found = place.position, list[Found]()
    async with service.database.searching() as connection:
        size = (await read_end(connection)).size
        await _require_kept(service, connection, place, size)
        for _ in range(_MOST_LOOKS):
            if position >= size or len(found) == limit:
                break
            before, wanted = min(size, position + _AT_ONCE), limit - len(found)
            within = {"place": position, "before": before, "limit": wanted}
            rows = await statement.all(connection, Found, values | within)
            found += rows
            position = rows[-1].position + 1 if len(rows) == wanted else before
        reached = await _place_at(connection, position) if position > place.position else place
    return _Rows(found, reached, position >= size)


async def _require_kept(
    service: TimelineService, connection: Connection, place: Place, size: int
) -> None:
    """That what came before a place is what came before it then. A replica may not have it yet."""
    if place.position == 0:
        return
    stands = await digest_at(connection, place.position - 1)
    if stands is None and place.position > size:
        async with service.database.writing() as primary:
            stands = await digest_at(primary, place.position - 1)
    if stands is None or stands[: len(place.before)] != place.before:
        raise Problem("changes_lost")


async def _place_at(connection: Connection, position: int) -> Place:
    digest = await digest_at(connection, position - 1) if position else None
    return BEGINNING if digest is None else Place(position, digest[: len(BEGINNING.before)])


async def place_now(service: TimelineService) -> Place:
    """Behind all that there is."""
    async with service.database.reading() as connection:
        return await _place_at(connection, (await read_end(connection)).size)


async def place_since(service: TimelineService, moment: datetime) -> Place:
    """Before all that arrived from this moment on, and not long before it."""
    wanted = (moment - _ASTRAY).timestamp()
    async with service.database.reading() as connection:
        low, high = 0, (await read_end(connection)).size
        while low < high:
            middle = (low + high) // 2
            arrived = await received_at(connection, middle)
            if arrived is not None and arrived < wanted:
                low = middle + 1
            else:
                high = middle
        return await _place_at(connection, low)


async def _told(
    service: TimelineService, actor: Actor, one: Found, parts: dict[UUID, ToldTimeline | None]
) -> ShownEntry | None:
    """An entry as the timeline of its incident tells it; None where it is of no part that somebody
    is told."""
    head = Head(
        seq=one.head_seq,
        digest=one.head_digest,
        station_ids=one.station_ids,
        responsible_station_id=one.responsible_station_id,
        view=one.view,
        named_in=one.named_in,
    )
    stored = StoredEntry(
        one.seq, one.entry_id, one.canonical, one.digest, one.voided_by, one.amended_by
    )
    if not head.is_part:
        return told_entry(service, stored, actor, head)
    if one.incident_id not in parts:
        async with service.database.reading() as connection:
            parts[one.incident_id] = await access_timeline(
                service, connection, actor, IncidentId(one.incident_id)
            )
    timeline = parts[one.incident_id]
    if timeline is None or timeline.told is None or one.entry_id not in timeline.told:
        return None
    return told_entry(service, stored, actor, timeline.head, timeline.told)
