"""The SQL of what is remembered of an erasure: that it was, and which bodies named those."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.sql import Statement
from wildlife.people.accounts import Actor
from wildlife.words.values import IncidentId
from wildlife.words.vocabularies import ErasureReason


class Erasure(msgspec.Struct, frozen=True):
    """When somebody was erased, and by whom and why, where that was put on record."""

    erased_at: datetime
    erased_by: str | None
    reason: ErasureReason | None


OF_THE_INCIDENT: Final = "(r.had_a_part or r.code <> 'id_conflict')"
"""That a refused body `r` is of the incident whose id it names. A stranger's opening that came upon
a taken id is of another one, and so is its erasure."""

_LAST: Final = Statement(f"""
    with mine as (
        select incident_id from incident
        where incident_id = :incident_id and view = 'whole'
            and responsible_station_id = :station_id
    ), erased as (
        select f.erased_at from mine join informant f using (incident_id)
        union all
        select r.informant_erased_at from mine join refused_body r using (incident_id)
        where {OF_THE_INCIDENT}
    )
    select last.erased_at, a.badge as erased_by, e.reason
    from (select max(erased_at) as erased_at from erased) as last
    left join informant_erasure e
        on e.incident_id = :incident_id and e.erased_at = last.erased_at
    left join account a using (account_id)
    where last.erased_at is not null
    """)


async def access_erasure(
    connection: Connection, actor: Actor, incident_id: IncidentId
) -> Erasure | None:
    """When somebody was last erased whom any entry or kept body of the incident named, whether it
    counts or not, if `actor` belongs to the station that is responsible."""
    values = {"incident_id": incident_id, "station_id": actor.station_id}
    return await _LAST.one(connection, Erasure, values)


async def hold_erasing(connection: Connection, incident_id: UUID) -> None:
    """Until the transaction ends nobody else erases who reported an incident, nor is anybody named
    anew: who comes from the network at that moment waits, and finds what was erased."""
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended('informant ' || $1::uuid, 0))", incident_id
    )


_NAMED_BY: Final = Statement(f"""
    select max(erased_at) as erased_at from (
        select erased_at from informant
        where incident_id = :incident_id and entry_id = :entry_id and :is_of_it
        union all
        select r.informant_erased_at from refused_body r
        where r.incident_id = :incident_id and r.entry_id = :entry_id
            and (:is_of_it and {OF_THE_INCIDENT} or r.account_id = :account_id)
    ) as erased
    """)


async def find_erased(
    connection: Connection, actor: Actor, incident_id: UUID, entry_id: UUID, *, is_of_it: bool
) -> datetime | None:
    """When somebody was erased whom a body of this id named, on the timeline or kept. Which name it
    was nobody knows any more: under that id nobody is named again. Inside a transaction only.

    is_of_it: whether the body is of the incident, and no stranger's opening upon a taken id.
    """
    await hold_erasing(connection, incident_id)
    values = {
        "incident_id": incident_id,
        "entry_id": entry_id,
        "account_id": actor.account_id,
        "is_of_it": is_of_it,
    }
    [row] = await _NAMED_BY.rows(connection, values)
    erased_at: datetime | None = row["erased_at"]
    return erased_at
