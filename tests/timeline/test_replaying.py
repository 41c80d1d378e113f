"""In what two bodies of one id differ, as who sent the second is told."""

from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.users import Person, entry
from wildlife.kinds import KINDS
from wildlife.timeline.replaying import differing_fields


def said(type_: str, **fields: Any) -> Any:
    body = entry(type_, **fields) | {"id": str(UUID(int=1))}
    return msgspec.convert(body, KINDS.appendable)


AT, SAME = "2024-07-30T10:00:00+08:00", "2024-07-30T02:00:00Z"
CARE = said("care", animal=1, feeding="鱼")
CASES: dict[str, tuple[Any, Any, list[str]]] = {
    "the same moment": (CARE, said("care", animal=1, feeding="鱼", happened_at=SAME), []),
    "the same moment, and another note": (
        CARE,
        said("care", animal=1, feeding="鱼", happened_at=SAME, note="夜间"),
        ["note"],
    ),
    "another moment": (
        CARE,
        said("care", animal=1, feeding="鱼", happened_at="2024-07-30T10:00:00Z"),
        ["happened_at", "recorded_at"],
    ),
    "the same moment within": (
        said("care", animal=1, isolated_from=AT, isolated_until=AT),
        said("care", animal=1, isolated_from=SAME, isolated_until=SAME, place_kept="站内"),
        ["place_kept"],
    ),
    "a field taken away, too": (
        said("amendment", entry_id=str(UUID(int=2)), changes={"note": None}),
        said("amendment", entry_id=str(UUID(int=2)), changes={"note": None, "vet": None}),
        ["changes.vet"],
    ),
    "a thing taken away, too": (
        said("amendment", entry_id=str(UUID(int=2)), changes={"officers": {}}),
        said("amendment", entry_id=str(UUID(int=2)), changes={"officers": {"150425001": None}}),
        ["changes.officers.150425001"],
    ),
    "another type": (
        said("note", note="鱼"),
        said("told", result="鱼"),
        ["note", "result", "type"],
    ),
}


@pytest.mark.parametrize(("stored", "given", "expected"), CASES.values(), ids=CASES)
def test_bodies_differ_in_the_fields_that_do(stored: Any, given: Any, expected: list[str]) -> None:
    assert differing_fields(stored, given) == expected
    assert differing_fields(given, stored) == expected


async def test_who_sends_another_note_under_a_taken_id_is_not_told_of_another_time(
    officer: Person,
) -> None:
    incident = await officer.opened()
    body = entry("care", AT, animal=1, feeding="鱼")
    await officer.appended(incident, body)
    other = body | {"happened_at": SAME, "recorded_at": SAME, "note": "夜间"}
    answer = await officer.post(f"/incidents/{incident}/entries", other)
    assert (answer.status_code, answer.json()["differing"]) == (409, ["note"])
