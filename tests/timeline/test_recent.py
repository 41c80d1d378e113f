"""Timelines that a process keeps in mind: whoever else adds to them meanwhile, all say the same."""

from random import Random
from typing import Any
from uuid import uuid4

from httpx import AsyncClient

from db.database import Database
from tests.commandline import Ended, Wildlife, is_whole
from tests.databases import projections
from tests.fixtures.service import running_application
from tests.users import Person, entry, rescue
from wildlife.settings import Settings


def any_entry(chance: Random, told: list[dict[str, Any]], minute: int) -> dict[str, Any]:
    """A note, before or after the others; or one that amends or voids one of them."""
    at = f"2024-07-30T{chance.randrange(24):02}:{minute:02}:00+08:00"
    notes = [one for one in told if one["type"] == "note"]
    match chance.randrange(4) if notes else 0:
        case 2:
            target = chance.choice(notes)
            return entry("amendment", entry_id=target["id"], changes={"note": f"改 {minute}"})
        case 3:
            target = chance.choice(notes)
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
    chance, told = Random(8), list[dict[str, Any]]()
    async with running_application(settings) as other:
        phones = [
            Person(one, officer.badge, officer.access_token, officer.refresh_token)
            for one in (client, other)
        ]
        for minute in range(40):
            said = any_entry(chance, told, minute)
            phone = chance.choice(phones)
            await phone.appended(incident, said)
            told.append(said)
            # Sent again, through whichever, it is the same entry.
            again = await chance.choice(phones).post(f"/incidents/{incident}/entries", said)
            assert again.status_code == 200
        shown = [await phone.read(f"/incidents/{incident}") for phone in phones]
    assert shown[0] == shown[1]
    assert shown[0]["entries"] == 41
    kept = await projections(database, incident)
    assert is_whole(await wildlife("verify"), 1)
    assert await wildlife("rebuild") == Ended(0, "1 incidents, 0 with differences\n", "")
    assert await projections(database, incident) == kept
