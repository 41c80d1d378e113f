"""Through HTTP: whatever order the network makes of a story, the record ends up the same."""

from random import Random

import pytest

from db.database import Database
from media.vault import open_vault
from tests.arrivals import send_until_taken
from tests.timeline.world import without_arrival
from tests.users import Person, entry
from wildlife.demo.stories import CORMORANT_STORY, ROCKFALL_STORY, Story
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild, verify


@pytest.mark.parametrize("story", [CORMORANT_STORY, ROCKFALL_STORY], ids=lambda s: s.incident_id)
@pytest.mark.parametrize("seed", range(4))
async def test_every_order_of_arrival_ends_in_the_same_record(
    officer: Person,
    other_officer: Person,
    database: Database,
    settings: Settings,
    story: Story,
    seed: int,
) -> None:
    person = {p.badge: p for p in (officer, other_officer)}[story.badge]
    opening, *further = [one for one in story.requests if one.picture is None]
    assert (await person.post(opening.path, opening.body)).is_success
    await send_until_taken(person, [(one.path, one.body) for one in further], Random(seed))
    shuffled = await person.read(f"/incidents/{story.incident_id}")

    flaws = [one.flaws async for one in verify(database, KINDS, open_vault(settings.key_path))]
    differences = [
        (rebuilt.tables, rebuilt.flaws)
        async for rebuilt in rebuild(database, KINDS, read_policy(None), settings.zone)
    ]
    assert flaws == [[]]
    assert differences == [([], [])]

    async with database.writing() as connection:
        await connection.execute(
            "truncate entry, unsequenced, ledger, incident, animal, release, hazard, informant"
        )
        await connection.execute("update case_counter set last = 0")
    for one in story.requests:
        if one.picture is None:
            assert (await person.post(one.path, one.body)).status_code == 201
    in_order = await person.read(f"/incidents/{story.incident_id}")
    assert without_arrival(shuffled) == without_arrival(in_order)
    assert shuffled["state"] == "closed"


async def test_a_correction_is_searched_as_it_is_kept_in_whatever_order_it_names_its_fields(
    officer: Person, database: Database, settings: Settings
) -> None:
    incident = await officer.opened()
    changes = {"summary": "怪鸟两只", "receipt_number": "SJ-9"}
    await officer.appended(incident, entry("amendment", entry_id=incident, changes=changes))
    compared = rebuild(database, KINDS, read_policy(None), settings.zone, write=False)
    assert [one.tables async for one in compared] == [[]]
