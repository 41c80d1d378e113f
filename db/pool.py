"""The connections to one PostgreSQL: a pool for each kind of work, so that none starves another."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    nullcontext,
    suppress,
)
from contextvars import ContextVar
from datetime import tzinfo
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

import asyncpg

from db.codecs import set_codecs
from db.connection import Connection
from db.identity import UnfitConnection, require_fit
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


class Limits(NamedTuple):
    """How long a pool's statements may take, in seconds."""

    lock_s: float
    """Waiting for a row that somebody else has locked."""
    statement_s: float
    """All in all. The server ends a statement then, and says so."""

    @property
    def answer_s(self) -> float:
        """After which a server that has not even said so is frozen."""
        return self.statement_s + 0.5


# What a request does to a record takes milliseconds. What takes longer waits for something that is
# stuck, and whoever asked is better off with an answer than with a connection that others need.
_QUICK: Final = Limits(lock_s=1.5, statement_s=2)

# A question with many filters may really take long, and the person who asked it waits for it; but
# hardly for longer than this.
_PATIENT: Final = Limits(lock_s=1.5, statement_s=15)

_CONNECT_S: Final = 2

# A transaction whose client is gone, or stuck in the middle, gives up what it has locked.
_IDLE_IN_TRANSACTION_S: Final = 15

# Finding out who asks is one short statement; more connections would have nothing to do.
_IDENTIFYING_CONNECTIONS: Final = 4

# What the driver raises where it is used wrongly, and also where a connection was ended while it
# lay in the pool.
MISUSED: Final = asyncpg.InterfaceError, asyncpg.InternalClientError

_NOBODY: Final[AbstractAsyncContextManager[None]] = nullcontext()

_party: ContextVar[Hashable | None] = ContextVar("party", default=None)


def ask_for(party: Hashable) -> None:
    """From now on this task asks on behalf of `party`, which has no more than its share."""
    _party.set(party)


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


class Database:
    """The service's connections, by what they are for.

    `locking`, where it is given, names those who would but wait for each other in the database:
    for the lock of a row, as a rule.
    """

    def __init__(
        self, *, identify: Pool, write: Pool, read: Pool, search: Pool, claim: Pool
    ) -> None:
        self._identify = identify
        self._write = write
        self._read = read
        self._search = search
        self._claim = claim

    def usage(self) -> dict[str, Usage]:
        """How busy the connections are now, by what they are for."""
        pools = {
            "identify": self._identify,
            "write": self._write,
            "read": self._read,
            "search": self._search,
            "claim": self._claim,
        }
        return {name: pool.usage() for name, pool in pools.items()}

    def identifying(self) -> AbstractAsyncContextManager[Connection]:
        """For finding out who asks: there, whatever else is stuck."""
        return self._identify.connection()

    def signing_in(
        self, locking: Hashable | None = None
    ) -> AbstractAsyncContextManager[Connection]:
        """A transaction in which sessions begin, go on and end: there, whatever else is stuck."""
        return self._identify.transaction(locking)

    def writing(self, locking: Hashable | None = None) -> AbstractAsyncContextManager[Connection]:
        """For writing; only explicit transactions group statements."""
        return self._write.connection(locking)

    def reading(self) -> AbstractAsyncContextManager[Connection]:
        """For reading what takes no time; read-only, and it may one day be a replica's."""
        return self._read.connection()

    def searching(self) -> AbstractAsyncContextManager[Connection]:
        """For reading what may take long; every query is planned with its actual filters (a query
        with a dozen optional filters has no good generic plan)."""
        return self._search.connection()

    def claiming(self) -> AbstractAsyncContextManager[Connection]:
        """For writing, to one who works for long and whose session holds the claims to what is
        worked on: the only one of its kind, so that nobody else waits for it."""
        return self._claim.connection()

    def transaction(
        self, locking: Hashable | None = None
    ) -> AbstractAsyncContextManager[Connection]:
        """A transaction that commits on success; the answer is written after it ends."""
        return self._write.transaction(locking)


@asynccontextmanager
async def open_database(
    url: str, *, confined: bool, zone: tzinfo, size: int = 8, limited: bool = False
) -> AsyncIterator[Database]:
    """Open the pools on `url`, those for reading and for writing with up to `size` connections
    each, and close them at the end. A database that is away is found again by itself.

    confined: the login may not own the tables, nor be able to act as who does.
    zone: the zone in which every `timestamptz` is handed out.
    limited: whether statements have a limited time, as they must where people wait for each other.

    Raises UnfitConnection where a connection is not what it was opened to be.
    """

    async with AsyncExitStack() as stack:

        def open_pool(size: int, limits: Limits, **settings: str) -> Pool:
            if limited:
                settings |= _as_settings(limits)

            async def connect() -> Connection:
                connection = await asyncpg.connect(
                    url,
                    command_timeout=limits.answer_s if limited else None,
                    server_settings=settings,
                )
                try:
                    await require_fit(
                        connection,
                        confined=confined,
                        read_only="default_transaction_read_only" in settings,
                        asked=settings,
                    )
                    await set_codecs(connection, zone)
                except BaseException:
                    connection.terminate()
                    raise
                return connection

            pool = Pool(size, connect)
            stack.push_async_callback(pool.close)
            return pool

        read_only = {"default_transaction_read_only": "on", "plan_cache_mode": "force_custom_plan"}
        database = Database(
            identify=open_pool(_IDENTIFYING_CONNECTIONS, _QUICK),
            write=open_pool(size, _QUICK),
            read=open_pool(size, _QUICK, **read_only),
            # A page takes less time than to compile its plan would.
            search=open_pool(max(1, size // 2), _PATIENT, jit="off", **read_only),
            claim=open_pool(1, _QUICK),
        )
        try:
            async with database.writing():
                pass
        except UnfitConnection:
            raise  # it is wrong for good
        except UNAVAILABLE:
            pass
        yield database


def _as_settings(limits: Limits) -> dict[str, str]:
    return {
        "lock_timeout": _as_written(limits.lock_s),
        "statement_timeout": _as_written(limits.statement_s),
        "idle_in_transaction_session_timeout": _as_written(_IDLE_IN_TRANSACTION_S),
    }


def _as_written(seconds: float) -> str:
    """A time as PostgreSQL writes it, so that it can be told whether it holds."""
    return f"{seconds:.0f}s" if seconds == int(seconds) else f"{seconds * 1000:.0f}ms"
