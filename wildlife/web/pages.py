"""Pages of a list: by key, never by offset."""

import base64
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Annotated, Any, Final, Generic, NamedTuple, Protocol, TypeAlias, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

import msgspec
import structlog
from asyncpg import Record
from litestar import Request, Response
from litestar.params import QueryParameter

from wildlife.web.problems import FieldError, Problem
from wildlife.web.requests import address
from wildlife.words.sentences import Sentence

log = structlog.get_logger()

# How much of a list, from where on, and how it is written: the same list all the same.
OF_THE_PAGE: Final = {"cursor", "limit", "format", "fields", "labels", "count"}
_OF_ANOTHER_QUESTION: Final = Sentence(
    "`cursor` goes on with another question than this one. Ask it as the page before was asked, but"
    " for `limit`, `format`, `fields`, `labels` and `count`: the `Link` of that page is the whole"
    " address.",
    "游标（`cursor`）属于另一次查询。除 `limit`、`format`、`fields`、`labels` 和 `count` 外，各项"
    "参数须与上一页相同；上一页的响应头 `Link` 中有完整地址。",
)

_NONE_OF_OURS: Final = Sentence(
    "`cursor` is not one that this service gave, or was altered on the way: send the `next_cursor`"
    " of the page before as it is, or begin again without it.",
    "游标（`cursor`）不是本系统给出的，或已被改动：请原样使用上一页的 `next_cursor`，或去掉它从头"
    "查起。",
)

T = TypeVar("T")
R = TypeVar("R", bound=Record | msgspec.Struct)


# Node refuses an answer whose headers have more than 16 KB, proxies one with 8.
LONGEST_LINK: Final = 4000

SEARCH: Final = "/search"
"""How the path of a list ends that is asked for by a body."""


class Page(msgspec.Struct, Generic[T], frozen=True, omit_defaults=True):
    """一页清单。A page of a list; `next_cursor` gets the next one, and is null on the last."""

    items: list[T]
    """本页内容。What is on this page, in the order that was asked for."""
    next_cursor: str | None
    """下一页游标。Gets the next page as `cursor`; null on the last."""
    unreadable: list[UUID] = []
    """无法显示的记录。Ids of what belongs on this page and can't be shown: tell the operator."""
    total: int | None = None
    """总条数。How many there are on all pages; where `count` asked for it."""
    total_is_estimated: bool | None = None
    """总条数是否为估计。Whether there may be more or fewer than `total`; where `count` asked."""


AskedCursor: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        description="游标。The `next_cursor` of the page before, together with all that was asked"
        " there; `limit`, `format`, `fields`, `labels` and `count` may change. Or follow `Link`."
    ),
]


AskedLimit: TypeAlias = Annotated[
    int, QueryParameter(ge=1, le=500, description="每页条数。How many a page has, at most.")
]


class Question(NamedTuple):
    """What is asked for, on whichever page: a cursor counts for that alone."""

    digest: str
    signer: "Signer"


class Signer(Protocol):
    """What knows again what it signed, in whichever process."""

    def sign(self, content: bytes) -> bytes: ...
    def is_signed(self, content: bytes, signature: bytes) -> bool: ...


class _Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where which list goes on, as it is signed."""

    question: str
    key: msgspec.Raw


SIGNATURE_BYTES: Final = 32


def path_of(request: Request[Any, Any, Any]) -> str:
    """Of the list that is asked: that of a search is the one whose GET it stands for."""
    return request.url.path.removesuffix(SEARCH)


def question_of(request: Request[Any, Any, Any]) -> Question:
    """What a request asks for."""
    given = request.query_params.multi_items()
    asked = sorted((name, value) for name, value in given if name not in OF_THE_PAGE)
    digest = sha256(urlencode([("", path_of(request)), *asked]).encode()).hexdigest()[:12]
    return Question(digest, request.app.state.service.vault)


def encode_cursor(question: Question, key: Any) -> str:
    """The cursor that stands for a row's key, in answer to a question."""
    cursor = _Cursor(question.digest, msgspec.Raw(msgspec.json.encode(key)))
    content = msgspec.json.encode(cursor)
    signature = question.signer.sign(content)
    return base64.urlsafe_b64encode(signature + content).rstrip(b"=").decode()


def decode_cursor(question: Question, cursor: str | None, key: type[T]) -> T | None:
    """The key that a cursor stands for; raises Problem where it is none of ours, was altered, or
    belongs to another question: its list has other rows, or another order."""
    if cursor is None:
        return None
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        given = base64.b64decode(padded, altchars=b"-_", validate=True)
        signature, content = given[:SIGNATURE_BYTES], given[SIGNATURE_BYTES:]
        held = msgspec.json.decode(content, type=_Cursor)
    except (ValueError, msgspec.MsgspecError):
        raise _none_of_ours(cursor) from None
    if not question.signer.is_signed(content, signature):
        raise _none_of_ours(cursor)
    if held.question != question.digest:
        raise Problem("invalid_parameter", FieldError("cursor", cursor, said=_OF_ANOTHER_QUESTION))
    try:
        return msgspec.json.decode(held.key, type=key)
    except msgspec.MsgspecError:  # of an earlier version
        raise _none_of_ours(cursor) from None


def _none_of_ours(cursor: str) -> Problem:
    expected = "the next_cursor of the page before"
    return Problem("invalid_parameter", FieldError("cursor", cursor, expected, said=_NONE_OF_OURS))


def asked_again(request: Request[Any, Any, Any], **changes: str) -> str:
    """The address that a request was sent to, as the client can call it as it stands, with these
    parameters in place of its own."""
    kept = [one for one in request.query_params.multi_items() if one[0] not in changes]
    query = urlencode([*kept, *changes.items()])
    path = quote(path_of(request))
    return address(request, f"{path}?{query}" if query else path)


def next_link(
    request: Request[Any, Any, Any], cursor: str | None, **changes: str
) -> dict[str, str]:
    """The header that says where a list goes on (RFC 8288), beside `next_cursor`; none on the last
    page, nor where its address is longer than clients take in a header."""
    if cursor is None:
        return {}
    link = f'<{asked_again(request, **changes, cursor=cursor)}>; rel="next"'
    return {"Link": link} if len(link) <= LONGEST_LINK else {}


def page(
    rows: Sequence[R],
    question: Question,
    limit: int,
    key: Sequence[str],
    show: Callable[[R], T],
    named_by: str = "incident_id",
) -> Page[T]:
    """A page of at most `limit` rows, of which one more was asked for.

    rows: of the database, or Structs of those. question: as `question_of` says it. key: the columns
    that a cursor is made of. A row that can't be shown costs its own line, which is named by its
    column `named_by`.
    """
    items, unreadable = [], []
    for row in rows[:limit]:
        try:
            items.append(show(row))
        except (msgspec.MsgspecError, UnicodeError, ValueError) as error:
            unreadable.append(_column(row, named_by))
            log.warning("unreadable", id=str(unreadable[-1]), error=error)
    if len(rows) <= limit:
        return Page(items, None, unreadable)
    last = [_column(rows[limit - 1], name) for name in key]
    return Page(items, encode_cursor(question, last), unreadable)


def _column(row: Record | msgspec.Struct, name: str) -> Any:
    return row[name] if isinstance(row, Record) else getattr(row, name)


def answer_page(
    request: Request[Any, Any, Any],
    rows: Sequence[R],
    limit: int,
    key: type[tuple[Any, ...]],
    show: Callable[[R], T],
    named_by: str,
) -> Response[Page[T]]:
    """The answer with a page of what was asked for, and where it goes on. key: a NamedTuple of the
    columns that a cursor is made of; all else as `page` has it."""
    columns: Sequence[str] = key._fields  # type: ignore[attr-defined]
    found = page(rows, question_of(request), limit, columns, show, named_by)
    return Response(found, headers=next_link(request, found.next_cursor))
