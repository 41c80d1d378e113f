"""What ends the care of an animal, and what takes it up again: by heads. Pure."""

from collections.abc import Iterator
from typing import assert_never
from uuid import UUID

from msgspec.structs import replace

from wildlife.people.stations import StationRef
from wildlife.rescues.animal import (
    KEPT,
    AnimalState,
    ReleaseRecord,
    Settled,
    TakenBack,
    flagged,
    heads_of,
    is_dead,
)
from wildlife.rescues.codes import (
    Condition,
    DeathCircumstance,
    Outcome,
    Quarantine,
    RecipientKind,
)
from wildlife.rescues.ends import (
    Allocation,
    Death,
    Escape,
    LongTermCare,
    NoRescueNeeded,
    Release,
    Return,
    SettlingEntry,
    Transfer,
)
from wildlife.rescues.identifying import columns_of
from wildlife.rescues.marks import marks_of, with_marks
from wildlife.rescues.numbers import Split
from wildlife.rescues.opening import Mark
from wildlife.rescues.steps import (
    fewer_away,
    fewer_in_care,
    gone,
    may_follow,
    may_return,
    not_by_that,
    stays,
    unclear,
)
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import Impossible
from wildlife.words.places import show
from wildlife.words.structs import derive
from wildlife.words.vocabularies import RecordFlag


def settle(animal: AnimalState, entry: SettlingEntry, facts: Facts) -> AnimalState | Impossible:
    """The animal after an entry that ends its care, or that of some of it; or tells what became of
    some of it afterwards, which then are counted there and no longer where they went before."""
    end = _went_by(animal, entry)
    if isinstance(end, Impossible):
        return end
    there = animal.remaining if end is None else end.left
    been = [] if end is None else [end.entry_id]
    animal = changed(animal, entry, facts, been)
    count = there if entry.count is None else entry.count
    if count > there:
        if end is None:
            return fewer_in_care(animal, count, _ends_before(animal, entry))
        return fewer_away(animal, there, count)
    settled = derive(
        Settled,
        entry,
        entry_id=entry.id,
        outcome=outcome_of(entry, end),
        count=count,
        recipient=recipient_of(entry),
        unit=_unit_of(entry, facts, end),
        filed=facts.heads,
        quarantine=entry.quarantine if isinstance(entry, Death) else None,
        went_from=end.entry_id if end else None,
    )
    if end is None:
        left = replace(animal, remaining=animal.remaining - count)
    else:
        left = _with(animal, replace(end, went_on=end.went_on + count))
    after = by_heads(replace(left, settled=[*left.settled, settled]))
    if isinstance(entry, Release | Death) and count == animal.count:
        after = _inspected(after, entry.quarantine)
    match entry:
        case Release():
            release = _release(animal, entry, count, facts)
            return replace(after, releases=[*after.releases, release])
        case Death() if is_dead(after):
            return replace(after, condition=Condition.DEAD)
        case _:
            return after


def _inspected(animal: AnimalState, found: Quarantine | None) -> AnimalState:
    """The animal after an inspection of all of it. That of some is told of these alone, by the
    entry by which they went: the others were not looked at."""
    return replace(
        animal,
        quarantine=found or animal.quarantine,
        under_suspicion=animal.under_suspicion and found is not Quarantine.PASSED,
    )


def _went_by(animal: AnimalState, entry: SettlingEntry) -> Settled | Impossible | None:
    """By which of its ends those went that an entry tells of; None where they are in care.

    Where the entry does not say it, and nothing is in care, the one end is meant that there is: an
    earlier one (of the same minute nobody can tell which came first), and another one, since the
    same said twice is rather one thing that two have filed.
    """
    ends = _ends_before(animal, entry)
    meant = [
        end
        for end in ends
        if end.happened_at < entry.happened_at and end.outcome is not outcome_of(entry, end)
    ]
    if animal.remaining and entry.entry_id is None:
        # Nobody finds dead in the wild what is in care, where some are free.
        free = [end for end in meant if end.outcome not in KEPT]
        return free[-1] if free and _in_the_wild(entry) else None
    return the_end(animal, entry.entry_id, ends, meant)


def the_end(
    animal: AnimalState, named: UUID | None, ends: list[Settled], likely: list[Settled]
) -> Settled | Impossible:
    """The one of `ends` that is named; else the only likely one."""
    if named is not None:
        found = [end for end in ends if end.entry_id == named]
        return found[0] if found else not_by_that(animal, named, ends)
    if len(likely) == 1:
        return likely[0]
    return unclear(animal, ends) if ends else gone(animal)


def _in_the_wild(entry: SettlingEntry) -> bool:
    return isinstance(entry, Death) and entry.circumstance is DeathCircumstance.FOUND_DEAD


def _ends_before(animal: AnimalState, entry: SettlingEntry) -> list[Settled]:
    """The ends by which some went that can have come to what an entry says."""
    return [end for end in animal.settled if may_follow(type(entry), end)]


def take_back(animal: AnimalState, entry: Return, facts: Facts) -> AnimalState | Impossible:
    """The animal after it, or some of it, came back into care: those that went last come first."""
    away = [end for end in animal.settled if may_return(end)]
    ends = [end for end in away if entry.entry_id in (None, end.entry_id)]
    if not ends:
        return stays(animal, entry.entry_id, away)
    there = sum(end.left for end in ends)
    count = ends[-1].left if entry.count is None else entry.count
    if count > there:
        return fewer_away(animal, there, count)
    been = [end.entry_id for end, _ in _taken_from(ends, count)]
    animal = changed(animal, entry, facts, been)
    back = TakenBack(
        entry_id=entry.id,
        count=count,
        happened_at=entry.happened_at,
        filed=facts.heads,
        been=been,
    )
    return brought_back(replace(animal, taken_back=[*animal.taken_back, back]), ends, count)


def brought_back(animal: AnimalState, ends: list[Settled], count: int) -> AnimalState:
    """The animal with `count` in care again of those that went by `ends`: the last come first."""
    after = replace(animal, remaining=animal.remaining + count)
    for end, of_these in _taken_from(ends, count):
        after = _with(after, replace(end, returned=end.returned + of_these))
    return by_heads(after)


def gone_again(animal: AnimalState, ends: list[Settled], count: int) -> AnimalState:
    """The animal as if `count` of those that came back from `ends` had not: the last first."""
    after = replace(animal, remaining=animal.remaining - count)
    for end in reversed(ends):
        of_these = min(count, end.returned)
        after = _with(after, replace(end, returned=end.returned - of_these))
        count -= of_these
    return by_heads(after)


def _taken_from(ends: list[Settled], count: int) -> Iterator[tuple[Settled, int]]:
    """How many of each, the last first, are `count` in all."""
    for end in reversed(ends):
        if of_these := min(count, end.left):
            yield end, of_these
        count -= of_these


def changed(
    animal: AnimalState, entry: SettlingEntry | Return | Split, facts: Facts, been: list[UUID]
) -> AnimalState:
    """The animal, with a flag where an entry that names no end is about others than as it came."""
    if entry.entry_id is not None or facts.ends in (None, been):
        return animal
    return flagged(animal, entry.id, RecordFlag.END_CHANGED)


def without(animal: AnimalState, entry_id: UUID) -> AnimalState:
    """The animal as if one of its ends had not been: its heads are where they were before."""
    [end] = [one for one in animal.settled if one.entry_id == entry_id]
    before = next((one for one in animal.settled if one.entry_id == end.went_from), None)
    if before is None:
        after = replace(animal, remaining=animal.remaining + end.left)
    else:
        after = _with(animal, replace(before, went_on=before.went_on - end.left))
    return by_heads(_with(after, replace(end, count=end.count - end.left)))


def _with(animal: AnimalState, end: Settled) -> AnimalState:
    """The animal with one of its ends as it is now, and so the release that it may be."""
    return replace(
        animal,
        settled=[end if one.entry_id == end.entry_id else one for one in animal.settled],
        releases=[
            replace(one, returned=end.returned, died=end.went_on)
            if one.entry_id == end.entry_id
            else one
            for one in animal.releases
        ],
    )


def by_heads(animal: AnimalState) -> AnimalState:
    """The animal with what became of it."""
    heads = heads_of(animal.remaining, animal.settled)
    ends = {one.outcome for one in heads}
    in_care = Outcome.IN_CARE in ends
    since = [one.happened_at for one in animal.settled if one.left]
    return replace(
        animal,
        outcomes=heads,
        outcome=Outcome.IN_CARE if in_care else heads[0].outcome if len(ends) == 1 else None,
        outcome_at=None if in_care else since[-1],
    )


def _release(animal: AnimalState, entry: Release, count: int, facts: Facts) -> ReleaseRecord:
    return derive(
        ReleaseRecord,
        entry,
        entry_id=entry.id,
        animal=animal.number,
        released_at=entry.happened_at,
        officers_named=facts.named(entry.officers),
        count=count,
        site=show(entry.site),
        marks=with_marks(_carried(animal), marks_of(entry)),
        life_stage=animal.life_stage,
        sex=animal.sex,
        condition=animal.condition,
        inspected=entry.quarantine or animal.quarantine,
        isolated_until=animal.isolated_until,
        species=animal.species,
        **columns_of(animal.species),
    )


def _carried(animal: AnimalState) -> list[Mark]:
    return [one.mark for one in animal.carried if one.until is None]


def recipient_of(entry: SettlingEntry) -> str | None:
    """Who has those that it is about from then on, where anybody does."""
    match entry:
        case Transfer(recipient=recipient) | Allocation(recipient=recipient):
            return recipient
        case LongTermCare(keeper=keeper):
            return keeper
        case _:
            return None


def _unit_of(entry: SettlingEntry, facts: Facts, end: Settled | None) -> StationRef | None:
    """The unit of this service that has those that it is about: that takes them over, or had them
    before, and whatever became of them there."""
    match entry:
        case Transfer(station=str()) if facts.receiver is not None:
            return facts.receiver.station
        case Transfer() | Allocation():
            return None
        case _:
            return end.unit if end else None


def outcome_of(entry: SettlingEntry, end: Settled | None) -> Outcome:
    """What an entry says that animals came to, which were in care, or went by `end`."""
    match entry:
        case Death(circumstance=DeathCircumstance.DIED_IN_CARE) if end and end.outcome not in KEPT:
            return Outcome.FOUND_DEAD
        case Release():
            return Outcome.RELEASED
        case Transfer(recipient_kind=RecipientKind.AGENCY):
            return Outcome.RETURNED_TO_AGENCY
        case Transfer():
            return Outcome.TRANSFERRED
        case Death():
            return Outcome(entry.circumstance.value)
        case Escape():
            return Outcome.ESCAPED
        case NoRescueNeeded():
            return Outcome.NO_RESCUE_NEEDED
        case LongTermCare():
            return Outcome.LONG_TERM_CARE
        case Allocation():
            return Outcome.ALLOCATED
        case _:
            assert_never(entry)
