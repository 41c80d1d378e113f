"""Receiving uploads: begun once, gone on with as often as it takes, attached when whole.

That the last answer arrives matters to nothing. Whoever finds an upload whole finishes it: the
request that brought the last byte, the one that asks how far it is, or the service at its start.
"""

from collections.abc import AsyncIterator
from contextlib import suppress
from http import HTTPStatus
from uuid import UUID

import structlog
from msgspec.structs import replace

from db.pool import UNAVAILABLE
from media.images import UnsupportedImage
from media.store import StoreUnavailable, original_key
from media.upload_state import (
    DiskFull,
    Progress,
    QuotaExceeded,
    TakenOver,
    TooLong,
    TooMany,
    Upload,
    WrongOffset,
)
from media.uploads import Checksum, WrongChecksum
from wildlife.people.account_queries import find_actor
from wildlife.people.accounts import Actor
from wildlife.people.may import Verb
from wildlife.photos.attaching import attach_file, attach_held, hash_file, require_welcome
from wildlife.photos.bodies import recognized
from wildlife.photos.queries import find_held_image
from wildlife.photos.service import PhotoService
from wildlife.photos.upload import (
    MOST_UNFINISHED,
    UnreadableNote,
    UploadNote,
    read_note,
    upload_of,
)
from wildlife.timeline.photo import ImageFacts
from wildlife.timeline.responsibility import STRANGE
from wildlife.web.problems import FieldError, Problem

log = structlog.get_logger()


async def begin(service: PhotoService, actor: Actor, length: int, note: UploadNote) -> Progress:
    """The upload of this photo: new, or, where it says what it hashes to, as far as it came, and
    complete where that is held.

    Raises Problem before anything is written.
    """
    limit = service.settings.photo_limit_bytes
    if length > limit:
        raise Problem("body_too_large", expected=str(limit))
    if length == 0:
        raise Problem("unsupported_image", given="empty")
    upload = upload_of(actor, length, note)
    try:
        await require_welcome(service, actor, note.said)
    except Problem as problem:
        # It was allowed when it began: what has come since is not given up for a handover. What is
        # said of it stays what it was then, too: what may be said now can't be checked.
        begun = await _begun(service, upload, note) if problem.code in STRANGE else None
        if begun is None:
            raise
        if note.sha256 is not None:
            return begun
        upload = replace(upload, note=begun.upload.note)
    if note.sha256 is None:
        return await _begin_unnamed(service, actor, upload)
    image = await _find_held(service, actor, note.sha256, length)
    if image is not None:
        await attach_held(service, actor, note.said, image)
        return await service.uploads.create_finished(upload)
    progress = await _create(service, upload)
    if progress.is_finished and await _find_held(service, actor, note.sha256, length) is None:
        progress = await _begin_anew(service, upload)  # held once, and its file got lost
    return progress


async def _begun(service: PhotoService, upload: Upload, note: UploadNote) -> Progress | None:
    """This upload, or one of the same photo, as it was begun before; None: there is none."""
    if note.sha256 is not None:
        return await service.uploads.under_way(upload)
    return next(iter(await service.uploads.kin(upload)), None)


async def _begin_unnamed(service: PhotoService, actor: Actor, upload: Upload) -> Progress:
    """The upload of a photo whose digest nobody says. What came under this id may be of another
    picture of the same length: never does one go on with the bytes of the other."""
    for begun in await service.uploads.kin(upload):
        if begun.is_complete:
            with suppress(Problem):  # of that picture; what can't be now is tried again
                await finish(service, actor, begun.upload.upload_id)
    return await _create(service, upload, anew=True)


async def _begin_anew(service: PhotoService, upload: Upload) -> Progress:
    async with service.uploads.finishing(upload.owner, upload.upload_id):
        await service.uploads.discard(upload)
    return await _create(service, upload)


async def _create(service: PhotoService, upload: Upload, *, anew: bool = False) -> Progress:
    create = service.uploads.create_anew if anew else service.uploads.create
    try:
        return await create(upload)
    except TooMany:
        raise Problem("too_many_uploads", expected=str(MOST_UNFINISHED)) from None
    except QuotaExceeded:
        quota = str(service.settings.upload_quota_bytes)
        raise Problem("upload_quota_exceeded", expected=quota) from None
    except DiskFull:
        raise Problem("storage_full") from None


async def _find_held(
    service: PhotoService, actor: Actor, digest: str, length: int
) -> ImageFacts | None:
    """The photo that need not be sent: its digest is on a timeline, and it lies in the store."""
    async with service.database.reading() as connection:
        image = await find_held_image(connection, actor, digest)
    if image is None or image.size != length:
        return None
    return image if await service.store.size(original_key(digest)) == length else None


async def go_on(
    service: PhotoService,
    actor: Actor,
    upload_id: UUID,
    offset: int,
    size: int,
    chunks: AsyncIterator[bytes],
    checksum: Checksum | None = None,
) -> Progress:
    """Add `chunks`, announced with `size` bytes, at `offset`; attach the photo when that was the
    last of it."""
    try:
        claim = await service.uploads.claim(actor.account_id, upload_id, offset, size)
    except WrongOffset as error:
        raise Problem("wrong_offset", given=offset, expected=str(error.offset)) from None
    except TooLong as error:
        raise Problem("body_too_large", expected=str(error.room)) from None
    if claim is None:
        raise Problem("upload_not_found")
    upload, room = claim.progress.upload, claim.progress.room
    if offset == 0:
        chunks = recognized(chunks, upload.length)
    try:
        progress = await service.uploads.append(
            claim, _while_theirs(service, actor, chunks, room), checksum
        )
    except UnsupportedImage as error:
        await _discard_empty(service, upload)
        raise Problem("unsupported_image", given=str(error)) from None
    except TooLong:
        raise Problem("body_too_large", expected=str(room)) from None
    except TakenOver:
        raise Problem("upload_taken_over") from None
    except WrongChecksum:
        raise Problem("wrong_checksum", FieldError("Upload-Checksum")) from None
    if not progress.is_complete:
        return progress
    return await finish(service, await service.holders.still(actor), upload_id)


async def _while_theirs(
    service: PhotoService, actor: Actor, chunks: AsyncIterator[bytes], room: int
) -> AsyncIterator[bytes]:
    """The same; but what makes the photo whole only from who still may add it. Whoever finds an
    upload whole attaches it."""
    async for chunk in chunks:
        room -= len(chunk)
        if room <= 0:
            await service.holders.still(actor)
        yield chunk


async def finish(service: PhotoService, actor: Actor, upload_id: UUID) -> Progress:
    """How far the upload is; attached to its incident if all of it is there.

    Raises Problem: upload_not_found, or why the photo is refused.
    """
    return await _finish(service, actor.account_id, upload_id, actor)


async def _finish(
    service: PhotoService, owner: UUID, upload_id: UUID, actor: Actor | None = None
) -> Progress:
    """The same for whoever began it, should they not come back for the end."""
    async with service.uploads.finishing(owner, upload_id) as progress:
        if progress is None:
            raise Problem("upload_not_found")
        upload = progress.upload
        try:
            note = read_note(upload)
        except UnreadableNote as error:
            await service.uploads.set_aside(upload, str(error))
            raise Problem("upload_not_found") from None
        if not progress.is_complete or progress.path is None:
            return progress
        who = actor or await _owner(service, owner)
        if who is None:
            await service.uploads.set_aside(upload, "its account files for no station of ours")
            raise Problem("upload_not_found")
        try:
            digest = progress.sha256 or await hash_file(progress.path)
            if note.sha256 not in (None, digest):
                raise Problem("wrong_checksum", FieldError("sha256", digest, note.sha256))
            await attach_file(
                service,
                who,
                note.said,
                progress.path,
                digest,
                upload.length,
            )
        except Problem as problem:
            # Sending it again would not help, and where its bytes are a photo's they are kept.
            if problem.is_kept is not False and problem.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                await service.uploads.discard(upload)
            raise
        await service.uploads.finished(upload)
        return progress._replace(path=None)


async def _owner(service: PhotoService, account_id: UUID) -> Actor | None:
    async with service.database.reading() as connection:
        found = await find_actor(connection, account_id)
    adding = (Verb.FILE, Verb.TEND)
    return found.doing(*adding) if found is not None and found.may(*adding) else None


async def tend_uploads(service: PhotoService) -> None:
    """Attach what came whole, forget what nobody came back for."""
    await finish_complete(service)
    await service.uploads.expire()


async def finish_complete(service: PhotoService) -> None:
    """Attach what came whole and was not attached: its phone may think that it is done."""
    for upload in await service.uploads.complete():
        try:
            await _finish(service, upload.owner, upload.upload_id)
        except Problem as problem:
            log.warning("upload not attached", upload=upload.name, code=problem.code)
        except (StoreUnavailable, OSError) as error:
            log.warning("upload not attached", upload=upload.name, error=error)
        except UNAVAILABLE:
            raise  # for all of them
        except Exception:  # a fault of ours, which must not keep the others from it
            log.exception("upload not attached", upload=upload.name)


async def _discard_empty(service: PhotoService, upload: Upload) -> None:
    """Forget an upload of which nothing was kept; a later request may have brought better."""
    async with service.uploads.finishing(upload.owner, upload.upload_id) as progress:
        if progress is not None and progress.offset == 0:
            await service.uploads.discard(upload)
