"""What is wrong with a request, of the types in `wildlife.web.catalogue`."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final, ParamSpec, TypeVar
from uuid import UUID

import msgspec

from wildlife.web.catalogue import CATALOGUE, Case
from wildlife.web.near import Choice
from wildlife.web.phrases import in_chinese, known_in_chinese
from wildlife.web.problem_details import FieldErrorDetail, ProblemDetail
from wildlife.web.wording import filled, named, offered, one_of, pointer_to, quoted, short, wanted
from wildlife.words.sentences import Sentence

P = ParamSpec("P")
T = TypeVar("T")

# Bytes of what was given that an answer repeats as it is; of more, the beginning.
_MOST_ECHOED: Final = 400
# Of several faults, so many are told in the sentence of the problem itself;
_MOST_SENTENCES: Final = 3
# … and so many at all: of more, somebody sent another thing altogether.
MOST_TOLD: Final = 20
_MORE: Final = Sentence(f"More than {MOST_TOLD} things are wrong.", f"有超过 {MOST_TOLD} 处错误。")
_FIRST: Final = Sentence(
    f"See `errors` for the first {MOST_TOLD}.", f"前 {MOST_TOLD} 处见 `errors`。"
)

_NO_REASON: Final = Sentence("", "")

_KEPT: Final = {
    True: Sentence(
        "It is kept: GET /api/v1/refused.",
        "内容已留存，可在“未被接受而留存的内容”（GET /api/v1/refused）中查看。",
    ),
    False: Sentence(
        "It is not kept, for much of yours is already: keep it on the phone, and ask your station"
        " to look at GET /api/v1/refused.",
        "你已留存的内容过多，此项未能留存：请在手机上保留，并请所在单位核对已留存的内容"
        "（GET /api/v1/refused）。",
    ),
}


class FieldError(msgspec.Struct, frozen=True):
    """One field that is wrong: where it is, what was given, what would be right."""

    field: str
    """字段。Where it is: `animals[0].count`, or the name of a parameter."""
    given: Any = None
    """所填内容。What was given; of much, the beginning; of secrets, nothing."""
    expected: str | None = None
    """应填内容。What would be right."""
    code: str | None = None
    """问题代码。Its own, where it is not the one of the problem."""
    choices: tuple[Choice, ...] = ()
    """可填代码。Those that may be given."""
    near: tuple[Choice, ...] = ()
    """可能想填的内容。What was perhaps meant."""
    hint: Sentence | None = None
    """提示。A sentence more."""
    pointer: str | None = None
    """字段指针。Where it is, as a JSON Pointer (RFC 6901) into the body."""
    said: Sentence | None = None
    """说明。The sentence on it, where that of its code does not say all."""
    label: str | None = None
    """字段名称。What it is called in the body that it is of, where bodies differ."""


class Problem(Exception):
    """Raised anywhere in a request; one handler turns it into the answer.

    reason fills the sentence of types that have no fixed one; said stands in its place;
    retry_after_s becomes the header that says when to send the same again. Whoever keeps the body
    that it refuses, or can't, says so by `is_kept`; what came of it where a person has looked at it
    already, by `settled`.
    """

    def __init__(
        self,
        code: str,
        *errors: FieldError,
        reason: Sentence | None = None,
        said: Sentence | None = None,
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
        self.said = said
        self.given = given
        self.expected = expected
        self.possible = possible or []
        self.differing = differing or []
        self.retry_after_s = retry_after_s
        self.is_kept: bool | None = None
        self.settled: Sentence | None = None

    @property
    def status(self) -> int:
        return CATALOGUE[self.code].status

    @property
    def may_pass(self) -> bool:
        """Whether it says nothing of what was asked: the same, asked later, may be answered."""
        too_soon = HTTPStatus.TOO_MANY_REQUESTS
        return self.status >= HTTPStatus.INTERNAL_SERVER_ERROR or self.status == too_soon

    def mapped(self, change: Callable[[FieldError], FieldError]) -> "Problem":
        """The same problem of the same fields, each told otherwise."""
        return self.of(*map(change, self.errors))

    def sentence(self) -> Sentence:
        """What is wrong, in both languages."""
        return Sentence(self._whole(chinese=False), self._whole(chinese=True))

    def of(self, *errors: FieldError, possible: list[str] | None = None) -> "Problem":
        """The same problem of these fields."""
        return Problem(
            self.code,
            *errors,
            reason=self.reason,
            said=self.said,
            given=self.given,
            expected=self.expected,
            possible=possible or self.possible,
            differing=self.differing,
            retry_after_s=self.retry_after_s,
        )

    def detail(
        self, *, chinese: bool = False, request_id: str | None = None, of_json: bool = True
    ) -> ProblemDetail:
        """The answer's body. of_json: whether the request has a body of JSON, into which pointers
        lead."""
        type_ = CATALOGUE[self.code]
        return ProblemDetail(
            type=f"urn:wildlife:problem:{self.code}",
            title=type_.title_zh if chinese else type_.title,
            status=type_.status,
            detail=self._whole(chinese=chinese),
            code=self.code,
            errors=[
                self._told(error, chinese=chinese, of_json=of_json)
                for error in self.errors[:MOST_TOLD]
            ],
            possible=self.possible,
            differing=self.differing,
            kept=self.is_kept,
            request_id=request_id,
        )

    def _whole(self, *, chinese: bool) -> str:
        """What is wrong, and what became of the body."""
        said = self._sentences(chinese=chinese)
        kept = self.settled if self.is_kept is None else _KEPT[self.is_kept]
        if kept is None:
            return said
        return f"{said}{kept.zh}" if chinese else f"{said} {kept.en}"

    def _sentences(self, *, chinese: bool) -> str:
        if self.said is not None:
            return self.said.zh if chinese else self.said.en
        if len(self.errors) < 2 or self.status >= 500:
            first = self.errors[0] if self.errors else None
            return self._sentence(first, chinese=chinese)
        count, told = len(self.errors), self.errors[:_MOST_SENTENCES]
        sentences = [self._sentence(error, chinese=chinese) for error in told]
        if count > MOST_TOLD:
            begun = _MORE.zh if chinese else _MORE.en
            rest = _FIRST.zh if chinese else _FIRST.en
        else:
            begun = f"共有 {count} 处错误。" if chinese else f"{count} things are wrong."
            rest = "其余见 `errors`。" if chinese else "See `errors` for the others."
        others = [rest] if count > len(told) else []
        return ("" if chinese else " ").join([begun, *sentences, *others])

    def _sentence(self, error: FieldError | None, *, chinese: bool) -> str:
        """What is wrong with one field, or as a whole."""
        if error is not None and error.said is not None:
            return error.said.zh if chinese else error.said.en
        type_ = CATALOGUE[(error and error.code) or self.code]
        if error is None:
            given = str(self.given or "")
            given = (known_in_chinese(given) or given) if chinese else given
            error = FieldError("", expected=self.expected)
        else:
            given = quoted(error.given)
        expected, choices = error.expected or "", error.choices
        reason = self.reason or _NO_REASON
        words = {
            "field": named(error.field, error.label, chinese=chinese),
            "name": f"`{short(error.field)}`",
            "given": given,
            "expected": wanted(expected, choices, chinese=chinese),
            "one_of": one_of(expected, choices, chinese=chinese),
            "reason": reason.zh if chinese else reason.en,
        }
        usual = Sentence(type_.detail, type_.detail_zh)
        form = next((type_.otherwise[c] for c in _cases(error) if c in type_.otherwise), usual)
        sentences = [filled(form.zh if chinese else form.en, words)]
        if error.hint is not None:
            sentences.append(error.hint.zh if chinese else error.hint.en)
        if error.near:
            sentences.append(offered(error.near, error.given, chinese=chinese))
        return ("" if chinese else " ").join(sentences)

    def _told(self, error: FieldError, *, chinese: bool, of_json: bool) -> FieldErrorDetail:
        code = error.code or self.code
        type_ = CATALOGUE[code]
        given, expected = error.given, error.expected
        if expected is None and error.choices:
            expected = ", ".join(str(choice.code) for choice in error.choices)
        if len(msgspec.json.encode(given)) > _MOST_ECHOED:
            given = short(given)
        if chinese and expected is not None:
            expected = in_chinese(expected)
        if type_.status >= 500:
            return FieldErrorDetail(field=error.field, given=given, expected=expected)
        pointer = error.pointer
        if pointer is None and type_.status not in _NO_BODY:
            pointer = pointer_to(error.field)
        return FieldErrorDetail(
            field=short(error.field),
            pointer=pointer if of_json else None,
            code=code,
            detail=self._sentence(error, chinese=chinese),
            given=given,
            expected=expected,
            codes=list(error.choices),
            did_you_mean=list(error.near),
        )


def _cases(error: FieldError) -> Iterator[Case]:
    """What there is more to say of a field than usual, or less."""
    if not error.field:
        yield "whole"
    if error.near:
        yield "near"
    if error.given is None:
        yield "absent"
    if error.choices and error.hint is None:
        yield "choice"


# A parameter or a header, which no pointer into the body leads to.
_NO_BODY: Final = {400}


def no_id_of_its_own(id_: UUID) -> Problem:
    """The nil UUID is that of an example, or of a program that forgot to make one: all that it
    sends would be the same."""
    expected = "a UUID of its own, newly made for this body"
    return Problem("invalid_value", FieldError("id", str(id_), expected))


def require_own_id(id_: UUID) -> None:
    """That what is sent has an id of its own. Raises Problem: invalid_value."""
    if not id_.int:
        raise no_id_of_its_own(id_)


def of_faults(errors: Sequence[FieldError]) -> Problem:
    """The problem with several fields, or one, that say of which type they are."""
    code = errors[0].code
    assert code is not None
    return Problem(code, *errors)


class Refused:
    """What is refused of several things that are read one after another, so that all is told at
    once: `gather(refused.problems)` when they are read."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def unless(self, read: Callable[P, T], *args: P.args, **named: P.kwargs) -> T | None:
        """What is read; None where that is refused."""
        try:
            return read(*args, **named)
        except Problem as problem:
            self.problems.append(problem)
            return None


def gather(problems: Iterable[Problem]) -> None:
    """Raise one problem for all, with whatever each of them says: it has the code of the first, and
    each field its own."""
    raised = list(problems)
    if not raised:
        return
    first, *others = raised
    if not others:
        raise first
    possible = next((one.possible for one in raised if one.possible), [])
    together = Problem(first.code, possible=possible)
    together.errors = [error for one in raised for error in fields_of(one)]
    raise together


def fields_of(problem: Problem) -> Iterator[FieldError]:
    """The fields of a problem as they are told among those of others; where it has none, it is of
    the whole body."""
    said = problem.said
    if said is None and (problem.reason or not problem.errors):
        said = problem.sentence()
    for error in problem.errors or [FieldError("")]:
        yield msgspec.structs.replace(
            error, code=error.code or problem.code, said=error.said or said
        )
