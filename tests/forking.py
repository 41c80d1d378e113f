"""Commands without the second in which a process imports the service: one that has imported it
forks another for each. They are processes of their own all the same, with their own signals, files
and exit status.

Run as a module, with the socket on which commands are asked for as standard input.
"""

import asyncio
import atexit
import importlib
import json
import os
import pwd
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

_LONGEST: Final = 2**18
_NOT_WRITTEN: Final = 120
"""How Python ends where the last of its output is not taken."""
_DESCRIPTORS: Final = 4
"""Standard input, output and error, and where it is told which process it is and how it ends."""


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


class Forked:
    """`wildlife …` as a process of its own, that leads a session of its own."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        standard: Sequence[int],
        user: str | None = None,
    ) -> None:
        """standard: the descriptors of its standard input, output and error.
        user: whose it is, where root runs the tests."""
        request = json.dumps([[*arguments], {**environment}, str(Path.cwd()), user]).encode()
        told, tells = os.pipe()
        self._told = os.fdopen(told, "rb", buffering=0)
        try:
            socket.send_fds(_forker(), [request], [*standard, tells])
        finally:
            os.close(tells)
        self.pid = int(self._told.readline())
        self._status: int | None = None

    def poll(self) -> int | None:
        """How it ended, if it has: as `subprocess` tells it."""
        return self._told_within(0)

    def wait(self, within_s: float | None = None) -> int:
        """How it ended, once it has. Raises TimeoutError."""
        if (status := self._told_within(within_s)) is None:
            raise TimeoutError(f"process {self.pid} runs after {within_s} s")
        return status

    def _told_within(self, within_s: float | None) -> int | None:
        if self._status is None and select.select([self._told], [], [], within_s)[0]:
            with self._told:
                self._status = int(self._told.readline())
        return self._status

    def kill(self) -> None:
        """`kill -9` of all that are left of its group; wait until it has ended."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.wait()


async def forked(
    arguments: Sequence[str], environment: Mapping[str, str], typed: bytes, user: str | None
) -> tuple[int, bytes, bytes]:
    """How `wildlife …` ended, and what it wrote to its standard output and error."""
    _forker()  # here, not by several threads
    with TemporaryFile() as in_, TemporaryFile() as out, TemporaryFile() as err:
        in_.write(typed)
        in_.seek(0)
        standard = [one.fileno() for one in (in_, out, err)]
        process = await asyncio.to_thread(Forked, arguments, environment, standard, user)
        try:
            status = await asyncio.to_thread(process.wait)
        except BaseException:
            process.kill()
            raise
        return status, _written(out), _written(err)


def _written(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _serve() -> list[str]:
    """Fork a process for each command that is asked for; there, its arguments."""
    with socket.socket(fileno=os.dup(0)) as asked:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who tell
        while True:
            request, descriptors, _, _ = socket.recv_fds(asked, _LONGEST, _DESCRIPTORS)
            if not request:
                os._exit(0)
            if os.fork() == 0:
                break
            for descriptor in descriptors:
                os.close(descriptor)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *standard, tells = descriptors
    if command := os.fork():
        os.write(tells, b"%d\n" % command)
        _, status = os.waitpid(command, 0)
        os.write(tells, b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    arguments, environment, folder, user = json.loads(request)
    os.setsid()
    os.chdir(folder)
    for number, descriptor in enumerate(standard):
        os.dup2(descriptor, number)
    for descriptor in descriptors:
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.setgroups([])
        os.setgid(entry.pw_gid)
        os.setuid(entry.pw_uid)
    return [*arguments]


class _End:
    """The end of a command, as Python ends but for taking apart all that was imported: of a command
    that refuses something, that is most of the work."""

    def __init__(self) -> None:
        self.status: object = 1

    def __call__(self) -> None:
        status = self.status if isinstance(self.status, int) else 1
        try:
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
        except (OSError, ValueError):
            status = _NOT_WRITTEN
        os._exit(status)


if __name__ == "__main__":
    atexit.register(end := _End())  # what is imported registers later, and is called before
    from wildlife.commands import main

    # What is imported later, by the workers of a server and by each command: another user may not
    # be able to read it.
    importlib.import_module("wildlife.app")
    importlib.import_module("wildlife.web.log")
    [*main.commands.values()]
    try:
        main(_serve(), "python -m wildlife")
    except SystemExit as ended:
        end.status = 0 if ended.code is None else ended.code
        raise
