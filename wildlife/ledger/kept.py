"""Checkpoints in a folder outside, where whoever has every right on the database has none: a file
each, written once, so that the folder may be of a disk on which nothing is ever changed."""

import asyncio
import os
import re
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, Concatenate, Final, NamedTuple, ParamSpec, TypeVar
from uuid import uuid4

from media.files import fsync_folder
from wildlife.ledger.notes import Checkpoint, Signer, opened_by_one

P = ParamSpec("P")
T = TypeVar("T")

_WITHIN_S: Final = 10
_SUFFIX: Final = ".checkpoint"
_OURS: Final = re.compile(r"[0-9]{15}-[0-9a-f]{8}(-[0-9a-f]{8})?\.checkpoint")


def keep(folder: Path, size: int, note: str) -> None:
    """Write a checkpoint to a file of its own, durably; one that is there stays as it is. Raises
    OSError."""
    content = note.encode()
    path = folder / f"{size:015}-{sha256(content).hexdigest()[:8]}{_SUFFIX}"
    if path.exists():
        if path.read_bytes() == content:
            return
        path = path.with_stem(f"{path.stem}-{uuid4().hex[:8]}")  # that one was broken off
    # Under its own name from the first byte: where nothing is changed, nothing is renamed.
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fsync_folder(folder)


def last_kept(folder: Path, signer: Signer) -> Checkpoint | None:
    """The largest that it signed, under the name that it has: of what `keep` wrote the last by its
    name, and whatever somebody else put there. Raises OSError."""
    ours, others = set[Path](), set[Path]()
    for path in _files_in(folder):
        (ours if _OURS.fullmatch(path.name) else others).add(path)

    def signed(paths: Iterable[Path]) -> Iterator[Checkpoint]:
        for path in paths:
            checkpoint = _read(path, [signer.public_key])
            if checkpoint is not None and checkpoint.origin == signer.name:
                yield checkpoint

    last = islice(signed(sorted(ours, reverse=True)), 1)
    return max([*last, *signed(others)], key=lambda one: one.size, default=None)


def _files_in(folder: Path) -> Iterator[Path]:
    """Those that may hold a checkpoint each, whatever they are called."""
    return (path for path in folder.iterdir() if path.is_file())


class Outside:
    """The folder as a server uses it, which may hang as a network does: then one thread does, and
    whoever comes meanwhile waits for that, and hangs no other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._at_work: asyncio.Task[Any] | None = None

    async def work(
        self, work: Callable[Concatenate[Path, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Work in it, alone. Raises OSError: TimeoutError where it hangs."""
        async with asyncio.timeout(_WITHIN_S):
            while self._at_work is not None and not self._at_work.done():
                await asyncio.wait([self._at_work])
            working = asyncio.create_task(asyncio.to_thread(work, self._folder, *args, **kwargs))
            working.add_done_callback(_failed_for_nobody)
            self._at_work = working
            return await asyncio.shield(working)


def _failed_for_nobody(done: asyncio.Task[Any]) -> None:
    """Whoever waited may have given up."""
    if not done.cancelled():
        done.exception()


class Kept(NamedTuple):
    """A checkpoint in a file: None where the file holds none of these keys."""

    path: Path
    checkpoint: Checkpoint | None


def read_kept(paths: Iterable[Path], keys: list[bytes]) -> list[Kept]:
    """What lies in these files, and in the folders among them, the smallest tree first. Raises
    OSError."""
    found = []
    for path in paths:
        for file in _files_in(path) if path.is_dir() else [path]:
            kept = Kept(file, _read(file, keys))
            # What else lies in a folder is none, and need not be.
            if kept.checkpoint or file == path or file.suffix == _SUFFIX:
                found.append(kept)
    return sorted(found, key=lambda one: one.checkpoint.size if one.checkpoint else 0)


def _read(path: Path, keys: list[bytes]) -> Checkpoint | None:
    try:
        note = path.read_text("utf-8")
    except UnicodeError:
        return None
    return opened_by_one(note, keys)
