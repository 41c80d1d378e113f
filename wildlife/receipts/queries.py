"""The SQL of receipts."""

from uuid import UUID

import msgspec

from db.pool import Connection
from db.rows import fetch_all
from wildlife.accounts.model import Actor


class HeldEntry(msgspec.Struct, frozen=True):
    """An entry of a timeline, by its id; `sha256` and `size` of the photo that it brought."""

    entry_id: UUID
    sha256: str | None
    size: int | None


async def list_held_entries(
    connection: Connection, actor: Actor, ids: list[UUID], digests: list[str]
) -> list[HeldEntry]:
    """The entries with one of `ids`, or of a photo with one of `digests`, that `actor` filed or of
    incidents that `actor` may see; voided ones too."""
    return await fetch_all(
        connection,
        HeldEntry,
        """
        select e.entry_id, encode(e.sha256, 'hex') as sha256,
            case when e.sha256 is not null
                then (e.canonical::jsonb #>> '{facts,image,size}')::int end as size
        from entry e join incident i using (incident_id)
        where (e.entry_id = any($1)
                or e.sha256 = any(array(select decode(d, 'hex') from unnest($2::text[]) d)))
            and (e.canonical::jsonb #>> '{actor,account_id}' = $5::text
                or ($3::uuid[] is null or i.station_ids && $3)
                    and ($4::text is null or i.region_code like $4 || '%'))
        """,
        ids,
        digests,
        actor.stations,
        actor.region,
        str(actor.account_id),
    )
