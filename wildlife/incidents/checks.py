"""What neither the type of a field nor the timeline can tell."""

from datetime import UTC, datetime, timedelta

from wildlife.places.model import Place
from wildlife.problems import FieldError, Problem
from wildlife.service import Service

# PostgreSQL could hold older times; no phone has a reason to name one.
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)


def check_time(service: Service, field: str, time: datetime, now: datetime) -> None:
    latest = now + timedelta(seconds=service.settings.future_tolerance_s)
    if time > latest:
        raise Problem(
            "time_in_future",
            FieldError(field, time.isoformat(), latest.isoformat(timespec="seconds")),
        )
    if time < _EARLIEST:
        raise Problem(
            "invalid_value", FieldError(field, time.isoformat(), f"later than {_EARLIEST.date()}")
        )


def check_place(field: str, place: Place) -> None:
    if place.description is None and place.point is None:
        raise Problem("invalid_value", FieldError(field, {}, "a description or a point, or both"))
