"""The SQL of incidents that were closed as duplicates of others."""

from typing import Final
from uuid import UUID

from db.connection import Connection
from db.sql import Statement
from wildlife.people.accounts import Actor
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.timeline.incident import Duplicate
from wildlife.words.values import IncidentId

_DUPLICATES: Final = Statement(f"""
    select t.incident_id as id, t.case_number from incident t
    where t.duplicate_of = :incident_id and {VISIBLE}
    order by t.received_at, t.incident_id
    """)


async def list_duplicates(
    connection: Connection, actor: Actor, incident_id: IncidentId
) -> list[Duplicate]:
    """Those of an incident that `actor` may see, in the order in which they came."""
    values = scope_arguments(actor) | {"incident_id": incident_id}
    return await _DUPLICATES.all(connection, Duplicate, values)


async def list_duplicate_ids(connection: Connection, incident_id: UUID) -> list[UUID]:
    """All that were closed as duplicates of an incident, and of those, and so on."""
    rows = await connection.fetch(
        """
        with recursive below as (
            select incident_id from incident where duplicate_of = $1 and view = 'whole'
            union
            select i.incident_id from below b join incident i on i.duplicate_of = b.incident_id
            where i.view = 'whole'
        )
        select incident_id from below where incident_id <> $1 order by incident_id
        """,
        incident_id,
    )
    return [row["incident_id"] for row in rows]


async def find_original(connection: Connection, incident_id: UUID) -> UUID | None:
    """What an incident was closed as a duplicate of."""
    original: UUID | None = await connection.fetchval(
        "select duplicate_of from incident where incident_id = $1 and view = 'whole'", incident_id
    )
    return original


async def keep_originals_as_they_are(connection: Connection) -> None:
    """Let nobody else close an incident as a duplicate until the transaction ends."""
    await connection.execute("select pg_advisory_xact_lock(hashtext('wildlife:duplicates'))")
