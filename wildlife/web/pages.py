"""Pages of a list: by key, never by offset."""

import base64
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Annotated, Any, Generic, TypeAlias, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec
import structlog
from asyncpg import Record
from litestar import Request
from litestar.params import QueryParameter

from wildlife.web.handling import address
from wildlife.web.problems import FieldError, Problem
from wildlife.web.within import times

log = structlog.get_logger()

T = TypeVar("T")
R = TypeVar("R", Record, dict[str, Any])


class Page(msgspec.Struct, Generic[T], frozen=True, omit_defaults=True):
    """A page of a list; `next_cursor` gets the next one, and is null on the last."""

    items: list[T]
    """本页内容。What is on this page, in the order that was asked for."""
    next_cursor: str | None
    """下一页游标。Gets the next page as `cursor`; null on the last."""
    unreadable: list[UUID] = []
    """无法显示的记录。Ids of what belongs on this page and can't be shown: tell the operator."""


AskedCursor: TypeAlias = Annotated[
    str | None, QueryParameter(description="游标。The `next_cursor` of the page before.")
]


def encode_cursor(key: Any) -> str:
    """The cursor that stands for a row's key."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, key: type[T]) -> T | None:
    """The key that a cursor stands for; raises Problem where it is none of ours."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        position = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=key)
        for _, moment in times(position):
            moment.astimezone(UTC)  # what the calendar can't hold can't be compared either
    except (ValueError, OverflowError, msgspec.MsgspecError):
        raise Problem(
            "invalid_parameter", FieldError("cursor", cursor, "the next_cursor of the page before")
        ) from None
    return position


def asked_again(request: Request[Any, Any, Any], **changes: str) -> str:
    """The address that a request was sent to, as the client can call it as it stands, with these
    parameters in place of its own."""
    kept = [one for one in request.query_params.multi_items() if one[0] not in changes]
    query = urlencode([*kept, *changes.items()])
    path = quote(request.url.path)
    return address(request, f"{path}?{query}" if query else path)


def next_link(
    request: Request[Any, Any, Any], cursor: str | None, **changes: str
) -> dict[str, str]:
    """The header that says where a list goes on (RFC 8288), beside `next_cursor`; none on the last
    page."""
    if cursor is None:
        return {}
    return {"Link": f'<{asked_again(request, **changes, cursor=cursor)}>; rel="next"'}


def page(
    rows: Sequence[R],
    limit: int,
    key: Sequence[str],
    show: Callable[[R], T],
    named_by: str = "incident_id",
) -> Page[T]:
    """A page of at most `limit` rows, of which one more was asked for.

    key: the columns that a cursor is made of. A row that can't be shown costs its own line, which
    is named by its column `named_by`.
    """
    items, unreadable = [], []
    for row in rows[:limit]:
        try:
            items.append(show(row))
        except (msgspec.MsgspecError, UnicodeError, ValueError) as error:
            unreadable.append(row[named_by])
            log.warning("unreadable", id=str(unreadable[-1]), error=error)
    if len(rows) <= limit:
        return Page(items, None, unreadable)
    return Page(items, encode_cursor([rows[limit - 1][name] for name in key]), unreadable)
