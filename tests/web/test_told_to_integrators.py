"""What somebody is told who has the document alone: how it is written, in which unit, and what is
missing."""

from typing import Any

import pytest

from tests.users import Person, entry, rescue
from wildlife.words.fields import names, unit_of


@pytest.mark.parametrize("path", ["/species", "/species/phalacrocorax_carbo"])
@pytest.mark.parametrize("given", ["29.07.2024", "yesterday", "2024-07-29T15:20:00+08:00"])
async def test_who_gives_no_day_is_told_how_a_day_is_written(
    officer: Person, path: str, given: str
) -> None:
    answer = await officer.get(path, params={"on": given})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "invalid_parameter")
    [error] = problem["errors"]
    assert (error["field"], error["expected"]) == ("on", "a day like 2024-07-29")
    assert "T15:20" not in problem["detail"].replace(given, "")
    day = error["expected"].rpartition(" ")[2]
    assert (await officer.get(path, params={"on": day})).status_code == 200


async def test_a_place_by_its_region_alone_is_refused_as_it_was_sent(officer: Person) -> None:
    for place, more in (({"region_code": "150425"}, "county"), ({}, "")):
        answer = await officer.post("/incidents", rescue(place=place))
        [error] = answer.json()["errors"]
        assert (answer.status_code, error["code"], error["field"]) == (
            422,
            "invalid_value",
            "place",
        )
        assert (error.get("given"), more in error["detail"]) == (place, True)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("weight_kg", 1.85, "`weight_g` (weight in grams)"),
        ("weight_g", "1.8kg", "in grams"),
        ("weight_g", -1, "in grams"),
        ("temperature_f", 104, "`temperature_c` (temperature in degrees Celsius)"),
        ("wing_cm", 31, "`wing_mm` (wing in millimetres)"),
    ],
)
async def test_a_number_is_asked_for_in_its_unit(
    officer: Person, field: str, value: Any, said: str
) -> None:
    incident = await officer.opened()
    body = entry("assessment", animal=1, **{field: value})
    answer = await officer.post(f"/incidents/{incident}/entries", body)
    assert (answer.status_code, said in answer.json()["detail"]) == (422, True), answer.text


def test_units_are_told_of_those_fields_alone_that_have_one() -> None:
    assert {name for name in names() if unit_of(name)} == {
        "accuracy_m",
        "blocked_length_m",
        "body_length_mm",
        "damage_yuan",
        "temperature_c",
        "volume_m3",
        "weight_g",
        "wing_mm",
    }


async def test_what_is_sent_elsewhere_is_told_where(officer: Person) -> None:
    incident = await officer.opened()
    for type_, where in (("photo", "PUT "), ("opening", "POST /api/v1/incidents")):
        answer = await officer.post(f"/incidents/{incident}/entries", entry(type_))
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_code")
        assert where in answer.json()["detail"]


async def test_all_that_is_missing_to_find_what_is_nearby_is_told_at_once(officer: Person) -> None:
    answer = await officer.get("/incidents/nearby")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (400, "missing_parameter")
    errors = {error["field"]: error for error in problem["errors"]}
    assert [*errors] == ["kind", "near", "datum", "found_at"]
    assert [one["code"] for one in errors["kind"]["codes"]] == ["rescue", "road_hazard"]
    assert {"WGS84", "GCJ02"} <= {one["code"] for one in errors["datum"]["codes"]}
    assert "`incident`" in problem["detail"]
    asked = {"kind": "rescue", "near": "117.5,43.3", "found_at": "2024-07-29"}
    answer = await officer.get("/incidents/nearby", params=asked)
    assert [error["field"] for error in answer.json()["errors"]] == ["datum"]
    assert "`WGS84`" in answer.json()["detail"]


async def test_a_weak_tag_is_told_that_it_never_matches(officer: Person) -> None:
    incident = await officer.opened()
    tag = (await officer.get(f"/incidents/{incident}")).headers["ETag"]
    path, note = f"/incidents/{incident}/entries", entry("note", note="x")
    answer = await officer.post(path, note, headers={"If-Match": f"W/{tag}"})
    assert (answer.status_code, answer.json()["code"]) == (412, "precondition_failed")
    assert "never matches" in answer.json()["detail"]
    assert (await officer.post(path, note, headers={"If-Match": tag})).status_code == 201
