"""What neither the type of a field nor the order of the timeline can tell.

A body is held to it as it is sent, and again as amendments make it: the record obeys every rule by
whatever way it came to be.
"""

from datetime import datetime, timedelta

from wildlife.rescues.entries import OfAnimal, Release
from wildlife.timeline.entries import AnyEntry, Opening, Photo, RescueOpening
from wildlife.timeline.service import TimelineService
from wildlife.web.problems import FieldError, Problem
from wildlife.words.places import Place


def check_opening(service: TimelineService, opening: Opening, now: datetime) -> None:
    """Raises Problem: time_in_future or invalid_value."""
    check_time(service, "found_at", opening.found_at, now)
    check_place("place", opening.place)


def check_entry(service: TimelineService, entry: AnyEntry, opening: Opening, now: datetime) -> None:
    """Raises Problem: time_in_future, invalid_value or unknown_animal."""
    check_time(service, "happened_at", entry.happened_at, now)
    match entry:
        case Release(site=site):
            check_place("site", site)
        case Photo(taken_at=taken_at, about=about):
            if taken_at is not None:
                check_time(service, "taken_at", taken_at, now)
            check_about(about, animals_of(opening))
    if isinstance(entry, OfAnimal) and isinstance(opening, RescueOpening):
        known = range(1, animals_of(opening) + 1)
        if entry.animal not in known:
            expected = ", ".join(map(str, known))
            raise Problem("unknown_animal", FieldError("animal", entry.animal, expected))


def animals_of(opening: Opening) -> int:
    """How many animals, or groups of them, an incident was opened with."""
    return len(opening.animals) if isinstance(opening, RescueOpening) else 0


def check_about(about: str | None, animals: int) -> None:
    """That a photo shows an animal of the incident, if it shows one. Raises unknown_animal."""
    known = [f"animal:{number}" for number in range(1, animals + 1)]
    if about is not None and about.startswith("animal:") and about not in known:
        raise Problem("unknown_animal", FieldError("about", about, ", ".join(known) or "none"))


def check_time(service: TimelineService, field: str, time: datetime, now: datetime) -> None:
    latest = now + timedelta(seconds=service.settings.future_tolerance_s)
    if time > latest:
        raise Problem(
            "time_in_future",
            FieldError(field, time.isoformat(), latest.isoformat(timespec="seconds")),
        )


def check_place(field: str, place: Place) -> None:
    if place.description is None and place.point is None:
        raise Problem("invalid_value", FieldError(field, {}, "a description or a point, or both"))
