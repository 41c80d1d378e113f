"""The calls of tus 1.0.0. An unmodified client of it needs the address and a token."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeAlias

from litestar import MediaType, Request, Response, delete, head, patch, post, route
from litestar.enums import HttpMethod
from litestar.params import FromPath, HeaderParameter

from media.uploads import CHECKSUMS
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.photos import tus
from wildlife.photos.bodies import STORING, NextPartOperation, PartOperation
from wildlife.photos.receiving import begin, finish, go_on
from wildlife.photos.saying import read_said
from wildlife.photos.service import FromPhotoService, PhotoService
from wildlife.photos.upload import UploadNote, read_note
from wildlife.timeline.photo import Said
from wildlife.web.answer_headers import UPLOAD, documented_headers
from wildlife.web.expecting import fields_named
from wildlife.web.near import near
from wildlife.web.problems import FieldError, Problem, Refused, gather
from wildlife.web.requests import address
from wildlife.web.responses import ADDING, KNOWN, SENDING, problems, unmetered
from wildlife.words.values import SHA256, UploadId

# Text, each: what is wrong with one is said in the words of this service.
TusResumable: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Tus-Resumable",
        description="tus 版本。The version of tus that is spoken: always `1.0.0`, and needed.",
        schema_extra={"examples": ["1.0.0"]},
    ),
]
UploadLength: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Upload-Length",
        description="照片总长度。How many bytes the whole photo has; needed.",
        schema_extra={"examples": ["2483712"]},
    ),
]
UploadOffset: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Upload-Offset",
        description="起始字节。Where these bytes begin, which is how many came before; needed.",
        schema_extra={"examples": ["524288"]},
    ),
]
UploadMetadata: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Upload-Metadata",
        description="照片元数据。Keys with Base64 values: incident_id, photo_id, both needed;"
        " sha256 (hexadecimal), taken_at, caption, about, taken_place (as JSON). What clients add"
        " (filename, filetype, name, type, relativePath) is taken unread; no others.",
        schema_extra={
            "examples": [
                "incident_id MDE5MTJmNmUtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAx,"
                "photo_id MDE5MTJmNmUtMDAwMC03MDAwLTgwMDAtMDAwMDAwMDAwMDAy"
            ]
        },
    ),
]
UploadChecksum: TypeAlias = Annotated[
    str | None,
    HeaderParameter(
        name="Upload-Checksum",
        description="本段校验值。Of these bytes: `sha1` or `sha256`, a space, the Base64 digest.",
        schema_extra={"examples": ["sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="]},
    ),
]


@route(
    ["/uploads", "/uploads/{upload_id:uuid}"],
    http_method=[HttpMethod.OPTIONS],
    opt={"public": True},
    status_code=204,
    include_in_schema=False,
)
async def describe_uploads(service: FromPhotoService) -> Response[None]:
    """What of tus is spoken here."""
    headers = {
        "Tus-Version": tus.VERSION,
        "Tus-Extension": tus.EXTENSIONS,
        "Tus-Max-Size": str(service.settings.photo_limit_bytes),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }
    return Response(None, status_code=204, headers=headers)


@post(
    "/uploads",
    tags=["uploads"],
    opt={"verb": (Verb.FILE, Verb.TEND)},
    request_max_body_size=None,
    operation_class=PartOperation,
    response_headers=documented_headers("Location", *UPLOAD),
    responses=problems(
        *ADDING,
        *SENDING,
        *STORING,
        *tus.SPEAKING_TUS,
        *tus.GOING_ON,
        "too_many_uploads",
        "upload_quota_exceeded",
    ),
)
async def create_upload(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    tus_resumable: TusResumable = None,
    upload_length: UploadLength = None,
    upload_metadata: UploadMetadata = None,
    upload_checksum: UploadChecksum = None,
) -> Response[None]:
    """开始分段上传。Begin to send a photo in parts. The answer's Location is the upload's address:
    who knows it asks there how far the photo came, and goes on.

    Who lost it and says the photo's `sha256` begins again and goes on; one that is held already is
    complete at once. Without `sha256` only the bytes tell one picture from another: who begins such
    a photo again sends it whole, to a new address, and what the one before had of it is gone.
    A photo that was voided stays voided: to bring it back, send it under a new `photo_id`.
    """
    tus.require_version(tus_resumable)
    tus.require_offered(request.headers)
    refused = Refused()
    length = refused.unless(tus.read_number, "Upload-Length", upload_length)
    note = refused.unless(_read_note, service, upload_metadata or "")
    checksum = refused.unless(tus.read_checksum, upload_checksum)
    gather(refused.problems)
    assert length is not None, "it was read"
    assert note is not None, "it was read"
    has_body = tus.is_part(request.headers.get("content-type"))
    size = request.content_length or 0
    if has_body and size > length:
        raise Problem("body_too_large", expected=str(length))
    progress = await begin(service, actor, length, note)
    upload_id = progress.upload.upload_id
    if has_body and progress.offset == 0:
        progress = await go_on(service, actor, upload_id, 0, size, request.stream(), checksum)
    elif progress.is_complete:
        progress = await finish(service, actor, upload_id)
    if not progress.is_finished:
        await service.uploads.settle(progress.upload)
    location = address(request, f"/api/v1/uploads/{upload_id}")
    headers = {"Location": location, **tus.describe(progress)}
    return Response(None, status_code=201, media_type=MediaType.TEXT, headers=headers)


@head(
    "/uploads/{upload_id:uuid}",
    tags=["uploads"],
    opt={"verb": (Verb.FILE, Verb.TEND), "unmetered": True},
    response_headers=documented_headers(*UPLOAD, "Upload-Metadata"),
    responses=problems(*unmetered(*ADDING), *STORING, *tus.SPEAKING_TUS, *tus.GOING_ON),
)
async def get_upload(
    service: FromPhotoService,
    actor: FromActor,
    upload_id: FromPath[UploadId],
    tus_resumable: TusResumable = None,
) -> Response[None]:
    """上传进度。How far an upload is: `Upload-Offset` of `Upload-Length`. Who sends to it has to
    stop."""
    tus.require_version(tus_resumable)
    progress = await finish(service, actor, upload_id)
    headers = tus.describe(progress) | {"Cache-Control": "no-store"}
    if metadata := read_note(progress.upload).metadata:
        headers["Upload-Metadata"] = metadata
    return Response(None, media_type=MediaType.TEXT, headers=headers)


@patch(
    "/uploads/{upload_id:uuid}",
    status_code=204,
    tags=["uploads"],
    opt={"verb": (Verb.FILE, Verb.TEND), "unmetered": True},
    request_max_body_size=None,
    operation_class=NextPartOperation,
    response_headers=documented_headers(*UPLOAD),
    responses=problems(*unmetered(*ADDING), *SENDING, *STORING, *tus.SPEAKING_TUS, *tus.GOING_ON),
)
async def append_to_upload(
    service: FromPhotoService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    upload_id: FromPath[UploadId],
    tus_resumable: TusResumable = None,
    upload_offset: UploadOffset = None,
    upload_checksum: UploadChecksum = None,
) -> Response[None]:
    """续传一段。Add bytes at `Upload-Offset`. What came before a break is kept; the last one
    attaches the photo to its incident."""
    tus.require_version(tus_resumable)
    tus.require_offered(request.headers)
    tus.require_part(request.headers.get("content-type"))
    refused = Refused()
    offset = refused.unless(tus.read_number, "Upload-Offset", upload_offset)
    checksum = refused.unless(tus.read_checksum, upload_checksum)
    gather(refused.problems)
    assert offset is not None, "it was read"
    size, chunks = request.content_length or 0, request.stream()
    progress = await go_on(service, actor, upload_id, offset, size, chunks, checksum)
    return Response(None, status_code=204, headers=tus.describe(progress))


@delete(
    "/uploads/{upload_id:uuid}",
    status_code=204,
    tags=["uploads"],
    opt={"verb": (Verb.FILE, Verb.TEND)},
    response_headers=documented_headers("Tus-Resumable"),
    responses=problems(*KNOWN, *tus.SPEAKING_TUS, "upload_not_found"),
)
async def delete_upload(
    service: FromPhotoService,
    actor: FromActor,
    upload_id: FromPath[UploadId],
    tus_resumable: TusResumable = None,
) -> None:
    """撤回上传。Take an upload back. A photo that is on a timeline already stays there."""
    tus.require_version(tus_resumable)
    async with service.uploads.finishing(actor.account_id, upload_id) as progress:
        if progress is None:
            raise Problem("upload_not_found")
        await service.uploads.discard(progress.upload)


_KEYS: Final = (*Said.__struct_fields__, "sha256", *tus.OF_CLIENTS)


def _read_note(service: PhotoService, given: str) -> UploadNote:
    """What `Upload-Metadata` says. Raises Problem with all that is wrong with it."""
    metadata, refused = tus.read_metadata(given), Refused()
    digest = metadata.get("sha256", "").lower() or None
    named = {name: metadata[name] for name in Said.__struct_fields__ if metadata.get(name)}
    said = refused.unless(read_said, service.settings, service.kinds, named)
    refused.problems += [_unknown(key, metadata) for key in metadata if key not in _KEYS]
    if digest is not None and not re.fullmatch(SHA256, digest):
        expected = "64 hexadecimal digits"
        refused.problems.append(Problem("invalid_value", FieldError("sha256", digest, expected)))
    gather(refused.problems)
    assert said is not None, "it was read"
    return UploadNote(said, digest, given)


def _unknown(key: str, metadata: Mapping[str, str]) -> Problem:
    """That there is no such key: misspelt and passed over, what it says would be lost."""
    choices = fields_named(*_KEYS, of=Said)
    meant = near(key, [one for one in choices if one.code not in metadata])
    error = FieldError(key, metadata[key], choices=choices, near=meant)
    return Problem("unknown_field", error)
