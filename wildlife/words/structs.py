"""Structs that say the same of a thing, each to somebody else."""

from typing import TypeVar

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


def derive(type_: type[T], source: msgspec.Struct, **own: object) -> T:
    """A `type_` whose fields are `source`'s of the same name, but for its `own`.

    Raises msgspec.ValidationError where one is missing, or is another thing there.
    """
    shared = set(source.__struct_fields__) & set(type_.__struct_fields__)
    return msgspec.convert({name: getattr(source, name) for name in shared} | own, type_)
