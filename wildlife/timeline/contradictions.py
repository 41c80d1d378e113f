"""Where what was said contradicts itself: taken, and shown for a person to look at. Pure."""

from collections.abc import Iterable, Iterator

from wildlife.people.accounts import NamedOfficer
from wildlife.timeline.entry import Call, Told
from wildlife.timeline.incident import Flag, Incident
from wildlife.timeline.kind import AnyKind
from wildlife.words.places import ShownPlace, is_at_zero, is_swapped
from wildlife.words.regions import is_in_a_prefecture, lies_near
from wildlife.words.vocabularies import RecordFlag


def contradictions(kind: AnyKind, incident: Incident, told: Iterable[Told]) -> Iterator[Flag]:
    """Those that any incident may have, then those of its kind.

    told: each time that who reported it was, of which the incident tells the last alone.
    """
    for code in place_flags(incident.place):
        yield Flag(code)
    if names_nobody(incident.officers, incident.officers_named):
        yield Flag(RecordFlag.UNKNOWN_BADGE)
    if incident.call is not None and _out_of_order(incident.call):
        yield Flag(RecordFlag.CALL_OUT_OF_ORDER)
    for entry in told:
        if entry.happened_at < incident.found_at:
            yield Flag(RecordFlag.BEFORE_FOUND, entry_id=entry.id)
    yield from kind.flags(incident)


def _out_of_order(call: Call) -> bool:
    """Whether somebody arrived before they set out, or set out before the call came."""
    said = [one for one in (call.reported_at, call.dispatched_at, call.arrived_at) if one]
    return said != sorted(said)


def names_nobody(badges: list[str], named: list[NamedOfficer] | None) -> bool:
    """Whether one of these badges is nobody's, by what was found when it was said."""
    return named is not None and not set(badges) <= {one.badge for one in named}


def place_flags(place: ShownPlace) -> Iterator[RecordFlag]:
    """What is odd about a place by itself."""
    if place.region_code is not None and not is_in_a_prefecture(place.region_code):
        yield RecordFlag.UNKNOWN_REGION
    if place.wgs84 is None:
        return
    if is_at_zero(place.wgs84):
        yield RecordFlag.POINT_AT_ZERO
    elif is_swapped(place.wgs84):
        yield RecordFlag.POINT_SWAPPED
    elif not lies_near(place.region_code, place.wgs84.longitude, place.wgs84.latitude):
        yield RecordFlag.POINT_ELSEWHERE
