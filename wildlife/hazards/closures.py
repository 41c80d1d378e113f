"""Which closures of a road are reported upward: long ones of trunk roads. Pure."""

from datetime import datetime, timedelta
from typing import Final

from wildlife.hazards.codes import RoadCategory, RoadGrade, RoadUnit
from wildlife.hazards.entries import Road
from wildlife.hazards.hazard import RoadHazardState

_REPORTED_AFTER: Final = {
    RoadCategory.EXPRESSWAY: timedelta(hours=2),
    RoadCategory.NATIONAL: timedelta(hours=5),
    RoadCategory.PROVINCIAL: timedelta(hours=5),
}


def unreported_from(hazard: RoadHazardState) -> datetime | None:
    """From when on a closure was to be reported upward; None where none was, or somebody has."""
    if any(one.unit_kind is RoadUnit.SUPERIOR for one in hazard.notified):
        return None
    return hazard.unreported_from or _closed_too_long(
        hazard.road, hazard.blocked_from, hazard.blocked_until
    )


def _closed_too_long(road: Road, from_: datetime | None, until: datetime | None) -> datetime | None:
    """From when on a closed trunk road is closed for too long; None where it was opened by then."""
    hours = _REPORTED_AFTER.get(_rank(road))
    if hours is None or from_ is None:
        return None
    too_long = from_ + hours
    return too_long if until is None or until > too_long else None


def _rank(road: Road) -> RoadCategory:
    """A motorway is one whosever it is."""
    motorway = road.grade is RoadGrade.EXPRESSWAY
    return RoadCategory.EXPRESSWAY if motorway else road.category
