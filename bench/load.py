"""A phone for each connection, as cheap as a client can be: the machine's time is the server's.

Requests are ready-made bytes but for the ids; an answer is read as far as its status and length.
"""

import asyncio
import re
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import AsyncExitStack
from functools import partial
from typing import NamedTuple, TypeAlias

from bench.rounds import Contestant, Round, new_id
from bench.stage import OPENING_AFTER_ID, OPENING_BEFORE_ID

_HEAD_END = b"\r\n\r\n"
_CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Request(NamedTuple):
    """A request and the status that has to answer it; with none, its job sees to that. What is
    large is a part of its own: parts are written one behind the other, and not copied."""

    parts: tuple[bytes, ...]
    status: int | None


Job: TypeAlias = Generator[Request, bytes, None]
"""What counts once: one request or several in a row. It is sent the answer to each of them."""


def opens_over_http(port: int, tokens: Sequence[str]) -> Contestant:
    """`POST /api/v1/incidents` at a server on loopback, on a connection a token."""
    return does_over_http(port, [_opening_maker(port, token) for token in tokens])


def does_over_http(port: int, job_makers: Sequence[Callable[[], Job]]) -> Contestant:
    """Jobs at a server on loopback: a keep-alive connection a maker, each of which begins its next
    job as soon as the last one is done."""
    return partial(_run, port, job_makers)


async def _run(port: int, job_makers: Sequence[Callable[[], Job]], seconds: float) -> Round:
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        lanes = []
        for make_job in job_makers:
            connecting = loop.create_connection(partial(_Lane, make_job), "127.0.0.1", port)
            transport, lane = await connecting
            stack.callback(transport.close)
            lanes.append((lane, transport))
        started = time.perf_counter()
        answered = [lane.start(transport, started + seconds) for lane, transport in lanes]
        await asyncio.gather(*answered)
        took_s = time.perf_counter() - started
    return Round(took_s, [latency for lane, _ in lanes for latency in lane.latencies_s])


def _opening_maker(port: int, token: str) -> Callable[[], Job]:
    length = len(OPENING_BEFORE_ID) + len(str(new_id())) + len(OPENING_AFTER_ID)
    head = (
        "POST /api/v1/incidents HTTP/1.1\r\n"
        f"Host: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {length}\r\n\r\n"
    )
    before_id = head.encode() + OPENING_BEFORE_ID

    def open_incident() -> Job:
        yield Request((before_id + str(new_id()).encode() + OPENING_AFTER_ID,), 201)

    return open_incident


class _Lane(asyncio.Protocol):
    """One connection."""

    def __init__(self, make_job: Callable[[], Job]) -> None:
        self._make_job = make_job
        self._answer = b""
        self._begun = 0.0
        self.latencies_s: list[float] = []

    def start(self, transport: asyncio.Transport, deadline: float) -> "asyncio.Future[None]":
        """Go on until the deadline; done with the first job after it, or with what failed."""
        self._transport = transport
        self._deadline = deadline
        self._done = asyncio.get_running_loop().create_future()
        self._begin()
        return self._done

    def _begin(self) -> None:
        self._job = self._make_job()
        request = next(self._job)
        self._begun = time.perf_counter()
        self._send(request)

    def _send(self, request: Request) -> None:
        self._status = request.status
        self._transport.writelines(request.parts)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head_end = self._answer.find(_HEAD_END)
        if head_end < 0:
            return
        length = _CONTENT_LENGTH.search(self._answer, 0, head_end)
        if length is None and not self._answer.startswith(b"HTTP/1.1 204 "):
            self._fail("gave no Content-Length")
        elif length and len(self._answer) < head_end + len(_HEAD_END) + int(length[1]):
            return
        elif self._status and not self._answer.startswith(b"HTTP/1.1 %d " % self._status):
            self._fail(f"did not answer {self._status}")
        else:
            self._go_on()

    def _go_on(self) -> None:
        answer, self._answer = self._answer, b""
        try:
            request = self._job.send(answer)
        except StopIteration:
            self._end()
        else:
            self._send(request)

    def _end(self) -> None:
        now = time.perf_counter()
        self.latencies_s.append(now - self._begun)
        if now < self._deadline:
            self._begin()
        elif not self._done.done():
            self._done.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        self._fail("closed the connection")

    def _fail(self, what: str) -> None:
        if not self._done.done():
            answer = self._answer.decode(errors="replace")
            self._done.set_exception(RuntimeError(f"the server {what}:\n{answer}"))
