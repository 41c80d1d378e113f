"""A PostgreSQL that goes away in the middle: a proxy on loopback that ends every connection with a
certain message of the client's, and lets nobody in from then on."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import parse_qs, urlsplit

_PIECE_BYTES: Final = 64 * 1024

# What a server says whose sessions are ended by hand, or that is stopped.
_FIELDS: Final = b"SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0"
_ENDED: Final = b"E" + (len(_FIELDS) + 4).to_bytes(4, "big") + _FIELDS


class Wire:
    """What `cut_after` gives."""

    def __init__(self, url: str, cut_at: int | None, *, is_told: bool) -> None:
        self.passed = 0
        """How many pieces of what clients send have gone on, in all."""
        self.port = 0
        self._to = urlsplit(url)
        self._cut_at = cut_at
        self._is_told = is_told
        self._clients: set[StreamWriter] = set()

    def through(self, url: str) -> str:
        """The URL of the same database and login, by this way."""
        parts = urlsplit(url)
        login = parts.netloc.rpartition("@")[0]
        return f"postgresql://{login}@127.0.0.1:{self.port}{parts.path}"

    def is_cut(self) -> bool:
        """Whether it has ended."""
        return self._cut_at is not None and self.passed >= self._cut_at

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Pass on what a client and the server say until it is enough."""
        if self.is_cut():
            writer.transport.abort()
            return
        self._clients.add(writer)
        there, back = await self._connect()
        answers = asyncio.create_task(_pass_on(there, writer))
        with suppress(OSError):
            while content := await reader.read(_PIECE_BYTES):
                self.passed += 1
                if self.is_cut():
                    self._cut()
                    break
                back.write(content)
        back.close()
        await answers

    async def _connect(self) -> tuple[StreamReader, StreamWriter]:
        host = parse_qs(self._to.query).get("host", [self._to.hostname or ""])[0]
        if host.startswith("/"):
            return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.5432")
        return await asyncio.open_connection(host, self._to.port or 5432)

    def _cut(self) -> None:
        for client in self._clients:
            if self._is_told and not client.is_closing():
                client.write(_ENDED)
                client.close()
            else:
                client.transport.abort()


async def _pass_on(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(OSError):
        while content := await reader.read(_PIECE_BYTES):
            if writer.is_closing():
                return
            writer.write(content)
    writer.close()


@asynccontextmanager
async def cut_after(url: str, pieces: int | None, *, is_told: bool = False) -> AsyncIterator[Wire]:
    """A way to the server of `url` that ends with so many pieces of what clients send; None: never.

    is_told: whether the server says that it ends the session, as one that is stopped does.
    """
    wire = Wire(url, pieces, is_told=is_told)
    async with await asyncio.start_server(wire.serve, "127.0.0.1", 0) as server:
        wire.port = server.sockets[0].getsockname()[1]
        yield wire
