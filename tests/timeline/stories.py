"""What happens to the animals of a rescue, one thing after another, as chance has it."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from tests.timeline.links import INCIDENT, OFFICER, OPENINGS, START, ZONE, taxon
from wildlife.kinds import KINDS
from wildlife.timeline.chain import Facts, Recorded, RecordedEntry
from wildlife.timeline.entry import Appendable
from wildlife.timeline.fold import Folded, fold

FIELDS: dict[str, dict[str, Any]] = {
    "release": {"site": {"description": "水库"}, "method": "hard", "officers": ["150425001"]},
    "identification": {"species_id": "carbo", "identified_by": "专家", "confidence": "certain"},
    "assessment": {"condition": "weak"},
    "care": {"feeding": "鱼"},
    "treatment": {"note": "补液"},
    "return": {},
    "addition": {"reported": {"count": 2}},
}
KEEPER = {"transfer": "recipient", "long_term_care": "keeper"}
BY_HEADS = ("no_rescue_needed", "death", "long_term_care", "transfer", "escape", "return", "split")
SETTLING = ("release", "death", "escape", "no_rescue_needed", *KEEPER)
ALL = (*SETTLING, *FIELDS, "split", "split", "return", "note")


def folded(entries: list[RecordedEntry]) -> Folded:
    return fold(KINDS, OPENINGS[0], entries, ZONE)


def arrived(said: Appendable, before: list[RecordedEntry]) -> list[RecordedEntry]:
    """The timeline with one more entry, which gets the next number where it adds something."""
    given = [2, *(one.facts.number or 0 for one in before)]
    adds = said.__struct_config__.tag in ("addition", "split")
    facts = Facts(
        number=max(given) + 1 if adds else None,
        taxon=taxon("carbo") if said.__struct_config__.tag == "identification" else None,
    )
    last: RecordedEntry = Recorded(INCIDENT, len(before) + 2, "", START, OFFICER, said, facts)
    after = folded([*before, last])
    facts = after.kind.meant(said, after.incident, facts)
    return [*before, replace(last, facts=facts)]


def is_taken(entries: list[RecordedEntry]) -> bool:
    """Whether the last of these is not answered with 409, the others being there."""
    after, last = folded(entries), entries[-1].body.id
    return not after.refusals and all(one.entry_id != last for one in after.supposed)


def story(chance: Random, types: Sequence[str], *, only_possible: bool = True) -> list[Appendable]:
    """What happens to three birds and one, now and then several things in one moment. Whoever adds
    an animal has no answer yet, and names it by the entry.

    types: of entries; only_possible: each step is possible after those before it.
    """
    happened: list[RecordedEntry] = []
    said = set[tuple[str, str | None]]()
    animals: list[int | str] = [1, 1, 1, 2]
    went: list[str] = []
    hour, long = 0, chance.randint(2, 7)
    for number in range(1, 25):
        hour += chance.random() < 0.8
        type_ = chance.choice(types)
        at = (START + timedelta(hours=hour)).isoformat()
        body = {"type": type_, "id": str(UUID(int=100 + number))} | FIELDS.get(type_, {})
        body |= {"happened_at": at, "recorded_at": at, "note": "观察"}
        if type_ not in ("addition", "note"):
            body["animal"] = chance.choice(animals)
        if type_ in (*SETTLING, "return"):
            body |= chance.choice([{}, {"count": chance.randint(1, 3)}])
        if type_ == "split":
            body["count"] = chance.choice([1, 2, 2])
        if type_ in (*SETTLING, "return", "split") and went:
            body |= chance.choice([{}, {"entry_id": chance.choice(went)}])
        keeper = chance.choice("甲乙") if type_ in KEEPER else None
        body |= {KEEPER[type_]: keeper} if type_ in KEEPER else {}
        if (type_, keeper) in said:
            continue  # the same twice is rather one thing that two have filed
        after = arrived(msgspec.convert(body, KINDS.appendable), happened)
        if not only_possible or (is_taken(after) and not folded(after).supposed):
            happened = after
            said |= {(type_, keeper)} if type_ in SETTLING else set()
            animals += [body["id"]] * 2 if type_ in ("addition", "split") else []
            went += [body["id"]] if type_ in SETTLING else []
        if len(happened) == long:
            break
    return [one.body for one in happened]  # type: ignore[misc]
