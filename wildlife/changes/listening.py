"""Waiting for what is new: only those are woken whom it may concern.

A thousand may listen to one process, and most entries are none of theirs. So what has come is
looked at once for all of them, and the place of the others is moved on without a word.
"""

import asyncio
from typing import Final

import structlog

from db.database import Database
from db.pool import UNAVAILABLE
from wildlife.changes.places import BEGINNING, Place
from wildlife.changes.queries import Concerned, concerned_within
from wildlife.changes.reading import place_at, stands
from wildlife.ledger.sequencing import Sequencer
from wildlife.people.may import Scope
from wildlife.people.scope import may_see

log = structlog.get_logger()

_AT_ONCE: Final = 5000
"""Of more places than these, as at a start, it is not asked whom they concern."""
_BEHIND_S: Final = 0.5


class _Listener:
    def __init__(self, scope: Scope, place: Place) -> None:
        self.scope = scope
        self.place = place
        self.is_concerned = False
        self.woken = asyncio.Event()


class Listeners:
    """All who wait in this process; `run` works until the service stops."""

    def __init__(self, database: Database, sequencer: Sequencer) -> None:
        self._database = database
        self._sequencer = sequencer
        self._waiting: set[_Listener] = set()
        self._place = BEGINNING
        """How far it was looked whom it concerns."""

    @property
    def stops(self) -> bool:
        """Whether the service does: nobody waits any more."""
        return self._sequencer.stops

    @property
    def number(self) -> int:
        """How many wait now."""
        return len(self._waiting)

    async def run(self) -> None:
        """Look whom it concerns that something is new, again and again."""
        while await self._sequencer.beyond(self._place.position):
            try:
                if not await self._look():
                    await asyncio.sleep(_BEHIND_S)
            except UNAVAILABLE as error:
                log.warning("those who listen have to wait", error=error)
                await asyncio.sleep(_BEHIND_S)
            except Exception:  # a fault of ours, which must not end all later rounds
                log.exception("internal_error")
                await asyncio.sleep(_BEHIND_S)
        for one in self._waiting:
            one.woken.set()

    async def wait(
        self, scope: Scope, before: Place, place: Place, within_s: float
    ) -> tuple[Place, bool]:
        """Wait until something from `place` on may concern somebody who sees this, for so long;
        where to go on then, and whether there may be something.

        before: where it was looked from last. Where that is the same although there is more, a
        replica was asked that does not have it yet.
        """
        if place.position < self._place.position:
            if place == before:
                await asyncio.sleep(min(within_s, _BEHIND_S))
            return place, True
        if self.stops:
            return place, False
        one = _Listener(scope, place)
        self._waiting.add(one)
        try:
            async with asyncio.timeout(within_s):
                await one.woken.wait()
        except TimeoutError:
            pass
        finally:
            self._waiting.discard(one)
        return one.place, one.is_concerned

    async def _look(self) -> bool:
        """Whether it was looked at all that there is: a replica may not have it yet, and what was
        brought back from a backup has less."""
        begun, size = self._place, self._sequencer.size
        async with self._database.reading() as connection:
            told: Concerned | None = None
            # Where something else stands before it, as after a backup, each finds out for itself.
            if size - begun.position <= _AT_ONCE and await stands(connection, begun):
                told = await concerned_within(connection, begun.position, size)
            self._place = await place_at(connection, size)
        for one in self._waiting:
            if told is None or may_see(one.scope, told.station_ids, told.seen_in):
                one.is_concerned = True
                one.woken.set()
            elif not one.is_concerned:
                one.place = max(one.place, self._place)
        return self._place.position == size
