"""What a power cut would leave of a folder: what was fsynced, as it was then. A file is there if
its folder was fsynced since it has its name, and all folders above; and has the bytes that it had
when it was fsynced itself."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest

_File: TypeAlias = tuple[int, int]


class Disk:
    """That of this machine, from now on: of what was there before nothing is known."""

    def __init__(self) -> None:
        self._bytes: dict[_File, bytes] = {}
        self._names: dict[_File, dict[str, int]] = {}

    def synced(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            self._names[_file(found)] = {one.name: one.inode() for one in os.scandir(descriptor)}
        else:
            self._bytes[_file(found)] = Path(f"/proc/self/fd/{descriptor}").read_bytes()

    def lost(self, root: Path, *files: Path) -> list[str]:
        """Of these files, or else all below `root`, what a power cut would take, or change."""
        every = files or (one for one in root.rglob("*") if one.is_file())
        return sorted(str(one.relative_to(root)) for one in every if not self._keeps(root, one))

    def _keeps(self, root: Path, file: Path) -> bool:
        if not file.exists() or self._bytes.get(_file(file.stat())) != file.read_bytes():
            return False
        above = [one for one in file.parents if one == root or root in one.parents]
        return all(
            self._names.get(_file(folder.stat()), {}).get(one.name) == one.stat().st_ino
            for one, folder in zip((file, *above), above, strict=False)
        )


def _file(found: os.stat_result) -> _File:
    return found.st_dev, found.st_ino


@contextmanager
def watched(patched: pytest.MonkeyPatch) -> Iterator[Disk]:
    """The disk, as long as what this process fsyncs is noted."""
    disk = Disk()

    def noting(sync: Callable[[int], None]) -> Callable[[int], None]:
        def note(descriptor: int) -> None:
            sync(descriptor)
            disk.synced(descriptor)

        return note

    for name in ("fsync", "fdatasync"):
        patched.setattr(os, name, noting(getattr(os, name)))
    yield disk


def on_commit(patched: pytest.MonkeyPatch, look: Callable[[list[bytes]], None]) -> None:
    """Call `look` before anything is committed, with all bytes that are in what is written."""
    written: dict[asyncpg.Connection[Any], list[bytes]] = {}
    connection: Any = asyncpg.Connection
    execute, execute_with = connection.execute, connection._execute

    async def note(self: Any, query: str, args: Any, *rest: Any, **kwargs: Any) -> Any:
        if "insert into" in query or "update" in query:
            said = [one for one in _each(args) if isinstance(one, bytes)]
            if self.is_in_transaction():
                written.setdefault(self, []).extend(said)
            else:
                look(said)
        return await execute_with(self, query, args, *rest, **kwargs)

    async def commit(self: Any, query: str, *args: Any, **kwargs: Any) -> str:
        said = written.pop(self, []) if query.startswith(("COMMIT", "ROLLBACK")) else []
        if query.startswith("COMMIT"):
            look(said)
        done: str = await execute(self, query, *args, **kwargs)
        return done

    patched.setattr(connection, "_execute", note)
    patched.setattr(connection, "execute", commit)


def _each(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for one in value:
            yield from _each(one)
    else:
        yield value
