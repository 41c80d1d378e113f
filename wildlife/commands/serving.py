"""Running the server: granian, as many processes as wanted, until a signal."""

import asyncio
import errno
import fcntl
import logging
import os
import resource
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import click
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer, WorkerProcess
from msgspec.structs import replace

from wildlife.commands.faults import WrongSetting, why
from wildlife.secret_files import FILE
from wildlife.settings import SECRET, Settings, to_environment
from wildlife.web import rates
from wildlife.web.counting import PLACES
from wildlife.web.log import SERVER_LOG, logging_to
from wildlife.web.stopping import tell
from wildlife.words.speaking import said

# A connection costs a file. This many files are for all else: the database, photos, the log.
_OTHER_FILES: Final = 256

# As many connections as a worker can have to do with on a machine of any size.
_MOST_CONNECTIONS: Final = 16_384

# How many newcomers the kernel keeps (it may keep fewer) while a worker is busy.
_BACKLOG: Final = 4096

# From the first byte of a request's head to the last, and from one request to the next.
_HEAD_WITHIN_MS: Final = 15_000

# Who does not say within that time that it is the service is not.
_ANSWER_S: Final = 2

# What is under way when the service stops is answered, and no client waited for. Only who does not
# take the last bytes of an answer that has been given holds it up for so long.
_STOP_WITHIN_S: Final = 8


# How long after a worker began another may begin in its place, if it has ended.
_AGAIN_S: Final = 5
_POLL_S: Final = 0.05

# Whoever looks whether a folder is held, holds it for a moment.
_HOLD_WITHIN_S: Final = 1


@contextmanager
def holding_port(settings: Settings) -> Iterator[None]:
    """Say at once that somebody else listens there, or nobody can, and what to do; nobody else who
    asks so gets the port during the block.

    The server's own socket shares its port, or a worker could not be replaced: two programs that
    are started at the same moment would both serve, each some of the phones.
    """
    require_address(settings)
    with socket.socket(_family(settings)) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        # What another program has just closed is free, and still can't be held for a minute.
        with suppress(OSError):
            held.bind((settings.host, settings.port))
        yield


def hold_folder(settings: Settings) -> None:
    """Let no other service work on the data folder for as long as this process lives, not even on
    another port; a sentence where one does.

    Each machine has a data folder of its own, whatever store and database they share.
    """
    descriptor = os.open(settings.serving_lock, os.O_RDWR | os.O_CREAT, 0o600)
    give_up_at = time.monotonic() + _HOLD_WITHIN_S
    while not _locked(descriptor):
        if time.monotonic() > give_up_at:
            raise click.ClickException(told_held(settings))
        time.sleep(_POLL_S)
    # The lock is the process's, no worker's; it ends with the process, or with the descriptor,
    # which is therefore never closed.
    with suppress(OSError):  # a full disk: nobody learns the address then
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{settings.host}:{settings.port}".encode(), 0)


def is_held(settings: Settings) -> bool:
    """Whether a service works on the data folder."""
    try:
        with settings.serving_lock.open("rb+") as file:
            return not _locked(file.fileno())
    except OSError:
        return False


def _locked(descriptor: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EACCES, errno.EAGAIN}:
            return False
        raise
    return True


def told_held(settings: Settings) -> str:
    """Of a data folder that another service works on."""
    at = settings.serving_lock.read_text("utf-8")
    return said(
        f"Another service works on {settings.data_dir} already, at {at}. End it, or give this one a"
        " folder of its own (WILDLIFE_DATA_DIR). For more processes: WILDLIFE_WORKERS.",
        f"{settings.data_dir} 已由另一个服务（{at}）使用。请停止它，或为本服务另设数据目录"
        "（WILDLIFE_DATA_DIR）。需要更多进程时用 WILDLIFE_WORKERS。",
    )


def _family(settings: Settings) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in settings.host else socket.AF_INET


async def is_serving(settings: Settings) -> bool:
    """Whether it is the service that listens there."""
    own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    ask = f"GET /readyz HTTP/1.1\r\nHost: {settings.port}\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(_ANSWER_S):
            reader, writer = await asyncio.open_connection(own, settings.port)
            writer.write(ask.encode())
            answer = await reader.read()
            writer.close()
    except (OSError, TimeoutError, UnicodeError):
        return False
    return b'"tables"' in answer or b":not_ready" in answer


def require_address(settings: Settings) -> None:
    """That nobody listens there, and the machine has the address; a sentence otherwise."""
    with socket.socket(_family(settings)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except (socket.gaierror, UnicodeError):
            raise _no_address(settings.host) from None
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise _no_address(settings.host) from None
            at, reason = f"{settings.host}:{settings.port}", why(error)
            end_it = said("End what listens there, or choose", "请停止占用该端口的程序，或换")
            choose = said("Choose", "请换")
            act = end_it if error.errno == errno.EADDRINUSE else choose
            raise click.ClickException(
                said(
                    f"Can't listen on {at} ({reason}). {act} another: WILDLIFE_PORT=8001",
                    f"无法监听 {at}（{reason}）。{act}一个端口：WILDLIFE_PORT=8001",
                )
            ) from None


def _no_address(host: str) -> click.ClickException:
    return WrongSetting(
        said(
            f"{host} is no address of this machine. Choose another: WILDLIFE_HOST=127.0.0.1 for"
            " this machine alone, WILDLIFE_HOST=0.0.0.0 for all networks.",
            f"{host} 不是本机地址。请另选：WILDLIFE_HOST=127.0.0.1 只供本机，"
            "WILDLIFE_HOST=0.0.0.0 供所有网络。",
        )
    )


class _Server(MPServer):
    """A server whose workers learn at once that it stops, and count together; and that goes on
    with those that it has while one can't come back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._begun: dict[int, float] = {}

    def _spawn_worker(self, idx: int, *args: Any, **kwargs: Any) -> WorkerProcess:
        self._begun[idx] = time.monotonic()
        PLACES.prepare(idx)
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
    PLACES.share(settings.workers)
    rates.shared()
    with logging_to(settings.log_file):
        _Server(
            "wildlife.app:create_worker",
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
