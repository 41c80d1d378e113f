"""Server processes of the contestants: started, waited for, weighed, stopped."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil

_START_WITHIN_S = 60
_STOP_WITHIN_S = 20


class Server:
    """A server and the processes below it."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self._process = process
        self.port = port

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_until_it_answers(self, path: str) -> None:
        """Wait until `path` answers 200. Raises RuntimeError when it does not in time."""
        give_up = time.monotonic() + _START_WITHIN_S
        while time.monotonic() < give_up and self._process.poll() is None:
            try:
                if httpx.get(self.base_url + path).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"{self._process.args!r} did not answer on port {self.port}")

    def memory_mb(self) -> float:
        """The resident memory of the largest of its processes."""
        return float(max(process.memory_info().rss for process in self._tree()) / 1e6)

    def memories_mb(self) -> dict[str, float]:
        """The resident memory of the server, of each of its workers, and of all that those
        started."""
        return memories_mb(self._process.pid)

    def processor_s(self) -> float:
        """The processor time that its processes have taken, with those that have ended."""
        return _processor_s(self._tree())

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Until the end of the block it does nothing, nor what it does when nobody asks."""
        tree = self._tree()
        for process in tree:
            process.suspend()
        try:
            yield
        finally:
            for process in tree:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    def stop(self) -> None:
        """Let it end by itself, and make it end when it doesn't."""
        tree = self._tree()
        self._process.terminate()
        _, left = psutil.wait_procs(tree, timeout=_STOP_WITHIN_S)
        for process in left:
            process.kill()
        self._process.wait()

    def _tree(self) -> list[psutil.Process]:
        return _tree(self._process.pid)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def memories_mb(pid: int) -> dict[str, float]:
    """The resident memory of a server, of each of its workers, and of all that those started."""
    server, *all_below = _tree(pid)
    workers = server.children()
    others = [one for one in all_below if one not in workers]
    held = {"server": _resident_mb(server)}
    held |= {f"worker {number}": _resident_mb(one) for number, one in enumerate(workers, 1)}
    return held | {"others": sum(map(_resident_mb, others))}


def _resident_mb(process: psutil.Process) -> float:
    with suppress(psutil.NoSuchProcess):
        return float(process.memory_info().rss / 1e6)
    return 0.0


def _processor_s(processes: Iterable[psutil.Process]) -> float:
    taken = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # then it is its parent's
            taken += sum(process.cpu_times()[:4])
    return taken


def postgresql_in(folder: Path) -> Callable[[], float]:
    """What tells the processor time that the PostgreSQL has taken whose data lie in `folder`."""
    [noted] = folder.rglob("postmaster.pid")
    server = int(noted.read_text().split()[0])
    return lambda: _processor_s(_tree(server))


@contextmanager
def running_server(
    command: list[str], environment: Mapping[str, str], port: int, ready_path: str
) -> Iterator[Server]:
    """Run `command`, which serves on `port`, until the end of the block.

    Ctrl-C reaches only the benchmark, which then stops the server.
    """
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    server = Server(process, port)
    try:
        server.wait_until_it_answers(ready_path)
        yield server
    finally:
        server.stop()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
