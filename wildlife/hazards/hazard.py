"""What a road hazard is: as it is now, after all that was said of it."""

from datetime import datetime
from uuid import UUID

import msgspec

from wildlife.hazards.codes import (
    ClearingMethod,
    HazardCause,
    HazardState,
    HazardType,
    Passability,
    RoadUnit,
    SafetyMeasure,
)
from wildlife.hazards.entries import Extent, Road


class Notification(msgspec.Struct, frozen=True):
    """险情通知。Who was told of the hazard, and when."""

    unit: str
    """被通知单位。The unit that was told, or took it over, by name."""
    person: str | None
    """被通知人。Who was told there, by name; null: nobody said."""
    notified_at: datetime
    """通知时间。When they were told."""
    unit_kind: RoadUnit | None = None
    """被通知单位类别。What kind of unit it is; null counts as the one that maintains the road."""


class Hazard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a road hazard however often it blocks the road."""

    type: HazardType
    """主要险情类型。What blocks the road: the main thing."""
    types: list[HazardType]
    """全部险情类型。All that lay there, the main one first."""
    state: HazardState
    """处置进度。How far the hazard is dealt with, which is not how traffic passes."""
    passability: Passability
    """通行状况。How traffic passes now."""
    road: Road
    """所在道路。Which road, and where on it."""
    description: str | None
    """险情描述。What it looked like when it was found, in words."""
    cause: HazardCause | None
    """险情原因。Why it came onto the road."""
    extent: Extent
    """险情规模。How much there is of it, and whom it hit."""
    most_vehicles_stuck: int | None = None
    """最多受困车辆数。How many vehicles were stuck at once, at most."""
    most_people_stuck: int | None = None
    """最多受困人数。How many people were stuck at once, at most."""
    casualties: int | None
    """伤亡人数。Injured and dead together, as the opening said."""
    damage: str | None
    """损失情况。What was damaged, in words."""
    detour: str | None
    """绕行路线。Which way traffic goes; null once all passes."""
    expected_reopening_at: datetime | None
    """预计恢复通行时间。When the road is expected to be open again; null once all passes."""
    since: datetime
    """本次受阻开始时间。When it was found, or found again after it had been cleared or reopened."""
    recurrences: int = 0
    """再次受阻次数。How often it was blocked again after it had been cleared or reopened, or
    passed by itself."""
    unreported_from: datetime | None = None
    """应上报时间。From when on an earlier closure was one to be reported upward, if nobody has
    yet."""
    before_found: list[UUID] = []
    """早于发现的记录。The entries that say how it was dealt with before it was found."""


class RoadHazardState(Hazard, frozen=True, kw_only=True):
    """道路险情现状。A road hazard as it is now. What was done is told since it was found, or found
    again."""

    blocked_from: datetime | None = None
    """全幅阻断开始时间。Since when nothing passed, at the last time that it was so; null: never."""
    blocked_until: datetime | None = None
    """全幅阻断结束时间。When something passed again after `blocked_from`; null: not yet, or never
    blocked."""
    open_from: datetime | None = None
    """全部通行开始时间。From when on all passes again; null: not yet, or it was found open."""
    found_false_at: datetime | None = None
    """误报认定时间。When the report was found to be false, if nothing proved it true since."""
    measures: list[SafetyMeasure] = []
    """安全措施。All that warns and protects traffic, since `since`."""
    notified: list[Notification] = []
    """已通知单位。Who was told, and when, since `since`."""
    clearing_method: ClearingMethod | None = None
    """清除方式。How the road was cleared, as was said last."""
    people: int | None = None
    """清除人数。How many people cleared the road, as was said last."""
    machines: int | None = None
    """机械台数。How many machines cleared the road, as was said last."""
    done_by: str | None = None
    """处置单位。Who cleared or reopened the road, where it was not the station."""
    secured_at: datetime | None = None
    """警示时间。When traffic was first warned and protected."""
    clearing_at: datetime | None = None
    """开始清除时间。When clearing began."""
    cleared_at: datetime | None = None
    """清除完毕时间。When nothing blocked the road any more."""
    reopened_at: datetime | None = None
    """恢复通行时间。When traffic began to flow as it does now."""
    handed_over_to: str | None = None
    """险情接管单位。The unit that deals with it from there on, by name."""

    def anew(self) -> "RoadHazardState":
        """The same with nothing done yet: what stands here, and not with any hazard, is gone."""
        known = {name: getattr(self, name) for name in Hazard.__struct_fields__}
        return RoadHazardState(**known)
