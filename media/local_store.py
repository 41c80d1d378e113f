"""The store on this machine's disk: `root/originals/ab/abcd…` and, beside them, `renditions`.

It wants a file system with flock; what is received on the same one is linked, not copied.
"""

import errno
import fcntl
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from anyio import to_thread

from media.files import fsync_folder, make_folder, opened, put_whole, require_folders
from media.store import ASIDE, EXPORTS, ORIGINALS, RENDITIONS, Held, NotHeld

_READ_BYTES = 1024 * 1024

# The first two digits of every SHA-256.
_FOLDERS = [f"{number:02x}" for number in range(256)]


class LocalStore:
    """A Store below `root`, whose `aside` holds what is not whole yet."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._aside = root / "aside"
        # The folders whose own entries this process has made durable.
        self._durable: set[Path] = set()

    async def prepare(self) -> None:
        """Make the folders, durably."""
        await to_thread.run_sync(self._prepare)

    async def check(self) -> None:
        """Raises OSError where a folder is gone, or another's."""
        await to_thread.run_sync(self._check, abandon_on_cancel=True)

    async def put_file(self, key: str, path: Path, digest: str) -> None:
        """Keep a file under `key`, as a link: what its disk fsynced is not read again."""
        await to_thread.run_sync(self._put_file, path, self._root / key)

    async def put(self, key: str, content: bytes) -> None:
        """Keep a rendition; an earlier one is replaced whole."""
        await to_thread.run_sync(_put, self._aside / uuid4().hex, self._root / key, content)

    async def put_new(self, key: str, content: bytes) -> bool:
        """Keep it under a name that there is not yet."""
        return await to_thread.run_sync(
            _put_new, self._aside / uuid4().hex, self._root / key, content
        )

    async def size(self, key: str) -> int | None:
        """The bytes under `key`; None: not held."""
        try:
            return (await to_thread.run_sync(os.stat, self._root / key)).st_size
        except FileNotFoundError:
            return None

    async def get(self, key: str) -> bytes:
        """All that lies under `key`."""
        try:
            return await to_thread.run_sync((self._root / key).read_bytes)
        except FileNotFoundError:
            raise NotHeld(key) from None

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes [start, end), 1 MiB at a time."""
        try:
            file = await to_thread.run_sync((self._root / key).open, "rb")
        except FileNotFoundError:
            raise NotHeld(key) from None
        with file:
            left = (os.fstat(file.fileno()).st_size if end is None else end) - start
            file.seek(start)
            while left > 0 and (
                chunk := await to_thread.run_sync(file.read, min(left, _READ_BYTES))
            ):
                left -= len(chunk)
                yield chunk

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[Path]:
        """The file itself."""
        if await self.size(key) is None:
            raise NotHeld(key)
        yield self._root / key

    async def list(self, prefix: str) -> AsyncIterator[Held]:
        """Everything below `prefix`; at most one of its 256 folders is in memory."""
        for folder in _FOLDERS:
            for held in await to_thread.run_sync(_list_folder, self._root, prefix + folder):
                yield held

    async def sweep(self, key: str, older_than: datetime) -> bool:
        """Remove what lies under `key` if it is older."""
        return await to_thread.run_sync(_sweep, self._root / key, older_than.timestamp(), None)

    async def set_aside(self, key: str, older_than: datetime) -> bool:
        """Move what lies under `key` aside if it is older."""
        aside = self._root / ASIDE / key
        return await to_thread.run_sync(_sweep, self._root / key, older_than.timestamp(), aside)

    async def bring_back(self, key: str) -> bool:
        """Link what was set aside under its key again."""
        aside = self._root / ASIDE / key
        try:
            await to_thread.run_sync(self._put_file, aside, self._root / key)
        except FileNotFoundError:
            return False
        await to_thread.run_sync(aside.unlink)
        return True

    @property
    def _folders(self) -> tuple[Path, ...]:
        kinds = (ORIGINALS, RENDITIONS, EXPORTS)
        return self._aside, *(self._root / one for one in kinds)

    def _check(self) -> None:
        require_folders(*self._folders)

    def _prepare(self) -> None:
        for folder in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self._root, self._root.parent):
            fsync_folder(folder)

    def _put_file(self, path: Path, target: Path) -> None:
        # Before it is linked, so that no sweep ever sees it under its key with an old age.
        path.chmod(0o400)
        os.utime(path)
        if target.parent not in self._durable:
            # Also where it is there: whoever made it may not have come so far yet.
            target.parent.mkdir(exist_ok=True)
            fsync_folder(target.parent.parent)
            self._durable.add(target.parent)
        with opened(target.parent) as folder:
            # A sweep locks the folder for itself while it looks at a file's age and removes it, so
            # it does both before this or neither until this is done. Before: the file is linked
            # anew. After: it finds an age that has just begun and leaves the file. So what this
            # said is kept stays; and if either process is killed, the kernel unlocks.
            fcntl.flock(folder, fcntl.LOCK_SH)
            try:
                os.link(path, target)
            except FileExistsError:
                os.utime(target)
            except OSError as error:
                if error.errno not in {errno.EXDEV, errno.EPERM}:
                    raise
                _copy(self._aside / uuid4().hex, path, target)
            os.fsync(folder)  # also where it was there, for the same reason


def _copy(aside: Path, path: Path, target: Path) -> None:
    """Put a file in place that cannot be linked: it lies elsewhere, or there are no links here."""
    try:
        with path.open("rb") as original, aside.open("xb") as copy:
            shutil.copyfileobj(original, copy, _READ_BYTES)
            copy.flush()
            os.fdatasync(copy.fileno())
        aside.chmod(0o400)
        aside.rename(target)  # over another's copy at most, of the same content
    finally:
        aside.unlink(missing_ok=True)


def _put_new(aside: Path, target: Path, content: bytes) -> bool:
    own = aside.with_name(f"{aside.name}.new")
    put_whole(aside, own, content)
    try:
        os.link(own, target)
    except FileExistsError:
        return False
    finally:
        own.unlink()
    fsync_folder(target.parent)
    return True


def _put(aside: Path, target: Path, content: bytes) -> None:
    target.parent.mkdir(exist_ok=True)
    put_whole(aside, target, content)


def _sweep(target: Path, older_than: float, aside: Path | None) -> bool:
    """Remove a file if it is older, or move it aside."""
    with suppress(FileNotFoundError), opened(target.parent) as folder:
        fcntl.flock(folder, fcntl.LOCK_EX)  # why, says _put_file
        if target.stat().st_mtime < older_than:
            if aside is None:
                target.unlink()
                return True
            make_folder(aside.parent)
            os.utime(target)
            target.rename(aside)
            for changed in (aside.parent, target.parent):
                fsync_folder(changed)
            return True
    return False


def _list_folder(root: Path, prefix: str) -> list[Held]:
    held = []
    with suppress(FileNotFoundError), os.scandir(root / prefix) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):  # swept, or a rendition just being replaced
                status = entry.stat()
                modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
                held.append(Held(f"{prefix}/{entry.name}", status.st_size, modified_at))
    return sorted(held)
