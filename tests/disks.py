"""Disks that are quick, and such that are small, and full."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Final

import pytest

_MEMORY: Final = Path("/dev/shm")
_ROOM: Final = 2 * 1024**3
_DISK: Final = Path("/tmp")


@cache
def quick_disk() -> Path:
    """Where the tests leave what nobody needs after them, and any user may pass through: in memory,
    where there is room for it; else not where TMPDIR says, which root's may be closed.

    What is on a disk is brought there by every test that files, deletes and starts servers: a third
    of all their work. No test pulls a plug: what a killed process has written stays in memory, too.
    Programs are copied there and run, so it has to let them.
    """
    with suppress(OSError):
        if (
            os.access(_MEMORY, os.W_OK | os.X_OK)
            and not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
            and shutil.disk_usage(_MEMORY).free >= _ROOM
        ):
            return _MEMORY
    return _DISK


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own; skipped where the tests may not mount one."""
    disk = folder / size
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0711", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs to be allowed to mount")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def fill_disk(disk: Path) -> Path:
    """Leave no room at all; what to remove for some."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast
