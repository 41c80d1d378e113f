"""What tus 1.0.0 says in headers. https://tus.io/protocols/resumable-upload"""

from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import new as new_hasher
from typing import Final

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from media.upload_state import Progress
from media.uploads import CHECKSUMS, Checksum
from wildlife.web.problems import FieldError, Problem, Refused, gather
from wildlife.web.wording import short

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,checksum,expiration,termination"

# What may be wrong with what is said in headers, for the document;
SPEAKING_TUS: Final = ("unsupported_tus_version", "unsupported_extension", "invalid_header")
# … and with how an upload goes on.
GOING_ON: Final = ("upload_not_found", "wrong_offset", "upload_taken_over", "wrong_checksum")

_PATH: Final = "/api/v1/uploads"
_CONTENT_TYPE: Final = "application/offset+octet-stream"

# A caption of 4,000 Chinese characters in Base64, and everything else that is said of a photo.
# HEAD has to give it back, and many a client reads no more of an answer's headers.
_METADATA_BYTES: Final = 20_000

_MOST_BYTES: Final = 10**18

_METADATA: Final = "Upload-Metadata"

OF_CLIENTS: Final = ("filename", "filetype", "name", "type", "relativePath")
"""Keys that clients of tus add by themselves. What a file is called or said to be counts for
nothing: what it is, its bytes say."""

# Those of the extensions that are offered, and of the core.
_HEADERS: Final = {"upload-length", "upload-offset", "upload-metadata", "upload-checksum"}


def speak_tus(app: ASGIApp) -> ASGIApp:
    """Around the whole application, so that routes, guards and logs see what is meant: a POST that
    says in `X-HTTP-Method-Override` what it is; and every answer names our version."""

    async def speaking(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or not f"{scope['path']}/".startswith(f"{_PATH}/"):
            await app(scope, receive, send)
            return
        if scope["method"] == "POST":
            meant = dict(scope["headers"]).get(b"x-http-method-override", b"").decode("latin-1")
            scope["method"] = meant.strip().upper() or "POST"  # type: ignore[typeddict-item]

        async def send_with_version(message: Message) -> None:
            if message["type"] == "http.response.start":
                version = (b"tus-resumable", VERSION.encode())
                message["headers"] = [*message["headers"], version]
            await send(message)

        await app(scope, receive, send_with_version)

    return speaking


def require_version(given: str | None) -> None:
    """Raise unsupported_tus_version unless the client speaks ours."""
    if given != VERSION:
        raise Problem("unsupported_tus_version", given=given or "none", expected=VERSION)


def require_offered(headers: Mapping[str, str]) -> None:
    """Raise unsupported_extension where one of these headers is of an extension not offered.

    Passed over in silence, the halves of a photo would be taken for two photos, and a checksum
    that comes behind the bytes for none.
    """
    foreign = [name for name in headers if name.startswith("upload-") and name not in _HEADERS]
    if "upload-" in headers.get("trailer", "").lower():
        foreign.append("trailer")
    for name in foreign:
        expected = EXTENSIONS.replace(",", ", ")
        raise Problem("unsupported_extension", FieldError(name.title(), expected=expected))


def is_part(content_type: str | None) -> bool:
    """Whether a body of this type is the next part of an upload."""
    return (content_type or "").partition(";")[0].strip().lower() == _CONTENT_TYPE


def require_part(content_type: str | None) -> None:
    """Raise unsupported_media_type unless the body is the next part of an upload."""
    if not is_part(content_type):
        raise Problem("unsupported_media_type", given=content_type, expected=_CONTENT_TYPE)


def read_number(name: str, given: str | None) -> int:
    """The header `name`, a whole number that is not negative; of more bytes than there are
    anywhere, so many."""
    if given is None or not (given.isascii() and given.isdigit()):
        raise _wrong(name, given, "a whole number of bytes")
    digits = given.lstrip("0")
    return _MOST_BYTES if len(digits) > len(str(_MOST_BYTES)) else int(digits or "0")


def read_metadata(given: str) -> dict[str, str]:
    """`Upload-Metadata`: keys, each with a Base64 value or none, separated by commas. Raises
    Problem with all of it that can't be read."""
    if len(given) > _METADATA_BYTES:
        raise _wrong(_METADATA, given, f"at most {_METADATA_BYTES} bytes")
    refused, metadata = Refused(), dict[str, str]()
    for pair in filter(None, map(str.strip, given.split(","))):
        key, _, value = pair.partition(" ")
        if key in metadata:
            refused.problems.append(_wrong(_METADATA, pair, "each key once"))
        elif (text := refused.unless(_read_value, pair, value)) is not None:
            metadata[key] = text
    gather(refused.problems)
    return metadata


def _read_value(pair: str, value: str) -> str:
    try:
        return b64decode(value.strip(), validate=True).decode()
    except ValueError:  # no Base64, or no UTF-8
        expected = "keys with Base64 of UTF-8: filename 5aSn5bGA5a2QLmpwZw==,…"
        raise _wrong(_METADATA, pair, expected) from None


def read_checksum(given: str | None) -> Checksum | None:
    """`Upload-Checksum`: an algorithm and a Base64 digest."""
    if given is None:
        return None
    algorithm, _, encoded = given.partition(" ")
    algorithm = algorithm.lower()
    with suppress(ValueError):
        digest = b64decode(encoded.strip(), validate=True)
        if algorithm in CHECKSUMS and len(digest) == new_hasher(algorithm).digest_size:
            return Checksum(algorithm, digest)
    expected = f"one of {', '.join(CHECKSUMS)}, a space, and the digest in Base64"
    raise _wrong("Upload-Checksum", given, expected)


def describe(progress: Progress) -> dict[str, str]:
    """The headers that say how far an upload is, and until when it is kept."""
    expires_at = datetime.fromtimestamp(progress.expires_at, UTC)
    return {
        "Upload-Offset": str(progress.offset),
        "Upload-Length": str(progress.upload.length),
        "Upload-Expires": format_datetime(expires_at, usegmt=True),
    }


def _wrong(name: str, given: str | None, expected: str) -> Problem:
    """invalid_header; of what was given, no more is told than shows which part is meant."""
    return Problem("invalid_header", FieldError(name, given and short(given), expected))
