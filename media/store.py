"""Where photos lie: one content, one file, named by its SHA-256; nothing is ever overwritten.

A file is written aside while it is hashed, fsynced, renamed into place, and its folder fsynced,
before anybody records that it exists. A crash leaves an orphan aside, never a hole.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO
from uuid import uuid4

from anyio import to_thread

# Chunks are collected to about this size, since a thread costs more than a small write.
_WRITE_BYTES = 1024 * 1024


class TooLarge(Exception):
    """More bytes came than are taken."""


class Received:
    """A whole file that came in and lies aside: `keep` it, or it is gone at the end."""

    def __init__(self, store: "Store", path: Path, digest: str, size: int) -> None:
        self._store = store
        self.path = path
        self.sha256 = digest
        self.size = size

    async def keep(self) -> None:
        """Put it in its place, durably. A file of the same content is left as it is."""
        await to_thread.run_sync(_put_in_place, self.path, self._store.path(self.sha256))


class Store:
    """The local store: `root/originals/ab/abcd…` and, beside them, renditions made of them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._aside = root / "aside"

    def prepare(self) -> None:
        """Make the folders, durably."""
        for folder in (self._aside, self._root / "originals", self._root / "renditions"):
            folder.mkdir(parents=True, exist_ok=True)
        _fsync_folder(self._root)

    def path(self, digest: str) -> Path:
        """Where the content with this SHA-256 (hexadecimal) lies, if it is held."""
        return self._root / "originals" / digest[:2] / digest

    def rendition_path(self, digest: str, name: str) -> Path:
        """Where a rendition of that content lies, if it was made."""
        return self._root / "renditions" / digest[:2] / f"{digest}.{name}"

    @asynccontextmanager
    async def receive(self, chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[Received]:
        """Take in a file of at most `limit` bytes; raises TooLarge at the first byte beyond."""
        path = self._aside / uuid4().hex
        try:
            digest, size = await _write(path, chunks, limit)
            yield Received(self, path, digest, size)
        finally:
            path.unlink(missing_ok=True)

    async def put_rendition(self, digest: str, name: str, content: bytes) -> None:
        """Keep a rendition; an earlier one of the same name is replaced whole."""
        await to_thread.run_sync(
            _write_in_place, self._aside / uuid4().hex, self.rendition_path(digest, name), content
        )


async def _write(path: Path, chunks: AsyncIterator[bytes], limit: int) -> tuple[str, int]:
    hasher = sha256()
    size = 0
    waiting: list[bytes] = []
    waiting_bytes = 0

    def write(file: IO[bytes], content: list[bytes]) -> None:
        for chunk in content:
            hasher.update(chunk)
            file.write(chunk)

    def finish(file: IO[bytes], content: list[bytes]) -> None:
        write(file, content)
        file.flush()
        os.fdatasync(file.fileno())

    with path.open("xb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > limit:
                raise TooLarge
            waiting.append(chunk)
            waiting_bytes += len(chunk)
            if waiting_bytes >= _WRITE_BYTES:
                await to_thread.run_sync(write, file, waiting)
                waiting, waiting_bytes = [], 0
        await to_thread.run_sync(finish, file, waiting)
    return hasher.hexdigest(), size


def _put_in_place(aside: Path, target: Path) -> None:
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.rename(target)
    # Also where it was there: whoever put it may not have come so far yet.
    for folder in (target.parent, target.parent.parent):
        _fsync_folder(folder)


def _write_in_place(aside: Path, target: Path, content: bytes) -> None:
    try:
        with aside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fdatasync(file.fileno())  # or a power cut leaves an empty file under its name
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
