"""Bytes on their way in: on this machine's disk, whatever the store is.

A file lies aside while it is received, whole and fsynced when it is handed out, and is gone at the
end; who keeps it, puts it into the store in between. A crash leaves it aside for a sweep.
"""

import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from shutil import rmtree
from typing import Final, NamedTuple
from uuid import uuid4

from anyio import to_thread

from media.collecting import write_as_it_comes
from media.files import HashedFile, opened, require_folders

# Most photos come in few pieces: each is a thread's time, and waits for the interpreter.
_PIECE_BYTES: Final = 1024 * 1024


class TooLarge(Exception):
    """More bytes came than are taken."""


class Received(NamedTuple):
    """A whole file that came in, on disk as far as a power cut goes; `sha256` in hexadecimal."""

    path: Path
    sha256: str
    size: int


class Spool:
    """Files on their way in, in `root/aside`: a local store at the same root links them."""

    def __init__(self, root: Path) -> None:
        self._aside = root / "aside"

    def prepare(self) -> None:
        """Make the folder. What lies in it need not outlive a power cut, nor does the folder."""
        self._aside.mkdir(parents=True, exist_ok=True)

    def check(self) -> None:
        """Raises OSError where the folder is gone, or another's."""
        require_folders(self._aside)

    @asynccontextmanager
    async def receive(self, chunks: AsyncIterator[bytes], limit: int) -> AsyncIterator[Received]:
        """Take in a file of at most `limit` bytes; raises TooLarge at the first byte beyond."""
        path = self._aside / uuid4().hex
        try:
            digest, size = await _write(path, chunks, limit)
            yield Received(path, digest, size)
        finally:
            path.unlink(missing_ok=True)

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for what is made here before it is handed out; it is gone at the end."""
        path = self._aside / uuid4().hex
        path.mkdir()
        try:
            yield path
        finally:
            rmtree(path, ignore_errors=True)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether no other process on this machine is in such a block; none is until its end."""
        with opened(self._aside) as folder:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def sweep(self, older_than: datetime) -> int:
        """Remove what crashes left aside, if last written before then; answers how many."""
        swept = 0
        for path in self._aside.iterdir():
            with suppress(FileNotFoundError):  # it was on its way, and has arrived
                if path.stat().st_mtime < older_than.timestamp():
                    rmtree(path) if path.is_dir() else path.unlink()
                    swept += 1
        return swept


async def _write(path: Path, chunks: AsyncIterator[bytes], limit: int) -> tuple[str, int]:
    file = HashedFile(path, "sha256")

    async def write(content: bytes, is_last: bool) -> None:
        await to_thread.run_sync(lambda: file.append(content, durably=is_last))

    await write_as_it_comes(_within(limit, chunks), write, piece_bytes=_PIECE_BYTES)
    return file.digest().hex(), file.size


async def _within(limit: int, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same, as long as they are not too large together."""
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > limit:
            raise TooLarge
        yield chunk
