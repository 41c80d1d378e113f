"""What an entry that could be when it came supposes of its animal, when something comes late. Pure.

An escape that is told of days later is no less true because somebody has weighed the animal since:
it had come back. Nobody has to void what is right to say what is right. But the same said twice is
rather one thing that two have filed, and supposes nothing.
"""

from typing import NamedTuple

from msgspec.structs import replace

from wildlife.rescues.animal import AnimalState, Settled
from wildlife.rescues.ends import Return, Settling, SettlingEntry
from wildlife.rescues.entries import AnimalEntry
from wildlife.rescues.numbers import Split
from wildlife.rescues.settling import brought_back, outcome_of
from wildlife.rescues.steps import may_follow, may_return
from wildlife.words.vocabularies import RecordFlag


class Supposed(NamedTuple):
    """An animal as an entry supposes it to be, and what is shown of that."""

    animal: AnimalState
    entry: AnimalEntry
    """As it is to be understood."""
    flag: RecordFlag


def supposed(animal: AnimalState, entry: AnimalEntry, heads: int | None) -> Supposed | None:
    """None where nothing can be supposed: nobody comes back from the dead.

    heads: how many it was about as it came, where it does not say it.
    """
    away = [end for end in animal.settled if may_return(end)]
    there = {None, *(end.entry_id for end in animal.settled)}
    if isinstance(entry, Return | Settling | Split) and entry.entry_id not in there:
        return None  # it rests on what is not there any more
    match entry:
        case Return(entry_id=named) if named is not None and away:
            count = entry.count or min(heads or 1, sum(end.left for end in away))
            any_of_them = replace(entry, entry_id=None, count=count)
            return Supposed(animal, any_of_them, RecordFlag.END_ASSUMED)
        case Settling():
            return _settled(animal, replace(entry, entry_id=None), away, heads)
        case Split():
            in_care = replace(entry, entry_id=None)
            if entry.count <= animal.remaining:
                return Supposed(animal, in_care, RecordFlag.END_ASSUMED)
            return _back(animal, in_care, away, entry.count)
        case _ if entry.IN_HANDS and away and animal.remaining == 0:
            return _back(animal, entry, away, away[-1].left)
        case _:
            return None


def _settled(
    animal: AnimalState, entry: SettlingEntry, away: list[Settled], heads: int | None
) -> Supposed | None:
    """Those that are in care are settled; else those that went last of whom it can be said; else
    some had come back."""
    others = [end for end in away if end.outcome is not outcome_of(entry, end)]
    count = entry.count or min(heads or 1, animal.remaining + sum(end.left for end in others))
    known = replace(entry, count=count or None)
    if 0 < count <= animal.remaining:
        return Supposed(animal, known, RecordFlag.END_ASSUMED)
    for end in reversed(others):
        if not animal.remaining and may_follow(type(entry), end) and end.left >= count:
            there = replace(known, entry_id=end.entry_id)
            return Supposed(animal, there, RecordFlag.END_ASSUMED)
    return _back(animal, known, others, count)


def _back(
    animal: AnimalState, entry: AnimalEntry, away: list[Settled], count: int
) -> Supposed | None:
    """What is lacking in care had come back, of those that went last."""
    lacking = count - animal.remaining
    if not 0 < lacking <= sum(end.left for end in away):
        return None
    return Supposed(brought_back(animal, away, lacking), entry, RecordFlag.RETURN_MISSING)
