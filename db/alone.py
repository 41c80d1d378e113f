"""A connection by itself, for what is no request: a command, a migration."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from db.connection import Connection
from db.pool import MISUSED, Unreachable


@asynccontextmanager
async def connected(url: str, *, within_s: float | None = None) -> AsyncIterator[Connection]:
    """A connection to the database at `url` until the end of the block.

    within_s: how long it may take to get one.

    Raises what UNAVAILABLE lists where there is none, or it ends meanwhile, and ValueError where
    `url` is none.
    """
    try:
        connection = await asyncpg.connect(url, timeout=60 if within_s is None else within_s)
    except (OSError, *MISUSED) as error:
        raise Unreachable(str(error)) from error
    try:
        yield connection
        await connection.close()
    except MISUSED as error:
        if connection.is_closed():
            raise Unreachable(str(error)) from error
        raise
    finally:
        connection.terminate()
