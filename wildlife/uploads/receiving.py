"""Receiving uploads: begun once, gone on with as often as it takes, attached when whole.

That the last answer arrives matters to nothing. Whoever finds an upload whole finishes it: the
request that brought the last byte, the one that asks how far it is, or the service at its start.
"""

from collections.abc import AsyncIterator
from uuid import UUID

import structlog

from media.images import UnsupportedImage
from media.store import StoreUnavailable, original_key
from media.uploads import (
    Checksum,
    DiskFull,
    Progress,
    QuotaExceeded,
    TakenOver,
    TooLong,
    Upload,
    WrongChecksum,
    WrongOffset,
)
from wildlife.accounts.model import Actor
from wildlife.photos.attaching import attach_file, attach_held, check, hash_file
from wildlife.photos.bodies import recognized
from wildlife.photos.model import ImageFacts
from wildlife.photos.queries import find_held_image, find_image
from wildlife.problems import FieldError, Problem
from wildlife.service import Service
from wildlife.uploads.model import Note, describe_upload, read_note

log = structlog.get_logger()

# What is wrong with the bytes themselves: sending them again would not help, nor keeping them.
_REFUSED_FOR_GOOD = {"unsupported_image", "id_conflict", "wrong_checksum"}


async def begin(service: Service, actor: Actor, length: int, note: Note) -> Progress:
    """The upload of this photo, new or as far as it came; complete where the content is held.

    Raises Problem before anything is written.
    """
    limit = service.settings.photo_limit_bytes
    if length > limit:
        raise Problem("body_too_large", expected=str(limit))
    if length == 0:
        raise Problem("unsupported_image", given="empty")
    await check(service, actor, note.said)
    upload = describe_upload(actor, length, note)
    image = await _find_held(service, actor, note, length)
    if image is not None:
        await attach_held(service, actor, note.said, image)
        return await service.uploads.create_finished(upload)
    progress = await _create(service, upload)
    if progress.is_finished and await _find_held(service, actor, note, length) is None:
        # It was held once, and its file got lost.
        async with service.uploads.finishing(upload.owner, upload.upload_id):
            await service.uploads.discard(upload)
        progress = await _create(service, upload)
    return progress


async def _create(service: Service, upload: Upload) -> Progress:
    try:
        return await service.uploads.create(upload)
    except QuotaExceeded:
        quota = str(service.settings.upload_quota_bytes)
        raise Problem("upload_quota_exceeded", expected=quota) from None
    except DiskFull:
        raise Problem("storage_full") from None


async def _find_held(service: Service, actor: Actor, note: Note, length: int) -> ImageFacts | None:
    """The photo that need not be sent: its digest, or it itself, is on a timeline, and it lies in
    the store."""
    said = note.said
    async with service.database.reading() as connection:
        image = (
            await find_held_image(connection, actor, note.sha256)
            if note.sha256 is not None
            else await find_image(connection, said.incident_id, said.photo_id)
        )
    if image is None or image.size != length:
        return None
    return image if await service.store.size(original_key(image.sha256)) == length else None


async def go_on(
    service: Service,
    actor: Actor,
    upload: Upload,
    offset: int,
    chunks: AsyncIterator[bytes],
    checksum: Checksum | None = None,
) -> Progress:
    """Add `chunks` at `offset`, and attach the photo when that was the last of it."""
    if offset == 0:
        chunks = recognized(chunks, upload.length)
    try:
        reached = await service.uploads.append(upload, offset, chunks, checksum)
    except UnsupportedImage as error:
        await _discard_empty(service, upload)
        raise Problem("unsupported_image", given=str(error)) from None
    except WrongOffset as error:
        raise Problem("wrong_offset", given=offset, expected=str(error.offset)) from None
    except TooLong:
        raise Problem("body_too_large", expected=str(upload.length - offset)) from None
    except TakenOver:
        raise Problem("upload_taken_over") from None
    except WrongChecksum:
        raise Problem("wrong_checksum", FieldError("Upload-Checksum")) from None
    if reached == upload.length:
        return await finish(service, actor, upload.upload_id)
    progress = await service.uploads.find(upload.owner, upload.upload_id)
    if progress is None:
        raise Problem("upload_not_found")  # it was taken back meanwhile
    return progress._replace(offset=reached)


async def finish(service: Service, actor: Actor, upload_id: UUID) -> Progress:
    """How far the upload is; attached to its incident if all of it is there.

    Raises Problem: upload_not_found, or why the photo is refused.
    """
    async with service.uploads.finishing(actor.account_id, upload_id) as progress:
        if progress is None:
            raise Problem("upload_not_found")
        if not progress.is_complete or progress.path is None:
            return progress
        upload, note = progress.upload, read_note(progress.upload)
        try:
            digest = await hash_file(progress.path)
            if note.sha256 not in (None, digest):
                raise Problem("wrong_checksum", FieldError("sha256", digest, note.sha256))
            await attach_file(service, actor, note.said, progress.path, digest, upload.length)
        except Problem as problem:
            if problem.code in _REFUSED_FOR_GOOD:
                await service.uploads.discard(upload)
            raise
        await service.uploads.finished(upload)
        return progress._replace(path=None)


async def finish_complete(service: Service) -> None:
    """Attach what came whole and was not attached: its phone may think that it is done."""
    for upload in await service.uploads.complete():
        try:
            await finish(service, read_note(upload).actor, upload.upload_id)
        except Problem as problem:
            log.warning("upload not attached", upload=upload.name, code=problem.code)
        except (StoreUnavailable, OSError) as error:
            log.warning("upload not attached", upload=upload.name, error=str(error))


async def _discard_empty(service: Service, upload: Upload) -> None:
    """Forget an upload of which nothing was kept; a later request may have brought better."""
    async with service.uploads.finishing(upload.owner, upload.upload_id) as progress:
        if progress is not None and progress.offset == 0:
            await service.uploads.discard(upload)
