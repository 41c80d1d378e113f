"""How a worker learns that the service stops, while it still answers what is under way.

The server ends its workers with SIGTERM, which says nothing to the application before the last
request is answered: not even that it need not wait for bodies that don't come.

A server that is killed tells nobody. Its workers would keep the port for ever: they end with it.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import parent_process
from typing import Final

from media.processes import end_with_parent

# A worker that does not listen yet, or any more, ignores it.
_SIGNAL: Final = signal.SIGURG

# A worker that is still starting does not hear SIGTERM: it is said again when it serves.
_AGAIN_S: Final = 1


def end_with_server() -> None:
    """Let this process, if it is a worker, end when the server does, however that ends."""
    server = parent_process()
    if server is None:
        return
    end_with_parent()
    if os.getppid() != server.pid:  # it ended before
        os.kill(os.getpid(), signal.SIGKILL)


def tell(workers: Iterable[int]) -> None:
    """Tell the processes of these ids that the service stops."""
    for pid in workers:
        with suppress(ProcessLookupError):
            os.kill(pid, _SIGNAL)


@contextmanager
def on_stop(stop: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Call `stop` in the event loop when this process is told. Gives what is to be called when it
    has started and is about to serve."""
    loop = asyncio.get_running_loop()
    heard = False

    def hear() -> None:
        nonlocal heard
        heard = True
        stop()

    def about_to_serve() -> None:
        if heard:
            loop.call_later(_AGAIN_S, os.kill, os.getpid(), signal.SIGTERM)

    loop.add_signal_handler(_SIGNAL, hear)
    try:
        yield about_to_serve
    finally:
        loop.remove_signal_handler(_SIGNAL)
