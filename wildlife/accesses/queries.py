"""The SQL of the access log: put on record, and asked."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import asyncpg
import msgspec

from db.connection import Connection
from db.rows import fetch_all
from db.sql import Statement
from wildlife.accesses.chain import Access, Day, put_behind
from wildlife.words.values import IncidentId, PhotoId

# For clocks that differ, and for zones.
_DAYS_OF_GRACE: Final = 2


# Each field of an access is a column.
_COLUMNS: Final = ("day", "seq", *Access.__struct_fields__, "digest")
_fields: Final = attrgetter(*Access.__struct_fields__)


async def put_on_record(connection: Connection, accesses: Sequence[Access]) -> None:
    """Put accesses on record behind the last one, in a transaction of the caller's.

    Whoever else does so waits for the end of that: not for the row of the last day, since at
    midnight another one would be the last by then.
    """
    await connection.execute("select pg_advisory_xact_lock(hashtextextended('accesses', 5))")
    row = await connection.fetchrow(
        """
        select clock_timestamp() as now, d.day, d.after, d.count, d.digest, d.earliest
        from (values (1)) as always (one)
        left join (select * from access_day order by day desc limit 1) d on true
        """
    )
    assert row is not None
    now, *found = row  # in the zone of the service, as all times of a connection are
    day, links = put_behind(Day(*found) if found[0] else None, now, accesses)
    # By COPY a row costs the server half of what it does by INSERT.
    await connection.copy_records_to_table(
        "access",
        columns=_COLUMNS,
        records=[(one.day, one.seq, *_fields(one.access), one.digest) for one in links],
    )
    await connection.execute(
        """
        insert into access_day (day, after, count, digest, earliest) values ($1, $2, $3, $4, $5)
        on conflict (day) do update set count = excluded.count, digest = excluded.digest,
            earliest = excluded.earliest
        """,
        day.day,
        day.after,
        day.count,
        day.digest,
        day.earliest,
    )


class AccessKey(NamedTuple):
    """By which accesses are ordered and told apart."""

    day: date
    seq: Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]


class AskedAccesses(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for of the log; what is None asks for nothing."""

    account_id: UUID | None = None
    station_id: UUID | None = None
    device_id: UUID | None = None
    incident_id: UUID | None = None
    photo_id: UUID | None = None
    reading: str | None = None
    listed: str | None = None
    since: datetime | None = None
    until: datetime | None = None


# What was read on a day is put on record on that day, or on a later one, where it could not be
# before.
ACCESSES: Final = Statement("""
    select x.day, x.seq, x.accessed_at, x.account_id, a.badge, a.name,
        array(select s.name from station s where s.station_id = any(x.station_ids)
            order by s.code) as units,
        x.device_id, d.name as device, host(x.address) as address, x.reading, x.incident_id,
        x.photo_id, x.listed, x.query
    from access x
    left join account a on a.account_id = x.account_id
    left join device d on d.device_id = x.device_id
    where (:account_id::uuid is null or x.account_id = :account_id)
        and (:station_id::uuid is null or x.station_ids && array[:station_id])
        and (:device_id::uuid is null or x.device_id = :device_id)
        and (:incident_id::uuid is null or x.incident_id = :incident_id)
        and (:photo_id::uuid is null or x.photo_id = :photo_id)
        and (:reading::text is null or x.reading = :reading)
        and (:listed::text is null or x.listed = :listed)
        and (:since::timestamptz is null or x.accessed_at >= :since and x.day >= :first_day)
        and (:until::timestamptz is null or x.accessed_at < :until and x.day <= greatest(
            :last_day, (select max(day) from access_day where earliest < :until)))
        and (:after_day::date is null or (x.day, x.seq) < (:after_day, :after_seq::int))
    order by x.day desc, x.seq desc
    limit :limit
    """)


def arguments(asked: AskedAccesses, after: AccessKey | None, limit: int) -> dict[str, Any]:
    """The parameters of ACCESSES."""
    return msgspec.structs.asdict(asked) | {
        "first_day": asked.since and _days_from(asked.since, -_DAYS_OF_GRACE),
        "last_day": asked.until and _days_from(asked.until, _DAYS_OF_GRACE),
        "after_day": after and after.day,
        "after_seq": after and after.seq,
        "limit": limit,
    }


def _days_from(moment: datetime, days: int) -> date:
    """So many days from a moment, within the calendar."""
    ordinal = moment.date().toordinal() + days
    return date.fromordinal(min(max(ordinal, date.min.toordinal()), date.max.toordinal()))


async def list_accesses(
    connection: Connection, asked: AskedAccesses, after: AccessKey | None, limit: int
) -> list[asyncpg.Record]:
    """What was read, newest on record first."""
    return await ACCESSES.rows(connection, arguments(asked, after, limit))


async def case_numbers(connection: Connection, incident_ids: Collection[UUID]) -> dict[UUID, str]:
    """The numbers of these incidents; for who audits, and sees all. The log lies on one node and
    incidents on all: no statement joins them."""
    rows = await connection.fetch(
        "select incident_id, case_number from incident"
        " where incident_id = any($1::uuid[]) and view = 'whole'",
        incident_ids,
    )
    return {row["incident_id"]: row["case_number"] for row in rows}


async def is_device(connection: Connection, device_id: UUID) -> bool:
    """Whether there is such a device."""
    found = await connection.fetchval("select true from device where device_id = $1", device_id)
    return bool(found)


async def is_incident(connection: Connection, incident_id: UUID) -> bool:
    """Whether there is such an incident; for who audits, and sees all."""
    found = await connection.fetchval(
        "select true from incident where incident_id = $1 and view = 'whole'", incident_id
    )
    return bool(found)


async def is_photo(connection: Connection, incident_id: UUID, photo_id: UUID) -> bool:
    """Whether the incident has, or had, such a photo; for who audits, and sees all."""
    found = await connection.fetchval(
        "select true from entry where incident_id = $1 and entry_id = $2 and type = 'photo'",
        incident_id,
        photo_id,
    )
    return bool(found)


class OriginalAccess(msgspec.Struct, frozen=True):
    """原件查看。Who looked at an original, and when."""

    badge: str
    """警号。Badge number of who looked."""
    name: str
    """姓名。The name of who looked."""
    accessed_at: datetime
    """查看时间。When the original was fetched."""


async def list_looks(
    connection: Connection, incident_id: IncidentId, photo_id: PhotoId
) -> list[OriginalAccess]:
    """Every look at an original of an incident that the caller has access to, latest first."""
    return await fetch_all(
        connection,
        OriginalAccess,
        """
        select a.badge, a.name, x.accessed_at
        from access x join account a using (account_id)
        where x.incident_id = $1 and x.photo_id = $2 and x.reading = 'original'
        order by x.day desc, x.seq desc
        limit 500
        """,
        incident_id,
        photo_id,
    )
