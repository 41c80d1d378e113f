"""The SQL of receipts."""

from uuid import UUID

from db.pool import Connection
from db.rows import fetch_all
from wildlife.people.accounts import Actor
from wildlife.receipts.model import FoundEntry


async def find_entries(
    connection: Connection, actor: Actor, ids: list[UUID], digests: list[str]
) -> list[FoundEntry]:
    """The entries with one of `ids`, or of a photo with one of `digests`; voided ones too, and
    those that `actor` may not see."""
    return await fetch_all(
        connection,
        FoundEntry,
        """
        select e.entry_id, e.canonical, encode(e.sha256, 'hex') as sha256,
            coalesce(
                ($3::uuid[] is null or i.station_ids && $3)
                    and ($4::text is null or i.region_code like $4 || '%'), false) as is_visible
        from entry e join incident i using (incident_id)
        where e.entry_id = any($1)
            or e.sha256 = any(array(select decode(d, 'hex') from unnest($2::text[]) d))
        """,
        ids,
        digests,
        actor.stations,
        actor.region,
    )
