"""SQL whose parameters have names, so that a new one renumbers nothing."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final

import asyncpg

from db.connection import Connection
from db.rows import T, fetch_all, fetch_one

# `:name`, but neither a cast (`::text`) nor what stands in JSON or in a slice (`":"`, `[1:2]`).
_NAME: Final = re.compile(r"(?<![:\w]):([a-z_][a-z0-9_]*)\b")


class Statement:
    """A statement, numbered for PostgreSQL once: when it is made, which is at import."""

    def __init__(self, sql: str) -> None:
        self._names = list(dict.fromkeys(_NAME.findall(sql)))
        self.text = _NAME.sub(lambda name: f"${self._names.index(name[1]) + 1}", sql)

    async def rows(
        self, connection: Connection, values: Mapping[str, object]
    ) -> list[asyncpg.Record]:
        """Every row. `values` are the parameters; KeyError where one is missing."""
        return await connection.fetch(self.text, *self._numbered(values))

    async def all(
        self, connection: Connection, struct: type[T], values: Mapping[str, object]
    ) -> list[T]:
        """Every row as a `struct`, whose fields are named like the columns."""
        return await fetch_all(connection, struct, self.text, *self._numbered(values))

    async def one(
        self, connection: Connection, struct: type[T], values: Mapping[str, object]
    ) -> T | None:
        """The one row as a `struct`, or None."""
        return await fetch_one(connection, struct, self.text, *self._numbered(values))

    async def batches(
        self, connection: Connection, values: Mapping[str, object], at_once: int
    ) -> AsyncIterator[list[asyncpg.Record]]:
        """Every row, so many at a time: for what all together is too much. In a transaction."""
        cursor = await connection.cursor(self.text, *self._numbered(values))
        while rows := await cursor.fetch(at_once):
            yield rows

    def _numbered(self, values: Mapping[str, object]) -> list[object]:
        return [values[name] for name in self._names]
