"""`errors`, field by field: what is wrong, what would be right, and what may have been meant."""

from typing import Any

import pytest

from tests.users import Person, entry


async def errors_of(officer: Person, body: dict[str, Any], incident_id: str) -> list[Any]:
    """What is told of an entry that is refused."""
    answer = await officer.post(f"/incidents/{incident_id}/entries", body)
    assert answer.status_code == 422, answer.text
    errors: list[Any] = answer.json()["errors"]
    return errors


async def test_of_what_may_be_one_of_several_each_is_told_with_its_bounds(
    officer: Person, subtests: pytest.Subtests
) -> None:
    incident_id = await officer.opened()
    for animal in (0, 1000, "1", "怪鸟"):
        with subtests.test(animal=animal):
            body = entry("care", animal=animal, feeding="鱼")
            [error] = await errors_of(officer, body, incident_id)
            assert error["expected"] == (
                "The animal's number within its incident (a whole number from 1 to 999) or a UUID"
            )
            assert "animal's number within its incident (a whole number" in error["detail"]
