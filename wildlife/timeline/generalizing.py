"""What is told of a record to whoever may not know its places: the middle of a cell of the grid,
the county, and no text that people wrote in their own words, since any may name the place. Pure.

A text is told where the Struct that it stands in says so, by the names of its fields; a new one is
not told until somebody has decided. `TELLS_NO_PLACE`: what the service says itself, or takes as a
code of its registers alone. `TELLS_NUMBERS`: what stands on a ring or a chip, where it reads as a
number; what else somebody typed there is their own words.
"""

import re
from enum import Enum
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from msgspec import inspect
from msgspec.structs import replace

from wildlife.timeline.incident import Incident, PhotoState
from wildlife.timeline.photo import ExifFacts, ImageFacts, ShownTakenPlace, TakenPlace
from wildlife.words.grid import middle, uncertainty_m
from wildlife.words.places import Place, Point, Position, ShownPlace, position, show
from wildlife.words.structs import fields_holding
from wildlife.words.text import fold_text
from wildlife.words.vocabularies import Datum, PhotoFlag, RecordFlag

T = TypeVar("T", bound=msgspec.Struct)

UNTOLD: Final = "…"
"""Stands for a text that there has to be, and that is not told."""

OF_PLACES: Final = {
    RecordFlag.UNKNOWN_REGION,
    RecordFlag.POINT_AT_ZERO,
    RecordFlag.POINT_SWAPPED,
    RecordFlag.POINT_ELSEWHERE,
    RecordFlag.RELEASED_FAR_AWAY,
    RecordFlag.RELEASED_OUTSIDE_RANGE,
    PhotoFlag.TAKEN_ELSEWHERE,
    PhotoFlag.POINT_AT_ZERO,
    PhotoFlag.POINT_SWAPPED,
}
"""The flags that say something of where a place lies: with a range that is known, or a distance,
they would tell more of it than its cell does."""

# What lies within them is where somebody was, and nothing else; or, of a photo's bytes, what any
# place in them changes.
_UNTOLD: Final = (TakenPlace, ShownTakenPlace, ExifFacts, ImageFacts)

_NUMBER: Final = re.compile(
    r"(?:china[ :#-]?)?(?:"
    r"[a-z]{0,2}[ :#-]?(?:[0-9]{1,10}|[0-9]{15}|(?=.{3,9}\Z)[0-9]+[/-][0-9]+)"
    r"|(?=.*[0-9])[a-z0-9]{2,4}"
    r"|[a-z]{1,3})"
)
"""What stands on a metal ring (`CHINA H12-3456`), a chip (15 digits) or a coloured ring (`0A3`,
`AXV`), folded. No more: a village in Latin letters, a road's kilometre and a point of a map are
letters and digits, too."""

COUNTY: Final = 6
"""So many digits of a region's code."""


def generalized(said: T) -> T:
    """What is told of something that was said, established or folded."""
    told = replace(said, **{one.name: _told(getattr(said, one.name), one) for one in _texts(said)})
    match told:
        case Incident():
            flags = [one for one in told.flags if one.code not in OF_PLACES]
            lay = told.station_region[:COUNTY]
            return replace(told, generalized=True, digest=None, flags=flags, station_region=lay)
        case PhotoState():
            of_it = [one for one in told.flags if one not in OF_PLACES]
            return replace(told, size=None, flags=of_it)
        case _:
            return told


class _Field(NamedTuple):
    """A field that may hold a text, or a Struct with one."""

    name: str
    is_told: bool
    is_number: bool
    untold: str | None
    """What stands there where its text is not told."""
    is_text: bool
    """Whether it is a text, or several, and no Struct with one."""


def may_hide(type_: type[msgspec.Struct], name: str) -> bool:
    """Whether a field, or a text of it, is left out of what is told where places are hidden: who is
    told nothing of it does not know whether there is anything."""
    return any(one.name == name and one.is_text and not one.is_told for one in _texts_of(type_))


def _texts(of: msgspec.Struct) -> tuple[_Field, ...]:
    return _texts_of(type(of))


@cache
def _texts_of(type_: type[msgspec.Struct]) -> tuple[_Field, ...]:
    told, numbers = _named(type_, "TELLS_NO_PLACE"), _named(type_, "TELLS_NUMBERS")
    holding, layout = fields_holding(type_, str), inspect.type_info(type_)
    assert isinstance(layout, inspect.StructType)
    return tuple(
        _Field(
            one.name,
            one.name in told,
            one.name in numbers,
            None if _may_be_none(one.type) else UNTOLD,
            _holds_text(one.type),
        )
        for one in layout.fields
        if one.name in holding
    )


def _named(type_: type[msgspec.Struct], by: str) -> set[str]:
    return {name for one in type_.__mro__ for name in vars(one).get(by, ())}


def _may_be_none(layout: inspect.Type) -> bool:
    match layout:
        case inspect.Metadata(type=inner):
            return _may_be_none(inner)
        case inspect.UnionType(types=types):
            return any(isinstance(one, inspect.NoneType) for one in types)
        case _:
            return False


def _holds_text(layout: inspect.Type) -> bool:
    match layout:
        case inspect.Metadata(type=inner) | inspect.ListType(item_type=inner):
            return _holds_text(inner)
        case inspect.UnionType(types=types):
            return any(map(_holds_text, types))
        case _:
            return isinstance(layout, inspect.StrType)


def _told(value: Any, field: _Field) -> Any:
    match value:
        case Enum():
            return value
        case str():
            is_told = field.is_told or (field.is_number and _NUMBER.fullmatch(fold_text(value)))
            return value if is_told else field.untold
        case list():
            return [_told(one, field) for one in value if field.is_told or not _is_text(one)]
        case dict():  # of an amendment: nobody knows what it holds
            return {}
        case ShownPlace():
            return show(_place(value.region_code, value.wgs84))
        case Place():
            return _place(value.region_code, position(value.point))
        case _ if isinstance(value, _UNTOLD):
            return None
        case msgspec.Struct():
            return generalized(value)
        case _:
            return value


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, Enum)


def _place(region_code: str | None, at: Position | None) -> Place:
    return Place(
        region_code=region_code and region_code[:COUNTY],
        point=None if at is None else _point(at),
    )


def _point(at: Position) -> Point:
    """The middle of the cell, and how far from there anything in it lies at most: how well the
    point was known would tell those of one cell apart."""
    here = middle(at)
    return Point(
        longitude=here.longitude,
        latitude=here.latitude,
        datum=Datum.WGS84,
        accuracy_m=uncertainty_m(here),
    )
