"""SQL whose parameters have names, so that a new one renumbers nothing."""

import re
from collections.abc import Mapping
from typing import Final, TypeVar

import asyncpg
import msgspec

from db.pool import Connection

T = TypeVar("T", bound=msgspec.Struct)

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
        return await connection.fetch(self.text, *(values[name] for name in self._names))

    async def all(
        self, connection: Connection, struct: type[T], values: Mapping[str, object]
    ) -> list[T]:
        """Every row as a `struct`, whose fields are named like the columns."""
        return [msgspec.convert(dict(row), struct) for row in await self.rows(connection, values)]

    async def one(
        self, connection: Connection, struct: type[T], values: Mapping[str, object]
    ) -> T | None:
        """The first row as a `struct`, or None."""
        found = await self.all(connection, struct, values)
        return found[0] if found else None
