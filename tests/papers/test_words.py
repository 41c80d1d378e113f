"""What a paper says in Chinese has no English word of ours in it, and the reverse."""

import html
import re
from collections.abc import Awaitable, Callable
from typing import Final

import pytest

from tests.languages import HAN, foreign_words
from tests.papers.full import full_hazard_of, full_rescue_of
from tests.papers.reading import fields_of, paper, papers
from tests.users import Person, identification

_NOT_SAID: Final = re.compile(
    r"<style>.*?</style>|<svg.*?</svg>|<footer>.*?</footer>|<div class=\"number\">.*?</div>"
    r"|[0-9a-f]{64}|<img[^>]*>",
    re.DOTALL,
)
_ENGLISH: Final = re.compile(r"<small>(.*?)</small>", re.DOTALL)
_TYPED: Final = ("Phalacrocorax carbo", "before", "after", "document", "mL", "Huawei")
"""What has no Chinese name, and what people wrote in these records, but for numbers."""
_NUMBER: Final = re.compile(r"[A-Z]{1,4}-?[0-9][0-9-]*|-[A-Z]{2}(-[0-9A-F]{8})?\b")


@pytest.mark.parametrize(("by", "make"), [(0, full_rescue_of), (1, full_hazard_of)])
async def test_each_language_has_its_own_words(
    officer: Person,
    other_officer: Person,
    by: int,
    make: Callable[[Person], Awaitable[str]],
) -> None:
    person = (officer, other_officer)[by]
    incident = await make(person)
    looked_at = 0
    for name in {one["paper"] for one in await papers(person, incident)}:
        page = _NOT_SAID.sub("", await paper(person, incident, name))
        english = _ENGLISH.findall(page)
        assert not [one for one in english if HAN.search(html.unescape(one))]
        chinese = html.unescape(re.sub("<[^>]*>", "\n", _ENGLISH.sub("", page)))
        assert foreign_words(_NUMBER.sub("", chinese), _TYPED) == [], name
        looked_at += len(english)
    assert looked_at > 100


async def test_a_list_of_protected_species_is_called_as_it_was_announced(officer: Person) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    page = await paper(officer, incident, "rescue_form")
    assert fields_of(page)["全部保护级别"] == ["三有（国家林业和草原局公告2023年第17号）"]
    assert "物种：普通鸬鹚 Phalacrocorax carbo" in page
