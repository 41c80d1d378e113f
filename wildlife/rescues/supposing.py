"""What an entry that could be when it came supposes of its animal, when something comes late. Pure.

An escape that is told of days later is no less true because somebody has weighed the animal since:
it had come back. Nobody has to void what is right to say what is right. But the same said twice is
rather one thing that two have filed, and supposes nothing. What is supposed follows from what is on
the timeline, whatever was known as the entry came: it is the same in whatever order all came.
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from wildlife.rescues.animal import KEPT, AnimalState, Settled
from wildlife.rescues.ends import Return, Settling, SettlingEntry
from wildlife.rescues.entries import AnimalEntry
from wildlife.rescues.numbers import Split
from wildlife.rescues.settling import brought_back, gone_again, outcome_of, recipient_of
from wildlife.rescues.steps import may_follow, may_return
from wildlife.words.vocabularies import RecordFlag


class Supposed(NamedTuple):
    """An animal as an entry supposes it to be, and what is shown of that."""

    animal: AnimalState
    entry: AnimalEntry
    """As it is to be understood."""
    flag: RecordFlag


def supposed(animal: AnimalState, entry: AnimalEntry, before: Sequence[Settled]) -> Supposed | None:
    """None where nothing can be supposed: nobody comes back from the dead.

    before: the ends of those of which it was split off, the nearest last.
    """
    away = [end for end in animal.settled if may_return(end)]
    named = None
    if isinstance(entry, Return | Settling | Split) and entry.entry_id is not None:
        there = [end for end in (*before, *animal.settled) if end.entry_id == entry.entry_id]
        if not there:
            return None  # it rests on what is not there any more
        named, entry = there[-1], replace(entry, entry_id=None)
    match entry:
        case Return():
            return _returned(animal, entry, named, away, before)
        case Settling():
            return _settled(animal, entry, named, away)
        case Split():
            return _split_off(animal, entry, away)
        case _ if entry.IN_HANDS and away and animal.remaining == 0:
            return _back(animal, entry, away, away[-1].left)
        case _:
            return None


def _returned(
    animal: AnimalState,
    entry: Return,
    named: Settled | None,
    away: list[Settled],
    before: Sequence[Settled],
) -> Supposed | None:
    """Any of those that are away came back; else some that had come back before had gone again."""
    there = sum(end.left for end in away)
    if named is not None and there >= (entry.count or 1):
        known = replace(entry, count=entry.count or min(_all_by(named), there))
        return Supposed(animal, known, RecordFlag.END_ASSUMED)
    if any(one.happened_at == entry.happened_at for one in animal.taken_back):
        return None  # two at one time are rather one thing
    back = [end for end in animal.settled if end.returned]
    if not back and (those := [end for end in before if end.returned]):
        # As if it had been split off of those that were away.
        count = min(those[-1].returned, animal.remaining)
        back = [replace(those[-1], count=count, returned=count, went_on=0, filed=None)]
        animal = replace(animal, settled=[*animal.settled, *back])
    if entry.count is None:
        back = back[-1:]
    had_come_back = min(animal.remaining, sum(end.returned for end in back))
    lacking = had_come_back if entry.count is None else entry.count - there
    if not 0 < lacking <= had_come_back:
        return None
    return Supposed(gone_again(animal, back, lacking), entry, RecordFlag.END_MISSING)


def _settled(
    animal: AnimalState, entry: SettlingEntry, named: Settled | None, away: list[Settled]
) -> Supposed | None:
    """Those that are in care are settled; else those that went last of whom it can be said; else
    some had come back. Who says no number means all that it can be said of, or that went by the end
    that they name."""
    others = [end for end in away if not _is_the_same(entry, end)]
    there = sum(end.left for end in others)
    if named is not None and entry.count is None:
        entry = replace(entry, count=min(_all_by(named), animal.remaining + there) or None)
    count = entry.count
    if count is not None and count <= animal.remaining:
        return Supposed(animal, entry, RecordFlag.END_ASSUMED)
    for end in reversed(others):
        if not animal.remaining and may_follow(type(entry), end) and end.left >= (count or 1):
            by_that = replace(entry, entry_id=end.entry_id)
            return Supposed(animal, by_that, RecordFlag.END_ASSUMED)
    return _back(animal, entry, others, count or there)


def _is_the_same(entry: SettlingEntry, end: Settled) -> bool:
    """Whether two rather filed one thing: another keeper is another one."""
    return (end.outcome, end.recipient) == (outcome_of(entry, end), recipient_of(entry))


def _all_by(end: Settled) -> int:
    """How many went by `end` and came to no other one: all, where all of them did."""
    return (end.count - end.went_on) or end.count


def _split_off(animal: AnimalState, entry: Split, away: list[Settled]) -> Supposed | None:
    """Of those that are in care, or that somebody keeps; else some had come back."""
    if entry.count <= animal.remaining:
        return Supposed(animal, entry, RecordFlag.END_ASSUMED)
    for end in reversed(away):
        if end.outcome in KEPT and end.left >= entry.count:
            by_that = replace(entry, entry_id=end.entry_id)
            return Supposed(animal, by_that, RecordFlag.END_ASSUMED)
    return _back(animal, entry, away, entry.count)


def _back(
    animal: AnimalState, entry: AnimalEntry, away: list[Settled], count: int
) -> Supposed | None:
    """What is lacking in care had come back, of those that went last."""
    lacking = count - animal.remaining
    if not 0 < lacking <= sum(end.left for end in away):
        return None
    return Supposed(brought_back(animal, away, lacking), entry, RecordFlag.RETURN_MISSING)
