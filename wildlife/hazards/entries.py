"""What may be said of a road hazard."""

from typing import Annotated, ClassVar, Final, TypeAlias

import msgspec

from wildlife.hazards.codes import (
    ClearingMethod,
    HazardCause,
    HazardType,
    Passability,
    RoadCategory,
    RoadDirection,
    RoadGrade,
    RoadUnit,
    SafetyMeasure,
)
from wildlife.timeline.entry import Appendable, Opening, Weight
from wildlife.words.sentences import Sentence
from wildlife.words.values import Planned, ShortText, Text, whole

_Stake = Annotated[
    str,
    msgspec.Meta(
        pattern=whole(r"K[0-9]{1,4}(\+[0-9]{1,3})?"),
        description="A stake mark: K12+300.",
        examples=["K12+300"],
    ),
]
# Of what is said in one moment of how traffic passes, the worst counts: a road that is thought
# open while it is blocked is the greater harm. A sign that is put up in that minute stands there.
_WORSE_LATER: Final = {Passability.OPEN: 0, Passability.BLOCKED: 2}


def _weight_of(passability: Passability) -> int:
    return Weight.STATE + _WORSE_LATER.get(passability, 1)


_Few = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
_Types = Annotated[list[HazardType], msgspec.Meta(max_length=10)]


class Road(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """道路。Which road, and where on it."""

    name: ShortText | None = None
    """道路名称。What the road is called."""
    code: ShortText | None = None
    """道路编号。The road's number, as on its signs: G303."""
    category: RoadCategory = RoadCategory.OTHER
    """道路类别。Whose road it is (Highway Law, Arts. 6 and 11)."""
    grade: RoadGrade | None = None
    """道路技术等级。How the road is built (Highway Law, Art. 6)."""
    direction: RoadDirection | None = None
    """行车方向。Which carriageway: up is towards rising stake marks."""
    stake_from: _Stake | None = None
    """起始桩号。Where on the road it begins."""
    stake_to: _Stake | None = None
    """终止桩号。Where on the road it ends."""


class Extent(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """险情规模与影响。How much there is of the hazard, and whom it hit, in all so far; but
    `vehicles_stuck` and `people_stuck` are those that are stuck now: 0 where all are free again,
    and none are told once all passes."""

    blocked_length_m: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    """阻断长度。Metres of road that are blocked."""
    blocked_lanes: Annotated[int, msgspec.Meta(ge=0, le=20)] | None = None
    """阻断车道数。How many lanes are blocked."""
    volume_m3: Annotated[float, msgspec.Meta(ge=0, le=100_000_000)] | None = None
    """堆积方量。Cubic metres of what lies there."""
    vehicles_stuck: _Few | None = None
    """受困车辆数。How many vehicles are stuck now; 0: all are free again."""
    people_stuck: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    """受困人数。How many people are stuck now; 0: all are free again."""
    injured: _Few | None = None
    """受伤人数。How many people were injured, in all so far."""
    dead: _Few | None = None
    """死亡人数。How many people died, in all so far."""
    damage_yuan: Annotated[float, msgspec.Meta(ge=0, le=1e12)] | None = None
    """直接经济损失。Damage in yuan, in all so far."""


class ReportedHazard(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """所报险情。What blocks the road, as it was found."""

    type: HazardType
    """主要险情类型。What blocks the road; the main thing, where there are several."""
    types: _Types = []
    """其他险情类型。What lies there beside `type`: rock, and branches."""
    passability: Passability
    """通行状况。How traffic passed when it was found."""
    road: Road = Road()
    """所在道路。Which road, and where on it."""
    description: Text | None = None
    """险情描述。What it looks like, in words."""
    cause: HazardCause | None = None
    """险情原因。Why it came onto the road."""
    extent: Extent = Extent()
    """险情规模。How much there is of it, and whom it hit."""
    casualties: _Few | None = None
    """伤亡人数。Injured and dead together, where they are not told apart; else `extent` says
    them."""
    damage: Text | None = None
    """损失情况。What was damaged, in words; what it costs goes into `extent`."""
    detour: Text | None = None
    """绕行路线。Which way traffic goes meanwhile."""
    expected_reopening_at: Planned | None = None
    """预计恢复通行时间。When the road is expected to be open again."""


class RoadHazardOpening(Opening, frozen=True, kw_only=True, tag="road_hazard"):
    """A road hazard."""

    KIND: ClassVar = Sentence("road hazard", "道路险情")

    hazard: ReportedHazard
    """险情。What blocks the road, as it was found."""


class Secured(Appendable, frozen=True, kw_only=True, tag="secured"):
    """Traffic is warned and protected."""

    LABEL: ClassVar = Sentence("secured", "安全警示")
    NEEDS: ClassVar = ()
    WEIGHT: ClassVar = Weight.IN_THAT_STATE

    measures: Annotated[list[SafetyMeasure], msgspec.Meta(min_length=1, max_length=10)]
    """安全措施。What was done to warn and protect traffic (Road Traffic Safety Law, Art. 30)."""


class Notified(Appendable, frozen=True, kw_only=True, tag="notified"):
    """A unit was told of the hazard: the one that maintains the road, and the traffic police
    (Highway protection rules, Art. 47)."""

    LABEL: ClassVar = Sentence("unit notified", "通知单位")
    WEIGHT: ClassVar = Weight.IN_THAT_STATE

    unit: ShortText
    """被通知单位。The unit that was told, by name."""
    person: ShortText | None = None
    """被通知人。Who was told there, by name."""
    unit_kind: RoadUnit | None = None
    """被通知单位类别。What kind of unit was told; null counts as the one that maintains the
    road."""


class RoadUpdate(Appendable, frozen=True, kw_only=True, tag="road_update"):
    """What is known of the road now: how traffic passes, what lies there beside, how much it is.

    A road that was cleared or reopened, or passed by itself, and through which less passes than
    before is blocked again, and a false report of a road that does not pass has proved true: what
    is done and owed begins anew.
    """

    LABEL: ClassVar = Sentence("road update", "路况更新")
    WEIGHT: ClassVar = Weight.IN_THAT_STATE
    SAYS: ClassVar = ("passability", "types", "extent", "detour", "expected_reopening_at")

    passability: Passability | None = None
    """通行状况。How traffic passes now; null: as before."""
    types: _Types = msgspec.field(default_factory=list)
    """新增险情类型。What lies there, too: it is added to what is known."""
    extent: Extent = Extent()
    """险情规模。How much there is of it now; what is left out stays as it was."""
    detour: Text | None = None
    """绕行路线。Which way traffic goes meanwhile."""
    expected_reopening_at: Planned | None = None
    """预计恢复通行时间。When the road is expected to be open again."""

    @property
    def weight(self) -> int:
        return self.WEIGHT if self.passability is None else _weight_of(self.passability)


class Clearing(Appendable, frozen=True, kw_only=True, tag="clearing"):
    """Clearing has begun, or goes on."""

    LABEL: ClassVar = Sentence("clearing", "清除中")
    NEEDS: ClassVar = ()
    WEIGHT: ClassVar = Weight.IN_THAT_STATE

    method: ClearingMethod
    """清除方式。By hand, or with machines."""
    people: _Few | None = None
    """清除人数。How many people clear the road."""
    machines: Annotated[int, msgspec.Meta(ge=0, le=1_000)] | None = None
    """机械台数。How many machines clear the road."""
    unit: ShortText | None = None
    """清除单位。Who clears the road, where it is not the station."""


class Cleared(Appendable, frozen=True, kw_only=True, tag="cleared"):
    """Nothing blocks the road any more."""

    LABEL: ClassVar = Sentence("cleared", "清除完毕")
    NEEDS: ClassVar = ()
    WEIGHT: ClassVar = Weight.ENDED

    unit: ShortText | None = None
    """清除单位。Who cleared it, where it was not the station."""


class Reopened(Appendable, frozen=True, kw_only=True, tag="reopened"):
    """Traffic flows again: over the whole road, or over a part of it, or another way. A road is
    reopened as often as more of it passes; where less does than before, it was blocked again."""

    LABEL: ClassVar = Sentence("reopened", "恢复通行")

    passability: Passability = Passability.OPEN
    """通行状况。How traffic passes from now on: anything but `blocked`."""
    unit: ShortText | None = None
    """恢复通行单位。Who reopened it and reports it back, where it was not the station."""

    @property
    def weight(self) -> int:
        return _weight_of(self.passability)


class HandedOver(Appendable, frozen=True, kw_only=True, tag="handed_over"):
    """Another unit deals with the hazard from here on."""

    LABEL: ClassVar = Sentence("hazard handed over", "险情移交")
    WEIGHT: ClassVar = Weight.HANDED_OVER

    unit: ShortText
    """险情接管单位。The unit that deals with it from here on, by name."""
    person: ShortText | None = None
    """接管人。Who took it over there, by name."""
    unit_kind: RoadUnit | None = None
    """接管单位类别。What kind of unit takes it over."""
    receipt_number: ShortText | None = None
    """险情移交凭证编号。The number of the paper by which it was handed over."""


class FalseReport(Appendable, frozen=True, kw_only=True, tag="false_report"):
    """There was no hazard."""

    LABEL: ClassVar = Sentence("false report", "误报")
    NEEDS: ClassVar = ()
    WEIGHT: ClassVar = Weight.ENDED


HazardEntry: TypeAlias = (
    Secured | Notified | RoadUpdate | Clearing | Cleared | Reopened | HandedOver | FalseReport
)
