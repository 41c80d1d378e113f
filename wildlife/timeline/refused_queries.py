"""The SQL of refused bodies. Each belongs to who sent it, and to the station they were at."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all
from wildlife.people.accounts import Actor
from wildlife.timeline import chain
from wildlife.words.vocabularies import DismissalReason

# What one account may leave here before a person has to look.
MOST_BODIES: Final = 1000
MOST_BYTES: Final = 50_000_000


class Sender(msgspec.Struct, frozen=True):
    """Whose a refused body is: which station's, and whether it had a part in the incident."""

    station_id: UUID
    had_a_part: bool


async def find_sender(connection: Connection, actor: Actor, incident_id: UUID) -> Sender:
    """Whose it is what `actor` sends to an incident: their own station's where it has a part, else
    that of the one at which they filed something of it before, else their own, which had a part
    where the timeline names it (as who was handed it, though that was voided since)."""
    assert actor.station is not None, "an officer belongs to a station"
    account_id, station_id = actor.account_id, actor.station.station_id
    if await connection.fetchval(
        """
        select true from incident
        where incident_id = $1 and view = 'whole' and $2 = any(station_ids)
        """,
        incident_id,
        station_id,
    ):
        return Sender(station_id, had_a_part=True)
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
            from refused_body r
            where account_id = $4
                -- What was taken in the end nobody has to look at.
                and not exists (select from entry e
                    where e.incident_id = r.incident_id and e.entry_id = r.entry_id
                        and r.code <> 'id_conflict'
                        -- A stranger learns nothing of what others filed.
                        and (r.had_a_part or e.canonical like
                            '%"account_id":"' || $15::text || '"%'))
                and not exists (select from refused_settlement s
                    where s.incident_id = r.incident_id and s.refused_id = r.refused_id)
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
        str(actor.account_id),
    )
    return bool(kept)


class SettledRow(msgspec.Struct, frozen=True):
    """A refused body that a person has looked at since, and what came of it."""

    sealed: bytes
    sealed_informant: bytes | None
    was_erased: bool
    settled_at: datetime
    badge: str
    name: str
    dismissed_for: DismissalReason | None
    is_corrected: bool


async def list_settled(
    connection: Connection, account_id: UUID, incident_id: UUID, entry_id: UUID
) -> list[SettledRow]:
    """Of the bodies that this account sent under an id those that are settled."""
    return await fetch_all(
        connection,
        SettledRow,
        """
        select r.sealed, r.sealed_informant, r.informant_erased_at is not null as was_erased,
            s.settled_at, a.badge, a.name, s.dismissed_for,
            s.corrected_as is not null as is_corrected
        from refused_body r
        join refused_settlement s using (incident_id, refused_id)
        join account a on a.account_id = s.account_id
        where r.incident_id = $1 and r.entry_id = $2 and r.account_id = $3
        """,
        incident_id,
        entry_id,
        account_id,
    )
