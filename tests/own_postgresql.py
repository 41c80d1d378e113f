"""A PostgreSQL that nobody else uses: it can be frozen, killed and started again."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from db.embedded.server import running_postmaster
from db.grants import SERVICE_LOGIN
from db.identity import with_login
from tests.postgresql import USE

_WITHIN_S = 30


class OwnPostgresql:
    """The server below `folder`, and another process that keeps it running.

    Killed, it stays so until it is started again: who kept it running is killed before.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._keeper: subprocess.Popen[str] | None = None
        self.url = ""
        """Its superuser's."""

    @property
    def service_url(self) -> str:
        """The URL that the service signs in with."""
        return with_login(self.url, SERVICE_LOGIN)

    def start(self) -> None:
        self._keeper = subprocess.Popen(
            [sys.executable, "-c", USE, self.folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._keeper.stdout is not None
        self.url = self._keeper.stdout.readline().strip()
        assert self.url, "it does not start"

    def stop(self) -> None:
        self.thaw()
        if self._keeper is not None:
            self._keeper.communicate(timeout=_WITHIN_S)

    def freeze(self) -> None:
        """From now on it takes connections and statements, and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """`kill -9`; and wait until it is gone with all that is below it."""
        assert self._keeper is not None
        self._keeper.kill()
        self._keeper.communicate()
        self._keeper = None
        processes = self._processes()
        self._signal(signal.SIGKILL)
        _, left = psutil.wait_procs(processes, timeout=_WITHIN_S)
        assert not left

    def _signal(self, number: signal.Signals) -> None:
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def _processes(self) -> list[psutil.Process]:
        """The postmaster first, so that it starts no others."""
        pid = running_postmaster(self.folder / "cluster")
        with suppress(psutil.NoSuchProcess):
            if pid is not None:
                return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        return []


@contextmanager
def own_postgresql(folder: Path) -> Iterator[OwnPostgresql]:
    """One that runs until the end of the block."""
    server = OwnPostgresql(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
