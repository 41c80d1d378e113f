"""Chance that comes out the same each time: what is invented follows from a seed alone. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar
from uuid import UUID

T = TypeVar("T")


class Weighted(Generic[T]):
    """Things, each as likely as it weighs."""

    def __init__(self, things: Iterable[tuple[T, float]]) -> None:
        self.things, weights = zip(*things, strict=True)
        self._up_to = [*accumulate(weights)]

    def drawn(self, chance: Random) -> T:
        """One of them."""
        drawn: T = chance.choices(self.things, cum_weights=self._up_to)[0]
        return drawn


class Chance(Random):
    """What comes of a seed: the same text, the same draws."""

    def __init__(self, seed: str) -> None:
        super().__init__(seed)

    def happens(self, share: float) -> bool:
        """True in that share of the cases."""
        return self.random() < share

    def one_of(self, things: Sequence[T], share: float = 1) -> T | None:
        """One of them, in that share of the cases; None in the others."""
        return self.choice(things) if self.happens(share) else None

    def id_at(self, at: datetime) -> UUID:
        """A UUIDv7 of that moment (RFC 9562)."""
        milliseconds = int(at.timestamp() * 1000)
        drawn = self.getrandbits(74)
        return UUID(
            int=milliseconds << 80 | 7 << 76 | drawn >> 62 << 64 | 2 << 62 | drawn & (1 << 62) - 1
        )

    def digest(self) -> str:
        """What could be a SHA-256, in hexadecimal."""
        return f"{self.getrandbits(256):064x}"
