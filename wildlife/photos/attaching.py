"""Attaching: from bytes that came whole to an entry on the timeline.

The order is what makes it safe: looked at in a process that may die, kept durably, and only then
named by an entry. A crash in between leaves a file that no entry names; sending it again finds it.
"""

from datetime import datetime
from hashlib import file_digest
from pathlib import Path

from anyio import to_thread

from db.connection import Connection
from media.images import UnsupportedImage
from media.processes import Interrupted
from media.store import original_key
from wildlife.people.accounts import Actor
from wildlife.photos.service import PhotoService
from wildlife.timeline import appending, queries
from wildlife.timeline.answers import ShownEntry
from wildlife.timeline.chain import said_by
from wildlife.timeline.entry import Photo
from wildlife.timeline.photo import ExifFacts, ImageFacts, Said
from wildlife.timeline.queries import find_entry
from wildlife.timeline.reading import read_incident
from wildlife.timeline.replaying import Written
from wildlife.timeline.responsibility import may_tend_for
from wildlife.timeline.rules import check_body
from wildlife.web.problems import Problem


async def require_welcome(service: PhotoService, actor: Actor, said: Said) -> None:
    """Before a byte of it is taken: that this actor may add this photo to that incident.

    Whoever sent it once may send it again, whoever is responsible now.

    Raises Problem: not_found, not_responsible, or all that is wrong with its entry, in one.
    """
    async with service.database.reading() as connection:
        try:
            await _require_fit(service, connection, actor, said)
        except Problem:
            stored = await find_entry(connection, said.incident_id, said.photo_id)
            if stored is None or not said_by(stored.canonical, actor.account_id):
                raise


async def _require_fit(
    service: PhotoService, connection: Connection, actor: Actor, said: Said
) -> None:
    if await queries.had_custody(connection, may_tend_for(actor), said.incident_id):
        return  # of when it happened, and of that alone, is for the timeline to say
    await appending.require_part(connection, actor, said.incident_id)
    incident = await read_incident(service, connection, actor, said.incident_id)
    if incident is not None:
        now = datetime.now(service.settings.zone)
        kind = service.kinds.of(incident)
        check_body(service.settings, kind, entry_of(said, now), incident, now)


async def attach_file(
    service: PhotoService, actor: Actor, said: Said, path: Path, digest: str, size: int
) -> Written[ShownEntry]:
    """Keep the photo at `path`, whose bytes are durable, and name it on the timeline.

    Raises Problem: unsupported_image, darkroom_unavailable, or what appending an entry raises.
    """
    image = await _look_at(service, path, digest, size)
    await service.store.put_file(original_key(digest), path, digest)
    return await attach_held(service, actor, said, image)


async def attach_held(
    service: PhotoService, actor: Actor, said: Said, image: ImageFacts
) -> Written[ShownEntry]:
    """Name a photo that is kept already on the timeline."""
    entry = entry_of(said, datetime.now(service.settings.zone))
    written = await appending.append_entry(service, actor, said.incident_id, entry, image=image)
    service.darkroom.wake()
    return written


def entry_of(said: Said, now: datetime) -> Photo:
    """A photo without a time of its own happened when it came."""
    return Photo(
        id=said.photo_id,
        happened_at=now if said.taken_at is None else said.taken_at,
        recorded_at=now if said.taken_at is None else said.taken_at,
        taken_at=said.taken_at,
        caption=said.caption,
        about=said.about,
        taken_place=said.taken_place,
    )


async def hash_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""

    def hash_it() -> str:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()

    return await to_thread.run_sync(hash_it)


async def _look_at(service: PhotoService, path: Path, digest: str, size: int) -> ImageFacts:
    try:
        info = await service.darkroom.inspect(path)
    except UnsupportedImage as error:
        raise Problem("unsupported_image", given=str(error)) from None
    except Interrupted:
        raise Problem("darkroom_unavailable") from None
    exif = ExifFacts(**info.exif._asdict())
    return ImageFacts(
        sha256=digest,
        media_type=info.media_type,
        size=size,
        width=info.width,
        height=info.height,
        exif=exif if exif != ExifFacts() else None,
    )
