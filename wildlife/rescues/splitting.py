"""Some of several alike go on by themselves, under a number of their own. Pure."""

from uuid import UUID

from msgspec.structs import replace

from wildlife.rescues.animal import KEPT, AnimalState, Settled
from wildlife.rescues.numbers import Split
from wildlife.rescues.settling import by_heads, changed, the_end
from wildlife.rescues.steps import steps_of
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import Impossible


def split(
    animal: AnimalState, entry: Split, facts: Facts
) -> tuple[AnimalState, AnimalState] | Impossible:
    """The animal without those that go on by themselves, and these: some that are in care, or that
    went by one end to somebody who keeps them."""
    assert facts.number is not None, "a split is recorded with its number"
    end = _went_by(animal, entry.entry_id)
    if isinstance(end, Impossible):
        return end
    there = animal.remaining if end is None else end.left
    if entry.count > there or entry.count == animal.count:
        return _too_many(animal, there, is_away=end is not None)
    in_care = entry.count if end is None else 0
    been = [] if end is None else [end.entry_id]
    animal = changed(animal, entry, facts, been)
    lessened = [_lessened(one, entry.count) if one is end else one for one in animal.settled]
    rest = replace(
        animal,
        count=animal.count - entry.count,
        remaining=animal.remaining - in_care,
        settled=[one for one in lessened if one.count],
    )
    part = replace(
        animal,
        number=facts.number,
        entry_id=entry.id,
        split_from=animal.number,
        split_at=entry.happened_at,
        been=been,
        count=entry.count,
        remaining=in_care,
        settled=[] if end is None else [_of_these(end, entry.count)],
        taken_back=[],
        releases=[],
        noticed=[],
    )
    return by_heads(rest), by_heads(part)


def _went_by(animal: AnimalState, named: UUID | None) -> Settled | Impossible | None:
    """By which of its ends those went that are split off; None where they are in care."""
    if named is None and animal.remaining:
        return None
    kept = [end for end in animal.settled if end.left and end.outcome in KEPT]
    return the_end(animal, named, kept, kept)


def _lessened(end: Settled, count: int) -> Settled:
    filed = None if end.filed is None else end.filed - count
    return replace(end, count=end.count - count, filed=filed)


def _of_these(end: Settled, count: int) -> Settled:
    return replace(end, count=count, returned=0, went_on=0, filed=None)


def _too_many(animal: AnimalState, there: int, *, is_away: bool) -> Impossible:
    most = min(there, animal.count - 1)
    where, where_zh = ("went that way", "经该记录离开") if is_away else ("are in care", "在救护")
    return Impossible(
        f"Of animal {animal.number}, {there} of {animal.count} {where}: {most} can be split off at"
        " most. What is so of all of these is said of the animal itself, without a split.",
        f"{animal.number} 号动物共 {animal.count} 只，{where_zh} {there} 只：最多可分出 {most} 只。"
        "上述个体情况均相同的，无需分出，直接对该号动物记录即可。",
        steps_of(animal),
    )
