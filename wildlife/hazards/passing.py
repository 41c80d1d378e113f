"""How traffic passes a road, and what of it holds only as long as not all passes. Pure."""

from datetime import datetime

from msgspec.structs import replace

from wildlife.hazards.closures import unreported_from
from wildlife.hazards.codes import Passability
from wildlife.hazards.hazard import RoadHazardState


def freed(hazard: RoadHazardState) -> RoadHazardState:
    """The same without what holds only as long as not all passes: nobody is stuck any more."""
    return replace(
        hazard,
        extent=replace(hazard.extent, vehicles_stuck=None, people_stuck=None),
        detour=None,
        expected_reopening_at=None,
    )


def passing(hazard: RoadHazardState, now: Passability, at: datetime) -> RoadHazardState:
    """The same with traffic passing as it does from `at` on. A closure that ended in the moment in
    which nothing passes again goes on."""
    was_blocked = hazard.passability is Passability.BLOCKED
    is_blocked = now is Passability.BLOCKED
    if is_blocked and hazard.blocked_until == at:
        hazard = replace(hazard, blocked_until=None)
    elif is_blocked and not was_blocked:
        unreported = unreported_from(hazard)
        hazard = replace(hazard, unreported_from=unreported, blocked_from=at, blocked_until=None)
    elif was_blocked and not is_blocked:
        hazard = replace(hazard, blocked_until=at)
    if now is not hazard.passability:
        hazard = replace(hazard, open_from=at if now is Passability.OPEN else None)
    return replace(hazard, passability=now)


def passes_less(now: Passability, before: Passability) -> bool:
    """Whether less traffic passes than before; that half a road or a makeshift way is more or less
    than the other nobody can tell."""
    return now is not before and (now is Passability.BLOCKED or before is Passability.OPEN)
