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
    given: Any = None
    expected: str | None = None


class ProblemDetail(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The answer to a request that could not be served (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] = []
    possible: list[str] = []
    """The steps that are possible instead."""
    differing: list[str] = []
    """The fields that differ from what is already stored under the same id."""
    request_id: str | None = None


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
