"""A network that breaks: a proxy on loopback, between a client and a server, that cuts connections
after so many bytes of requests' bodies, in the way that is asked for, and counts what passes.

    async with breaking_network(server_port) as network:
        network.plan += [Break(How.RESET, after=100_000), Break(How.CLOSE, after=50_000)]
        ...  # a client sends to http://127.0.0.1:{network.port}
        network.body_bytes  # what passed upstream, and what of it was sent twice with it

It knows as much of HTTP/1.1 as it takes to tell the body of a request, which has a Content-Length,
from its head.
"""

import asyncio
import fcntl
import re
import socket
import struct
import termios
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from typing import Any, Final, NamedTuple

_PIECE_BYTES: Final = 64 * 1024
_SLOW_PIECE_BYTES: Final = 2000
_RESETTING: Final = struct.pack("ii", 1, 0)
_POLL_S: Final = 0.001


class How(Enum):
    """The ways in which a connection breaks."""

    RESET = auto()
    """Both ends learn of it at once (RST), as from a router that forgot the connection."""
    CLOSE = auto()
    """Both ends see an orderly end (FIN) in the middle of things, as from a proxy that restarts."""
    STALL = auto()
    """No byte moves any more and neither end is told, as where there is no signal; `thaw` lets the
    bytes move that were under way."""
    THROTTLE = auto()
    """Nothing breaks, but from then on bytes go up a few at a time, as over one bar of signal."""
    LOSE_ANSWER = auto()
    """The request arrives whole and is answered; the answer is lost, and the client is reset."""
    REPEAT = auto()
    """Nothing breaks: the request arrives twice at about the same moment, as from a proxy that does
    not wait for the answer; the client gets one of both."""


class Break(NamedTuple):
    """A connection breaks when `after` bytes of requests' bodies have passed since the break before
    this one, on whatever connections; after none, with the next request's head."""

    how: How
    after: int = 0


class Network:
    """What `breaking_network` makes. The breaks of `plan` happen one after the other; append to it
    at any time. When none is left, all connections hold."""

    def __init__(self, server_port: int, port: int) -> None:
        self.port = port
        """Where clients connect to."""
        self.plan: deque[Break] = deque()
        self.body_bytes = 0
        """How many bytes of requests' bodies arrived at the server's machine."""
        self.breaks = 0
        """How many connections were broken."""
        self.answers: Counter[int] = Counter()
        """How many answers of each status came from the server."""
        self._server_port = server_port
        self._since_break = 0
        self._links: set[_Link] = set()
        self._repeating: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Condition()

    async def broken(self, times: int) -> None:
        """Wait until so many connections were broken."""
        await self._until(lambda: self.breaks >= times)

    async def passed(self, body_bytes: int) -> None:
        """Wait until so many bytes of requests' bodies arrived at the server's machine."""
        await self._until(lambda: self.body_bytes >= body_bytes)

    async def answered(self, status: int, times: int) -> None:
        """Wait until so many answers with this status came from the server."""
        await self._until(lambda: self.answers[status] >= times)

    def thaw(self) -> None:
        """Let what is stalled move again."""
        for link in self._links:
            link.moving.set()

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with self._changed:
            await self._changed.wait_for(condition)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _run_link(self, client: socket.socket) -> None:
        """From a client's connection to its end."""
        with client, socket.socket() as server:
            for end in (client, server):
                end.setblocking(False)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = _Link(client, server)
            self._links.add(link)
            try:
                address = ("127.0.0.1", self._server_port)
                await asyncio.get_running_loop().sock_connect(server, address)
                await _together(self._pass_up(link), self._pass_down(link))
            except _Broken as broken:
                if broken.how is How.CLOSE:
                    await _close_orderly(link)
                else:
                    _reset(client, server)
            except OSError:  # one end is gone: tell the other
                _reset(client, server)
            finally:
                self._links.discard(link)

    async def _pass_up(self, link: "_Link") -> None:
        loop = asyncio.get_running_loop()
        requests = _Requests()
        while data := await loop.sock_recv(link.client, _PIECE_BYTES):
            for piece, is_body in requests.split(data):
                rest = piece
                while rest:
                    now = rest[: self._room()] if is_body else rest
                    now = now[:_SLOW_PIECE_BYTES] if link.is_slow else now
                    rest = rest[len(now) :]
                    await link.moving.wait()
                    try:
                        await loop.sock_sendall(link.server, now)
                    except OSError:
                        return  # it wants no more; what it answered still goes down
                    if link.is_slow:
                        await asyncio.sleep(_POLL_S)
                    link.request += now
                    if is_body:
                        self.body_bytes += len(now)
                        self._since_break += len(now)
                        await self._tell()
                    if self.plan and self._room() == 0:
                        await self._break(link)
                if requests.is_between:
                    self._end_request(link)
        link.server.shutdown(socket.SHUT_WR)

    def _end_request(self, link: "_Link") -> None:
        """All of one has passed."""
        if link.repeats:
            link.repeats = False
            repeating = asyncio.create_task(self._repeat(bytes(link.request)))
            self._repeating.add(repeating)
            repeating.add_done_callback(self._repeating.discard)
        link.request.clear()

    async def _repeat(self, request: bytes) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError), socket.socket() as server:
            server.setblocking(False)
            await loop.sock_connect(server, ("127.0.0.1", self._server_port))
            await loop.sock_sendall(server, request)
            await loop.sock_recv(server, _PIECE_BYTES)

    async def _pass_down(self, link: "_Link") -> None:
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(link.server, _PIECE_BYTES):
            if data.startswith(b"HTTP/1.1 "):
                self.answers[int(data[9:12])] += 1
                await self._tell()
            if link.loses_answer:
                raise _Broken(How.LOSE_ANSWER)
            await link.moving.wait()
            await loop.sock_sendall(link.client, data)
        link.client.shutdown(socket.SHUT_WR)

    def _room(self) -> int | None:
        """How many bytes of bodies pass until the next break."""
        return max(0, self.plan[0].after - self._since_break) if self.plan else None

    async def _break(self, link: "_Link") -> None:
        how = self.plan.popleft().how
        self._since_break = 0
        if how is How.LOSE_ANSWER:
            link.loses_answer = True
        elif how is How.REPEAT:
            link.repeats = True
        elif how is How.THROTTLE:
            link.is_slow = True
        else:
            link.moving.clear()  # an answer that comes from now on is too late
            await _arrived(link.server)
        self.breaks += 1
        await self._tell()
        if how in (How.RESET, How.CLOSE):
            raise _Broken(how)


@asynccontextmanager
async def breaking_network(server_port: int) -> AsyncIterator[Network]:
    """A network to the server on this port of 127.0.0.1, until the end of the block."""
    links: set[asyncio.Task[None]] = set()

    async def accept() -> None:
        while True:
            client, _ = await asyncio.get_running_loop().sock_accept(listener)
            link = asyncio.create_task(network._run_link(client))
            links.add(link)
            link.add_done_callback(links.discard)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        network = Network(server_port, listener.getsockname()[1])
        accepting = asyncio.create_task(accept())
        try:
            yield network
        finally:
            ending = [accepting, *links, *network._repeating]
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)


class _Broken(Exception):
    """The plan says that this connection breaks now."""

    def __init__(self, how: How) -> None:
        super().__init__(how)
        self.how = how


class _Link:
    """A connection of a client, and the one to the server that goes with it."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.moving = asyncio.Event()
        self.moving.set()
        self.loses_answer = False
        self.is_slow = False
        self.repeats = False
        self.request = bytearray()
        """What has passed of the one that is under way."""


class _Requests:
    """Where in a client's requests one is: in a head, or in a body that has so much to come."""

    def __init__(self) -> None:
        self._head = b""
        self._body_left = 0

    @property
    def is_between(self) -> bool:
        """Whether nothing of a request has come whose rest is still to come."""
        return not self._head and not self._body_left

    def split(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        """What came next, in pieces of either heads or bodies (True)."""
        while data:
            if self._body_left:
                piece = data[: self._body_left]
                self._body_left -= len(piece)
                yield piece, True
            else:
                before = len(self._head)
                head, end, _ = (self._head + data).partition(b"\r\n\r\n")
                self._head = head + end
                piece = self._head[before:]
                if end:
                    self._body_left = _content_length(head)
                    self._head = b""
                yield piece, False
            data = data[len(piece) :]


def _content_length(head: bytes) -> int:
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0


async def _together(*parts: Coroutine[Any, Any, None]) -> None:
    """Run these until all are done, or one fails: that is raised when none runs any more, since a
    socket must not be closed while somebody waits for it."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _arrived(end: socket.socket) -> None:
    """Wait until the other machine has what was sent, so that a reset takes none of it back."""
    with suppress(OSError):  # not every system can tell
        while struct.unpack("i", fcntl.ioctl(end, termios.TIOCOUTQ, bytes(4))) != (0,):  # noqa: ASYNC110 - the kernel says it to who asks
            await asyncio.sleep(_POLL_S)


async def _close_orderly(link: _Link) -> None:
    """FIN to both ends. What they still send is read, or the system would reset them."""
    for end in (link.client, link.server):
        with suppress(OSError):
            end.shutdown(socket.SHUT_WR)
    await _together(_drain(link.client), _drain(link.server))


async def _drain(end: socket.socket) -> None:
    with suppress(OSError):
        while await asyncio.get_running_loop().sock_recv(end, _PIECE_BYTES):
            pass


def _reset(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESETTING)
        end.close()
