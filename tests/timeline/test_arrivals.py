"""What happened to the animals of a rescue, told by several in any order: all of it is taken in the
end. Only what went and came back may wait for each other; who sends it late is told which entry
stands in the way."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.arrivals import taken_in_the_end
from tests.timeline.test_fold import INCIDENT, OFFICER, OPENINGS, START, ZONE, taxon
from tests.users import Person, entry, identification, release
from wildlife.kinds import KINDS
from wildlife.rescues.incident import RescueIncident
from wildlife.timeline.chain import Facts, Recorded, RecordedEntry
from wildlife.timeline.entry import Appendable
from wildlife.timeline.fold import Folded, fold

FIELDS: dict[str, dict[str, Any]] = {
    "transfer": {"recipient": "救护站"},
    "release": {"site": {"description": "水库"}, "method": "hard", "officers": ["150425001"]},
    "identification": {"species_id": "carbo", "identified_by": "专家", "confidence": "certain"},
    "assessment": {"condition": "weak"},
    "addition": {"reported": {"count": 2}},
}
SETTLING = ("release", "death", "escape", "transfer")


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
    return [*before, Recorded(INCIDENT, len(before) + 2, "", START, OFFICER, said, facts)]


@st.composite
def rescues(draw: st.DrawFn) -> list[Appendable]:
    """What happens to three birds and one, each step possible after those before it. Whoever adds
    an animal has no answer yet, and names it by the entry."""
    happened: list[RecordedEntry] = []
    animals: list[int | str] = [1, 1, 2]
    for number in range(1, draw(st.integers(2, 9)) + 1):
        type_ = draw(st.sampled_from([*SETTLING, *FIELDS, "split", "split", "note"]))
        at = (START + timedelta(hours=number)).isoformat()
        body = {"type": type_, "id": str(UUID(int=100 + number))} | FIELDS.get(type_, {})
        body |= {"happened_at": at, "recorded_at": at, "note": "观察"}
        if type_ not in ("addition", "note"):
            body["animal"] = draw(st.sampled_from(animals))
        if type_ in SETTLING and (count := draw(st.none() | st.integers(1, 3))):
            body["count"] = count
        if type_ == "split":
            body["count"] = draw(st.integers(1, 2))
        after = arrived(msgspec.convert(body, KINDS.appendable), happened)
        if not folded(after).refusals:
            happened = after
            animals += [body["id"]] if type_ in ("addition", "split") else []
    return [one.body for one in happened]  # type: ignore[misc]


def told_of(incident: Any) -> list[Any]:
    """What became of every animal, by what it is called that does not come by chance."""
    assert isinstance(incident, RescueIncident)
    said = [msgspec.to_builtins(animal) for animal in incident.animals]
    for one in said:
        for numbered in (one, *one["releases"]):
            numbered.pop("number", None)
            numbered.pop("animal", None)
        one.pop("split_from")
    return sorted(said, key=lambda one: str(one["entry_id"]))


@given(rescues(), st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_order_of_arrival_is_taken_in_the_end_and_ends_in_the_same_animals(
    happened: list[Appendable], random: Random
) -> None:
    taken = taken_in_the_end(
        happened, arrived, lambda entries: not folded(entries).refusals, random
    )
    in_order: list[RecordedEntry] = []
    for one in happened:
        in_order = arrived(one, in_order)
    assert told_of(folded(taken).incident) == told_of(folded(in_order).incident)


# ---------------------------------------------------------------- what waits for each other


async def refused(person: Person, incident_id: str, body: dict[str, Any]) -> tuple[str, str]:
    """The code with which an entry is refused, and what is said of it."""
    answer = await person.post(f"/incidents/{incident_id}/entries", body)
    problem = answer.json()
    assert answer.is_error, problem
    return problem["code"], problem["detail"]


async def test_an_escape_and_a_return_that_come_after_a_release_name_it_and_are_taken_without_it(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    let_go = await officer.appended(incident_id, release())
    late = [
        entry("escape", "2024-08-01T09:00:00+08:00", animal=1),
        entry("return", "2024-08-02T09:00:00+08:00", animal=1),
    ]
    code, detail = await refused(officer, incident_id, late[0])
    assert (code, let_go["id"] in detail) == ("impossible_step", True)
    assert (await refused(officer, incident_id, late[1]))[0] == "impossible_step"
    await officer.appended(incident_id, entry("void", entry_id=let_go["id"]))
    for body in (*late, release()):
        await officer.appended(incident_id, body)
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert [one["outcome"] for one in animal["settled"]] == ["escaped", "released"]


async def test_an_animal_of_which_nobody_knew_at_the_closing_is_taken_and_settled_late(
    officer: Person,
) -> None:
    """Until it is, the closing has no effect, and the record says so."""
    incident_id = await officer.opened()
    await officer.appended(incident_id, entry("death", animal=1))
    closing = entry("closing", "2024-08-05T10:00:00+08:00")
    await officer.appended(incident_id, closing)
    found = entry("addition", "2024-08-01T09:00:00+08:00", reported={})
    dead = entry("death", "2024-08-02T09:00:00+08:00", animal=found["id"])
    await officer.appended(incident_id, found)
    record = await officer.read(f"/incidents/{incident_id}")
    assert record["state"] == "open"
    assert record["closing"] is None
    [flag] = record["flags"]
    assert (flag["code"], flag["entry_id"]) == ("closing_lapsed", closing["id"])
    await officer.appended(incident_id, dead)
    record = await officer.read(f"/incidents/{incident_id}")
    assert (record["state"], record["flags"]) == ("closed", [])
    # What was settled may be corrected under a closing, too: it says what there is to do.
    await officer.appended(
        incident_id, entry("void", "2024-08-06T10:00:00+08:00", entry_id=dead["id"])
    )
    assert (await officer.read(f"/incidents/{incident_id}"))["state"] == "open"
    # But nobody closes what is not settled.
    again = entry("closing", "2024-08-07T10:00:00+08:00")
    assert (await refused(officer, incident_id, again))[0] == "impossible_step"
