"""The database as the service uses it: a pool for each kind of work, so that none starves another;
and, where there is one, a replica for those who only read."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from datetime import tzinfo
from typing import Final, NamedTuple

import asyncpg

from db.codecs import set_codecs
from db.connection import Connection
from db.durability import commit_durably
from db.identity import UnfitConnection, require_fit
from db.pool import UNAVAILABLE, Pool, Usage
from db.replica import Replica, Standing, Tell


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

# A transaction whose client is gone, or stuck in the middle, gives up what it has locked.
_IDLE_IN_TRANSACTION_S: Final = 15

# So soon a statement is ended whose client is gone: what was asked for somebody who left meanwhile,
# or by a worker that was killed.
_GONE_S: Final = 1

# A page takes less time than to compile its plan would; and its rows lie in memory or on a disk
# without heads. Told that to fetch one costs four times as much as to read on, PostgreSQL reads a
# seventh of an index sooner than the few rows of a village: ten times as long among 400,000.
_SEARCHING: Final = {"jit": "off", "random_page_cost": "1.1"}

# Finding out who asks is one short statement; more connections would have nothing to do.
_IDENTIFYING_CONNECTIONS: Final = 4


class ReadFrom(NamedTuple):
    """A streaming replica for those who only read.

    behind_s: how far behind it may be. tell: is told when it begins to be used, and when it is not.
    """

    url: str
    behind_s: float
    tell: Tell


class Database:
    """The service's connections, by what they are for.

    `locking`, where it is given, names those who would but wait for each other in the database:
    for the lock of a row, as a rule.
    """

    def __init__(
        self,
        *,
        identify: Pool,
        write: Pool,
        read: Pool,
        search: Pool,
        claim: Pool,
        replica: Replica | None = None,
    ) -> None:
        self._identify = identify
        self._write = write
        self._read = read
        self._search = search
        self._claim = claim
        self._replica = replica

    def usage(self) -> dict[str, Usage]:
        """How busy the connections are now, by what they are for."""
        pools = {
            "identify": self._identify,
            "write": self._write,
            "read": self._read,
            "search": self._search,
            "claim": self._claim,
        }
        if self._replica is not None:
            pools |= {"replica_read": self._replica.read, "replica_search": self._replica.search}
        return {name: pool.usage() for name, pool in pools.items()}

    def standing(self) -> Standing | None:
        """How the replica stands; None: there is none."""
        return None if self._replica is None else self._replica.standing

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
        """For reading what takes no time; read-only, and the replica's for those who only read."""
        if self._replica is not None and self._replica.serves():
            return self._replica.connection(self._replica.read, self._read)
        return self._read.connection()

    def searching(self) -> AbstractAsyncContextManager[Connection]:
        """For reading what may take long; every query is planned with its actual filters (a query
        with a dozen optional filters has no good generic plan); otherwise like `reading`."""
        if self._replica is not None and self._replica.serves():
            return self._replica.connection(self._replica.search, self._search)
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
    url: str,
    *,
    confined: bool,
    zone: tzinfo,
    size: int = 8,
    limited: bool = False,
    read_from: ReadFrom | None = None,
) -> AsyncIterator[Database]:
    """Open the pools on `url`, those for reading and for writing with up to `size` connections
    each, and close them at the end. A database that is away is found again by itself.

    confined: the login may not own the tables, nor be able to act as who does.
    zone: the zone in which every `timestamptz` is handed out.
    limited: whether statements have a limited time, as they must where people wait for each other.
    read_from: a replica, which may be away, too.

    Raises UnfitConnection where a connection is not what it was opened to be.
    """

    async with AsyncExitStack() as stack:

        def open_pool(size: int, limits: Limits, at: str = url, **settings: str) -> Pool:
            if limited:
                settings |= _as_settings(limits)

            async def connect() -> Connection:
                connection = await asyncpg.connect(
                    at,
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
                    if "default_transaction_read_only" not in settings:
                        await commit_durably(connection)
                except BaseException:
                    connection.terminate()
                    raise
                return connection

            pool = Pool(size, connect)
            stack.push_async_callback(pool.close)
            return pool

        read_only = {"default_transaction_read_only": "on", "plan_cache_mode": "force_custom_plan"}

        def open_reading(at: str) -> tuple[Pool, Pool]:
            """For what takes no time, and for what may take long."""
            return (
                open_pool(size, _QUICK, at, **read_only),
                open_pool(max(1, size // 2), _PATIENT, at, **_SEARCHING, **read_only),
            )

        identify = open_pool(_IDENTIFYING_CONNECTIONS, _QUICK)
        read, search = open_reading(url)
        replica = None
        if read_from is not None:
            its_read, its_search = open_reading(read_from.url)
            replica = Replica(
                read=its_read,
                search=its_search,
                primary=identify,
                behind_s=read_from.behind_s,
                tell=read_from.tell,
            )
            following = asyncio.create_task(replica.follow())
            stack.push_async_callback(_ended, following)
        database = Database(
            identify=identify,
            write=open_pool(size, _QUICK),
            read=read,
            search=search,
            claim=open_pool(1, _QUICK),
            replica=replica,
        )
        try:
            async with database.writing():
                pass
        except UnfitConnection:
            raise  # it is wrong for good
        except UNAVAILABLE:
            pass
        yield database


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _as_settings(limits: Limits) -> dict[str, str]:
    return {
        "lock_timeout": _as_written(limits.lock_s),
        "statement_timeout": _as_written(limits.statement_s),
        "idle_in_transaction_session_timeout": _as_written(_IDLE_IN_TRANSACTION_S),
        "client_connection_check_interval": _as_written(_GONE_S),
    }


def _as_written(seconds: float) -> str:
    """A time as PostgreSQL writes it, so that it can be told whether it holds."""
    return f"{seconds:.0f}s" if seconds == int(seconds) else f"{seconds * 1000:.0f}ms"
