"""Whole lists over a network: what breaks off in the middle is no shorter list."""

from collections.abc import AsyncIterator

import httpx
import pytest

from db.database import Database
from tests.lists.many import multiply
from tests.serving import serving
from tests.users import API, Person, identification, release
from wildlife.settings import Settings

MANY = 20_000
"""More than the network holds of it, so that not all is read at once."""


@pytest.fixture
async def base(officer: Person, database: Database, settings: Settings) -> AsyncIterator[str]:
    """The API of a running service with many releases."""
    bird = await officer.opened()
    await officer.appended(bird, identification())
    await officer.appended(bird, release())
    await multiply(database, bird, MANY)
    async with database.writing() as connection:
        await connection.execute("analyze release")
    with serving(settings) as address:
        yield f"{address}{API}"


async def test_what_breaks_off_is_taken_for_the_whole_by_no_client(
    auditor: Person, base: str, database: Database, settings: Settings
) -> None:
    headers = {"Authorization": f"Bearer {auditor.access_token}", "Accept-Encoding": "identity"}
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as client:
        for format_ in ("csv", "ndjson", "geojson"):
            async with client.stream("GET", f"{base}/releases?format={format_}") as answer:
                assert answer.status_code == 200
                pieces = answer.aiter_bytes()
                assert await anext(pieces)
                async with database.writing() as connection:
                    await connection.execute("alter table release rename to gone")
                with pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
                    async for _ in pieces:
                        pass
            async with database.writing() as connection:
                await connection.execute("alter table gone rename to release")
    assert settings.log_file is not None
    assert settings.log_file.read_text("utf-8").count("list_broken_off") == 3
