"""Errors as RFC 9457 problem details, of the kinds in `wildlife.web.catalogue`."""

from typing import Any, Final

import msgspec

from wildlife.web.catalogue import CATALOGUE
from wildlife.web.phrases import in_chinese, known_in_chinese

# Bytes of what was given that an answer repeats as it is; of more, the beginning.
_MOST_ECHOED: Final = 400

MEDIA_TYPE: Final = "application/problem+json"


class FieldError(msgspec.Struct, frozen=True, omit_defaults=True):
    """One field that is wrong: where it is, what was given, what would be right."""

    field: str
    """字段。Where it is: `animals[0].count`, or the name of a parameter."""
    given: Any = None
    """所填内容。What was given; of much, the beginning; of secrets, nothing."""
    expected: str | None = None
    """应填内容。What would be right, in the reader's language."""


class ProblemDetail(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The answer to a request that could not be served (RFC 9457)."""

    type: str
    """问题类型。A URN that ends with `code` (RFC 9457)."""
    title: str
    """问题名称。What kind of problem it is, in the reader's language (`Accept-Language`)."""
    status: int
    """HTTP 状态码。The answer's status, again."""
    detail: str
    """问题说明。A whole sentence on this very case, to be shown as it is."""
    code: str
    """问题代码。What programs tell problems apart by; it never changes."""
    errors: list[FieldError] = []
    """有误字段。Which fields are wrong, and what would be right."""
    possible: list[str] = []
    """可登记的记录类型。The steps that are possible instead."""
    differing: list[str] = []
    """不一致的字段。The fields that differ from what is already stored under the same id."""
    request_id: str | None = None
    """请求编号。The request in the service's log: name it to the operator."""


class Problem(Exception):
    """Raised anywhere in a request; one handler turns it into the answer.

    reason and reason_zh fill the sentence of kinds that have no fixed one; retry_after_s becomes
    the header that says when to send the same again.
    """

    def __init__(
        self,
        code: str,
        *errors: FieldError,
        reason: str = "",
        reason_zh: str = "",
        given: Any = None,
        expected: str = "",
        possible: list[str] | None = None,
        differing: list[str] | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.errors = list(errors)
        self.reason = reason
        self.reason_zh = reason_zh or reason
        self.given = given
        self.expected = expected
        self.possible = possible or []
        self.differing = differing or []
        self.retry_after_s = retry_after_s

    @property
    def status(self) -> int:
        return CATALOGUE[self.code].status

    def detail(self, *, chinese: bool = False, request_id: str | None = None) -> ProblemDetail:
        """The answer's body."""
        kind = CATALOGUE[self.code]
        first = self.errors[0] if self.errors else FieldError("", self.given, self.expected)
        errors = [_bounded(error) for error in self.errors]
        words = {
            "field": first.field,
            "given": _short(first.given),
            "expected": first.expected or "",
            "reason": self.reason,
        }
        if chinese:
            errors = [_in_chinese(error) for error in errors]
            words |= {"expected": in_chinese(words["expected"]), "reason": self.reason_zh}
            if not self.errors:  # else it is what somebody sent
                words["given"] = known_in_chinese(words["given"]) or words["given"]
        return ProblemDetail(
            type=f"urn:wildlife:problem:{self.code}",
            title=kind.title_zh if chinese else kind.title,
            status=kind.status,
            detail=(kind.detail_zh if chinese else kind.detail).format(**words),
            code=self.code,
            errors=errors,
            possible=self.possible,
            differing=self.differing,
            request_id=request_id,
        )


def _in_chinese(error: FieldError) -> FieldError:
    """The same to who reads Chinese."""
    if error.expected is None:
        return error
    return msgspec.structs.replace(error, expected=in_chinese(error.expected))


def _bounded(error: FieldError) -> FieldError:
    """The same without an echo of all that somebody sent."""
    if len(msgspec.json.encode(error.given)) <= _MOST_ECHOED:
        return error
    return msgspec.structs.replace(error, given=_short(error.given))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= 100 else text[:99] + "…"
