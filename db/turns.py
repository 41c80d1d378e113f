"""Taking turns: so many at a time; and nobody waits for nothing behind somebody who is stuck."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

# There is a queue where much is asked at once, and it moves. Who waits this long is told so.
_PATIENCE_S: Final = 10


class TurnedAway(Exception):
    """There was no turn: whoever was before got stuck, or too many were."""


class Turns:
    """Lets `places` tasks work at the same time; the others wait, first come first served."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self, *stuck: type[Exception]) -> AsyncIterator[None]:
        """A place until the end of the block. Raises TurnedAway instead, if it comes to nothing.

        stuck: what says of this block, where it is raised, that others would fare no better. Those
        who wait are turned away with it, instead of finding out each for itself, one by one.
        """
        await self._come()
        try:
            yield
        except stuck as error:
            self._turn_away(error)
            raise
        finally:
            self._go()

    async def _come(self) -> None:
        if self._free:
            self._free -= 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._go()  # it came while the wait was being given up
            with suppress(ValueError):
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise TurnedAway(f"no turn for {_PATIENCE_S} seconds") from None
            raise

    def _go(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _turn_away(self, why: Exception) -> None:
        for turn in self._waiting:
            if not turn.done():
                turn.set_exception(TurnedAway(f"behind one that got stuck: {why}"))
        self._waiting.clear()
