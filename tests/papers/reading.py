"""A printed page as a person reads it."""

import html
import re
from typing import Any, Final

from tests.users import Person

_UNTICKED: Final = re.compile(r'<span class="tick"><i></i>.*?</span>', re.DOTALL)
_STYLE: Final = re.compile(r"<style>.*?</style>", re.DOTALL)
_FIELD: Final = re.compile(r'<th[^>]* scope="row">([^<]*).*?</th><td[^>]*>(.*?)</td>', re.DOTALL)


def without_spaces(text: str) -> str:
    return "".join(text.split())


def text_of(page: str) -> str:
    """All that is said on a page, without spaces and without what could be ticked and is not."""
    said = _UNTICKED.sub("", _STYLE.sub("", page))
    return without_spaces(html.unescape(re.sub(r"<[^>]*>", " ", said)))


def fields_of(page: str) -> dict[str, list[str]]:
    """What stands in the places of a form, by their Chinese labels."""
    found: dict[str, list[str]] = {}
    for label, value in _FIELD.findall(page):
        found.setdefault(html.unescape(label), []).append(text_of(value))
    return found


async def paper(person: Person, incident: str, name: str, **asked: str) -> str:
    """A paper as HTML."""
    answer = await person.get(f"/incidents/{incident}/papers/{name}", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


async def papers(person: Person, incident: str) -> list[dict[str, Any]]:
    """Those that there are."""
    items: list[dict[str, Any]] = (await person.read(f"/incidents/{incident}/papers"))["items"]
    return items
