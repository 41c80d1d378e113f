"""Commands without their first half second: a process that has imported the service forks one for
each. They are processes of their own all the same, with their own signals, files and exit status.

Run as a module, with the socket on which commands are asked for as standard input.
"""

import asyncio
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

_LONGEST = 2**18


@cache
def _forker() -> socket.socket:
    """Where commands are asked for. The process ends with this one, which holds the other end."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking"],
            stdin=theirs.fileno(),
            env=os.environ | {"PYTHONUTF8": "1"},
            cwd=Path(__file__).parent.parent,
            start_new_session=True,
        )
    atexit.register(process.wait)
    atexit.register(ours.close)  # before
    return ours


async def forked(
    arguments: tuple[str, ...], environment: dict[str, str], typed: bytes
) -> tuple[int, bytes, bytes]:
    """How `wildlife …` ended, and what it wrote to its standard output and error."""
    with TemporaryFile() as in_, TemporaryFile() as out, TemporaryFile() as err:
        in_.write(typed)
        in_.seek(0)
        request = json.dumps([arguments, environment, str(Path.cwd())]).encode()
        ended, tells = os.pipe()
        try:
            descriptors = [in_.fileno(), out.fileno(), err.fileno(), tells]
            socket.send_fds(_forker(), [request], descriptors)
        finally:
            os.close(tells)
        with os.fdopen(ended, "rb") as told:
            await _readable(told)
            status = int(told.read())
        return status, _written(out), _written(err)


async def _readable(file: IO[bytes]) -> None:
    loop = asyncio.get_running_loop()
    is_readable = asyncio.Event()
    loop.add_reader(file, is_readable.set)
    try:
        await is_readable.wait()
    finally:
        loop.remove_reader(file)


def _written(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _serve() -> list[str]:
    """Fork a process for each command that is asked for; there, its arguments."""
    with socket.socket(fileno=os.dup(0)) as asked:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who tell
        while True:
            request, descriptors, _, _ = socket.recv_fds(asked, _LONGEST, 4)
            if not request:
                os._exit(0)
            if os.fork() == 0:
                break
            for descriptor in descriptors:
                os.close(descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *standard, tells = descriptors
    if command := os.fork():
        _, status = os.waitpid(command, 0)
        os.write(tells, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    arguments, environment, folder = json.loads(request)
    os.setsid()
    os.chdir(folder)
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
    for descriptor in descriptors:
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    return [*arguments]


if __name__ == "__main__":
    from wildlife.commands import main

    main(_serve(), "python -m wildlife")
