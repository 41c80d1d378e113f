"""Where the rows of a page are looked for: first among those that come first, one by one; then in
windows of time, each many times as wide as the one before. Pure.

What many rows have is found in the first; the planner then need not know that it is common, which
of a text and of a place it can't. What few have is found by its index, and never more of it than
there is in a window. Whatever the planner is wrong about, it is so within bounds.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

WALKED: Final = 1000
"""So many rows are looked at one by one."""

_WIDER: Final = 8, 64, 512
"""By how many times the next windows are wider than the first; the last one has no end."""

COMMON: Final = WALKED // 50
"""What so many of those rows have is common."""

_SHORTEST: Final = timedelta(seconds=1)
_MONDAY: Final = date(2000, 1, 3)
_MOST_WEEKS: Final = 150


class Stretch(NamedTuple):
    """When those rows are from that come first, so many as are looked at one by one, and when the
    last one of all."""

    first: datetime
    last: datetime
    farthest: datetime


class Window(NamedTuple):
    """A part of a list: rows from `begins` on, and before `ends`."""

    begins: datetime | None
    ends: datetime | None
    walked: bool = False

    def endless(self, *, forth: bool) -> "Window":
        """The same, and all that is beyond it."""
        return self._replace(ends=None) if forth else self._replace(begins=None)

    @property
    def weeks(self) -> list[int] | None:
        """The weeks in it, as the index of the words counts them, where they are few."""
        if self.begins is None or self.ends is None:
            return None
        if self.ends - self.begins > _MOST_WEEKS * timedelta(weeks=1):
            return None
        return [*range(_week(self.begins), _week(self.ends) + 1)]


def windows(stretch: Stretch | None, *, forth: bool) -> Iterator[Window]:
    """All windows of a list in its order, forth or back in time; no row is in two.

    stretch: None where there are no more rows than that.
    """
    if stretch is None:
        yield Window(None, None, walked=True)
        return
    edge, width = stretch.last, max(abs(stretch.last - stretch.first), _SHORTEST)
    yield _window(None, edge, forth=forth, walked=True)
    for times in _WIDER:
        if abs(stretch.farthest - edge) / width <= times:
            break
        after = edge + width * times if forth else edge - width * times
        yield _window(edge, after, forth=forth)
        edge = after
    if forth or edge > stretch.farthest:
        yield _window(edge, None, forth=forth)


def _window(
    near: datetime | None, far: datetime | None, *, forth: bool, walked: bool = False
) -> Window:
    return Window(near, far, walked) if forth else Window(far, near, walked)


def _week(at: datetime) -> int:
    return int((at.astimezone(UTC).date() - _MONDAY) / timedelta(weeks=1))
