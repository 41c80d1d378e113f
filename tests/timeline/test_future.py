"""What has happened does not lie ahead, in whatever field of whatever body it is said."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.bodies import OPENED_FOR, OPENINGS, changed_at, full_entries, leaves
from tests.users import Person, entry

MAY_COME = {"recorded_at", "isolated_from", "isolated_until", "expected_reopening_at"}
AHEAD = "2099-01-01T00:00:00+08:00"


def times(body: dict[str, Any]) -> Iterator[tuple[str | int, ...]]:
    """Where a body has a time."""
    for path in leaves(body):
        value: Any = body
        for step in path:
            value = value[step]
        if isinstance(value, str) and "T" in value:
            try:
                datetime.fromisoformat(value)
            except ValueError:
                continue
            yield path


def dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path))


async def refused_field(officer: Person, path: str, body: dict[str, Any]) -> str | None:
    """The field that is refused for lying ahead."""
    answer = await officer.post(path, body)
    if answer.is_success:
        return None
    problem = answer.json()
    assert problem["code"] == "time_in_future", problem
    field: str = problem["errors"][0]["field"]
    return field


@pytest.mark.parametrize("full", OPENINGS.values())
async def test_no_time_of_an_opening_lies_ahead_but_what_is_planned(
    officer: Person, full: Any
) -> None:
    opened = await officer.opened(full())
    seen = set()
    for path in times(full()):
        expected = None if path[-1] in MAY_COME else dotted(path)
        field = await refused_field(officer, "/incidents", changed_at(full(), path, AHEAD))
        assert field == expected
        seen.add(expected)
        if path == ("recorded_at",):
            continue  # what a phone's clock said is not corrected
        changes = changed_at(full(), path, AHEAD)[path[0]]
        if isinstance(changes, dict):
            changes = {path[1]: changes[path[1]]}
        amendment = entry("amendment", entry_id=opened, changes={path[0]: changes})
        amended = await refused_field(officer, f"/incidents/{opened}/entries", amendment)
        assert amended == (expected and f"changes.{expected}")
    assert {"found_at", "call.reported_at"} <= seen


async def test_no_time_of_an_entry_lies_ahead_but_what_is_planned(officer: Person) -> None:
    seen = set()
    for full in full_entries():
        for path in times(full):
            if path[-1] == "recorded_at" or ... in full.values():
                continue  # what a phone's clock said; or what points at another entry
            incident = await officer.opened(OPENED_FOR[full["type"]]())
            body = changed_at(full, path, AHEAD)
            answer = await officer.post(f"/incidents/{incident}/entries", body)
            code = answer.json().get("code")
            if path[-1] in MAY_COME:
                assert code != "time_in_future"
            elif code in ("missing_field", "impossible_step"):
                continue  # what it points at would have to come first
            else:
                assert (code, answer.json()["errors"][0]["field"]) == (
                    "time_in_future",
                    dotted(path),
                )
                seen.add((full["type"], dotted(path)))
    assert ("transfer", "received_at") in seen
    assert len({type_ for type_, _ in seen}) > 25
