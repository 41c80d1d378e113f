"""What tus 1.0.0 says in headers. https://tus.io/protocols/resumable-upload"""

from base64 import b64decode
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import new as new_hasher
from typing import Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from media.uploads import CHECKSUMS, Checksum, Progress
from wildlife.problems import FieldError, Problem

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,checksum,expiration,termination"
CONTENT_TYPE: Final = "application/offset+octet-stream"


def speak_tus(app: ASGIApp) -> ASGIApp:
    """Name our version in every answer, refusals too."""

    async def speaking(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"tus-resumable", VERSION.encode()),
                ]
            await send(message)

        await app(scope, receive, send_with_version)

    return speaking


def require_version(given: str | None) -> None:
    """Raise unsupported_tus_version unless the client speaks ours."""
    if given != VERSION:
        raise Problem("unsupported_tus_version", given=given, expected=VERSION)


def read_number(name: str, given: str | None) -> int:
    """The header `name`, a whole number that is not negative."""
    if given is None or not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise Problem("invalid_header", FieldError(name, given, "a whole number of bytes"))
    return int(given)


def read_metadata(given: str) -> dict[str, str]:
    """`Upload-Metadata`: keys, each with a Base64 value, separated by commas."""
    metadata = {}
    for pair in filter(None, given.split(",")):
        key, _, value = pair.strip().partition(" ")
        try:
            metadata[key] = b64decode(value, validate=True).decode()
        except ValueError:  # no Base64, or no UTF-8
            expected = "keys with Base64 of UTF-8: filename 5aSn5bGA5a2QLmpwZw==,…"
            raise Problem("invalid_header", FieldError("Upload-Metadata", pair, expected)) from None
    return metadata


def read_checksum(given: str | None) -> Checksum | None:
    """`Upload-Checksum`: an algorithm and a Base64 digest."""
    if given is None:
        return None
    algorithm, _, encoded = given.partition(" ")
    with suppress(ValueError):
        digest = b64decode(encoded, validate=True)
        if algorithm in CHECKSUMS and len(digest) == new_hasher(algorithm).digest_size:
            return Checksum(algorithm, digest)
    expected = f"one of {', '.join(CHECKSUMS)}, a space, and the digest in Base64"
    raise Problem("invalid_header", FieldError("Upload-Checksum", given, expected))


def describe(progress: Progress) -> dict[str, str]:
    """The headers that say how far an upload is, and until when it is kept."""
    expires_at = datetime.fromtimestamp(progress.expires_at, UTC)
    return {
        "Upload-Offset": str(progress.offset),
        "Upload-Length": str(progress.upload.length),
        "Upload-Expires": format_datetime(expires_at, usegmt=True),
    }
