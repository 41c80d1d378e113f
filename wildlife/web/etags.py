"""ETags: a record's tag names its last entry, so that nobody decides on an old state."""

from hashlib import sha256
from typing import Any
from zlib import crc32

import msgspec
from litestar import Request, Response

from wildlife.web.negotiation import whole_header
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence


def etag(digest: str, shown: bytes = b"") -> str:
    """The ETag of a record: its last entry, and what is shown of it, encoded."""
    return f'"{digest[:32]}.{crc32(shown):x}"'


def is_current(request: Request[Any, Any, Any], tag: str) -> bool:
    """Whether the client already has what `tag` names (If-None-Match)."""
    given = whole_header(request, "if-none-match")
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
    tags = {part.strip() for part in given.split(",")}
    if current in {tag.strip('"').partition(".")[0] for tag in tags}:
        return
    if any(tag.startswith("W/") for tag in tags):
        raise Problem("precondition_failed", said=_weak(etag(digest)))
    raise Problem("precondition_failed", reason=Sentence(etag(digest), etag(digest)))


def _weak(current: str) -> Sentence:
    """Who reads it again, through what makes it weak, would read it for ever."""
    return Sentence(
        f"If-Match was a weak tag (W/), which never matches. The record's ETag is now {current}:"
        " send it as it is, without W/, if that is the state that was decided on.",
        f"If-Match 填的是弱标签（W/），弱标签一律不匹配。该记录的 ETag 现为 {current}："
        "如系按此状态操作，请照此填写，不加 W/。",
    )


def content_etag(content: Any) -> str:
    """The ETag of an answer that has no timeline: its content."""
    return f'"{sha256(msgspec.json.encode(content)).hexdigest()[:32]}"'
