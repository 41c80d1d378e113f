"""Who opens an address in a browser, and is refused, is told so by a page, in both languages."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Final

import pytest
from httpx import AsyncClient

from tests.languages import HAN, foreign_words
from tests.papers.reading import text_of
from tests.users import API, Person

BROWSER: Final = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
_PARTS: Final = re.compile(r"<section( lang=\"en\")?>(.*?)</section>", re.DOTALL)


async def test_the_address_of_a_paper_says_in_a_browser_what_to_do(
    officer: Person, client: AsyncClient
) -> None:
    incident = await officer.opened()
    path = f"{API}/incidents/{incident}/papers/rescue_form"
    answer = await client.get(path, headers=BROWSER)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-language"] == "zh, en"
    [css] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    hashed = b64encode(sha256(css.encode()).digest()).decode()
    assert f"style-src 'sha256-{hashed}'" in answer.headers["content-security-policy"]
    [(_, chinese), (_, english)] = _PARTS.findall(answer.text)
    assert "请先登录" in chinese
    assert "凭文书编号向出具单位核实" in chinese
    assert "ask the unit that gave it out" in english
    assert not foreign_words(re.sub("<[^>]*>", "", chinese))
    assert not HAN.search(english)


PROGRAMS: Final = ("*/*", "", "application/json", "application/problem+json", "text/csv")


@pytest.mark.parametrize("accept", PROGRAMS)
async def test_programs_are_told_as_before(client: AsyncClient, accept: str) -> None:
    answer = await client.get(f"{API}/incidents", headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"


async def test_whatever_is_refused_is_a_page_and_what_was_typed_is_text(
    officer: Person, client: AsyncClient
) -> None:
    typed, unknown = "<script>alert(1)</script>", "01912f6e-0000-7000-8000-000000000000"
    own = officer.get("/incidents?from=" + typed, headers=BROWSER)
    for answer, status in (
        (await own, 400),
        (
            await officer.get(f"/incidents/{unknown}", headers=BROWSER),
            404,
        ),
        (await client.get(f"/{typed}", headers=BROWSER), 404),
        (await client.post("/docs", headers=BROWSER), 405),
    ):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "<script" not in answer.text
        assert len(_PARTS.findall(answer.text)) == 2
        assert answer.headers["x-request-id"] in text_of(answer.text)
