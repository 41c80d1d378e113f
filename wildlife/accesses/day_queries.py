"""The SQL of the days of the access log: listed, and checked."""

from datetime import date
from typing import Final, NamedTuple

import asyncpg
import msgspec

from db.connection import Connection
from wildlife.accesses.chain import Access, Day, Link


class AccessDay(msgspec.Struct, frozen=True):
    """查阅记录的一日。A day of the access log as the log says that it ends: nothing of the day is
    looked at for it. Whoever writes one down can tell years later by `GET /accesses/days/{day}`
    that nothing of it was changed, nor of the days before it."""

    day: date
    """日期。The day, in the service's zone, on which the accesses were put on record."""
    count: int
    """条数。How many were put on record."""
    digest: str
    """摘要值。SHA-256 of the last of them, in hexadecimal, which covers all before it."""


class DayToCheck(msgspec.Struct, frozen=True):
    """A day of which the log has anything.

    ends: how, None where nothing says so. last_seq: the last place that is
    taken in it, 0: none. without_digest: how many accesses it has from before there was a chain.
    """

    day: date
    ends: Day | None
    last_seq: int
    without_digest: int


async def next_day(connection: Connection, after: date | None) -> DayToCheck | None:
    """The first day after one, or of all, of which the log has anything; in one statement, since
    the log goes on meanwhile."""
    row = await connection.fetchrow(
        """
        select n.day, d.after, d.count, d.digest, d.earliest,
            coalesce((select max(seq) from access where day = n.day and seq > 0), 0) as last_seq,
            (select count(*) from access where day = n.day and seq < 1) as without_digest
        from (select least(
            (select min(day) from access where $1::date is null or day > $1),
            (select min(day) from access_day where $1::date is null or day > $1)) as day) n
        left join access_day d on d.day = n.day
        where n.day is not null
        """,
        after,
    )
    if row is None:
        return None
    *ends, last_seq, without_digest = row
    return DayToCheck(row["day"], Day(*ends) if row["after"] else None, last_seq, without_digest)


async def day_before(connection: Connection, day: date) -> Day | None:
    """How the last day before one ends, of those that the log says anything of."""
    row = await connection.fetchrow(
        "select day, after, count, digest, earliest from access_day where day < $1"
        " order by day desc limit 1",
        day,
    )
    return Day(*row) if row else None


# By their places, and not as many as a limit says: that PostgreSQL would sort all behind a place
# again for each batch, where it expects few.
LINKS: Final = """
    select day, seq, digest, accessed_at, account_id, reading, station_ids, device_id, address,
        incident_id, photo_id, listed, query
    from access
    where day = $1 and seq > $2
        and seq < (select min(seq)::bigint + 500 from access where day = $1 and seq > $2)
    order by seq
    """


async def list_links(connection: Connection, day: date, after: int) -> list[Link]:
    """The next accesses of a day behind a place, at most 500; none where there are no more."""
    rows = await connection.fetch(LINKS, day, after)
    return [Link(row[0], row[1], _access(row), row[2]) for row in rows]


def _access(row: asyncpg.Record) -> Access:
    return Access(**{name: row[name] for name in Access.__struct_fields__})


class DayKey(NamedTuple):
    """By which days are ordered and told apart."""

    day: date


async def list_days(
    connection: Connection, after: DayKey | None, limit: int
) -> list[asyncpg.Record]:
    """The days of the log, the latest first."""
    return await connection.fetch(
        """
        select day, count, encode(digest, 'hex') as digest from access_day
        where $1::date is null or day < $1
        order by day desc limit $2
        """,
        after and after.day,
        limit,
    )
