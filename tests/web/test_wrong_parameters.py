"""Whatever is wrong with a parameter, the answer says in both languages what would be right."""

import re
from collections.abc import Iterable
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from tests.bodies import PHOTO_PARAMETERS
from tests.documented import document
from tests.draws import Draw
from tests.languages import HAN, foreign_words
from tests.users import API, Person, whose
from wildlife.web.problems import MOST_TOLD

WRONG: Final = ["x" * 5000, "1e400", "9" * 5000, "-1", "0", "", "a\x01b", "名" * 1000, "昨天"]
# As nobody put it into words: of a type, of a bound, of Chinese.
NO_WORDS: Final = re.compile(r"[<>‹›]|Expected|out of range|\bstr\b|\bint\b|（/docs）中列出")
RADIUS: Final = ("a number above 0, at most 1000000", "大于 0、不超过 1000000 的数字")


def parameters() -> list[tuple[str, str, str]]:
    """Every parameter of every operation that reads."""
    return [
        (path.removeprefix(API), parameter["name"], parameter["in"])
        for path, operations in document()["paths"].items()
        for method, operation in operations.items()
        if method == "get"
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query"
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_what_would_be_right_of_a_parameter_is_told_in_words(
    officer: Person, official: Person, language: str, draw: Draw
) -> None:
    told = 0
    for path, name, _ in parameters():
        there = re.sub(r"\{\w+\}", str(uuid4()), path)
        for value in draw.some(WRONG, 2, path, name, language):
            answer = await official.request(
                "GET", there, params={name: value}, headers={"Accept-Language": language}
            )
            if answer.status_code != 400:
                continue
            told += 1
            for error in answer.json()["errors"]:
                said = f"{error['detail']} {error.get('expected', '')}"
                quoted = re.sub(r"“[^”]*”", "", said)
                assert not NO_WORDS.search(quoted), (path, name, value[:20], said)
                if language == "zh":
                    assert HAN.search(error["detail"])
                    assert not foreign_words(error["detail"], [value[:49]]), said
    assert told > 400


# What only the register can tell, or what was answered before: it is told when all else is right.
LATER: Final = re.compile(
    "^(the code of|the id of|an order|a family|a genus|a class|a flag that|the badge"
    "|the next_cursor)"
)
BESIDE: Final = {
    "/incidents/nearby": {
        "near": "117,43",
        "datum": "WGS84",
        "found_at": "2024-08-04",
        "kind": "rescue",
    },
    "/reports/annual": {"year": "2024"},
}
"""What has to be asked for."""
READING: Final = sorted({path for path, _, _ in parameters()})


async def wrong_by_itself(
    person: Person, method: str, path: str, names: Iterable[str]
) -> dict[str, str]:
    """Of each of these parameters, a value that is refused whatever else is asked."""
    found = dict[str, str]()
    for name in names:
        for value in sorted(WRONG, key=len):  # of several the shortest
            answer = await person.request(method, path, params={name: value})
            if answer.is_error and any(is_of(name, one) for one in answer.json().get("errors", [])):
                found[name] = value
                break
    return found


def is_of(name: str, error: dict[str, Any]) -> bool:
    """Whether an error is about what was given for this parameter, and told before all else."""
    is_meant = error["field"].partition(".")[0] == name and "given" in error
    # What a list tells, the list knows, which is asked last.
    is_later = LATER.match(error.get("expected", "")) or (name == "fields" and "codes" in error)
    return is_meant and not is_later


def fields(answer: httpx.Response) -> set[str]:
    return {error["field"].partition(".")[0] for error in answer.json()["errors"]}


@pytest.mark.parametrize("path", READING)
async def test_all_that_is_wrong_with_parameters_is_told_at_once(
    officer: Person, chief: Person, auditor: Person, path: str
) -> None:
    """Whatever finds it: their names, their types, or what reads them."""
    person = whose(path, officer, chief, auditor)
    there = re.sub(r"\{\w+\}", str(uuid4()), path)
    names = [name for at, name, _ in parameters() if at == path]
    wrong = await wrong_by_itself(person, "GET", there, names)
    # Of more than twenty the first are told.
    for at in range(0, len(wrong), MOST_TOLD - 1):
        some = dict([*wrong.items()][at : at + MOST_TOLD - 1])
        told = await person.get(there, params=some)
        assert fields(told) == set(some), told.text
        told = await person.get(there, params=some | {"nothing": "1"})
        assert fields(told) == {*some, "nothing"}, told.text


async def test_all_that_is_wrong_with_what_is_said_of_a_photo_is_told_at_once(
    officer: Person,
) -> None:
    path = f"/incidents/{await officer.opened()}/photos/{uuid4()}"
    wrong = await wrong_by_itself(officer, "PUT", path, PHOTO_PARAMETERS)
    assert set(wrong) == set(PHOTO_PARAMETERS)
    for beside in ({"nothing": "1"}, {"caption": ["a", "b"]}):
        answer = await officer.request("PUT", path, params=wrong | beside)
        assert (answer.status_code, fields(answer)) == (400, {*wrong, *beside}), answer.text


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        ("q", "x" * 101, ("text of 1 to 100 characters", "1 至 100 个字符的文字")),
        ("mark", "x" * 101, ("text of 1 to 100 characters", "1 至 100 个字符的文字")),
        ("station", "x" * 201, ("text of at most 200 characters", "最多 200 个字符的文字")),
        ("limit", "1e400", ("a whole number from 1 to 500", "1 至 500 的整数")),
        ("limit", "9" * 5000, ("a whole number from 1 to 500", "1 至 500 的整数")),
        (
            "radius_m",
            "1e400",
            ("a number above 0, at most 1000000", "大于 0、不超过 1000000 的数字"),
        ),
        ("radius_m", "0", ("a number above 0, at most 1000000", "大于 0、不超过 1000000 的数字")),
    ],
)
async def test_the_bounds_of_a_parameter_are_told(
    official: Person, parameter: str, value: str, expected: tuple[str, str]
) -> None:
    params: dict[str, Any] = {parameter: value}
    for language, words in zip(("en", "zh"), expected, strict=True):
        headers = {"Accept-Language": language}
        answer = await official.request("GET", "/animals", params=params, headers=headers)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["expected"] == words
        assert words in answer.json()["detail"]


async def test_an_address_below_the_documentation_names_no_id(officer: Person) -> None:
    answer = await officer.client.get("/docs/x")
    assert answer.status_code == 404
    assert "UUID" not in answer.json()["detail"]


@pytest.mark.parametrize("path", READING)
async def test_nothing_written_out_is_no_value_and_never_asks_for_all(
    officer: Person, chief: Person, auditor: Person, path: str, draw: Draw
) -> None:
    """`URLSearchParams({overdue: null})` asks for `overdue=null`. A text may be called so."""
    person = whose(path, officer, chief, auditor)
    there = re.sub(r"\{\w+\}", str(uuid4()), path)
    for parameter in document()["paths"][API + path]["get"]["parameters"]:
        schema, name = parameter["schema"], parameter["name"]
        one = schema.get("items", schema)
        is_text = "string" in one.get("type", ()) and "enum" not in one
        if parameter["in"] != "query" or is_text:
            continue
        for null in draw.some(("null", "NULL", "None"), 1, path, name):
            answer = await person.get(there, params=BESIDE.get(path, {}) | {name: null})
            assert (answer.status_code, fields(answer)) == (400, {name}), (name, answer.text)


@pytest.mark.parametrize(
    "day",
    ["20240101xx", "2024010199", "20240315-1", "2024-W01-1", "2024-1-1 ", "２０２４-01-01"],
)
@pytest.mark.parametrize("name", ["from", "to", "as_of"])
async def test_a_day_is_written_as_it_is_said_to_be(official: Person, name: str, day: str) -> None:
    path, beside = ("/reports/annual", {"year": "2024"}) if name == "as_of" else ("/releases", {})
    answer = await official.get(path, params=beside | {name: day})
    assert (answer.status_code, fields(answer)) == (400, {name}), answer.text


async def test_the_last_day_of_all_may_be_named(official: Person, officer: Person) -> None:
    await officer.opened()
    for zone in ("", "?group_by=month"):
        answer = await official.get(f"/statistics/incidents{zone}", params={"to": "9999-12-31"})
        assert answer.status_code == 200, answer.text
    asked = {"from": "2024-01-01", "to": "9999-12-31"}
    assert len((await official.read("/incidents", params=asked))["items"]) == 1
    assert (await official.get("/incidents", params={"from": "9999-12-31"})).status_code == 200
