"""The private PostgreSQL of a machine that has none: from a wheel, on a Unix socket only.

Only the wheel's programs are used. Below the server's folder there are

    cluster/        what `initdb` makes; its log is `server.log`
    socket/         the socket, unless its path would be too long for one
    programs/       a copy of the programs, where its user can't reach the wheel's
    starting.lock   held by who starts or stops the server
    users.lock      shared by all who use it: the last one stops it
    server.lock     held by the server's own processes, as long as any of them lives

The locks are the kernel's (flock), so whatever is killed lets go of them. No number of a process
in a file is believed: a number may have become a stranger's.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from db.embedded.account import Account, CannotRun, make_private, require_entry, server_account
from db.embedded.locks import FileLock
from db.embedded.programs import client_program
from db.embedded.server import Server, holds_database
from db.embedded.watching import Tell, watching

__all__ = [
    "Account",
    "CannotRun",
    "client_program",
    "embedded_postgresql",
    "holds_database",
    "make_private",
    "require_entry",
    "server_account",
]

_log = logging.getLogger(__name__)


def _warn(en: str, _zh: str) -> None:
    _log.warning(en)


@contextmanager
def embedded_postgresql(
    data_dir: Path,
    *,
    tell: Tell = _warn,
    unwanted: Callable[[], bool] = lambda: False,
) -> Iterator[str]:
    """Run the server whose folder is `data_dir` (made when missing); give its superuser's URL.

    Several processes may use it at once. It is started by the first, started again by any of them
    should it end by itself (`tell` is given a sentence on that, in a thread), and stopped by the
    last. One that a killed process left running is found and used. For root it runs as a user of
    its own. Whoever runs this may sign in as any of the database's roles, and nobody else may.

    unwanted: asked while it starts; where it says so, the start ends early and the block begins
    without a server. An exception in the midst of a start or a stop, as a signal's handler raises
    it, can leave the server running: let the handler be heard by this instead.

    Raises CannotRun with a sentence that says what to do, or OSError.
    """
    server = Server(data_dir.resolve(), server_account())
    server.find_folder()
    with FileLock(server.folder / "users.lock") as users:
        starting = server.folder / "starting.lock"
        over = threading.Event()
        try:
            with FileLock(starting) as lock:
                lock.acquire()
                users.share()
                server.ensure_running(unwanted, from_nothing=True)
            with watching(server, starting, over, tell):
                yield server.url
        finally:
            over.set()  # before the server is stopped, so that nobody here revives it
            # A folder that was removed meanwhile takes its server with it.
            with suppress(FileNotFoundError), FileLock(starting) as lock:
                lock.acquire()
                if users.try_acquire() and not server.stop():
                    tell(
                        f"The private PostgreSQL on {server.folder} does not stop.",
                        f"{server.folder} 上的专用 PostgreSQL 无法停止。",
                    )
