"""The SQL of what happened to people, units and devices: put on record, and read."""

from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid4

import asyncpg
import msgspec

from db.connection import Connection
from db.sql import Statement
from wildlife.people.accounts import Actor
from wildlife.people.codes import ALARMS, EventKind
from wildlife.people.events import Author, Change
from wildlife.people.may import Scope
from wildlife.words.values import Moment


async def record_event(
    connection: Connection,
    kind: EventKind,
    author: Author,
    *,
    account_id: UUID | None = None,
    station_id: UUID | None = None,
    device_id: UUID | None = None,
    also: UUID | None = None,
    change: Change | None = None,
) -> None:
    """Put on record what happened, in the transaction in which it does.

    Those hear of it who direct a unit that it concerns: one at which the account is something as
    this is called, that of the device, the unit that it happened to, and the one that it concerns
    `also`.
    """
    await connection.execute(
        """
        insert into people_event (event_id, kind, account_id, station_id, device_id, station_ids,
            author_id, by_command, address, change)
        values ($1, $2, $3, $4, $5, array(
            select station_id from appointment
            where account_id = $3 and station_id is not null
            union select station_id from device where device_id = $5
            union select named from unnest(array[$4, $6]::uuid[]) named where named is not null
        ), $7, $8, $9, $10)
        """,
        uuid4(),
        kind.value,
        account_id,
        station_id,
        device_id,
        also,
        author.account_id,
        author.by_command,
        author.address,
        msgspec.json.encode(change or Change()),
    )


class EventKey(NamedTuple):
    """By which events are ordered and told apart."""

    happened_at: Moment
    event_id: UUID


class AskedEvents(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for of the events; what is None asks for nothing."""

    kind: EventKind | None
    alarm: bool | None
    badge: str | None
    station: str | None
    since: datetime | None
    until: datetime | None


_EVENTS: Final = Statement("""
    select e.event_id, e.happened_at, e.kind, e.kind = any(:alarms) as is_alarm, a.badge, a.name,
        s.code as station, e.device_id, d.name as device, b.badge as by, e.by_command,
        host(e.address) as address, e.change
    from people_event e
    left join account a on a.account_id = e.account_id
    left join account b on b.account_id = e.author_id
    left join station s on s.station_id = e.station_id
    left join device d on d.device_id = e.device_id
    where (:everything or e.station_ids && :stations)
        and (:kind::text is null or e.kind = :kind)
        and (:alarm::boolean is null or (e.kind = any(:alarms)) = :alarm)
        and (:badge::text is null or a.badge = :badge)
        and (:station::text is null or exists (
            select from station o where o.code = :station and o.station_id = any(e.station_ids)))
        and (:since::timestamptz is null or e.happened_at >= :since)
        and (:until::timestamptz is null or e.happened_at < :until)
        and (:after_at::timestamptz is null
            or (e.happened_at, e.event_id) < (:after_at, :after_id::uuid))
    order by e.happened_at desc, e.event_id desc
    limit :limit
    """)


async def list_events(
    connection: Connection, actor: Actor, asked: AskedEvents, after: EventKey | None, limit: int
) -> list[asyncpg.Record]:
    """What happened at the units whose people `actor` directs or looks at, newest first."""
    directed = actor.directs(*actor.verbs)
    values: dict[str, Any] = {
        "alarms": [kind.value for kind in ALARMS],
        "everything": directed.everything,
        "stations": directed.stations,
        "after_at": after and after.happened_at,
        "after_id": after and after.event_id,
        "limit": limit,
    }
    return await _EVENTS.rows(connection, values | msgspec.structs.asdict(asked))


async def has_password_by(connection: Connection, badge: str, author_id: UUID) -> bool:
    """Whether the password of an account is the one with which this author added it."""
    found = await connection.fetchval(
        """
        select e.kind = 'account_added' and coalesce(e.author_id = $2, false)
        from people_event e join account a using (account_id)
        where a.badge = $1 and e.kind in ('account_added', 'password_set', 'password_changed')
        order by e.happened_at desc limit 1
        """,
        badge,
        author_id,
    )
    return bool(found)


async def knows_of(connection: Connection, directed: Scope, badge: str) -> bool:
    """Whether who sees the people of these units has heard of the account with this badge: it is
    something there, or something happened to it while it was."""
    known = await connection.fetchval(
        """
        select true from account a where badge = $1 and ($2
            or exists (select from appointment p
                where p.account_id = a.account_id and p.station_id = any($3::uuid[]))
            or exists (select from people_event e
                where e.account_id = a.account_id and e.station_ids && $3))
        """,
        badge,
        directed.everything,
        directed.stations,
    )
    return bool(known)
