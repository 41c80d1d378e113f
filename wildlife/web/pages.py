"""Pages of a list: by key, never by offset."""

import base64
from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec
import structlog
from asyncpg import Record

from wildlife.web.decoding import times
from wildlife.web.problems import FieldError, Problem

log = structlog.get_logger()

T = TypeVar("T")
R = TypeVar("R", Record, dict[str, Any])


class Page(msgspec.Struct, Generic[T], frozen=True, omit_defaults=True):
    """A page of a list; `next_cursor` gets the next one, and is null on the last."""

    items: list[T]
    next_cursor: str | None
    unreadable: list[UUID] = []
    """What belongs on this page and can't be shown, by its id: tell the operator."""


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
