"""An incident among others, and the bundle of it."""

from uuid import uuid4

import pytest

from db.database import Database
from tests.evidence.bundles import Bundle, fetched
from tests.ledger.places import sequenced
from tests.pictures import encoded, noise
from tests.uploading import until_shown
from tests.users import Person, entry, identification, release, rescue


@pytest.fixture
async def incident(officer: Person, other_officer: Person, database: Database) -> str:
    """A released bird with a photo, among others."""
    await other_officer.opened(rescue())
    opened = await officer.opened()
    await officer.appended(opened, identification())
    await officer.appended(opened, release())
    photo = uuid4()
    await officer.put_photo(opened, encoded(noise(60, 40)), photo)
    await until_shown(officer, opened)
    await officer.appended(opened, entry("note", note="<script>羽毛已干</script>"))
    await other_officer.opened(rescue())
    await sequenced(database)
    return opened


@pytest.fixture
async def bundle(officer: Person, incident: str) -> Bundle:
    return await fetched(officer, incident)
