"""A rule has no second door: what is refused in a fresh body is refused as an amendment makes it,
by the same code and of the same field; every field of every opening and entry.

`make test-all` tries all that may be wrong, where else each place gets two of its kind."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

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
from tests.users import Person, entry, rescue
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
}
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
        values = values[len(path) % 3 :][:2] or values
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
        return {step: inner}
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
            assert second == (first[0], f"changes.{first[1]}"), (path, value)
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
        if type_ == "return":
            gone = entry("escape", "2024-07-29T17:00:00+08:00", animal=1, count=1)
            full["entry_id"] = (await officer.appended(incident_id, gone))["id"]
    if type_ == "closing":
        full["duplicate_of"] = other
    said = await officer.appended(incidents[1], full)
    fresh = f"/incidents/{incidents[0]}/entries"
    assert await compare(officer, full, fresh, (incidents[1], said["id"]), thorough) == set()
