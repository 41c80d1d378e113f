"""Chunks as a network brings them, joined to pieces that are worth a thread's while."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Final

from anyio import CancelScope

# A thread costs more than a small write, and memory is for everybody. The parts that clients cut
# are no larger, mostly, and one piece.
_PIECE_BYTES: Final = 512 * 1024

# No byte waits longer than this to be written: it may be the last for a long time, and over one
# bar of signal it takes a minute to fill a piece.
_WAIT_S: Final = 0.25


async def write_as_it_comes(
    chunks: AsyncIterator[bytes],
    write: Callable[[bytes, bool], Awaitable[None]],
    *,
    piece_bytes: int = _PIECE_BYTES,
) -> None:
    """Pass all of `chunks` on to `write`, joined to pieces of about `piece_bytes`, one call at a
    time, and tell it which one is the last.

    What has come is written a moment later at the latest, and also when `chunks` break off. So of
    a body that hangs nothing stays in memory, and while it hangs nothing is done.
    """
    waiting: list[bytes] = []
    waiting_bytes = 0
    one_at_a_time, came, over = asyncio.Lock(), asyncio.Event(), asyncio.Event()

    async def write_waiting(*, is_last: bool = False) -> None:
        nonlocal waiting_bytes
        async with one_at_a_time:
            count, taken = len(waiting), b"".join(waiting)
            await write(taken, is_last)
            del waiting[:count]
            waiting_bytes -= len(taken)

    async def write_in_time() -> None:
        while await came.wait() and not over.is_set():
            came.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_WAIT_S):
                    await over.wait()
            if waiting and not over.is_set():
                # Whatever is wrong is wrong for the next write as well, which tells.
                with suppress(Exception):
                    await write_waiting()

    in_time = asyncio.create_task(write_in_time())
    try:
        async for chunk in chunks:
            waiting.append(chunk)
            waiting_bytes += len(chunk)
            came.set()
            if waiting_bytes > piece_bytes:
                await write_waiting()
        await write_waiting(is_last=True)
    except BaseException:
        if waiting:  # and if that is what went wrong, it is told already
            with CancelScope(shield=True), suppress(Exception):
                await write_waiting()
        raise
    finally:
        over.set()
        came.set()
        await in_time
