"""Checking side by side: hashing and reading timelines is work for a core each, in processes, and
this one has the ledger to look at."""

import asyncio
import gc
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import asyncpg

from db.database import Database, open_database
from db.pool import UNAVAILABLE
from media.vault import Vault
from wildlife.commands.tables import service_url
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.timeline.verify_queries import Part
from wildlife.timeline.verifying import Verified, parts, verify, verify_part
from wildlife.workers import working

T = TypeVar("T")

_ALONE = 4
"""So few parts are checked sooner than processes are begun."""


class _Checker:
    """In a process of its own: one part after the other."""

    def __init__(self, url: str, zone: str, keys: list[bytes], counted: range) -> None:
        gc.disable()  # no cycle is made here, and to look for them takes a sixth
        self._vault, self._counted = Vault(keys), counted
        self._loop, stack = asyncio.new_event_loop(), AsyncExitStack()
        opened = open_database(url, confined=True, zone=ZoneInfo(zone), size=1)
        self._database = self._loop.run_until_complete(stack.enter_async_context(opened))
        self._stack = stack  # open as long as the process lives

    def __call__(self, part: Part) -> Verified | None:
        """None: it could not be looked at here."""
        try:
            return self._loop.run_until_complete(
                verify_part(self._database, KINDS, self._vault, part, self._counted)
            )
        except (*UNAVAILABLE, asyncpg.PostgresError, OSError):
            return None


@asynccontextmanager
async def meanwhile(work: Coroutine[Any, Any, T]) -> AsyncIterator[asyncio.Task[T]]:
    """Something is done beside what the block does, and is over with it."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def verify_chains(
    opened: Database, settings: Settings, vault: Vault, counted: range, processes: int
) -> AsyncIterator[Verified]:
    """The `parts` that have these places of the ledger, in their order."""
    every = [] if processes == 1 else [part async for part in parts(opened, counted)]
    if len(every) <= _ALONE:
        async for verified in verify(opened, KINDS, vault, counted):
            yield verified
        return
    make = partial(_Checker, service_url(settings), settings.time_zone, vault.keys, counted)
    with working(make, min(processes, len(every))) as workers:
        waiting = iter(every)
        async for there in workers.all(every):
            part = next(waiting)
            # Why one could not be looked at there is told here.
            yield await verify_part(opened, KINDS, vault, part, counted) if there is None else there
