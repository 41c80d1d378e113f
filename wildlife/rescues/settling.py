"""What ends the care of an animal, and what takes it up again: by heads. Pure."""

from typing import assert_never

from msgspec.structs import replace

from wildlife.rescues.animal import (
    DEAD,
    IN_CARE_STEPS,
    SETTLED_STEPS,
    AnimalState,
    ReleaseRecord,
    Settled,
    heads_of,
    is_dead,
)
from wildlife.rescues.codes import Condition, Outcome, Quarantine, RecipientKind
from wildlife.rescues.entries import (
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
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import Impossible
from wildlife.words.places import show
from wildlife.words.structs import derive


def settle(animal: AnimalState, entry: SettlingEntry, facts: Facts) -> AnimalState | Impossible:
    """The animal after an entry that ends its care, or that of some of it."""
    count = animal.remaining if entry.count is None else entry.count
    if count > animal.remaining:
        return Impossible(
            f"Animal {animal.number} has {animal.remaining} still in care, not {count}.",
            f"{animal.number} 号动物仍在救护的有 {animal.remaining} 只，不足 {count} 只。",
            IN_CARE_STEPS,
        )
    settled = Settled(
        entry_id=entry.id,
        outcome=_outcome(entry),
        count=count,
        happened_at=entry.happened_at,
        recipient=_recipient(entry),
        filed=facts.heads if entry.count is None else None,
        disposal_method=entry.disposal_method if isinstance(entry, Death) else None,
        receipt_number=entry.receipt_number if isinstance(entry, Transfer | Allocation) else None,
    )
    after = by_heads(
        replace(
            animal,
            remaining=animal.remaining - count,
            settled=[*animal.settled, settled],
        )
    )
    match entry:
        case Release():
            return replace(
                after,
                quarantine=entry.quarantine or animal.quarantine,
                under_suspicion=animal.under_suspicion
                and entry.quarantine is not Quarantine.PASSED,
                releases=[*animal.releases, _release(animal, entry, count, facts)],
            )
        case Death():
            return replace(
                after,
                condition=Condition.DEAD if is_dead(after) else animal.condition,
                quarantine=entry.quarantine or animal.quarantine,
                disposal_method=entry.disposal_method or animal.disposal_method,
            )
        case _:
            return after


def take_back(animal: AnimalState, entry: Return) -> AnimalState | Impossible:
    """The animal after it, or some of it, came back into care."""
    gone = [
        one
        for one in animal.settled
        if one.outcome not in DEAD
        and one.count > one.returned
        and entry.entry_id in (None, one.entry_id)
    ]
    if not gone:
        return Impossible(
            f"Nothing of animal {animal.number} is away that could come back.",
            f"{animal.number} 号动物没有可以收回的个体：未移交、放归或逃逸，或已全部收回。",
            IN_CARE_STEPS
            if animal.remaining
            else [step for step in SETTLED_STEPS if step != "return"],
        )
    back = gone[-1]
    left = back.count - back.returned
    count = left if entry.count is None else entry.count
    if count > left:
        return Impossible(
            f"Of animal {animal.number}, {left} went that way, not {count}.",
            f"{animal.number} 号动物以该方式离开的有 {left} 只，不足 {count} 只。",
            IN_CARE_STEPS,
        )
    after = replace(back, returned=back.returned + count)
    return by_heads(
        replace(
            animal,
            remaining=animal.remaining + count,
            settled=[after if one is back else one for one in animal.settled],
            releases=[
                replace(one, returned=after.returned) if one.entry_id == back.entry_id else one
                for one in animal.releases
            ],
        )
    )


def by_heads(animal: AnimalState) -> AnimalState:
    """The animal with what became of it."""
    heads = heads_of(animal.remaining, animal.settled)
    ends = {one.outcome for one in heads}
    in_care = Outcome.IN_CARE in ends
    return replace(
        animal,
        outcomes=heads,
        outcome=Outcome.IN_CARE if in_care else heads[0].outcome if len(ends) == 1 else None,
        outcome_at=None if in_care else animal.settled[-1].happened_at,
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
        life_stage=animal.life_stage,
        sex=animal.sex,
        condition=animal.condition,
        inspected=entry.quarantine or animal.quarantine,
        isolated_until=animal.isolated_until,
        species=animal.species,
        **columns_of(animal.species),
    )


def _recipient(entry: SettlingEntry) -> str | None:
    match entry:
        case Transfer(recipient=recipient) | Allocation(recipient=recipient):
            return recipient
        case LongTermCare(keeper=keeper):
            return keeper
        case _:
            return None


def _outcome(entry: SettlingEntry) -> Outcome:
    match entry:
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
