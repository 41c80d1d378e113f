"""What neither the type of a field nor the order of the timeline can tell.

A body is held to it as it is sent, and again as amendments make it: the record obeys every rule by
whatever way it came to be. What only a kind knows is in its `check`.
"""

from datetime import datetime, timedelta

from wildlife.settings import Settings
from wildlife.timeline.entry import Entry, Opening, Photo
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import AnyKind
from wildlife.web.problems import FieldError, Problem
from wildlife.words.places import Place


def check_opening(settings: Settings, opening: Opening, now: datetime) -> None:
    """Raises Problem: time_in_future or invalid_value."""
    check_time(settings, "found_at", opening.found_at, now)
    check_place("place", opening.place)


def check_entry(
    settings: Settings, kind: AnyKind, entry: Entry, incident: Incident, now: datetime
) -> None:
    """Raises Problem: time_in_future, or what the kind does."""
    check_time(settings, "happened_at", entry.happened_at, now)
    if isinstance(entry, Photo) and entry.taken_at is not None:
        check_time(settings, "taken_at", entry.taken_at, now)
    kind.check(entry, incident)


def check_time(settings: Settings, field: str, time: datetime, now: datetime) -> None:
    """Raises Problem: time_in_future."""
    latest = now + timedelta(seconds=settings.future_tolerance_s)
    if time > latest:
        raise Problem(
            "time_in_future",
            FieldError(field, time.isoformat(), latest.isoformat(timespec="seconds")),
        )


def check_place(field: str, place: Place) -> None:
    """Raises Problem: invalid_value."""
    if place.description is None and place.point is None:
        raise Problem("invalid_value", FieldError(field, {}, "a description or a point, or both"))
