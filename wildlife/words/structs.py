"""What can be said of any Struct."""

from datetime import datetime, tzinfo
from enum import Enum
from typing import TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


def derive(type_: type[T], source: msgspec.Struct, **own: object) -> T:
    """A `type_` whose fields are `source`'s of the same name, but for its `own`.

    Raises msgspec.ValidationError where one is missing, or is another thing there.
    """
    shared = set(source.__struct_fields__) & set(type_.__struct_fields__)
    return msgspec.convert({name: getattr(source, name) for name in shared} | own, type_)


def updated(value: T, by: msgspec.Struct) -> T:
    """The same with what `by` says of the fields that both have; of what it is silent about nothing
    changes."""
    shared = set(value.__struct_fields__) & set(by.__struct_fields__)
    said = {name: inner for name in shared if (inner := getattr(by, name)) is not None}
    return msgspec.structs.replace(value, **said)


def in_zone(value: T, zone: tzinfo) -> T:
    """The same with every time in it, and in the Structs within it or its lists, in this zone."""
    changed: dict[str, object] = {}
    for name in value.__struct_fields__:
        inner = getattr(value, name)
        if isinstance(inner, datetime):
            changed[name] = inner.astimezone(zone)
        elif isinstance(inner, msgspec.Struct):
            changed[name] = in_zone(inner, zone)
        elif isinstance(inner, list) and inner:
            changed[name] = [
                in_zone(one, zone) if isinstance(one, msgspec.Struct) else one for one in inner
            ]
    return msgspec.structs.replace(value, **changed)


def texts(value: object) -> list[str]:
    """All that was written in a Struct, in the order of its fields: every text that is no code. Of
    what has no fields, in the order of its names, as it is kept and read again."""
    found: list[str] = []
    _find_texts(value, found)
    return found


def _find_texts(value: object, found: list[str]) -> None:
    if isinstance(value, str):
        if not isinstance(value, Enum):
            found.append(value)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            inner = getattr(value, name)
            if inner is not None:  # as most are
                _find_texts(inner, found)
    elif isinstance(value, list):
        for one in value:
            _find_texts(one, found)
    elif isinstance(value, dict):
        for name in sorted(value):
            _find_texts(value[name], found)
