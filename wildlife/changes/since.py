"""Where to begin with what is new, as somebody says it: now, or at a day or a time."""

from datetime import datetime, tzinfo
from typing import Final

from wildlife.changes.places import Place
from wildlife.changes.reading import place_now, place_since
from wildlife.timeline.service import TimelineService
from wildlife.web.moments import read_moment
from wildlife.words.values import MOMENT_OR_DAYS_BACK, whole

NOW: Final = "now"
SINCE: Final = whole(f"{NOW}|{MOMENT_OR_DAYS_BACK}")


def read_since(since: str, zone: tzinfo) -> datetime | None:
    """The moment; None: now. Raises Problem: invalid_parameter."""
    return None if since == NOW else read_moment("since", since, zone, end_of_day=False)


async def place_from(service: TimelineService, moment: datetime | None) -> Place:
    """Before what came from a moment on; None: behind all that there is."""
    return await place_now(service) if moment is None else await place_since(service, moment)
