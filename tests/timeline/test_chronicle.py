"""The timeline is read in the order in which things happened, as amendments have it."""

from typing import Any

import pytest

from tests.users import Person, entry, identification, release

BEFORE, NOON, AFTER = (f"2024-07-30T{hour}:00:00+08:00" for hour in ("08", "12", "16"))


async def notes(officer: Person, incident_id: str, limit: int = 100) -> list[str]:
    """The notes of a timeline as they are read, page by page."""
    seen, cursor = [], dict[str, str]()
    while True:
        parameters = {"limit": str(limit)} | cursor
        page = await officer.read(f"/incidents/{incident_id}/entries", params=parameters)
        seen += [one["body"].get("note") for one in page["items"] if one["type"] == "note"]
        if page["next_cursor"] is None:
            return seen
        cursor = {"cursor": page["next_cursor"]}


async def amended(officer: Person, incident_id: str, said: dict[str, Any], at: str) -> str:
    changes = {"happened_at": at}
    body = entry("amendment", AFTER, entry_id=said["id"], changes=changes)
    amendment: str = (await officer.appended(incident_id, body))["id"]
    return amendment


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_an_entry_whose_time_was_corrected_stands_where_it_now_belongs(
    officer: Person, limit: int
) -> None:
    incident = await officer.opened()
    first = await officer.appended(incident, entry("note", BEFORE, note="早"))
    await officer.appended(incident, entry("note", NOON, note="午"))
    assert await notes(officer, incident, limit) == ["早", "午"]
    amendment = await amended(officer, incident, first, AFTER)
    assert await notes(officer, incident, limit) == ["午", "早"]
    # What was said stays to be read as it was said, where what counts of it now stands.
    *_, moved = [
        one
        for one in (await officer.read(f"/incidents/{incident}/entries"))["items"]
        if one["id"] == first["id"]
    ]
    assert (moved["happened_at"], moved["amended_by"]) == (BEFORE, [amendment])
    await officer.appended(incident, entry("void", AFTER, entry_id=amendment))
    assert await notes(officer, incident, limit) == ["早", "午"]
    await officer.appended(incident, entry("void", AFTER, entry_id=first["id"]))
    assert await notes(officer, incident, limit) == ["早", "午"]


async def test_what_happened_in_the_same_minute_is_read_in_the_order_of_its_meaning(
    officer: Person,
) -> None:
    for number in range(6):
        incident = await officer.opened()
        said = [
            release(id=f"{9 - number}0000000-0000-4000-8000-00000000000{number}"),
            identification(id=f"{number}0000000-0000-4000-8000-00000000000{number}"),
            entry("assessment", animal=1, condition="good"),
        ]
        for one in reversed(said):
            same = {"happened_at": NOON, "recorded_at": NOON}
            await officer.appended(incident, one | same)
        read = (await officer.read(f"/incidents/{incident}/entries"))["items"]
        types = ["opening", "assessment", "identification", "release"]
        assert [one["type"] for one in read] == types


async def test_a_cursor_of_another_timeline_is_refused_by_name(officer: Person) -> None:
    one, other = await officer.opened(), await officer.opened()
    await officer.appended(one, entry("note", note="x"))
    page = await officer.read(f"/incidents/{one}/entries", params={"limit": "1"})
    cursor = {"cursor": page["next_cursor"]}
    answer = await officer.get(f"/incidents/{other}/entries", params=cursor)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor")
