"""Problems as they are answered (RFC 9457)."""

from typing import Any, Final

import msgspec

from wildlife.web.near import Choice

MEDIA_TYPE: Final = "application/problem+json"


class FieldErrorDetail(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """有误字段。One field that is wrong, as it is told: where it is, what was given, what would be
    right."""

    field: str
    """字段。Which field or parameter, inner ones as `outer.inner`, items as `list[0]`."""
    pointer: str | None = None
    """字段指针。The same as a JSON Pointer (RFC 6901) into the body."""
    code: str | None = None
    """问题代码。What is wrong with it, as in `code` of the problem."""
    detail: str | None = None
    """说明。A sentence that says what is wrong and how to put it right, in the reader's
    language."""
    given: Any = None
    """所填内容。What was given, cut short."""
    expected: str | None = None
    """应填内容。What would be right, in the reader's language."""
    codes: list[Choice] = []
    """可填代码。Those that may be given, with their labels."""
    did_you_mean: list[Choice] = []
    """可能想填的内容。What was perhaps meant: the nearest codes, with their labels."""


class ProblemDetail(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """问题说明。The answer to a request that could not be served (RFC 9457)."""

    type: str
    """问题类型。A URN that ends with `code` (RFC 9457)."""
    title: str
    """问题名称。What type of problem it is, in the reader's language (`Accept-Language`)."""
    status: int
    """HTTP 状态码。The answer's status, again."""
    detail: str
    """问题说明。A whole sentence on this very case, to be shown as it is."""
    code: str
    """问题代码。What programs tell problems apart by; it never changes."""
    errors: list[FieldErrorDetail] = []
    """有误字段。All that the request by itself shows to be wrong, the first 20 if there are more,
    and what would be right; the first is the one that `code` is of. Whether a step is possible, and
    what is named is there, is told after it."""
    possible: list[str] = []
    """可登记的记录类型。The steps that are possible instead."""
    differing: list[str] = []
    """不一致的字段。The fields that differ from what is already stored under the same id."""
    kept: bool | None = None
    """是否已留存。Whether the body that was refused lies among what is kept (`GET /refused`); not
    there where none is kept of such."""
    request_id: str | None = None
    """请求编号。The request in the service's log: name it to the operator."""
