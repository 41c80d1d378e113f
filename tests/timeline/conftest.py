"""Four stations, between which incidents go back and forth."""

from uuid import uuid4

import pytest

from db.pool import Database
from tests.timeline.world import STATIONS
from tests.users import Person, add_account
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import StationKind
from wildlife.people.station_queries import put_station


@pytest.fixture
async def officers(officer: Person, other_officer: Person, database: Database) -> list[Person]:
    """An officer of each of the STATIONS, in their order."""
    people = [officer, other_officer]
    for code in STATIONS[len(people) :]:
        async with database.transaction() as connection:
            await put_station(
                connection,
                station_id=uuid4(),
                code=code,
                name=f"{code} 派出所",
                kind=StationKind.POLICE_STATION,
                region_code=code,
                parent=None,
            )
        await add_account(database, f"{code}001", code)
        people.append(await Person.sign_in(officer.client, f"{code}001", DEMO_PASSWORD))
    return people
