"""Two pools on one PostgreSQL: one that writes, one that only reads."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

from db.identity import UnfitConnection, require_fit

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

# What a statement raises while the database is away, full, or busier than its time limit allows.
UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # of a connection that was ended while it lay in the pool
    asyncpg.CannotConnectNowError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    ConnectionError,
    UnfitConnection,
)

# What a reading session is opened with, as PostgreSQL writes it.
_READING = {
    "default_transaction_read_only": "on",
    "plan_cache_mode": "force_custom_plan",
    "statement_timeout": "30s",
}

# PostgreSQL counts microseconds from here.
_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_MICROSECOND = timedelta(microseconds=1)

# The first and the last time, a day from the ends of Python's calendar, that every zone can tell.
# PostgreSQL holds earlier and later ones, and infinity; what they are read as is the nearest.
_FIRST = (datetime(1, 1, 2, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime(9999, 12, 30, tzinfo=UTC) - _EPOCH) // _MICROSECOND


class Database:
    """The service's connections.

    `reading()` gives a read-only connection that plans every query with its actual filters
    (a query with a dozen optional filters has no good generic plan) and may one day point at a
    replica; `writing()` gives one in which only explicit transactions group statements.
    """

    def __init__(self, write: Pool, read: Pool) -> None:
        self._write = write
        self._read = read

    def writing(self) -> "AbstractAsyncContextManager[Connection]":
        return self._write.acquire()

    def reading(self) -> "AbstractAsyncContextManager[Connection]":
        return self._read.acquire()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A transaction that commits on success; the answer is written after it ends."""
        async with self._write.acquire() as connection, connection.transaction():
            yield connection


@asynccontextmanager
async def open_database(
    url: str, *, confined: bool, zone: tzinfo, size: int = 8
) -> AsyncIterator[Database]:
    """Open both pools on `url` (up to `size` connections each) and close them at the end.

    confined: the login may not own the tables, nor be able to act as who does.
    zone: the zone in which every `timestamptz` is handed out.

    Raises UnfitConnection where a connection is not what it was opened to be.
    """

    async def prepare_writing(connection: Connection) -> None:
        await require_fit(connection, confined=confined)
        await _set_codecs(connection, zone)

    async def prepare_reading(connection: Connection) -> None:
        await require_fit(connection, confined=confined, read_only=True, asked=_READING)
        await _set_codecs(connection, zone)

    async with (
        asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            init=prepare_writing,
            reset=_keep_session,
            max_inactive_connection_lifetime=0,
        ) as write,
        asyncpg.create_pool(
            url,
            min_size=1,
            max_size=size,
            init=prepare_reading,
            reset=_keep_session,
            max_inactive_connection_lifetime=0,
            server_settings=_READING,
        ) as read,
    ):
        yield Database(write, read)


async def _keep_session(_: Connection) -> None:
    """Nothing to reset: no code of ours changes a session's settings outside a transaction."""


async def _set_codecs(connection: Connection, zone: tzinfo) -> None:
    def decode_time(parts: tuple[int]) -> datetime:
        return (_EPOCH + timedelta(microseconds=_possible(parts[0]))).astimezone(zone)

    def encode_time(time: datetime) -> tuple[int]:
        return ((time - _EPOCH) // _MICROSECOND,)

    await connection.set_type_codec(
        "timestamptz",
        schema="pg_catalog",
        encoder=encode_time,
        decoder=decode_time,
        format="tuple",
    )
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=_encode_jsonb,
        decoder=_decode_jsonb,
        format="binary",
    )


def _possible(microseconds: int) -> int:
    """Reading a row never fails on its times."""
    return min(max(microseconds, _FIRST), _LAST)


# On the wire jsonb is JSON after the number of its format, which is 1.
_JSONB_FORMAT = b"\x01"


def _encode_jsonb(document: bytes) -> bytes:
    """A jsonb parameter is the encoded document."""
    return _JSONB_FORMAT + document


def _decode_jsonb(document: bytes) -> Any:
    """A jsonb column is decoded to builtins."""
    return msgspec.json.decode(document[1:])
