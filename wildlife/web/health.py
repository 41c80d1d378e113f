"""Whether this process can take a record: each part it needs, asked for real, and soon."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec
import structlog
from anyio import to_thread

from db.pool import UNAVAILABLE
from media.files import has_room
from media.store import StoreUnavailable
from wildlife.service import Service
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


async def require_ready(service: Service) -> Readiness:
    """Raises Problem not_ready, which names each part that fails."""
    parts = {"database": _ask_database, "store": _ask_store, "disk": _ask_disk}
    found = await asyncio.gather(*(_ask(name, service, ask) for name, ask in parts.items()))
    failing = [one for one in found if one is not None]
    if failing:
        raise Problem("not_ready", *failing)
    return Readiness()


async def _ask(
    name: str, service: Service, ask: Callable[[Service], Awaitable[None]]
) -> FieldError | None:
    try:
        async with asyncio.timeout(_WITHIN_S):
            await ask(service)
    except TimeoutError:
        reason, error = "no_answer", ""
    except _Unready as unready:
        reason, error = str(unready), ""
    except (*UNAVAILABLE, StoreUnavailable, OSError) as unavailable:
        reason, error = "unavailable", str(unavailable)
    else:
        return None
    log.warning("not_ready", part=name, reason=reason, error=error)
    return FieldError(name, reason)


async def _ask_database(service: Service) -> None:
    """That it commits: a replica does not, nor does a primary whose standby it waits for is gone.

    A message in the log that nobody reads leaves no trace in any table.
    """
    async with service.database.identifying() as connection:
        if await connection.fetchval("select current_setting('transaction_read_only')::boolean"):
            raise _Unready("read_only")
        await connection.fetchval("select pg_logical_emit_message(true, 'wildlife', 'readiness')")


async def _ask_store(service: Service) -> None:
    await service.store.check()


async def _ask_disk(service: Service) -> None:
    await to_thread.run_sync(_write, service.settings.media_dir, abandon_on_cancel=True)


def _write(folder: Path) -> None:
    if not has_room(folder):
        raise _Unready("no_room")
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(os.urandom(1))
