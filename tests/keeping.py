"""Connections that one test's service closes and the next one's opens: the same ones.

A connection is a process of PostgreSQL, which looks up each table and plans each statement when it
first meets them: for a test that makes five requests, that was more work than all it asks for. What
a session can have changed is put back; who changes what a database says to new ones ends those that
there are (`let_read_only`).
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager, suppress
from datetime import tzinfo
from typing import Any, Final

import asyncpg
import pytest

import db.database
from db.codecs import set_codecs
from db.pool import MISUSED

# What is there for the next test, by what it was opened for; and what this one has closed.
_KEPT: Final = defaultdict[Hashable, list["KeptConnection"]](list)
_CLOSED: Final[list["KeptConnection"]] = []


class KeptConnection(asyncpg.Connection):
    """One that is put aside when it is closed."""

    opened_for: Hashable = None
    zone: tzinfo | None = None
    is_aside: bool = False

    async def close(self, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the driver's
        """Put it aside, as it was when it was new: what its session had locked is free."""
        if self.is_closed() or self.is_in_transaction():
            await super().close(timeout=timeout)
            return
        await self.reset(timeout=timeout)
        self.is_aside = True
        _CLOSED.append(self)

    def terminate(self) -> None:
        """What is aside is nobody's to end: whoever closed it has no part in it any more."""
        if not self.is_aside:
            super().terminate()

    async def end(self) -> None:
        """Close it for good."""
        self.is_aside = False
        with suppress(OSError, asyncpg.PostgresError, *MISUSED):
            await super().close(timeout=5)


@asynccontextmanager
async def keeping_connections() -> AsyncIterator[None]:
    """Keep those of the pools that are opened in this loop."""
    loop = asyncio.get_running_loop()

    async def connect(url: str, **options: Any) -> Any:
        if asyncio.get_running_loop() is not loop:
            return await asyncpg.connect(url, **options)
        key = url, options["command_timeout"], tuple(sorted(options["server_settings"].items()))
        while _KEPT[key]:
            kept = _KEPT[key].pop()
            kept.is_aside = False
            try:
                await kept.execute("select")  # fails where the server has ended it
            except BaseException as error:
                kept.terminate()  # also where nobody waits any longer
                if not isinstance(error, (OSError, asyncpg.PostgresError, *MISUSED)):
                    raise
            else:
                return kept
        new = await asyncpg.connect(url, connection_class=KeptConnection, **options)
        new.opened_for = key
        return new

    async def set_once(connection: Any, zone: tzinfo) -> None:
        if type(connection) is not KeptConnection:  # the driver's `isinstance` takes any for one
            await set_codecs(connection, zone)
        elif connection.zone is not zone:
            await set_codecs(connection, zone)
            connection.zone = zone

    class Driver:
        def __getattr__(self, name: str) -> Any:
            return connect if name == "connect" else getattr(asyncpg, name)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(db.database, "asyncpg", Driver())
        patched.setattr(db.database, "set_codecs", set_once)
        yield
    for connection in _aside():
        await connection.end()


async def hand_on(*, is_as_before: bool) -> None:
    """Give what a test has closed to the next one, whose database is this one's if that is as it
    was before; else nobody has a use for it.

    Not within a test: what it says of a database or of a login counts for new connections.
    """
    while _CLOSED:
        connection = _CLOSED.pop()
        if is_as_before:
            _KEPT[connection.opened_for].append(connection)
        else:
            await connection.end()


def kept_processes() -> list[int]:
    """The processes of PostgreSQL behind what is put aside."""
    return [one.get_server_pid() for one in _aside() if not one.is_closed()]


def _aside() -> list[KeptConnection]:
    return [*_CLOSED, *(one for connections in _KEPT.values() for one in connections)]
