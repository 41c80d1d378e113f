"""A region code that can be none is refused; one that no prefecture has is taken and flagged."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from db.database import Database
from tests.timeline.earlier import let_in, now
from tests.users import Person, entry, identification, release, rescue, road_hazard
from wildlife.timeline.entry import Amendment

WRONG = ("1504251", "15042510", "1504251000", "15042510010", "160425", "990101", "170000100")
RIGHT = ("150425", "150000", "150400", "150425100", "150425100001", "659001", "710000", "810000")
IN_NO_PREFECTURE = ("159901", "151001", "319901", "440001001")


def at(region_code: str) -> dict[str, Any]:
    return {"description": "某处", "region_code": region_code}


@pytest.mark.parametrize("code", WRONG)
async def test_a_code_of_a_wrong_length_or_of_no_province_is_refused_wherever_it_is_said(
    officer: Person, code: str
) -> None:
    for opening in (rescue(place=at(code)), road_hazard(place=at(code))):
        for language in ("en", "zh"):
            headers = {"Accept-Language": language}
            answer = await officer.post("/incidents", opening, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
            assert answer.json()["errors"][0]["field"] == "place.region_code"
    incident = await officer.opened()
    await officer.appended(incident, identification())
    path = f"/incidents/{incident}/entries"
    answer = await officer.post(path, release(site=at(code)))
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "site.region_code")
    changes = {"place": {"region_code": code}}
    answer = await officer.post(path, entry("amendment", entry_id=incident, changes=changes))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "changes.place.region_code"


@pytest.mark.parametrize("code", [*RIGHT, *IN_NO_PREFECTURE])
async def test_a_code_that_no_prefecture_has_is_taken_and_flagged(
    officer: Person, code: str
) -> None:
    incident = await officer.opened(rescue(place=at(code)))
    await officer.appended(incident, identification())
    let_go = await officer.appended(incident, release(site=at(code)))
    flags = (await officer.read(f"/incidents/{incident}"))["flags"]
    told = [(one["code"], one["entry_id"]) for one in flags]
    unknown = [("unknown_region", None), ("unknown_region", let_go["id"])]
    assert told == (unknown if code in IN_NO_PREFECTURE else [])


async def test_what_was_taken_of_earlier_days_is_shown_and_corrected_in_all_else(
    officer: Person, database: Database
) -> None:
    incident = await officer.opened()
    changes = {"place": {"region_code": "1504251"}}
    said = Amendment(**now(), entry_id=UUID(incident), changes=changes)
    await let_in(database, incident, said)
    at = datetime.now().astimezone().isoformat()
    summary = entry("amendment", at, entry_id=incident, changes={"summary": "苍鹭"})
    await officer.appended(incident, summary)
    shown = await officer.read(f"/incidents/{incident}")
    assert (shown["summary"], shown["place"]["region_code"]) == ("苍鹭", "1504251")
