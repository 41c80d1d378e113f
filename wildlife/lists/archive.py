"""GET /photos/archive: the photos of a selection in one file, which is sent as it is written."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Schema,
)
from litestar.params import QueryParameter

from media.spool import Spool
from media.store import NotHeld, Store, rendition_key
from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.conditions import asks
from wildlife.lists.filters import read_filters
from wildlife.lists.formats.format import UNREADABLE, Format, Pages, Telling
from wildlife.lists.forms import Form
from wildlife.lists.listing import Listing
from wildlife.lists.photos import PHOTO_COLUMNS, PHOTO_SOURCE, ListedPhoto, OfPhotos, PhotoKey
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.photos.codes import NoPicture, Renditions
from wildlife.service import FromService
from wildlife.tables.csv import CsvWriter
from wildlife.tables.flat import flatten
from wildlife.web.answer_headers import documented_headers
from wildlife.web.negotiation import CHINESE, ENGLISH
from wildlife.web.pages import question_of
from wildlife.web.pieces import Pieces
from wildlife.web.responses import READING, problems
from wildlife.words.values import whole

_LIST: Final = "photos.csv"
_PICTURE: Final = "screen.jpeg"
_AT_ONCE: Final = 100
_PIECE_BYTES: Final = 256 * 1024
_WHY: Final = {
    Renditions.PENDING: NoPicture.NOT_YET,
    Renditions.MADE: NoPicture.LOST,
    Renditions.UNREADABLE: NoPicture.NOT_SHOWABLE,
    Renditions.ABANDONED: NoPicture.NOT_SHOWABLE,
}


class PackedPhoto(ListedPhoto, frozen=True, kw_only=True):
    """打包的照片。A photo in an archive."""

    file: str | None
    """图片文件。Under which name its picture is in the archive; null: there is none."""
    no_picture: NoPicture | None
    """缺图原因。Why there is none; null: there is one."""


class _HeldPhoto(ListedPhoto, frozen=True, kw_only=True):
    """A photo with where its picture lies, which is told to nobody."""

    sha256: str


async def _write(telling: Telling, pages: Pages) -> AsyncGenerator[bytes, None]:
    flat = flatten(PackedPhoto, None, telling.labels)
    writer = CsvWriter(flat.columns, telling.labels)
    pieces = Pieces()
    store = telling.service.store
    zone = telling.service.settings.zone
    with (
        Spool(telling.service.settings.media_dir).folder() as folder,
        (folder / _LIST).open("w+b") as listed,
        ZipFile(pieces, "w") as archive,
    ):
        listed.write(writer.head())
        async for one in pages:
            packed = []
            for photo in one.items:
                is_made = photo.renditions is Renditions.MADE
                picture = await _picture(store, photo.sha256) if is_made else None
                file = None
                if picture is not None:
                    file = f"{photo.case_number}_{photo.photo_id}.jpg"
                    at = photo.received_at.astimezone(zone)
                    # A picture is compressed as it is.
                    archive.writestr(ZipInfo(file, at.timetuple()[:6]), picture)
                    yield pieces.taken()
                told = msgspec.structs.asdict(photo)
                del told["sha256"]
                absent = None if file is not None else _WHY[photo.renditions]
                packed.append(PackedPhoto(**told, file=file, no_picture=absent))
            listed.write(writer.rows(flat.rows(packed)))
            for incident_id in one.unreadable:
                listed.write(writer.note(f"{UNREADABLE}: {incident_id}"))
        listed.seek(0)
        member = ZipInfo(_LIST, telling.now.timetuple()[:6])
        member.compress_type = ZIP_DEFLATED
        with archive.open(member, "w", force_zip64=True) as into:
            while piece := listed.read(_PIECE_BYTES):
                into.write(piece)
                yield pieces.taken()
        archive.close()
        yield pieces.taken()


async def _picture(store: Store, digest: str) -> bytes | None:
    """The picture of a photo, where it was made and can be read."""
    try:
        return await store.get(rendition_key(digest, _PICTURE))
    except (NotHeld, OSError):  # one that is broken keeps nobody from the others
        return None


ZIP: Final = Format(
    name="zip",
    media_type="application/zip",
    write=_write,
    described=Schema(
        type=OpenAPIType.STRING,
        format=OpenAPIFormat.BINARY,
        description="照片压缩包。A ZIP archive: of each photo its picture of 1600 pixels as JPEG,"
        f" named by the case number and the photo's id, and last `{_LIST}`, the columns of"
        " `GET /photos` with two more: the name of the picture, or why there is none.",
    ),
    ending="zip",
    gains=False,
)


@dataclass
class ArchiveOperation(Operation):
    """An operation that answers an archive."""

    OFFERED: ClassVar = (ZIP.media_type,)

    def __post_init__(self) -> None:
        answer = (self.responses or {}).get("200")
        if isinstance(answer, OpenAPIResponse):
            answer.content = {ZIP.media_type: OpenAPIMediaType(schema=ZIP.described)}


_HELD: Final = Listing(
    _HeldPhoto,
    "incident",
    PhotoKey,
    OfPhotos,
    source=PHOTO_SOURCE,
    columns={**PHOTO_COLUMNS, "sha256": "encode(p.sha256, 'hex')"},
)


@get(
    "/photos/archive",
    opt={
        "verb": Verb.READ,
        "reads": Reading.EXPORT,
        "listed": Listed.PHOTO_ARCHIVE,
        "read": read_filters,
    },
    dependencies=asks(OfPhotos),
    tags=["photos"],
    media_type=ZIP.media_type,
    operation_class=ArchiveOperation,
    responses=problems(*READING),
    response_headers=documented_headers("Content-Disposition"),
)
async def get_photo_archive(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfPhotos],
    labels: Annotated[
        str | None,
        QueryParameter(
            pattern=whole(f"{CHINESE}|{ENGLISH}"),
            description="代码名称。`zh` or `en`: of the list in it, what codes are called, as why"
            " there is no picture, and its headings.",
        ),
    ] = None,
) -> Response[bytes]:
    """照片打包下载。The photos that are asked for in one archive, newest first, and a list of them.

    It is sent as it is written, whole or visibly broken off. Of a photo that can't be shown, or not
    yet, the list tells alone, and why. Originals are read one by one, each with a reason.
    """
    form = Form(
        question=question_of(request),
        cursor=None,
        limit=_AT_ONCE,
        sort="-time",
        format=ZIP,
        whole=True,
        fields=None,
        labels=labels,
        count=None,
    )
    return await _HELD.answer(service, request, actor, asked, form)  # type: ignore[return-value]
