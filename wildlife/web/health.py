"""Whether this process can take a record: each part it needs, asked for real, and soon."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable
from pathlib import Path
from typing import Final

import msgspec
import structlog
from anyio import to_thread

from db.pool import UNAVAILABLE, Database
from media.files import has_room
from media.store import Store, StoreUnavailable
from wildlife.web.problems import FieldError, Problem

log = structlog.get_logger()

# Whoever asks wants to know within a second, whatever hangs.
_WITHIN_S: Final = 0.8


class Readiness(msgspec.Struct, frozen=True):
    """What the service needs, and that it is well."""

    status: str = "ok"
    database: str = "ok"
    store: str = "ok"
    disk: str = "ok"


class _Unready(Exception):
    """A part can't be used; says why, in one word."""


async def require_ready(database: Database, store: Store, folder: Path) -> Readiness:
    """Raises Problem not_ready, which names each part that fails."""
    parts = {
        "database": _ask_database(database),
        "store": store.check(),
        "disk": to_thread.run_sync(_write, folder, abandon_on_cancel=True),
    }
    found = await asyncio.gather(*(_ask(name, answer) for name, answer in parts.items()))
    failing = [one for one in found if one is not None]
    if failing:
        raise Problem("not_ready", *failing)
    return Readiness()


async def _ask(name: str, answer: Awaitable[None]) -> FieldError | None:
    error: Exception | None
    try:
        async with asyncio.timeout(_WITHIN_S):
            await answer
    except TimeoutError:
        reason, error = "no_answer", None
    except _Unready as unready:
        reason, error = str(unready), None
    except (*UNAVAILABLE, StoreUnavailable, OSError) as unavailable:
        reason, error = "unavailable", unavailable
    else:
        return None
    log.warning("not_ready", code="not_ready", part=name, reason=reason, error=error)
    return FieldError(name, reason)


async def _ask_database(database: Database) -> None:
    """That it commits: a replica does not, nor does a primary whose standby it waits for is gone.

    A message in the log that nobody reads leaves no trace in any table.
    """
    async with database.identifying() as connection:
        if await connection.fetchval("select current_setting('transaction_read_only')::boolean"):
            raise _Unready("read_only")
        await connection.fetchval("select pg_logical_emit_message(true, 'wildlife', 'readiness')")


def _write(folder: Path) -> None:
    if not has_room(folder):
        raise _Unready("no_room")
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(os.urandom(1))
