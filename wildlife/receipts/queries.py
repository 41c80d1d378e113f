"""The SQL of receipts."""

from uuid import UUID

import msgspec

from db.pool import Connection
from db.rows import fetch_all
from wildlife.accounts.model import Actor


class HeldEntry(msgspec.Struct, frozen=True):
    """An entry of a timeline, by its id; `sha256` of the photo that it brought."""

    entry_id: UUID
    sha256: str | None


async def list_held_entries(
    connection: Connection, actor: Actor, ids: list[UUID]
) -> list[HeldEntry]:
    """Those of `ids` that are entries of incidents that `actor` may see; voided ones too."""
    return await fetch_all(
        connection,
        HeldEntry,
        """
        select e.entry_id, encode(e.sha256, 'hex') as sha256
        from entry e join incident i using (incident_id)
        where e.entry_id = any($1)
            and ($2::uuid[] is null or i.station_id = any($2) or i.responsible_station_id = any($2))
            and ($3::text is null or i.region_code like $3 || '%')
        """,
        ids,
        actor.stations,
        actor.region,
    )


async def list_held_digests(connection: Connection, actor: Actor, digests: list[str]) -> list[str]:
    """Those of `digests` that are of photos of incidents that `actor` may see; voided ones too."""
    rows = await connection.fetch(
        """
        select distinct encode(e.sha256, 'hex') as sha256
        from entry e join incident i using (incident_id)
        where e.sha256 = any(array(select decode(d, 'hex') from unnest($1::text[]) d))
            and ($2::uuid[] is null or i.station_id = any($2) or i.responsible_station_id = any($2))
            and ($3::text is null or i.region_code like $3 || '%')
        """,
        digests,
        actor.stations,
        actor.region,
    )
    return [row["sha256"] for row in rows]
