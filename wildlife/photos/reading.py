"""A photo as it is known, also one that was voided, which lists and counts leave out.

That one is told as the timeline would have it without the void; nothing is kept of it beside that.
"""

from msgspec.structs import replace

from db.connection import Connection
from media.store import rendition_key
from wildlife.people.accounts import Actor
from wildlife.photos.codes import Renditions
from wildlife.photos.queries import PhotoRecord, access_photo
from wildlife.photos.service import PhotoService
from wildlife.timeline import queries
from wildlife.timeline.entry import Void
from wildlife.timeline.fold import fold
from wildlife.timeline.generalizing import generalized
from wildlife.timeline.photo import shown_to
from wildlife.timeline.withholding import withheld
from wildlife.web.problems import Problem
from wildlife.words.structs import derive
from wildlife.words.values import IncidentId, PhotoId
from wildlife.words.vocabularies import PhotoFlag


async def read_photo(
    service: PhotoService, actor: Actor, incident_id: IncidentId, photo_id: PhotoId
) -> PhotoRecord:
    """A photo as it is, if `actor` may see its incident; whether they may see its place, it says.
    Raises Problem not_found."""
    async with service.database.reading() as connection:
        photo = await access_photo(connection, actor, incident_id, photo_id)
        if photo is None:
            photo = await _access_voided(service, connection, actor, incident_id, photo_id)
    if photo is None:
        raise Problem("not_found")
    return photo


async def _access_voided(
    service: PhotoService,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    photo_id: PhotoId,
) -> PhotoRecord | None:
    """A photo that was voided, if `actor` may see its incident."""
    # First whether they may: who may not is told no sooner where there is no such photo.
    head = await queries.access_incident(connection, actor, incident_id)
    if head is None or head.is_part:
        return None
    if await queries.find_entry(connection, incident_id, photo_id) is None:
        return None
    held = await queries.fetch_timeline(connection, incident_id)
    opening, entries = service.kinds.decode_timeline([one.canonical for one in held])
    voids = [
        one.body for one in entries if isinstance(one.body, Void) and one.body.entry_id == photo_id
    ]
    if not voids:
        return None
    standing = [one for one in entries if one.body not in voids]
    incident = fold(service.kinds, opening, standing, service.settings.zone).incident
    for photo in incident.photos:
        if photo.photo_id == photo_id:
            shown = await service.store.size(rendition_key(photo.digest, "thumbnail.jpeg"))
            return derive(
                PhotoRecord,
                withheld(photo, head.withheld),
                renditions=Renditions.PENDING if shown is None else Renditions.MADE,
                renditions_reason=None,
                voided_by=voids[0].id,
                generalized=head.generalized,
            )
    return None


def told_photo(actor: Actor, photo: PhotoRecord, *, same: bool) -> PhotoRecord:
    """What `actor` is told of a photo, to which another incident has the same picture or not."""
    flags = [*photo.flags, *([PhotoFlag.SAME_PICTURE] if same else [])]
    told = replace(photo, exif=shown_to(actor, photo.exif), flags=flags)
    return generalized(told) if photo.generalized else told
