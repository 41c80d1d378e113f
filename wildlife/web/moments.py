"""Days and times in the query of a request."""

from datetime import date, datetime, time, timedelta, tzinfo

from wildlife.web.problems import FieldError, Problem


def read_moment(name: str, text: str | None, zone: tzinfo, *, end_of_day: bool) -> datetime | None:
    """A day's beginning or end, or a time. Raises Problem: invalid_parameter."""
    if text is None:
        return None
    try:
        if len(text) == len("2024-08-04"):
            day = date.fromisoformat(text) + timedelta(days=int(end_of_day))
            return datetime.combine(day, time(), zone)
        # An unescaped plus sign in an address is a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        if moment.tzinfo is None:
            raise ValueError(text)
        moment.astimezone(zone)  # the first and last hours of the calendar have no other zone
    except (ValueError, OverflowError):
        expected = "a day like 2024-08-04 or a time like 2024-08-04T08:00:00+08:00"
        raise Problem("invalid_parameter", FieldError(name, text, expected)) from None
    return moment
