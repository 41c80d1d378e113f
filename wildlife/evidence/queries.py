"""The SQL of evidence: an incident that its reader was let in to."""

from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all


class Placed(msgspec.Struct, frozen=True):
    """An entry with its place in the ledger."""

    seq: int
    canonical: str
    digest: bytes
    position: int
    salt: UUID
    """What it is blinded with there."""
    digest_there: bytes


async def list_placed(connection: Connection, incident_id: UUID, size: int) -> list[Placed]:
    """Those that a ledger of this size holds, in the order of arrival. Raises
    msgspec.ValidationError where one has no place, and is to come to none."""
    return await fetch_all(
        connection,
        Placed,
        """
        select e.seq, e.canonical, e.digest, l.position, l.salt, l.digest as digest_there
        from entry e
            left join ledger l on l.incident_id = e.incident_id and l.entry_id = e.entry_id
            left join unsequenced u on u.incident_id = e.incident_id and u.entry_id = e.entry_id
        where e.incident_id = $1 and u.entry_id is null and (l.position < $2) is not false
        order by e.seq
        """,
        incident_id,
        size,
    )
