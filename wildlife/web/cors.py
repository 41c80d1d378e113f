"""Who may use the API from a page of another address, in a browser (Fetch, CORS protocol)."""

from typing import Final

from litestar.config.cors import CORSConfig

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
