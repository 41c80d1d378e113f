"""How many records there are on which days, and in which pieces they are made. Pure."""

from bisect import bisect
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Final

import msgspec

from wildlife.synth import phrases

# From January on, out of a hundred: broods and migrations, and storms, snow and thaw.
_RELEASES: Final = (3, 3, 6, 9, 13, 14, 13, 11, 10, 9, 5, 4)
_HAZARDS: Final = (9, 8, 7, 6, 7, 10, 14, 13, 8, 6, 6, 6)

_IN_A_PIECE: Final = 400
"""So many incidents are made at once, or those of one day."""

FRESH: Final = timedelta(days=60)
"""How long a record goes on at most: what is found later before the end may be open still."""


class Piece(msgspec.Struct, frozen=True):
    """Some days, and how many releases come of what is found on them."""

    number: int
    day: date
    days: int
    releases: int
    hazards: int
    words: list[str]
    """Those that stand in few reports, each in one of them."""
    like: date
    """A day of the same season, with the same protection of every species, on which records
    resemble those of this piece."""
    is_fresh: bool
    """Whether what happens then may not be over at the end."""


def pieces(
    releases: int, hazards: int, begins: date, ends: date, changes: Sequence[date]
) -> list[Piece]:
    """All of them, in their order.

    ends: the last day. changes: the days from which species are protected otherwise, in their
    order.
    """
    days = [begins + timedelta(days=n) for n in range((ends - begins).days + 1)]
    of_day = [
        *zip(
            days, _shared(releases, _RELEASES, days), _shared(hazards, _HAZARDS, days), strict=True
        )
    ]
    planned: list[Piece] = []
    likes: dict[tuple[object, ...], date] = {}
    told = 0
    for day, released, blocked in of_day:
        is_fresh = day > ends - FRESH
        key = (day,) if is_fresh else (day.month, bisect(changes, day))
        like = likes.setdefault(key, day)
        words = [*_words(told, told + released, releases)]
        told += released
        last = planned[-1] if planned else None
        if (
            last
            and last.like == like
            and last.releases + last.hazards < _IN_A_PIECE
            and _follows(last, day)
        ):
            planned[-1] = msgspec.structs.replace(
                last,
                days=last.days + 1,
                releases=last.releases + released,
                hazards=last.hazards + blocked,
                words=[*last.words, *words],
            )
        else:
            planned.append(Piece(len(planned), day, 1, released, blocked, words, like, is_fresh))
    return planned


def _follows(piece: Piece, day: date) -> bool:
    return piece.day + timedelta(days=piece.days) == day


def _shared(count: int, by_month: Sequence[int], days: Sequence[date]) -> list[int]:
    """So many, spread over the days as the months weigh."""
    up_to = [*accumulate(by_month[day.month - 1] for day in days)]
    marks = [round(count * one / up_to[-1]) for one in up_to]
    return [after - before for before, after in zip([0, *marks], marks, strict=False)]


def _words(first: int, end: int, releases: int) -> Iterator[str]:
    """The rare words of these releases, out of all."""
    yield from (phrases.NOW_AND_THEN for n in range(first, end) if n % 1000 == 500)
    yield from (phrases.THRICE for n in range(3) if first <= releases * n // 3 < end)
