"""How many rows there are of what is asked for: counted, or estimated as the planner does."""

from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec

from db.connection import Connection
from db.sql import Statement

_COUNTED: Final = 10_000
"""So many are counted in any case: what the planner thinks of fewer is far off; and it thinks of
all rows that there are, of which who sees few would learn something."""


class Total(NamedTuple):
    """How many there are. What is estimated may be more or less."""

    rows: int
    is_estimated: bool


async def count_rows(
    connection: Connection, rows: str, values: Mapping[str, object], count: str
) -> Total:
    """How many rows there are. rows: `from … where …`, as SQL with these values.
    count: `exact` or `estimated`."""
    if count == "exact":
        return Total(await _number(connection, f"select count(*) {rows}", values), False)
    beginning = f"select count(*) from (select {rows} limit {_COUNTED + 1}) counted"
    counted = await _number(connection, beginning, values)
    if counted <= _COUNTED:
        return Total(counted, False)
    [plan] = await Statement(f"explain (format json) select {rows}").rows(connection, values)
    estimated = int(msgspec.json.decode(plan[0])[0]["Plan"]["Plan Rows"])
    return Total(max(estimated, counted), True)


async def _number(connection: Connection, sql: str, values: Mapping[str, object]) -> int:
    [row] = await Statement(sql).rows(connection, values)
    number: int = row[0]
    return number
