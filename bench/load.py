"""A phone for each connection, as cheap as a client can be: the machine's time is the server's.

Requests are ready-made bytes but for the id; an answer is read as far as its status and length.
"""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from functools import partial

from bench.rounds import Contestant, Round, new_id
from bench.stage import OPENING_AFTER_ID, OPENING_BEFORE_ID

_HEAD_END = b"\r\n\r\n"
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def opens_over_http(port: int, tokens: Sequence[str]) -> Contestant:
    """`POST /api/v1/incidents` at a server on loopback: a keep-alive connection a token, each of
    which sends its next request as soon as the last one is answered."""
    return partial(_run, port, [_request_maker(port, token) for token in tokens])


async def _run(port: int, request_makers: list[Callable[[], bytes]], seconds: float) -> Round:
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        lanes = []
        for make_request in request_makers:
            connecting = loop.create_connection(partial(_Lane, make_request), "127.0.0.1", port)
            transport, lane = await connecting
            stack.callback(transport.close)
            lanes.append((lane, transport))
        started = time.perf_counter()
        answered = [lane.start(transport, started + seconds) for lane, transport in lanes]
        await asyncio.gather(*answered)
        took_s = time.perf_counter() - started
    return Round(took_s, [latency for lane, _ in lanes for latency in lane.latencies_s])


def _request_maker(port: int, token: str) -> Callable[[], bytes]:
    length = len(OPENING_BEFORE_ID) + len(str(new_id())) + len(OPENING_AFTER_ID)
    head = (
        "POST /api/v1/incidents HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {length}\r\n\r\n"
    )
    before_id = head.encode() + OPENING_BEFORE_ID
    return lambda: before_id + str(new_id()).encode() + OPENING_AFTER_ID


class _Lane(asyncio.Protocol):
    """One connection."""

    def __init__(self, make_request: Callable[[], bytes]) -> None:
        self._make_request = make_request
        self._answer = b""
        self._sent = 0.0
        self.latencies_s: list[float] = []

    def start(self, transport: asyncio.Transport, deadline: float) -> "asyncio.Future[None]":
        """Go on until the deadline; done with the first answer after it, or with what failed."""
        self._transport = transport
        self._deadline = deadline
        self._done = asyncio.get_running_loop().create_future()
        self._send()
        return self._done

    def _send(self) -> None:
        request = self._make_request()
        self._sent = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head_end = self._answer.find(_HEAD_END)
        if head_end < 0:
            return
        length = _CONTENT_LENGTH.search(self._answer, 0, head_end)
        if length is None:
            self._fail("gave no Content-Length")
        elif len(self._answer) < head_end + len(_HEAD_END) + int(length[1]):
            return
        elif not self._answer.startswith(b"HTTP/1.1 201 "):
            self._fail("refused an opening")
        else:
            self._go_on()

    def _go_on(self) -> None:
        now = time.perf_counter()
        self.latencies_s.append(now - self._sent)
        self._answer = b""
        if now < self._deadline:
            self._send()
        elif not self._done.done():
            self._done.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        self._fail("closed the connection")

    def _fail(self, what: str) -> None:
        if not self._done.done():
            answer = self._answer.decode(errors="replace")
            self._done.set_exception(RuntimeError(f"the server {what}:\n{answer}"))
