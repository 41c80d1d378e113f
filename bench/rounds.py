"""What one round of one contestant measured, and what the rounds say together."""

import asyncio
import statistics
import time
import uuid
from collections.abc import Awaitable, Callable
from random import getrandbits
from typing import NamedTuple, TypeAlias


class Round(NamedTuple):
    """One contestant, run without a pause for some seconds."""

    seconds: float
    latencies_s: list[float]
    processor_s: float | None = None
    """What those who did it took of the processors, where that was looked at."""

    @property
    def per_second(self) -> float:
        return len(self.latencies_s) / self.seconds

    def percentile_ms(self, percent: int) -> float:
        return statistics.quantiles(self.latencies_s, n=100)[percent - 1] * 1000


Contestant: TypeAlias = Callable[[float], Awaitable[Round]]
"""Does its job through all its connections for the given seconds, again and again."""


class Figures(NamedTuple):
    """The medians over a contestant's rounds, and how far the rounds lie apart."""

    per_second: float
    slowest_per_second: float
    fastest_per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float | None
    """Processor time for each; where others use the machine, more to be trusted than the others."""


def figures(rounds: list[Round]) -> Figures:
    per_second = [one.per_second for one in rounds]
    cpu_ms = [
        one.processor_s * 1000 / len(one.latencies_s)
        for one in rounds
        if one.processor_s is not None
    ]
    return Figures(
        statistics.median(per_second),
        min(per_second),
        max(per_second),
        statistics.median(one.percentile_ms(50) for one in rounds),
        statistics.median(one.percentile_ms(99) for one in rounds),
        statistics.median(cpu_ms) if cpu_ms else None,
    )


def weighed(run: Contestant, processor_s: Callable[[], float]) -> Contestant:
    """The same, with the processor time that it takes."""

    async def weigh(seconds: float) -> Round:
        before = processor_s()
        one = await run(seconds)
        return one._replace(processor_s=processor_s() - before)

    return weigh


async def alternate(
    contestants: dict[str, Contestant], *, rounds: int, seconds: float, warm_up_s: float
) -> dict[str, Figures]:
    """Run the contestants in turn, there and back again, so that what disturbs the machine for a
    while disturbs all of them; one round of each beforehand warms up and doesn't count."""
    measured: dict[str, list[Round]] = {name: [] for name in contestants}
    order = list(contestants.items())
    for turn in range(rounds + 1):
        order.reverse()
        for name, run in order:
            async with asyncio.timeout(seconds + 30):
                one = await run(seconds if turn else warm_up_s)
            if turn:
                measured[name].append(one)
    return {name: figures(its_rounds) for name, its_rounds in measured.items()}


def new_id() -> uuid.UUID:
    """A UUIDv7, as a phone makes one."""
    milliseconds = time.time_ns() // 1_000_000
    return uuid.UUID(
        int=milliseconds << 80 | 7 << 76 | getrandbits(12) << 64 | 2 << 62 | getrandbits(62)
    )
