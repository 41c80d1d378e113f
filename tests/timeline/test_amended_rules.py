"""A rule has no second door: what is refused in a fresh body is refused as an amendment makes it,
by the same code and of the same field; every field of every opening and entry.

`make test-all` tries all that may be wrong, where else each place gets two of its kind."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from tests.bodies import (
    ENTRY_TYPES,
    OPENED_FOR,
    OPENINGS,
    changed_at,
    full_entries,
    full_hazard,
    full_rescue,
    leaves,
)
from tests.pictures import encoded, noise
from tests.users import Person, entry, identification, release, rescue
from wildlife.timeline.correcting import FIXED_FIELDS

Path = tuple[str | int, ...]

# Wrong for a field of the same kind, or for one of this name.
WRONG: dict[type, list[Any]] = {
    str: ["", "a\0b", "x" * 5000, 1],
    bool: ["true", 1],
    int: [-1, 10**30, 1.5, "1", True],
    float: [-1, 1e308, "1", True],
    dict: [[], "x", {"no_such_field": 1}],
}
TIMES = ["2099-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "1949-12-31T23:59:59Z", "2024-07-29", ""]
NAMED: dict[str, list[Any]] = {
    "animal": [99, str(uuid4())],
    "species_id": ["nobody"],
    "region_code": ["15042", "１５０４２５"],
    "passability": ["blocked"],
    "duplicate_of": [str(uuid4())],
    "reason": ["completed"],
    "longitude": [180.5],
    "latitude": [90.5],
    "stake_from": ["K12+300\n"],
    "count": [0, 100_001],
    "entry_id": ["x", 1],
}
TOGETHER = ("longitude", "latitude", "datum")
IDENTIFIED = entry(
    "identification",
    "2024-07-29T16:00:00+08:00",
    animal=1,
    species_id="phalacrocorax_carbo",
    identified_by="专家",
    confidence="certain",
)


def wrong_for(body: Any, path: Path, thorough: bool) -> list[Any]:
    """What may be wrong in this place; None is to say nothing at all."""
    there = body
    for step in path:
        there = there[step]
    is_time = isinstance(there, str) and re.match(r"\d{4}-\d\d-\d\dT", there)
    values = TIMES if is_time else WRONG.get(type(there), [])
    if isinstance(path[-1], int):
        # A patch takes a value of a list away, or adds one; it corrects a thing of a list.
        values = [value for value in values if type(value) is type(there)]
    if not thorough:
        values = values[len(path) % 3 :][:1] or values[:1]
    return values if isinstance(path[-1], int) else [None, *values, *NAMED.get(path[-1], [])]


def places(body: Any) -> Iterator[Path]:
    """Every place of a body that an amendment may change. Whole lists it changes by what is in
    them; of a list of values it adds one more."""
    for path in leaves(body):
        there = body
        for step in path:
            there = there[step]
        fixed = FIXED_FIELDS | ({"happened_at"} if body.get("type") == "handover" else set())
        if not isinstance(there, list) and path[0] not in fixed:
            yield path


def without(body: Any, path: Path) -> Any:
    """A copy of the body that says nothing at this place."""
    step, *further = path
    copy: Any = dict(body) if isinstance(body, dict) else list(body)
    if further:
        copy[step] = without(body[step], tuple(further))
    else:
        del copy[step]
    return copy


def patch(body: Any, path: Path, value: Any) -> Any:
    """The merge patch that puts the value into its place."""
    if not path:
        return value
    step, *further = path
    inner = patch(body[step], tuple(further), value)
    if not isinstance(body, list):
        # A point is corrected as one.
        together = TOGETHER if step in TOGETHER else ()
        return {name: body[name] for name in together} | {step: inner}
    return {str(int(step) + 1): inner} if isinstance(body[int(step)], dict) else {value: True}


def bare(field: str) -> str:
    """The field without the place in its list, which an amendment names otherwise."""
    return re.sub(r"\[\d+\]|\.\d+(?=\.|$)", "", field)


async def refused(person: Person, path: str, body: Any) -> tuple[str, str] | None:
    """The code and the field by which a body is refused; None where it is taken."""
    answer = await person.post(path, body)
    assert answer.status_code < 500, answer.text
    if answer.is_success:
        return None
    problem = answer.json()
    return problem["code"], bare(problem["errors"][0]["field"]) if problem.get("errors") else ""


async def compare(
    person: Person, body: dict[str, Any], fresh: str, amended: tuple[str, str], thorough: bool
) -> set[Path]:
    """Send what is wrong as a fresh body, and as an amendment of what an incident says; where
    nothing was refused."""
    incident_id, target = amended
    never = set()
    for path in places(body):
        never.add(path)
        for value in wrong_for(body, path, thorough):
            wrong = without(body, path) if value is None else changed_at(body, path, value)
            first = await refused(person, fresh, wrong | {"id": str(uuid4())})
            if first is None or first[0] in ("impossible_step", "mark_in_use"):
                continue
            changes = patch(body, path, value)
            amendment = entry("amendment", entry_id=target, changes=changes)
            second = await refused(person, f"/incidents/{incident_id}/entries", amendment)
            named = first[1].partition(".")[0] in changes
            field = f"changes.{first[1]}" if named else first[1]
            assert second == (first[0], field), (path, value)
            never.discard(path)
    return never


@pytest.mark.parametrize("full", [full_rescue, full_hazard])
async def test_an_amended_opening_obeys_every_rule_of_a_fresh_one(
    officer: Person, full: Any, thorough: bool
) -> None:
    body = full()
    incident_id = await officer.opened(body)
    assert set(OPENINGS.values()) == {full_rescue, full_hazard}
    assert await compare(officer, body, "/incidents", (incident_id, incident_id), thorough) == set()


# What an entry tells the rest of, that went by another.
_RESTS_ON = {"return": "escape", "receipt": "transfer"}
_TO: dict[str, dict[str, Any]] = {"escape": {}, "transfer": {"recipient": "救护站"}}


@pytest.mark.parametrize("type_", sorted({*ENTRY_TYPES} - {"amendment", "void"}))
async def test_an_amended_entry_obeys_every_rule_of_a_fresh_one(
    officer: Person, type_: str, thorough: bool
) -> None:
    full = next(one for one in full_entries() if one["type"] == type_)
    kind, other = OPENED_FOR[type_], await officer.opened(rescue())
    incidents = [await officer.opened(kind()) for _ in range(2)]
    for incident_id in incidents:
        if type_ in ("release", "return"):
            await officer.appended(incident_id, IDENTIFIED)
        if ends := _RESTS_ON.get(type_):
            gone = entry(ends, "2024-07-29T17:00:00+08:00", animal=1, count=1, **_TO[ends])
            full["entry_id"] = (await officer.appended(incident_id, gone))["id"]
    if type_ == "closing":
        full["duplicate_of"] = other
    said = await officer.appended(incidents[1], full)
    fresh = f"/incidents/{incidents[0]}/entries"
    assert await compare(officer, full, fresh, (incidents[1], said["id"]), thorough) == set()


async def test_all_that_is_wrong_with_an_amendment_is_told_at_once(officer: Person) -> None:
    """Fields that there are not, that stay, and that have to be; types, bounds, and codes; and what
    the rest would come to."""
    incident_id = await officer.opened()
    changes = {
        "found_at": "2024-07-29T15:20:00",
        "kind": "road_hazard",
        "colour": "black",
        "source": None,
        "summary": "",
        "place": {"description": 1, "region_code": "赤峰", "point": {"longitude": 117.5}},
        "animals": {"1": {"count": "2", "cause": "rain"}, "2": None},
        "officers": {"150425001": 1},
        "seizure": {"case_number": "x" * 300},
        "call": "phoned",
    }
    amendment = entry("amendment", entry_id=incident_id, changes=changes)
    answer = await officer.post(f"/incidents/{incident_id}/entries", amendment)
    assert answer.status_code == 422
    told = {one["pointer"]: one["code"] for one in answer.json()["errors"]}
    assert told == {
        "/changes/found_at": "time_without_offset",
        "/changes/kind": "invalid_value",
        "/changes/colour": "unknown_field",
        "/changes/source": "missing_field",
        "/changes/summary": "invalid_value",
        "/changes/place/description": "wrong_type",
        "/changes/place/region_code": "invalid_value",
        "/changes/place/point/latitude": "missing_field",
        "/changes/place/point/datum": "missing_field",
        "/changes/animals/1/count": "wrong_type",
        "/changes/animals/1/cause": "unknown_code",
        "/changes/animals/2": "invalid_value",
        "/changes/officers/150425001": "invalid_value",
        "/changes/seizure/case_number": "invalid_value",
        "/changes/seizure/agency": "missing_field",
        "/changes/call": "wrong_type",
    }


async def test_what_the_rest_of_a_wrong_amendment_comes_to_is_told_with_it(
    officer: Person,
) -> None:
    """An animal that is not there, of which by itself nothing is wrong."""
    incident_id = await officer.opened()
    changes = {"animals": {"7": {"count": 2}}, "summary": ""}
    amendment = entry("amendment", entry_id=incident_id, changes=changes)
    answer = await officer.post(f"/incidents/{incident_id}/entries", amendment)
    told = {one["pointer"]: one["code"] for one in answer.json()["errors"]}
    assert told == {"/changes/summary": "invalid_value", "/changes/animals/7": "invalid_value"}


# Rules that other entries make, each with every way that an amendment has past it. There are two
# animals of two; animal 1 is native, and animal 2 an alien since 30 July.
BEFORE, SOON = "2024-07-30T08:00:00+08:00", "2024-07-30T09:00:00+08:00"
AFTER = "2024-08-01T10:00:00+08:00"
A1, B1, OURS = ({"kind": "ring", "number": number} for number in ("A1", "B1", "C1"))
RELEASED = {**release(AFTER), "count": 1}
BY_OTHERS: dict[str, tuple[list[dict[str, Any]], dict[str, Any], list[dict[str, Any]], str]] = {
    # name: what is said before, a body that is right, the changes that make it wrong, the code
    "an alien is let go": (
        [],
        {**RELEASED, "animal": 1},
        [{"animal": 2}],
        "impossible_step",
    ),
    "what was an alien then is let go": (
        [],
        {**RELEASED, "animal": 2, "happened_at": BEFORE},
        [{"happened_at": AFTER}],
        "impossible_step",
    ),
    "nobody knows what is let go": (
        [entry("addition", reported={})],
        RELEASED,
        [{"animal": 3}],
        "impossible_step",
    ),
    "more are let go than there are": ([], RELEASED, [{"count": 3}], "impossible_step"),
    "a mark is on another": (
        [],
        entry("marking", AFTER, animal=2, marks=[OURS]),
        [{"marks": {"1": {"number": "A1"}}}],
        "mark_in_use",
    ),
    "what is on another is put on a third": (
        [],
        entry("marking", AFTER, animal=1, marks=[A1]),
        [{"animal": 2}],
        "mark_in_use",
    ),
    "a mark is still on another": (
        [entry("marking", "2024-07-31T10:00:00+08:00", animal=1, taken_off=[A1])],
        entry("marking", AFTER, animal=2, marks=[A1]),
        [{"happened_at": BEFORE}],
        "mark_in_use",
    ),
    "what is let go bears another's mark": (
        [],
        {**RELEASED, "ring_number": "C1", "marks": [OURS]},
        [{"ring_number": "b-1"}, {"marks": {"1": {"number": "b-1"}}}],
        "mark_in_use",
    ),
    "an animal that is added bears another's mark": (
        [],
        entry("addition", AFTER, reported={"marks": [OURS]}),
        [{"reported": {"marks": {"1": {"number": "a 1"}}}}],
        "mark_in_use",
    ),
    "it is gone by then": (
        [entry("escape", AFTER, animal=1)],
        entry("treatment", BEFORE, animal=1, medication="抗生素"),
        [{"happened_at": "2024-08-02T10:00:00+08:00"}],
        "impossible_step",
    ),
    "it is not there yet": (
        [entry("addition", AFTER, reported={})],
        entry("treatment", "2024-08-02T10:00:00+08:00", animal=3, medication="抗生素"),
        [{"happened_at": BEFORE}],
        "impossible_step",
    ),
    "all are split off": (
        [],
        entry("split", AFTER, animal=1, count=1),
        [{"count": 2}],
        "impossible_step",
    ),
    "more come back than went": (
        [entry("escape", BEFORE, animal=1, count=1)],
        entry("return", AFTER, animal=1, count=1),
        [{"count": 2}, {"happened_at": "2024-07-29T16:30:00+08:00"}],
        "impossible_step",
    ),
}


async def with_two(officer: Person, said: list[dict[str, Any]]) -> str:
    animals = [{"count": 2, "marks": [one]} for one in (A1, B1)]
    incident = await officer.opened(rescue(animals=animals))
    await officer.appended(incident, IDENTIFIED | {"id": str(uuid4())})
    for body in (identification("pavo_cristatus", animal=2), *said):
        await officer.appended(incident, body | {"id": str(uuid4())})
    return incident


@pytest.mark.parametrize("rule", BY_OTHERS)
async def test_no_amendment_gets_past_a_rule_that_other_entries_make(
    officer: Person, rule: str
) -> None:
    said, right, ways, code = BY_OTHERS[rule]
    for changes in ways:
        incident = await with_two(officer, said)
        held = await officer.appended(incident, right | {"id": str(uuid4())})
        path = f"/incidents/{incident}/entries"
        amendment = entry("amendment", "2024-08-06T10:00:00+08:00", entry_id=held["id"])
        again = amendment | {"changes": changes, "id": str(uuid4())}
        assert (await refused(officer, path, again) or ("taken",))[0] == code
        # As is the same in a fresh body.
        fresh = {**right, **merged(right, changes), "id": str(uuid4())}
        other = await with_two(officer, said)
        path = f"/incidents/{other}/entries"
        assert (await refused(officer, path, fresh) or ("taken",))[0] == code
        # The rest of it can be corrected.
        harmless = amendment | {"changes": {"note": "复核无误"}}
        await officer.appended(incident, harmless)


def merged(body: Any, changes: Any) -> Any:
    """The body with the changes in it, where the things of a list are corrected by their number."""
    if not isinstance(changes, dict):
        return changes
    if isinstance(body, list):
        return [merged(one, changes.get(str(at), {})) for at, one in enumerate(body, start=1)]
    return {**body, **{name: merged(body.get(name), new) for name, new in changes.items()}}


async def test_what_others_made_wrong_since_hinders_no_amendment_of_the_rest(
    officer: Person,
) -> None:
    """Of each reason for which what was fine when it was filed would be refused as a fresh body."""
    incident = await with_two(officer, [])
    path = f"/incidents/{incident}/entries"
    added = await officer.appended(incident, entry("addition", BEFORE, reported={}))
    photo = (await officer.put_photo(incident, encoded(noise(40, 30)), about="animal:3")).json()
    late = entry("addition", BEFORE, reported={})
    await officer.appended(incident, late)
    let_go = {**release(AFTER), "animal": late["id"], "count": 1}
    known = {"happened_at": SOON, "recorded_at": SOON}
    await officer.appended(incident, identification(animal=late["id"], **known))
    released = await officer.appended(incident, let_go)
    off = await officer.appended(incident, entry("marking", BEFORE, animal=1, taken_off=[A1]))
    put = await officer.appended(incident, entry("marking", AFTER, animal=2, marks=[A1]))
    # Now the photo shows nothing, what was let go is an alien, and a ring is on two.
    await officer.appended(incident, entry("void", entry_id=added["id"]))
    alien = identification("pavo_cristatus", animal=late["id"])
    await officer.appended(incident, alien)
    await officer.appended(incident, entry("void", entry_id=off["id"]))
    flags = {one["code"] for one in (await officer.read(f"/incidents/{incident}"))["flags"]}
    assert flags == {"photo_of_none", "released_alien", "mark_on_two"}
    for target, wrong in (
        (photo["id"], {"about": "animal:9"}),
        (released["id"], {"animal": 2}),
        (put["id"], {"marks": {"1": {"number": "A1", "kind": "ring"}}, "animal": 9}),
    ):
        right = entry("amendment", entry_id=target, changes={"note": "已核对"})
        if target == photo["id"]:
            right["changes"] = {"caption": "左翅"}
        await officer.appended(incident, right)
        assert await refused(officer, path, entry("amendment", entry_id=target, changes=wrong))
        # And a correction of it may be taken back.
        await officer.appended(incident, entry("void", entry_id=right["id"]))


def told(answer: Response) -> dict[str, tuple[str, str, str]]:
    """Of each field that is wrong: where it is in the body, the code, the sentence."""
    errors = answer.json()["errors"]
    return {one["field"]: (one["pointer"], one["code"], one["detail"]) for one in errors}


async def test_all_that_is_wrong_with_an_entry_is_told_at_once(officer: Person) -> None:
    incident = await with_two(officer, [])
    wrong = {"site": {}, "marks": [{"kind": "ring", "number": "-"}]}
    answer = await officer.post(
        f"/incidents/{incident}/entries", release(AFTER, animal=9, count=1, **wrong)
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    assert {name: code for name, (_, code, _) in told(answer).items()} == {
        "site": "invalid_value",
        "marks[0]": "invalid_value",
        "animal": "unknown_animal",
    }


async def test_what_is_wrong_for_a_reason_of_its_own_is_told_beside_what_is_wrong_with_a_field(
    officer: Person,
) -> None:
    """By a 409 what is no body at all, too: nothing vanishes, and each has its own sentence."""
    incident = await with_two(officer, [])
    body = release(AFTER, animal=2, count=1, site={}, marks=[A1])
    answer = await officer.post(f"/incidents/{incident}/entries", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    faults = told(answer)
    assert [code for _, code, _ in faults.values()] == [
        "invalid_value",
        "impossible_step",
        "mark_in_use",
    ]
    assert "never released" in faults["animal"][2] in answer.json()["detail"]
    assert "on animal 1" in faults["marks[0]"][2]
    assert "transfer" in answer.json()["possible"]
    chinese = await officer.post(
        f"/incidents/{incident}/entries", body, headers={"Accept-Language": "zh"}
    )
    assert "不得放归" in told(chinese)["animal"][2] in chinese.json()["detail"]


async def test_all_that_an_amendment_makes_wrong_is_told_at_once(officer: Person) -> None:
    incident = await with_two(officer, [])
    held = await officer.appended(incident, RELEASED | {"id": str(uuid4())})
    changes = {"animal": 9, "site": {"description": None, "point": None}}
    amendment = entry("amendment", AFTER, entry_id=held["id"], changes=changes)
    answer = await officer.post(f"/incidents/{incident}/entries", amendment)
    assert {name: one[:2] for name, one in told(answer).items()} == {
        "changes.site": ("/changes/site", "invalid_value"),
        "changes.animal": ("/changes/animal", "unknown_animal"),
    }


async def test_what_an_amendment_makes_wrong_without_naming_it_is_not_looked_for_in_its_changes(
    officer: Person,
) -> None:
    incident = await with_two(officer, [])
    body = {**RELEASED, "animal": 2, "happened_at": BEFORE, "id": str(uuid4())}
    await officer.appended(incident, body)
    amendment = entry("amendment", AFTER, entry_id=body["id"], changes={"happened_at": AFTER})
    for _ in range(2):  # the same is told again
        answer = await officer.post(f"/incidents/{incident}/entries", amendment)
        assert answer.json()["code"] == "impossible_step"
        [(field, (pointer, *_))] = told(answer).items()
        assert (field, pointer) == ("animal", "/changes")
