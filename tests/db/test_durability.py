"""What is answered is on the disk, whatever the database says by default."""

import pytest

from db.database import open_database
from tests.db.sessions import session
from wildlife.settings import Settings


@pytest.mark.parametrize(
    ("default", "holds"),
    [("off", "on"), ("local", "local"), ("on", "on"), ("remote_apply", "remote_apply")],
)
async def test_a_commit_is_answered_when_it_lasts(
    settings: Settings, default: str, holds: str
) -> None:
    """Standbys that are waited for are waited for as before."""
    assert settings.owner_database_url is not None
    assert settings.database_url is not None
    async with session(settings.owner_database_url) as owner:
        name = await owner.fetchval("select quote_ident(current_database())")
        await owner.execute(f"alter database {name} set synchronous_commit = {default}")
    async with open_database(
        settings.database_url, confined=True, zone=settings.zone, size=1
    ) as database:
        for one in (
            database.writing(),
            database.transaction(),
            database.signing_in(),
            database.claiming(),
        ):
            async with one as connection:
                assert await connection.fetchval("show synchronous_commit") == holds
