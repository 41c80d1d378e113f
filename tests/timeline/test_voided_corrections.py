"""A void brings nothing into force that no body may say."""

from typing import Any

import pytest

from tests.pictures import encoded, noise
from tests.users import Person, entry, identification, release, rescue, road_hazard

JPEG = encoded(noise(40, 30))


async def said_of(officer: Person, incident: str, type_: str) -> str:
    """An entry of this type on the incident's timeline, or its opening, or a photo of it."""
    if type_ == "opening":
        return incident
    if type_ == "photo":
        return str((await officer.put_photo(incident, JPEG, about="animal:1")).json()["id"])
    if type_ == "release":
        await officer.appended(incident, identification())
        return str((await officer.appended(incident, release()))["id"])
    body = {"reopened": {"passability": "open"}, "closing": {"reason": "not_ours"}}[type_]
    return str((await officer.appended(incident, entry(type_, **body)))["id"])


@pytest.mark.parametrize(
    ("type_", "good", "bad", "field"),
    [
        (
            "release",
            {"happened_at": "2024-08-05T10:00:00+08:00"},
            {"happened_at": "2090-01-01T00:00:00+08:00"},
            "happened_at",
        ),
        (
            "opening",
            {"found_at": "2024-07-29T15:00:00+08:00"},
            {"found_at": "2090-01-01T00:00:00+08:00"},
            "found_at",
        ),
        (
            "opening",
            {"place": {"description": "林中", "point": None}},
            {"place": {"description": None, "point": None}},
            "place",
        ),
        ("reopened", {"passability": "partly"}, {"passability": "blocked"}, "passability"),
        (
            "closing",
            {"reason": "duplicate", "duplicate_of": ...},
            {"reason": "duplicate"},
            "duplicate_of",
        ),
        ("photo", {"about": "site"}, {"about": "animal:7"}, "about"),
    ],
)
async def test_a_void_brings_no_correction_back_that_was_covered_and_can_not_be(
    officer: Person, type_: str, good: dict[str, Any], bad: dict[str, Any], field: str
) -> None:
    opening = road_hazard() if type_ == "reopened" else rescue()
    incident = await officer.opened(opening)
    target = await said_of(officer, incident, type_)
    path = f"/incidents/{incident}/entries"
    other = await officer.opened()
    good = {name: other if value is ... else value for name, value in good.items()}
    right = entry("amendment", "2024-08-06T12:00:00+08:00", entry_id=target, changes=good)
    await officer.appended(incident, right)
    wrong = entry("amendment", "2024-08-06T11:00:00+08:00", entry_id=target, changes=bad)
    covered = await officer.post(path, wrong)
    assert covered.status_code == 201, covered.text
    before = await officer.read(f"/incidents/{incident}")
    void = entry("void", "2024-08-06T13:00:00+08:00", entry_id=right["id"])
    answer = await officer.post(path, void)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "impossible_step"), problem
    assert problem["errors"][0]["field"] == "entry_id"
    assert field in problem["detail"]
    assert await officer.read(f"/incidents/{incident}") == before
    # The wrong one goes first.
    await officer.appended(
        incident, entry("void", "2024-08-06T13:00:00+08:00", entry_id=wrong["id"])
    )
    assert (await officer.post(path, void | {"id": entry("void")["id"]})).status_code == 201
