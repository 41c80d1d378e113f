"""The files of exports: where they lie, and how they are taken away, each before its row."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from db.database import Database
from media.store import EXPORTS, Held, Store, export_key
from wildlife.exports.queries import (
    ExpiredExport,
    forget_export,
    list_expired,
    list_made,
)

_AT_ONCE: Final = 500
# What was put there in less than a day may still get its row.
_GRACE: Final = timedelta(days=1)
# Whatever the clock of the store says: nobody writes what has expired.
_OF_ANY_AGE: Final = timedelta(days=365)


async def forget_exports(database: Database, store: Store, export_id: UUID | None = None) -> None:
    """Take away what has expired, or was ended: all of it, or this one alone. Several
    servers may do so at once: each finds what the other left. Raises what the store does where it
    is away; what is left is found again."""
    async with database.writing() as connection:
        expired = await list_expired(connection, export_id)
    for one in expired:
        await _forget(database, store, one)


async def _forget(database: Database, store: Store, one: ExpiredExport) -> None:
    if one.sha256 is not None:
        key = export_key(one.sha256, str(one.export_id))
        await store.sweep(key, datetime.now(UTC) + _OF_ANY_AGE)
    async with database.writing() as connection:
        await forget_export(connection, one.export_id)


async def sweep_exports(database: Database, store: Store) -> AsyncIterator[Held]:
    """Remove the files that no export has and that are older than a day: whoever made one was
    killed between the file and its row."""
    older_than = datetime.now(UTC) - _GRACE
    batch: list[Held] = []
    async for held in store.list(EXPORTS):
        if held.modified_at < older_than:
            batch.append(held)
        if len(batch) == _AT_ONCE:
            async for one in _swept(database, store, batch, older_than):
                yield one
            batch = []
    async for one in _swept(database, store, batch, older_than):
        yield one


async def _swept(
    database: Database, store: Store, batch: list[Held], older_than: datetime
) -> AsyncIterator[Held]:
    of = {held.key: _export_of(held) for held in batch}
    async with database.writing() as connection:
        made = await list_made(connection, [one for one in of.values() if one is not None])
    for held in batch:
        if (of[held.key], held.digest) not in made and await store.sweep(held.key, older_than):
            yield held


def _export_of(held: Held) -> UUID | None:
    """Of which export it is the file, as its name says; None: of none."""
    try:
        return UUID(held.key.rpartition(".")[2])
    except ValueError:
        return None
