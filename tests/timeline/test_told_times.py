"""Whatever refuses an entry for the sake of another tells of it as the timeline shows it: by its
time in the zone of all answers, whatever offset its phone sent."""

from typing import Any

import pytest

from tests.users import Person, entry, rescue

# 10:30 in the zone of the answers.
SENT = "2024-08-01T02:30:00Z"


async def no_longer_possible(officer: Person) -> tuple[str, dict[str, Any]]:
    incident = await officer.opened(rescue(animals=[{"reported_as": "雁", "count": 2}]))
    await officer.appended(incident, entry("death", SENT, animal=1, count=2))
    return incident, entry("death", "2024-07-31T10:00:00+08:00", animal=1, count=1)


async def fits_no_more(officer: Person) -> tuple[str, dict[str, Any]]:
    """A correction of the opening, under a later one that stands already."""
    incident = await officer.opened()
    exact = {"place": {"point": {"accuracy_m": 5}}}
    await officer.appended(incident, entry("amendment", SENT, entry_id=incident, changes=exact))
    nowhere = {"place": {"point": None}}
    return incident, entry("amendment", entry_id=incident, changes=nowhere)


async def is_another_ones(officer: Person) -> tuple[str, dict[str, Any]]:
    """A correction of the opening, of an animal that an entry added."""
    incident = await officer.opened()
    await officer.appended(incident, entry("addition", SENT, reported={"count": 2}))
    return incident, entry("amendment", entry_id=incident, changes={"animals": {"2": {"count": 3}}})


@pytest.mark.parametrize("refused", [no_longer_possible, fits_no_more, is_another_ones])
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_an_entry_that_a_refusal_names_has_the_time_that_the_timeline_shows(
    officer: Person, refused: Any, language: str
) -> None:
    incident, body = await refused(officer)
    answer = await officer.post(
        f"/incidents/{incident}/entries", body, headers={"Accept-Language": language}
    )
    assert answer.is_client_error, answer.text
    assert "2024-08-01 10:30" in answer.json()["detail"]
