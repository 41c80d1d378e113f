"""Makes a backup: the database first, as it is at one moment, and then the originals that it names
at that moment. Whatever comes in meanwhile is the next one's.

An original that an entry names is never removed; one that only a refused body named, which was
taken since, lies aside for a month, and is brought back from there.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC
from pathlib import Path
from typing import NamedTuple

import anyio.to_thread as threads
import msgspec

from db.alone import connected
from db.dumping import dump
from db.identity import lasting_identity
from media.files import HashedFile, fsync_folder
from media.store import NotHeld, Store, original_key
from wildlife import __version__
from wildlife.backups.folder import DUMP, FORMAT, BackupFolder, Dump, Manifest, UnfitBackup
from wildlife.backups.queries import count_rows, list_every_named_digest, list_migrations
from wildlife.backups.verifying import ROTTEN
from wildlife.informants.keys import name_of
from wildlife.informants.queries import find_fingerprints
from wildlife.web.together import each


class Made(NamedTuple):
    """A backup that was made."""

    name: str
    manifest: Manifest
    copied: int
    """Originals that no backup in the folder had before, and how many bytes they are."""
    copied_bytes: int


async def make_backup(url: str, store: Store, folder: BackupFolder) -> Made:
    """Make one of the database at `url`, which may be in use, and of the originals in `store`.

    url: who signs in there may read every table. The caller has locked `folder`.
    """
    with folder.beginning() as unfinished:
        manifest, named = await _dump(url, unfinished / DUMP)
        before = _held_whole(folder)
        held = dict(before)
        lost = []

        async def copy(digest: str) -> None:
            size = await _copy(store, digest, unfinished / digest, folder.original(digest))
            if size is not None:
                held[digest] = size
            elif named[digest]:
                lost.append(digest)

        folder.media.mkdir(mode=0o700, exist_ok=True)
        await each((one for one in named if one not in before), copy)
        copied = held.keys() - before.keys()
        for touched in sorted({folder.original(one).parent for one in copied}):
            fsync_folder(touched)
        fsync_folder(folder.media)
        media = {digest: held[digest] for digest in named if digest in held}
        manifest = msgspec.structs.replace(manifest, media=media, lost=sorted(lost))
        name = folder.finish(manifest)
    return Made(name, manifest, len(copied), sum(held[one] for one in copied))


async def _dump(url: str, file: Path) -> tuple[Manifest, dict[str, bool]]:
    """The database in a file, what there is to be said of it, and the originals that it names, each
    with whether a column does."""
    async with (
        connected(url) as connection,
        connection.transaction(isolation="repeatable_read", readonly=True),
    ):
        # For as long as the dump takes, nothing is asked in it.
        await connection.execute("set local idle_in_transaction_session_timeout = 0")
        made_at = await connection.fetchval("select now()")
        named = await list_every_named_digest(connection)
        manifest = Manifest(
            format=FORMAT,
            made_at=made_at.astimezone(UTC),
            version=__version__,
            postgresql=connection.get_server_version().major,
            database=await lasting_identity(connection),
            migrations=await list_migrations(connection),
            keys=[name_of(one) for one in await find_fingerprints(connection)],
            counts=await count_rows(connection),
            dump=await _write(file, dump(connection, url)),
            media={},
            lost=[],
        )
    return manifest, named


async def _write(file: Path, pieces: AsyncIterator[bytes]) -> Dump:
    """Keep these in a new file, durably. Raises OSError that names it."""
    written = HashedFile(file, "sha256")
    try:
        async with aclosing(pieces):  # type: ignore[type-var]  # each is a generator
            async for piece in pieces:
                await threads.run_sync(_append, written, piece, False)
        await threads.run_sync(_append, written, b"", True)
    except OSError as error:
        error.filename = error.filename or str(file.parent.parent)  # a full disk names no file
        raise
    return Dump(written.digest().hex(), written.size)


def _append(file: HashedFile, piece: bytes, durably: bool) -> None:
    file.append(piece, durably=durably)


async def _copy(store: Store, digest: str, aside: Path, target: Path) -> int | None:
    """The size of the original that lies at `target` now; None where the store has none that is
    whole."""
    key = original_key(digest)
    try:
        try:
            written = await _write(aside, _readable(store, key))
        except NotHeld:
            if not await store.bring_back(key):
                return None
            written = await _write(aside, _readable(store, key))
        if written.sha256 != digest:
            return None
        await threads.run_sync(_put, aside, target)
    except _Rotten:
        return None
    finally:
        await threads.run_sync(lambda: aside.unlink(missing_ok=True))
    return written.size


def _put(aside: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, exist_ok=True)
    aside.rename(target)


class _Rotten(Exception):
    """The store's disk has lost a file."""


async def _readable(store: Store, key: str) -> AsyncIterator[bytes]:
    """What lies under `key`. Raises _Rotten, as NotHeld, of this one alone."""
    try:
        async for piece in store.read(key):
            yield piece
    except OSError as error:
        if error.errno in ROTTEN:
            raise _Rotten from None
        raise


def _held_whole(folder: BackupFolder) -> dict[str, int]:
    """The originals in the folder, but for those that have another size than backups say: they are
    copied again."""
    held = folder.held()
    for manifest in _manifests(folder):
        for digest, size in manifest.media.items():
            if held.get(digest, size) != size:
                del held[digest]
    return held


def _manifests(folder: BackupFolder) -> list[Manifest]:
    found = []
    for name in folder.names():
        try:
            found.append(folder.read(name))
        except UnfitBackup:
            continue  # who verifies is told
    return found
