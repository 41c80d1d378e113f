"""All that is wrong with a body, told at once.

msgspec stops at the first fault. Only where there is one, the body is gone through again, field by
field, and each is held to its own type: what that type is says what would have been right, and
what was given says what may have been meant.
"""

import re
from collections.abc import Hashable, Iterator
from functools import cache
from itertools import islice
from typing import Any, Final, get_args, get_origin

import msgspec
from msgspec import inspect

from wildlife.web.expecting import (
    choices_by,
    choices_of,
    expectation,
    field_choices,
    pattern_in,
    plain,
)
from wildlife.web.near import Choice, near, near_region, near_time, near_type
from wildlife.web.problems import FieldError
from wildlife.web.telling import escaped, pointer_to
from wildlife.web.within import times_with_paths
from wildlife.words.case_numbers import how_to_find
from wildlife.words.fields import ELSEWHERE, WHY, called, unit_of
from wildlife.words.regions import A_REGION, A_REGION_OR_ITS_BEGINNING, in_no_province
from wildlife.words.sentences import Sentence
from wildlife.words.values import EARLIEST, LATEST

MOST: Final = 20
"""So many faults are told; of more, somebody sent another thing altogether."""

_WRONG_TYPE: Final = re.compile(r"^Expected `(.+?)`, got `(.+)`$")
_BOUND: Final = re.compile(r"^Expected (.*)$", re.DOTALL)
_NO_DAY: Final = re.compile(r"^Invalid RFC3339 encoded date\b")
_EXAMPLE: Final = "2024-07-29T15:20:00+08:00"

_A_DAY: Final = "a day like 2024-07-29"
_OF_REGIONS: Final = (A_REGION, A_REGION_OR_ITS_BEGINNING)

SWAPPED: Final = Sentence(
    "Latitude and longitude look swapped: in China the longitude is the larger one.",
    "经度和纬度可能填反了：在我国，经度的数值大于纬度。",
)
_LEFT_OUT: Final = Sentence(
    "Where there is nothing to say, leave the field out.", "没有内容的字段请直接省略。"
)
_TWICE: Final = Sentence(
    "It looks like JSON within a text: encode it once, not twice.",
    "看起来是放在文字里的 JSON：请只编码一次。",
)


@cache
def layout(type_: Hashable) -> inspect.Type:
    """What msgspec knows of a type: to work it out takes longer than all else about a refusal."""
    return inspect.type_info(type_)


@cache
def _types_in(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Of the fields of a struct, by their names in JSON; worked out once, as `layout` is."""
    return {one.encode_name: one.type for one in msgspec.structs.fields(struct)}


def faults_of(given: Any, type_: Any) -> list[FieldError]:
    """What is wrong with `given` as a `type_`, in the order in which it was given; then what is
    missing. Each names its own kind."""
    return list(islice(_faults(given, type_, layout(type_), ""), MOST))


def _faults(given: Any, type_: Any, kind: inspect.Type, path: str) -> Iterator[FieldError]:
    try:
        decoded = msgspec.convert(given, type_)
    except msgspec.ValidationError as error:
        message, _, at = str(error).partition(" - at `$")
    else:
        yield from impossible_times(decoded, path)
        return
    meant = alternative(kind, given)
    if isinstance(given, dict) and isinstance(meant, inspect.StructType):
        yield from _faults_of_struct(given, meant, path)
    elif isinstance(given, dict) and isinstance(meant, inspect.UnionType):
        yield from _faults_of_tag(given, meant, path)
    elif isinstance(given, list) and isinstance(meant, inspect.ListType) and at.startswith("["):
        item = _item_of(type_)
        for index, one in enumerate(given):
            yield from _faults(one, item, meant.item_type, f"{path}[{index}]")
    else:
        yield fault(message, given, type_, kind, path)


def _faults_of_struct(
    given: dict[str, Any], kind: inspect.StructType, path: str
) -> Iterator[FieldError]:
    fields = {field.encode_name: field for field in kind.fields}
    if kind.tag_field and given.get(kind.tag_field) != kind.tag:
        yield from _faults_of_tag(given, inspect.UnionType((kind,)), path)
    for name, value in given.items():
        if name in fields:
            yield from faults_of_field(given, kind, name, path)
        elif name != kind.tag_field and kind.cls.__struct_config__.forbid_unknown_fields:
            yield unknown_field(kind, path, name, value, given)
    for name, field in fields.items():
        if field.required and name not in given:
            yield missing_field(kind, field, path)


def faults_of_field(
    given: dict[str, Any], kind: inspect.StructType, name: str, path: str
) -> Iterator[FieldError]:
    """What is wrong with one field of what was given at `path`, which has it."""
    type_ = _types_in(kind.cls)[name]
    [field] = [one for one in kind.fields if one.encode_name == name]
    may_be_left_out = given[name] is None and not field.required
    is_swapped = name in ("latitude", "longitude") and _look_swapped(given)
    hint = SWAPPED if is_swapped else _LEFT_OUT if may_be_left_out else _in_its_unit(name)
    for found in _faults(given[name], type_, field.type, joined(path, name)):
        label = found.label or called(kind.cls, name)
        yield msgspec.structs.replace(found, hint=hint or found.hint, label=label)


def _in_its_unit(name: str) -> Sentence | None:
    unit = unit_of(name)
    return unit and Sentence(
        f"Give the number alone, in {unit.en}.", f"请只填数字，以{unit.zh}为单位。"
    )


def missing_field(kind: inspect.StructType, field: inspect.Field, path: str) -> FieldError:
    """That a field which has to be there is not."""
    name, codes = field.encode_name, choices_of(field.type)
    return FieldError(
        joined(path, name),
        code="missing_field",
        choices=codes,
        hint=WHY.get(name),
        label=called(kind.cls, name),
    )


def _faults_of_tag(
    given: dict[str, Any], kind: inspect.UnionType, path: str
) -> Iterator[FieldError]:
    """What is wrong with what says which of several it is; the rest of it nobody can tell then."""
    structs = [one for one in kind.types if isinstance(one, inspect.StructType)]
    name = structs[0].tag_field if structs else None
    if name is None:
        return
    at, codes, label = joined(path, name), choices_of(kind), called(structs[0].cls, name)
    if name not in given:
        yield FieldError(at, code="missing_field", choices=codes, label=label)
    elif not isinstance(value := given[name], str):
        yield FieldError(at, value, "text", "wrong_type", choices=codes, label=label)
    elif elsewhere := ELSEWHERE.get((name, value)):
        yield msgspec.structs.replace(_unknown_code(at, value, codes), said=elsewhere, near=())
    else:
        yield msgspec.structs.replace(_unknown_code(at, value, codes), label=label)


def unknown_field(
    kind: inspect.StructType, path: str, name: str, value: Any, beside: dict[str, Any]
) -> FieldError:
    """That there is no such field, and which may have been meant of those that are not there."""
    fields = field_choices(kind)
    return FieldError(
        joined(path, name),
        value,
        code="unknown_field",
        choices=fields,
        near=near(name, [field for field in fields if field.code not in beside]),
        # Whatever is in the name, brackets too.
        pointer=pointer_to(joined(path, "_")).removesuffix("_") + escaped(name),
    )


def _unknown_code(path: str, given: Any, codes: tuple[Choice, ...]) -> FieldError:
    return FieldError(path, given, code="unknown_code", choices=codes, near=near(given, codes))


def fault(message: str, given: Any, type_: Any, kind: inspect.Type | None, path: str) -> FieldError:
    """What one of msgspec's messages says of a value that has no fields."""
    one_of = alternative(kind, given)
    if message.startswith(("Invalid enum value", "Invalid value")):
        return _unknown_code(path, given, choices_of(one_of))
    if message.startswith("Expected `datetime` with a timezone"):
        return FieldError(path, given, _EXAMPLE, "time_without_offset", near=near_time(given))
    if _NO_DAY.match(message):
        return FieldError(path, given, _A_DAY, "invalid_time")
    if message.startswith("Invalid RFC3339"):
        return FieldError(path, given, _EXAMPLE, "invalid_time", near=near_time(given))
    if match := _WRONG_TYPE.match(message):
        expected = plain(match[1])
        codes = choices_of(one_of) if isinstance(one_of, inspect.EnumType) else ()
        near_it = near_time(given) if expected == "a time" else near_type(given, type_)
        is_twice = isinstance(given, str) and expected == "an object" and given.startswith("{")
        hint = _TWICE if is_twice else None
        return FieldError(path, given, expected, "wrong_type", codes, near_it, hint)
    if message.startswith("Invalid UUID"):
        expected = expectation(kind, message) or "a UUID"
        meant, hint = near_type(given, type_), how_to_find(given)
        return FieldError(path, given, expected, "invalid_value", near=meant, hint=hint)
    if match := _BOUND.match(message):
        expected = expectation(kind, match[1]) or plain(match[1])
        pattern = pattern_in(match[1])
        codes, near_it = choices_by(pattern), _near_pattern(pattern, given)
        hint = in_no_province(given) if pattern in _OF_REGIONS else None
        return FieldError(path, given, expected, "invalid_value", codes, near_it, hint)
    return FieldError(path, given, plain(message), "invalid_value")


def _near_pattern(pattern: str, given: Any) -> tuple[Choice, ...]:
    """What was perhaps meant by a text that is not of the form it should be."""
    if pattern in _OF_REGIONS:
        return near_region(given, is_whole=pattern == A_REGION)
    return ()


def impossible_times(value: object, path: str) -> Iterator[FieldError]:
    """What is wrong with the times in a decoded value, whose type can state no bounds of them."""
    for field, time in times_with_paths(value, path):
        if time < EARLIEST:
            expected = f"{EARLIEST.year} or later"
            yield FieldError(field, time.isoformat(), expected, "invalid_value")
        elif time >= LATEST:
            expected = f"{LATEST.year - 1}-12-31"
            yield FieldError(field, time.isoformat(), expected, "time_in_future")


def _look_swapped(given: dict[str, Any]) -> bool:
    latitude, longitude = given.get("latitude"), given.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return False
    return 90 < abs(latitude) <= 180 and abs(longitude) <= 90


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


def _item_of(type_: Any) -> Any:
    """The type of what is in a list, which may be one of a union or have bounds of its own."""
    if get_origin(type_) is list:
        return get_args(type_)[0]
    return next((item for one in get_args(type_) if (item := _item_of(one)) is not None), None)


def joined(path: str, name: str) -> str:
    """The path of a field within what is at `path`."""
    return f"{path}.{name}" if path else name
