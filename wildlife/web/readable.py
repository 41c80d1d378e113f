"""Of a body with faults, what can be read all the same: rules that need only that are told at once,
and not when the faults are mended."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final, NoReturn, TypeVar

import msgspec
from msgspec import inspect

from wildlife.web.type_info import alternative, item_of, items_of, types_in

T = TypeVar("T")


class NotKnown(Exception):
    """A rule asked for what can't be read."""


class _Unknown:
    """Stands where nothing can be read: whoever asks what it is learns that, and nothing wrong."""

    def _refuse(self, *_: object) -> NoReturn:
        raise NotKnown

    __getattr__ = __getitem__ = __call__ = __contains__ = __iter__ = __len__ = __bool__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __hash__ = _refuse
    __str__ = __format__ = _refuse


UNKNOWN: Final[Any] = _Unknown()


def as_far_as_known(*rules: Iterator[T]) -> Iterator[T]:
    """What each of these finds, up to where it asks for what is UNKNOWN."""
    for rule in rules:
        with suppress(NotKnown):
            yield from rule


def is_known(value: object) -> bool:
    """Whether it, and each of its fields where it has some, could be read."""
    inner = [getattr(value, name) for name in getattr(type(value), "__struct_fields__", ())]
    return all(one is not UNKNOWN for one in (value, *inner))


def as_sent(value: object) -> Any:
    """The same as builtins, with … where it can't be read."""
    return msgspec.to_builtins(value, enc_hook=lambda _: "…")


def readable(given: Any, type_: Any, info: inspect.Type) -> Any:
    """`given` as a `type_`, with UNKNOWN in place of what is none."""
    try:
        return msgspec.convert(given, type_)
    except msgspec.ValidationError:
        pass
    meant = alternative(info, given)
    if isinstance(meant, inspect.StructType) and isinstance(given, dict):
        return readable_struct(given, meant)
    if isinstance(meant, inspect.ListType) and isinstance(given, list):
        item = item_of(type_)
        return [readable(one, item, meant.item_type) for one in items_of(given, meant)]
    return UNKNOWN


def readable_struct(given: dict[str, Any], info: inspect.StructType) -> Any:
    """The same as this Struct, whatever it calls itself."""
    types = types_in(info.cls)
    read = {
        field.name: readable(given[field.encode_name], types[field.encode_name], field.type)
        if field.encode_name in given
        else UNKNOWN
        for field in info.fields
        if field.required or field.encode_name in given
    }
    return info.cls(**read)
