"""Strict decoding of JSON bodies, and a sentence for everything that can be wrong with one.

msgspec stops at the first fault and names its path; the type at that path says what would have
been right (which fields, which codes), and the body says what was given.
"""

import re
from collections.abc import Hashable
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar, cast

import msgspec
from msgspec import inspect

from wildlife.web.problems import FieldError, Problem
from wildlife.words.values import EARLIEST, LATEST

T = TypeVar("T")

_UNKNOWN_FIELD = re.compile(r"^Object contains unknown field `(.*)`$", re.DOTALL)
_MISSING_FIELD = re.compile(r"^Object missing required field `(.*)`$")
_WRONG_TYPE = re.compile(r"^Expected `(.+?)`, got `(.+)`$")
_BOUND = re.compile(r"^Expected (.*)$")


@cache
def _decoder(type_: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(type_)


@cache
def layout(type_: Hashable) -> inspect.Type:
    """What msgspec knows of a type: to work it out takes longer than all else about a refusal."""
    return inspect.type_info(type_)


def decode(body: bytes, type_: type[T]) -> T:
    """The `type_` that `body` is as JSON, with no conversion at all: `"1"` is no number.

    Raises Problem: empty_body, malformed_json, or what the first wrong field calls for.
    """
    if not body:
        raise Problem("empty_body", expected=_readable_name(type_))
    try:
        try:
            decoded = cast(T, _decoder(cast(Hashable, type_)).decode(body))
        except msgspec.ValidationError as error:
            # The first wrong field may come before the place at which the JSON breaks off.
            problem = explain(str(error), msgspec.json.decode(body), type_)
            if getattr(type_, "HOLDS_SECRETS", False):
                problem.errors = [FieldError(e.field, "…", e.expected) for e in problem.errors]
            raise problem from None
    except msgspec.DecodeError as error:
        at = re.search(r"\(byte ([0-9]+)\)", str(error))
        reason_zh = f"第 {at[1]} 字节处不符合 JSON 语法" if at else "内容不完整"
        raise Problem("malformed_json", reason=str(error), reason_zh=reason_zh) from None
    except UnicodeDecodeError:
        raise Problem(
            "malformed_json",
            reason="It is not UTF-8 (perhaps GBK)",
            reason_zh="内容不是 UTF-8 编码（可能是 GBK）",
        ) from None
    except RecursionError:
        raise Problem(
            "malformed_json", reason="It is nested too deeply", reason_zh="内容嵌套层次过深"
        ) from None
    require_possible_times(decoded)
    return decoded


def convert(value: Any, type_: type[T]) -> T:
    """The same for a value already decoded to builtins (a merged amendment, a cursor)."""
    try:
        converted = msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        raise explain(str(error), value, type_) from None
    require_possible_times(converted)
    return converted


def require_value(value: str, type_: Any) -> None:
    """Hold a text that comes from elsewhere than a request to the bounds of its type.

    Raises ValueError with the words of the type's own description.
    """
    try:
        value.encode()  # not what a command line leaves of bytes that were no text
        msgspec.convert(value, type_)
    except (msgspec.ValidationError, UnicodeEncodeError):
        raise ValueError(f"{value!r}: {_description(inspect.type_info(type_))}.") from None


def require_possible_times(value: object, path: str = "") -> None:
    """Hold every time in a decoded value to the bounds that its type can't state."""
    for field, time in times(value, path):
        if time < EARLIEST:
            expected = f"{EARLIEST.year} or later"
            raise Problem("invalid_value", FieldError(field, time.isoformat(), expected))
        if time >= LATEST:
            raise Problem(
                "time_in_future", FieldError(field, time.isoformat(), str(LATEST.year - 1))
            )


def times(value: object, path: str = "") -> list[tuple[str, datetime]]:
    """Every time in a decoded value, with its path."""
    found: list[tuple[str, datetime]] = []
    _find(datetime, value, path, found)
    return found


def texts(value: object, path: str = "") -> list[tuple[str, str]]:
    """Every text in a decoded value that is no code, with its path."""
    found: list[tuple[str, str]] = []
    _find(str, value, path, found)
    return [one for one in found if not isinstance(one[1], Enum)]


def _find(kind: type[T], value: object, path: str, found: list[tuple[str, T]]) -> None:
    """Add what is of this kind. A list, since every body is gone through several times."""
    if isinstance(value, kind):
        found.append((path, value))
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            inner = getattr(value, name)
            if inner is not None:  # as most are
                _find(kind, inner, f"{path}.{name}" if path else name, found)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _find(kind, inner, f"{path}[{index}]", found)


def explain(message: str, given: Any, type_: Any) -> Problem:
    """The problem behind one of msgspec's messages about `given` as a `type_`."""
    message, _, at = message.partition(" - at `$")
    steps = [step.strip(".[]") for step in re.findall(r"\.[^.\[]+|\[\d+\]", at.rstrip("`"))]
    field = at.rstrip("`").removeprefix(".")
    kind: inspect.Type | None = layout(type_)
    for step in steps:
        kind = _inner_type(kind, step, given)
        given = _inner_value(given, step)
    described = _description(kind)
    kind = alternative(kind, given)

    if match := _UNKNOWN_FIELD.match(message):
        name = match[1]
        return Problem(
            "unknown_field",
            FieldError(joined(field, name), _inner_value(given, name), _field_names(kind)),
        )
    if match := _MISSING_FIELD.match(message):
        return Problem("missing_field", FieldError(joined(field, match[1])))
    if message.startswith(("Invalid enum value", "Invalid value")):
        return Problem("unknown_code", FieldError(field, given, _codes(type_, kind, steps)))
    if message.startswith("Expected `datetime` with a timezone"):
        return Problem("time_without_offset", FieldError(field, given, "2024-07-29T15:20:00+08:00"))
    if message.startswith("Invalid RFC3339"):
        return Problem("invalid_time", FieldError(field, given, "2024-07-29T15:20:00+08:00"))
    if match := _WRONG_TYPE.match(message):
        return Problem("wrong_type", FieldError(field, given, plain(match[1])))
    if match := _BOUND.match(message):
        return Problem("invalid_value", FieldError(field, given, described or plain(match[1])))
    if message.startswith("Invalid UUID"):
        return Problem("invalid_value", FieldError(field, given, "a UUID"))
    return Problem("invalid_value", FieldError(field, given, plain(message)))


def _inner_type(kind: inspect.Type | None, step: str, given: Any) -> inspect.Type | None:
    kind = alternative(kind, given)
    if isinstance(kind, inspect.StructType):
        return next((f.type for f in kind.fields if f.encode_name == step), None)
    if isinstance(kind, inspect.ListType):
        return kind.item_type
    return None


def alternative(kind: inspect.Type | None, given: Any) -> inspect.Type | None:
    """The member of a union that `given` was meant to be: by its tag, or the one beside null."""
    if isinstance(kind, inspect.Metadata):
        kind = kind.type
    if not isinstance(kind, inspect.UnionType):
        return kind
    members = [member for member in kind.types if not isinstance(member, inspect.NoneType)]
    if len(members) == 1:
        return alternative(members[0], given)
    for member in members:
        if (
            isinstance(member, inspect.StructType)
            and isinstance(given, dict)
            and given.get(member.tag_field) == member.tag
        ):
            return member
    return kind


def _inner_value(given: Any, step: str) -> Any:
    if isinstance(given, dict):
        return given.get(step)
    if isinstance(given, list) and step.isdigit() and int(step) < len(given):
        return given[int(step)]
    return None


def _codes(type_: Any, kind: inspect.Type | None, steps: list[str]) -> str:
    if isinstance(kind, inspect.EnumType):
        return ", ".join(str(member.value) for member in kind.cls)
    if isinstance(kind, inspect.LiteralType):
        return ", ".join(str(value) for value in kind.values)
    # A tag is no field of its Struct: its codes are the tags of the union around it.
    union: inspect.Type | None = layout(type_)
    for step in steps[:-1]:
        union = _inner_type(union, step, None)
    if isinstance(union, inspect.UnionType):
        return ", ".join(
            str(member.tag) for member in union.types if isinstance(member, inspect.StructType)
        )
    return str(union.tag) if isinstance(union, inspect.StructType) else ""


def _field_names(kind: inspect.Type | None) -> str:
    if not isinstance(kind, inspect.StructType):
        return ""
    tag = [kind.tag_field] if kind.tag_field else []
    return ", ".join([*tag, *(field.encode_name for field in kind.fields)])


def joined(path: str, name: str) -> str:
    """The path of a field within what is at `path`."""
    return f"{path}.{name}" if path else name


def _description(kind: inspect.Type | None) -> str | None:
    """What its Meta says of a value, where a pattern would say less."""
    if isinstance(kind, inspect.UnionType):
        found = (_description(member) for member in kind.types)
        return next((words for words in found if words), None)
    if isinstance(kind, inspect.Metadata):
        words: str | None = (kind.extra_json_schema or {}).get("description")
        return words and words.rstrip(".")
    return None


_WORDS: Final = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "a list",
    "datetime": "a time",
}


def plain(words: str) -> str:
    """msgspec's words for a person: `int | null` is a whole number."""
    words = words.replace("`", "").replace(" | null", "")
    return re.sub(r"\b[a-z]+\b", lambda word: _WORDS.get(word[0], word[0]), words)


def _readable_name(type_: Any) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", getattr(type_, "__name__", "record")).lower()
