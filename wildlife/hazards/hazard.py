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
    """Who was told of the hazard, and when."""

    unit: str
    person: str | None
    notified_at: datetime
    unit_kind: RoadUnit | None = None


class RoadHazardState(msgspec.Struct, frozen=True, kw_only=True):
    """A road hazard as it is now. What was done is told since it was found, or found again."""

    type: HazardType
    """The main one."""
    types: list[HazardType]
    """All that lay there, the main one first."""
    state: HazardState
    passability: Passability
    road: Road
    description: str | None
    cause: HazardCause | None
    extent: Extent
    most_vehicles_stuck: int | None = None
    """How many were stuck at once, at most."""
    most_people_stuck: int | None = None
    casualties: int | None
    damage: str | None
    detour: str | None
    """As long as not all passes, as is when that is expected."""
    expected_reopening_at: datetime | None
    since: datetime
    """When it was found, or found again."""
    recurrences: int = 0
    """How often it was blocked again after it had been cleared or reopened, or passed by itself."""
    blocked_from: datetime | None = None
    blocked_until: datetime | None = None
    """The last time when nothing passed."""
    open_from: datetime | None = None
    """From when on all passes again; none of a road that was found open."""
    found_false_at: datetime | None = None
    unreported_from: datetime | None = None
    """From when on an earlier closure was one to be reported upward, if nobody has yet."""
    measures: list[SafetyMeasure] = []
    notified: list[Notification] = []
    clearing_method: ClearingMethod | None = None
    people: int | None = None
    machines: int | None = None
    done_by: str | None = None
    """Who cleared or reopened the road, where it was not the station."""
    secured_at: datetime | None = None
    clearing_at: datetime | None = None
    cleared_at: datetime | None = None
    reopened_at: datetime | None = None
    """When traffic began to flow as it does now."""
    handed_over_to: str | None = None
    before_found: list[UUID] = []
    """The entries that say how it was dealt with before it was found."""
