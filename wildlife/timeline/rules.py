"""What neither the type of a field nor the order of the timeline can tell.

A body is held to it as it is sent, and again as amendments make it: the record obeys every rule by
whatever way it came to be. What only a kind knows is in its `check`.
"""

import re
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from wildlife.settings import Settings
from wildlife.timeline.entry import Closing, Entry, Opening
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import AnyKind
from wildlife.web.decoding import texts, times
from wildlife.web.problems import FieldError, Problem
from wildlife.words.places import Place
from wildlife.words.text import fold_text
from wildlife.words.vocabularies import ClosingReason

MAY_COME: Final = {"recorded_at", "isolated_from", "isolated_until", "expected_reopening_at"}
"""The times that may lie ahead: what is planned, and what a phone's clock says, which is shown."""

# Or a digit: none folds to nothing.
_LETTER: Final = re.compile(r"\w")


def check_opening(
    settings: Settings, kind: AnyKind, opening: Opening, incident: Incident, now: datetime
) -> None:
    """Raises Problem: time_in_future, invalid_value, or what the kind does."""
    check_times(settings, opening, now)
    check_texts(opening)
    check_place("place", opening.place)
    kind.check(opening, incident)


def check_entry(
    settings: Settings, kind: AnyKind, entry: Entry, incident: Incident, now: datetime
) -> None:
    """Raises Problem: time_in_future, or what `check_closing` and the kind do."""
    check_times(settings, entry, now)
    check_texts(entry)
    if isinstance(entry, Closing):
        check_closing(entry, incident.id)
    kind.check(entry, incident)


def check_times(settings: Settings, body: msgspec.Struct, now: datetime) -> None:
    """That nothing has happened that is still to come. Raises Problem: time_in_future."""
    latest = now + timedelta(seconds=settings.future_tolerance_s)
    # A photo happened when it was taken, where nobody says otherwise: that is what was sent.
    for field, time in sorted(times(body), key=lambda one: one[0] == "happened_at"):
        if time > latest and field.rpartition(".")[2] not in MAY_COME:
            raise Problem(
                "time_in_future",
                FieldError(field, time.isoformat(), latest.isoformat(timespec="seconds")),
            )


def check_texts(body: msgspec.Struct) -> None:
    """That what was written can be read: spaces, and what has no width, say nothing.

    Raises Problem: invalid_value.
    """
    for field, text in texts(body):
        if not _LETTER.search(text) and not fold_text(text) and "+" not in text:
            raise Problem("invalid_value", FieldError(field, text, "text that can be read"))


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
