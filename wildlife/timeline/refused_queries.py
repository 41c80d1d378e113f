"""The SQL of refused bodies. Each belongs to who sent it, and to the station they were at."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from db.connection import Connection
from db.sql import Statement
from wildlife.informants.erased_queries import OF_THE_INCIDENT
from wildlife.people.accounts import Actor
from wildlife.people.may import Verb
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.timeline import chain
from wildlife.words.values import LATEST, IncidentId, Moment

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


class RefusedRow(msgspec.Struct, frozen=True):
    """A refused body. What its reader may not see of it is None: who sent it and all it says, or
    only whom it names."""

    incident_id: UUID
    refused_id: UUID
    entry_id: UUID
    received_at: datetime
    code: str
    badge: str | None
    differing: list[str] | None
    sealed: bytes | None
    sealed_informant: bytes | None
    key_lost_at: datetime | None
    """Since when the key that opens it is on record as lost."""


_REFUSED: Final = f"""
    with refused as (
        select r.*, a.badge as sender, l.lost_at as key_lost_at, t.responsible_station_id,
            :sees_everything or r.account_id = :account_id or r.station_id = any(:stations) as own,
            coalesce({VISIBLE}, false) as sees_incident,
            {OF_THE_INCIDENT} as is_of_it
        from refused_body r
        join account a using (account_id)
        left join lost_key l on l.fingerprint = r.sealed_by and l.found_at is null
        left join incident t on t.incident_id = r.incident_id and t.view = 'whole'
    )
    select incident_id, refused_id, entry_id, received_at, code,
        case when own or is_of_it then sender end as badge,
        case when own or is_of_it then differing end as differing,
        case when own or is_of_it then sealed end as sealed,
        case when own or is_of_it then key_lost_at end as key_lost_at,
        case when is_of_it and responsible_station_id = :station_id
                or not had_a_part and station_id = :station_id
            then sealed_informant end as sealed_informant
    from refused
    where (own or sees_incident)
        -- What could not be yet, and is there now; to a stranger it is told of nothing.
        and (code = 'id_conflict' or not (had_a_part or sees_incident) or not exists (
            select from entry e
            where e.incident_id = refused.incident_id and e.entry_id = refused.entry_id))
"""
_OF_INCIDENT: Final = Statement(f"""
    {_REFUSED} and incident_id = :incident_id
    order by received_at, refused_id
    """)
_OWN: Final = Statement(f"""
    {_REFUSED} and own
        and (received_at, incident_id, refused_id)
            < (:after_at::timestamptz, :after_incident::uuid, :after_refused::uuid)
    order by received_at desc, incident_id desc, refused_id desc
    limit :limit
    """)


async def list_refused(
    connection: Connection, actor: Actor, incident_id: IncidentId
) -> list[RefusedRow]:
    """The refused bodies of an incident, oldest first: those of `actor` and of the stations below
    (who sees everything sees all as their own), and, where `actor` may see the incident, those of
    everybody who sent them to it. Of an opening of a stranger's, who came upon a taken id, no more
    than that it came.

    Whom one names is for the station that is responsible, as with the incident's own; whom a
    stranger names is for the stranger's station as well.
    """
    values = _arguments(actor) | {"incident_id": incident_id}
    return await _OF_INCIDENT.all(connection, RefusedRow, values)


class RefusedKey(NamedTuple):
    """By which refused bodies are ordered and told apart."""

    received_at: Moment
    incident_id: UUID
    refused_id: UUID


async def list_own_refused(
    connection: Connection, actor: Actor, after: RefusedKey | None, limit: int
) -> list[RefusedRow]:
    """Those of `actor` and of the stations below, or all for who sees everything, of whatever
    incident, newest first: also of one that is not there, or not theirs to see."""
    at, incident_id, refused_id = after or _THE_LAST
    values = _arguments(actor) | {
        "after_at": at,
        "after_incident": incident_id,
        "after_refused": refused_id,
        "limit": limit,
    }
    return await _OWN.all(connection, RefusedRow, values)


_THE_LAST: Final = RefusedKey(LATEST, UUID(int=0), UUID(int=0))


def _arguments(actor: Actor) -> dict[str, object]:
    handles_informants = actor.may(Verb.HANDLE_INFORMANTS)
    return scope_arguments(actor) | {
        "account_id": actor.account_id,
        "station_id": actor.station_id if handles_informants else None,
    }
