"""The SQL of photos."""

from datetime import datetime
from uuid import UUID

import msgspec

from db.pool import Connection
from db.rows import fetch_all, fetch_one
from wildlife.accounts.model import Actor
from wildlife.values import IncidentId, PhotoId


class PhotoRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A photo of an incident; the size in pixels is that of the picture held upright."""

    photo_id: UUID
    sha256: str
    media_type: str
    size: int
    width: int
    height: int
    taken_at: datetime | None
    received_at: datetime
    about: str | None
    caption: str | None


async def access_photo(
    connection: Connection, actor: Actor, incident_id: IncidentId, photo_id: PhotoId
) -> PhotoRecord | None:
    """A photo, if `actor` may see its incident."""
    return await fetch_one(
        connection,
        PhotoRecord,
        """
        select p.photo_id, encode(p.sha256, 'hex') as sha256, p.media_type, p.size, p.width,
            p.height, p.taken_at, p.received_at, p.about, p.caption
        from photo p join incident i using (incident_id)
        where p.incident_id = $1 and p.photo_id = $2
            and ($3::uuid[] is null or i.station_id = any($3) or i.responsible_station_id = any($3))
            and ($4::text is null or i.region_code like $4 || '%')
        """,
        incident_id,
        photo_id,
        actor.stations,
        actor.region,
    )


async def list_photos(connection: Connection, incident_id: IncidentId) -> list[PhotoRecord]:
    """The photos of an incident that the caller has access to, in the order they were taken."""
    return await fetch_all(
        connection,
        PhotoRecord,
        """
        select photo_id, encode(sha256, 'hex') as sha256, media_type, size, width, height,
            taken_at, received_at, about, caption
        from photo where incident_id = $1
        order by coalesce(taken_at, received_at), photo_id
        """,
        incident_id,
    )
