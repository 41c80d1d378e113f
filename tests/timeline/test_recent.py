"""Timelines that a process keeps in mind: whoever else adds to them meanwhile, all say the same."""

import random
from typing import Any
from uuid import uuid4

from httpx import AsyncClient

from db.pool import Database
from tests.commandline import Ended, Wildlife
from tests.commands.test_checking_commands import projections
from tests.conftest import running_application
from tests.users import Person, entry, rescue
from wildlife.settings import Settings


async def test_an_hour_that_the_clocks_go_through_twice_is_two_hours(
    officer: Person, database: Database, wildlife: Wildlife
) -> None:
    """China had summer time from 1986 to 1991."""
    incident = await officer.opened(rescue(found_at="1986-09-13T15:10:00Z"))
    note = entry("note", "1986-09-13T15:20:00Z", note="天亮后再看")
    await officer.appended(incident, note)
    for at, condition in (("16:30", "weak"), ("17:10", "good")):
        said = entry("assessment", f"1986-09-13T{at}:00Z", animal=1, condition=condition)
        await officer.appended(incident, said)
    twice = rescue(found_at="1986-09-13T17:30:00Z")
    await officer.opened(twice)
    path = f"/incidents/{incident}"
    assert (await officer.read(path))["animals"][0]["condition"] == "good"
    # Told from the beginning, it is the same.
    await officer.appended(
        incident, entry("amendment", entry_id=note["id"], changes={"note": "天亮了"})
    )
    assert (await officer.read(path))["animals"][0]["condition"] == "good"
    assert await wildlife("verify") == Ended(0, "2 chains, 0 flaws\n", "")
    assert await wildlife("rebuild") == Ended(0, "2 incidents, 0 with differences\n", "")


def any_entry(told: list[dict[str, Any]], minute: int) -> dict[str, Any]:
    """A note, before or after the others; or one that amends or voids one of them."""
    at = f"2024-07-30T{random.randrange(24):02}:{minute:02}:00+08:00"
    notes = [one for one in told if one["type"] == "note"]
    match random.randrange(4) if notes else 0:
        case 2:
            target = random.choice(notes)
            return entry("amendment", entry_id=target["id"], changes={"note": f"改 {minute}"})
        case 3:
            target = random.choice(notes)
            told.remove(target)
            return entry("void", entry_id=target["id"], reason="entered_in_error")
        case _:
            return entry("note", at, note=f"第 {minute} 次查看")


async def test_two_processes_that_add_in_turn_say_the_same(
    client: AsyncClient,
    officer: Person,
    settings: Settings,
    database: Database,
    wildlife: Wildlife,
) -> None:
    opening = rescue(id=str(uuid4()))
    incident = await officer.opened(opening)
    told: list[dict[str, Any]] = []
    async with running_application(settings) as other:
        phones = [
            Person(one, officer.badge, officer.access_token, officer.refresh_token)
            for one in (client, other)
        ]
        for minute in range(40):
            said = any_entry(told, minute)
            phone = random.choice(phones)
            await phone.appended(incident, said)
            told.append(said)
            # Sent again, through whichever, it is the same entry.
            again = await random.choice(phones).post(f"/incidents/{incident}/entries", said)
            assert again.status_code == 200
        shown = [await phone.read(f"/incidents/{incident}") for phone in phones]
    assert shown[0] == shown[1]
    assert shown[0]["entries"] == 41
    kept = await projections(database, incident)
    assert await wildlife("verify") == Ended(0, "1 chains, 0 flaws\n", "")
    assert await wildlife("rebuild") == Ended(0, "1 incidents, 0 with differences\n", "")
    assert await projections(database, incident) == kept
