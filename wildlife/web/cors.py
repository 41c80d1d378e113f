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
    "Total-Count",
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


def answer_pages(app: ASGIApp, config: CORSConfig) -> ASGIApp:
    """Let pages of the origins that are allowed read what they are answered.

    Preflights alone are left to the framework. It takes every OPTIONS from a page for one, where
    one that names no method to come is the request itself (Fetch, 3.2.2): what a client of tus asks
    what the server can do. And it puts `Vary: Origin` in place of what a route says: a cache would
    show a WebP to who takes none.
    """

    async def answered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP:
            sent = dict(scope["headers"])
            origin = sent.get(b"origin", b"").decode("latin-1")
            is_preflight = scope["method"] == "OPTIONS" and b"access-control-request-method" in sent
            if origin and not is_preflight:
                # It goes on as if it came from no page, and its answer as to one.
                scope["headers"] = [one for one in scope["headers"] if one[0] != b"origin"]
                send = _to_page(send, config, origin)
        await app(scope, receive, send)

    return answered


def _to_page(send: Send, config: CORSConfig, origin: str) -> Send:
    """What is sent, for a page of `origin` to read where it may."""

    async def to_page(message: Message) -> None:
        if message["type"] == "http.response.start" and config.is_origin_allowed(origin):
            headers = MutableScopeHeaders.from_message(message)
            headers.update(config.simple_headers)
            if not config.is_allow_all_origins:
                headers["Access-Control-Allow-Origin"] = origin
                headers["Vary"] = ", ".join([*headers.getall("Vary", []), "Origin"])
        await send(message)

    return to_page
