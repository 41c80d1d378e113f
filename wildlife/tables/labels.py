"""The labels of codes beside them, in what is answered as JSON: `protection_label` beside
`protection`, a list of them beside a list of codes. What is told as it was sent, in a Struct that
has no other fields, is left as it is."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, TypeAlias

import msgspec
from msgspec import inspect

from wildlife.tables.columns import in_language
from wildlife.tables.flat import LABEL, naming, without_null
from wildlife.words.vocabularies import Code

_Change: TypeAlias = Callable[[Any], Any]


@cache
def labelling(answer: type[msgspec.Struct], language: str) -> Callable[[Any], dict[str, Any]]:
    """What makes of an answer, or of any other with some of its fields, builtins with labels."""
    change = _of_struct(answer, language)

    def labelled(item: Any) -> dict[str, Any]:
        found: dict[str, Any] = change(msgspec.to_builtins(item))
        return found

    return labelled


def _of_struct(struct: type[msgspec.Struct], language: str) -> _Change:
    fields = {one.encode_name: one.type for one in msgspec.structs.fields(struct)}
    infos = {name: inspect.type_info(type_) for name, type_ in fields.items()}
    labels = {name: label for name, info in infos.items() if (label := _label(info, language))}
    inner = {name: of_one for name, info in infos.items() if (of_one := _inner(info, language))}

    def change(value: Mapping[str, Any]) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name, one in value.items():
            told[name] = inner[name](one) if one is not None and name in inner else one
            if name in labels:
                told[name + LABEL] = None if one is None else labels[name](one)
        return told

    return change


def _label(info: inspect.Type, language: str) -> _Change | None:
    """What makes the label of a code, or of each in a list."""
    names, bare = naming(info), without_null(info)
    if isinstance(bare, inspect.EnumType) and issubclass(bare.cls, Code):
        return {one.value: getattr(one, language) for one in bare.cls}.__getitem__
    if names is not None:
        return lambda code: in_language(names(code), language)
    if isinstance(bare, inspect.ListType):
        of_one = _label(bare.item_type, language)
        return None if of_one is None else partial(_each, of_one)
    return None


def _inner(info: inspect.Type, language: str) -> _Change | None:
    """What puts labels into a value that is no code itself."""
    info = without_null(info)
    if isinstance(info, inspect.ListType):
        of_one = _inner(info.item_type, language)
        return None if of_one is None else partial(_each, of_one)
    if isinstance(info, inspect.StructType) and not info.forbid_unknown_fields:
        return _of_struct(info.cls, language)
    return None


def _each(change: _Change, values: Iterable[Any]) -> list[Any]:
    return [*map(change, values)]
