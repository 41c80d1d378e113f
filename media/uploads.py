"""Uploads that go on after a break. What they are on disk: `media.upload_folder`.

Several processes may share the folder: every step is taken under a file lock that is held for that
step, and never while waiting for a client. A later request takes an upload over from an earlier
one at once: the earlier finds out when it wants to write.
"""

import fcntl
import os
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from anyio import sleep, to_thread

from media.collecting import write_as_it_comes
from media.files import HashedFile
from media.upload_folder import COPY_BYTES, Claimed, UploadFolder
from media.upload_state import Limits, Progress, TooLong, Upload, upload_name

# A step on a disk takes a moment; one in a store that is away takes seconds, and whoever waits for
# that has no use for looking five hundred times a second.
_LOCK_POLL_S: Final = 0.002
_LOCK_POLL_AT_MOST_S: Final = 0.05

# So long what was written lies in memory, where a disk does it no harm.
_FRESH_S: Final = 30

# Of how many uploads a process has the hash of what came so far: some hundred bytes each.
_MOST_WRITTEN: Final = 1024

CHECKSUMS: Final = ("sha1", "sha256")
"""The algorithms by which a chunk may be checked."""


class Checksum(NamedTuple):
    """What a chunk must hash to."""

    algorithm: str
    digest: bytes


class WrongChecksum(Exception):
    """A chunk does not have the checksum that came with it; nothing of it was kept."""


class Claim(NamedTuple):
    """The right to go on with an upload from where it is, until somebody else claims it."""

    progress: Progress
    writer: str


class _Written:
    """The bytes of an upload from the first on, hashed as they were written."""

    def __init__(self) -> None:
        self.size = 0
        self._hasher = sha256()
        self._added_at = time.monotonic()

    def add(self, content: bytes) -> None:
        self._hasher.update(content)
        self.size += len(content)
        self._added_at = time.monotonic()

    @property
    def is_fresh(self) -> bool:
        """Whether what was written can't well be another by now. What lay longer is read again."""
        return time.monotonic() - self._added_at < _FRESH_S

    def sha256(self) -> str:
        return self._hasher.hexdigest()


class Uploads:
    """The uploads of `root/uploads`."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._folder = UploadFolder(root / "uploads", limits)
        # By who wrote last. It is true of an upload as long as nobody has written since, in
        # whatever process; of others, all is read again at the end.
        self._written: OrderedDict[bytes, _Written] = OrderedDict()

    def prepare(self) -> None:
        """Make the folders, durably."""
        self._folder.prepare()

    def check(self) -> None:
        """Raises OSError where a folder is gone, or another's."""
        self._folder.check()

    async def create(self, upload: Upload) -> Progress:
        """Begin an upload, or go on with the one of this id, whose note is replaced if unfinished.

        It outlives a power cut from `settle` on: most come whole in one request, before that.
        Raises TooMany, QuotaExceeded or DiskFull; nothing was written then.
        """
        owner = self._folder.owner_lock_file(upload.owner)
        async with _locking(owner), self._locked(upload.upload_id):
            await self._meet(upload.name)
            return await self._begun(await to_thread.run_sync(self._folder.create, upload))

    async def create_anew(self, upload: Upload) -> Progress:
        """The same in place of those whose ids have the same first half and that are not whole:
        who still sends to one of them finds it gone."""
        owner = self._folder.owner_lock_file(upload.owner)
        async with _locking(owner), self._locked(upload.upload_id):
            await self._over(upload.kin)
            return await self._begun(await to_thread.run_sync(self._folder.create_anew, upload))

    async def kin(self, upload: Upload) -> list[Progress]:
        """The unfinished uploads whose ids have the same first half."""
        async with self._locked(upload.upload_id):
            return await to_thread.run_sync(self._folder.kin, upload)

    async def settle(self, upload: Upload) -> None:
        """Let it outlive a power cut, before anybody is told of it, or how far it is."""
        await to_thread.run_sync(self._folder.settle, upload.name)

    async def under_way(self, upload: Upload) -> Progress | None:
        """How far this upload is, as it was begun; None: it was not, or is finished."""
        async with self._locked(upload.upload_id):
            await self._meet(upload.name)
            progress = await to_thread.run_sync(self._folder.find, upload.name)
        return None if progress is None or progress.is_finished else progress

    async def create_finished(self, upload: Upload) -> Progress:
        """An upload none of whose bytes needs to come: the content is held already."""
        async with self._locked(upload.upload_id):
            await self._over(upload.name)
            return await to_thread.run_sync(self._folder.create_finished, upload)

    async def claim(self, owner: UUID, upload_id: UUID, offset: int, size: int) -> Claim | None:
        """Take an upload over, to add a part at `offset` that is announced with `size` bytes.

        None: it is gone or has expired. Raises WrongOffset or TooLong; who was writing to it goes
        on then.
        """
        writer = uuid4().hex
        async with self._locked(upload_id):
            name = upload_name(owner, upload_id)
            await self._meet(name)
            claimed = await to_thread.run_sync(self._folder.claim, name, writer, offset, size)
            if claimed is None:
                return None
            self._take_over(claimed, writer)
        return Claim(claimed.progress, writer)

    async def append(
        self, claim: Claim, chunks: AsyncIterator[bytes], checksum: Checksum | None
    ) -> Progress:
        """Add `chunks` at the claimed offset; how far the upload is then, is durable.

        With a checksum all of it is added, or none. Whatever breaks off `chunks`, what came before
        is kept otherwise. Raises TooLong, TakenOver or WrongChecksum.
        """
        if claim.progress.is_complete:
            return claim.progress
        if checksum is not None:
            return await self._append_checked(claim, chunks, checksum)
        return await self._append_as_it_comes(claim, chunks)

    @asynccontextmanager
    async def finishing(self, owner: UUID, upload_id: UUID) -> AsyncIterator[Progress | None]:
        """How far the upload is, durably, and nobody else's until the end of the block.

        Whoever was writing to it has to stop. None: it is gone or has expired.
        """
        async with self._locked(upload_id):
            name, writer = upload_name(owner, upload_id), uuid4().hex
            await self._meet(name)
            claimed = await to_thread.run_sync(self._folder.claim_durably, name, writer)
            if claimed is None:
                yield None
                return
            self._take_over(claimed, writer)
            progress, written = claimed.progress, self._written.get(writer.encode())
            if written is not None and progress.is_complete:
                progress = progress._replace(sha256=written.sha256())
            yield progress

    async def finished(self, upload: Upload) -> None:
        """Its bytes are where they belong. For the block of `finishing`."""
        await to_thread.run_sync(self._folder.finish, upload.name)
        await self._over(upload.name)

    async def discard(self, upload: Upload) -> None:
        """Forget it, finished or not. For the block of `finishing`."""
        await to_thread.run_sync(self._folder.discard, upload.name)
        await self._over(upload.name)

    async def set_aside(self, upload: Upload, why: str) -> None:
        """Keep it for people to look at, and know it no more. For the block of `finishing`."""
        await to_thread.run_sync(self._folder.set_aside, upload.name, why)
        await self._over(upload.name)

    async def complete(self) -> list[Upload]:
        """Those whose bytes are all there and that nobody has finished."""
        return await to_thread.run_sync(self._folder.complete)

    async def at_a_glance(self) -> tuple[int, float | None]:
        """How many are unfinished, and when the one that got no byte for longest last got one."""
        return await to_thread.run_sync(self._folder.at_a_glance)

    async def expire(self) -> None:
        """Remove what nobody went on with, and old memories of what was finished; set aside what
        can't be read."""
        for name in await to_thread.run_sync(self._folder.overdue):
            async with self._locked(UUID(name.partition(".")[2])):
                await to_thread.run_sync(self._folder.tend, name)

    async def _meet(self, name: str) -> None:
        """Learn, under its lock, what became of an upload elsewhere: nothing, where there is no
        other server (`media.shared_uploads`)."""

    async def _begun(self, progress: Progress) -> Progress:
        """Let the others know of it."""
        return progress

    async def _over(self, name: str) -> None:
        """Let the others know that all uploads are over whose names begin like this."""

    def sweep(self, older_than: datetime) -> int:
        """Remove what crashes left behind, if older; answers how many files."""
        return self._folder.sweep(older_than.timestamp())

    def _locked(self, upload_id: UUID) -> AbstractAsyncContextManager[None]:
        return _locking(self._folder.lock_file(upload_id))

    def _take_over(self, claimed: Claimed, writer: str) -> None:
        """Go on hashing where this process wrote all that there is."""
        progress, before = claimed
        written = self._written.pop(before, None) if before else None
        if progress.offset == 0:
            written = _Written()
        if written is not None and written.size == progress.offset and written.is_fresh:
            self._written[writer.encode()] = written
            if len(self._written) > _MOST_WRITTEN:
                self._written.popitem(last=False)

    async def _append_as_it_comes(self, claim: Claim, chunks: AsyncIterator[bytes]) -> Progress:
        progress, writer = claim

        async def write(content: bytes, is_last: bool) -> None:
            nonlocal progress

            def append() -> Progress:
                return self._append(progress, writer, [content], len(content), durably=is_last)

            async with self._locked(progress.upload.upload_id):
                progress = await to_thread.run_sync(append)

        await write_as_it_comes(chunks, write)
        return progress

    def _append(
        self, so_far: Progress, writer: str, chunks: Iterable[bytes], size: int, *, durably: bool
    ) -> Progress:
        written = self._written.get(writer.encode())

        def hashed() -> Iterator[bytes]:
            for chunk in chunks:
                yield chunk  # and when it is written
                if written is not None:
                    written.add(chunk)

        return self._folder.append(so_far, writer, hashed(), size, durably=durably)

    async def _append_checked(
        self, claim: Claim, chunks: AsyncIterator[bytes], checksum: Checksum
    ) -> Progress:
        """The chunk waits beside until it is known to be right: what is in its place counts."""
        progress, writer = claim
        path = self._folder.aside(progress.upload, writer)
        aside = HashedFile(path, checksum.algorithm)

        async def write(content: bytes, _: bool) -> None:
            if aside.size + len(content) > progress.room:
                raise TooLong(progress.room)
            await to_thread.run_sync(lambda: aside.append(content, durably=False))

        def append() -> Progress:
            with path.open("rb") as file:
                parts = iter(lambda: file.read(COPY_BYTES), b"")
                return self._append(progress, writer, parts, aside.size, durably=True)

        try:
            await write_as_it_comes(chunks, write)
            if aside.digest() != checksum.digest:
                raise WrongChecksum
            async with self._locked(progress.upload.upload_id):
                return await to_thread.run_sync(append)
        finally:
            path.unlink(missing_ok=True)


@asynccontextmanager
async def _locking(path: Path) -> AsyncIterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        # No thread may wait for it: the one who holds it may need a thread to go on.
        pause = _LOCK_POLL_S
        while not _try_lock(descriptor):
            await sleep(pause)
            pause = min(pause * 1.2, _LOCK_POLL_AT_MOST_S)
        yield
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
