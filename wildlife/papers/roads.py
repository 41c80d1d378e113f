"""A road hazard as forms have it. Pure."""

from collections.abc import Iterator

from wildlife.hazards.codes import (
    HazardCause,
    HazardType,
    Passability,
    RoadCategory,
    RoadDirection,
    SafetyMeasure,
)
from wildlife.hazards.entries import Extent, Road
from wildlife.hazards.hazard import RoadHazardState
from wildlife.papers.record import Record
from wildlife.papers.sheet import THIRD, Field
from wildlife.papers.writing import (
    code,
    codes,
    field_of,
    moment,
    number,
    text,
    ticks,
    wide_of,
)


def road_fields(road: Road) -> Iterator[Field]:
    """Which road, and where on it."""
    yield field_of(Road, "name", text(road.name))
    yield field_of(Road, "code", text(road.code))
    yield wide_of(Road, "category", ticks(RoadCategory, road.category))
    yield field_of(Road, "grade", code(road.grade), THIRD)
    yield field_of(Road, "stake_from", text(road.stake_from), THIRD)
    yield field_of(Road, "stake_to", text(road.stake_to), THIRD)
    yield wide_of(Road, "direction", ticks(RoadDirection, road.direction))


def summed_up(hazard: RoadHazardState) -> Iterator[Field]:
    """What blocks it, for who takes it over."""
    extent = hazard.extent
    yield wide_of(RoadHazardState, "types", codes(hazard.types))
    yield wide_of(RoadHazardState, "description", text(hazard.description), lines=2)
    yield wide_of(RoadHazardState, "passability", ticks(Passability, hazard.passability))
    yield field_of(Extent, "blocked_length_m", number(extent.blocked_length_m, "米"), THIRD)
    yield field_of(Extent, "blocked_lanes", number(extent.blocked_lanes, "条"), THIRD)
    yield field_of(Extent, "volume_m3", number(extent.volume_m3, "立方米"), THIRD)
    yield wide_of(RoadHazardState, "measures", ticks(SafetyMeasure, hazard.measures))


def hazard_fields(record: Record, hazard: RoadHazardState) -> Iterator[Field]:
    """What blocks it, how much there is of it, and whom it hit."""
    extent = hazard.extent
    yield wide_of(RoadHazardState, "types", ticks(HazardType, hazard.types))
    yield wide_of(RoadHazardState, "description", text(hazard.description), lines=2)
    yield field_of(RoadHazardState, "cause", ticks(HazardCause, hazard.cause))
    yield field_of(RoadHazardState, "state", code(hazard.state))
    yield wide_of(RoadHazardState, "passability", ticks(Passability, hazard.passability))
    yield field_of(Extent, "blocked_length_m", number(extent.blocked_length_m, "米"), THIRD)
    yield field_of(Extent, "blocked_lanes", number(extent.blocked_lanes, "条"), THIRD)
    yield field_of(Extent, "volume_m3", number(extent.volume_m3, "立方米"), THIRD)
    yield field_of(Extent, "vehicles_stuck", number(extent.vehicles_stuck, "辆"), THIRD)
    yield field_of(Extent, "people_stuck", number(extent.people_stuck, "人"), THIRD)
    yield field_of(RoadHazardState, "casualties", number(hazard.casualties, "人"), THIRD)
    yield field_of(Extent, "injured", number(extent.injured, "人"), THIRD)
    yield field_of(Extent, "dead", number(extent.dead, "人"), THIRD)
    yield field_of(Extent, "damage_yuan", number(extent.damage_yuan, "元"), THIRD)
    yield wide_of(RoadHazardState, "damage", text(hazard.damage))
    yield field_of(RoadHazardState, "blocked_from", moment(hazard.blocked_from, record.zone))
    yield field_of(RoadHazardState, "blocked_until", moment(hazard.blocked_until, record.zone))
