"""What people are told who make a mistake: every sentence of it stands in a file, to be read.

`WRITE_TYPICAL_MISTAKES=1 make test` writes that file anew: read what changed.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from tests.languages import HAN, QUOTED, foreign_words
from tests.users import API, Person, rescue, road_hazard
from tests.web.mistakes import NOWHERE, RESCUE, ROAD, Mistake, mistakes

TOLD: Final = Path(__file__).with_name("typical_mistakes.md")


async def answered(people: dict[str, Person], mistake: Mistake, language: str) -> Any:
    """The problem that is the answer to a mistake."""
    person = people.get(mistake.by) or people["officer"]
    headers = {"Accept-Language": language} | mistake.sent.get("headers", {})
    sent = {**mistake.sent, "headers": headers}
    if mistake.by == "nobody":
        answer = await person.client.request(mistake.method, f"{API}{mistake.path}", **sent)
    else:
        answer = await person.request(mistake.method, mistake.path, **sent)
    assert 400 <= answer.status_code < 500, (mistake.title, answer.status_code, answer.text)
    assert answer.headers["content-type"].startswith("application/problem+json")
    return answer.json()


async def opened(officer: Person, other_officer: Person) -> None:
    await officer.opened(rescue(id=RESCUE))
    road = road_hazard(id=ROAD)
    await officer.opened(road)
    await officer.opened(rescue(id=NOWHERE, place={"description": "三道沟"}))


def sentences(problem: dict[str, Any]) -> Iterator[str]:
    yield problem["title"]
    yield problem["detail"]
    for error in problem.get("errors", []):
        yield error.get("detail", "")


def told(number: int, mistake: Mistake, chinese: Any, english: Any) -> str:
    """One mistake, as the file has it."""
    lines = [
        f"## {number}. {mistake.title}",
        "",
        f"`{mistake.method} {mistake.path}` → {english['status']} `{english['code']}`",
        "",
    ]
    for problem in (chinese, english):
        lines += [f"> **{problem['title']}** {problem['detail']}", ""]
        if len(errors := problem.get("errors", [])) > 3:
            lines += [f"> - {error['detail']}" for error in errors] + [""]
    today = f"{datetime.now(UTC):%Y}"
    return re.sub(rf"{today}-\d\d-\d\dT[0-9:]+\+08:00", "(now)", "\n".join(lines))


async def test_what_is_told_of_every_typical_mistake_is_written_down(
    officer: Person, other_officer: Person, official: Person
) -> None:
    await opened(officer, other_officer)
    people = {"officer": officer, "official": official}
    parts = ["# Typical mistakes, and what is told of them\n"]
    for number, mistake in enumerate(mistakes(), 1):
        english, chinese = [await answered(people, mistake, one) for one in ("en", "zh")]
        assert chinese["code"] == english["code"]
        parts.append(told(number, mistake, chinese, english))
    text = "\n".join(parts)
    if os.environ.get("WRITE_TYPICAL_MISTAKES"):
        TOLD.write_text(text, "utf-8")
    assert len(parts) > 80
    assert text.splitlines() == TOLD.read_text("utf-8").splitlines()


async def test_no_answer_to_a_mistake_is_told_in_two_languages(
    officer: Person, other_officer: Person, official: Person, subtests: pytest.Subtests
) -> None:
    await opened(officer, other_officer)
    people = {"officer": officer, "official": official}
    for mistake in mistakes():
        with subtests.test(mistake.title):
            for sentence in sentences(await answered(people, mistake, "zh")):
                assert not foreign_words(QUOTED.sub("", sentence)), sentence
            for sentence in sentences(await answered(people, mistake, "en")):
                assert not HAN.search(QUOTED.sub("", sentence)), sentence
