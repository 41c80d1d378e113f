"""How much may be said before the body.

The server takes an address of 65,534 bytes, 100 headers, and some 400 kB in all, which is also the
piece in which a photo comes: in smaller ones each would cost half as much again. What it refuses it
answers without a word (414, 431). Nobody has so much to say: what is larger than this is refused
before any of it is read.
"""

from typing import Any, Final

from litestar.connection import ASGIConnection

from wildlife.web.problems import Problem

# Room for what a photo is said to show, which PUT takes as a parameter: 4,000 Chinese characters of
# three bytes each, and three characters a byte.
MOST_ADDRESS_BYTES: Final = 48 * 1024
# Room for the same in Base64, in `Upload-Metadata`.
MOST_HEADER_BYTES: Final = 32 * 1024


def require_moderate(connection: ASGIConnection[Any, Any, Any, Any]) -> None:
    """Raises Problem address_too_long, or headers_too_large."""
    scope = connection.scope
    if len(scope["raw_path"]) + len(scope["query_string"]) > MOST_ADDRESS_BYTES:
        raise Problem("address_too_long", expected=str(MOST_ADDRESS_BYTES))
    if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADER_BYTES:
        raise Problem("headers_too_large", expected=str(MOST_HEADER_BYTES))
