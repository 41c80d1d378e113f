"""What neither the type of a field nor the order of the timeline can tell.

A body is held to it as it is sent, and again as amendments make it: the record obeys every rule by
whatever way it came to be. What only a kind knows is in its `check`.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from wildlife.settings import Settings
from wildlife.timeline.entry import Closing, Entry, Opening, Said
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import AnyKind
from wildlife.web.problems import FieldError, Problem, gather
from wildlife.web.within import texts, times
from wildlife.words.places import Place
from wildlife.words.text import fold_text
from wildlife.words.vocabularies import ClosingReason

MAY_COME: Final = {"recorded_at", "isolated_from", "isolated_until", "expected_reopening_at"}
"""The times that may lie ahead: what is planned, and what a phone's clock says, which is shown."""

# Or a digit: none folds to nothing.
_LETTER: Final = re.compile(r"\w")


def check_body(
    settings: Settings, kind: AnyKind, body: Opening | Entry, incident: Incident, now: datetime
) -> None:
    """Raises Problem: all that is `broken`, in one."""
    gather(broken(settings, kind, body, incident, now))


def broken(
    settings: Settings, kind: AnyKind, body: Opening | Entry, incident: Incident, now: datetime
) -> Iterator[Problem]:
    """What is wrong with a body, of each rule: invalid_value, time_in_future, or what
    `check_closing` and the kind raise."""
    yield from _without_id(body)
    yield from _ahead(settings, body, now)
    yield from _unreadable(body)
    try:
        if isinstance(body, Opening):
            check_place("place", body.place)
        if isinstance(body, Closing):
            check_closing(body, incident.id)
        kind.check(body, incident)
    except Problem as problem:
        yield problem


def check_times(settings: Settings, body: msgspec.Struct, now: datetime) -> None:
    """That nothing has happened that is still to come. Raises Problem: time_in_future."""
    gather(_ahead(settings, body, now))


def _without_id(body: Said) -> Iterator[Problem]:
    """It has an id of its own. An example has the nil UUID, and so has a program that forgot to
    make one: all that it sends would be the same."""
    if not body.id.int:
        expected = "a UUID of its own, newly made for this body"
        yield Problem("invalid_value", FieldError("id", str(body.id), expected))


def _ahead(settings: Settings, body: msgspec.Struct, now: datetime) -> Iterator[Problem]:
    latest = now + timedelta(seconds=settings.future_tolerance_s)
    # A photo happened when it was taken, where nobody says otherwise: that is what was sent.
    for field, time in sorted(times(body), key=lambda one: one[0] == "happened_at"):
        if time > latest and field.rpartition(".")[2] not in MAY_COME:
            yield Problem(
                "time_in_future",
                FieldError(field, time.isoformat(), latest.isoformat(timespec="seconds")),
            )


def _unreadable(body: msgspec.Struct) -> Iterator[Problem]:
    """What was written has to be readable: spaces, and what has no width, say nothing."""
    for field, text in texts(body):
        if not _LETTER.search(text) and not fold_text(text) and "+" not in text:
            yield Problem("invalid_value", FieldError(field, text, "text that can be read"))


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
