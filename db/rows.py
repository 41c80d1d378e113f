"""Rows to Structs: a query names its columns like the Struct's fields."""

from typing import TypeVar

import msgspec

from db.pool import Connection

T = TypeVar("T", bound=msgspec.Struct)


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
