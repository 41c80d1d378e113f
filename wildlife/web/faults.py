"""All that is wrong with a body, told at once.

msgspec stops at the first fault. Only where there is one, the body is gone through again, field by
field, and each is held to its own type: what that type is says what would have been right, and
what was given says what may have been meant.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final

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
from wildlife.web.problems import MOST_TOLD, FieldError
from wildlife.web.type_info import (
    alternative,
    field_of,
    item_of,
    items_of,
    joined,
    structs_in,
    type_info,
)
from wildlife.web.within import times_with_paths
from wildlife.web.wording import escaped, pointer_to
from wildlife.words.case_numbers import how_to_find
from wildlife.words.fields import ELSEWHERE, WHY, called, unit_of
from wildlife.words.regions import A_REGION, A_REGION_OR_ITS_BEGINNING, in_no_province
from wildlife.words.sentences import Sentence
from wildlife.words.values import EARLIEST, LATEST

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


def faults_of(given: Any, type_: Any) -> list[FieldError]:
    """What is wrong with `given` as a `type_`, in the order in which it was given; then what is
    missing: of more than can be told, one more. Each names its own kind."""
    return list(islice(_faults(given, type_, type_info(type_), ""), MOST_TOLD + 1))


def _faults(given: Any, type_: Any, info: inspect.Type, path: str) -> Iterator[FieldError]:
    try:
        decoded = msgspec.convert(given, type_)
    except msgspec.ValidationError as error:
        message, _, at = str(error).partition(" - at `$")
    else:
        yield from impossible_times(decoded, path)
        return
    meant = alternative(info, given)
    if isinstance(given, dict) and isinstance(meant, inspect.StructType):
        yield from _faults_of_struct(given, meant, path)
    elif isinstance(given, dict) and structs_in(meant):
        yield from _faults_of_any(given, structs_in(meant), path)
    else:
        is_list = isinstance(given, list) and isinstance(meant, inspect.ListType)
        if not (is_list and at.startswith("[")):
            yield fault(message, given, type_, info, path)
        if is_list and isinstance(meant, inspect.ListType):
            item = item_of(type_)
            for index, one in enumerate(items_of(given, meant)):
                yield from _faults(one, item, meant.item_type, f"{path}[{index}]")


def _faults_of_struct(
    given: dict[str, Any], info: inspect.StructType, path: str
) -> Iterator[FieldError]:
    fields = {field.encode_name: field for field in info.fields}
    if info.tag_field and given.get(info.tag_field) != info.tag:
        yield _fault_of_tag(given, info.tag_field, (info,), path)
    for name, value in given.items():
        if name in fields:
            yield from faults_of_field(given, info, name, path)
        elif name != info.tag_field and info.cls.__struct_config__.forbid_unknown_fields:
            yield unknown_field(info, path, name, value, given)
    for name, field in fields.items():
        if field.required and name not in given:
            yield missing_field(info, field, path)


def _faults_of_any(
    given: dict[str, Any], infos: list[inspect.StructType], path: str
) -> Iterator[FieldError]:
    """What is wrong with one of several that nobody can tell apart: which of them it is; and what
    is wrong whichever it is, of those that have a field of that name."""
    tag = str(infos[0].tag_field)
    yield _fault_of_tag(given, tag, infos, path)
    if _is_elsewhere(tag, given.get(tag)):
        return
    fields = [{field.encode_name for field in info.fields} for info in infos]
    for name, value in given.items():
        having = [info for info, names in zip(infos, fields, strict=True) if name in names]
        if having:
            yield from _in_each(
                list(islice(faults_of_field(given, info, name, path), MOST_TOLD + 1))
                for info in having
            )
        elif name != tag:
            yield _unknown_field_of_any(infos, path, name, value, given)
    needed = [{one.encode_name for one in info.fields if one.required} for info in infos]
    for field in infos[0].fields:
        name = field.encode_name
        if name not in given and all(name in of_one for of_one in needed):
            yield missing_field(infos[0], field, path)


def _is_elsewhere(tag: str, value: Any) -> bool:
    """Whether a body is of a type that is sent elsewhere, which is all there is to say of it."""
    return isinstance(value, str) and (tag, value) in ELSEWHERE


def _in_each(found: Iterable[Sequence[FieldError]]) -> Iterator[FieldError]:
    """The faults that are in each of these, as they are told in the first."""
    first, *others = found
    for one in first:
        if all(is_among(one, several) for several in others):
            yield one


def is_among(one: FieldError, several: Sequence[FieldError]) -> bool:
    """Whether one of these says the same of the same field."""
    return any((one.field, one.code) == (other.field, other.code) for other in several)


def faults_of_field(
    given: dict[str, Any], info: inspect.StructType, name: str, path: str
) -> Iterator[FieldError]:
    """What is wrong with one field of what was given at `path`, which has it."""
    field, type_ = field_of(info, name)
    may_be_left_out = given[name] is None and not field.required
    is_swapped = name in ("latitude", "longitude") and _look_swapped(given)
    hint = SWAPPED if is_swapped else _LEFT_OUT if may_be_left_out else _in_its_unit(name)
    for found in _faults(given[name], type_, field.type, joined(path, name)):
        label = found.label or called(info.cls, name)
        yield msgspec.structs.replace(found, hint=hint or found.hint, label=label)


def _in_its_unit(name: str) -> Sentence | None:
    unit = unit_of(name)
    return unit and Sentence(
        f"Give the number alone, in {unit.en}.", f"请只填数字，以{unit.zh}为单位。"
    )


def missing_field(info: inspect.StructType, field: inspect.Field, path: str) -> FieldError:
    """That a field which has to be there is not."""
    name, codes = field.encode_name, choices_of(field.type)
    return FieldError(
        joined(path, name),
        code="missing_field",
        choices=codes,
        hint=WHY.get(name),
        label=called(info.cls, name),
    )


def _fault_of_tag(
    given: dict[str, Any], name: str, infos: Sequence[inspect.StructType], path: str
) -> FieldError:
    """What is wrong with what says which of several it is."""
    at, codes = joined(path, name), choices_of(inspect.UnionType((*infos,)))
    label = called(infos[0].cls, name)
    if name not in given:
        return FieldError(at, code="missing_field", choices=codes, label=label)
    if not isinstance(value := given[name], str):
        return FieldError(at, value, "text", "wrong_type", choices=codes, label=label)
    if _is_elsewhere(name, value):
        elsewhere = ELSEWHERE[name, value]
        return msgspec.structs.replace(_unknown_code(at, value, codes), said=elsewhere, near=())
    return msgspec.structs.replace(_unknown_code(at, value, codes), label=label)


def unknown_field(
    info: inspect.StructType, path: str, name: str, value: Any, beside: dict[str, Any]
) -> FieldError:
    """That there is no such field, and which may have been meant of those that are not there."""
    return _unknown_field(field_choices(info), path, name, value, beside)


def _unknown_field_of_any(
    infos: list[inspect.StructType], path: str, name: str, value: Any, beside: dict[str, Any]
) -> FieldError:
    """The same of what may be one of several: those that all of them have are told."""
    each = [field_choices(info) for info in infos]
    shared = [one for one in each[0] if all(one.code in [c.code for c in of] for of in each)]
    found = _unknown_field([*dict.fromkeys(chain(*each))], path, name, value, beside)
    return msgspec.structs.replace(found, choices=tuple(shared))


def _unknown_field(
    fields: Sequence[Choice], path: str, name: str, value: Any, beside: dict[str, Any]
) -> FieldError:
    return FieldError(
        joined(path, name),
        value,
        code="unknown_field",
        choices=tuple(fields),
        near=near(name, [field for field in fields if field.code not in beside]),
        # Whatever is in the name, brackets too.
        pointer=pointer_to(joined(path, "_")).removesuffix("_") + escaped(name),
    )


def _unknown_code(path: str, given: Any, codes: tuple[Choice, ...]) -> FieldError:
    return FieldError(path, given, code="unknown_code", choices=codes, near=near(given, codes))


def fault(message: str, given: Any, type_: Any, info: inspect.Type | None, path: str) -> FieldError:
    """What one of msgspec's messages says of a value that has no fields."""
    one_of = alternative(info, given)
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
        expected = expectation(info, message) or "a UUID"
        meant, hint = near_type(given, type_), how_to_find(given)
        return FieldError(path, given, expected, "invalid_value", near=meant, hint=hint)
    if message.endswith("out of range"):
        expected = expectation(info, message) or plain("float")
        return FieldError(path, given, expected, "invalid_value")
    if match := _BOUND.match(message):
        expected = expectation(info, match[1]) or plain(match[1])
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
