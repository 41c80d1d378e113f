"""Parts of a file (RFC 9110, 14): for players, viewers and downloads that go on after a break."""

import re
from typing import Any, NamedTuple

from litestar import Request
from litestar.enums import HttpMethod

from wildlife.web.problems import Problem

_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class Part(NamedTuple):
    """The bytes [start, end) of `size`."""

    start: int
    end: int
    size: int

    @property
    def headers(self) -> dict[str, str]:
        """What an answer with this part says of it."""
        headers = {"Accept-Ranges": "bytes", "Content-Length": str(self.end - self.start)}
        if not self.is_whole:
            headers["Content-Range"] = f"bytes {self.start}-{self.end - 1}/{self.size}"
        return headers

    @property
    def is_whole(self) -> bool:
        return (self.start, self.end) == (0, self.size)

    @property
    def status(self) -> int:
        return 200 if self.is_whole else 206


def asked_part(request: Request[Any, Any, Any], tag: str, size: int) -> Part:
    """The part that the request asks for; the whole where it asks for several, or for one of
    another version (If-Range), or for the headers alone. Raises range_not_satisfiable."""
    whole = Part(0, size, size)
    match = _RANGE.fullmatch(request.headers.get("range", ""))
    is_sent = request.scope.get("method") != HttpMethod.HEAD
    if match is None or not is_sent or request.headers.get("if-range", tag) != tag:
        return whole
    first, last = match.groups()
    if first:
        part = Part(int(first), min(int(last) + 1, size) if last else size, size)
        if last and int(last) < int(first):
            return whole  # no range at all
    elif last:
        part = Part(max(0, size - int(last)), size, size)
    else:
        return whole
    if part.start >= part.end:
        raise Problem("range_not_satisfiable", expected=str(size))
    return part
