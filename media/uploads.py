"""Uploads that go on after a break. What they are on disk: `media.upload_folder`.

Several processes may share the folder: every step is taken under a file lock that is held for that
step, and never while waiting for a client. A later request takes an upload over from an earlier
one at once: the earlier finds out when it wants to write.
"""

import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from hashlib import new as new_hasher
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from anyio import sleep, to_thread

from media.collecting import write_as_it_comes
from media.upload_folder import (
    COPY_BYTES,
    DiskFull,
    Progress,
    QuotaExceeded,
    TakenOver,
    TooLong,
    Upload,
    UploadFolder,
)

__all__ = [
    "CHECKSUMS",
    "Checksum",
    "DiskFull",
    "Progress",
    "QuotaExceeded",
    "TakenOver",
    "TooLong",
    "Upload",
    "Uploads",
    "WrongChecksum",
    "WrongOffset",
]

_LOCK_POLL_S: Final = 0.002

CHECKSUMS: Final = ("sha1", "sha256")
"""The algorithms by which a chunk may be checked."""


class Checksum(NamedTuple):
    """What a chunk must hash to."""

    algorithm: str
    digest: bytes


class WrongOffset(Exception):
    """A chunk was sent for another offset than the upload has."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


class WrongChecksum(Exception):
    """A chunk does not have the checksum that came with it; nothing of it was kept."""


class Uploads:
    """The uploads of `root/uploads`.

    quota_bytes: how much one owner's unfinished uploads may be together.
    expiry_s: how long an unfinished upload is kept after its last byte; finished_s: how long it is
    remembered that one was finished.
    """

    def __init__(self, root: Path, *, quota_bytes: int, expiry_s: float, finished_s: float) -> None:
        self._folder = UploadFolder(
            root / "uploads", quota_bytes=quota_bytes, expiry_s=expiry_s, finished_s=finished_s
        )

    def prepare(self) -> None:
        """Make the folders, durably."""
        self._folder.prepare()

    async def create(self, upload: Upload) -> Progress:
        """Begin an upload, or go on with the one of this id, whose note is replaced if unfinished.

        Raises QuotaExceeded or DiskFull; nothing was written then.
        """
        owner = self._folder.owner_lock_file(upload.owner)
        async with _locking(owner), self._locked(upload.upload_id):
            return await to_thread.run_sync(self._folder.create, upload)

    async def create_finished(self, upload: Upload) -> Progress:
        """An upload none of whose bytes needs to come: the content is held already."""
        async with self._locked(upload.upload_id):
            return await to_thread.run_sync(self._folder.create_finished, upload)

    async def find(self, owner: UUID, upload_id: UUID) -> Progress | None:
        """An upload, unless it is gone or has expired."""
        return await to_thread.run_sync(self._folder.find, f"{owner}.{upload_id}")

    async def append(
        self, upload: Upload, offset: int, chunks: AsyncIterator[bytes], checksum: Checksum | None
    ) -> int:
        """Add `chunks` at `offset`; answers the new offset, which is durable.

        With a checksum all of it is added, or none. Whatever breaks off `chunks`, what came before
        is kept otherwise. Raises WrongOffset, TooLong, TakenOver or WrongChecksum.
        """
        writer = uuid4().hex
        async with self._locked(upload.upload_id):
            progress = await to_thread.run_sync(self._folder.claim, upload.name, writer)
        if progress is None:
            raise TakenOver
        if progress.offset != offset:
            raise WrongOffset(progress.offset)
        if progress.is_complete:
            return offset
        if checksum is not None:
            return await self._append_checked(upload, writer, offset, chunks, checksum)
        return await self._append_as_it_comes(upload, writer, offset, chunks)

    @asynccontextmanager
    async def finishing(self, owner: UUID, upload_id: UUID) -> AsyncIterator[Progress | None]:
        """How far the upload is, durably, and nobody else's until the end of the block.

        Whoever was writing to it has to stop. None: it is gone or has expired.
        """
        async with self._locked(upload_id):
            name = f"{owner}.{upload_id}"
            yield await to_thread.run_sync(self._folder.claim_durably, name, uuid4().hex)

    async def finished(self, upload: Upload) -> None:
        """Its bytes are where they belong. For the block of `finishing`."""
        await to_thread.run_sync(self._folder.finish, upload.name)

    async def discard(self, upload: Upload) -> None:
        """Forget it, finished or not. For the block of `finishing`."""
        await to_thread.run_sync(self._folder.discard, upload.name)

    async def complete(self) -> list[Upload]:
        """Those whose bytes are all there and that nobody has finished."""
        return await to_thread.run_sync(self._folder.complete)

    async def expire(self) -> None:
        """Remove what nobody went on with, and old memories of what was finished."""
        for upload in await to_thread.run_sync(self._folder.expired):
            async with self._locked(upload.upload_id):
                if await to_thread.run_sync(self._folder.has_expired, upload.name):
                    await to_thread.run_sync(self._folder.discard, upload.name)

    def sweep(self, older_than: datetime) -> int:
        """Remove what crashes left behind, if older; answers how many files."""
        return self._folder.sweep(older_than.timestamp())

    def _locked(self, upload_id: UUID) -> AbstractAsyncContextManager[None]:
        return _locking(self._folder.lock_file(upload_id))

    async def _append_as_it_comes(
        self, upload: Upload, writer: str, at: int, chunks: AsyncIterator[bytes]
    ) -> int:
        async def write(content: bytes, is_last: bool) -> None:
            nonlocal at
            async with self._locked(upload.upload_id):
                at = await to_thread.run_sync(
                    lambda: self._folder.append(
                        upload, writer, at, [content], len(content), durably=is_last
                    )
                )

        await write_as_it_comes(chunks, write)
        return at

    async def _append_checked(
        self,
        upload: Upload,
        writer: str,
        at: int,
        chunks: AsyncIterator[bytes],
        checksum: Checksum,
    ) -> int:
        """The chunk waits beside until it is known to be right: what is in its place counts."""
        hasher = new_hasher(checksum.algorithm)
        aside = self._folder.aside(upload, writer)
        size = 0

        def write_aside(content: bytes) -> None:
            nonlocal size
            # Opened for each piece: a body may hang for long, and many may.
            with aside.open("r+b") as file:
                file.seek(size)  # a write that failed may have left some
                file.write(content)
            hasher.update(content)
            size += len(content)

        async def write(content: bytes, _: bool) -> None:
            if at + size + len(content) > upload.length:
                raise TooLong
            await to_thread.run_sync(write_aside, content)

        def append() -> int:
            with aside.open("rb") as file:
                parts = iter(lambda: file.read(COPY_BYTES), b"")
                return self._folder.append(upload, writer, at, parts, size, durably=True)

        try:
            aside.touch(exist_ok=False)
            await write_as_it_comes(chunks, write)
            if hasher.digest() != checksum.digest:
                raise WrongChecksum
            async with self._locked(upload.upload_id):
                return await to_thread.run_sync(append)
        finally:
            aside.unlink(missing_ok=True)


@asynccontextmanager
async def _locking(path: Path) -> AsyncIterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        # No thread may wait for it: the one who holds it may need a thread to go on.
        while not _try_lock(descriptor):  # noqa: ASYNC110 - the lock may be another process's
            await sleep(_LOCK_POLL_S)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
