"""What can be said of any Struct."""

from collections.abc import Iterator
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
    """The same with every time in it, and in the Structs within it, in this zone."""
    changed: dict[str, object] = {}
    for name in value.__struct_fields__:
        inner = getattr(value, name)
        if isinstance(inner, datetime):
            changed[name] = inner.astimezone(zone)
        elif isinstance(inner, msgspec.Struct):
            changed[name] = in_zone(inner, zone)
    return msgspec.structs.replace(value, **changed)


def texts(value: object) -> Iterator[str]:
    """All that was written in a Struct, in the order of its fields: every text that is no code. Of
    what has no fields, in the order of its names, as it is kept and read again."""
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts(getattr(value, name))
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, dict):
        yield from texts([value[name] for name in sorted(value)])
    elif isinstance(value, str) and not isinstance(value, Enum):
        yield value
