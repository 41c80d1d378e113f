"""The SQL of refused bodies for the operator: that they are there, and nothing that they say."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.sql import Statement


class ListedRefused(msgspec.Struct, frozen=True):
    """A refused body as the operator is told of it."""

    refused_id: UUID
    incident_id: UUID
    entry_id: UUID
    received_at: datetime
    station: str
    badge: str
    code: str
    differing: list[str]
    settled_at: datetime | None
    settled_by: str | None
    dismissed_for: str | None


_LISTED: Final = Statement("""
    select r.refused_id, r.incident_id, r.entry_id, r.received_at, s.code as station, a.badge,
        r.code, r.differing, t.settled_at, b.badge as settled_by, t.dismissed_for
    from refused_body r
    join account a using (account_id)
    join station s using (station_id)
    left join refused_settlement t
        on t.incident_id = r.incident_id and t.refused_id = r.refused_id
    left join account b on b.account_id = t.account_id
    where (:refused_id::uuid is null or r.refused_id = :refused_id)
        and (:station::text is null or s.code = :station)
        and (:is_open::boolean is null or :is_open = (t.settled_at is null
            and (r.code = 'id_conflict' or not exists (select from entry e
                where e.incident_id = r.incident_id and e.entry_id = r.entry_id))))
    order by r.received_at, r.incident_id, r.refused_id
    """)


async def list_all_refused(
    connection: Connection, station: str | None, *, is_open: bool | None
) -> list[ListedRefused]:
    """Those of everybody, or of a station, oldest first: that somebody has to look at, or not any
    more; None: all."""
    values = {"refused_id": None, "station": station, "is_open": is_open}
    return await _LISTED.all(connection, ListedRefused, values)


async def find_listed(connection: Connection, refused_id: UUID) -> list[ListedRefused]:
    """The one with this id; of one that was sent to two incidents before 0.2 both."""
    values = {"refused_id": refused_id, "station": None, "is_open": None}
    return await _LISTED.all(connection, ListedRefused, values)
