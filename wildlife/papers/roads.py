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
from wildlife.hazards.entries import Road
from wildlife.hazards.hazard import RoadHazardState
from wildlife.papers.record import Record
from wildlife.papers.sheet import THIRD, Field
from wildlife.papers.writing import code, codes, field, moment, number, text, ticks, wide


def road_fields(road: Road) -> Iterator[Field]:
    """Which road, and where on it."""
    yield field("道路名称", "Road", text(road.name))
    yield field("道路编号", "Number", text(road.code))
    yield wide("道路类别", "Category", ticks(RoadCategory, road.category))
    yield field("技术等级", "Grade", code(road.grade), THIRD)
    yield field("起始桩号", "Stake from", text(road.stake_from), THIRD)
    yield field("终止桩号", "Stake to", text(road.stake_to), THIRD)
    yield wide("行车方向", "Direction", ticks(RoadDirection, road.direction))


def summed_up(hazard: RoadHazardState) -> Iterator[Field]:
    """What blocks it, for who takes it over."""
    extent = hazard.extent
    yield wide("险情类型", "What blocks it", codes(hazard.types))
    yield wide("险情描述", "Description", text(hazard.description), lines=2)
    yield wide("通行状况", "Passability", ticks(Passability, hazard.passability))
    yield field("阻断长度", "Blocked", number(extent.blocked_length_m, "米"), THIRD)
    yield field("阻断车道", "Lanes", number(extent.blocked_lanes, "条"), THIRD)
    yield field("堆积方量", "Volume", number(extent.volume_m3, "立方米"), THIRD)
    yield wide("安全措施", "Safety measures", ticks(SafetyMeasure, hazard.measures))


def hazard_fields(record: Record, hazard: RoadHazardState) -> Iterator[Field]:
    """What blocks it, how much there is of it, and whom it hit."""
    extent = hazard.extent
    yield wide("险情类型", "What blocks it", ticks(HazardType, hazard.types))
    yield wide("险情描述", "Description", text(hazard.description), lines=2)
    yield field("成因", "Cause", ticks(HazardCause, hazard.cause))
    yield field("处置进度", "Progress", code(hazard.state))
    yield wide("通行状况", "Passability", ticks(Passability, hazard.passability))
    yield field("阻断长度", "Blocked", number(extent.blocked_length_m, "米"), THIRD)
    yield field("阻断车道", "Lanes", number(extent.blocked_lanes, "条"), THIRD)
    yield field("堆积方量", "Volume", number(extent.volume_m3, "立方米"), THIRD)
    yield field("滞留车辆", "Vehicles stuck", number(extent.vehicles_stuck, "辆"), THIRD)
    yield field("滞留人员", "People stuck", number(extent.people_stuck, "人"), THIRD)
    yield field("伤亡合计", "Casualties", number(hazard.casualties, "人"), THIRD)
    yield field("受伤", "Injured", number(extent.injured, "人"), THIRD)
    yield field("死亡", "Dead", number(extent.dead, "人"), THIRD)
    yield field("损失金额", "Damage", number(extent.damage_yuan, "元"), THIRD)
    yield wide("财产损失", "Damage in words", text(hazard.damage))
    yield field("阻断自", "Blocked from", moment(hazard.blocked_from, record.zone))
    yield field("阻断至", "Blocked until", moment(hazard.blocked_until, record.zone))
