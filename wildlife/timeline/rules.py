"""What neither the type of a field nor the order of the timeline can tell.

A body is held to it as it is sent, and again as amendments make it: the record obeys every rule by
whatever way it came to be. What only a kind knows is in its `check`.
"""

from datetime import datetime, timedelta
from uuid import UUID

from wildlife.settings import Settings
from wildlife.timeline.entry import Closing, Entry, Opening, Photo
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import AnyKind
from wildlife.web.problems import FieldError, Problem
from wildlife.words.places import Place
from wildlife.words.vocabularies import ClosingReason


def check_opening(
    settings: Settings, kind: AnyKind, opening: Opening, incident: Incident, now: datetime
) -> None:
    """Raises Problem: time_in_future, invalid_value, or what the kind does."""
    check_time(settings, "found_at", opening.found_at, now)
    check_place("place", opening.place)
    kind.check(opening, incident)


def check_entry(
    settings: Settings, kind: AnyKind, entry: Entry, incident: Incident, now: datetime
) -> None:
    """Raises Problem: time_in_future, or what `check_closing` and the kind do."""
    check_time(settings, "happened_at", entry.happened_at, now)
    if isinstance(entry, Photo):
        check_photo(settings, entry, now)
    if isinstance(entry, Closing):
        check_closing(entry, incident.id)
    kind.check(entry, incident)


def check_photo(settings: Settings, photo: Photo, now: datetime) -> None:
    """What can be told before its bytes are there. Raises Problem: time_in_future."""
    if photo.taken_at is not None:
        check_time(settings, "taken_at", photo.taken_at, now)
    if photo.taken_place is not None and photo.taken_place.fixed_at is not None:
        check_time(settings, "taken_place.fixed_at", photo.taken_place.fixed_at, now)


def check_time(settings: Settings, field: str, time: datetime, now: datetime) -> None:
    """Raises Problem: time_in_future."""
    latest = now + timedelta(seconds=settings.future_tolerance_s)
    if time > latest:
        raise Problem(
            "time_in_future",
            FieldError(field, time.isoformat(), latest.isoformat(timespec="seconds")),
        )


def check_closing(closing: Closing, incident_id: UUID) -> None:
    """That a duplicate, and nothing else, names another incident; whether that one is there is for
    `wildlife.timeline.duplicates` to say.

    Raises Problem: missing_field, unknown_incident or not_a_duplicate.
    """
    original = FieldError("duplicate_of", closing.duplicate_of and str(closing.duplicate_of))
    match closing.reason, closing.duplicate_of:
        case ClosingReason.DUPLICATE, None:
            raise Problem("missing_field", original)
        case ClosingReason.DUPLICATE, UUID() as duplicate_of if duplicate_of == incident_id:
            raise Problem("unknown_incident", original)
        case reason, UUID() if reason is not ClosingReason.DUPLICATE:
            raise Problem("not_a_duplicate", original)
        case _:
            pass


def check_place(field: str, place: Place) -> None:
    """Raises Problem: invalid_value."""
    if place.description is None and place.point is None:
        raise Problem("invalid_value", FieldError(field, {}, "a description or a point, or both"))
