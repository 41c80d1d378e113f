"""ETags: a record's tag names its last entry, so that nobody decides on an old state."""

from hashlib import sha256
from typing import Any
from zlib import crc32

import msgspec
from litestar import Request, Response

from wildlife.web.problems import Problem


def etag(digest: str, shown: bytes = b"") -> str:
    """The ETag of a record: its last entry, and what is shown of it, encoded."""
    return f'"{digest[:32]}.{crc32(shown):x}"'


def is_current(request: Request[Any, Any, Any], tag: str) -> bool:
    """Whether the client already has what `tag` names (If-None-Match)."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or tag in {
        part.strip().removeprefix("W/") for part in given.split(",")
    }


def not_modified(tag: str) -> Response[Any]:
    """304: what the client has is still right."""
    return Response(None, status_code=304, headers={"ETag": tag})


def require_match(given: str | None, digest: str) -> None:
    """Raise precondition_failed unless If-Match is absent or names the record's last entry."""
    if given is None or given.strip() == "*":
        return
    current = digest[:32]
    if current not in {part.strip().strip('"').partition(".")[0] for part in given.split(",")}:
        raise Problem("precondition_failed", reason=etag(digest), reason_zh=etag(digest))


def content_etag(content: Any) -> str:
    """The ETag of an answer that has no timeline: its content."""
    return f'"{sha256(msgspec.json.encode(content)).hexdigest()[:32]}"'
