"""Files that outlive a power cut: what their bytes and their folders take."""

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

# What a full disk must keep for everything else.
_RESERVE_BYTES: Final = 64 * 1024 * 1024


@contextmanager
def opened(folder: Path) -> Iterator[int]:
    """A folder's descriptor, for fsync and for locks, which end with the block."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def fsync_folder(folder: Path) -> None:
    """Make durable which files are in a folder."""
    with opened(folder) as descriptor:
        os.fsync(descriptor)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above that are missing, durably."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        fsync_folder(folder.parent)


def free_bytes(folder: Path) -> int | None:
    """How much the folder's disk takes; None where it does not say, as /proc, and some that are
    mounted by programs."""
    usage = shutil.disk_usage(folder)
    return usage.free if usage.total else None


def has_room(folder: Path, size: int = 0) -> bool:
    """Whether the folder's disk takes `size` bytes and has enough left for everything else, as far
    as it says."""
    free = free_bytes(folder)
    return free is None or free >= size + _RESERVE_BYTES


def require_folders(*folders: Path) -> None:
    """That each is a folder where files can be made and removed. Raises OSError that names it."""
    for folder in folders:
        if not stat.S_ISDIR(folder.stat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))


def put_whole(aside: Path, target: Path, content: bytes, *, durably: bool = True) -> None:
    """Write `content` to `aside` and put it in the place of `target`.

    A crash leaves all of the old file or all of the new one, and so does a power cut where it is
    done durably; that the new one stays is durable once its folder is.
    """
    try:
        with aside.open("wb") as file:
            file.write(content)
            if durably:
                file.flush()
                os.fdatasync(file.fileno())  # or a power cut leaves an empty file under its name
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


class HashedFile:
    """A new file that grows piece by piece, with the hash and the size of what was written; the
    first piece makes it.

    It is opened for each piece: a body that hangs, of which there may be many, holds no file.
    """

    def __init__(self, path: Path, algorithm: str) -> None:
        self._path = path
        self._hasher = hashlib.new(algorithm)
        self.size = 0

    def append(self, content: bytes, *, durably: bool) -> None:
        """Add a piece; after a write that failed, in the place of what was left of it."""
        with open(self._path, "r+b", opener=_made_if_missing) as file:
            file.seek(self.size)
            file.write(content)
            if durably:
                file.flush()
                os.fdatasync(file.fileno())
        self._hasher.update(content)
        self.size += len(content)

    def digest(self) -> bytes:
        """The hash of all pieces."""
        return self._hasher.digest()


def _made_if_missing(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CREAT, 0o666)
