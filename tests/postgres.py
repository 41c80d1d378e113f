"""A PostgreSQL of a test's own, to be frozen, thawed, killed and started again."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil

from db.embedded import embedded_postgresql

_WITHIN_S = 30


class OwnPostgresql:
    """The server whose cluster is `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running = ExitStack()
        self.url = ""

    def start(self) -> None:
        self.url = self._running.enter_context(embedded_postgresql(self._folder))

    def stop(self) -> None:
        self.thaw()
        self._running.close()

    def freeze(self) -> None:
        """From now on it takes connections and statements, and answers nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """`kill -9`; and wait until it is gone with all that is below it."""
        processes = self._processes()
        self._signal(signal.SIGKILL)
        _, left = psutil.wait_procs(processes, timeout=_WITHIN_S)
        assert not left
        with suppress(Exception):  # it is gone already
            self._running.close()

    def _signal(self, number: signal.Signals) -> None:
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def _processes(self) -> list[psutil.Process]:
        """The postmaster first, so that it starts no others."""
        with suppress(FileNotFoundError, psutil.NoSuchProcess):
            pid = int((self._folder / "postmaster.pid").read_text().splitlines()[0])
            postmaster = psutil.Process(pid)
            return [postmaster, *postmaster.children(recursive=True)]
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
