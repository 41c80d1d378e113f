"""Connections to a PostgreSQL that everybody gets in turn, and what is raised where none is to be
had."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from contextvars import ContextVar
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

import asyncpg

from db.connection import Connection
from db.identity import UnfitConnection
from db.turns import TurnedAway, Turns


class Unreachable(Exception):
    """There is no connection to be had: nobody listens, or the name is gone."""


class Silent(Unreachable):
    """The server took what was asked and says nothing: it is frozen, or the network is."""


# What a statement raises while the database is away, full, or busier than its time limit allows.
UNAVAILABLE: Final = (
    Unreachable,
    TurnedAway,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ObjectNotInPrerequisiteStateError,  # a lock that was not to be had in time
    asyncpg.TransactionRollbackError,  # a deadlock
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,  # it has become a replica
    ConnectionError,
    UnfitConnection,
)


_CONNECT_S: Final = 2

# What the driver raises where it is used wrongly, and also where a connection was ended while it
# lay in the pool.
MISUSED: Final = asyncpg.InterfaceError, asyncpg.InternalClientError

_NOBODY: Final[AbstractAsyncContextManager[None]] = nullcontext()

_party: ContextVar[Hashable | None] = ContextVar("party", default=None)
_only_reads: ContextVar[bool] = ContextVar("only_reads", default=False)


def ask_for(party: Hashable, *, only_reads: bool = False) -> None:
    """From now on this task asks on behalf of `party`, which has no more than its share.

    only_reads: it never writes what it reads, and so misses nothing of its own in what was true
    some seconds ago.
    """
    _party.set(party)
    _only_reads.set(only_reads)


def may_be_behind() -> bool:
    """Whether who this task asks for may be answered by a replica."""
    return _only_reads.get()


class Usage(NamedTuple):
    """How busy a pool is."""

    limit: int
    used: int
    waiting: int
    """Tasks: for a connection, for their party's turn, or for the row that they want to lock."""


class Pool:
    """Connections that everybody gets in turn.

    At most half of them go to one party, and one to those who lock the same row, who would but wait
    for each other in the database: whoever is stuck holds up nobody else.

    The driver's own pool would queue them once more, each time in a task of its own.
    """

    def __init__(self, size: int, connect: Callable[[], Awaitable[Connection]]) -> None:
        self._connect = connect
        self._idle: list[Connection] = []
        self._used: set[Connection] = set()
        self._size = size
        self._everybody = Turns(size)
        self._share = max(1, size // 2)
        self._parties: WeakValueDictionary[Hashable, Turns] = WeakValueDictionary()
        self._rows: WeakValueDictionary[Hashable, Turns] = WeakValueDictionary()

    def usage(self) -> Usage:
        """How busy it is now."""
        queues = (self._everybody, *self._parties.values(), *self._rows.values())
        used = self._size - self._everybody.free
        return Usage(self._size, used, sum(queue.waiting for queue in queues))

    @asynccontextmanager
    async def connection(self, locking: Hashable | None = None) -> AsyncIterator[Connection]:
        """A connection until the end of the block. Raises what UNAVAILABLE lists."""
        row, party = _NOBODY, _NOBODY
        if locking is not None:
            row = _queue(self._rows, locking, 1).turn(Silent, asyncpg.LockNotAvailableError)
        if (who := _party.get()) is not None:
            party = _queue(self._parties, who, self._share).turn(Silent)
        async with row, party, self._everybody.turn(Silent):
            connection = await self._take()
            try:
                yield connection
            except TimeoutError:
                # Asked to cancel, a frozen server would be waited for again.
                connection.terminate()
                raise Silent("no answer to a statement") from None
            except MISUSED as error:
                if connection.is_closed():
                    raise Unreachable(str(error)) from error
                connection.terminate()  # whoever has it next has no part in our fault
                raise
            except asyncio.CancelledError:
                connection.terminate()
                raise
            finally:
                self._give_back(connection)

    @asynccontextmanager
    async def transaction(self, locking: Hashable | None = None) -> AsyncIterator[Connection]:
        """The same, in a transaction that commits on success."""
        async with self.connection(locking) as connection:
            transaction = connection.transaction()
            await transaction.start()
            try:
                yield connection
            except (TimeoutError, asyncio.CancelledError):
                raise  # it ends with the connection
            except BaseException:
                if not connection.is_closed():  # else it has ended by itself: say why it was closed
                    await transaction.rollback()
                raise
            await transaction.commit()

    async def close(self) -> None:
        """Close what can be closed, and end the rest: a frozen server does not hold up a stop."""
        with suppress(TimeoutError, OSError, asyncpg.PostgresError, *MISUSED):
            async with asyncio.timeout(_CONNECT_S):
                for connection in self._idle:
                    await connection.close()
        for connection in (*self._idle, *self._used):
            connection.terminate()

    async def _take(self) -> Connection:
        """The one that was used last; a new one where none is left."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():  # as it is when the server was started again
                break
        else:
            connection = await self._open()
        self._used.add(connection)
        return connection

    async def _open(self) -> Connection:
        try:
            async with asyncio.timeout(_CONNECT_S):
                return await self._connect()
        except TimeoutError:
            raise Silent(f"no connection within {_CONNECT_S} seconds") from None
        except (OSError, *MISUSED) as error:  # refused, reset, or a host name that is gone
            raise Unreachable(str(error)) from error

    def _give_back(self, connection: Connection) -> None:
        """There is nothing to reset: no code of ours changes a session's settings outside a
        transaction, and who locks something for the session lets go of it, whatever happens."""
        self._used.discard(connection)
        if connection.is_closed() or connection.is_in_transaction():
            connection.terminate()
        else:
            self._idle.append(connection)


def _queue(queues: WeakValueDictionary[Hashable, Turns], key: Hashable, places: int) -> Turns:
    """The queue of this key, which there is for as long as somebody stands in it."""
    queue = queues.get(key)
    if queue is None:
        queue = queues[key] = Turns(places)
    return queue
