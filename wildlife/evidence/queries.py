"""The SQL of evidence: an incident that its reader was let in to."""

from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all


class Placed(msgspec.Struct, frozen=True):
    """An entry with its place in the ledger."""

    seq: int
    canonical: str
    position: int
    salt: UUID
    """What it is blinded with there."""


async def list_placed(connection: Connection, incident_id: UUID, size: int) -> list[Placed]:
    """Those that a ledger of this size holds, in the order of arrival."""
    return await fetch_all(
        connection,
        Placed,
        """
        select e.seq, e.canonical, l.position, l.salt from entry e
            join ledger l on l.incident_id = e.incident_id and l.entry_id = e.entry_id
        where e.incident_id = $1 and l.position < $2 order by e.seq
        """,
        incident_id,
        size,
    )
