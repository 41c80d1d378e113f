"""Checkpoints in a folder outside, where whoever has every right on the database has none: a file
each, written once, so that the folder may be of a disk on which nothing is ever changed."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple
from uuid import uuid4

from media.files import fsync_folder, put_whole
from wildlife.ledger.notes import Checkpoint, UnfitNote, key_id, open_checkpoint, opened_by_one

_NAME: Final = re.compile(r"[0-9]{15}-([0-9a-f]{8})\.checkpoint")


def keep(folder: Path, checkpoint: Checkpoint, public_key: bytes, note: str) -> None:
    """Write a checkpoint to a file of its own, durably; one that is there stays as it is. Raises
    OSError."""
    id_ = key_id(checkpoint.origin, public_key).hex()
    path = folder / f"{checkpoint.size:015}-{id_}.checkpoint"
    if path.exists():
        return
    put_whole(path.with_suffix(f".{uuid4().hex}"), path, note.encode())
    fsync_folder(folder)


def last_kept(folder: Path, name: str, public_key: bytes) -> Checkpoint | None:
    """The largest that this key signed under this name. Raises OSError."""
    id_ = key_id(name, public_key).hex()
    for path in sorted(files_in(folder), reverse=True):
        named = _NAME.fullmatch(path.name)
        if named is None or named[1] != id_:
            continue
        try:
            return open_checkpoint(path.read_text("utf-8"), public_key)
        except (UnfitNote, UnicodeError):
            continue  # whoever verifies is told
    return None


def files_in(folder: Path) -> Iterator[Path]:
    """Those that hold a checkpoint each."""
    return folder.glob("*.checkpoint")


class Kept(NamedTuple):
    """A checkpoint in a file: None where the file holds none of these keys."""

    path: Path
    checkpoint: Checkpoint | None


def read_kept(paths: Iterable[Path], keys: list[bytes]) -> list[Kept]:
    """What lies in these files, and in the folders among them, the smallest tree first. Raises
    OSError."""
    files = [one for path in paths for one in (files_in(path) if path.is_dir() else [path])]
    found = [Kept(path, _read(path, keys)) for path in files]
    return sorted(found, key=lambda one: one.checkpoint.size if one.checkpoint else 0)


def _read(path: Path, keys: list[bytes]) -> Checkpoint | None:
    try:
        note = path.read_text("utf-8")
    except UnicodeError:
        return None
    return opened_by_one(note, keys)
