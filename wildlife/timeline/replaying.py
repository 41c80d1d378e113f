"""The same id again: the same content is answered as the first time."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import msgspec

from wildlife.timeline.correcting import FIXED_FIELDS
from wildlife.timeline.entry import Amendment, Entry, Opening, Photo, Void
from wildlife.web.problems import FieldError, Problem
from wildlife.web.within import steps_of
from wildlife.web.wording import named
from wildlife.words.sentences import Sentence

# Of the fields that differ, so many are told in the sentence.
_MOST_NAMED: Final = 5

_ANOTHER_REPORT: Final = Sentence(
    "If it is another report, send it under a new id.", "如为另一起报告，请换用新编号。"
)
_ANOTHER_PHOTO: Final = Sentence(
    "If it is another photo, send it under a new id.", "如为另一张照片，请换用新编号。"
)
_ANOTHER_ENTRY: Final = Sentence(
    "If it is another entry, send it under a new id.", "如为另一条记录，请换用新编号。"
)
_CORRECTION: Final = Sentence(
    "If it is a correction, send an entry of the type `amendment`.", "如为更正，请登记更正。"
)
_SOMEBODY: Final = Sentence(
    "If who reported is to be corrected, send an entry of the type `informant`.",
    "如需更正报告人，请登记类型为 `informant` 的记录。",
)

_UNTOLD: Final = Sentence(
    "Whether it names the same informant is told to nobody but the account that sent it first.",
    "所报报告人与原登记是否一致，只告知最初报送的账号。",
)
_SAME_BUT_UNTOLD: Final = Sentence(
    "Another account sent this id first, with the same content in all but who reported.",
    "该编号已由其他账号先行报送，除报告人外内容一致。",
)

Answer = TypeVar("Answer")

_ABSENT: Final = object()


class Written(msgspec.Struct, Generic[Answer], frozen=True):
    """What a write answers; `created` is False for a replay."""

    answer: Answer
    created: bool


def id_conflict(
    body: Opening | Entry, differing: Sequence[str], *, names_the_same: bool | None = True
) -> Problem:
    """That other content is stored under the id of this body: in which fields, as far as they may
    be told, and what to do.

    A photo's bytes are corrected by nobody, and so is what is a correction itself.

    names_the_same: whether it names who reported as the first did; None where that is untold.
    """
    if names_the_same is False:
        differing = [*differing, "informant"]
    if names_the_same is None and not differing:
        sentences = [_SAME_BUT_UNTOLD, _UNTOLD, _SOMEBODY, _another(body)]
        return Problem("id_conflict", FieldError("id", str(body.id)), said=_joined(sentences))
    sentences = [_differ(differing)] if differing else []
    sentences += [_UNTOLD] if names_the_same is None else []
    fields = {str(next(iter(steps_of(field)))) for field in differing}
    is_the_same_thing = not fields & {"type", "kind", "sha256"}
    if is_the_same_thing and not isinstance(body, Amendment | Void):
        sentences += [_CORRECTION] if fields - FIXED_FIELDS else []
        sentences += [_SOMEBODY] if "informant" in fields else []
    sentences.append(_another(body))
    return Problem(
        "id_conflict",
        FieldError("id", str(body.id)),
        reason=_joined(sentences),
        differing=[*differing],
    )


def _joined(sentences: Sequence[Sentence]) -> Sentence:
    return Sentence(" ".join(one.en for one in sentences), "".join(one.zh for one in sentences))


def _differ(differing: Sequence[str]) -> Sentence:
    told, is_all = differing[:_MOST_NAMED], len(differing) <= _MOST_NAMED
    en = ", ".join(named(field, chinese=False) for field in told)
    zh = "、".join(named(field, chinese=True) for field in told)
    if is_all:
        return Sentence(f"It differs in {en}.", f"不一致的字段：{zh}。")
    return Sentence(
        f"It differs in {en} and others: see `differing`.",
        f"不一致的字段：{zh}等，其余见 `differing`。",
    )


def _another(body: Opening | Entry) -> Sentence:
    match body:
        case Opening():
            return _ANOTHER_REPORT
        case Photo():
            return _ANOTHER_PHOTO
        case _:
            return _ANOTHER_ENTRY


def differing_fields(stored: Any, given: Any) -> list[str]:
    """The paths at which two bodies differ; two writings of one instant do not."""
    a, b = (msgspec.to_builtins(one, builtin_types=(datetime,)) for one in (stored, given))
    return [*_paths(a, b, "")]


def _paths(a: Any, b: Any, path: str) -> Iterator[str]:
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted({*a, *b}):
            left, right = a.get(name, _ABSENT), b.get(name, _ABSENT)
            yield from _paths(left, right, f"{path}.{name}" if path else name)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (left, right) in enumerate(zip(a, b, strict=True)):
            yield from _paths(left, right, f"{path}[{index}]")
    elif a != b:
        yield path
