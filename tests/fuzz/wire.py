"""Bytes on a socket, and the answers that come back."""

import socket
import time
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from io import BufferedReader
from typing import Any, NamedTuple


class Answer(NamedTuple):
    """What came back for a request."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


class Unanswered(Exception):
    """What came back is no answer, or nothing did."""


class Wire:
    """A client's connections to a server, one after the other; who waits so long for an answer."""

    def __init__(self, port: int, within_s: float) -> None:
        self._port, self._within_s = port, within_s
        self._socket: socket.socket | None = None
        self._read: BufferedReader | None = None

    def ask(self, sent: bytes, method: str) -> Answer:
        """The answer to one request, on the connection that the one before left open. Raises
        Unanswered."""
        for is_new in (self._socket is None, True):
            try:
                answer = self._asked(sent, method)
            except Unanswered:
                self.close()
                raise
            except ConnectionError as error:
                self.close()
                if is_new:  # else the server may have ended it while nobody asked anything
                    raise Unanswered(repr(error)) from None
            else:
                break
        if (answer.header("connection") or "").lower() == "close":
            self.close()
        return answer

    def _asked(self, sent: bytes, method: str) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), self._within_s)
            self._read = self._socket.makefile("rb")
        assert self._read is not None
        with suppress(ConnectionError):  # who is refused early reads no rest
            self._socket.sendall(sent)
        return _read_answer(self._read, method)

    def tell(self, sent: bytes) -> list[Answer]:
        """All answers to bytes that may be several requests, one, or none, after which nothing
        follows: until the server ends the connection. Raises Unanswered where it doesn't in
        time."""
        answers = []
        with (
            socket.create_connection(("127.0.0.1", self._port), self._within_s) as connection,
            connection.makefile("rb") as read,
            suppress(ConnectionError),  # it may end it while it is told
        ):
            deadline = time.monotonic() + self._within_s
            try:
                connection.sendall(sent)
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_WR)
                while read.peek(1):
                    answers.append(_read_answer(read, "GET"))
                    if time.monotonic() > deadline:
                        raise Unanswered("answers without end")
            except TimeoutError:
                raise Unanswered(f"silence after {len(answers)} answers") from None
        return answers

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = self._read = None


class _Shared:
    """A connection of which several answers are read: the library would close it with the first."""

    def __init__(self, read: BufferedReader) -> None:
        self._read = read

    def makefile(self, _: str) -> Any:
        return self

    def close(self) -> None:
        pass

    def __getattr__(self, name: str) -> Any:
        return getattr(self._read, name)


def _read_answer(read: BufferedReader, method: str) -> Answer:
    response = HTTPResponse(_Shared(read), method=method)  # type: ignore[arg-type]
    try:
        response.begin()
        content = response.read()
    except TimeoutError:
        raise Unanswered("silence") from None
    except ConnectionError:  # of which the library's own is one
        raise
    except (HTTPException, ValueError) as error:
        raise Unanswered(repr(error)) from None
    return Answer(response.status, response.getheaders(), content)


def request(
    method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes | None
) -> bytes:
    """A request as it is sent. Its length is told where it has a body, and the headers do not."""
    lines = [b"%s %s HTTP/1.1" % (method, target)]
    lines += [b"%s: %s" % one for one in headers]
    told = {name.lower() for name, _ in headers}
    if body is not None and not told & {b"content-length", b"transfer-encoding"}:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join([*lines, b"", body or b""])


def chunked(body: bytes, size: int) -> bytes:
    """A body in chunks of this size."""
    chunks = (body[start : start + size] for start in range(0, len(body), size))
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in chunks) + b"0\r\n\r\n"
