"""Checking the access log: day by day, access by access, whatever it grows to."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

import msgspec

from db.connection import Connection
from db.pool import Database
from db.rows import fetch_in_batches
from wildlife.accesses.chain import Checking, Day, Flaw, Link, flaws_around
from wildlife.accesses.day_queries import list_links, next_day


class Checked(msgspec.Struct):
    """What was looked at. without_digest: looks at originals from before there was a chain."""

    days: int = 0
    accesses: int = 0
    without_digest: int = 0
    flaws: int = 0


async def verify(database: Database, tell: Callable[[Flaw], None]) -> Checked:
    """Check all days of the log; each flaw is told as it is found.

    What is put on record meanwhile is left to the next time. Whole days that are gone at the end,
    and a log that was made anew as a whole, nothing tells but a digest that somebody wrote down.
    """
    checked = Checked()
    before: Day | None = None
    day: date | None = None

    def tell_all(flaws: Iterator[Flaw]) -> None:
        for flaw in flaws:
            checked.flaws += 1
            tell(flaw)

    while True:
        async with database.reading() as connection:
            found = await next_day(connection, day)
        if found is None:
            return checked
        day, ends = found.day, found.ends
        last, others = found.last_seq, found.without_digest
        checked.without_digest += others
        tell_all(flaws_around(day, ends, before=before, last_seq=last, without_digest=others))
        if ends is None:
            continue
        checked.days += 1
        checking, before = Checking(ends), ends
        async for link in fetch_in_batches(database, partial(_links, ends), lambda link: link.seq):
            if link.seq > ends.count:
                break  # since it was looked at, or told already
            checked.accesses += 1
            tell_all(checking.flaws(link))
        tell_all(checking.flaws_at_the_end())


async def _links(day: Day, connection: Connection, after: int | None, limit: int) -> list[Link]:
    return await list_links(connection, day.day, after, limit)
