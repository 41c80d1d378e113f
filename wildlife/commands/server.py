"""Running the server: granian, as many processes as wanted, until a signal."""

import gc
import logging
import os
import resource
import signal
import time
from importlib import import_module
from typing import Any, Final

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer, WorkerProcess
from msgspec.structs import replace

from wildlife.secret_files import FILE
from wildlife.settings import SECRET, Settings, to_environment
from wildlife.web import pacing
from wildlife.web.counting import SEGMENTS
from wildlife.web.log import SERVER_LOG, logging_to
from wildlife.web.stopping import tell

_APP: Final = "wildlife.app"

# A connection costs a file. This many files are for all else: the database, photos, the log.
_OTHER_FILES: Final = 256

# As many connections as a worker can have to do with on a machine of any size.
_MOST_CONNECTIONS: Final = 16_384

# How many newcomers the kernel keeps (it may keep fewer) while a worker is busy.
_BACKLOG: Final = 4096

# From the first byte of a request's head to the last, and from one request to the next.
_HEAD_WITHIN_MS: Final = 15_000

# What is under way when the service stops is answered, and no client waited for. Only who does not
# take the last bytes of an answer that has been given holds it up for so long.
_STOP_WITHIN_S: Final = 8


# How long after a worker began another may begin in its place, if it has ended.
_AGAIN_S: Final = 5
_POLL_S: Final = 0.05


class _Server(MPServer):
    """A server whose workers learn at once that it stops, and count together; and that goes on
    with those that it has while one can't come back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begun: dict[int, float] = {}

    def _spawn_worker(self, idx: int, *args: Any, **kwargs: Any) -> WorkerProcess:
        self._begun[idx] = time.monotonic()
        SEGMENTS.prepare(idx)
        return super()._spawn_worker(idx, *args, **kwargs)

    def _respawn_workers(self, workers: list[int], *args: Any, **kwargs: Any) -> None:
        """One that ends soon after it began is begun again after a while, for as long as it takes:
        the library would end them all."""
        again_at = max(self._begun[idx] for idx in workers) + _AGAIN_S
        while not self.interrupt_signal and (left := again_at - time.monotonic()) > 0:
            time.sleep(min(left, _POLL_S))
        if not self.interrupt_signal:
            super()._respawn_workers(workers, *args, **kwargs)
        self.respawned_wrks.clear()

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        tell(worker.inner.pid for worker in self.wrks)
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; requests under way are answered first."""
    # The workers are processes of their own: they read these settings from the environment. What
    # the tables' owner had to do is done, and nobody signs in as the owner any more.
    for name in SECRET:
        for said_by in (name, name + FILE):  # read by now
            os.environ.pop(said_by, None)
    os.environ.update(to_environment(replace(settings, owner_database_url=None)))
    _let_new_workers_be_stopped()
    logging.captureWarnings(True)  # each is one line of the log, in the workers too
    SEGMENTS.share(settings.workers)
    pacing.shared()
    import_module(_APP)  # once, and not in every worker: they are forked, and share its memory
    gc.freeze()
    with logging_to(settings.log_file):
        _Server(
            f"{_APP}:create_worker",
            factory=True,
            interface=Interfaces.ASGI,
            address=settings.host,
            port=settings.port,
            workers=settings.workers,
            loop=Loops.uvloop,
            # To tell HTTP/2 from HTTP/1, a connection that sends nothing would be waited for
            # without end.
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=_HEAD_WITHIN_MS),
            backlog=_BACKLOG,
            backpressure=_connections(),
            respawn_failed_workers=True,
            log_level=LogLevels.info,
            log_dictconfig=SERVER_LOG,
            workers_kill_timeout=_STOP_WITHIN_S,
        ).serve()


def _let_new_workers_be_stopped() -> None:
    """End a worker that has not set its own handlers yet at once, when the server stops.

    Forked, it has the server's handlers, which end nothing in it: a stop waited for it in vain.
    """
    stops = {signal.SIGTERM, signal.SIGINT}

    def hold() -> None:
        signal.pthread_sigmask(signal.SIG_BLOCK, stops)

    def release() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, stops)

    def start_afresh() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all: the server ends them
        release()

    os.register_at_fork(before=hold, after_in_parent=release, after_in_child=start_afresh)


def _connections() -> int:
    """How many connections a worker may have open: what the system allows, once asked for all."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with_files = most if most != resource.RLIM_INFINITY else _MOST_CONNECTIONS + _OTHER_FILES
    resource.setrlimit(resource.RLIMIT_NOFILE, (with_files, most))
    return max(1, min(with_files - _OTHER_FILES, _MOST_CONNECTIONS))
