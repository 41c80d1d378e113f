"""GET /photos."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from wildlife.accesses.codes import Listed, Reading
from wildlife.kinds import KindName
from wildlife.lists.conditions import any_of, asks, by_dates, dated, equal_to, where
from wildlife.lists.filters import read_filters
from wildlife.lists.formats import ListOperation
from wildlife.lists.forms import FromForm
from wildlife.lists.listing import Listing
from wildlife.lists.parameters import AskedOfAnimals, several
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.people.scope import IN_VIEW
from wildlife.photos.codes import Renditions
from wildlife.service import FromService
from wildlife.timeline.photo import SubjectName
from wildlife.web.answer_headers import documented_headers
from wildlife.web.pages import Page
from wildlife.web.responses import READING, problems
from wildlife.words.region_names import RegionName
from wildlife.words.values import Moment, whole
from wildlife.words.vocabularies import PhotoFlag


class ListedPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """清单中的照片。A photo in a list, with the incident that it belongs to."""

    photo_id: UUID = msgspec.field(name="id")
    """照片编号。The photo's id, by which it is read in its incident, and that of its entry."""
    incident_id: UUID
    """警情 UUID。The incident that it belongs to."""
    case_number: str
    """警情编号。The station's code, the day and a running number, given by the service."""
    kind: KindName
    """警情种类。What kind of incident it is: `rescue` or `road_hazard`."""
    station: str
    """责任单位。The name of the station that is responsible now."""
    about: SubjectName | None
    """拍摄对象。What it shows: `animal:1`, by number or the id of its entry; `site`, `before`,
    `after`, `document`."""
    caption: str | None
    """照片说明。What is to be seen, in words."""
    media_type: str
    """媒体类型。What the bytes are by their own account, as `image/jpeg`."""
    size: int | None
    """文件大小。How many bytes the photo has; null where its place is hidden from the reader."""
    width: int | None
    """宽度。Pixels across, held upright; null where the file's header can't be read."""
    height: int | None
    """高度。Pixels from top to bottom, held upright; null where the header can't be read."""
    taken_at: datetime | None
    """拍摄时间。When it was taken, by the phone's clock."""
    received_at: datetime
    """系统接收时间。When it arrived, by the service's clock; the list is ordered by it."""
    flags: list[PhotoFlag]
    """照片疑点。Where the photo's own data, what the phone said and the report do not agree; what
    its picture shows (`same_picture`, `incomplete`) `GET …/photos` of its incident flags."""
    renditions: Renditions
    """照片可否显示。Whether it can be shown."""
    found_at: datetime
    """发现时间。When what the incident is about was found."""
    duplicate_of: UUID | None
    """所重复的警情。The incident that this one was closed as a duplicate of; null: it is none."""
    region_code: RegionName
    """行政区划代码。Of the find; where nobody named one, of where the station lay that day."""
    longitude: float | None
    """经度。Of the find, degrees east of Greenwich in WGS-84; null where no point is known."""
    latitude: float | None
    """纬度。Of the find, degrees north of the equator in WGS-84; null where no point is known."""
    generalized: bool
    """位置是否隐匿。Whether the places are hidden from the reader: the point is the middle of a
    cell of 0.1°, the region is cut to the county, and what people wrote in their own words is left
    out (Darwin Core `dataGeneralizations`)."""
    coordinate_uncertainty_m: float | None
    """坐标不确定度。How many metres from the point it lies at most, where that is the middle of a
    cell (Darwin Core `coordinateUncertaintyInMeters`); null where it is told as it was said."""


class PhotoKey(NamedTuple):
    received_at: Moment
    incident_id: UUID
    photo_id: UUID


_DATES: Final = {
    "received": "p.received_at",
    "taken": "p.taken_at",
    "found": "t.found_at",
    "updated": "t.updated_at",
}

_TOLD: Final = """
    (select told.one from jsonb_array_elements(t.document -> 'photos') as told(one)
        where told.one ->> 'photo_id' = p.photo_id::text)
"""
"""What the reader's view of the incident tells of the photo."""

_RENDITIONS: Final = "coalesce(p.renditions, 'pending')"


@dataclass(frozen=True, kw_only=True)
class OfPhotos(AskedOfAnimals):
    """What photos can be asked for; of animals, by those of their incident."""

    by: Annotated[
        str,
        by_dates(
            _DATES,
            "`received` (when the photo arrived), `taken`, `found` or `updated` (when its incident"
            " last changed).",
        ),
    ] = dated(_DATES)
    about: Annotated[
        str | None,
        QueryParameter(
            pattern=whole("animal|site|before|after|document"),
            description="拍摄对象。What it shows; `animal` is any animal.",
        ),
    ] = where("split_part(p.about, ':', 1) = :about")
    media_type: Annotated[
        str | None,
        QueryParameter(
            pattern=whole("image/jpeg|image/png|image/webp|image/heic|image/avif"),
            description="媒体类型。What the bytes are by their own account.",
        ),
    ] = where("p.media_type = :media_type")
    photo_flag: Annotated[
        list[PhotoFlag] | None,
        several(
            "照片疑点。Where the photo's own data, what the phone said and the report do not agree;"
            " `flag` asks for those of the incident."
        ),
    ] = any_of(
        f"{_TOLD} -> 'flags' ? :photo_flag", f"{_TOLD} -> 'flags' ?| :photo_flag_any::text[]"
    )
    renditions: Annotated[
        list[Renditions] | None, several("照片可否显示。Whether it can be shown.")
    ] = equal_to(_RENDITIONS, "renditions")


PHOTO_SOURCE: Final = f"""
    photo p join incident t on t.incident_id = p.incident_id and {IN_VIEW.format("t.view")}
"""
PHOTO_COLUMNS: Final = {
    "photo_id": "p.photo_id",
    "received_at": "p.received_at",
    "about": "p.about",
    "media_type": "p.media_type",
    "width": "p.width",
    "height": "p.height",
    "taken_at": "p.taken_at",
    "renditions": _RENDITIONS,
    "caption": f"{_TOLD} ->> 'caption'",
    "size": f"({_TOLD} ->> 'size')::int",
    "flags": f"coalesce({_TOLD} -> 'flags', '[]')",
}

PHOTOS: Final = Listing(
    ListedPhoto, "incident", PhotoKey, OfPhotos, source=PHOTO_SOURCE, columns=PHOTO_COLUMNS
)


@get(
    "/photos",
    opt={
        "verb": Verb.READ,
        "reads": Reading.LIST,
        "listed": Listed.PHOTOS,
        "read": read_filters,
    },
    dependencies=asks(OfPhotos),
    tags=["photos"],
    operation_class=ListOperation,
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def list_photos(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfPhotos],
    form: FromForm,
) -> Response[Page[ListedPhoto]]:
    """照片清单。Photos of all incidents by when they arrived, newest first; voided ones are left
    out."""
    return await PHOTOS.answer(service, request, actor, asked, form)
