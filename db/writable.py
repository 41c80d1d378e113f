"""Whether what has to be written can be: found out by writing, and without a trace."""

from contextlib import suppress
from typing import Final

import asyncpg

from db.connection import Connection
from db.identity import ReadOnly

_COMMITS: Final = "select pg_logical_emit_message(true, 'wildlife', 'readiness')"

# Nobody but the system can tell what a disk takes. A temporary file, of more than the memory that
# the query is left, lies where the tables do, and is gone with it. A record takes no more pages.
_EXTENDS: Final = """
    set local work_mem = '64kB';
    set local temp_tablespaces = '';
    with page as materialized (select repeat('x', 8000) from generate_series(1, 16))
    select count(*) from page
"""


async def require_writable(connection: Connection) -> None:
    """That the database commits, as no replica does nor a primary whose standby it waits for is
    gone; and that its disk takes 128 kB more. For who asks every second: 2 ms.

    A full disk goes unnoticed for as long as there is room in pages that are there, and so does a
    message in the log; the next row may need another page.

    Raises ReadOnly, asyncpg.DiskFullError, or what else there is.
    """
    if await connection.fetchval("select current_setting('transaction_read_only') = 'on'"):
        raise ReadOnly
    await connection.fetchval(_COMMITS)
    # One that lets nobody have temporary files (temp_file_limit) can't be asked.
    with suppress(asyncpg.ConfigurationLimitExceededError):
        await connection.execute(_EXTENDS)
