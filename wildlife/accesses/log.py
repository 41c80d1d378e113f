"""The access log of a process: what it puts on record together, and what it holds meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import asyncpg
import structlog

from db.connection import Connection
from db.database import Database
from db.pool import UNAVAILABLE
from wildlife.accesses.chain import Access
from wildlife.accesses.queries import put_on_record
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence

log = structlog.get_logger()

# A commit for several together: a killed process loses what it answered since the last one.
_EVERY_S: Final = 0.25
# While the log can't be written, it is tried again after so long.
_AGAIN_S: Final = 1

# Of what waits, so much is put on record by one statement, which has to end in time.
_A_COMMIT: Final = 500

# So many are held while the log can't be written: some 20 MB.
_MOST_HELD: Final = 10_000

_NOT_ON_RECORD: Final = Sentence(
    "Who reads or erases what is put on record, and that is not possible now: so nothing is shown,"
    " and nothing erased. Send the same again in a moment; where it stays so, tell the operator.",
    "查阅和删除须登记在案，而目前无法登记，因此不予显示，也未删除。请稍后重发；若持续如此，"
    "请告知运维人员。",
)


class _Pressing(NamedTuple):
    """An access that somebody waits for: they are shown nothing before it is on record."""

    access: Access
    done: "asyncio.Future[None]"


class AccessLog:
    """What was read of this process, on its way onto the record.

    What can't be put there now is held, up to a bound, and put there as soon as it can be. A commit
    whose answer got lost is done again: an access is rather on record twice than not at all.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._held: list[Access] = []
        self._pressing: list[_Pressing] = []
        self._anything = asyncio.Event()
        self._urgent = asyncio.Event()  # somebody waits, or the service stops
        self._stops = False

    def put(self, access: Access) -> None:
        """Let an access be put on record in a moment. Raises Problem unavailable where too many
        wait for that already."""
        if len(self._held) >= _MOST_HELD:
            raise Problem("unavailable", said=_NOT_ON_RECORD)
        self._held.append(access)
        self._anything.set()

    async def put_now(self, access: Access) -> None:
        """Put an access on record. Raises Problem unavailable where that is not possible."""
        done = asyncio.get_running_loop().create_future()
        self._pressing.append(_Pressing(access, done))
        self._anything.set()
        self._urgent.set()
        await done

    async def put_within(self, connection: Connection, access: Access) -> None:
        """Put an access on record in a transaction of the caller's, at the end of it: who else
        writes to the log waits for that. Raises Problem unavailable where that is not possible."""
        try:
            await put_on_record(connection, [access])
        except asyncpg.PostgresError as error:
            _warn(error, 1)
            raise Problem("unavailable", said=_NOT_ON_RECORD) from None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Put on record what is put here, until the end of the block, and then all that is left."""
        writing = asyncio.create_task(self._write())
        try:
            yield
        finally:
            self._stops = True
            self._anything.set()
            self._urgent.set()
            await writing

    async def _write(self) -> None:
        pause = _EVERY_S
        while not self._stops or self._held or self._pressing:
            await self._anything.wait()
            try:
                async with asyncio.timeout(pause):
                    await self._urgent.wait()
            except TimeoutError:
                pass
            is_written = await self._write_some()
            if self._stops and not is_written:
                log.error("accesses_lost", count=len(self._held))
                return
            # What came meanwhile waits its time, unless it is more than one commit takes.
            pause = 0 if len(self._held) >= _A_COMMIT else _EVERY_S
            pause = pause if is_written else _AGAIN_S
            if not (self._held or self._pressing or self._stops):
                self._anything.clear()

    async def _write_some(self) -> bool:
        """Put on record what somebody waits for, and some of what is held before it; whether it
        is."""
        if not self._stops:
            self._urgent.clear()
        held, pressing = self._held[:_A_COMMIT], self._pressing
        self._pressing = []
        accesses = [*held, *(one.access for one in pressing)]
        if not accesses:
            return True
        try:
            async with self._database.transaction(locking=AccessLog) as connection:
                await put_on_record(connection, accesses)
        except Exception as error:
            _warn(error, len(accesses))
            for one in pressing:
                if not one.done.done():  # else who waited is gone
                    one.done.set_exception(Problem("unavailable", said=_NOT_ON_RECORD))
            return False
        del self._held[: len(held)]
        for one in pressing:
            if not one.done.done():
                one.done.set_result(None)
        return True


def _warn(error: Exception, count: int) -> None:
    if isinstance(error, UNAVAILABLE):
        log.warning("accesses_not_on_record", count=count, error=error)
    else:
        log.exception("accesses_not_on_record", count=count)
