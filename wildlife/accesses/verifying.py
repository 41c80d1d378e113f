"""Checking the access log: day by day, access by access, whatever it grows to."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec

from db.database import Database
from wildlife.accesses.chain import GENESIS, Checking, Day, Flaw, Link, flaws_around
from wildlife.accesses.day_queries import DayToCheck, day_before, list_links, next_day


class Checked(msgspec.Struct):
    """What was looked at. without_digest: looks at originals from before there was a chain.

    day, digest: the last day, and the digest that it ends with, made anew of its accesses.
    """

    days: int = 0
    accesses: int = 0
    without_digest: int = 0
    flaws: int = 0
    day: date | None = None
    digest: bytes = GENESIS


async def verify(
    database: Database, tell: Callable[[Flaw], None], since: date | None = None
) -> Checked:
    """Check all days of the log, or those from one on; each flaw is told as it is found.

    What is put on record meanwhile is left to the next time. Whole days that are gone at the end,
    and a log that was made anew as a whole, nothing tells but a digest that somebody wrote down.
    """
    checked = Checked()
    before: Day | None = None
    day: date | None = None
    if since is not None and since > date.min:
        day = since - timedelta(days=1)
        async with database.reading() as connection:
            before = await day_before(connection, since)
    while True:
        async with database.reading() as connection:
            found = await next_day(connection, day)
        if found is None:
            return checked
        day = found.day
        await _check(database, found, before, checked, tell)
        before = found.ends or before


async def verify_day(
    database: Database, day: date, tell: Callable[[Flaw], None]
) -> tuple[Day | None, Checked] | None:
    """Check one day, and whether it follows the one before it: how the log says that it ends, None
    where it says nothing, and what was looked at. None: there is nothing of that day."""
    async with database.reading() as connection:
        after = None if day == date.min else day - timedelta(days=1)
        found = await next_day(connection, after)
        if found is None or found.day != day:
            return None
        before = await day_before(connection, day)
    checked = Checked()
    await _check(database, found, before, checked, tell)
    return found.ends, checked


async def _check(
    database: Database,
    found: DayToCheck,
    before: Day | None,
    checked: Checked,
    tell: Callable[[Flaw], None],
) -> None:
    day, ends = found.day, found.ends
    last, others = found.last_seq, found.without_digest

    def tell_all(flaws: Iterator[Flaw]) -> None:
        for flaw in flaws:
            checked.flaws += 1
            tell(flaw)

    checked.without_digest += others
    tell_all(flaws_around(day, ends, before=before, last_seq=last, without_digest=others))
    if ends is None and not last:
        return
    checking = Checking(ends or _as_if(day, before, last))
    async for link in _links(database, day):
        if link.seq > last:
            break  # since it was looked at
        tell_all(checking.flaws(link))
    if ends is not None:
        checked.days += 1
        tell_all(checking.flaws_at_the_end())
    checked.accesses += checking.count
    checked.day, checked.digest = day, checking.digest


def _as_if(day: date, before: Day | None, last_seq: int) -> Day:
    """A day of which nothing says how it ends, as it begins."""
    after = GENESIS if before is None else before.digest
    return Day(day, after, last_seq, GENESIS, datetime.min.replace(tzinfo=UTC))


async def _links(database: Database, day: date) -> AsyncIterator[Link]:
    """The accesses of a day that have a digest; while one is looked at, no connection is held."""
    after = 0
    while True:
        async with database.reading() as connection:
            batch = await list_links(connection, day, after)
        if not batch:
            return
        for link in batch:
            yield link
        after = batch[-1].seq
