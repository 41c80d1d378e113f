"""What is written in an incident in people's own words, and all that is told of it without some of
those texts. Pure."""

from collections.abc import Collection, Iterator
from enum import Enum
from functools import cache
from typing import Any, TypeVar

import msgspec
from msgspec import inspect

from wildlife.informants.model import Informant
from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.correcting import Corrected
from wildlife.timeline.entry import Amendment, Said, Void
from wildlife.timeline.generalizing import UNTOLD
from wildlife.words.structs import fields_holding
from wildlife.words.text import Indexed, fold_text
from wildlife.words.values import NO_NUL

T = TypeVar("T")


def free_texts(said: Said) -> Iterator[str]:
    """Each text of a body that people write in their own words, and no code; of an amendment all
    that it changes."""
    yield from _free_in(said)


def _free_in(value: msgspec.Struct) -> Iterator[str]:
    for name, layout in _layout(type(value)):
        yield from _free(getattr(value, name), layout)


def _free(value: Any, layout: inspect.Type) -> Iterator[str]:
    match value, layout:
        case None | Informant(), _:  # who is no text of it, and lies apart
            pass
        case _, inspect.Metadata(type=inner):
            yield from _free(value, inner)
        case _, inspect.UnionType(types=types):
            for one in types:
                yield from _free(value, one)
        case str(), inspect.StrType(pattern=pattern) if pattern == NO_NUL:
            yield value
        case list(), inspect.ListType(item_type=inner):
            for one in value:
                yield from _free(one, inner)
        case msgspec.Struct(), inspect.StructType(cls=cls) if type(value) is cls:
            yield from _free_in(value)
        case dict(), inspect.DictType():
            yield from _changed(value)
        case _:
            pass


@cache
def _layout(type_: type[msgspec.Struct]) -> list[tuple[str, inspect.Type]]:
    layout = inspect.type_info(type_)
    assert isinstance(layout, inspect.StructType)
    return [(one.name, one.type) for one in layout.fields if one.name in fields_holding(type_, str)]


def _changed(value: Any) -> Iterator[str]:
    """A list is corrected by what is in it: a text of one stands where a name does."""
    match value:
        case str():
            yield value
        case dict():
            for name, inner in value.items():
                yield name
                yield from _changed(inner)
        case list():
            for inner in value:
                yield from _changed(inner)
        case _:
            pass


def withheld(told: T, texts: Collection[str]) -> T:
    """The same with `…` for each of these texts, wherever it stands."""
    return _without(told, texts) if texts else told


def _without(value: Any, texts: Collection[str]) -> Any:
    match value:
        case Enum():
            return value
        case str():
            return UNTOLD if value in texts else value
        case list():
            return [_without(one, texts) for one in value]
        case dict():
            return {_without(name, texts): _without(one, texts) for name, one in value.items()}
        case msgspec.Struct():
            fields = fields_holding(type(value), str)
            return msgspec.structs.replace(
                value, **{name: _without(getattr(value, name), texts) for name in fields}
            )
        case _:
            return value


def unsaid(said: Indexed, texts: Collection[str]) -> Indexed:
    """All that was written but for these texts."""
    parts = [said.text]
    for text in sorted(filter(None, map(fold_text, texts)), key=len, reverse=True):
        parts = [part for one in parts for part in one.split(text)]
    return Indexed().then(*parts)


def holding(
    texts: Collection[str], corrected: Corrected, entries: Collection[RecordedEntry]
) -> Iterator[RecordedOpening | RecordedEntry]:
    """What has one of these texts in it as it counts: the opening, and entries; of a correction,
    in why it was made."""
    counting: list[RecordedOpening | RecordedEntry] = [corrected.opening]
    counting += corrected.entries.values()
    voided = {one.body.entry_id for one in entries if isinstance(one.body, Void)}
    for one in counting:
        if has_any(one.body, texts):
            yield one
    for one in entries:
        match one.body:
            case Amendment(note=note, reason=reason) | Void(note=note, reason=reason):
                if one.body.id not in voided and (note in texts or reason in texts):
                    yield one
            case _:
                pass


def has_any(said: Said, texts: Collection[str]) -> bool:
    """Whether a body has one of these texts."""
    return bool(texts) and any(one in texts for one in free_texts(said))
