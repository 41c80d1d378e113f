"""Originals: who may see a photo as it came, and who looked."""

from typing import Any, Final

import msgspec
from litestar import Request, Response, get, route
from litestar.enums import HttpMethod
from litestar.params import FromPath

from media.store import original_key
from wildlife.accesses.codes import Reading
from wildlife.accesses.queries import OriginalAccess, list_looks
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.photos.bodies import FETCHING, ShownPhotoOperation
from wildlife.photos.reading import read_photo
from wildlife.photos.routes import PHOTO
from wildlife.photos.service import FromPhotoService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.bodies import Streamed
from wildlife.web.etags import is_current
from wildlife.web.problems import Problem
from wildlife.web.ranges import asked_part
from wildlife.web.responses import KNOWN, READING, problems
from wildlife.words.sentences import Sentence
from wildlife.words.values import IncidentId, PhotoId

_HIDDEN: Final = Sentence(
    "The place of this incident is hidden from you, and the original may tell it. You may see the"
    " photo's thumbnail and screen size; for the original ask the unit that handles the incident.",
    "本起警情的位置对你隐匿，而原始照片可能透露位置。你可以查看缩略图和预览图；如需原始照片，"
    "请联系经办单位。",
)


@route(
    f"{PHOTO}/original",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    opt={"verb": Verb.READ, "reads": Reading.ORIGINAL},
    tags=["photos"],
    media_type="image/jpeg",
    operation_class=ShownPhotoOperation,
    response_headers=documented_headers("ETag", "Accept-Ranges", "Content-Disposition"),
    responses=problems(*KNOWN, *FETCHING, "originals_forbidden"),
)
async def get_original(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    incident_id: FromPath[IncidentId],
    photo_id: FromPath[PhotoId],
) -> Response[bytes] | Streamed:
    """照片原件。The photo's bytes as they came, to be saved and not shown: they may hold anything.

    It takes a permission of its own, and every look is on record (`…/accesses`). Where the place of
    the incident is hidden from you there is none: it would tell.
    """
    photo = await read_photo(service, actor, incident_id, photo_id)
    fetching = actor.fetching_originals()
    if not fetching.may(Verb.READ):
        raise Problem("originals_forbidden")
    if fetching.appointments != actor.appointments:
        # They see the incident; but as who may fetch originals, or only as something else?
        try:
            photo = await read_photo(service, fetching, incident_id, photo_id)
        except Problem:
            raise Problem("originals_forbidden") from None
    if photo.generalized:
        raise Problem("originals_forbidden", said=_HIDDEN)
    key, tag = original_key(photo.digest), f'"{photo.digest}"'
    size = await service.store.size(key)
    if size is None or size != photo.size:
        raise Problem("original_missing")
    suffix = photo.media_type.partition("/")[2]
    headers = {
        "ETag": tag,
        "Cache-Control": "no-store",  # whoever looks again does so on record
        "Content-Disposition": f'attachment; filename="{photo.photo_id}.{suffix}"',
    }
    if is_current(request, tag):
        return Response(b"", status_code=304, headers=headers)
    part = asked_part(request, tag, size)
    headers |= part.headers
    if request.method == HttpMethod.HEAD:
        return Response(b"", media_type=photo.media_type, headers=headers)
    return Streamed(
        service.store.read(key, part.start, part.end),
        status_code=part.status,
        media_type=photo.media_type,
        headers=headers,
    )


class Accesses(msgspec.Struct, frozen=True):
    """原件查看记录。Every look at an original, latest first."""

    items: list[OriginalAccess]
    """查看记录。Every look at the original, latest first, at most 500."""
    next_cursor: str | None = None
    """下一页游标。Always null: all is on this page."""


@get(
    f"{PHOTO}/accesses",
    tags=["photos"],
    opt={"verb": Verb.READ_LOOKS, "reads": Reading.ACCESS_LOG},
    responses=problems(*READING, "not_found"),
)
async def get_accesses(
    service: FromPhotoService,
    actor: FromActor,
    incident_id: FromPath[IncidentId],
    photo_id: FromPath[PhotoId],
) -> Accesses:
    """原件调取记录。Who looked at the original, and when."""
    await read_photo(service, actor, incident_id, photo_id)
    async with service.database.reading() as connection:
        return Accesses(await list_looks(connection, incident_id, photo_id))
