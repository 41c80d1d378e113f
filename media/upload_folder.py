"""The files of uploads, below one folder: what each step of an upload does to them.

Of an upload there are, in `open/`,

    <owner>.<id>.json     what it is to be: its length, and a note of whoever began it
    <owner>.<id>.bytes    what has come of it; **its length is the offset**, once it is fsynced
    <owner>.<id>.writer   which request writes: the latest; an earlier one finds out and stops

and in `finished/` the first of these, once its bytes are where they belong. Several processes may
share the folder. Whoever calls a method that takes a name holds the lock of that upload.
"""

import os
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from media.files import fsync_folder, put_whole

COPY_BYTES: Final = 256 * 1024

# What a full disk must keep for everything else.
_RESERVE_BYTES: Final = 64 * 1024 * 1024


class TakenOver(Exception):
    """A later request goes on with the upload; this one has to stop."""


class TooLong(Exception):
    """More bytes were sent than the upload is long."""


class QuotaExceeded(Exception):
    """The owner's unfinished uploads would be larger than they may be together."""


class DiskFull(Exception):
    """There is no room for the upload."""


class Upload(msgspec.Struct, frozen=True):
    """What an upload is to be; `note` is the caller's, and any bytes."""

    owner: UUID
    upload_id: UUID
    length: int
    note: bytes

    @property
    def name(self) -> str:
        return f"{self.owner}.{self.upload_id}"


class Progress(NamedTuple):
    """How far an upload is. `expires_at` is a Unix time; `path`: its bytes, until finished."""

    upload: Upload
    offset: int
    expires_at: float
    path: Path | None

    @property
    def is_complete(self) -> bool:
        return self.offset == self.upload.length

    @property
    def is_finished(self) -> bool:
        return self.path is None


class UploadFolder:
    """The uploads below `root`. The limits are those of `media.uploads.Uploads`."""

    def __init__(self, root: Path, *, quota_bytes: int, expiry_s: float, finished_s: float) -> None:
        self._open = root / "open"
        self._finished = root / "finished"
        self._locks = root / "locks"
        self._quota_bytes = quota_bytes
        self._expiry_s = expiry_s
        self._finished_s = finished_s

    def prepare(self) -> None:
        """Make the folders, durably."""
        for folder in (self._open, self._finished, self._locks):
            folder.mkdir(parents=True, exist_ok=True)
        fsync_folder(self._open.parent)

    def lock_file(self, upload_id: UUID) -> Path:
        """What is locked for an upload. A 4096th of all uploads share one: none is ever removed."""
        return self._locks / upload_id.hex[:3]

    def owner_lock_file(self, owner: UUID) -> Path:
        """What is locked, before the upload, to begin one within the owner's quota."""
        return self._locks / f"owner-{owner.hex[:2]}"

    def create(self, upload: Upload) -> Progress:
        """Begin the upload, or give another note to an unfinished one, or find it finished.

        Raises QuotaExceeded or DiskFull. The owner's lock is held too.
        """
        held = self.find(upload.name)
        if held is not None and (held.is_finished or held.upload == upload):
            return held
        if held is None:
            self._require_room(upload)
            # What expired, or a crash left, may be the stored original under a second name.
            self.discard(upload.name)
            (self._open / f"{upload.name}.bytes").touch(exist_ok=False)
        self._put(self._open, upload)
        progress = self.find(upload.name)
        assert progress is not None, "it was just written, under the lock"
        return progress

    def create_finished(self, upload: Upload) -> Progress:
        """Remember an upload none of whose bytes needs to come."""
        self._put(self._finished, upload)
        self.finish(upload.name)
        return Progress(upload, upload.length, time.time() + self._finished_s, None)

    def _put(self, folder: Path, upload: Upload) -> None:
        """Write what it is to be, durably."""
        aside, target = (folder / f"{upload.name}.{suffix}" for suffix in ("new", "json"))
        put_whole(aside, target, msgspec.json.encode(upload))
        fsync_folder(folder)

    def _require_room(self, upload: Upload) -> None:
        mine = sum(
            one.length
            for one in self._all(self._open, f"{upload.owner}.")
            if one.upload_id != upload.upload_id and not self.has_expired(one.name)
        )
        if mine + upload.length > self._quota_bytes:
            raise QuotaExceeded
        if shutil.disk_usage(self._open).free < upload.length + _RESERVE_BYTES:
            raise DiskFull

    def _read(self, name: str) -> Progress | None:
        with suppress(FileNotFoundError):
            plan, path = self._open / f"{name}.json", self._open / f"{name}.bytes"
            # The bytes have another age once they are kept: that of the original.
            expires_at = plan.stat().st_mtime + self._expiry_s
            return Progress(_decode(plan), path.stat().st_size, expires_at, path)
        with suppress(FileNotFoundError):
            memory = self._finished / f"{name}.json"
            upload = _decode(memory)
            return Progress(upload, upload.length, memory.stat().st_mtime + self._finished_s, None)
        return None

    def find(self, name: str) -> Progress | None:
        """How far the upload is, unless it has expired."""
        progress = self._read(name)
        return None if progress is None or progress.expires_at < time.time() else progress

    def claim(self, name: str, writer: str) -> Progress | None:
        """The same, and from now on nobody but `writer` may add to it."""
        progress = self.find(name)
        if progress is not None and progress.path is not None:
            (self._open / f"{name}.writer").write_text(writer)
        return progress

    def claim_durably(self, name: str, writer: str) -> Progress | None:
        """The same, and a power cut takes nothing back of what it has."""
        progress = self.claim(name, writer)
        if progress is not None and progress.path is not None:
            with progress.path.open("rb") as file:
                os.fdatasync(file.fileno())
        return progress

    def append(
        self,
        upload: Upload,
        writer: str,
        at: int,
        chunks: Iterable[bytes],
        size: int,
        *,
        durably: bool,
    ) -> int:
        """Add `chunks`, `size` bytes in all, at `at`; answers the new offset.

        Raises TooLong, or TakenOver if it is no longer for this writer to do.
        """
        with self._writing(upload, writer, at, size) as descriptor:
            for chunk in chunks:
                _write_all(descriptor, chunk)
            os.utime(self._open / f"{upload.name}.json")
            if durably:
                os.fdatasync(descriptor)
            return os.fstat(descriptor).st_size

    def aside(self, upload: Upload, writer: str) -> Path:
        """Where a chunk waits that may not be right."""
        return self._open / f"{upload.name}.{writer}"

    @contextmanager
    def _writing(self, upload: Upload, writer: str, at: int, size: int) -> Iterator[int]:
        """The bytes' file, open for appending."""
        if at + size > upload.length:
            raise TooLong
        try:
            current = (self._open / f"{upload.name}.writer").read_text()
            descriptor = os.open(self._open / f"{upload.name}.bytes", os.O_WRONLY | os.O_APPEND)
        except FileNotFoundError:
            raise TakenOver from None
        try:
            if current != writer or os.fstat(descriptor).st_size != at:
                raise TakenOver
            yield descriptor
        finally:
            os.close(descriptor)

    def finish(self, name: str) -> None:
        """Remember that it is done, and remove the bytes."""
        with suppress(FileNotFoundError):
            (self._open / f"{name}.json").rename(self._finished / f"{name}.json")
            os.utime(self._finished / f"{name}.json")
        for suffix in ("bytes", "writer"):
            (self._open / f"{name}.{suffix}").unlink(missing_ok=True)

    def discard(self, name: str) -> None:
        """Forget all of it. In this order a crash leaves nothing that looks like an upload."""
        (self._finished / f"{name}.json").unlink(missing_ok=True)
        for suffix in ("json", "bytes", "writer"):
            (self._open / f"{name}.{suffix}").unlink(missing_ok=True)

    def _all(self, folder: Path, beginning: str = "") -> Iterator[Upload]:
        for entry in os.scandir(folder):
            if entry.name.endswith(".json") and entry.name.startswith(beginning):
                with suppress(FileNotFoundError):  # finished or discarded meanwhile
                    yield _decode(folder / entry.name)

    def complete(self) -> list[Upload]:
        """Those whose bytes are all there and that nobody has finished."""
        return [
            upload
            for upload in self._all(self._open)
            if (progress := self._read(upload.name)) is not None
            and progress.is_complete
            and not progress.is_finished
        ]

    def expired(self) -> list[Upload]:
        """Those that nobody went on with, and old memories of finished ones."""
        everything = (*self._all(self._open), *self._all(self._finished))
        return [upload for upload in everything if self.has_expired(upload.name)]

    def has_expired(self, name: str) -> bool:
        """Whether it is there and its time is over."""
        return self._read(name) is not None and self.find(name) is None

    def sweep(self, older_than: float) -> int:
        """Remove what crashes left and nothing refers to, if last written before that Unix time."""
        swept = 0
        for path in (*self._open.iterdir(), *self._finished.iterdir()):
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
                return writer.exists() and writer.read_text() == path.suffix.removeprefix(".")


def _decode(path: Path) -> Upload:
    return msgspec.json.decode(path.read_bytes(), type=Upload)


def _write_all(descriptor: int, content: bytes) -> None:
    """Also where the kernel takes only a part at once."""
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
