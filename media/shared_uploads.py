"""Uploads that go on at whichever of several servers: what came of them lies in the store that they
share, too.

    uploads/<owner>.<first half>/<second half>/plan       what it is to be
    uploads/<owner>.<first half>/<second half>/<offset>   bytes of it, from that offset on

for which the name of an upload is parted amid its id: what is of one photo lies together.

The plan is put when an upload begins, and taken away when it is over: without one it is, whatever
of it lies on the disk of some server. Each part is put on the condition that nothing lies there, so
that what a phone was told to have come is never less at another server; but for a bucket that takes
no condition, and two servers at once. What comes whole in one request leaves no bytes there.

That an upload is finished knows the server at which it was: at another there is none, and who
begins it anew is told that its bytes are held. What one owner may have each server counts by
itself.
"""

import re
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
from anyio import to_thread

from media.store import Held, NotHeld, Store, StoreUnavailable
from media.upload_state import Limits, Progress, TakenOver, Upload
from media.uploads import Checksum, Claim, Uploads

PART_BYTES: Final = 4 * 1024 * 1024
"""So many bytes at most are put, and held in memory, at once."""

_UPLOADS: Final = "uploads/"
_PLAN: Final = "plan"
_OF_KIN: Final = len(Upload(UUID(int=0), UUID(int=0), 0, b"").kin)
_PART: Final = re.compile(r"\d+")
# Whatever the clock of the store says: what is over nobody writes to.
_OF_ANY_AGE: Final = timedelta(days=365)


class _Part(NamedTuple):
    """Bytes of an upload: from where to where, and where they lie."""

    begins: int
    ends: int
    key: str


class SharedUploads(Uploads):
    """The uploads of `root/uploads`, shared by way of the store with those of other servers."""

    def __init__(self, root: Path, limits: Limits, store: Store) -> None:
        super().__init__(root, limits)
        self._store = store
        self._limits = limits

    async def append(
        self, claim: Claim, chunks: AsyncIterator[bytes], checksum: Checksum | None
    ) -> Progress:
        """As for one server. Raises StoreUnavailable, too: the bytes are here then, and nobody is
        told of them."""
        name = claim.progress.upload.name
        try:
            progress = await super().append(claim, chunks, checksum)
        except BaseException:
            with suppress(StoreUnavailable):
                await self._share(name)
            raise
        if not progress.is_complete and await self._share(name) is None:
            raise TakenOver  # it is over, elsewhere
        return progress

    async def expire(self) -> None:
        """Also in the store, for servers that are no more."""
        await super().expire()
        before = datetime.now(UTC) - timedelta(seconds=self._limits.expiry_s)
        async for name, newest_at in self._shared():
            if newest_at < before:
                await self._over(name)

    async def _shared(self) -> AsyncGenerator[tuple[str, datetime], None]:
        """The names of all uploads in the store, with when something came of each at last."""
        name, newest_at = "", datetime.min.replace(tzinfo=UTC)
        async for held in self._store.list(_UPLOADS):
            of = "-".join(held.key.split("/")[1:3])
            if name not in ("", of):
                yield name, newest_at
                newest_at = held.modified_at
            name, newest_at = of, max(newest_at, held.modified_at)
        if name:
            yield name, newest_at

    async def _share(self, name: str) -> Progress | None:
        """Let this server and the store have the same of an upload. None: it is over."""
        async with self._locked(UUID(name.partition(".")[2])):
            await self._meet(name)
            return await to_thread.run_sync(self._folder.find, name)

    async def _meet(self, name: str) -> None:
        here = await to_thread.run_sync(self._folder.find, name)
        if here is not None and here.is_complete:
            return  # and is finished, wherever it came whole
        while True:
            held = {one.key: one async for one in self._store.list(_below(name))}
            plan = _below(name) + _PLAN
            if plan not in held:
                if here is not None:
                    await to_thread.run_sync(self._folder.discard, name)
                return
            if here is None:
                try:
                    upload = msgspec.json.decode(await self._store.get(plan), type=Upload)
                except NotHeld:
                    return  # it is over, since
                here = await to_thread.run_sync(self._folder.adopt, upload)
            parts = [*_parts(held.values())]
            end = _end(parts)
            if here.offset <= end:
                try:
                    await self._fetch(here, parts)
                except NotHeld:  # it is over, since: the plan tells
                    here = await to_thread.run_sync(self._folder.find, name)
                    continue
                return
            if await self._put_parts(here, end):
                return

    async def _fetch(self, here: Progress, parts: list[_Part]) -> None:
        """Add what the store has more."""
        for part in parts:
            if part.begins <= here.offset < part.ends:
                async for chunk in self._store.read(part.key, here.offset - part.begins):
                    here = await to_thread.run_sync(self._folder.extend, here, chunk)

    async def _put_parts(self, here: Progress, end: int) -> bool:
        """Put what the store has not yet; False: another server has put something meanwhile."""
        assert here.path is not None, "it is not finished"
        with here.path.open("rb") as file:
            file.seek(end)
            while end < here.offset:
                chunk = await to_thread.run_sync(file.read, min(PART_BYTES, here.offset - end))
                key = f"{_below(here.upload.name)}{end:012d}"
                if not await self._store.put_new(key, chunk):
                    return False
                end += len(chunk)
        return True

    async def _begun(self, progress: Progress) -> Progress:
        upload = progress.upload
        if not progress.is_finished:
            await self._store.put(_below(upload.name) + _PLAN, msgspec.json.encode(upload))
        return progress

    async def _over(self, name: str) -> None:
        """The plan first: what is left of the others is found again by its age."""
        held = [one.key async for one in self._store.list(_below(name))]
        for key in sorted(held, key=lambda one: not one.endswith(f"/{_PLAN}")):
            await self._store.sweep(key, datetime.now(UTC) + _OF_ANY_AGE)


def _below(name: str) -> str:
    """What the keys begin with of an upload, or of all its kin."""
    kin, rest = name[:_OF_KIN], name[_OF_KIN + 1 :]
    return f"{_UPLOADS}{kin}/{rest}/" if rest else f"{_UPLOADS}{kin}/"


def _parts(held: Iterable[Held]) -> Iterator[_Part]:
    """In the order of their offsets, as the store lists them."""
    for one in held:
        name = one.key.rpartition("/")[2]
        if _PART.fullmatch(name):
            yield _Part(int(name), int(name) + one.size, one.key)


def _end(parts: list[_Part]) -> int:
    """How far the upload is, by what there is from its first byte on."""
    end = 0
    for part in parts:
        if part.begins <= end:
            end = max(end, part.ends)
    return end
