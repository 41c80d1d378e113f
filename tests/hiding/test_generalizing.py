"""What is told of a place that is hidden is decided field by field: what nobody decided on is not
told."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest
from msgspec import inspect

from tests.hiding.world import NUMBERS, TOLD
from wildlife.rescues.codes import MarkKind
from wildlife.rescues.incident import RescueIncident
from wildlife.rescues.kind import RESCUE
from wildlife.rescues.opening import Mark
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import APPENDABLE, Photo
from wildlife.timeline.generalizing import OF_PLACES, UNTOLD, generalized
from wildlife.words.values import NO_NUL
from wildlife.words.vocabularies import PhotoFlag, RecordFlag

BODIES = [RESCUE.opening, *APPENDABLE, Photo, *RESCUE.entries]

TOLD_OF_INCIDENTS = {
    # Whose it is, and who acted.
    "RescueIncident.case_number",
    "RescueIncident.station_region",
    "RescueIncident.officers",
    "StationRef.code",
    "StationRef.name",
    "OfficerRef.badge",
    "OfficerRef.name",
    "NamedOfficer.badge",
    "NamedOfficer.name",
    "NamedOfficer.unit",
    "ReleaseRecord.officers",
    # What it is: as the register says it.
    "Identified.species_id",
    "Identified.chinese_name",
    "Identified.scientific_name",
    "Identified.english_name",
    "Identified.native_to",
    "TaxonRef.species_id",
    "TaxonRef.chinese_name",
    "TaxonRef.scientific_name",
    "TaxonRef.english_name",
    "TaxonRef.native_to",
    "ProtectionPeriod.list",
    "ProtectionPeriod.note",
    "ProtectionPeriod.jurisdiction",
    "ReleaseRecord.species_id",
    "ReleaseRecord.chinese_name",
    "ReleaseRecord.scientific_name",
    "ReleaseRecord.protection_list",
    # Codes that are texts by their types.
    "PhotoState.media_type",
    "PhotoState.about",
    "Facts.case_number",
    "Facts.station_region",
}
"""The texts of incidents, and of what the service establishes, that are told; each decided on."""

OF_NO_PLACE = {
    "alive_after_death", "before_found", "call_out_of_order", "casualties_too_few", "clock_skew",
    "closing_lapsed", "count_changed", "dead_on_arrival_after_release", "end_assumed",
    "end_changed", "end_missing", "identified_as_two", "incomplete", "isolation_out_of_order",
    "mark_on_two", "names_informant", "opinion_missing", "photo_of_none", "received_before_sent",
    "received_nothing", "received_others",
    "released_after_failed_quarantine", "released_alien", "released_before_found", "released_dead",
    "released_in_isolation", "released_under_suspicion", "released_unfit",
    "released_with_taken_off", "return_missing", "same_picture", "taken_earlier",
    "taken_off_unrecorded", "unknown_badge",
}  # fmt: skip
"""The flags that follow from no place; each decided on."""


def structs(type_: Any) -> set[type[msgspec.Struct]]:
    """All Structs that a value of this type may have within."""
    return {*_structs(inspect.type_info(type_), set())}


def _structs(layout: inspect.Type, seen: set[type]) -> Iterator[type[msgspec.Struct]]:
    match layout:
        case inspect.Metadata(type=inner) | inspect.ListType(item_type=inner):
            yield from _structs(inner, seen)
        case inspect.UnionType(types=types):
            for one in types:
                yield from _structs(one, seen)
        case inspect.StructType(cls=cls, fields=fields) if cls not in seen:
            seen.add(cls)
            yield cls
            for field in fields:
                yield from _structs(field.type, seen)
        case _:
            pass


@cache
def told_by(cls: type[msgspec.Struct], by: str = "TELLS_NO_PLACE") -> set[str]:
    """The fields that a Struct says are told."""
    return {name for one in cls.__mro__ for name in vars(one).get(by, ())}


def test_each_text_that_is_told_was_decided_on() -> None:
    of_bodies = {one for body in BODIES for one in structs(body)}
    prose = {
        f"{cls.__name__}.{field.name}"
        for cls in of_bodies
        for field in msgspec.structs.fields(cls)
        if field.name in told_by(cls) and _is_prose(inspect.type_info(cls), field.name)
    }
    assert prose == TOLD
    of_incidents = structs(RescueIncident) | structs(Facts)
    told = {f"{cls.__name__}.{name}" for cls in of_incidents for name in told_by(cls)}
    assert told == TOLD_OF_INCIDENTS


def _is_prose(layout: Any, name: str) -> bool:
    [field] = [one for one in layout.fields if one.name == name]
    types = field.type.types if isinstance(field.type, inspect.UnionType) else [field.type]
    return any(isinstance(one, inspect.StrType) and one.pattern == NO_NUL for one in types)


def test_each_number_that_is_told_was_decided_on() -> None:
    of_bodies = {one for body in BODIES for one in structs(body)}
    told = {f"{cls.__name__}.{name}" for cls in of_bodies for name in told_by(cls, "TELLS_NUMBERS")}
    assert told == NUMBERS
    told = {
        f"{cls.__name__}.{name}"
        for cls in structs(RescueIncident) | structs(Facts)
        for name in told_by(cls, "TELLS_NUMBERS")
    }
    assert told == {"Mark.number", "ReleaseRecord.ring_number"}


@pytest.mark.parametrize(
    ("number", "is_told"),
    [
        *((one, True) for one in ("A1234", "CHINA H12-3456", "156000012345678", "AXV", "Ａ１２")),
        *((one, True) for one in ("0A3", "EA 12345", "C07", "12345", "H12-3456", "2024/117")),
        *((one, False) for one in ("三道沟", "A1234，三道沟", "白旗C5", "Sandaogou 3", "san dao")),
        *((one, False) for one in ("liu jia gou 2", "lin ban 5", "linban5", "daju", "gou dong 3")),
        *((one, False) for one in ("s206 k12.5", "k12+500", "S206 12", "117.5234/42.7812")),
        *((one, False) for one in ("n 42.78 e 117.52", "117°31′", "4278123 1175234", "42-46-12")),
    ],
)
def test_of_a_mark_what_reads_as_a_number_is_told(number: str, is_told: bool) -> None:
    told = generalized(Mark(kind=MarkKind.RING, number=number))
    assert told.number == (number if is_told else UNTOLD)


def test_what_is_said_to_be_told_is_a_field() -> None:
    for cls in {one for body in [*BODIES, RescueIncident, Facts] for one in structs(body)}:
        told = told_by(cls) | told_by(cls, "TELLS_NUMBERS")
        assert told <= {*cls.__struct_fields__}, cls


def test_coordinates_stand_where_they_are_looked_for() -> None:
    """In a place, which is told on the grid; or in what is not told at all."""
    whole = {"Place", "ShownPlace", "TakenPlace", "ShownTakenPlace", "ExifFacts"}
    for cls in {one for body in [*BODIES, RescueIncident, Facts] for one in structs(body)}:
        names = {*cls.__struct_fields__}
        if cls.__name__ not in whole | {"Point", "Position"}:
            assert not names & {"point", "wgs84", "longitude", "latitude", "location"}, cls


def test_each_flag_says_something_of_a_place_or_was_decided_not_to() -> None:
    every = {one.value for one in (*RecordFlag, *PhotoFlag)}
    assert every - {one.value for one in OF_PLACES} == OF_NO_PLACE
