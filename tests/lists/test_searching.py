"""The text search finds all that was written, in every field of every entry, as it is typed."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.bodies import ENTRY_TYPES, OPENED_FOR, OPENINGS, changed_at, full_entries, leaves
from tests.users import Person, entry, identification, rescue

# Who reported is looked for by nobody; the others say what a body is.
_NO_TEXT = ("id", "kind", "type", "informant", "entry_id", "duplicate_of")
_MARK = "䴙䴘暗号"


def texts(body: dict[str, Any]) -> Iterator[tuple[str | int, ...]]:
    """The paths of a body where there is a text, or a code or a time."""
    for path in leaves(body):
        value: Any = body
        for step in path:
            value = value[step]
        if isinstance(value, str) and path[0] not in _NO_TEXT:
            yield path


async def found(person: Person, q: str) -> list[str]:
    return [one["id"] for one in (await person.read("/incidents", params={"q": q}))["items"]]


@pytest.mark.parametrize("full", OPENINGS.values())
async def test_every_text_of_an_opening_is_found(officer: Person, full: Any) -> None:
    free = 0
    for number, path in enumerate(texts(full())):
        body = changed_at(full(), path, f"有{_MARK}{number}号")
        answer = await officer.post("/incidents", body)
        if answer.status_code == 422:  # a code, a time, a number of its own form
            continue
        assert answer.status_code == 201, answer.text
        assert await found(officer, f"{_MARK}{number}号") == [body["id"]], path
        free += 1
    assert free >= 4


@pytest.mark.parametrize("name", sorted(set(ENTRY_TYPES) - {"void", "handover"}))
async def test_every_text_of_an_entry_is_found(officer: Person, name: str) -> None:
    full = next(body for body in full_entries() if body["type"] == name)
    free = 0
    for number, path in enumerate(texts(full)):
        incident = await officer.opened(OPENED_FOR[name]())
        aims = {field: incident for field, value in full.items() if value is ...}
        body = changed_at(full | aims | {"id": str(uuid4())}, path, f"有{_MARK}{number}号")
        if name == "release":
            await officer.appended(incident, identification())
        answer = await officer.post(f"/incidents/{incident}/entries", body)
        if answer.status_code == 201:
            assert await found(officer, f"{_MARK}{number}号") == [incident], path
            free += 1
        else:
            assert answer.status_code in (409, 422), answer.text
    assert free or name in _NEEDS_OTHERS_FIRST


_NEEDS_OTHERS_FIRST = {"closing", "return", "cleared", "reopened", "handed_over"}


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("桩号 K12+300 处", "K12+300"),
        ("桩号 K12+300 处", "k12 300"),
        ("桩号 Ｋ１２＋３００ 处", "K12+300"),
        ("响\u200b水\ufeff水库", "响水水库"),
        ("响水水库", "响\u200d水水库"),
        ("PHALACROCORAX", "phalacrocorax"),
        ("环志号 A-1234", "a-1234"),
    ],
)
async def test_it_is_found_however_it_was_typed(officer: Person, written: str, typed: str) -> None:
    incident = await officer.opened(rescue(summary=written))
    assert await found(officer, typed) == [incident]


@pytest.mark.parametrize("q", ["\u200b", "+", "\u200b+\ufeff"])
async def test_nothing_that_can_be_seen_is_no_question(officer: Person, q: str) -> None:
    answer = await officer.get("/incidents", params={"q": q})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "q")


async def test_what_was_corrected_or_voided_is_found_with_the_reason_why(officer: Person) -> None:
    incident = await officer.opened(rescue(summary="林中怪鸟"))
    wrong = await officer.appended(incident, entry("note", note="误记一笔"))
    changes = {"summary": "水边苍鹭"}
    reasons = {"reason": "笔误更正", "note": "经核对"}
    await officer.appended(
        incident, entry("amendment", entry_id=incident, changes=changes, **reasons)
    )
    void = entry("void", entry_id=wrong["id"], reason="重复登记", note="已告知")
    await officer.appended(incident, void)
    said = ("林中怪鸟", "水边苍鹭", "笔误更正", "经核对", "误记一笔", "重复登记", "已告知")
    for q in said:
        assert await found(officer, q) == [incident], q
