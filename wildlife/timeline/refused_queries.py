"""The SQL of refused bodies. Each belongs to who sent it, and to the station they were at."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from db.pool import Connection
from db.sql import Statement
from wildlife.people.accounts import Actor
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.timeline import chain
from wildlife.words.values import IncidentId

# What one account may leave here before a person has to look.
MOST_BODIES: Final = 1000
MOST_BYTES: Final = 50_000_000


class Sender(msgspec.Struct, frozen=True):
    """Whose a refused body is: which station's, and whether it had a part in the incident."""

    station_id: UUID
    had_a_part: bool


async def find_sender(connection: Connection, actor: Actor, incident_id: UUID) -> Sender:
    """Whose it is what `actor` sends to an incident: that of the station at which they filed
    something of it before, or their own, which had a part where the timeline names it (as who filed
    an entry, or was handed it, also if that was voided since)."""
    assert actor.station is not None, "an officer belongs to a station"
    account_id, station_id = actor.account_id, actor.station.station_id
    # Whether it is so is told by reading: a station stands in the text, too, where somebody names
    # one of its officers.
    rows = await connection.fetch(
        """
        select canonical from entry
        where incident_id = $1 and (canonical like '%"account_id":"' || $2::text || '"%'
            or canonical like '%"station_id":"' || $3::text || '"%')
        order by seq desc
        """,
        incident_id,
        str(account_id),
        str(station_id),
    )
    parties = [chain.parties_of(row["canonical"]) for row in rows]
    for one in parties:
        if one.account_id == account_id and one.stations:
            return Sender(one.stations[0], had_a_part=True)
    return Sender(station_id, had_a_part=any(station_id in one.stations for one in parties))


async def keep_refused(
    connection: Connection,
    *,
    incident_id: UUID,
    refused_id: UUID,
    entry_id: UUID,
    actor: Actor,
    sender: Sender,
    code: str,
    differing: list[str],
    sealed: bytes,
    sealed_informant: bytes | None,
    sealed_by: bytes,
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
                had_a_part, code, differing, sealed, sealed_informant, sha256, sealed_by)
            select $1, $2, $3, $4, $5, $13, $6, $7, $8::bytea, $9, $10,
                (select fingerprint from key_fingerprint where fingerprint = $14)
            from mine
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
        sender.station_id,
        code,
        differing,
        sealed,
        sealed_informant,
        sha256,
        MOST_BODIES,
        MOST_BYTES,
        sender.had_a_part,
        sealed_by,
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


_REFUSED: Final = Statement(f"""
    with refused as (
        select r.*, a.badge as sender, t.responsible_station_id,
            r.account_id = :account_id or r.station_id = any(:stations) as own,
            coalesce({VISIBLE}, false) as sees_incident
        from refused_body r
        join account a using (account_id)
        left join incident t using (incident_id)
        where r.incident_id = :incident_id
    )
    select entry_id, received_at, code,
        case when own or had_a_part then sender end as badge,
        case when own or had_a_part then differing end as differing,
        case when own or had_a_part then sealed end as sealed,
        case when case when had_a_part then responsible_station_id else station_id end = :station_id
            then sealed_informant end as sealed_informant
    from refused
    where (own or sees_incident)
        -- What could not be yet, and is there now.
        and (code = 'id_conflict' or not exists (
            select from entry e
            where e.incident_id = :incident_id and e.entry_id = refused.entry_id))
    order by received_at, refused_id
    """)


async def list_refused(
    connection: Connection, actor: Actor, incident_id: IncidentId
) -> list[RefusedRow]:
    """The refused bodies of an incident, oldest first: those of `actor` and of the stations below,
    and, where `actor` may see the incident, those of every station that had a part in it then. Of
    a stranger's, who came upon a taken id, no more than that it came.

    Whom one names is for the station that is responsible, as with the incident's own; a stranger's
    is for the stranger's station.
    """
    values = scope_arguments(actor) | {
        "incident_id": incident_id,
        "account_id": actor.account_id,
        "station_id": actor.station.station_id if actor.station else None,
    }
    return await _REFUSED.all(connection, RefusedRow, values)
