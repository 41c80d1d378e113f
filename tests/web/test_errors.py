"""`errors`, field by field: what is wrong, what would be right, and what may have been meant."""

from typing import Any

import pytest

from tests.users import Person, entry, rescue
from wildlife.web.wording import pointer_to


async def errors_of(officer: Person, body: dict[str, Any], incident_id: str) -> list[Any]:
    """What is told of an entry that is refused."""
    answer = await officer.post(f"/incidents/{incident_id}/entries", body)
    assert answer.status_code == 422, answer.text
    errors: list[Any] = answer.json()["errors"]
    return errors


async def test_of_what_may_be_one_of_several_each_is_told_with_its_bounds(
    officer: Person, subtests: pytest.Subtests
) -> None:
    incident_id = await officer.opened()
    for animal in (0, 1000, "1", "怪鸟"):
        with subtests.test(animal=animal):
            body = entry("care", animal=animal, feeding="鱼")
            [error] = await errors_of(officer, body, incident_id)
            assert error["expected"] == (
                "The animal's number within its incident (a whole number from 1 to 999) or a UUID"
            )
            assert "animal's number within its incident (a whole number" in error["detail"]


MEANT: list[tuple[str, Any, list[Any], str]] = [
    # field, what was given, what may have been meant, and how it stands in the sentence
    ("animal", "1", [1], "Did you mean `1`?"),
    ("weight_g", "1.5", [1.5], "Did you mean `1.5`?"),
    ("pulse_per_min", "1.5", [], "a whole number."),
    ("pulse_per_min", "1.2.3", [], "a whole number."),
    ("pulse_per_min", "007", [], "a whole number."),
    ("pulse_per_min", "-3", [], "a whole number."),
    ("weight_g", "1e999", [], "a number."),
    ("weight_g", "NaN", [], "a number."),
    ("note", 5, ["5"], 'Did you mean `"5"`?'),
    ("note", True, [], "text."),
    ("happened_at", 1722237600, ["2024-07-29T15:20:00+08:00"], "2024-07-29T15:20:00+08:00"),
    ("happened_at", 20240729152000, [], "a time."),
    ("happened_at", "2611-05-29 00:45", [], "can't be read as a time"),
]


async def test_only_what_would_be_taken_is_offered_and_as_it_stands_in_json(
    officer: Person, subtests: pytest.Subtests
) -> None:
    incident_id = await officer.opened()
    for field, given, meant, says in MEANT:
        with subtests.test(field=field, given=given):
            body = entry("assessment", animal=1, exam="field") | {field: given}
            [error] = await errors_of(officer, body, incident_id)
            assert [one["code"] for one in error.get("did_you_mean", [])] == meant
            assert says in error["detail"]
            for one in meant:
                taken = body | {field: one}
                answer = await officer.post(f"/incidents/{incident_id}/entries", taken)
                assert answer.status_code in (200, 201, 409), answer.text


def test_one_of_a_list_is_pointed_at_by_its_number_in_a_correction() -> None:
    """What a list itself is changed by names what is meant, so the last number is none of it."""
    told = {
        "animals[0].marks[0]": "/animals/0/marks/0",
        "changes.animals[0].count": "/changes/animals/1/count",
        "changes.officers[0]": "/changes/officers",
        "changes.animals[0].marks[0]": "/changes/animals/1/marks",
        "changes.animals[1].marks[0].number": "/changes/animals/2/marks/1/number",
    }
    assert {field: pointer_to(field) for field in told} == told


async def test_a_fault_is_told_whole(officer: Person) -> None:
    """Where it is, what was given, what would be right and what was meant: a program can go on."""
    incident_id = await officer.opened()
    point = {"longitude": 43.3, "latitude": 117.5, "datum": "WGS84"}
    body = entry("release", animal="1", metod="hard", officers=["150425001"])
    body |= {"site": {"point": point}, "fit_to_release": True, "method": "硬放归"}
    told = {one["pointer"]: one for one in await errors_of(officer, body, incident_id)}
    assert told["/animal"] == {
        "field": "animal",
        "pointer": "/animal",
        "code": "invalid_value",
        "given": "1",
        "expected": "The animal's number within its incident (a whole number from 1 to 999)"
        " or a UUID",
        "detail": "`animal` was “1”; it should be the animal's number within its incident (a whole"
        " number from 1 to 999) or a UUID. Did you mean `1`?",
        "did_you_mean": [{"code": 1}],
    }
    assert told["/site/point/latitude"] == {
        "field": "site.point.latitude",
        "pointer": "/site/point/latitude",
        "code": "invalid_value",
        "given": 117.5,
        "expected": "a number from -90 to 90",
        "detail": "`site.point.latitude` was 117.5; it should be a number from -90 to 90. Latitude"
        " and longitude look swapped: in China the longitude is the larger one.",
    }
    method = told["/method"]
    assert (method["code"], method["given"]) == ("unknown_code", "硬放归")
    assert method["did_you_mean"][0] == {"code": "hard", "zh": "硬放归", "en": "hard release"}
    assert method["did_you_mean"][0] in method["codes"]
    assert told["/metod"]["code"] == "unknown_field"
    assert len(told) == 4


NAMED = [
    # what is wrong with an opening or an entry, and what the document calls the field
    ("/incidents", rescue(kind="x"), "警情种类（`kind`）"),
    ("/incidents", rescue(officers="150425001"), "到场民警警号（`officers`）"),
    ("/incidents", rescue(receipt_number=1), "接收凭证编号（`receipt_number`）"),
    ("/incidents", rescue(summary="\u200b"), "简要情况（`summary`）"),
    ("/incidents", rescue(found_at="2098-01-01T00:00:00+08:00"), "发现时间（`found_at`）"),
    ("/entries", entry("x"), "记录类型（`type`）"),
    ("/entries", entry("closing", reason="x"), "办结原因（`reason`）"),
    ("/entries", entry("void", reason=1), "作废原因（`reason`）"),
    ("/entries", entry("release", method="x"), "放归方式（`method`）"),
    ("/entries", entry("handover", badge=1), "责任民警警号（`badge`）"),
    ("/entries", entry("closing", reason="duplicate"), "所重复的警情（`duplicate_of`）"),
]


async def test_a_field_is_called_in_errors_what_the_document_calls_it(
    officer: Person, subtests: pytest.Subtests
) -> None:
    incident_id = await officer.opened()
    chinese = {"Accept-Language": "zh"}
    for path, body, called in NAMED:
        with subtests.test(called):
            at = path if path == "/incidents" else f"/incidents/{incident_id}{path}"
            answer = await officer.post(at, body, headers=chinese)
            assert answer.status_code == 422, answer.text
            assert called in answer.json()["detail"]
    changes = {"officers": ["150425001"], "animals": {"1": {"cause": "x"}}}
    body = entry("amendment", entry_id=incident_id, changes=changes)
    answer = await officer.post(f"/incidents/{incident_id}/entries", body, headers=chinese)
    assert "到场民警警号（`changes.officers`）" in answer.text
    assert "救护原因（`changes.animals[0].cause`）" in answer.text
