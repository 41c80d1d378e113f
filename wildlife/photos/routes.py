"""Photos: sent in one request, told of, shown as renditions."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response, get, put, route
from litestar.enums import HttpMethod
from litestar.params import FromPath, QueryParameter
from msgspec.structs import replace

from media.images import UnsupportedImage
from media.spool import TooLarge
from media.store import NotHeld, rendition_key
from wildlife.accesses.codes import Reading
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.photos.attaching import attach_file, require_welcome
from wildlife.photos.bodies import (
    FETCHING,
    STORING,
    PhotoOperation,
    ShownPhotoOperation,
    recognized,
)
from wildlife.photos.codes import Renditions, RenditionsReason
from wildlife.photos.darkroom import NotNow
from wildlife.photos.queries import (
    PhotoRecord,
    SamePicture,
    list_photos,
    list_same_pictures,
    with_same_pictures,
)
from wildlife.photos.reading import read_photo, told_photo
from wildlife.photos.reasons import SENTENCES
from wildlife.photos.saying import read_said
from wildlife.photos.service import FromPhotoService, PhotoService
from wildlife.timeline import answers, queries
from wildlife.timeline.photo import ABOUT, Said
from wildlife.web.answer_headers import documented_headers
from wildlife.web.etags import content_etag, is_current, not_modified
from wildlife.web.negotiation import best_of, whole_header
from wildlife.web.problems import Problem
from wildlife.web.ranges import asked_part
from wildlife.web.responses import ADDING, READING, SENDING, also_answers, problems
from wildlife.words.values import IncidentId, PhotoId

PHOTO: Final = "/incidents/{incident_id:uuid}/photos/{photo_id:uuid}"
"""Where a photo is, and all that there is of it."""

_RENDITION_TYPES: Final = ("image/jpeg", "image/webp")


def _read(service: PhotoService, given: Mapping[str, Any]) -> Said:
    """What the address says of a photo. Raises Problem with all that is wrong with it."""
    said = dict(given)
    if isinstance(at := said.get("taken_at"), str):
        said["taken_at"] = at.replace(" ", "+")  # an unescaped plus sign of an address is a space
    return read_said(service.settings, service.kinds, said)


@put(
    PHOTO,
    status_code=201,
    tags=["photos"],
    opt={"verb": (Verb.FILE, Verb.TEND), "read": _read},
    operation_class=PhotoOperation,
    request_max_body_size=None,
    responses=problems(*ADDING, *SENDING, *STORING) | also_answers(200, answers.ShownEntry),
)
async def put_photo(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    photo_id: FromPath[PhotoId],
    taken_at: Annotated[
        str | None,
        QueryParameter(
            description="拍摄时间。When it was taken, by the phone's clock, with its offset.",
            schema_extra={"format": "date-time", "examples": ["2024-07-29T16:05:00+08:00"]},
        ),
    ] = None,
    caption: Annotated[
        str | None,
        QueryParameter(
            description="照片说明。What is to be seen, in words.",
            # All that is said of a photo is held to its bounds at once: `read_said`.
            schema_extra={"min_length": 1, "max_length": 4000},
        ),
    ] = None,
    about: Annotated[
        str | None,
        QueryParameter(
            description="拍摄对象。What it shows: `animal:1`, by number or the id of its entry;"
            " `site`, `before`, `after` or `document`.",
            schema_extra={"pattern": ABOUT, "examples": ["animal:1"]},
        ),
    ] = None,
    taken_place: Annotated[
        str | None,
        QueryParameter(
            description="拍摄位置。Where the phone was when it was taken: a TakenPlace as JSON.",
            schema_extra={
                "content_media_type": "application/json",
                "examples": [
                    '{"point": {"longitude": 117.54, "latitude": 43.32, "datum": "WGS84",'
                    ' "accuracy_m": 12, "source": "device"},'
                    ' "fixed_at": "2024-07-29T16:04:58+08:00"}'
                ],
            },
        ),
    ] = None,
) -> Response[answers.ShownEntry]:
    """添加照片。Add a photo (JPEG, PNG, WebP, HEIC or AVIF) to the timeline. Its bytes are kept as
    they came.

    201 the first time, 200 and the same answer for the same bytes again. One that was voided stays
    voided however often it is sent: to bring it back, send it under a new id.
    """
    said = _read(
        service,
        {
            "incident_id": incident_id,
            "photo_id": photo_id,
            "taken_at": taken_at,
            "caption": caption,
            "about": about,
            "taken_place": taken_place,
        },
    )
    await require_welcome(service, actor, said)
    limit = service.settings.photo_limit_bytes
    if (request.content_length or 0) > limit:
        raise Problem("body_too_large", expected=str(limit))
    try:
        body = recognized(request.stream(), limit)
        async with service.spool.receive(body, limit) as received:
            actor = await service.holders.still(actor)
            written = await attach_file(
                service, actor, said, received.path, received.sha256, received.size
            )
    except TooLarge:
        raise Problem("body_too_large", expected=str(limit)) from None
    except UnsupportedImage as error:
        raise Problem("unsupported_image", given=str(error)) from None
    return Response(written.answer, status_code=201 if written.created else 200)


class Photos(msgspec.Struct, frozen=True):
    """警情照片。The photos of an incident."""

    items: list[PhotoRecord]
    """照片。In the order in which they were taken."""
    next_cursor: str | None = None
    """下一页游标。Always null: all is on this page."""


@get(
    "/incidents/{incident_id:uuid}/photos",
    opt={"verb": Verb.READ, "reads": Reading.PHOTO},
    tags=["photos"],
    responses=problems(*READING, "not_found"),
)
async def get_photos(
    service: FromPhotoService, actor: FromActor, incident_id: FromPath[IncidentId]
) -> Photos:
    """一起警情的照片。The photos of an incident, in the order they were taken. One that was voided
    is not among them: it is shown by its id, which the timeline has."""
    async with service.database.searching() as connection:
        head = await queries.access_incident(connection, actor, incident_id)
        if head is None:
            raise Problem("not_found")
        photos = await list_photos(connection, incident_id, head.view, head.withheld)
        same = await with_same_pictures(connection, actor, incident_id)
    known = [replace(photo, generalized=head.generalized) for photo in photos]
    return Photos([told_photo(actor, photo, same=photo.photo_id in same) for photo in known])


class PhotoAndTwins(PhotoRecord, frozen=True, kw_only=True):
    """照片及疑似同一照片。A photo, and which of other incidents look the same: a hint, no more."""

    same_pictures: list[SamePicture]
    """疑似同一照片。Photos of other incidents that look the same and that the reader may see."""


@get(
    PHOTO,
    opt={"verb": Verb.READ, "reads": Reading.PHOTO},
    tags=["photos"],
    response_headers=documented_headers("ETag"),
    responses=problems(*READING, "not_found"),
)
async def get_photo(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    photo_id: FromPath[PhotoId],
) -> Response[PhotoAndTwins]:
    """一张照片的信息。What is known of a photo, one that was voided too."""
    record = await read_photo(service, actor, incident_id, photo_id)
    async with service.database.searching() as connection:
        same = await list_same_pictures(connection, actor, incident_id, photo_id)
    told = msgspec.structs.asdict(told_photo(actor, record, same=bool(same)))
    photo = msgspec.convert(told | {"same_pictures": same}, PhotoAndTwins)
    tag = content_etag(photo)  # the bytes stay, the caption may be amended
    if is_current(request, tag):
        return not_modified(tag)
    return Response(photo, headers={"ETag": tag})


@route(
    [f"{PHOTO}/thumbnail", f"{PHOTO}/screen"],
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={"verb": Verb.READ, "reads": Reading.PICTURE},
    tags=["photos"],
    media_type="image/jpeg",
    operation_class=ShownPhotoOperation,
    response_headers=documented_headers("ETag", "Accept-Ranges", "Vary"),
    responses=problems(*READING, *FETCHING, "no_rendition", "rendition_pending"),
)
async def get_rendition(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    photo_id: FromPath[PhotoId],
) -> Response[bytes]:
    """缩略图和屏幕图。The photo at most 320 (thumbnail) or 1600 (screen) pixels long: upright, no
    metadata.

    As JPEG or WebP, whichever `Accept` likes better; JPEG where it likes both the same.
    """
    photo = await read_photo(service, actor, incident_id, photo_id)
    accept = whole_header(request, "accept")
    media_type = best_of(accept, _RENDITION_TYPES)
    if media_type is None:
        raise Problem("not_acceptable", given=accept, expected=", ".join(_RENDITION_TYPES))
    kind = media_type.removeprefix("image/")
    name = f"{request.url.path.rpartition('/')[2]}.{kind}"
    known, content = photo.digest, None
    if photo.generalized:  # whose name is of bytes that tell where it was taken
        content = await _rendition(service, photo, name)
        known = sha256(content).hexdigest()
    tag = f'"{known[:32]}.{name}"'
    # Who has seen it may keep it for good: its bytes never change.
    headers = {
        "ETag": tag,
        "Cache-Control": "private, max-age=31536000, immutable",
        # At a browser that several use the next account asks for itself.
        "Vary": "Accept, Authorization",
    }
    if is_current(request, tag):
        return Response(b"", status_code=304, headers=headers)
    if content is None:
        content = await _rendition(service, photo, name)
    part = asked_part(request, tag, len(content))
    headers |= part.headers
    body = b"" if request.method == HttpMethod.HEAD else content[part.start : part.end]
    return Response(body, status_code=part.status, media_type=media_type, headers=headers)


async def _rendition(service: PhotoService, photo: PhotoRecord, name: str) -> bytes:
    """The rendition, made now where it was not made yet or got lost."""
    key = rendition_key(photo.digest, name)
    try:
        return await service.store.get(key)
    except NotHeld:
        pass
    renditions, reason = photo.renditions, photo.renditions_reason
    if reason is None:
        try:
            renditions, reason, *_ = await service.darkroom.develop(photo.digest)
        except NotNow as error:
            reason = error.reason
    if reason is None:
        return await service.store.get(key)
    if reason is RenditionsReason.ORIGINAL_MISSING:
        raise Problem("original_missing")
    given_up = renditions in (Renditions.UNREADABLE, Renditions.ABANDONED)
    raise Problem(
        "no_rendition" if given_up else "rendition_pending",
        reason=SENTENCES[reason],
    )
