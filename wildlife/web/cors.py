"""Who may use the API from a page of another address, in a browser (Fetch, CORS protocol)."""

from typing import Final

from litestar.config.cors import CORSConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

# What such a page may read of an answer: what apps and clients of tus go by.
_EXPOSED: Final = [
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "Tus-Checksum-Algorithm",
    "Tus-Extension",
    "Tus-Max-Size",
    "Tus-Resumable",
    "Tus-Version",
    "Upload-Expires",
    "Upload-Length",
    "Upload-Metadata",
    "Upload-Offset",
    "X-Request-Id",
]


def cors(origins: str | None) -> CORSConfig | None:
    """For these origins, separated by commas; without any, pages of other addresses may nothing.

    Whoever asks is known by a token that they send, never by a cookie: so no credentials.
    """
    if origins is None:
        return None
    allowed = [origin.strip() for origin in origins.split(",")]
    return CORSConfig(allow_origins=allowed, expose_headers=_EXPOSED)


def let_discover(app: ASGIApp, config: CORSConfig) -> ASGIApp:
    """The framework takes every OPTIONS from a page for a preflight. One that names no method to
    come is the request itself (Fetch, 3.2.2): what a client of tus asks what the server can do."""

    async def discovered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] == "OPTIONS":
            sent = dict(scope["headers"])
            origin = sent.get(b"origin", b"").decode("latin-1")
            if origin and b"access-control-request-method" not in sent:
                # It goes on as if it came from no page, and its answer as to one.
                scope["headers"] = [one for one in scope["headers"] if one[0] != b"origin"]
                send = _to_page(send, config, origin)
        await app(scope, receive, send)

    return discovered


def _to_page(send: Send, config: CORSConfig, origin: str) -> Send:
    """What is sent, for a page of `origin` to read where it may."""

    async def to_page(message: Message) -> None:
        if message["type"] == "http.response.start" and config.is_origin_allowed(origin):
            headers = MutableScopeHeaders.from_message(message)
            headers.update(config.simple_headers)
            if not config.is_allow_all_origins:
                headers["Access-Control-Allow-Origin"] = origin
                headers["Vary"] = "Origin"
        await send(message)

    return to_page


def note_vary(app: ASGIApp) -> ASGIApp:
    """Keep what a route says that its answer varies by, for `vary_by_all`."""

    async def noted(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = (one for name, one in message["headers"] if name.lower() == b"vary")
                scope["state"]["vary"] = b", ".join(given).decode()
            await send(message)

        await app(scope, receive, send_noted)

    return noted


async def vary_by_all(message: Message, scope: Scope) -> None:
    """The framework puts `Vary: Origin` in place of what the route said, which `note_vary` keeps:
    a cache would show a WebP to who takes none."""
    by_route: str = scope["state"].get("vary", "")
    if message["type"] == "http.response.start" and by_route:
        headers = MutableScopeHeaders.from_message(message)
        if headers.get("Vary") not in (None, by_route):
            headers["Vary"] = f"{by_route}, {headers['Vary']}"
