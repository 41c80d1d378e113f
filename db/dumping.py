"""A database as one stream of bytes, and back: by pg_dump and pg_restore, those that come with the
private PostgreSQL, or the operator's own.

The bytes go through a pipe: whoever is killed in the midst takes the program along, and neither
half a dump is written on nor half a database committed.
"""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from db.connection import Connection
from db.embedded import CannotRun, client_program

_PIECE_BYTES: Final = 1024 * 1024

# The first major version with transaction_timeout.
_TIMED: Final = 17


async def dump(connection: Connection, url: str) -> AsyncIterator[bytes]:
    """What pg_dump writes in its custom format, of the snapshot that the transaction of
    `connection` sees, which is of the same database as `url`.

    Raises CannotRun where there is no program for it, or it fails.
    """
    program = await _program("pg_dump", connection)
    snapshot = await connection.fetchval("select pg_export_snapshot()")
    database, environment = _without_password(url)
    process = await asyncio.create_subprocess_exec(
        *(program, "--format=custom", f"--snapshot={snapshot}", f"--dbname={database}"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_PIECE_BYTES,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    complaint = asyncio.create_task(process.stderr.read())
    try:
        while piece := await process.stdout.read(_PIECE_BYTES):
            yield piece
        await _require_success(program, process, await complaint)
    finally:
        await _end(process)
        complaint.cancel()


async def restore(connection: Connection, url: str, pieces: AsyncIterator[bytes]) -> None:
    """Put back what `dump` gave, all of it or nothing, into the database at `url`, to which
    `connection` leads; whoever signs in there owns it then, and nobody else is granted anything.

    Raises CannotRun where there is no program for it, or it fails.
    """
    program = await _program("pg_restore", connection)
    database, environment = _without_password(url)
    process = await asyncio.create_subprocess_exec(
        *(program, "--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"),
        f"--dbname={database}",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    assert process.stdin is not None
    assert process.stderr is not None
    complaint = asyncio.create_task(process.stderr.read())
    try:
        with suppress(ConnectionError):  # it has ended, and says why
            async with aclosing(pieces):  # type: ignore[type-var]  # each is a generator
                async for piece in pieces:
                    process.stdin.write(piece)
                    await process.stdin.drain()
            process.stdin.close()
        await _require_success(program, process, await complaint)
    finally:
        await _end(process)
        complaint.cancel()


async def _require_success(
    program: Path, process: asyncio.subprocess.Process, complaint: bytes
) -> None:
    if await process.wait():
        told = " ".join(complaint.decode(errors="replace").split()).rstrip(".")
        raise CannotRun(
            f"{program.name} failed: “{told}”. Nothing came of it; put right what it names, and do"
            " it again.",
            f"{program.name} 失败：“{told}”。未产生任何结果；请按其提示处理后重做。",
        )


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def _program(name: str, connection: Connection) -> Path:
    """Of those that are at hand and fit the server, the one nearest to its version."""
    server = connection.get_server_version().major
    found = [(await _version_of(path), path) for path in _at_hand(name)]
    fitting = [(version, path) for version, path in found if fits(version, server)]
    if not fitting:
        there = ", ".join(f"{path} ({version})" for version, path in found)
        en, zh = (f"only {there}", f"只有 {there}") if there else ("none", "一个也没有")
        raise CannotRun(
            f"This PostgreSQL is of version {server}, and no {name} here fits it ({en}). Install"
            f" the client programs of PostgreSQL {server}, so that PATH finds them.",
            f"该 PostgreSQL 的版本是 {server}，本机没有适用的 {name}（{zh}）。"
            f"请安装 PostgreSQL {server} 的客户端程序，并使 PATH 能找到。",
        )
    return min(fitting, key=lambda one: one[0])[1]


def fits(version: int, server: int) -> bool:
    """Whether a program of this major version dumps what such a server holds, so that it can be
    restored there: an older one knows not all of it, and from 17 on pg_restore begins with a
    setting that servers before do not know."""
    return version >= server and (server >= _TIMED or version < _TIMED)


def _at_hand(name: str) -> Iterator[Path]:
    with suppress(CannotRun):
        if (own := client_program(name)).exists():
            yield own
    if found := shutil.which(name):
        yield Path(found)


async def _version_of(program: Path) -> int:
    """The major version; 0 of what does not say it."""
    asked = await asyncio.create_subprocess_exec(
        *(program, "--version"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    told, _ = await asked.communicate()
    version = re.search(rb"\(PostgreSQL\) (\d+)", told)
    return int(version[1]) if version else 0


def _without_password(url: str) -> tuple[str, dict[str, str]]:
    """The URL for a command line, which everybody on the machine may read, and the environment
    that has the password, which nobody else may."""
    parts = urlsplit(url)
    asked = dict(parse_qsl(parts.query))
    password = asked.pop("password", None) or unquote(parts.password or "")
    login, at, host = parts.netloc.rpartition("@")
    netloc = f"{login.partition(':')[0]}{at}{host}"
    bare = urlunsplit(parts._replace(netloc=netloc, query=urlencode(asked)))
    return bare, {**os.environ, **({"PGPASSWORD": password} if password else {})}
