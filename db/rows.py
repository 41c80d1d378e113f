"""Rows to Structs: a query names its columns like the Struct's fields."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeVar

import msgspec

from db.connection import Connection
from db.database import Database

T = TypeVar("T", bound=msgspec.Struct)
Row = TypeVar("Row")
Key = TypeVar("Key")

_AT_ONCE: Final = 500


async def fetch_all(connection: Connection, struct: type[T], sql: str, *args: object) -> list[T]:
    """Every row of `sql` as a `struct`."""
    return [
        msgspec.convert(dict(row), struct, from_attributes=False)
        for row in await connection.fetch(sql, *args)
    ]


async def fetch_one(connection: Connection, struct: type[T], sql: str, *args: object) -> T | None:
    """The one row of `sql` as a `struct`, or None."""
    row = await connection.fetchrow(sql, *args)
    return None if row is None else msgspec.convert(dict(row), struct)


async def fetch_in_batches(
    database: Database,
    fetch: Callable[[Connection, Key | None, int], Awaitable[list[Row]]],
    key: Callable[[Row], Key],
) -> AsyncIterator[Row]:
    """All rows, of which `fetch` gets so many after one with this key; while one is looked at, no
    connection is held."""
    after: Key | None = None
    while True:
        async with database.reading() as connection:
            batch = await fetch(connection, after, _AT_ONCE)
        for row in batch:
            yield row
        if len(batch) < _AT_ONCE:
            return
        after = key(batch[-1])
