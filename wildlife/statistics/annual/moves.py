"""How the heads of a rescue went, one after the other: out of care, on from there, and back. Pure.

A record tells what became of how many, and when. Heads that were split off have a number of their
own since then, and perhaps another species: what happened to them before is told of the animal that
they were split off from. So all is gone through backwards, from what they came to, to the find:
there every head is still called by the number that it has now.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple, TypeAlias
from uuid import UUID

from wildlife.rescues.codes import Outcome
from wildlife.statistics.annual.told import Animal, End


class Move(NamedTuple):
    """Some heads of one number, that went from what they had come to, to another."""

    at: datetime
    number: int
    heads: int
    before: Outcome
    after: Outcome


class _Went(NamedTuple):
    """By an end."""

    at: datetime
    of: int
    """The number under which the heads were then."""
    end: End


class _SplitOff(NamedTuple):
    at: datetime
    of: int
    part: Animal


class _CameBack(NamedTuple):
    at: datetime
    of: int
    shares: Sequence[tuple[UUID, int]]
    """Of which ends how many."""


_Event: TypeAlias = _Went | _SplitOff | _CameBack
_ORDER: Final = (_Went, _SplitOff, _CameBack)
"""Backwards, of one moment: who comes back is in care the longer."""
_Place: TypeAlias = UUID | None
"""By which end heads went; None: they are in care."""


def moves(animals: Sequence[Animal]) -> Iterator[Move]:
    """Every move of every head, the last first."""
    heads = _Heads(animals)
    events = sorted(_events(animals), key=attrgetter("at"), reverse=True)
    for _, group in groupby(events, key=attrgetter("at")):
        together = sorted(group, key=lambda one: _ORDER.index(type(one)))
        while together:
            last = next((one for one in together if not _rests(together, one)), together[0])
            together.remove(last)
            yield from heads.undo(last)


def _events(animals: Sequence[Animal]) -> Iterator[_Event]:
    """All that happened, each once: an end that heads had come to before they were split off is
    told of both parts."""
    by_number = {one.number: one for one in animals}
    seen = set()
    for animal in animals:
        for end in animal.settled:
            of = animal
            while end.entry_id in of.been and of.split_from in by_number:
                of = by_number[of.split_from]
            if (of.number, end.entry_id) not in seen:
                seen.add((of.number, end.entry_id))
                yield _Went(end.happened_at, of.number, end)
        yield from _came_back(animal)
        if animal.split_at is not None and animal.split_from in by_number:
            yield _SplitOff(animal.split_at, animal.split_from, animal)


def _came_back(animal: Animal) -> Iterator[_CameBack]:
    """Of several ends the first that are named gave all that they had."""
    there = {end.entry_id: end.returned for end in animal.settled}
    for back in animal.taken_back:
        left, shares = back.count, []
        for entry_id in back.been:
            share = min(left, there.get(entry_id, 0))
            shares.append((entry_id, share))
            there[entry_id] = there.get(entry_id, 0) - share
            left -= share
        yield _CameBack(back.happened_at, animal.number, shares)


def _rests(together: Iterable[_Event], event: _Event) -> bool:
    """Whether another one of the same moment rests on what this one did."""
    match event:
        case _Went(end=end):
            return any(_follows(one, end.entry_id) for one in together)
        case _SplitOff(part=part):
            return any(one.of == part.number for one in together)
        case _CameBack():
            return False


def _follows(event: _Event, entry_id: UUID) -> bool:
    match event:
        case _Went(end=end):
            return end.went_from == entry_id
        case _SplitOff(part=part):
            return entry_id in part.been
        case _CameBack(shares=shares):
            return any(of == entry_id for of, _ in shares)


class _Heads:
    """Where all heads are: under which number of then, and by which end they went."""

    def __init__(self, animals: Sequence[Animal]) -> None:
        self._ends: dict[UUID, End] = {}
        self._at: defaultdict[int, dict[_Place, Counter[int]]] = defaultdict(
            lambda: defaultdict(Counter)
        )
        """Of each place, how many of which number of now."""
        self._told: defaultdict[int, Counter[UUID]] = defaultdict(Counter)
        """How many went by each end, as is told under this number."""
        for one in animals:
            self._at[one.number][None][one.number] = one.remaining
            for end in one.settled:
                self._ends[end.entry_id] = end
                self._told[one.number][end.entry_id] = end.count
                left = end.count - end.returned - end.went_on
                self._at[one.number][end.entry_id][one.number] = left

    def undo(self, event: _Event) -> Iterator[Move]:
        """What went by it, when all that came later is undone already."""
        match event:
            case _Went(at, of, end):
                before = end.went_from if end.went_from in self._ends else None
                went = +self._at[of].pop(end.entry_id, Counter())
                for number, heads in went.items():
                    yield Move(at, number, heads, self._outcome(before), end.outcome)
                if before is None:  # of some that nobody saw come back, they were in care
                    lacking = self._told[of][end.entry_id] - went.total()
                    for number, heads in self._taken(of, lacking):
                        yield Move(at, number, heads, end.outcome, Outcome.IN_CARE)
                        yield Move(at, number, heads, Outcome.IN_CARE, end.outcome)
                        self._at[of][None][number] += heads
                self._at[of][before] += went
            case _SplitOff(_, of, part):
                for place, heads_there in self._at.pop(part.number, {}).items():
                    self._at[of][place] += heads_there
                self._told[of] += self._told.pop(part.number, Counter())
            case _CameBack(at, of, shares):
                for entry_id, share in shares:
                    for number, heads in self._taken(of, share):
                        yield Move(at, number, heads, self._outcome(entry_id), Outcome.IN_CARE)
                        self._at[of][entry_id][number] += heads

    def _outcome(self, place: _Place) -> Outcome:
        return Outcome.IN_CARE if place is None else self._ends[place].outcome

    def _taken(self, of: int, wanted: int) -> Iterator[tuple[int, int]]:
        """So many of those in care, as far as there are: of each number some."""
        for number in sorted(self._at[of][None]):
            if (heads := min(wanted, self._at[of][None][number])) > 0:
                self._at[of][None][number] -= heads
                wanted -= heads
                yield number, heads
