"""Days and times in the query of a request."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Any, Final, NamedTuple, TypeAlias

from litestar.params import QueryParameter

from wildlife.web.problems import FieldError, Problem, Refused, gather
from wildlife.words.values import DAY_OR_TIME, DAYS_BACK, MOMENT_OR_DAYS_BACK

AskedFrom: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        name="from",
        description="起始时间。The first day, in the service's zone (`-30d`: so many days before"
        " today), or a time with its offset.",
        schema_extra={"pattern": MOMENT_OR_DAYS_BACK, "examples": ["2024-08-04"]},
    ),
]
AskedTo: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        description="截止时间。The last day, which is included, or a time with its offset, which is"
        " not.",
        schema_extra={"pattern": MOMENT_OR_DAYS_BACK, "examples": ["2024-08-04T18:00:00+08:00"]},
    ),
]


_EXPECTED: Final = (
    "a day like 2024-08-04, days back like -30d, or a time like 2024-08-04T08:00:00+08:00"
)


class Period(NamedTuple):
    """From `since` on, and before `until`; None: whenever."""

    since: datetime | None = None
    until: datetime | None = None


def read_period(given: Mapping[str, Any], zone: tzinfo) -> Period:
    """What `from` and `to` say of those that are given: a day, which is in it, or a time. Raises
    Problem: invalid_parameter, with all that is wrong with both."""
    refused, to = Refused(), given.get("to")
    since = refused.unless(read_moment, "from", given.get("from"), zone, end_of_day=False)
    until = refused.unless(read_moment, "to", to, zone, end_of_day=True)
    gather(refused.problems)
    if since and until and since >= until:
        raise Problem("invalid_parameter", FieldError("to", to, "later than `from`"))
    return Period(since, until)


def read_moment(name: str, text: str | None, zone: tzinfo, *, end_of_day: bool) -> datetime | None:
    """A day's beginning or end, or a time; a day may be named by how many it is back from today.
    Raises Problem: invalid_parameter."""
    if text is None:
        return None
    try:
        # An unescaped plus sign in an address is a space.
        text = text.replace(" ", "+")
        if back := re.fullmatch(DAYS_BACK, text):
            text = str(datetime.now(zone).date() - timedelta(days=int(back[1])))
        if re.fullmatch(DAY_OR_TIME, text) is None:
            raise ValueError(text)
        if len(text) == len("2024-08-04"):
            day = date.fromisoformat(text)
            if end_of_day and day == date.max:
                return datetime.max.replace(tzinfo=UTC)  # no zone has a day behind it
            return datetime.combine(day + timedelta(days=int(end_of_day)), time(), zone)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        moment.astimezone(zone)  # the first and last hours of the calendar have no other zone
    except (ValueError, OverflowError):
        expected = _EXPECTED
        raise Problem("invalid_parameter", FieldError(name, text, expected)) from None
    return moment
