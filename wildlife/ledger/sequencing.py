"""Giving entries their places in the ledger, once they are committed.

Whoever writes an entry leaves word of it in the same transaction (`unsequenced`). A place can't be
given there: who commits last would get the first, and a reader had gone by already. Every process
that serves looks for what has no place; one at a time gives them, in batches.
"""

import asyncio
from typing import Final

from db.connection import Connection
from db.database import Database
from wildlife.ledger import queries
from wildlife.ledger.tree import WIDTH
from wildlife.ledger.tree_queries import grow
from wildlife.web.background import again_and_again

_LOOK_AGAIN_S: Final = 0.5
"""How often entries are looked for that have no place; so late, at most, is others' told of."""

_AT_ONCE: Final = 1000


class Sequencer:
    """One a process; `run` works until it is cancelled."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tiles = 0
        self._grown = asyncio.Event()
        self.size = 0
        """How many entries have a place, when it was last looked."""
        self.stops = False
        """Whether the service does: nobody waits any more."""

    async def run(self) -> None:
        """Give places, and look again."""
        await again_and_again("entries have to wait for their places", self.look, _LOOK_AGAIN_S)

    async def look(self) -> None:
        """Give all entries that are there their places, and tell those who wait for that."""
        async with self._database.writing() as connection:
            end = await queries.read_end(connection)
        if not end.is_whole:
            while await self._sequence():
                pass
            async with self._database.writing() as connection:
                end = await queries.read_end(connection)
        if end.size != self.size:
            self.size = end.size
            self._wake()
        if end.size // WIDTH > self._tiles:
            await keep_hashes(self._database)
            self._tiles = end.size // WIDTH

    def stop(self) -> None:
        """The service stops: whoever waits is let go."""
        self.stops = True
        self._wake()

    def _wake(self) -> None:
        self._grown.set()
        self._grown = asyncio.Event()

    async def beyond(self, position: int) -> bool:
        """Wait until an entry has a place from `position` on; False: the service stops before."""
        while self.size <= position and not self.stops:
            await self._grown.wait()
        return self.size > position

    async def _sequence(self) -> bool:
        """Give places to some; whether there may be more that nobody else gives one."""
        async with self._database.transaction() as connection:
            return await sequence(connection, _AT_ONCE) == _AT_ONCE


async def sequence(connection: Connection, limit: int) -> int:
    """Give places to so many entries at most, in a transaction; to how many. None, where somebody
    else is at it."""
    # A statement by itself: the next one then sees what they have put there.
    if not await queries.lock_end(connection):
        return 0
    taken = await queries.take_unsequenced(connection, limit)
    if taken:
        end = await queries.read_end(connection)
        await queries.add(connection, end.size, taken)
    return len(taken)


async def keep_hashes(database: Database) -> None:
    """Keep all hashes of the tree that are due, some at a time."""
    is_all = False
    while not is_all:
        async with database.transaction() as connection:
            await queries.wait_for_end(connection)
            end = await queries.read_end(connection)
            is_all = await grow(connection, end.size)


async def place_all(database: Database) -> None:
    """Give places to all entries that are there now, whoever else does."""
    while True:
        async with database.transaction() as connection:
            await queries.wait_for_end(connection)
            if await sequence(connection, _AT_ONCE) < _AT_ONCE:
                return
