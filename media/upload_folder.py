"""The files of uploads, below one folder: what each step of an upload does to them.

Of an upload there are, in the folder of its owner in `open/` (`media.upload_paths`),

    <owner>.<id>.json     what it is to be: its length, and a note of whoever began it
    <owner>.<id>.bytes    what has come of it; **its length is the offset**, once it is fsynced
    <owner>.<id>.writer   which request writes: the latest; an earlier one finds out and stops

and in `finished/` the first of these, once its bytes are where they belong. What can't be read is
moved to `unreadable/`, for people to look at. Several processes may share the folder. Whoever calls
a method that takes a name holds the lock of that upload.
"""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
import structlog

from media.files import fsync_folder, has_room, put_whole, require_folders
from media.upload_paths import UploadPaths, names
from media.upload_state import (
    DiskFull,
    Limits,
    Progress,
    QuotaExceeded,
    TakenOver,
    TooLong,
    TooMany,
    Upload,
    WrongOffset,
)

log = structlog.get_logger()

COPY_BYTES: Final = 256 * 1024


class Unreadable(Exception):
    """What lies there is no upload: a crash, a disk or a hand left half of one."""


class Claimed(NamedTuple):
    """How far an upload is that was taken over, and from which writer."""

    progress: Progress
    before: bytes | None


class UploadFolder:
    """The uploads below `root`."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._open = UploadPaths(root / "open")
        self._finished = root / "finished"
        self._unreadable = root / "unreadable"
        self._locks = root / "locks"
        self._limits = limits

    def prepare(self) -> None:
        """Make the folders, durably."""
        for folder in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self._finished.parent, self._finished.parent.parent):
            fsync_folder(folder)
        self._open.take_over()

    def check(self) -> None:
        """Raises OSError where a folder is gone, or another's."""
        require_folders(*self._folders)

    @property
    def _folders(self) -> tuple[Path, ...]:
        return self._open.root, self._finished, self._unreadable, self._locks

    def lock_file(self, upload_id: UUID) -> Path:
        """What is locked for an upload. A 4096th of all uploads share one: none is ever removed."""
        return self._locks / upload_id.hex[:3]

    def owner_lock_file(self, owner: UUID) -> Path:
        """What is locked, before the upload, to begin one within the owner's limits."""
        return self._locks / f"owner-{owner.hex[:2]}"

    def create(self, upload: Upload) -> Progress:
        """Begin the upload, or give another note to an unfinished one, or find it finished.

        Nobody may be told of it before `settle`. Raises TooMany, QuotaExceeded or DiskFull. The
        owner's lock is held too.
        """
        held = self.find(upload.name)
        if held is not None and (held.is_finished or held.upload == upload):
            return held
        path = self._open.of(upload.name, "bytes")
        if held is None:
            self._require_room(upload)
            self._open.make(upload.owner)
            # What expired, or a crash left, may be the stored original under a second name.
            self.discard(upload.name)
            path.touch(exist_ok=False)
        # Else it might harm what was told.
        self._put(path.parent, upload, durably=held is not None)
        offset = 0 if held is None else held.offset
        return Progress(upload, offset, time.time() + self._limits.expiry_s, path)

    def adopt(self, upload: Upload) -> Progress:
        """Go on with one that was begun elsewhere, within the limits that held there."""
        self.discard(upload.name)
        self._open.make(upload.owner)
        path = self._open.of(upload.name, "bytes")
        path.touch(exist_ok=False)
        self._put(path.parent, upload, durably=False)
        return Progress(upload, 0, time.time() + self._limits.expiry_s, path)

    def extend(self, so_far: Progress, chunk: bytes) -> Progress:
        """Add what came elsewhere; whoever was writing here has to stop."""
        path = self._open.of(so_far.upload.name, "bytes")
        path.with_suffix(".writer").unlink(missing_ok=True)
        with path.open("ab", buffering=0) as file:
            _write_all(file.fileno(), chunk)
        return so_far._replace(offset=so_far.offset + len(chunk))

    def create_anew(self, upload: Upload) -> Progress:
        """The same in place of its kin. What came whole of one of them stays."""
        for name in [*names(self._open.plans(upload.kin))]:
            begun = self.find(name)
            if begun is None or not begun.is_complete:
                self.discard(name)
        return self.create(upload)

    def kin(self, upload: Upload) -> list[Progress]:
        """The unfinished ones whose ids have the same first half."""
        return [one for one in self._unfinished(upload.kin) if not one.has_expired]

    def settle(self, name: str) -> None:
        """Make durable what there is of an upload, should it not be finished meanwhile."""
        with suppress(FileNotFoundError):
            for path in (self._open.of(name, "bytes"), self._open.of(name, "json")):
                with path.open("rb") as file:
                    os.fdatasync(file.fileno())
            self._open.sync(name)

    def create_finished(self, upload: Upload) -> Progress:
        """Remember an upload none of whose bytes needs to come."""
        self._put(self._finished, upload, durably=True)
        fsync_folder(self._finished)
        self._remove_open(upload.name)
        expires_at = time.time() + self._limits.finished_s
        return Progress(upload, upload.length, expires_at, None)

    def _put(self, folder: Path, upload: Upload, *, durably: bool) -> None:
        """Write what it is to be."""
        aside, target = (folder / f"{upload.name}.{suffix}" for suffix in ("new", "json"))
        put_whole(aside, target, msgspec.json.encode(upload), durably=durably)

    def _require_room(self, upload: Upload) -> None:
        mine = [
            one.upload.length
            for one in self._unfinished(f"{upload.owner}.")
            if one.upload.upload_id != upload.upload_id and not one.has_expired
        ]
        if len(mine) >= self._limits.most:
            raise TooMany
        if sum(mine) + upload.length > self._limits.quota_bytes:
            raise QuotaExceeded
        if not has_room(self._open.root, upload.length):
            raise DiskFull

    def _read(self, name: str) -> Progress | None:
        """How far it is, expired or not. Raises Unreadable."""
        with suppress(FileNotFoundError):
            plan, path = self._open.of(name, "json"), self._open.of(name, "bytes")
            # The bytes have another age once they are kept: that of the original.
            expires_at = plan.stat().st_mtime + self._limits.expiry_s
            upload = _decode(plan)
            try:
                offset = path.stat().st_size
            except FileNotFoundError:
                raise Unreadable("its bytes are gone") from None
            if offset > upload.length:
                raise Unreadable(f"it has {offset} bytes, of {upload.length}")
            return Progress(upload, offset, expires_at, path)
        with suppress(FileNotFoundError):
            memory = self._finished / f"{name}.json"
            expires_at = memory.stat().st_mtime + self._limits.finished_s
            upload = _decode(memory)
            return Progress(upload, upload.length, expires_at, None)
        return None

    def find(self, name: str) -> Progress | None:
        """How far the upload is, unless it has expired, or can't be read and is set aside."""
        try:
            progress = self._read(name)
        except Unreadable as error:
            self.set_aside(name, str(error))
            return None
        return None if progress is None or progress.has_expired else progress

    def set_aside(self, name: str, why: str) -> None:
        """Move what there is of it to where nothing looks for uploads, and say so in the log.

        In this order a crash leaves what is found, and moved, again.
        """
        plan = self._open.of(name, "json")
        if not plan.exists():
            plan = self._finished / f"{name}.json"
        for path in (plan.with_suffix(".bytes"), plan):
            with suppress(FileNotFoundError):
                path.rename(self._unreadable / f"{name}.{time.time_ns()}{path.suffix}")
        log.error("upload_unreadable", upload=name, error=why, moved_to=str(self._unreadable))

    def claim(self, name: str, writer: str, offset: int, size: int) -> Claimed | None:
        """Let nobody but `writer` add to the upload from now on.

        Raises WrongOffset, or TooLong where `size` bytes don't fit; nothing has changed then.
        """
        progress = self.find(name)
        if progress is None:
            return None
        if progress.offset != offset:
            raise WrongOffset(progress.offset)
        if size > progress.room:
            raise TooLong(progress.room)
        return Claimed(progress, self._let_write(progress, writer))

    def claim_durably(self, name: str, writer: str) -> Claimed | None:
        """The same wherever it is, and a power cut takes nothing back of what it has."""
        progress = self.find(name)
        if progress is None:
            return None
        before = self._let_write(progress, writer)
        if progress.path is not None:
            with progress.path.open("rb") as file:
                os.fdatasync(file.fileno())
        return Claimed(progress, before)

    def _let_write(self, progress: Progress, writer: str) -> bytes | None:
        """Who might write before."""
        if progress.path is None:
            return None
        path, before = progress.path.with_suffix(".writer"), None
        with suppress(FileNotFoundError):
            before = path.read_bytes()
        path.write_bytes(writer.encode())
        return before

    def append(
        self, so_far: Progress, writer: str, chunks: Iterable[bytes], size: int, *, durably: bool
    ) -> Progress:
        """Add `chunks`, `size` bytes in all.

        Raises TooLong, or TakenOver if it is no longer for this writer to do.
        """
        if size > so_far.room:
            raise TooLong(so_far.room)
        with self._writing(so_far, writer) as descriptor:
            for chunk in chunks:
                _write_all(descriptor, chunk)
            os.utime(self._open.of(so_far.upload.name, "json"))
            if durably:
                os.fdatasync(descriptor)
            offset = os.fstat(descriptor).st_size
        return so_far._replace(offset=offset, expires_at=time.time() + self._limits.expiry_s)

    def aside(self, upload: Upload, writer: str) -> Path:
        """Where a chunk waits that may not be right."""
        return self._open.of(upload.name, writer)

    @contextmanager
    def _writing(self, so_far: Progress, writer: str) -> Iterator[int]:
        """The bytes' file, open for appending."""
        path = self._open.of(so_far.upload.name, "bytes")
        try:
            current = path.with_suffix(".writer").read_bytes()
            descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
        except FileNotFoundError:
            raise TakenOver from None
        try:
            if current != writer.encode() or os.fstat(descriptor).st_size != so_far.offset:
                raise TakenOver
            yield descriptor
        finally:
            os.close(descriptor)

    def finish(self, name: str) -> None:
        """Remember that it is done, and remove the bytes."""
        with suppress(FileNotFoundError):
            self._open.of(name, "json").rename(self._finished / f"{name}.json")
            os.utime(self._finished / f"{name}.json")
        self._remove_open(name)

    def discard(self, name: str) -> None:
        """Forget all of it."""
        (self._finished / f"{name}.json").unlink(missing_ok=True)
        self._remove_open(name)

    def _remove_open(self, name: str) -> None:
        """In this order a crash leaves nothing that looks like an upload."""
        for suffix in ("json", "bytes", "writer"):
            self._open.of(name, suffix).unlink(missing_ok=True)

    def _unfinished(self, beginning: str = "") -> Iterator[Progress]:
        """Those that can be read, at a glance, without their locks."""
        for name in names(self._open.plans(beginning)):
            with suppress(Unreadable):
                progress = self._read(name)
                if progress is not None and not progress.is_finished:
                    yield progress

    def at_a_glance(self) -> tuple[int, float | None]:
        """How many are unfinished, and when one of them last got a byte (Unix time) that got none
        for longest; nothing is read of them."""
        count, oldest = 0, None
        for entry in self._open.plans():
            with suppress(FileNotFoundError):
                touched_at = entry.stat().st_mtime
                count, oldest = count + 1, min(touched_at, oldest or touched_at)
        return count, oldest

    def complete(self) -> list[Upload]:
        """Those whose bytes are all there and that nobody has finished."""
        return [one.upload for one in self._unfinished() if one.is_complete]

    def overdue(self) -> list[str]:
        """The names of those to `tend`: whose time is over, or that can't be read."""
        return [
            name
            for plans in (self._open.plans(), os.scandir(self._finished))
            for name in names(plans)
            if self._is_overdue(name)
        ]

    def _is_overdue(self, name: str) -> bool:
        try:
            progress = self._read(name)
        except Unreadable:
            return True
        return progress is not None and progress.has_expired

    def tend(self, name: str) -> None:
        """Forget it if its time is over, and set it aside if it can't be read."""
        if self.find(name) is None:
            self.discard(name)

    def sweep(self, older_than: float) -> int:
        """Remove what crashes left and nothing refers to, if last written before that Unix time."""
        swept = 0
        for path in (*self._open.files(), *self._finished.iterdir()):
            with suppress(FileNotFoundError):
                if not self._is_needed(path) and path.stat().st_mtime < older_than:
                    path.unlink()
                    swept += 1
        return swept

    def _is_needed(self, path: Path) -> bool:
        """Whether it belongs to an upload: a chunk that nobody writes any more does not."""
        match path.suffix:
            case ".json":
                return True
            case ".bytes" | ".writer":
                return path.with_suffix(".json").exists()
            case _:
                writer = path.with_suffix(".writer")
                return writer.exists() and writer.read_bytes() == path.suffix[1:].encode()


def _decode(plan: Path) -> Upload:
    """What an upload is to be. Raises Unreadable."""
    try:
        upload = msgspec.json.decode(plan.read_bytes(), type=Upload)
    except msgspec.DecodeError as error:
        raise Unreadable(str(error)) from None
    if upload.name != plan.stem:
        raise Unreadable(f"it is that of {upload.name}")
    return upload


def _write_all(descriptor: int, content: bytes) -> None:
    """Also where the kernel takes only a part at once."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
