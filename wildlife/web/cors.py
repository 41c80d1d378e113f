"""Who may use the API from a page of another address, in a browser (Fetch, CORS protocol)."""

from typing import Final

from litestar.config.cors import CORSConfig
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

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


async def vary_by_all(message: Message, scope: Scope) -> None:
    """The framework puts `Vary: Origin` in place of what the route said, which `be_careful` keeps:
    a cache would show a WebP to who takes none."""
    by_route: str = scope["state"].get("vary", "")
    if message["type"] == "http.response.start" and by_route:
        headers = MutableScopeHeaders.from_message(message)
        if headers.get("Vary") not in (None, by_route):
            headers["Vary"] = f"{by_route}, {headers['Vary']}"
