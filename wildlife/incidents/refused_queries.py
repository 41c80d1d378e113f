"""The SQL of refused bodies. Each belongs to who sent it, and to the station they were at."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from db.pool import Connection
from db.rows import fetch_all
from wildlife.accounts.model import Actor
from wildlife.values import IncidentId

# What one account may leave here before a person has to look.
MOST_BODIES: Final = 1000
MOST_BYTES: Final = 50_000_000


async def keep_refused(
    connection: Connection,
    *,
    incident_id: UUID,
    refused_id: UUID,
    entry_id: UUID,
    actor: Actor,
    code: str,
    differing: list[str],
    sealed: bytes,
    sealed_informant: bytes | None,
    sha256: bytes | None,
) -> bool:
    """Keep a refused body, once; False where the account has too many already."""
    kept = await connection.fetchval(
        """
        with mine as (
            select count(*) as bodies, coalesce(sum(octet_length(sealed)), 0) as bytes
            from refused_body where account_id = $4
        ), kept as (
            insert into refused_body (incident_id, refused_id, entry_id, account_id, station_id,
                code, differing, sealed, sealed_informant, sha256)
            select $1, $2, $3, $4, $5, $6, $7, $8::bytea, $9, $10 from mine
            where bodies < $11 and bytes + octet_length($8::bytea) <= $12
            on conflict do nothing
            returning true
        )
        select exists (select from kept)
            or exists (select from refused_body where incident_id = $1 and refused_id = $2)
        """,
        incident_id,
        refused_id,
        entry_id,
        actor.account_id,
        actor.station.station_id if actor.station else None,
        code,
        differing,
        sealed,
        sealed_informant,
        sha256,
        MOST_BODIES,
        MOST_BYTES,
    )
    return bool(kept)


class RefusedRow(msgspec.Struct, frozen=True):
    """A refused body. What its reader may not see of it is None: who sent it and all it says, or
    only whom it names."""

    entry_id: UUID
    received_at: datetime
    code: str
    badge: str | None
    differing: list[str] | None
    sealed: bytes | None
    sealed_informant: bytes | None


async def list_refused(
    connection: Connection, actor: Actor, incident_id: IncidentId
) -> list[RefusedRow]:
    """The refused bodies of an incident, oldest first: those of `actor` and of the stations below,
    and, where `actor` may see the incident, those of every station that had a part in it. Of a
    stranger's, who came upon a taken id, no more than that it came.

    Whom one names is for the station that is responsible, as with the incident's own; a stranger's
    is for the stranger's station.
    """
    return await fetch_all(
        connection,
        RefusedRow,
        """
        with refused as (
            select r.*, a.badge as sender, i.responsible_station_id,
                coalesce(r.station_id = any(i.station_ids), false) as had_a_part,
                r.account_id = $2 or r.station_id = any($3) as own,
                coalesce(i.station_ids && $3, false) as sees_incident
            from refused_body r
            join account a using (account_id)
            left join incident i using (incident_id)
            where r.incident_id = $1
        )
        select entry_id, received_at, code,
            case when own or had_a_part then sender end as badge,
            case when own or had_a_part then differing end as differing,
            case when own or had_a_part then sealed end as sealed,
            case when case when had_a_part then responsible_station_id else station_id end = $4
                then sealed_informant end as sealed_informant
        from refused
        where own or sees_incident
        order by received_at, refused_id
        """,
        incident_id,
        actor.account_id,
        actor.stations,
        actor.station.station_id if actor.station else None,
    )
