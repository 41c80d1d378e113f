"""Reading on from a place: what is new of what somebody sees, and where they are then."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from contextvars import copy_context
from datetime import datetime
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec
import structlog

from db.connection import Connection
from db.pool import ask_for, may_be_behind
from wildlife.changes.model import ListedChange
from wildlife.changes.places import BEGINNING, Place
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
_LEAST_ROWS: Final = 100
"""So many are asked for at least: of an incident of which somebody is told a part, all come."""

_ASTRAY_S: Final = 10 * 60
"""By so much an entry may stand behind one that arrived later: it was committed later, and clocks
of servers differ."""


class Asked(NamedTuple):
    """What is asked for, whoever asks: the conditions of its incidents, with the values of
    their parameters, and types of entries."""

    selection: Selection
    values: Mapping[str, Any]
    types: Sequence[str] | None


class Told(NamedTuple):
    """What somebody is told of an entry, or the id of one that can't be shown; and where to go on
    after it."""

    what: ListedChange | UUID
    after: Place


class News(NamedTuple):
    """What was found from a place on, and where to go on after all of it."""

    items: list[Told]
    place: Place
    is_at_end: bool


class _Rows(NamedTuple):
    found: list[Found]
    place: Place
    is_at_end: bool


class Looks:
    """Looks at the database for what is new. Those of this process who ask the same at the same
    moment, as all who listen do when something is new, share one."""

    def __init__(self) -> None:
        self._looking: dict[Hashable, asyncio.Task[_Rows]] = {}

    async def news(
        self, service: TimelineService, actor: Actor, asked: Asked, place: Place, limit: int
    ) -> News:
        """What is new. Raises Problem: changes_lost.

        Whether more follows is asked of what is told: one that ends with the last that somebody
        sees would else say whether others have filed something since.
        """
        scope = scope_arguments(actor)
        asks = repr((sorted({**asked.values, **scope}.items()), asked.selection, asked.types))
        told = list[Told]()
        at, is_at_end = place, False
        for _ in range(_MOST_LOOKS):
            if is_at_end or len(told) > limit:
                break
            wanted = max(limit + 1 - len(told), _LEAST_ROWS)
            look = partial(_look, service, scope, asked, at, wanted)
            rows = await self._shared((asks, at, wanted, may_be_behind()), look)
            # As they are by now, with each entry that this look found.
            parts = dict[UUID, ToldTimeline | None]()
            for one in rows.found:
                what = await _told(service, actor, one, parts)
                if what is not None:
                    told.append(Told(what, _after(one)))
            at, is_at_end = rows.place, rows.is_at_end
        if len(told) > limit:
            return News(told[:limit], told[limit - 1].after, is_at_end=False)
        return News(told, at, is_at_end)

    async def _shared(self, key: Hashable, look: Callable[[], Coroutine[Any, Any, _Rows]]) -> _Rows:
        task = self._looking.get(key)
        if task is None:
            # On behalf of all who listen: of one alone the others would be refused with.
            context = copy_context()
            context.run(partial(ask_for, "listeners", only_reads=may_be_behind()))
            task = asyncio.get_running_loop().create_task(look(), context=context)
            self._looking[key] = task
            task.add_done_callback(lambda done: self._looked(key, done))
        return await asyncio.shield(task)

    def _looked(self, key: Hashable, done: asyncio.Task[_Rows]) -> None:
        self._looking.pop(key)
        if not done.cancelled():
            done.exception()  # of whom nobody waits for any more


async def _look(
    service: TimelineService, scope: Mapping[str, Any], asked: Asked, place: Place, limit: int
) -> _Rows:
    """The next rows, as far as may be looked for them with one statement."""
    statement = found_within(asked.selection, of_types=asked.types is not None)
    async with service.database.searching() as connection:
        size = (await read_end(connection)).size
        await _require_kept(service, connection, place, size)
        before = min(size, place.position + _AT_ONCE)
        if before <= place.position:
            return _Rows([], place, is_at_end=True)
        within = {"place": place.position, "before": before, "limit": limit}
        values = {**asked.values, **scope, "types": asked.types}
        found = await statement.all(connection, Found, values | within)
        if len(found) == limit:
            return _Rows(found, _after(found[-1]), is_at_end=False)
        return _Rows(found, await place_at(connection, before), before == size)


async def _require_kept(
    service: TimelineService, connection: Connection, place: Place, size: int
) -> None:
    """That what came before a place is what came before it then. A replica may not have it yet."""
    if await stands(connection, place):
        return
    if place.position > size:
        async with service.database.writing() as primary:
            if await stands(primary, place):
                return
    raise Problem("changes_lost")


async def stands(connection: Connection, place: Place) -> bool:
    """Whether what came before a place is what came before it then."""
    return await place_at(connection, place.position) == place


async def place_at(connection: Connection, position: int) -> Place:
    digest = await digest_at(connection, position - 1) if position else None
    return BEGINNING if digest is None else Place(position, digest[: len(BEGINNING.before)])


async def place_now(service: TimelineService) -> Place:
    """Behind all that there is."""
    async with service.database.reading() as connection:
        return await place_at(connection, (await read_end(connection)).size)


async def place_since(service: TimelineService, moment: datetime) -> Place:
    """Before all that arrived from this moment on, and not long before it."""
    wanted = moment.timestamp() - _ASTRAY_S  # there may be no moment so much before it
    async with service.database.reading() as connection:
        low, high = 0, (await read_end(connection)).size
        while low < high:
            middle = (low + high) // 2
            arrived = await received_at(connection, middle)
            if arrived is not None and arrived < wanted:
                low = middle + 1
            else:
                high = middle
        return await place_at(connection, low)


def _after(one: Found) -> Place:
    return Place(one.position + 1, one.digest[: len(BEGINNING.before)])


async def _told(
    service: TimelineService, actor: Actor, one: Found, parts: dict[UUID, ToldTimeline | None]
) -> ListedChange | UUID | None:
    """What somebody is told of it; None where it is of no part that they are told."""
    try:
        shown = await _shown(service, actor, one, parts)
    except (msgspec.MsgspecError, UnicodeError, ValueError) as error:
        log.warning("unreadable", id=str(one.entry_id), error=error)
        return one.entry_id
    if shown is None:
        return None
    return ListedChange(
        incident_id=one.incident_id, kind=one.kind, case_number=one.case_number, entry=shown
    )


async def _shown(
    service: TimelineService, actor: Actor, one: Found, parts: dict[UUID, ToldTimeline | None]
) -> ShownEntry | None:
    """An entry as the timeline of its incident tells it; None as above."""
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
        # From where the look was: what is read elsewhere may not have this entry yet.
        async with service.database.searching() as connection:
            parts[one.incident_id] = await access_timeline(
                service, connection, actor, IncidentId(one.incident_id)
            )
    timeline = parts[one.incident_id]
    if timeline is None or timeline.told is None or one.entry_id not in timeline.told:
        return None
    return told_entry(service, stored, actor, timeline.head, timeline.told)
