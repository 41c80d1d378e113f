"""The officers that a record names are persons: looked up by their badges, each counted once."""

from typing import Any

from tests.commandline import Wildlife
from tests.users import Person, entry, identification, release, rescue

DAJUZI, KEHE = "大局子森林派出所", "克一河分局"
ONE = {"badge": "150425001", "name": "大局子民警", "unit": DAJUZI, "role": "officer"}
TWO = {"badge": "150425002", "name": "大局子民警二", "unit": DAJUZI, "role": "officer"}
OF_ANOTHER_UNIT = {"badge": "150723001", "name": "克一河民警", "unit": KEHE, "role": "officer"}


async def released(officer: Person, badges: list[str]) -> tuple[str, dict[str, Any]]:
    """An incident whose animal was released by these."""
    incident_id = await officer.opened()
    await officer.appended(incident_id, identification())
    said = await officer.appended(incident_id, release(officers=badges))
    return incident_id, said


async def owes_a_second_officer(officer: Person, incident_id: str) -> bool:
    missing = (await officer.read(f"/incidents/{incident_id}"))["missing"]
    return "second_officer" in {one["code"] for one in missing}


async def flags_of(officer: Person, incident_id: str) -> list[str]:
    return [one["code"] for one in (await officer.read(f"/incidents/{incident_id}"))["flags"]]


async def test_an_officer_of_any_unit_is_kept_with_name_and_unit(officer: Person) -> None:
    incident_id = await officer.opened(rescue(officers=["150723001"]))
    incident = await officer.read(f"/incidents/{incident_id}")
    assert incident["officers_named"] == [OF_ANOTHER_UNIT]
    opening, *_ = (await officer.read(f"/incidents/{incident_id}/entries"))["items"]
    assert [one["station"]["name"] for one in opening["facts"]["officers"]] == [KEHE]


async def test_a_release_names_who_they_are_in_the_record_and_in_the_list(officer: Person) -> None:
    incident_id, _ = await released(officer, ["150425001", "150723001"])
    (animal,) = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    (listed,) = (await officer.read("/releases"))["items"]
    for one in (*animal["releases"], listed):
        assert one["officers"] == ["150425001", "150723001"]
        assert one["officers_named"] == [ONE, OF_ANOTHER_UNIT]
    assert not await owes_a_second_officer(officer, incident_id)


async def test_an_officer_who_is_named_twice_is_one(officer: Person) -> None:
    incident_id, _ = await released(officer, ["150425001", "150425001"])
    (animal,) = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    assert animal["releases"][0]["officers_named"] == [ONE]
    assert await owes_a_second_officer(officer, incident_id)


async def test_who_is_no_officer_is_named_and_is_no_second_officer(officer: Person) -> None:
    incident_id, _ = await released(officer, ["150425001", "LC1504"])
    (animal,) = (await officer.read(f"/incidents/{incident_id}"))["animals"]
    named = animal["releases"][0]["officers_named"]
    assert [one["role"] for one in named] == ["officer", "official"]
    assert await owes_a_second_officer(officer, incident_id)
    assert await flags_of(officer, incident_id) == []


async def test_a_badge_that_nobody_has_is_taken_and_shown_and_is_no_second_officer(
    officer: Person,
) -> None:
    incident_id, said = await released(officer, ["150425001", "150425999"])
    assert await owes_a_second_officer(officer, incident_id)
    assert await flags_of(officer, incident_id) == ["unknown_badge"]
    opened = await officer.opened(rescue(officers=["150425999"]))
    assert await flags_of(officer, opened) == ["unknown_badge"]
    right = {"officers": {"150425999": None, "150425002": True}}
    await officer.appended(incident_id, entry("amendment", entry_id=said["id"], changes=right))
    await officer.appended(opened, entry("amendment", entry_id=opened, changes=right))
    for one in (incident_id, opened):
        assert await flags_of(officer, one) == []
    assert not await owes_a_second_officer(officer, incident_id)
    assert (await officer.read(f"/incidents/{opened}"))["officers_named"] == [TWO]


async def test_who_has_left_since_was_there_and_bears_the_name_of_the_day(
    officer: Person, wildlife: Wildlife
) -> None:
    incident_id, _ = await released(officer, ["150425001", "150425002"])
    await wildlife("account", "disable", "150425002")
    later, _ = await released(officer, ["150425001", "150425002"])
    await wildlife("account", "change", "150425002", "--name", "改名", "--station", "150723")
    for one in (incident_id, later):
        (animal,) = (await officer.read(f"/incidents/{one}"))["animals"]
        assert animal["releases"][0]["officers_named"] == [ONE, TWO]
        assert not await owes_a_second_officer(officer, one)


async def test_who_is_named_by_a_badge_has_no_part_in_the_incident_by_that(
    officer: Person, other_officer: Person
) -> None:
    opening = rescue(officers=["150723001"])
    await officer.opened(opening)
    stranger = rescue(id=opening["id"], summary="克一河的事", informant={"name": "李四"})
    answer = await other_officer.post("/incidents", stranger)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
    at = f"/incidents/{opening['id']}"
    assert (await other_officer.get(at)).status_code == 404
    # A stranger's words are the stranger's: no more than that they came is told to others.
    [kept] = (await officer.read(f"{at}/refused"))["items"]
    assert (kept["body"], kept["badge"]) == (None, None)


async def test_whom_an_opening_names_is_who_has_the_badge_by_then_whatever_was_known_before(
    officer: Person, wildlife: Wildlife
) -> None:
    badges = ["150425002", "150425999"]

    async def named() -> list[tuple[str, str]]:
        incident = await officer.read(f"/incidents/{await officer.opened(rescue(officers=badges))}")
        return [(one["name"], one["unit"]) for one in incident["officers_named"]]

    assert await named() == await named() == [("大局子民警二", DAJUZI)]
    there = ("--station", "150723")
    await wildlife("account", "change", "150425002", "--name", "改名", *there)
    assert await named() == [("改名", KEHE)]
    new = ("150425999", "新来", "--role", "officer", *there, "--password", "another-secret")
    await wildlife("account", "add", *new)
    assert await named() == [("改名", KEHE), ("新来", KEHE)]
