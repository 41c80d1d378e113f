"""What is done between requests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from contextvars import copy_context
from typing import Final

import structlog

from db.pool import UNAVAILABLE, ask_for
from media.store import StoreUnavailable

log = structlog.get_logger()

_EVERY_S: Final = 600


@asynccontextmanager
async def working_in_background(work: Iterable[Coroutine[None, None, None]]) -> AsyncIterator[None]:
    """Work that goes on until the end of the block; what is left then is found again."""
    context = copy_context()
    context.run(ask_for, "background")  # it gets its share of the database, and no more
    tasks = [asyncio.create_task(one, context=context) for one in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def again_and_again(
    put_off: str, work: Callable[[], Awaitable[None]], every_s: float = _EVERY_S
) -> None:
    """Work that is done in rounds. put_off: what the log says when database or disk is away.
    every_s: how long between two of them."""
    while True:
        try:
            await work()
        except (*UNAVAILABLE, StoreUnavailable, OSError) as error:
            log.warning(put_off, error=error)
        except Exception:  # a fault of ours, which must not end all later rounds
            log.exception("internal_error")
        await asyncio.sleep(every_s)
