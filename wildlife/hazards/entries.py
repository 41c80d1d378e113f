"""What may be said of a road hazard."""

from typing import Annotated, ClassVar, TypeAlias

import msgspec

from wildlife.timeline.entry import Appendable, Opening
from wildlife.words.values import ShortText, Text, whole
from wildlife.words.vocabularies import (
    ClearingMethod,
    HazardType,
    Passability,
    RoadCategory,
    SafetyMeasure,
)

_Stake = Annotated[
    str,
    msgspec.Meta(
        pattern=whole(r"K[0-9]{1,4}(\+[0-9]{1,3})?"),
        description="A stake mark (桩号): K12+300.",
        examples=["K12+300"],
    ),
]


class Road(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Which road, and where on it."""

    name: ShortText | None = None
    code: ShortText | None = None
    category: RoadCategory = RoadCategory.OTHER
    stake_from: _Stake | None = None
    stake_to: _Stake | None = None


class ReportedHazard(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What blocks the road, as it was found."""

    type: HazardType
    passability: Passability
    road: Road = Road()
    description: Text | None = None
    casualties: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None = None
    damage: Text | None = None


class RoadHazardOpening(Opening, frozen=True, kw_only=True, tag="road_hazard"):
    """A road hazard."""

    hazard: ReportedHazard


class Secured(Appendable, frozen=True, kw_only=True, tag="secured"):
    """Traffic is warned and protected."""

    measures: Annotated[list[SafetyMeasure], msgspec.Meta(min_length=1, max_length=10)]


class Notified(Appendable, frozen=True, kw_only=True, tag="notified"):
    """The unit that maintains the road was told (Highway protection rules, Art. 47)."""

    unit: ShortText
    person: ShortText | None = None


class Clearing(Appendable, frozen=True, kw_only=True, tag="clearing"):
    """Clearing has begun, or goes on."""

    method: ClearingMethod
    people: Annotated[int, msgspec.Meta(ge=0, le=10_000)] | None = None
    machines: Annotated[int, msgspec.Meta(ge=0, le=1_000)] | None = None


class Cleared(Appendable, frozen=True, kw_only=True, tag="cleared"):
    """Nothing blocks the road any more."""

    WEIGHT: ClassVar = 1


class Reopened(Appendable, frozen=True, kw_only=True, tag="reopened"):
    """Traffic flows again."""

    WEIGHT: ClassVar = 2

    passability: Passability = Passability.OPEN


class HandedOver(Appendable, frozen=True, kw_only=True, tag="handed_over"):
    """Another unit deals with the hazard from here on."""

    WEIGHT: ClassVar = 1

    unit: ShortText
    person: ShortText | None = None
    receipt_number: ShortText | None = None


class FalseReport(Appendable, frozen=True, kw_only=True, tag="false_report"):
    """There was no hazard."""

    WEIGHT: ClassVar = 1


HazardEntry: TypeAlias = (
    Secured | Notified | Clearing | Cleared | Reopened | HandedOver | FalseReport
)
