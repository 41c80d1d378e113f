"""Corrections of the same thing stand beside each other, in whatever order they arrive: a number is
a thing's place as it was filed, and what an earlier correction needs is not taken from it."""

from itertools import permutations
from typing import Any

import pytest

from tests.pictures import encoded, noise
from tests.users import Person, entry, identification, release, rescue

JPEG = encoded(noise(40, 30))
A1, B2, C3 = ({"kind": "ring", "number": number} for number in ("A1", "B2", "C3"))
POINT = {"longitude": 117.6, "latitude": 43.4, "datum": "GCJ02"}


def amendment(target: str, changes: dict[str, Any], at: str) -> dict[str, Any]:
    return entry("amendment", f"2024-08-06T{at}:00+08:00", entry_id=target, changes=changes)


async def said_with(officer: Person, field: str, marks: list[Any]) -> tuple[str, str]:
    """An incident, and what tells of the marks in it."""
    animal: dict[str, Any] = {"reported_as": "长嘴巴怪鸟"}
    if field == "animals.1.marks":
        incident = await officer.opened(rescue(animals=[animal | {"marks": marks}]))
        return incident, incident
    incident = await officer.opened(rescue(animals=[animal]))
    if field == "release.marks":
        await officer.appended(incident, identification())
        body = release(marks=marks)
    else:
        body = entry("marking") | {"animal": 1, field: marks}
    return incident, (await officer.appended(incident, body))["id"]


def changes_of(field: str, things: dict[str, Any]) -> dict[str, Any]:
    return {
        "animals.1.marks": {"animals": {"1": {"marks": things}}},
        "release.marks": {"marks": things},
    }.get(field, {field: things})


async def numbers(officer: Person, incident: str, field: str) -> list[str]:
    """Which of the marks count."""
    animal = (await officer.read(f"/incidents/{incident}"))["animals"][0]
    if field == "release.marks":
        return [mark["number"] for mark in animal["releases"][0]["marks"]]
    return [mark["number"] for mark in animal["marks"]]


@pytest.mark.parametrize("field", ["marks", "animals.1.marks", "release.marks"])
@pytest.mark.parametrize(
    ("corrections", "left"),
    [
        ([{"1": None}, {"1": None}], ["B2", "C3"]),
        ([{"1": None}, {"2": None}], ["C3"]),
        ([{"3": None}, {"1": None}], ["B2"]),
        ([{"1": None}, {"2": {"number": "B22"}}], ["B22", "C3"]),
        ([{"2": {"number": "B22"}}, {"1": None}], ["B22", "C3"]),
        ([{"1": {"number": "A11"}}, {"1": None}], ["B2", "C3"]),
        ([{"1": None}, {"2": {"number": "B22"}}, {"3": {"number": "C33"}}], ["B22", "C33"]),
    ],
)
async def test_a_number_is_the_place_as_it_was_filed_in_whatever_order_corrections_come(
    officer: Person, field: str, corrections: list[dict[str, Any]], left: list[str]
) -> None:
    for order in permutations(range(len(corrections))):
        incident, target = await said_with(officer, field, [A1, B2, C3])
        for index in order:
            changes = changes_of(field, corrections[index])
            await officer.appended(incident, amendment(target, changes, f"1{index}:00"))
        assert await numbers(officer, incident, field) == left


async def test_a_mark_is_no_longer_taken_off_by_number_in_whatever_order_corrections_come(
    officer: Person,
) -> None:
    for order in ("10:00", "11:00"), ("11:00", "10:00"):
        animal = {"reported_as": "长嘴巴怪鸟", "marks": [A1, B2, C3]}
        incident = await officer.opened(rescue(animals=[animal]))
        marking = entry("marking", animal=1, taken_off=[A1, B2, C3])
        await officer.appended(incident, marking)
        for at in order:
            changes = {"taken_off": {"1": None}}
            await officer.appended(incident, amendment(marking["id"], changes, at))
        carried = (await officer.read(f"/incidents/{incident}"))["animals"][0]["carried"]
        off = [one["mark"]["number"] for one in carried if one.get("until")]
        assert off == ["B2", "C3"]


async def test_what_was_taken_away_is_corrected_when_its_removal_is_void(officer: Person) -> None:
    incident, target = await said_with(officer, "marks", [A1, B2])
    path = f"/incidents/{incident}/entries"
    removal = amendment(target, {"marks": {"1": None}}, "10:00")
    await officer.appended(incident, removal)
    correction = amendment(target, {"marks": {"1": {"number": "A11"}}}, "11:00")
    answer = await officer.post(path, correction, headers={"Accept-Language": "en"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "impossible_step"), problem
    assert problem["errors"][0]["field"] == "changes.marks.1"
    assert problem["errors"][0]["pointer"] == "/changes/marks/1"
    assert "`marks.1`" in problem["detail"]
    assert await is_kept(officer, incident, correction)
    void = entry("void", "2024-08-06T12:00:00+08:00", entry_id=removal["id"])
    await officer.appended(incident, void)
    await officer.appended(incident, correction)
    assert await numbers(officer, incident, "marks") == ["A11", "B2"]


async def test_a_wrong_number_is_told_the_numbers_that_there_are(officer: Person) -> None:
    incident, target = await said_with(officer, "marks", [A1, B2, C3])
    path = f"/incidents/{incident}/entries"

    async def expected() -> str:
        wrong = amendment(target, {"marks": {"4": {"number": "D4"}}}, "12:00")
        answer = await officer.post(path, wrong, headers={"Accept-Language": "en"})
        assert answer.status_code == 422, answer.text
        return str(answer.json()["errors"][0]["expected"])

    assert await expected() == "a number from 1 to 3"
    await officer.appended(incident, amendment(target, {"marks": {"1": None}}, "10:00"))
    assert await expected() == "2, 3"
    await officer.appended(incident, amendment(target, {"marks": {"2": None}}, "10:00"))
    assert await expected() == "3"


async def told_of(officer: Person, incident: str, changes: dict[str, Any]) -> str:
    body = amendment(incident, changes, "12:00")
    path, headers = f"/incidents/{incident}/entries", {"Accept-Language": "zh"}
    answer = await officer.post(path, body, headers=headers)
    assert answer.status_code == 422, answer.text
    return answer.text


async def test_an_animal_that_an_entry_added_is_corrected_through_that_entry(
    officer: Person,
) -> None:
    several = {"reported_as": "怪鸟", "count": 2}
    incident = await officer.opened(rescue(animals=[several]))
    split = await officer.appended(incident, entry("split", animal=1, count=1))
    added = await officer.appended(incident, entry("addition", reported={"reported_as": "雏鸟"}))
    for number, by in (("2", split["id"]), ("3", added["id"])):
        told = await told_of(officer, incident, {"animals": {number: {"count": 3}}})
        assert by in told
        assert "新增或分出，请更正该记录" in told
    also_wrong = {"animals": {"3": {"count": 3}}, "sumary": "x"}
    assert added["id"] in await told_of(officer, incident, also_wrong)
    assert "应为 1，因为只有一项" in await told_of(officer, incident, {"animals": {"4": {}}})


async def test_whom_a_correction_would_name_is_not_repeated(officer: Person) -> None:
    incident = await officer.opened()
    told = await told_of(officer, incident, {"informant": {"name": "王建国"}})
    assert "请另行登记“报告人”记录" in told
    assert "王建国" not in told


async def test_a_fault_is_told_at_the_number_by_which_it_was_corrected(officer: Person) -> None:
    incident, target = await said_with(officer, "marks", [A1, B2, C3])
    await officer.appended(incident, amendment(target, {"marks": {"1": None}}, "10:00"))
    wrong = amendment(target, {"marks": {"3": {"number": 3}}}, "11:00")
    answer = await officer.post(f"/incidents/{incident}/entries", wrong)
    fault = answer.json()["errors"][0]
    assert (fault["field"], fault["pointer"]) == (
        "changes.marks[2].number",
        "/changes/marks/3/number",
    )


async def is_kept(officer: Person, incident: str, body: dict[str, Any]) -> bool:
    kept = await officer.read(f"/incidents/{incident}/refused")
    return any(one["entry_id"] == body["id"] for one in kept["items"])


async def target_of(officer: Person, incident: str, type_: str) -> str:
    """What is amended: the opening, a photo, or a release."""
    if type_ == "photo":
        return str((await officer.put_photo(incident, JPEG, about="animal:1")).json()["id"])
    if type_ == "release":
        await officer.appended(incident, identification())
        body = release(officers=["150425001"])
        return str((await officer.appended(incident, body))["id"])
    return incident


# What is said first, and what stands only as long as it is.
BUILT_UPON: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("opening", {"place": {"point": POINT}}, {"place": {"point": {"accuracy_m": 5}}}),
    ("opening", {"handed_over_by": {"unit": "林场"}}, {"handed_over_by": {"document": "7"}}),
    ("photo", {"taken_place": {"point": POINT}}, {"taken_place": {"point": {"accuracy_m": 5}}}),
]


@pytest.mark.parametrize(("type_", "first", "second"), BUILT_UPON)
async def test_what_another_correction_builds_upon_is_voided_after_it(
    officer: Person, type_: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    incident = await officer.opened(rescue(place={"description": "林中"}))
    target = await target_of(officer, incident, type_)
    below, above = amendment(target, first, "10:00"), amendment(target, second, "11:00")
    await officer.appended(incident, below)
    await officer.appended(incident, above)
    before = await officer.read(f"/incidents/{incident}")
    void = entry("void", "2024-08-06T12:00:00+08:00", entry_id=below["id"])
    await refused_for(officer, incident, void, above)
    assert await officer.read(f"/incidents/{incident}") == before
    await officer.appended(
        incident, entry("void", "2024-08-06T12:00:00+08:00", entry_id=above["id"])
    )
    await officer.appended(incident, void)


# What comes late, and what stands already that would not fit any more.
TOO_LATE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("opening", {"place": {"point": None}}, {"place": {"point": {"accuracy_m": 5}}}),
    ("opening", {"handed_over_by": None}, {"handed_over_by": {"document": "7"}}),
    (
        "opening",
        {"handed_over_by": {"persons": {"丙": True}}},
        {"handed_over_by": {"persons": {"乙": True}}},
    ),
    (
        "opening",
        {"animals": {"1": {"marks": {"1": None}}}},
        {"animals": {"1": {"marks": {"1": {"number": "A11"}}}}},
    ),
]


@pytest.mark.parametrize(("type_", "late", "standing"), TOO_LATE)
async def test_a_late_correction_that_another_would_not_fit_any_more_names_that_one(
    officer: Person, type_: str, late: dict[str, Any], standing: dict[str, Any]
) -> None:
    animal = {"reported_as": "长嘴巴怪鸟", "marks": [A1, B2]}
    handed_over_by = {"unit": "林场", "persons": ["甲"]}
    incident = await officer.opened(
        rescue(animals=[animal], source="referral", handed_over_by=handed_over_by)
    )
    target = await target_of(officer, incident, type_)
    stands = amendment(target, standing, "11:00")
    await officer.appended(incident, stands)
    before = await officer.read(f"/incidents/{incident}")
    await refused_for(officer, incident, amendment(target, late, "10:00"), stands)
    assert await officer.read(f"/incidents/{incident}") == before


async def refused_for(
    officer: Person, incident: str, body: dict[str, Any], other: dict[str, Any]
) -> None:
    """That it is refused, names the other in both languages, and is kept."""
    path = f"/incidents/{incident}/entries"
    for language, sentence in (("en", "Void that one first."), ("zh", "请先作废该记录。")):
        answer = await officer.post(path, body, headers={"Accept-Language": language})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (409, "impossible_step"), problem
        assert other["id"] in problem["detail"]
        assert sentence in problem["detail"]
        assert problem["possible"] == ["void"]
    assert await is_kept(officer, incident, body)


@pytest.mark.parametrize("half", [{"longitude": 117.6}, {"latitude": 43.4, "datum": "WGS84"}])
@pytest.mark.parametrize(
    ("type_", "field"),
    [("opening", "place"), ("release", "site"), ("photo", "taken_place")],
)
async def test_half_a_point_is_no_correction(
    officer: Person, type_: str, field: str, half: dict[str, Any]
) -> None:
    incident = await officer.opened()
    target = await target_of(officer, incident, type_)
    path = f"/incidents/{incident}/entries"
    body = amendment(target, {field: {"point": half}}, "11:00")
    for language, sentence in (
        ("en", "Longitude, latitude and datum are one thing"),
        ("zh", "经度、纬度和坐标系是一个整体"),
    ):
        answer = await officer.post(path, body, headers={"Accept-Language": language})
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "missing_field"), problem
        missing = {one["field"] for one in problem["errors"]}
        assert missing == {f"changes.{field}.point.{name}" for name in POINT.keys() - half.keys()}
        assert sentence in problem["detail"]
    await officer.appended(incident, amendment(target, {field: {"point": POINT}}, "11:00"))


async def test_how_exact_a_point_is_is_corrected_by_itself(officer: Person) -> None:
    incident = await officer.opened()
    changes = {"place": {"point": {"accuracy_m": 5}}}
    await officer.appended(incident, amendment(incident, changes, "11:00"))
    point = (await officer.read(f"/incidents/{incident}"))["place"]["point"]
    assert (point["longitude"], point["accuracy_m"]) == (117.542, 5)
