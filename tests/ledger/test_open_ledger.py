"""An auditor without an account verifies by hashes alone, where the operators say so."""

import msgspec
import pytest
from httpx import AsyncClient

from db.database import Database
from tests.fixtures.service import running_application
from tests.ledger.places import sequenced
from tests.users import API, Person, add_account
from wildlife.ledger.notes import read_checkpoint
from wildlife.ledger.tree import Growing
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role
from wildlife.settings import Settings

CHECKPOINT, HASHES, ENTRIES = (
    f"{API}/checkpoint",
    f"{API}/tile/0/000.p/2",
    f"{API}/tile/entries/000.p/2",
)


@pytest.fixture
async def filed(officer: Person, database: Database) -> None:
    """Two entries in the ledger, and an auditor."""
    for _ in range(2):
        await officer.opened()
    await sequenced(database)
    await add_account(database, "SJ1", None, role=Role.AUDITOR)


async def test_anybody_reads_the_last_checkpoint_and_the_hashes_and_nothing_of_the_entries(
    filed: None, settings: Settings, database: Database
) -> None:
    async with running_application(msgspec.structs.replace(settings, ledger_open=True)) as anybody:
        assert (await anybody.get(CHECKPOINT)).status_code == 404  # nobody unknown has it signed
        auditor = await Person.sign_in(anybody, "SJ1", DEMO_PASSWORD)
        signed = (await auditor.get("/checkpoint")).text
        last = await anybody.get(CHECKPOINT)
        assert (last.status_code, last.text) == (200, signed)
        tile = (await anybody.get(HASHES)).raise_for_status().content
        growing = Growing()
        growing.add([tile[:32], tile[32:]])
        checkpoint = read_checkpoint(signed.rpartition("\n\n")[0] + "\n")
        assert (checkpoint.size, checkpoint.root) == (2, growing.root())
        async with database.reading() as connection:
            rows = await connection.fetch("select digest, salt from ledger")
        assert not any(row["digest"] in tile or row["salt"].bytes in tile for row in rows)
        refused = await anybody.get(ENTRIES)
        assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated")
        wrong = await anybody.get(HASHES, headers={"Authorization": "Bearer none"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "invalid_token")


async def test_it_is_closed_where_nobody_said_so(filed: None, client: AsyncClient) -> None:
    for path in (CHECKPOINT, HASHES, ENTRIES):
        assert (await client.get(path)).status_code == 401


async def test_no_visitor_asks_more_than_an_account_may(filed: None, settings: Settings) -> None:
    few = msgspec.structs.replace(settings, ledger_open=True, account_requests_per_minute=60)
    async with running_application(few) as client:
        statuses = [(await client.get(HASHES)).status_code for _ in range(62)]
        assert 429 in statuses
        assert statuses[:30] == [200] * 30
        auditor = await Person.sign_in(client, "SJ1", DEMO_PASSWORD)
        assert (await auditor.get("/checkpoint")).status_code == 200
