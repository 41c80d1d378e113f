"""What can be said of any Struct."""

from datetime import datetime, tzinfo
from enum import Enum
from functools import cache
from typing import Final, TypeVar

import msgspec
from msgspec import inspect

T = TypeVar("T", bound=msgspec.Struct)

# What holds nothing but itself; text and times are looked for, each apart.
_SCALARS: Final = (
    inspect.NoneType,
    inspect.BoolType,
    inspect.IntType,
    inspect.FloatType,
    inspect.EnumType,
    inspect.LiteralType,
    inspect.UUIDType,
    inspect.DateType,
    inspect.DateTimeType,
    inspect.StrType,
)
_TYPES: Final[dict[type, type]] = {datetime: inspect.DateTimeType, str: inspect.StrType}


@cache
def fields_holding(type_: type[msgspec.Struct], held: type) -> tuple[str, ...]:
    """The fields of a Struct that may be a `held`, a time or a text, or have one within: all but
    those of which their types say that they can't. Every body is gone through several times, and
    most of its fields are codes and numbers."""
    info = inspect.type_info(type_)
    assert isinstance(info, inspect.StructType)
    return tuple(one.name for one in info.fields if _may_hold(one.type, _TYPES[held]))


def _may_hold(info: inspect.Type, held: type) -> bool:
    match info:
        case inspect.Metadata(type=inner) | inspect.CollectionType(item_type=inner):
            return _may_hold(inner, held)
        case inspect.UnionType(types=types):
            return any(_may_hold(one, held) for one in types)
        case _:
            return isinstance(info, held) or not isinstance(info, _SCALARS)


def derive(type_: type[T], source: msgspec.Struct, **own: object) -> T:
    """A `type_` whose fields are `source`'s of the same name, but for its `own`.

    Raises msgspec.ValidationError where one is missing, or is another thing there.
    """
    shared = _shared_fields(type(source), type_)
    return msgspec.convert({name: getattr(source, name) for name in shared} | own, type_)


def updated(value: T, by: msgspec.Struct) -> T:
    """The same with what `by` says of the fields that both have; of what it is silent about nothing
    changes."""
    shared = _shared_fields(type(value), type(by))
    said = {name: inner for name in shared if (inner := getattr(by, name)) is not None}
    return msgspec.structs.replace(value, **said)


@cache
def _shared_fields(one: type[msgspec.Struct], other: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(one.__struct_fields__) & frozenset(other.__struct_fields__)


def in_zone(value: T, zone: tzinfo) -> T:
    """The same with every time in it, and in the Structs within it or its lists, in this zone."""
    changed: dict[str, object] = {}
    for name in fields_holding(type(value), datetime):
        inner = getattr(value, name)
        if isinstance(inner, datetime):
            changed[name] = inner.astimezone(zone)
        elif isinstance(inner, msgspec.Struct):
            changed[name] = in_zone(inner, zone)
        elif isinstance(inner, list) and inner:
            changed[name] = [
                in_zone(one, zone) if isinstance(one, msgspec.Struct) else one for one in inner
            ]
    return msgspec.structs.replace(value, **changed) if changed else value


def texts(value: object) -> list[str]:
    """All that was written in a Struct, in the order of its fields: every text that is no code. Of
    what has no fields, in the order of its names, as it is kept and read again."""
    found: list[str] = []
    _find_texts(value, found)
    return found


def _find_texts(value: object, found: list[str]) -> None:
    if isinstance(value, msgspec.Struct):
        for name in fields_holding(type(value), str):
            inner = getattr(value, name)
            if inner is not None:  # as most are
                _find_texts(inner, found)
    elif isinstance(value, str):
        if not isinstance(value, Enum):
            found.append(value)
    elif isinstance(value, list):
        for one in value:
            _find_texts(one, found)
    elif isinstance(value, dict):
        for name in sorted(value):
            _find_texts(value[name], found)
