"""What a service holds for itself alone as long as it runs: its address and its data folder."""

import asyncio
import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import click

from wildlife.commands.wrong import WrongSetting
from wildlife.settings import Settings
from wildlife.words.speaking import said

# Who does not say within that time that it is the service is not.
_ANSWER_S: Final = 2

# Whoever looks whether a folder is held, holds it for a moment.
_HOLD_WITHIN_S: Final = 1
_POLL_S: Final = 0.05


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
            raise click.ClickException(held_folder(settings))
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


def held_folder(settings: Settings) -> str:
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
            raise click.ClickException(_taken(settings, error)) from None


def _taken(settings: Settings, error: OSError) -> str:
    at = f"{settings.host}:{settings.port}"
    match error.errno:
        case errno.EADDRINUSE:
            return said(
                f"Can't listen on {at} ({error.strerror}). End what listens there, or choose"
                " another: WILDLIFE_PORT=8001",
                f"无法监听 {at}（地址已被占用）。请停止占用该端口的程序，或换一个端口："
                "WILDLIFE_PORT=8001",
            )
        case errno.EACCES | errno.EPERM:
            return said(
                f"Can't listen on {at} ({error.strerror}): ports below 1024 are the system's."
                " Choose another: WILDLIFE_PORT=8001",
                f"无法监听 {at}（没有权限）：1024 以下的端口归系统使用。请换一个端口："
                "WILDLIFE_PORT=8001",
            )
    return said(
        f"Can't listen on {at} ({error.strerror}). Choose another: WILDLIFE_PORT=8001",
        f"无法监听 {at}。请换一个端口：WILDLIFE_PORT=8001",
    )


def _no_address(host: str) -> click.ClickException:
    return WrongSetting(
        said(
            f"{host} is no address of this machine. Choose another: WILDLIFE_HOST=127.0.0.1 for"
            " this machine alone, WILDLIFE_HOST=0.0.0.0 for all networks.",
            f"{host} 不是本机地址。请另选：WILDLIFE_HOST=127.0.0.1 只供本机，"
            "WILDLIFE_HOST=0.0.0.0 供所有网络。",
        )
    )
