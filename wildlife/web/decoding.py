"""Strict decoding of JSON bodies: a body that is right costs no more than msgspec takes for it, and
of one that is not everything is told."""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any, Final, TypeAlias, TypeVar, cast

import msgspec
from msgspec import inspect

from wildlife.web import no_json
from wildlife.web.expecting import description
from wildlife.web.faults import faults_of, impossible_times, is_among
from wildlife.web.phrases import in_chinese
from wildlife.web.problems import FieldError, Problem, fields_of, of_faults
from wildlife.web.readable import readable_struct
from wildlife.web.type_info import alternative, structs_in, type_info
from wildlife.web.within import steps_of
from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said
from wildlife.words.values import UnfitValue

T = TypeVar("T")

Rules: TypeAlias = Callable[[Any], Iterator[Problem]]
"""What is wrong with a body that its type can't tell, as far as the body tells it by itself; in
place of what can't be read in it stands UNKNOWN (`wildlife.web.readable`)."""

# What rules say of a body beside its faults, of which twenty are told.
_MOST_OF_RULES: Final = 100

# No record is nested half as deeply. What is much deeper could be read, and not always be written
# again: that takes calls within calls too, and begins where more of them are under way.
_DEEPEST: Final = 32
_TEXTS: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BRACKETS: Final = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


@cache
def _decoder(type_: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)


def decode(body: bytes, type_: type[T], rules: Rules | None = None) -> T:
    """The `type_` that `body` is as JSON, with no conversion at all: `"1"` is no number.

    rules: beside what is wrong with its types, what is wrong with it by these is told; they are not
    held against a body whose types are right.

    Raises Problem: empty_body, malformed_json, or one with all that is wrong with its fields.
    """
    if not body:
        raise Problem("empty_body")
    if is_too_deep(body):
        raise _malformed(no_json.TOO_DEEP)
    try:
        try:
            decoded = cast(T, _decoder(cast(Hashable, type_)).decode(body))
        except msgspec.ValidationError as error:
            # The first wrong field may come before the place at which the JSON breaks off.
            given = msgspec.json.decode(body)
            raise _wrong(given, type_, error, rules) from None
    except msgspec.DecodeError as error:
        raise _malformed(no_json.why(body, str(error))) from None
    except UnicodeDecodeError:
        raise _malformed(no_json.not_utf_8(body)) from None
    if faults := [*impossible_times(decoded, "")]:
        raise of_faults([*faults, *_beside(faults, [decoded], rules)])
    return decoded


def is_too_deep(body: bytes) -> bool:
    """Whether it is nested more deeply, as JSON, than anything that is meant."""
    if body.count(b"[") + body.count(b"{") <= _DEEPEST:
        return False
    brackets = _TEXTS.sub(b"", body).translate(_BRACKETS, _NO_BRACKETS)
    for _ in range(_DEEPEST):
        if b"[" * (_DEEPEST + 1) in brackets:
            return True
        outer = brackets.replace(b"[]", b"")
        if outer == brackets:  # it breaks off in the middle, or is no JSON
            return brackets.count(b"[") > _DEEPEST
        brackets = outer
    return bool(brackets)


def _malformed(why: Sentence) -> Problem:
    return Problem("malformed_json", reason=why)


def _wrong(
    given: Any, type_: Any, error: msgspec.ValidationError, rules: Rules | None = None
) -> Problem:
    """The problem with all that is wrong with what was given."""
    faults = faults_of(given, type_)
    if not faults:  # what no field by itself can tell
        faults = [FieldError("", given, code="invalid_value", expected=str(error))]
    if rules is not None and isinstance(given, dict):
        meant = alternative(type_info(type_), given)
        infos = [meant] if isinstance(meant, inspect.StructType) else structs_in(meant)
        beside = _beside(faults, [readable_struct(given, info) for info in infos], rules)
        faults += [_as_sent(one, given) for one in beside]
    if getattr(type_, "HOLDS_SECRETS", False):
        faults = [
            msgspec.structs.replace(
                one, given="…" if one.given is not None else None, near=(), hint=None
            )
            for one in faults
        ]
    return of_faults(faults)


def _beside(
    faults: Sequence[FieldError], bodies: Sequence[Any], rules: Rules | None
) -> list[FieldError]:
    """What rules say of a body beside its faults: where there is one already, nothing, and nothing
    of what may be said in a field that is misspelt. Of a body that may be several, what they say of
    each that has such a field; what it leaves out, nobody knows then."""
    if rules is None:
        return []
    said = [(body, [*islice(_said_by(rules, body), _MOST_OF_RULES)]) for body in bodies]
    seen = {one.field for one in faults}
    unknown = [one for one in faults if one.code == "unknown_field" and one.near]
    misspelt = {one.field.rpartition(".")[0] for one in unknown}
    told = list[FieldError]()
    for one in chain.from_iterable(errors for _, errors in said):
        name = str(next(iter(steps_of(one.field)), ""))
        having = [errors for body, errors in said if hasattr(body, name)]
        is_left_out = one.given is None
        if (
            one.field not in seen | misspelt
            and not (is_left_out and ("" in misspelt or len(bodies) > 1))
            and all(is_among(one, errors) for errors in having)
        ):
            told.append(one)
            seen.add(one.field)
    return told


def _said_by(rules: Rules, body: Any) -> Iterator[FieldError]:
    for problem in rules(body):
        yield from fields_of(problem)


def _as_sent(error: FieldError, body: Any) -> FieldError:
    """The same with an object as it was sent, whatever of it can be read."""
    if not isinstance(error.given, dict):
        return error
    for step in steps_of(error.field):
        body = body[step]
    return msgspec.structs.replace(error, given=body)


def convert(value: Any, type_: type[T], rules: Rules | None = None) -> T:
    """The same for a value already decoded to builtins (a merged amendment, a cursor)."""
    try:
        converted = msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        raise _wrong(value, type_, error, rules) from None
    if faults := [*impossible_times(converted, "")]:
        raise of_faults([*faults, *_beside(faults, [converted], rules)])
    return converted


def require_value(value: str, type_: Any) -> None:
    """Hold a text that comes from elsewhere than a request to the bounds of its type.

    Raises UnfitValue with the words of the type's own description.
    """
    try:
        value.encode()  # not what a command line leaves of bytes that were no text
        msgspec.convert(value, type_)
    except (msgspec.ValidationError, UnicodeEncodeError):
        wanted = description(type_info(type_)) or ""
        raise UnfitValue(
            said(f"{value!r}: {wanted}.", f"{value!r}：{in_chinese(wanted)}。")
        ) from None


def require_possible_times(value: object, path: str = "") -> None:
    """Hold every time in a decoded value to the bounds that its type can't state.

    Raises Problem: invalid_value, time_in_future.
    """
    if faults := [*impossible_times(value, path)]:
        raise of_faults(faults)
