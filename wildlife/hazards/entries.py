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
from wildlife.timeline.entry import Appendable, Label, Opening
from wildlife.words.values import Instant, ShortText, Text, whole

_Stake = Annotated[
    str,
    msgspec.Meta(
        pattern=whole(r"K[0-9]{1,4}(\+[0-9]{1,3})?"),
        description="A stake mark: K12+300.",
        examples=["K12+300"],
    ),
]
# Of what is said in one moment of how traffic passes, the worst counts: a road that is thought
# open while it is blocked is the greater harm.
_WORSE_LATER: Final = {Passability.OPEN: 2, Passability.BLOCKED: 4}

# A sign that is put up in the minute in which the road is blocked again stands there now: what is
# said of the road comes after how traffic passes.
_OF_THE_ROAD_THEN: Final = 5


def _weight_of(passability: Passability) -> int:
    return _WORSE_LATER.get(passability, 3)


_Few = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
_Types = Annotated[list[HazardType], msgspec.Meta(max_length=10)]


class Road(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Which road, and where on it."""

    name: ShortText | None = None
    code: ShortText | None = None
    category: RoadCategory = RoadCategory.OTHER
    grade: RoadGrade | None = None
    direction: RoadDirection | None = None
    stake_from: _Stake | None = None
    stake_to: _Stake | None = None


class Extent(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """How much there is of the hazard, and whom it hit, in all so far; but `vehicles_stuck` and
    `people_stuck` are those that are stuck now: 0 where all are free again, and none are told once
    all passes."""

    blocked_length_m: Annotated[float, msgspec.Meta(ge=0, le=1_000_000)] | None = None
    blocked_lanes: Annotated[int, msgspec.Meta(ge=0, le=20)] | None = None
    volume_m3: Annotated[float, msgspec.Meta(ge=0, le=100_000_000)] | None = None
    vehicles_stuck: _Few | None = None
    people_stuck: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    injured: _Few | None = None
    dead: _Few | None = None
    damage_yuan: Annotated[float, msgspec.Meta(ge=0, le=1e12)] | None = None


class ReportedHazard(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What blocks the road, as it was found."""

    type: HazardType
    """The main one, where there are several."""
    types: _Types = []
    """What lies there beside it: rock, and branches."""
    passability: Passability
    road: Road = Road()
    description: Text | None = None
    cause: HazardCause | None = None
    extent: Extent = Extent()
    casualties: _Few | None = None
    """Injured and dead together, where they are not told apart; else `extent` says them."""
    damage: Text | None = None
    detour: Text | None = None
    """Which way traffic goes meanwhile."""
    expected_reopening_at: Instant | None = None


class RoadHazardOpening(Opening, frozen=True, kw_only=True, tag="road_hazard"):
    """A road hazard."""

    KIND: ClassVar = Label("道路险情", "road hazard")

    hazard: ReportedHazard


class Secured(Appendable, frozen=True, kw_only=True, tag="secured"):
    """Traffic is warned and protected."""

    LABEL: ClassVar = Label("安全警示", "secured")
    WEIGHT: ClassVar = _OF_THE_ROAD_THEN

    measures: Annotated[list[SafetyMeasure], msgspec.Meta(min_length=1, max_length=10)]


class Notified(Appendable, frozen=True, kw_only=True, tag="notified"):
    """A unit was told of the hazard: the one that maintains the road, and the traffic police
    (Highway protection rules, Art. 47)."""

    LABEL: ClassVar = Label("通知单位", "unit notified")
    WEIGHT: ClassVar = _OF_THE_ROAD_THEN

    unit: ShortText
    person: ShortText | None = None
    unit_kind: RoadUnit | None = None
    """Of who does not say it, it is the unit that maintains the road."""


class RoadUpdate(Appendable, frozen=True, kw_only=True, tag="road_update"):
    """What is known of the road now: how traffic passes, what lies there beside, how much it is.

    A road that was cleared or reopened, or passed by itself, and through which less passes than
    before is blocked again, and a false report of a road that does not pass has proved true: what
    is done and owed begins anew.
    """

    LABEL: ClassVar = Label("路况更新", "road update")
    WEIGHT: ClassVar = _OF_THE_ROAD_THEN
    SAYS: ClassVar = ("passability", "types", "extent", "detour", "expected_reopening_at")

    passability: Passability | None = None
    types: _Types = msgspec.field(default_factory=list)
    extent: Extent = Extent()
    detour: Text | None = None
    expected_reopening_at: Instant | None = None

    @property
    def said(self) -> list[str]:
        """Which of its fields say something; an update says at least one."""
        nothing: tuple[object, ...] = (None, [], Extent())
        return [name for name in self.SAYS if getattr(self, name) not in nothing]

    @property
    def weight(self) -> int:
        return self.WEIGHT if self.passability is None else _weight_of(self.passability)


class Clearing(Appendable, frozen=True, kw_only=True, tag="clearing"):
    """Clearing has begun, or goes on."""

    LABEL: ClassVar = Label("清除中", "clearing")
    WEIGHT: ClassVar = _OF_THE_ROAD_THEN

    method: ClearingMethod
    people: _Few | None = None
    machines: Annotated[int, msgspec.Meta(ge=0, le=1_000)] | None = None
    unit: ShortText | None = None
    """Who clears the road, where it is not the station."""


class Cleared(Appendable, frozen=True, kw_only=True, tag="cleared"):
    """Nothing blocks the road any more."""

    LABEL: ClassVar = Label("清除完毕", "cleared")
    WEIGHT: ClassVar = 1

    unit: ShortText | None = None
    """Who cleared it, where it was not the station."""


class Reopened(Appendable, frozen=True, kw_only=True, tag="reopened"):
    """Traffic flows again: over the whole road, or over a part of it, or another way. A road is
    reopened as often as more of it passes; where less does than before, it was blocked again."""

    LABEL: ClassVar = Label("恢复通行", "reopened")

    passability: Passability = Passability.OPEN
    """Anything but `blocked`."""
    unit: ShortText | None = None
    """Who reopened it and reports it back, where it was not the station."""

    @property
    def weight(self) -> int:
        return _weight_of(self.passability)


class HandedOver(Appendable, frozen=True, kw_only=True, tag="handed_over"):
    """Another unit deals with the hazard from here on."""

    LABEL: ClassVar = Label("险情移交", "hazard handed over")
    WEIGHT: ClassVar = 6  # with what was done of it, and who was told before

    unit: ShortText
    person: ShortText | None = None
    unit_kind: RoadUnit | None = None
    receipt_number: ShortText | None = None


class FalseReport(Appendable, frozen=True, kw_only=True, tag="false_report"):
    """There was no hazard."""

    LABEL: ClassVar = Label("误报", "false report")
    WEIGHT: ClassVar = 1


HazardEntry: TypeAlias = (
    Secured | Notified | RoadUpdate | Clearing | Cleared | Reopened | HandedOver | FalseReport
)
