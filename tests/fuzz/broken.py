"""What is no HTTP, or ends where it should not, or says two things of its own length."""

from random import Random
from typing import Final

from tests.fuzz.values import HEADER_VALUES

GOOD = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
_LAST = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


_ENDS: Final = [
    b"\r\n0\r\n\r\n", b"0\r\n\r\n", b"\r\n", b"", b"\r\n0\r\nUpload-Checksum: x\r\n\r\n",
    b"\r\n0\r\n" + b"A: b\r\n" * 200 + b"\r\n",
]  # fmt: skip

_LINES: Final = [
    b"A: a\r\n b\r\n", b"A : b\r\n", b": b\r\n", b"A\r\n", b"A: \0\r\n", b"A: a\rb\r\n",
    b"A: a\nB: c\r\n", b"\xe9: a\r\n", b"A: " + b"a" * 500_000 + b"\r\n", b"Host: b\r\n",
    b"".join(b"A%d: b\r\n" % number for number in range(110)),
    b"Expect: 100-continue\r\nContent-Length: 2\r\n",
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
    b"Connection: Content-Length\r\nContent-Length: 2\r\n", b"Proxy-Connection: close\r\n",
    b"".join(b"A%d: b\r\n" % number for number in range(3000)),
]  # fmt: skip

_FIRST: Final = [
    b"GET /healthz\r\n\r\n", b"GET /healthz HTTP/0.9\r\n\r\n", b"GET /healthz HTTP/1.0\r\n\r\n",
    b"GET /healthz HTTP/1.2\r\nHost: a\r\n\r\n", b"GET /healthz HTTP/9.9\r\nHost: a\r\n\r\n",
    b"GET  /healthz  HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
    b"G\xc9T / HTTP/1.1\r\nHost: a\r\n\r\n", b"\r\n" * 50 + _LAST, b"\0" + GOOD, b" " + GOOD,
    b"GET", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0",
    b"GET /healthz HTTP/1.1\nHost: a\n\n", b"GET / HTTP/1.1\r\n\r\n",
    b"GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n",
    b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n" + GOOD,
    b"GET " + b"/" * 700_000 + b" HTTP/1.1\r\n\r\n",
    b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + b"x" * 300, b"EHLO a\r\n", b"\x80\0\0\x01" * 9,
]  # fmt: skip


def broken(random: Random, token: bytes, incident: bytes) -> bytes:
    """Bytes for a connection of their own."""
    calls = [
        b"POST /api/v1/incidents",
        b"POST /api/v1/incidents/%s/entries" % incident,
        b"POST /api/v1/session",
        b"POST /api/v1/receipts",
        b"PUT /api/v1/incidents/%s/photos/%s" % (incident, incident),
        b"POST /api/v1/uploads",
        b"GET /api/v1/incidents",
        b"DELETE /api/v1/incidents/%s/informant" % incident,
    ]
    head = (
        random.choice(calls) + b" HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + b"\r\n"
    )
    return random.choice(_WAYS)(random, head)


def _length(random: Random, head: bytes) -> bytes:
    """Another length than it has."""
    lengths = (b"0", b"1", b"100", b"-1", b"+2", b"2, 2", b"2, 3", b"0x2", b"2.0", b"", b"\xb2")
    length = random.choice((*lengths, b"18446744073709551615", b"9" * 40, b"9223372036854775807"))
    lines = b"Content-Length: " + length + b"\r\n"
    if random.random() < 0.3:
        lines += b"Content-Length: " + random.choice(lengths) + b"\r\n"
    return head + lines + b"\r\n{}" + random.choice((b"", GOOD, b"x" * 200))


def _coding(random: Random, head: bytes) -> bytes:
    """Chunks that are none, or in a coding that nobody knows."""
    codings = (b"chunked", b"Chunked", b"gzip", b"gzip, chunked", b"chunked, chunked", b"identity")
    coding = random.choice((*codings, b"chunked;a=b", b"\x0bchunked", b"", b"chunked, identity"))
    lines = b"Transfer-Encoding: " + coding + b"\r\n"
    if random.random() < 0.3:
        lines += b"Content-Length: " + random.choice((b"0", b"2", b"100")) + b"\r\n"
    sizes = (b"2", b"02", b"0x2", b"-2", b"zz", b"", b" 2", b"2 ", b"3", b"1", b"7fffffffffffffff")
    size = random.choice((*sizes, b"ffffffffffffffff", b"f" * 17, b"2;a=b", b"2;" + b"a" * 20_000))
    end = random.choice(_ENDS)
    return head + lines + b"\r\n" + size + b"\r\n{}" + end + random.choice((b"", GOOD))


def _head(random: Random, head: bytes) -> bytes:
    """Lines that are no headers, or very many, or very long."""
    odd = random.choice(HEADER_VALUES)
    lines = random.choice((*_LINES, b"A: " + odd + b"\r\n"))
    return head + lines + b"\r\n" + random.choice((b"", b"{}", GOOD))


def _line(random: Random, _: bytes) -> bytes:
    """A first line as there is none."""
    return random.choice(_FIRST)


def _several(random: Random, head: bytes) -> bytes:
    """Many at once, of which the last is cut off."""
    many = b"".join(
        random.choice((GOOD, head + b"Content-Length: 2\r\n\r\n{}"))
        for _ in range(random.randrange(9))
    )
    return many + random.choice((_LAST, GOOD[: random.randrange(len(GOOD))], b"", head))


def _noise(random: Random, head: bytes) -> bytes:
    """A request with other bytes in it, or none at all."""
    if random.random() < 0.2:
        return random.randbytes(random.choice((0, 1, 20, 3000)))
    sent = bytearray(head + b"Content-Length: 2\r\n\r\n{}")
    for _ in range(random.choice((1, 2, 5))):
        sent[random.randrange(len(sent))] = random.randrange(256)
    return bytes(sent)


_WAYS: Final = [_length, _coding, _head, _line, _several, _noise]
