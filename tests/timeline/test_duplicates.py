"""What is closed as a duplicate of another incident: of which, and where it is counted no more."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from db.database import Database
from db.migrations import FOLDER, statements
from tests.users import Person, entry, identification, release, road_hazard
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild

LISTS = ("/incidents", "/animals", "/releases", "/hazards")


def duplicate(original: str | None, at: str = "2024-08-05T10:00:00+08:00") -> dict[str, Any]:
    """A closing as a duplicate of that incident."""
    return entry("closing", at, reason="duplicate", duplicate_of=original)


async def refused(person: Person, incident_id: str, body: dict[str, Any]) -> tuple[str, str]:
    """The code with which an entry is refused, and the field that it names."""
    answer = await person.post(f"/incidents/{incident_id}/entries", body)
    problem = answer.json()
    assert answer.is_error, problem
    return problem["code"], problem["errors"][0]["field"]


async def listed(person: Person, path: str, **parameters: str) -> list[str]:
    """The ids of the incidents of which a list has a row."""
    items = (await person.read(path, params=parameters))["items"]
    return [one.get("incident_id") or one["id"] for one in items]


async def released(officer: Person) -> str:
    """A rescue that ended with a release."""
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    await officer.appended(incident_id, release())
    return incident_id


# ------------------------------------------------------------------ of what


async def test_a_duplicate_names_an_original_that_its_sender_may_see(
    officer: Person, other_officer: Person
) -> None:
    incident_id, strange = await officer.opened(), await other_officer.opened(road_hazard())
    unknown = ("unknown_incident", "duplicate_of")
    assert await refused(officer, incident_id, duplicate(str(uuid4()))) == unknown
    assert await refused(officer, incident_id, duplicate(strange)) == unknown
    assert await refused(officer, incident_id, duplicate(incident_id)) == unknown
    missing = ("missing_field", "duplicate_of")
    assert await refused(officer, incident_id, duplicate(None)) == missing
    assert await refused(officer, incident_id, entry("closing", reason="duplicate")) == missing


@pytest.mark.parametrize("reason", ["completed", "not_ours"])
async def test_what_is_no_duplicate_names_no_original(officer: Person, reason: str) -> None:
    original, incident_id = await officer.opened(), await released(officer)
    body = duplicate(original) | {"reason": reason}
    assert await refused(officer, incident_id, body) == ("not_a_duplicate", "duplicate_of")


async def test_a_refusal_is_told_in_either_language(officer: Person) -> None:
    incident_id = await officer.opened()
    answer = await officer.post(
        f"/incidents/{incident_id}/entries",
        duplicate(incident_id),
        headers={"Accept-Language": "zh"},
    )
    assert answer.json()["title"] == "未找到该警情"


async def test_an_amendment_makes_no_duplicate_that_a_closing_would_not(
    officer: Person, other_officer: Person
) -> None:
    strange = await other_officer.opened(road_hazard())
    original, incident_id = await officer.opened(), await officer.opened()
    closing = duplicate(original)
    await officer.appended(incident_id, closing)

    async def amended(**changes: Any) -> tuple[str, str]:
        body = entry("amendment", entry_id=closing["id"], changes=changes)
        return await refused(officer, incident_id, body)

    field = "changes.duplicate_of"
    assert await amended(duplicate_of=strange) == ("unknown_incident", field)
    assert await amended(duplicate_of=incident_id) == ("unknown_incident", field)
    assert await amended(duplicate_of=None) == ("missing_field", field)
    # What the amendment does not name is not said to be in it.
    assert await amended(reason="not_ours") == ("not_a_duplicate", "duplicate_of")
    third = await officer.opened()
    changes = {"duplicate_of": third}
    await officer.appended(incident_id, entry("amendment", entry_id=closing["id"], changes=changes))
    assert (await officer.read(f"/incidents/{original}"))["duplicates"] == []
    assert [one["id"] for one in (await officer.read(f"/incidents/{third}"))["duplicates"]] == [
        incident_id
    ]
    # Nor does it lead back by an amendment.
    await officer.appended(third, back := duplicate(original))
    changes = {"duplicate_of": incident_id}
    body = entry("amendment", entry_id=back["id"], changes=changes)
    assert await refused(officer, third, body) == ("impossible_step", field)


async def test_duplicates_of_duplicates_never_lead_back(officer: Person) -> None:
    first, second, third, fourth = [await officer.opened() for _ in range(4)]
    for one, of in ((first, second), (second, third), (third, fourth)):
        await officer.appended(one, duplicate(of))
    for original in (first, second, third):
        back = await refused(officer, fourth, duplicate(original))
        assert back == ("impossible_step", "duplicate_of")
    assert await listed(officer, "/incidents") == [fourth]


async def test_two_that_are_closed_as_each_others_duplicates_at_once_leave_one(
    officer: Person,
) -> None:
    for _ in range(5):
        first, second = await officer.opened(), await officer.opened()
        answers = await asyncio.gather(
            officer.post(f"/incidents/{first}/entries", duplicate(second)),
            officer.post(f"/incidents/{second}/entries", duplicate(first)),
        )
        assert sorted(one.status_code for one in answers) == [201, 409]


async def test_the_same_closing_again_is_answered_whatever_became_of_the_original(
    officer: Person,
) -> None:
    original, incident_id, third = [await officer.opened() for _ in range(3)]
    closing = duplicate(original)
    first = await officer.appended(incident_id, closing)
    await officer.appended(original, duplicate(third))
    again = await officer.post(f"/incidents/{incident_id}/entries", closing)
    assert (again.status_code, again.json()) == (200, first)


# ------------------------------------------------------------------ where it counts


async def test_the_rows_of_a_duplicate_leave_every_list_until_its_closing_is_voided(
    officer: Person, official: Person
) -> None:
    original, incident_id = await released(officer), await released(officer)
    closing = duplicate(original)
    await officer.appended(incident_id, closing)
    for person in (officer, official):
        for path in ("/incidents", "/animals", "/releases"):
            assert await listed(person, path) == [original], path
            assert await listed(person, path, duplicates="exclude") == [original]
            both = await person.read(path, params={"duplicates": "include"})
            assert {
                (one.get("incident_id") or one["id"], one["duplicate_of"]) for one in both["items"]
            } == {(original, None), (incident_id, original)}
    assert await listed(officer, "/incidents", state="closed") == []
    assert await listed(officer, "/incidents", state="closed", duplicates="include") == [
        incident_id
    ]
    await officer.appended(
        incident_id, entry("void", "2024-08-06T10:00:00+08:00", entry_id=closing["id"])
    )
    for path in ("/incidents", "/animals", "/releases"):
        assert set(await listed(official, path)) == {original, incident_id}, path
    assert (await officer.read(f"/incidents/{original}"))["duplicates"] == []


async def test_a_road_that_was_reported_twice_is_not_blocked_for_ever(
    other_officer: Person,
) -> None:
    original = await other_officer.opened(road_hazard())
    incident_id = await other_officer.opened(road_hazard())
    await other_officer.appended(incident_id, duplicate(original))
    for said in (
        entry("cleared", "2024-08-04T10:00:00+08:00"),
        entry("reopened", "2024-08-04T11:00:00+08:00", passability="open"),
    ):
        await other_officer.appended(original, said)
    assert await listed(other_officer, "/hazards", passability="blocked") == []
    assert await listed(other_officer, "/hazards", state="discovered") == []
    assert await listed(other_officer, "/hazards") == [original]
    blocked = {"passability": "blocked", "duplicates": "include"}
    assert await listed(other_officer, "/hazards", **blocked) == [incident_id]


async def test_a_list_is_asked_for_duplicates_by_a_word_that_there_is(officer: Person) -> None:
    for path in LISTS:
        answer = await officer.get(path, params={"duplicates": "only"})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["field"] == "duplicates"


async def test_an_original_names_those_of_its_duplicates_that_its_reader_may_see(
    officer: Person, other_officer: Person, official: Person
) -> None:
    """Two stations had a part in it, and closed one each as its duplicate."""
    original = await officer.opened()
    await officer.appended(original, entry("handover", station="150723"))
    own, strange = await officer.opened(), await other_officer.opened(road_hazard())
    before = await officer.get(f"/incidents/{original}")
    await officer.appended(own, duplicate(original))
    await other_officer.appended(strange, duplicate(original))

    async def named(person: Person) -> list[str]:
        shown = await person.read(f"/incidents/{original}")
        numbers = {one["id"]: one["case_number"] for one in shown["duplicates"]}
        for incident_id, number in numbers.items():
            there = await person.read(f"/incidents/{incident_id}")
            assert there["case_number"] == number
        return [*numbers]

    assert await named(officer) == [own]
    assert await named(other_officer) == [strange]
    assert await named(official) == [own]
    # What is shown has changed, though its timeline has not.
    after = await officer.get(
        f"/incidents/{original}", headers={"If-None-Match": before.headers["etag"]}
    )
    assert after.status_code == 200
    assert (await officer.read(f"/incidents/{own}"))["closing"]["duplicate_of"] == original


async def test_rows_of_duplicates_are_those_that_follow_from_the_timelines(
    officer: Person, database: Database, settings: Settings
) -> None:
    original, incident_id = await officer.opened(), await released(officer)
    await officer.appended(incident_id, duplicate(original))
    compared = rebuild(database, KINDS, read_policy(None), settings.zone, write=False)
    assert [one.tables async for one in compared if one.tables] == []


async def test_a_database_of_earlier_days_is_told_what_its_duplicates_are(
    officer: Person, database: Database, settings: Settings
) -> None:
    """By the migration, as by the fold: lists do not wait until all is folded again."""
    original, incident_id = await officer.opened(), await released(officer)
    await officer.appended(incident_id, duplicate(original))
    migration = (FOLDER / "0010_duplicates.sql").read_text("utf-8")
    async with database.transaction() as connection:
        for table in ("incident", "animal", "release", "hazard"):
            await connection.execute(f"update {table} set duplicate_of = null")
        for statement in statements(migration):
            if statement.startswith("update"):
                await connection.execute(statement)
    compared = rebuild(database, KINDS, read_policy(None), settings.zone, write=False)
    assert [one.tables async for one in compared if one.tables] == []
    assert await listed(officer, "/releases") == []
