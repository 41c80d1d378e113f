"""What msgspec knows of a type, and which part of it was meant."""

from collections.abc import Hashable
from functools import cache
from typing import Any, get_args, get_origin

import msgspec
from msgspec import inspect


@cache
def type_info(type_: Hashable) -> inspect.Type:
    """What msgspec knows of a type: to work it out takes longer than all else about a refusal."""
    return inspect.type_info(type_)


def alternative(info: inspect.Type | None, given: Any) -> inspect.Type | None:
    """The member of a union that `given` was meant to be: by its tag, or the one beside null."""
    if isinstance(info, inspect.Metadata):
        info = info.type
    if not isinstance(info, inspect.UnionType):
        return info
    members = [member for member in info.types if not isinstance(member, inspect.NoneType)]
    if len(members) == 1:
        return alternative(members[0], given)
    for member in members:
        if (
            isinstance(member, inspect.StructType)
            and isinstance(given, dict)
            and given.get(member.tag_field) == member.tag
        ):
            return member
    return info


def structs_in(info: inspect.Type | None) -> list[inspect.StructType]:
    """The Structs of a union, which their tags tell apart; of another type none."""
    types = info.types if isinstance(info, inspect.UnionType) else ()
    return [one for one in types if isinstance(one, inspect.StructType)]


def field_of(info: inspect.StructType, name: str) -> tuple[inspect.Field, Any]:
    """A field of a Struct by its name in JSON, and its type."""
    [field] = [one for one in info.fields if one.encode_name == name]
    return field, types_in(info.cls)[name]


@cache
def types_in(struct: type[msgspec.Struct]) -> dict[str, Any]:
    """Of the fields of a struct, by their names in JSON; worked out once, as `type_info` is."""
    return {one.encode_name: one.type for one in msgspec.structs.fields(struct)}


def item_of(type_: Any) -> Any:
    """The type of what is in a list, which may be one of a union or have bounds of its own."""
    if get_origin(type_) is list:
        return get_args(type_)[0]
    return next((item for one in get_args(type_) if (item := item_of(one)) is not None), None)


def items_of(given: list[Any], info: inspect.ListType) -> list[Any]:
    """What is looked at of a list: of one that is too long, as much as it might have."""
    return given[: info.max_length]


def joined(path: str, name: str) -> str:
    """The path of a field within what is at `path`."""
    return f"{path}.{name}" if path else name
