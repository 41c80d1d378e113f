"""`Accept` is honoured by its weights; what is not there is refused by name, and told what is."""

import re
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.documented import document
from tests.users import API, Person, rescue, whose
from wildlife.web.negotiation import best_language, best_of

JSON, GEOJSON = "application/json", "application/geo+json"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),
        ("application/geo+json", GEOJSON),
        ("Application/GEO+JSON ; Q=0.5", GEOJSON),
        ("application/geo+json, */*", GEOJSON),
        ("application/geo+json, application/json;q=0.9", GEOJSON),
        ("application/geo+json;q=0.8, application/json;q=0.9", JSON),
        ("application/geo+json;q=0.001, application/json;q=0", GEOJSON),
        ("application/geo+json;q=0, */*;q=0.1", JSON),
        ("application/json;q=0, */*", GEOJSON),
        ("application/json, application/geo+json", JSON),
        ("application/geo+json, application/json", GEOJSON),
        ("application/json;charset=utf-8", JSON),
        ("text/turtle, */*;q=0.1", JSON),
        ("text/turtle", None),
        ("text/*", None),
        ("application/json;q=0", None),
        ("*/*;q=0", None),
        ("no media type", JSON),
    ],
)
def test_the_best_of_what_there_is_is_chosen(accept: str, expected: str | None) -> None:
    assert best_of(accept, [JSON, GEOJSON]) == expected


@given(st.text() | st.from_regex(r"\A[a-z*]+/[a-z*]+;q=\S+\Z"))
def test_no_accept_is_too_odd(accept: str) -> None:
    assert best_of(accept, [JSON]) in (JSON, None)
    assert best_language(accept) in ("en", "zh")


@pytest.mark.parametrize(
    ("accept", "title"),
    [
        ("", "There is no such thing"),
        ("zh", "未找到该记录"),
        ("ZH-Hans-CN", "未找到该记录"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "未找到该记录"),
        ("en-GB,zh;q=0.9", "There is no such thing"),
        ("zh,en", "未找到该记录"),
        ("en,zh", "There is no such thing"),
        ("en;q=0.1,zh;q=0.2", "未找到该记录"),
        ("en ; q=0.1, zh-TW ; Q=0.2", "未找到该记录"),
        ("zh;q=0.1,zh-CN,en;q=0.9", "未找到该记录"),
        ("zh;q=0", "There is no such thing"),
        ("zh;q=0,en;q=0", "There is no such thing"),
        ("zh;q=0,*", "There is no such thing"),
        ("en;q=0,*", "未找到该记录"),
        ("zho", "There is no such thing"),
        ("zhx,en;q=0.1", "There is no such thing"),
        ("de-DE,de;q=0.9,*;q=0.7", "There is no such thing"),
        ("fr,*;q=0.5,zh;q=0.5", "未找到该记录"),
        ("zh q=1", "There is no such thing"),
    ],
)
async def test_a_problem_is_told_in_the_language_that_is_liked_better(
    officer: Person, accept: str, title: str
) -> None:
    missing = f"/incidents/{uuid4()}"
    answer = await officer.get(missing, headers={"Accept-Language": accept})
    assert answer.json()["title"] == title
    assert answer.headers["content-language"] == ("en" if title.isascii() else "zh")


async def test_a_header_on_several_lines_is_one_list(officer: Person) -> None:
    client, path = officer.client, f"{API}/releases"
    sent = {"Authorization": f"Bearer {officer.access_token}"}
    lines = [("Accept", "text/turtle"), ("Accept", GEOJSON)]
    answer = await client.get(path, headers=[*sent.items(), *lines])
    assert answer.headers["content-type"] == GEOJSON
    lines = [("Accept-Language", "fr"), ("Accept-Language", "zh")]
    answer = await client.get(f"{path}?limit=0", headers=[*sent.items(), *lines])
    assert answer.headers["content-language"] == "zh"
    tag = (await officer.get("/species/phalacrocorax_carbo")).headers["etag"]
    lines = [("If-None-Match", '"another"'), ("If-None-Match", tag)]
    known = await client.get(f"{API}/species/phalacrocorax_carbo", headers=[*sent.items(), *lines])
    assert known.status_code == 304


def reading() -> list[tuple[str, list[str]]]:
    """Every GET of the document that answers JSON: its path, and the formats that it answers. The
    file of an export has the one that was asked for when it was made."""
    answers = []
    for path, operations in document()["paths"].items():
        content = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if path.startswith(API) and JSON in content and path != f"{API}/exports/{{export_id}}/file":
            assert "406" in operations["get"]["responses"], path
            answers.append((path.removeprefix(API), [*content]))
    assert len(answers) > 15
    return answers


@pytest.mark.parametrize(("path", "formats"), reading())
async def test_a_format_that_is_not_there_is_refused_with_those_that_are(
    officer: Person, chief: Person, auditor: Person, path: str, formats: list[str]
) -> None:
    person = whose(path, officer, chief, auditor)
    there = re.sub(r"\{\w+\}", str(uuid4()), path)
    answer = await person.get(there, headers={"Accept": "text/turtle"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (406, "not_acceptable")
    assert answer.headers["content-type"] == "application/problem+json"
    assert (
        f"Ask for {', '.join(f'`{one}`' for one in formats)}, or leave Accept out."
        in problem["detail"]
    )
    told = await person.get(there, headers={"Accept": "text/turtle", "Accept-Language": "zh"})
    assert f"可选格式：{'、'.join(f'`{one}`' for one in formats)}；" in told.json()["detail"]
    taken = [one for one in formats if one != "text/event-stream"]  # a stream has no end
    for accepted in (*taken, "*/*", "text/turtle, */*;q=0.1"):
        answer = await officer.get(there, headers={"Accept": accepted})
        assert answer.status_code != 406, accepted


async def test_the_format_that_is_asked_for_goes_before_what_is_accepted(officer: Person) -> None:
    await officer.opened()

    async def answered(path: str, accept: str) -> tuple[str, Any]:
        answer = await officer.get(path, headers={"Accept": accept})
        return answer.headers["content-type"], "features" in answer.json()

    for path in ("/incidents", "/animals", "/releases", "/hazards"):
        assert await answered(path, f"{GEOJSON};q=0.4, {JSON};q=0.5") == (JSON, False)
        assert await answered(path, f"{GEOJSON};q=0.5, {JSON};q=0.4") == (GEOJSON, True)
        assert await answered(f"{path}?format=geojson", "text/turtle") == (GEOJSON, True)
        assert await answered(f"{path}?format=json", GEOJSON) == (JSON, False)


async def test_what_is_sent_is_filed_whatever_is_accepted(officer: Person) -> None:
    answer = await officer.post("/incidents", rescue(), headers={"Accept": "text/turtle"})
    assert answer.status_code == 201
