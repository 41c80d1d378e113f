"""How long something took."""

import msgspec
from asyncpg import Record


class Lasting(msgspec.Struct, frozen=True):
    """历时。How long something took, of those of which that is known."""

    measured: int
    """计入数量。Of how many it is known."""
    p25: float | None
    """下四分位数。At most so long for one of four; null: it is known of none."""
    median: float | None
    """中位数。At most so long for half of them; null: it is known of none."""
    p75: float | None
    """上四分位数。At most so long for three of four; null: it is known of none."""
    p90: float | None
    """第 90 百分位数。At most so long for nine of ten; null: it is known of none."""


def days_between(since: str, until: str) -> str:
    """Whole days between two columns: 0 where the second was before the first."""
    return f"floor({_seconds(since, until)} / 86400)::float8"


def hours_between(since: str, until: str) -> str:
    """Hours between two columns, with one decimal: 0 where the second was before the first."""
    return f"round({_seconds(since, until)} / 3600, 1)::float8"


def _seconds(since: str, until: str) -> str:
    return f"extract(epoch from case when {until} < {since} then '0' else {until} - {since} end)"


def lasting(row: Record) -> Lasting:
    """How long it took, of a row of a statistic."""
    return Lasting(row["measured"], row["p25"], row["median"], row["p75"], row["p90"])
