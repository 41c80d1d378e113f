"""Photos: sent in one request, shown as renditions, the original as it came."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from anyio import CapacityLimiter, to_thread
from litestar import Request, Response, get, put
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.params import FromPath, QueryParameter

from media.images import (
    ImageInfo,
    TooManyPixels,
    UnreadableImage,
    UnsupportedImage,
    inspect,
    render,
)
from media.store import TooLarge
from wildlife.accounts.model import Actor
from wildlife.etags import content_etag, is_current, not_modified
from wildlife.incidents import answers, appending, queries
from wildlife.incidents.checks import check_time
from wildlife.incidents.entries import PHOTO_ABOUT, Photo
from wildlife.incidents.timeline import ImageFacts
from wildlife.photos.queries import PhotoRecord, access_photo, list_photos
from wildlife.problems import FieldError, Problem
from wildlife.service import Service
from wildlife.values import IncidentId, Instant, PhotoId
from wildlife.web import OFFICERS, FromActor, FromService, also_answers, problems

# Two large photos decode at once; the others wait for them rather than for memory.
_DECODING: Final = CapacityLimiter(2)

# A photo's bytes never change; only who has seen them may keep them.
_CACHING: Final = {
    "Cache-Control": "private, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


@dataclass
class PhotoOperation(Operation):
    """An operation whose body is the photo itself."""

    def __post_init__(self) -> None:
        photo = OpenAPIMediaType(schema=Schema(description="The photo's bytes."))
        self.request_body = RequestBody(
            required=True,
            content={"image/jpeg": photo, "image/png": photo, "image/webp": photo},
        )


@put(
    "/incidents/{incident_id:uuid}/photos/{photo_id:uuid}",
    status_code=201,
    tags=["photos"],
    opt={"roles": OFFICERS},
    operation_class=PhotoOperation,
    request_max_body_size=None,
    responses=problems(400, 401, 403, 404, 409, 413, 422) | also_answers(200, answers.Entry),
)
async def put_photo(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    photo_id: FromPath[PhotoId],
    taken_at: Annotated[
        str | None, QueryParameter(description="When it was taken, with its offset.")
    ] = None,
    caption: Annotated[
        str | None, QueryParameter(min_length=1, max_length=4000, pattern=r"^[^\u0000]*$")
    ] = None,
    about: Annotated[
        str | None,
        QueryParameter(
            pattern=PHOTO_ABOUT,
            description="What it shows: animal:1, site, before, after or document.",
        ),
    ] = None,
) -> Response[answers.Entry]:
    """Add a photo (JPEG, PNG or WebP) to the timeline. Its bytes are kept as they came.

    201 the first time, 200 and the same answer for the same bytes again.
    """
    taken = _read_time(taken_at)
    if taken is not None:
        check_time(service, "taken_at", taken, datetime.now(service.settings.zone))
    async with service.database.writing() as connection:
        head = await appending.access_to_append(connection, actor, incident_id)
    _check_about(about, len(head.document.animals))
    limit = service.settings.photo_limit_bytes
    if (request.content_length or 0) > limit:
        raise Problem("body_too_large", expected=str(limit))
    try:
        async with service.store.receive(request.stream(), limit) as received:
            info, renditions = await to_thread.run_sync(
                _look_at, received.path, service.settings.photo_limit_pixels, limiter=_DECODING
            )
            await received.keep()
            for name, content in renditions.items():
                await service.store.put_rendition(received.sha256, name, content)
    except TooLarge:
        raise Problem("body_too_large", expected=str(limit)) from None
    except UnsupportedImage as error:
        raise Problem("unsupported_image", given=str(error)) from None
    except UnreadableImage as error:
        raise Problem("unreadable_image", reason=str(error).capitalize()) from None
    except TooManyPixels as error:
        expected = str(service.settings.photo_limit_pixels)
        raise Problem("image_too_large", given=error.pixels, expected=expected) from None
    now = datetime.now(service.settings.zone)
    image = ImageFacts(received.sha256, info.media_type, received.size, info.width, info.height)
    entry = Photo(
        id=photo_id,
        happened_at=taken or now,
        recorded_at=taken or now,
        taken_at=taken,
        caption=caption,
        about=about,
    )
    written = await appending.append_entry(service, actor, incident_id, entry, image=image)
    return Response(written.answer, status_code=201 if written.created else 200)


class Photos(msgspec.Struct, frozen=True):
    """The photos of an incident."""

    items: list[PhotoRecord]
    next_cursor: None = None


@get("/incidents/{incident_id:uuid}/photos", tags=["photos"], responses=problems(400, 401, 404))
async def get_photos(
    service: FromService, actor: FromActor, incident_id: FromPath[IncidentId]
) -> Photos:
    """The photos of an incident, in the order they were taken."""
    async with service.database.reading() as connection:
        if await queries.access_incident(connection, actor, incident_id) is None:
            raise Problem("not_found")
        return Photos(await list_photos(connection, incident_id))


@get(
    "/incidents/{incident_id:uuid}/photos/{photo_id:uuid}",
    tags=["photos"],
    responses=problems(400, 401, 404),
)
async def get_photo(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    photo_id: FromPath[PhotoId],
) -> Response[PhotoRecord]:
    """What is known of a photo."""
    photo = await _access(service, actor, incident_id, photo_id)
    tag = content_etag(photo)  # the bytes stay, the caption may be amended
    if is_current(request, tag):
        return not_modified(tag)
    return Response(photo, headers={"ETag": tag})


@dataclass
class OriginalOperation(Operation):
    """An operation that answers any of the formats taken."""

    def __post_init__(self) -> None:
        content = getattr((self.responses or {}).get("200"), "content", {})
        for media_type in ("image/png", "image/webp"):
            content[media_type] = content["image/jpeg"]


@get(
    "/incidents/{incident_id:uuid}/photos/{photo_id:uuid}/original",
    tags=["photos"],
    media_type="image/jpeg",
    operation_class=OriginalOperation,
    responses=problems(400, 401, 404),
)
async def get_original(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    photo_id: FromPath[PhotoId],
) -> Response[bytes]:
    """The photo's bytes as they came, to be saved and not shown: they may hold anything."""
    photo = await _access(service, actor, incident_id, photo_id)
    tag = f'"{photo.sha256}"'
    if is_current(request, tag):
        return _unchanged(tag)
    suffix = photo.media_type.partition("/")[2]
    return Response(
        await to_thread.run_sync(service.store.path(photo.sha256).read_bytes),
        media_type=photo.media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{photo.photo_id}.{suffix}"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "ETag": tag,
            **_CACHING,
        },
    )


@get(
    [
        "/incidents/{incident_id:uuid}/photos/{photo_id:uuid}/thumbnail",
        "/incidents/{incident_id:uuid}/photos/{photo_id:uuid}/screen",
    ],
    tags=["photos"],
    media_type="image/jpeg",
    responses=problems(400, 401, 404),
)
async def get_rendition(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    photo_id: FromPath[PhotoId],
) -> Response[bytes]:
    """The photo at most 320 (thumbnail) or 1600 (screen) pixels long: upright, no metadata."""
    photo = await _access(service, actor, incident_id, photo_id)
    name = request.url.path.rpartition("/")[2]
    tag = f'"{photo.sha256[:32]}.{name}"'
    if is_current(request, tag):
        return _unchanged(tag)
    path = service.store.rendition_path(photo.sha256, name)
    if not path.exists():
        original = service.store.path(photo.sha256)
        renditions = await to_thread.run_sync(render, original, limiter=_DECODING)
        await service.store.put_rendition(photo.sha256, name, renditions[name])
    content = await to_thread.run_sync(path.read_bytes)
    return Response(content, media_type="image/jpeg", headers={"ETag": tag, **_CACHING})


async def _access(
    service: Service, actor: Actor, incident_id: IncidentId, photo_id: PhotoId
) -> PhotoRecord:
    async with service.database.reading() as connection:
        photo = await access_photo(connection, actor, incident_id, photo_id)
    if photo is None:
        raise Problem("not_found")
    return photo


def _unchanged(tag: str) -> Response[bytes]:
    """304 with no body at all: None has no form as an image."""
    return Response(b"", status_code=304, headers={"ETag": tag, **_CACHING})


def _look_at(path: Path, pixel_limit: int) -> tuple[ImageInfo, dict[str, bytes]]:
    return inspect(path, pixel_limit), render(path)


def _check_about(about: str | None, animals: int) -> None:
    known = [f"animal:{number}" for number in range(1, animals + 1)]
    if about is not None and about.startswith("animal:") and about not in known:
        raise Problem("unknown_animal", FieldError("about", about, ", ".join(known) or "none"))


def _read_time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        # An unescaped plus sign in an address is a space.
        return msgspec.convert(text.replace(" ", "+"), Instant)
    except msgspec.ValidationError:
        expected = "a time with its offset like 2024-07-29T15:20:00+08:00"
        raise Problem("invalid_parameter", FieldError("taken_at", text, expected)) from None
