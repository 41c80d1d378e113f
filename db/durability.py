"""Whether what PostgreSQL has answered survives a power cut."""

from typing import Final

from db.connection import Connection

_BEFORE_IT_IS_ANSWERED: Final = """
    select set_config('synchronous_commit', 'on', false)
    where current_setting('synchronous_commit') = 'off'
"""

# Of the whole server: no session can turn them on.
_OFF: Final = """
    select name from pg_settings
    where name in ('fsync', 'full_page_writes') and setting = 'off' order by name
"""


async def commit_durably(connection: Connection) -> None:
    """Let this session be answered when what it commits is on the disk, whatever its database, its
    role or its server is set to; where it waits for standbys, it goes on to."""
    await connection.execute(_BEFORE_IT_IS_ANSWERED)


async def turned_off(connection: Connection) -> list[str]:
    """The settings of the server without which a power cut takes what was answered, or the whole
    database; none, as it should be."""
    return [row["name"] for row in await connection.fetch(_OFF)]
