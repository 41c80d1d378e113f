"""Four stations, between which incidents go back and forth."""

import pytest

from db.database import Database
from tests.timeline.tampered import tell
from tests.timeline.world import STATIONS
from tests.users import Person, add_account, put_unit
from wildlife.people.accounts import DEMO_PASSWORD


@pytest.fixture
async def officers(officer: Person, other_officer: Person, database: Database) -> list[Person]:
    """An officer of each of the STATIONS, in their order."""
    people = [officer, other_officer]
    for code in STATIONS[len(people) :]:
        await put_unit(database, code, name=f"{code} 派出所", region=code)
        await add_account(database, f"{code}001", code)
        people.append(await Person.sign_in(officer.client, f"{code}001", DEMO_PASSWORD))
    return people


@pytest.fixture
async def told(officer: Person, other_officer: Person, database: Database) -> Database:
    """A database in which that was told."""
    await tell(officer, other_officer)
    return database
