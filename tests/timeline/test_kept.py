"""What can't stand on the timeline yet, or not any more, is kept for a person to look at."""

from typing import Any

import pytest

from tests.commandline import Wildlife
from tests.users import Person, entry, identification, release, rescue

TEN, ELEVEN, NOON, ONE = (f"2024-07-30T{hour}:00:00+08:00" for hour in range(10, 14))


async def kept(person: Person, incident: str) -> list[tuple[str, str]]:
    """The ids and the codes of what is kept."""
    items = (await person.read(f"/incidents/{incident}/refused"))["items"]
    return [(one["entry_id"], one["code"]) for one in items]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (release(), "impossible_step"),  # nobody has said what it is
        (
            entry("care", animal=2, feeding="小鱼"),
            "unknown_animal",
        ),  # the addition has not come yet
        (entry("void", entry_id="00000000-0000-4000-8000-000000000007"), "unknown_entry"),
        (
            entry("marking", animal=2, marks=[{"kind": "ring", "number": "A1"}]),
            "unknown_animal",
        ),
        (
            entry(
                "closing",
                reason="duplicate",
                duplicate_of="00000000-0000-4000-8000-000000000007",
            ),
            "unknown_incident",
        ),
    ],
)
async def test_what_can_not_be_yet_is_kept_once(
    officer: Person, body: dict[str, Any], code: str
) -> None:
    incident = await officer.opened()
    for _ in range(2):
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        assert answer.json()["code"] == code, answer.text
    assert await kept(officer, incident) == [(body["id"], code)]
    [one] = (await officer.read(f"/incidents/{incident}/refused"))["items"]
    assert one["body"]["type"] == body["type"]


async def test_what_could_not_be_yet_is_kept_no_longer_when_it_has_been_taken(
    officer: Person,
) -> None:
    incident = await officer.opened()
    said = release()
    path = f"/incidents/{incident}/entries"
    assert (await officer.post(path, said)).status_code == 409
    await officer.appended(incident, identification())
    assert len(await kept(officer, incident)) == 1
    await officer.appended(incident, said)
    assert await kept(officer, incident) == []


async def test_two_late_reports_that_wait_for_each_other_are_kept_with_what_they_say(
    officer: Person,
) -> None:
    """That it came back twice may be one thing that two have filed: a person looks at it."""
    incident = await officer.opened()
    await officer.appended(incident, entry("escape", TEN, animal=1))
    await officer.appended(incident, entry("return", ONE, animal=1))
    late = [entry("return", ELEVEN, animal=1), entry("escape", NOON, animal=1)]
    for one in late:
        answer = await officer.post(f"/incidents/{incident}/entries", one)
        assert answer.json()["code"] == "impossible_step"
    assert {one["id"] for one in late} == {id_ for id_, _ in await kept(officer, incident)}


async def test_what_is_wrong_with_a_body_and_will_never_be_right_is_not_kept(
    officer: Person,
) -> None:
    incident = await officer.opened()
    for body in (
        entry("note", note=" "),
        entry("note", note="\u200b"),
        entry("note", "2099-01-01T00:00:00+08:00", note="x"),
        identification(identified_by="\u3000"),
    ):
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        assert answer.status_code == 422, answer.text
    blank = rescue(place={"description": "\u200b", "region_code": "150425"})
    answer = await officer.post("/incidents", blank)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "place.description")
    assert await kept(officer, incident) == []


async def test_nobody_hands_over_to_a_station_where_nobody_could_go_on(
    officer: Person, wildlife: Wildlife
) -> None:
    incident = await officer.opened()
    await wildlife("station", "add", "150430", "敖汉旗局", "--kind", "police_branch")
    for code in ("150430", "1504"):
        answer = await officer.post(
            f"/incidents/{incident}/entries", entry("handover", station=code)
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "station_without_officers")


async def test_a_refusal_names_what_it_would_undo_by_its_type_and_its_time(officer: Person) -> None:
    incident = await officer.opened()
    said = await officer.appended(incident, identification())
    await officer.appended(incident, release())
    answer = await officer.post(
        f"/incidents/{incident}/entries",
        entry("void", entry_id=said["id"]),
        headers={"Accept-Language": "zh"},
    )
    assert answer.status_code == 409
    assert "2024-08-04 10:30 的“放归”记录" in answer.json()["detail"], answer.text


async def test_who_is_told_that_the_record_has_changed_is_told_its_etag(officer: Person) -> None:
    incident = await officer.opened()
    old = (await officer.get(f"/incidents/{incident}")).headers["etag"]
    await officer.appended(incident, entry("note", note="x"))
    now = (await officer.get(f"/incidents/{incident}")).headers["etag"].partition(".")[0]
    for language in ("zh", "en"):
        headers = {"If-Match": old, "Accept-Language": language}
        answer = await officer.post(
            f"/incidents/{incident}/entries", entry("note", note="y"), headers=headers
        )
        assert answer.status_code == 412
        assert now in answer.json()["detail"]
