"""What is there to tell something tells something: an examination of which nothing is said is
none."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.users import Person, entry
from wildlife.hazards.kind import ROAD_HAZARD
from wildlife.rescues.kind import RESCUE
from wildlife.timeline.entry import Entry

OF_OTHERS = {"id", "happened_at", "recorded_at", "animal"}
"""Which entry it is, when, and of what: it is told of all of them."""


def telling() -> Iterator[type[Entry]]:
    yield from (one for kind in (RESCUE, ROAD_HAZARD) for one in kind.entries if one.SAYS)


@pytest.mark.parametrize("type_", ["assessment", "care", "treatment", "marking"])
async def test_an_entry_that_tells_nothing_is_refused_with_what_it_may_say(
    officer: Person, type_: str
) -> None:
    [says] = [one.SAYS for one in telling() if one.__struct_config__.tag == type_]
    incident = await officer.opened()
    answer = await officer.post(f"/incidents/{incident}/entries", entry(type_, animal=1))
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (422, "nothing_said")
    assert (error["field"], error["expected"]) == (says[0], ", ".join(says))


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        ("assessment", {"condition": "weak"}),
        ("assessment", {"note": "与昨日相同"}),
        ("care", {"note": "换水"}),
        ("treatment", {"note": "清创"}),
    ],
)
async def test_one_field_or_a_note_tells_enough_until_it_is_taken_away(
    officer: Person, type_: str, said: dict[str, Any]
) -> None:
    incident = await officer.opened()
    filed = await officer.appended(incident, entry(type_, animal=1, **said))
    emptied = entry("amendment", entry_id=filed["id"], changes=dict.fromkeys(said))
    answer = await officer.post(f"/incidents/{incident}/entries", emptied)
    assert (answer.status_code, answer.json()["code"]) == (422, "nothing_said")


async def test_an_examination_of_which_nothing_is_said_goes_on_being_owed(officer: Person) -> None:
    incident = await officer.opened()
    owed = (await officer.read(f"/incidents/{incident}"))["missing"]
    answer = await officer.post(f"/incidents/{incident}/entries", entry("assessment", animal=1))
    assert answer.status_code == 422
    assert (await officer.read(f"/incidents/{incident}"))["missing"] == owed


def test_all_that_such_an_entry_has_of_its_own_counts_as_said() -> None:
    for one in telling():
        own = {*one.__struct_fields__} - OF_OTHERS
        assert {*one.SAYS} in (own, own - {"note"}), one
