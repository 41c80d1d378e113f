"""The private PostgreSQL of a test: where it lives, who uses it, what of it runs."""

import asyncio
import os
import pwd
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from db.embedded.server import running_postmaster
from tests.disks import quick_disk
from tests.serving import wait_until

NOBODY = "nobody"
IS_ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root, to be several users")

USE = """
import sys
from pathlib import Path
from db.embedded import embedded_postgresql
with embedded_postgresql(Path(sys.argv[1])) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@contextmanager
def folder_to_pass_through() -> Iterator[Path]:
    """A folder of the test's own that any user may pass through, unlike pytest's.

    Started by root, PostgreSQL is a user of its own. What runs below `postgresql` in it at the end
    ends, too.
    """
    with tempfile.TemporaryDirectory(prefix="wildlife-test-", dir=quick_disk()) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder
        if left := postmaster(folder):
            with suppress(ProcessLookupError):
                os.kill(left, signal.SIGQUIT)
            wait_until(lambda: postmaster(folder) is None)


def copied(server: Path, folder: Path) -> Path:
    """The folder, as a copy of that of a server that does not run."""
    subprocess.run(["cp", "-a", server, folder], check=True)
    return folder


def postmaster(data_dir: Path) -> int | None:
    """The process id of the PostgreSQL that runs on this data folder.

    Never just the number in a file: tests leave wrong ones there, and send signals to this one.
    """
    return running_postmaster(data_dir / "postgresql/cluster")


def is_ready(file: Path) -> bool:
    """Whether PostgreSQL says so."""
    with suppress(FileNotFoundError):
        return "ready" in file.read_text()
    return False


def kill_and_see_it_again(folder: Path) -> int:
    """`kill -9` of the server; the number of the one that follows it."""
    killed = postmaster(folder.parent)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    file = folder / "cluster/postmaster.pid"

    wait_until(lambda: postmaster(folder.parent) not in {None, killed} and is_ready(file))
    new = postmaster(folder.parent)
    assert new is not None
    return new


@contextmanager
def using(
    folder: Path, python: str = sys.executable, **options: Any
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Another process that uses the server in `folder`, and the URL it was given."""
    with subprocess.Popen(
        [python, "-c", USE, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            with suppress(BrokenPipeError):
                process.communicate()


def ask(url: str, *statements: str, **options: Any) -> Any:
    """The first value that the last statement answers."""

    async def run() -> Any:
        connection = await asyncpg.connect(url, **options)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(run())


def answers(url: str) -> bool:
    """Whether a server does."""
    try:
        return bool(ask(url, "select 1") == 1)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


def everything(folder: Path) -> dict[Path, os.stat_result]:
    """The folder and all that is in it, and stays a moment."""
    found = {folder: folder.lstat()}
    for above, folders, files in os.walk(folder):
        for path in (Path(above, name) for name in folders + files):
            with suppress(FileNotFoundError):
                found[path] = path.lstat()
    return found


def open_to_others(folder: Path) -> list[str]:
    """What another user may do with anything in the folder. The user whom root's PostgreSQL runs
    as may pass through folders, which is no more than to know a name in them."""
    passable = stat.S_IXGRP if IS_ROOT else 0
    return [
        f"{path} {stat.filemode(status.st_mode)}"
        for path, status in everything(folder).items()
        if not stat.S_ISLNK(status.st_mode)
        and status.st_mode & 0o077 & ~(passable if stat.S_ISDIR(status.st_mode) else 0)
    ]


def above(folder: Path) -> dict[Path, tuple[int, int, int]]:
    """The mode and owners of all that is above a folder."""
    status = {path: path.stat() for path in folder.parents}
    return {path: (one.st_mode, one.st_uid, one.st_gid) for path, one in status.items()}


def as_nobody(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """How a command ends that somebody else runs, who has nothing to do with the service."""
    user = pwd.getpwnam(NOBODY)
    return subprocess.run(
        command,
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        **options,
    )
