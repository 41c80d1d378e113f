"""What `make test` tries where there are more cases than it has time for: some of each kind, others
every day. `make test-all` tries all."""

from collections.abc import Iterable
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Whoever draws for the same day draws the same, on every machine and in any order of tests."""

    def __init__(self, day: str, *, thorough: bool) -> None:
        self._day = day
        self._thorough = thorough

    def some(self, cases: Iterable[T], most: int, *of: str) -> list[T]:
        """So many of these at most, in their order; all where nothing is spared.

        of: what they are of. Of another thing, others of the same cases are drawn.
        """
        every = [*cases]
        if self._thorough or len(every) <= most:
            return every
        drawn = self.random(*of).sample(range(len(every)), most)
        return [every[one] for one in sorted(drawn)]

    def random(self, *of: str) -> Random:
        """What decides of such a thing on that day."""
        return Random("\n".join([self._day, *of]))
