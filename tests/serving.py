"""The service as it really runs, in processes of its own, spoken to over a socket. The first of
them is forked from one that has imported the service (`tests/forking.py`)."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import psutil
from httpx import TransportError

from tests.forking import Forked
from wildlife.settings import Settings, to_environment

T = TypeVar("T")

_WITHIN_S = 30
_LONGER_S: Final = 100
_PAUSE_S: Final = 0.1
_POLL_S = 0.02


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def client_of(base: str, *, timeout: float = 60, **options: Any) -> httpx.AsyncClient:
    """A client of a server that speaks plain HTTP: to read whom to trust with TLS would take longer
    than most requests do."""
    return httpx.AsyncClient(
        base_url=base, timeout=timeout, trust_env=False, verify=False, **options
    )


class Server:
    """`wildlife serve` with all its processes, which can be killed and started again: on the same
    port, with the same data."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.environment = os.environ | to_environment(settings)
        self.environment["WILDLIFE_PORT"] = str(self.port)
        self._process: Forked | None = None

    @property
    def pids(self) -> list[int]:
        """The server and its workers, without those who decode photos for them."""
        assert self._process is not None
        main = psutil.Process(self._process.pid)
        return [main.pid, *(child.pid for child in main.children())]

    def start(self) -> None:
        """Start, and wait until each of its workers serves: every one listens for itself, and who
        comes after one was killed is refused where the others do not yet."""
        with Path(os.devnull).open("r+b", buffering=0) as null:
            unseen, seen = null.fileno(), 2
            self._process = Forked(["serve"], self.environment, [unseen, unseen, seen])
        wait_until(self.is_ready)

    def kill(self) -> None:
        """`kill -9` of all its processes at once; nobody is told."""
        assert self._process is not None
        self._process.kill()
        self._process = None
        wait_until(self._is_gone)

    def kill_main(self) -> None:
        """`kill -9` of the server alone; wait until those that it started have ended, too."""
        assert self._process is not None
        orphans = psutil.Process(self._process.pid).children(recursive=True)
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        _, left = psutil.wait_procs(orphans, _WITHIN_S)
        for one in left:
            one.kill()
        assert left == []

    def stop(self) -> None:
        """End it as an operator does, if it runs."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGTERM)
            try:
                assert self._process.wait(_WITHIN_S) == 0
            finally:
                self._process.kill()

    def is_ready(self) -> bool:
        """Whether each of its workers serves."""
        assert self._process is not None
        assert self._process.poll() is None, "the server ended by itself"
        if self._is_gone() or self._listening() < self.settings.workers:
            return False
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.base}/readyz", trust_env=False, verify=False).is_success
        return False

    def _listening(self) -> int:
        """How many of its workers do."""
        _, *workers = self.pids
        number = 0
        for pid in workers:
            with suppress(psutil.NoSuchProcess):
                connections = psutil.Process(pid).net_connections("tcp")
                number += any(one.status == psutil.CONN_LISTEN for one in connections)
        return number

    def _is_gone(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) != 0


@contextmanager
def killable(settings: Settings) -> Iterator[Server]:
    """A `Server` that runs, and that has ended with all its processes after the block."""
    server = Server(settings)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The base address of `wildlife serve` with these settings (but for the port)."""
    with killable(settings) as server:
        yield server.base


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition that comes true by itself."""
    deadline = time.monotonic() + _WITHIN_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(_POLL_S)


async def until(ask: Callable[[], Awaitable[T | None]]) -> T:
    """The first answer that is true, of what comes true by itself. There is a pause before it is
    asked again: who is waited for needs the processor more."""
    async with asyncio.timeout(_LONGER_S):
        while not (answer := await ask()):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(_PAUSE_S)
    return answer


async def is_ready(port: int) -> bool:
    async with client_of(f"http://127.0.0.1:{port}") as client:
        try:
            return (await client.get("/readyz")).is_success
        except TransportError:
            return False
