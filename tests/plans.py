"""What the service asks of the database meanwhile, and how PostgreSQL goes about it."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import asyncpg
import pytest

from db.connection import Connection


class Asked(NamedTuple):
    """A statement, as the service runs it."""

    text: str
    args: tuple[Any, ...]


class Recorder:
    """What is asked of the database meanwhile."""

    def __init__(self, patched: pytest.MonkeyPatch) -> None:
        self.asked: list[Asked] = []
        for name in ("fetch", "fetchrow", "fetchval", "execute"):
            patched.setattr(asyncpg.Connection, name, self._recorded(name))

    def _recorded(self, name: str) -> Any:
        does = getattr(asyncpg.Connection, name)

        async def record(connection: Any, text: str, *args: Any, **kwargs: Any) -> Any:
            self.asked.append(Asked(text, args))
            return await does(connection, text, *args, **kwargs)

        return record


class Plan(NamedTuple):
    """How a statement was run, or would be."""

    scanned: set[str]
    """Tables of which every row was looked at, whichever there are."""
    looked_at: dict[str, int]
    """Rows of each table that is named."""


async def plan(connection: Connection, asked: Asked) -> Plan | None:
    """How a statement is run, planned for its values as the service lets it be, and leaving nothing
    behind; None for what is not planned."""
    if not asked.text.lstrip().startswith(("select", "with", "insert", "update", "delete")):
        return None
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute("set local plan_cache_mode = force_custom_plan")
        explained = await connection.fetchval(
            f"explain (analyze, format json) {asked.text}", *asked.args
        )
    finally:
        await transaction.rollback()
    plans = explained if isinstance(explained, list) else json.loads(explained)
    scanned, looked_at = set(), dict[str, int]()
    for node in _nodes(plans[0]["Plan"]):
        if (table := node.get("Relation Name")) is None:
            continue
        looked_at.setdefault(table, 0)
        if node["Node Type"] == "Seq Scan":
            scanned.add(table)
        if node["Node Type"] not in ("Index Only Scan", "ModifyTable"):
            looked_at[table] += _rows(node)
    return Plan(scanned, looked_at)


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _rows(node: dict[str, Any]) -> int:
    removed = sum(many for what, many in node.items() if what.startswith("Rows Removed"))
    return int((node["Actual Rows"] + removed) * node["Actual Loops"])
