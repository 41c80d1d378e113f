"""What broke other people's servers, frameworks and databases, as their public reports tell it."""

from collections.abc import Iterator
from typing import NamedTuple

from tests.fuzz.wire import request
from tests.users import API

_FAR = b"9" * 400
_DEEP = b"[" * 100_000


class Reported(NamedTuple):
    """A request, and what broke by one like it."""

    what: str
    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes | None = None


REPORTED = [
    Reported("a server ended: bytes in a path that are no UTF-8", b"GET", b"/%c0"),
    Reported("… and overlong ones", b"GET", b"/..%c0%af..%c0%af..%c0%afetc/passwd"),
    Reported("… and marks of direction", b"GET", b"/%E2%80%8E"),
    Reported("a letter outside ASCII in a path", b"GET", b"/en/LU%C4%8C28/"),
    Reported("a percent sign alone", b"GET", b"/%"),
    Reported("… and in a parameter", b"GET", b"/api/v1/species?q=%"),
    Reported("a cookie that is no text", b"GET", b"/healthz", ((b"Cookie", b"C=%80; \xff=\xfe"),)),
    Reported("two cookies in two lines", b"GET", b"/healthz", ((b"Cookie", b"a=1"),) * 2),
    Reported("a form without a boundary", b"POST", b"/api/v1/incidents",
             ((b"Content-Type", b"multipart/form-data"),), b"x"),
    Reported("a form whose boundary is none", b"POST", b"/api/v1/incidents",
             ((b"Content-Type", b"multipart/form-data; boundary=a/b c"),), b"--a/b c"),
    Reported("a port that is no number", b"GET", b"/api/v1/x", ((b"Host", b"${ip}:${port}"),)),
    Reported("… nor one of a proxy", b"GET", b"/api/v1/x", ((b"X-Forwarded-Port", b"x"),)),
    Reported("an address of IPv6 that is none", b"GET", b"/api/v1/x", ((b"Host", b"[::1"),)),
    Reported("a range that ends before it begins", b"GET", b"/docs/assets/start.js",
             ((b"Range", b"bytes=5-4"),)),
    Reported("thousands of ranges", b"GET", b"/docs/assets/start.js",
             ((b"Range", b"bytes=" + b",".join(b"%d-%d" % (n, n) for n in range(3000))),)),
    Reported("digits for a pattern that tries all", b"GET", b"/docs/assets/start.js",
             ((b"Range", b"bytes=" + b"0" * 15_000),)),
    Reported("a weight that is none", b"GET", b"/api/v1/incidents",
             ((b"Accept", b"text/html;q=xml0.9, */*;q=, a"),)),
    Reported("an asterisk for a language", b"GET", b"/nothing",
             ((b"Accept-Language", b"de-DE,de;q=0.9,*;q=0.7"),)),
    Reported("a number beyond 32 bits", b"GET", b"/api/v1/animals?limit=2147483648"),
    Reported("… and beyond all", b"GET", b"/api/v1/animals?limit=1.0979741403836703e+248"),
    Reported("… in a body", b"POST", b"/api/v1/incidents", (),
             b'{"animals":[{"count":%s}]}' % _FAR),
    Reported("… for one with a fraction", b"POST", b"/api/v1/incidents", (),
             b'{"place":{"point":{"longitude":%s}}}' % _FAR),
    Reported("65 bits, read as another number", b"POST", b"/api/v1/incidents", (),
             b'{"animals":[{"count":19933688932870350000}]}'),
    Reported("the end of all time", b"GET", b"/api/v1/animals?from=infinity&to=-infinity"),
    Reported("U+0000 in a search", b"GET", b"/api/v1/incidents?q=%00"),
    Reported("a pattern that ends with a backslash", b"GET", b"/api/v1/species?q=%5C"),
    Reported("… in a search", b"GET", b"/api/v1/incidents?q=a%5C"),
    Reported("operators of a full-text search", b"GET", b"/api/v1/incidents?q=%27b%20%26!(:*"),
    Reported("half a character", b"POST", b"/api/v1/receipts", (), rb'{"ids":["\ud800"]}'),
    Reported("lists in lists", b"POST", b"/api/v1/incidents", (), _DEEP),
    Reported("a negative length of an upload", b"POST", b"/api/v1/uploads",
             ((b"Tus-Resumable", b"1.0.0"), (b"Upload-Length", b"-1"))),
    Reported("an upgrade that nobody asked for", b"GET", b"/healthz",
             ((b"Connection", b"Upgrade"), (b"Upgrade", b"h2c"))),
    Reported("a promise that the body comes", b"POST", b"/api/v1/receipts",
             ((b"Expect", b"100-continue"),), b"{}"),
]  # fmt: skip
"""Each with what it was in other servers' reports; `/api` is asked by an officer."""


def as_sent(token: str) -> Iterator[tuple[Reported, bytes]]:
    """Each, as it is sent."""
    signed = (b"Authorization", f"Bearer {token}".encode())
    for one in REPORTED:
        named = {name.lower() for name, _ in one.headers}
        host = () if b"host" in named else ((b"Host", b"a"),)
        headers = [*host, *one.headers, *([signed] if one.target.startswith(API.encode()) else [])]
        yield one, request(one.method, one.target, headers, one.body)
