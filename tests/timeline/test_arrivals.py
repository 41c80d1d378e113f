"""What happened to the animals of a rescue, told by several in any order: all of it is taken in the
end, also what went and came back while others go on without knowing. Only where the same is said
twice a person has to look."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from msgspec.structs import replace

from db.pool import Database
from tests.arrivals import taken_in_the_end
from tests.timeline.test_fold import INCIDENT, OFFICER, OPENINGS, START, ZONE, taxon
from tests.users import Person, entry, identification, release, rescue
from wildlife.kinds import KINDS
from wildlife.rescues.incident import RescueIncident
from wildlife.settings import Settings
from wildlife.timeline.chain import Facts, Recorded, RecordedEntry
from wildlife.timeline.entry import Appendable
from wildlife.timeline.fold import Folded, fold
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild

FIELDS: dict[str, dict[str, Any]] = {
    "transfer": {"recipient": "救护站"},
    "release": {"site": {"description": "水库"}, "method": "hard", "officers": ["150425001"]},
    "identification": {"species_id": "carbo", "identified_by": "专家", "confidence": "certain"},
    "assessment": {"condition": "weak"},
    "care": {"feeding": "鱼"},
    "treatment": {"note": "补液"},
    "return": {},
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
    last: RecordedEntry = Recorded(INCIDENT, len(before) + 2, "", START, OFFICER, said, facts)
    after = folded([*before, last])
    facts = after.kind.meant(said, after.incident, facts)
    return [*before, replace(last, facts=facts)]


def is_taken(entries: list[RecordedEntry]) -> bool:
    """Whether the last of these is not answered with 409, the others being there."""
    after, last = folded(entries), entries[-1].body.id
    return not after.refusals and all(one.entry_id != last for one in after.supposed)


@st.composite
def rescues(draw: st.DrawFn) -> list[Appendable]:
    """What happens to three birds and one, each step possible after those before it. Whoever adds
    an animal has no answer yet, and names it by the entry."""
    happened: list[RecordedEntry] = []
    said = set[str]()
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
        if type_ in said:
            continue  # the same twice is rather one thing that two have filed
        said |= {type_} & {*SETTLING, "return"}
        after = arrived(msgspec.convert(body, KINDS.appendable), happened)
        if is_taken(after):
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
        for counted in (*one["settled"], *one["taken_back"]):
            counted.pop("filed")  # as it came, and so is what it meant then
        one["noticed"] = [flag for flag in one["noticed"] if flag["code"] != "end_changed"]
        one.pop("split_from")
    return sorted(said, key=lambda one: str(one["entry_id"]))


@given(rescues(), st.randoms(use_true_random=False))
@examples(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_order_of_arrival_is_taken_in_the_end_and_ends_in_the_same_animals(
    happened: list[Appendable], random: Random
) -> None:
    taken = taken_in_the_end(happened, arrived, is_taken, random)
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


async def flags_of(person: Person, incident_id: str) -> list[tuple[str, str]]:
    record = await person.read(f"/incidents/{incident_id}")
    return [(one["code"], one["entry_id"]) for one in record["flags"]]


GOES: dict[str, dict[str, Any]] = {
    "escape": {},
    "no_rescue_needed": {},
    "transfer": {"recipient": "林草局", "recipient_kind": "agency"},
    "release": {"site": {"description": "水库"}, "method": "soft", "officers": ["150425001"]},
}
DONE_SINCE: dict[str, dict[str, Any]] = {
    "assessment": {"condition": "weak"},
    "care": {"feeding": "鱼"},
    "treatment": {"medication": "恩诺沙星"},
    "release": {"site": {"description": "水库"}, "method": "hard", "officers": ["150425001"]},
    "transfer": {"recipient": "救护站"},
    "death": {},
    "escape": {},
    "long_term_care": {"keeper": "动物园"},
}
# Told of whoever has it, or of its carcass: nothing is missing, and nothing is shown.
FOLLOWS = {("transfer", since) for since in DONE_SINCE if since != "transfer"} | {
    (goes, "death") for goes in GOES
}


@pytest.mark.parametrize("goes", GOES)
@pytest.mark.parametrize("since", DONE_SINCE)
async def test_that_an_animal_went_and_came_back_is_told_late_one_after_the_other(
    officer: Person, goes: str, since: str
) -> None:
    """Between the two it is shown what is missing; and who says anew what can't be is refused."""
    if goes == since:
        return  # that is rather one thing that two have filed: see below
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    done = entry(since, "2024-08-04T10:30:00+08:00", animal=1, **DONE_SINCE[since])
    await officer.appended(incident_id, done)
    before = await officer.read(f"/incidents/{incident_id}")
    went = entry(goes, "2024-08-01T09:00:00+08:00", animal=1, **GOES[goes])
    await officer.appended(incident_id, went)
    missing = [] if (goes, since) in FOLLOWS else [("return_missing", done["id"])]
    assert [one for one in await flags_of(officer, incident_id) if one in missing] == missing
    if missing:
        again = {**done, "id": str(uuid4()), "happened_at": "2024-08-03T10:30:00+08:00"}
        assert (await refused(officer, incident_id, again))[0] == "impossible_step"
    back = entry("return", "2024-08-02T09:00:00+08:00", animal=1)
    await officer.appended(incident_id, back)
    after = await officer.read(f"/incidents/{incident_id}")
    assert (after["state"], after["flags"]) == (before["state"], before["flags"])
    [now], [then] = after["animals"], before["animals"]
    assert now.pop("settled")[1:] == then.pop("settled")
    assert [one for one in now.pop("releases") if not one["returned"]] == then.pop("releases")
    assert [one["entry_id"] for one in now.pop("taken_back")] == [back["id"]]
    assert now == {name: value for name, value in then.items() if name != "taken_back"}


@pytest.mark.parametrize("count", [1, 2])
async def test_what_came_back_in_the_moment_of_what_waits_for_it_is_taken_and_nothing_is_missing(
    officer: Person, database: Database, settings: Settings, count: int
) -> None:
    """One form says that it was fed and caught again; what it went by is told later or before."""
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": count}]))
    ids = sorted(str(uuid4()) for _ in range(2))
    at = "2024-08-05T09:00:00+08:00"
    fed = entry("care", at, animal=1, feeding="鱼") | {"id": ids[0]}
    back = entry("return", at, animal=1) | {"id": ids[1]}
    went = [entry("escape", f"2024-08-0{n + 2}T09:00:00+08:00", animal=1) for n in range(count)]
    for one in (fed, *({**one, "count": 1} for one in went), back):
        await officer.appended(incident_id, one)
    noted = entry("note", "2024-08-07T09:00:00+08:00", note="观察")
    await officer.appended(incident_id, noted)
    assert await flags_of(officer, incident_id) == []
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert animal["remaining"] == 1
    compared = rebuild(database, KINDS, read_policy(None), settings.zone, write=False)
    assert [one.tables async for one in compared] == [[]]


async def test_the_same_end_filed_by_two_is_refused_to_the_second_whichever_came_first(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    let_go = await officer.appended(incident_id, release())
    for at in ("2024-08-04T10:00:00+08:00", "2024-08-04T11:00:00+08:00"):
        code, _ = await refused(officer, incident_id, release(at))
        assert code == "impossible_step"
    [row] = (await officer.read("/releases"))["items"]
    assert (row["id"], row["returned"]) == (let_go["id"], 0)


BREAKING: dict[str, tuple[int, dict[str, Any]]] = {
    "one died": (3, {"type": "death", "animal": 1, "count": 1}),
    "one was split off": (3, {"type": "split", "animal": 1, "count": 1}),
    "one less was found": (3, {"type": "amendment", "changes": {"animals": {"1": {"count": 2}}}}),
    "it was found dead": (1, {"type": "death", "animal": 1, "circumstance": "found_dead"}),
}


@pytest.mark.parametrize("is_closed", [False, True])
@pytest.mark.parametrize("what", BREAKING)
async def test_what_counts_by_what_it_supposes_is_not_taken_away_unsaid_by_what_comes_later_still(
    officer: Person, what: str, is_closed: bool
) -> None:
    count, breaking = BREAKING[what]
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "雁", "count": count}]))
    await officer.appended(incident_id, identification())
    let_go = await officer.appended(incident_id, release(count=count))
    if is_closed:
        await officer.appended(incident_id, entry("closing", "2024-08-05T10:00:00+08:00"))
    escaped = entry("escape", "2024-08-01T09:00:00+08:00", animal=1, count=1)
    await officer.appended(incident_id, escaped)
    before = await officer.read(f"/incidents/{incident_id}")
    late = entry(happened_at="2024-08-01T11:00:00+08:00", type_="", entry_id=incident_id) | breaking
    if what != "one less was found":
        del late["entry_id"]
    code, detail = await refused(officer, incident_id, late)
    assert (code, let_go["id"] in detail) == ("impossible_step", True)
    assert await officer.read(f"/incidents/{incident_id}") == before


async def test_of_several_those_that_escaped_late_had_come_back_or_the_release_counts_others(
    officer: Person,
) -> None:
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": 10}]))
    await officer.appended(incident_id, identification())
    let_go = await officer.appended(incident_id, release(count=8))
    await officer.appended(
        incident_id, entry("split", "2024-08-03T09:00:00+08:00", animal=1, count=2)
    )
    escaped = entry("escape", "2024-08-01T09:00:00+08:00", animal=1, count=3)
    await officer.appended(incident_id, escaped)
    assert ("return_missing", let_go["id"]) in await flags_of(officer, incident_id)
    [animal, part] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert (animal["remaining"], part["remaining"]) == (0, 2)
    assert {one["outcome"]: one["count"] for one in animal["outcomes"]} == {"released": 8}
    back = entry("return", "2024-08-02T09:00:00+08:00", animal=1)
    await officer.appended(incident_id, back)
    assert await flags_of(officer, incident_id) == []


async def test_which_of_two_keepers_an_animal_died_at_is_assumed_where_the_first_is_told_late(
    officer: Person,
) -> None:
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "鹭", "count": 10}]))
    later = entry("transfer", "2024-08-03T09:00:00+08:00", animal=1, recipient="甲救护站")
    died = entry("death", "2024-08-04T09:00:00+08:00", animal=1, count=3)
    first = entry("transfer", "2024-08-02T09:00:00+08:00", animal=1, count=4, recipient="乙救护站")
    for body in (later, died, first):
        await officer.appended(incident_id, body)
    assert ("end_assumed", died["id"]) in await flags_of(officer, incident_id)
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert [(one["count"], one["went_on"]) for one in animal["settled"]] == [(4, 0), (6, 3), (3, 0)]
    await officer.appended(
        incident_id, entry("amendment", entry_id=died["id"], changes={"entry_id": later["id"]})
    )
    assert ("end_assumed", died["id"]) not in await flags_of(officer, incident_id)


@pytest.mark.parametrize("case", range(5))
async def test_an_entry_that_names_no_end_and_is_about_others_by_what_came_since_is_shown(
    officer: Person, case: int
) -> None:
    def on(day: int, type_: str, **fields: Any) -> dict[str, Any]:
        at = f"2024-08-{day:02}T09:00:00+08:00"
        return entry(type_, at, **({"animal": 1} if type_ != "amendment" else {}), **fields)

    centre = {"recipient": "救护站"}
    all_of_it, two = on(2, "transfer", **centre), on(2, "transfer", count=2, **centre)
    fewer = on(9, "amendment", entry_id=all_of_it["id"], changes={"count": 4})
    free = on(3, "escape")
    filed, late, in_care = [
        ([all_of_it, on(5, "death", count=1)], fewer, 0),
        ([two, on(6, "return")], on(4, "escape", count=2), 3),
        ([all_of_it, on(5, "split", count=2)], on(4, "return", count=3), 1),
        (
            [all_of_it, on(5, "long_term_care", count=2, keeper="动物园")],
            on(4, "return", count=3),
            1,
        ),
        ([free, on(6, "death", count=2)], on(4, "return", count=3), 1),
    ][case]
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "麻雀", "count": 5}]))
    for body in filed:
        await officer.appended(incident_id, body)
    assert await flags_of(officer, incident_id) == []
    await officer.appended(incident_id, late)
    assert ("end_changed", filed[-1]["id"]) in await flags_of(officer, incident_id)
    [animal, *_] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert animal["remaining"] == in_care
    noted = on(9, "amendment", entry_id=filed[-1]["id"], changes={"note": "补充"})
    await officer.appended(incident_id, noted)
    assert ("end_changed", filed[-1]["id"]) in await flags_of(officer, incident_id)
    # Who says which were meant takes the flag away, but of what has no end to name.
    if filed[-1]["type"] in ("death", "return", "long_term_care"):
        named = {"entry_id": filed[0]["id"]}
        clear = on(10, "amendment", entry_id=filed[-1]["id"], changes=named)
        await officer.appended(incident_id, clear)
        assert await flags_of(officer, incident_id) == []


async def test_what_is_found_dead_in_the_wild_is_of_those_that_are_free(officer: Person) -> None:
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "麻雀", "count": 5}]))
    dead = entry("death", "2024-08-06T09:00:00+08:00", animal=1, count=2)
    for body in (
        entry("escape", "2024-08-03T09:00:00+08:00", animal=1),
        dead | {"circumstance": "found_dead"},
        entry("return", "2024-08-04T09:00:00+08:00", animal=1, count=3),
    ):
        await officer.appended(incident_id, body)
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    heads = {one["outcome"]: one["count"] for one in animal["outcomes"]}
    assert heads == {"in_care": 3, "found_dead": 2}
    assert await flags_of(officer, incident_id) == []


async def test_a_late_pair_that_was_a_mistake_is_voided_one_after_the_other(
    officer: Person,
) -> None:
    incident_id = await officer.opened(rescue(animals=[{"reported_as": "麻雀", "count": 5}]))
    await officer.appended(incident_id, identification())
    await officer.appended(incident_id, release("2024-08-07T09:00:00+08:00", count=5))
    escaped = entry("escape", "2024-08-03T09:00:00+08:00", animal=1, count=3)
    back = entry("return", "2024-08-04T09:00:00+08:00", animal=1, count=3)
    for body in (escaped, back):
        await officer.appended(incident_id, body)
    for one in (back, escaped):
        await officer.appended(incident_id, entry("void", entry_id=one["id"]))
    assert await flags_of(officer, incident_id) == []


async def test_an_end_that_a_later_entry_names_may_have_been_taken_back_before_it(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    given = entry("transfer", "2024-08-01T09:00:00+08:00", animal=1, recipient="甲救护站")
    died = entry("death", "2024-08-04T09:00:00+08:00", animal=1, entry_id=given["id"])
    for body in (given, died):
        await officer.appended(incident_id, body)
    await officer.appended(incident_id, entry("return", "2024-08-02T09:00:00+08:00", animal=1))
    assert await flags_of(officer, incident_id) == [("end_assumed", died["id"])]
    [animal] = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert [one["outcome"] for one in animal["outcomes"]] == ["died_in_care"]


async def test_what_is_corrected_is_held_to_what_was_known_when_it_is(officer: Person) -> None:
    """Nobody makes impossible by a correction what could not be filed so."""
    incident_id = await officer.opened()
    escaped = entry("escape", "2024-08-02T09:00:00+08:00", animal=1)
    weighed = entry("assessment", "2024-08-01T09:00:00+08:00", animal=1, weight_g=900)
    for body in (weighed, escaped):
        await officer.appended(incident_id, body)
    later = {"happened_at": "2024-08-03T09:00:00+08:00"}
    moved = entry("amendment", entry_id=weighed["id"], changes=later)
    assert (await refused(officer, incident_id, moved))[0] == "impossible_step"


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
