"""Taking turns: so many at a time; and nobody waits for nothing behind somebody who is stuck."""

import asyncio
from collections import deque
from contextlib import AbstractAsyncContextManager, suppress
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

    @property
    def free(self) -> int:
        """How many places are left."""
        return self._free

    @property
    def waiting(self) -> int:
        """How many tasks wait for one."""
        return len(self._waiting)

    def turn(self, *stuck: type[Exception]) -> AbstractAsyncContextManager[None]:
        """A place until the end of the block. Raises TurnedAway instead, if it comes to nothing.

        stuck: what says of this block, where it is raised, that others would fare no better. Those
        who wait are turned away with it, instead of finding out each for itself, one by one.
        """
        return _Turn(self, stuck)

    async def come(self) -> None:
        """Wait for a place."""
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
                self.go()  # it came while the wait was being given up
            with suppress(ValueError):
                self._waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise TurnedAway(f"no turn for {_PATIENCE_S} seconds") from None
            raise

    def go(self) -> None:
        """Leave a place to who is next."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def turn_away(self, why: BaseException) -> None:
        """Let nobody wait any longer."""
        for turn in self._waiting:
            if not turn.done():
                turn.set_exception(TurnedAway(f"behind one that got stuck: {why}"))
        self._waiting.clear()


class _Turn(AbstractAsyncContextManager[None]):
    """A class, not a generator: every statement is in two of them."""

    def __init__(self, turns: Turns, stuck: tuple[type[Exception], ...]) -> None:
        self._turns = turns
        self._stuck = stuck

    async def __aenter__(self) -> None:
        await self._turns.come()

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is not None and isinstance(error, self._stuck):
            self._turns.turn_away(error)
        self._turns.go()
