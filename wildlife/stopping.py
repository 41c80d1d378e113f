"""How a worker learns that the service stops, while it still answers what is under way.

The server ends its workers with SIGTERM, which says nothing to the application before the last
request is answered: not even that it need not wait for bodies that don't come.
"""

import asyncio
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

# A worker that does not listen yet, or any more, ignores it.
_SIGNAL: Final = signal.SIGURG


def tell(workers: Iterable[int]) -> None:
    """Tell the processes of these ids that the service stops."""
    for pid in workers:
        with suppress(ProcessLookupError):
            os.kill(pid, _SIGNAL)


@contextmanager
def told(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` in the event loop when this process is told."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(_SIGNAL, stop)
    try:
        yield
    finally:
        loop.remove_signal_handler(_SIGNAL)
