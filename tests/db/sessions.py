"""Sessions of the database, and what they may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from db.database import open_database
from wildlife.settings import Settings


@asynccontextmanager
async def session(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def opened(url: str, settings: Settings) -> str:
    """Who a confined session on `url` is; raises UnfitConnection."""
    async with (
        open_database(url, confined=True, zone=settings.zone, size=1) as database,
        database.reading() as reading,
        database.writing() as writing,
    ):
        assert await reading.fetchval("show transaction_read_only") == "on"
        assert await writing.fetchval("show transaction_read_only") == "off"
        login: str = await writing.fetchval("select current_user::text")
        return login
