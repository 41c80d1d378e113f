"""The SQL of who looked at originals."""

from datetime import datetime
from uuid import uuid4

import msgspec

from db.connection import Connection
from db.rows import fetch_all
from wildlife.people.accounts import Actor
from wildlife.words.values import IncidentId, PhotoId


async def add_access(
    connection: Connection, actor: Actor, incident_id: IncidentId, photo_id: PhotoId
) -> None:
    """Put on record that `actor` looks at an original."""
    await connection.execute(
        """
        insert into original_access (incident_id, access_id, photo_id, account_id)
        values ($1, $2, $3, $4)
        """,
        incident_id,
        uuid4(),
        photo_id,
        actor.account_id,
    )


class OriginalAccess(msgspec.Struct, frozen=True):
    """原件查看。Who looked at an original, and when."""

    badge: str
    """警号。Badge number of who looked."""
    name: str
    """姓名。The name of who looked."""
    accessed_at: datetime
    """查看时间。When the original was fetched."""


async def list_accesses(
    connection: Connection, incident_id: IncidentId, photo_id: PhotoId
) -> list[OriginalAccess]:
    """Every look at an original of an incident that the caller has access to, latest first."""
    return await fetch_all(
        connection,
        OriginalAccess,
        """
        select a.badge, a.name, o.accessed_at
        from original_access o join account a using (account_id)
        where o.incident_id = $1 and o.photo_id = $2
        order by o.accessed_at desc, o.access_id
        limit 500
        """,
        incident_id,
        photo_id,
    )
