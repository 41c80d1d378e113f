"""Many things, a few at a time: while one waits for a disk or the database, another is worked
at."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

T = TypeVar("T")

_AT_ONCE: Final = 4


async def each(items: Iterable[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Do `work` for every one; with the first that fails all of it ends, and that is raised."""
    waiting = iter(items)

    async def take() -> None:
        for item in waiting:
            await work(item)

    takers = [asyncio.create_task(take()) for _ in range(_AT_ONCE)]
    try:
        await asyncio.gather(*takers)
    finally:
        for one in takers:
            one.cancel()
        await asyncio.gather(*takers, return_exceptions=True)
