"""Checking originals: each still hashes to its name, none is missing, none lies there unnamed."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from db.database import Database
from db.rows import fetch_in_batches
from media.store import (
    ASIDE,
    ORIGINALS,
    RENDITIONS,
    Held,
    NotHeld,
    Store,
    digest_of,
    original_key,
)
from wildlife.photos.codes import RenditionsReason
from wildlife.photos.darkroom import Darkroom, NotNow
from wildlife.photos.digest_queries import list_named_digests, named_among, named_in_texts
from wildlife.photos.rendition_queries import list_rendered

_AT_ONCE: Final = 500

# What came in less than a day ago may still get its entry.
_GRACE: Final = timedelta(days=1)
# So long an original that nothing names lies aside before it is removed.
_ASIDE_FOR: Final = timedelta(days=30)


class Flaw(StrEnum):
    """What can be wrong with an original. An orphan does no harm; it only takes room. What had been
    set aside and is named again is put back."""

    MISSING = "missing"
    PUT_BACK = "put back"
    CHANGED = "changed"
    ORPHANED = "orphaned"


class Checked(NamedTuple):
    """An original by its SHA-256 in hexadecimal, and what is wrong with it if anything is."""

    digest: str
    flaw: Flaw | None


async def check_originals(database: Database, store: Store) -> AsyncIterator[Checked]:
    """Read every original that an entry names, then look for those that none does, neither by a
    column nor in its text."""
    async for digest in fetch_in_batches(database, list_named_digests, lambda one: one):
        yield Checked(digest, await _flaw(store, digest))
    unnamed = [held.digest async for held in _unnamed(database, store, ORIGINALS)]
    async with database.reading() as connection:
        named = await named_in_texts(connection, unnamed) if unnamed else set()
    for digest in unnamed:
        yield Checked(digest, await _flaw(store, digest) if digest in named else Flaw.ORPHANED)


class Redecoded(NamedTuple):
    """A photo that was decoded or given up, decoded again.

    differing: the columns that say something else than came of it. reason: why it can't be decoded
    now, of which nothing differs: its original is missing, the store is away.
    """

    photo_id: UUID
    differing: list[str]
    reason: RenditionsReason | None = None


async def check_pixels(database: Database, darkroom: Darkroom) -> AsyncIterator[Redecoded]:
    """Decode every photo again. Its renditions are made anew on the way."""
    photos = fetch_in_batches(
        database, list_rendered, lambda photo: (photo.incident_id, photo.photo_id)
    )
    async for photo in photos:
        try:
            found = await darkroom.develop(photo.sha256)
        except NotNow as error:
            yield Redecoded(photo.photo_id, [], error.reason)
            continue
        said = {
            "renditions": found.renditions,
            "renditions_reason": found.reason,
            "difference_hash": found.difference_hash,
            "incomplete": found.is_incomplete,
        }
        held = (photo.renditions, photo.reason, photo.difference_hash, photo.is_incomplete)
        both = zip(said.items(), held, strict=True)
        differing = [name for (name, value), one in both if value != one]
        yield Redecoded(photo.photo_id, differing)


class Swept(NamedTuple):
    """What `sweep_store` removed, or else set aside."""

    removed: bool
    held: Held


async def sweep_store(database: Database, store: Store) -> AsyncIterator[Swept]:
    """Set originals aside that nothing names and that are older than a day; remove renditions of
    such ones at once, and originals that have lain aside for a month.

    What names an original is the text of the timelines, which a digest covers; a column alone is
    not believed.
    """
    older_than = datetime.now(UTC) - _GRACE
    originals = [held async for held in _unnamed(database, store, ORIGINALS)]
    candidates = [held for held in originals if held.modified_at < older_than]
    async with database.reading() as connection:
        named = await named_in_texts(connection, [held.digest for held in candidates])
    for held in candidates:
        if held.digest not in named and await store.set_aside(held.key, older_than):
            yield Swept(False, held)
    async for held in _unnamed(database, store, RENDITIONS):
        if held.modified_at < older_than and await store.sweep(held.key, older_than):
            yield Swept(True, held)
    long_ago = datetime.now(UTC) - _ASIDE_FOR
    async for held in store.list(f"{ASIDE}{ORIGINALS}"):
        if held.modified_at < long_ago and await store.sweep(held.key, long_ago):
            yield Swept(True, held)


async def _unnamed(database: Database, store: Store, prefix: str) -> AsyncIterator[Held]:
    batch: list[Held] = []
    async for held in store.list(prefix):
        batch.append(held)
        if len(batch) == _AT_ONCE:
            async for one in _unnamed_of(database, batch):
                yield one
            batch = []
    async for one in _unnamed_of(database, batch):
        yield one


async def _unnamed_of(database: Database, batch: list[Held]) -> AsyncIterator[Held]:
    async with database.reading() as connection:
        named = await named_among(connection, [held.digest for held in batch])
    for held in batch:
        if held.digest not in named:
            yield held


async def _flaw(store: Store, digest: str) -> Flaw | None:
    key = original_key(digest)
    try:
        found = await digest_of(store, key)
    except NotHeld:
        if not await store.bring_back(key):
            return Flaw.MISSING
        found = await digest_of(store, key)
        return Flaw.PUT_BACK if found == digest else Flaw.CHANGED
    return None if found == digest else Flaw.CHANGED
