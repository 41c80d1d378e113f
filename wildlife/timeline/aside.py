"""Entries of one moment that can't be yet, and may be once another one of it was. Pure."""

from collections import deque
from collections.abc import Hashable
from itertools import count
from operator import itemgetter

from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.entry import Impossible


class Aside:
    """Those that wait, in their order. Of those that need the same all can be, or none: one of them
    is tried for all, so that hundreds that wait for one thing are not tried with every other."""

    def __init__(self) -> None:
        self._places = count()
        self._waiting: dict[Hashable, deque[tuple[int, RecordedEntry]]] = {}
        self._why: dict[Hashable, Impossible] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def put(self, recorded: RecordedEntry, why: Impossible) -> None:
        """One that comes after those that wait; or that does already, and why it still does."""
        need = recorded.body.need
        self._why[need] = why
        waiting = self._waiting.setdefault(need, deque())
        if not waiting or waiting[0][1] is not recorded:
            waiting.append((next(self._places), recorded))

    def to_try(self) -> list[RecordedEntry]:
        """The first of those that need the same, of each, in their order."""
        return [first for _, first in sorted(one[0] for one in self._waiting.values())]

    def take(self, recorded: RecordedEntry) -> Impossible:
        """One of those to try waits no more: with why it could not be."""
        need = recorded.body.need
        waiting = self._waiting[need]
        waiting.popleft()
        if not waiting:
            del self._waiting[need]
        return self._why[need]

    def take_all(self) -> list[tuple[RecordedEntry, Impossible]]:
        """None waits any more: each in its order, with why it can't be."""
        of_each = [(*one, self._why[need]) for need, ones in self._waiting.items() for one in ones]
        self._waiting.clear()
        return [(recorded, why) for _, recorded, why in sorted(of_each, key=itemgetter(0))]
