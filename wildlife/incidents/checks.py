"""What neither the type of a field nor the timeline can tell."""

from datetime import datetime, timedelta

from wildlife.places.model import Place
from wildlife.problems import FieldError, Problem
from wildlife.service import Service


def check_time(service: Service, field: str, time: datetime, now: datetime) -> None:
    latest = now + timedelta(seconds=service.settings.future_tolerance_s)
    if time > latest:
        raise Problem(
            "time_in_future",
            FieldError(field, time.isoformat(), latest.isoformat(timespec="seconds")),
        )


def check_place(field: str, place: Place) -> None:
    if place.description is None and place.point is None:
        raise Problem("invalid_value", FieldError(field, {}, "a description or a point, or both"))
