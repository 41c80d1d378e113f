"""What may be called: every operation of the document, and addresses, methods and headers that are
none of its."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from tests.documented import document
from tests.users import API


class Parameter(NamedTuple):
    """What the document says that may be said in an address or a header."""

    place: str
    name: str
    said: list[str]


class Documented(NamedTuple):
    """An operation of the document."""

    method: bytes
    path: str
    parameters: list[Parameter]
    has_json: bool


@cache
def operations() -> list[Documented]:
    """All, but the one that signs out who asks."""
    return [
        Documented(
            method.upper().encode(),
            path,
            [
                Parameter(one["in"], one["name"], [*_examples(one)])
                for one in operation.get("parameters", [])
            ],
            "application/json" in operation.get("requestBody", {}).get("content", {}),
        )
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
        if (method, path) != ("delete", f"{API}/session")
    ]


def _examples(said: Any) -> Iterator[str]:
    """What a schema gives as right: examples, codes, bounds."""
    if isinstance(said, list):
        for one in said:
            yield from _examples(one)
    elif isinstance(said, dict):
        if "$ref" in said:
            yield from _examples(document()["components"]["schemas"][said["$ref"].split("/")[-1]])
        for name, value in said.items():
            if name in ("examples", "enum") and isinstance(value, list):
                yield from map(str, value)
            elif name in ("example", "const", "default", "minimum", "maximum"):
                yield str(value)
            else:
                yield from _examples(value)


HEADERS: Final = [
    "Accept", "Accept-Language", "Accept-Encoding", "Accept-Charset", "If-Match", "If-None-Match",
    "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range", "Authorization", "Cookie",
    "Content-Type", "Content-Encoding", "Content-Language", "Content-Location", "Content-Range",
    "Upload-Length", "Upload-Offset", "Upload-Metadata", "Upload-Checksum", "Upload-Concat",
    "Upload-Defer-Length", "Upload-Expires", "Upload-Complete", "Tus-Resumable", "Tus-Version",
    "X-HTTP-Method-Override", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Host",
    "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Real-IP", "Forwarded", "Via", "Origin", "Referer",
    "Access-Control-Request-Method", "Access-Control-Request-Headers", "Sec-Fetch-Site", "DNT",
    "Expect", "Connection", "Keep-Alive", "Upgrade", "TE", "Trailer", "Prefer", "Priority",
    "X-Request-Id", "User-Agent", "From", "Date", "Cache-Control", "Pragma", "Max-Forwards",
    "Sec-WebSocket-Key", "Sec-WebSocket-Version", "HTTP2-Settings", "Proxy", "X-Original-URL",
]  # fmt: skip

METHODS: Final = [
    b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS", b"TRACE", b"CONNECT",
    b"PROPFIND", b"QUERY", b"get", b"FOO", b"M-SEARCH", b"A" * 200, b"PRI", b"!#$%&'*+-.^_`|~",
]  # fmt: skip

TARGETS: Final = [
    b"/", b"*", b"//", b"/.", b"/..", b"/%", b"/%zz", b"/%00", b"/%ff", b"/%c0%af", b"/%ed%a0%80",
    b"/%2e%2e/%2e%2e/etc/passwd", b"/..%2f..%2fetc/passwd", b"/api%2fv1%2fsession", b"/api/v1",
    b"/api/v1/", b"/api/v1/../v1/session", b"/api/v1/./session", b"/api//v1/session", b"/api/v2/",
    b"/api/v1/session/", b"/api/v1/session//", b"/api/v1/session%20", b"/api/v1/session%00",
    b"/api/v1/session;a=b", b"/api/v1/session%3fa", b"/API/V1/SESSION", b"/api/v1/s%65ssion",
    b"/docs", b"/docs/", b"/docs/openapi.json", b"/docs/assets/", b"/docs/assets/%2e%2e/about.md",
    b"/docs/assets/..%2f..%2fopenapi.py", b"/docs/assets/start.js", b"/docs/assets/a%00",
    b"/docs/x", b"/docs/assets/" + b"%2e%2e%2f" * 500, b"/docs/assets/" + b"a/" * 2000,
    b"/docs/assets/%ff.js", b"/" + b"a" * 5000, b"/" + b"a" * 60_000, b"/" + b"a/" * 20_000,
    b"/" + b"%e9%b8%ac" * 3000, b"http://a/healthz", b"http://[::1/healthz",
    b"https://a:99999/healthz", b"a:1", b"healthz", b"/healthz?", b"/healthz?&&&=&",
    b"/healthz?a=%", b"/healthz#a", b"/healthz?#", b"?a", b"/metrics", b"/favicon.ico",
    b"/robots.txt", b"/.git/config", b"/wp-login.php", b"/cgi-bin/;ls", b"/\\..\\",
    "/api/v1/species?q=鸬鹚".encode(), "/api/v1/鸬鹚".encode(), b"/api/v1/species?q=\xff", b"/\xff",
    b"/api/v1/species?" + b"q=a&" * 5000, b"/api/v1/species?" + b"&" * 30_000, b"/\x7f", b"/{}",
    b"/<>",
]  # fmt: skip
