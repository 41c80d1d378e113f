"""What the measurement says, as Markdown."""

import os
import platform
from collections.abc import Mapping

import asyncpg

from bench.rounds import Figures


def table(
    measured: Mapping[str, Figures],
    limit: Figures,
    memory_mb: Mapping[str, float],
    *,
    what: str = "requests",
) -> str:
    """A line a contestant: how many of `what` it did. The limit is the measure of the others."""
    lines = [
        f"| contestant | {what}/s | (rounds) | p50 ms | p99 ms | CPU ms | of the limit | memory MB"
        " |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, one in measured.items():
        cells = (
            name,
            f"{one.per_second:.0f}",
            f"{one.slowest_per_second:.0f}–{one.fastest_per_second:.0f}",
            f"{one.p50_ms:.2f}",
            f"{one.p99_ms:.2f}",
            "–" if one.cpu_ms is None else f"{one.cpu_ms:.2f}",
            f"{one.per_second / limit.per_second:.0%}",
            f"{memory_mb[name]:.0f}" if name in memory_mb else "–",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def aim(what: str, measured: float, wanted: float, *, unit: str, at_most: bool = False) -> str:
    """A line that sets what was measured beside what is aimed at."""
    reached = measured <= wanted if at_most else measured >= wanted
    bound = "at most" if at_most else "at least"
    verdict = "reached" if reached else "not reached"
    return f"- {what}: {measured:.1f}{unit} (aim: {bound} {wanted:g}{unit}, {verdict})"


async def machine(url: str) -> str:
    """On what it was measured, and that commits were durable."""
    connection = await asyncpg.connect(url)
    try:
        version = await connection.fetchval("show server_version")
        durability = [
            f"{name} {await connection.fetchval(f'show {name}')}"
            for name in ("fsync", "synchronous_commit")
        ]
    finally:
        await connection.close()
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()},"
        f" PostgreSQL {version} ({', '.join(durability)})"
    )
