"""What of a road hazard contradicts itself. Pure."""

from collections.abc import Iterator
from datetime import datetime

from wildlife.hazards.entries import HazardEntry, Notified, Secured
from wildlife.hazards.hazard import RoadHazardState
from wildlife.timeline.incident import Flag
from wildlife.words.vocabularies import RecordFlag


def flags(hazard: RoadHazardState) -> Iterator[Flag]:
    """Of whom it hit, then of every entry that came before the find."""
    hit = (hazard.extent.injured or 0) + (hazard.extent.dead or 0)
    if hazard.casualties is not None and hazard.casualties < hit:
        yield Flag(RecordFlag.CASUALTIES_TOO_FEW)
    for entry_id in hazard.before_found:
        yield Flag(RecordFlag.BEFORE_FOUND, entry_id=entry_id)


def is_before(entry: HazardEntry, found_at: datetime) -> bool:
    """Whether a road was dealt with before it was found. That somebody had been told, or had put up
    a sign, before the police came is none."""
    return not isinstance(entry, Notified | Secured) and entry.happened_at < found_at
