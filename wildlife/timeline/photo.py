"""What is known of a photo, and where it does not agree with the report. Pure."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, TypeAlias, TypeVar

import msgspec

from wildlife.people.accounts import Actor
from wildlife.words.datums import distance_m
from wildlife.words.places import Point, Position, ShownPlace, in_wgs84, is_at_zero, is_swapped
from wildlife.words.regions import lies_near
from wildlife.words.sentences import Sentence
from wildlife.words.values import IncidentId, Instant, PhotoId, Text, whole
from wildlife.words.vocabularies import PhotoFlag, PhotoSubject, named_by

# Beyond these a person should look. An incident goes on for weeks after the find, but not before.
_EARLIER: Final = timedelta(days=1)
_ELSEWHERE_M: Final = 10_000
_SKEW: Final = timedelta(minutes=10)
# A phone between trees tells the last place that it knew, on foot no other within that time.
_STALE: Final = timedelta(hours=1)

# How far local times run behind and ahead of UTC anywhere.
_BEHIND, _AHEAD = timedelta(hours=-12), timedelta(hours=14)


_UUID: Final = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ABOUT: Final = whole(rf"animal:(?:[1-9][0-9]{{0,2}}|{_UUID})|site|before|after|document")
About = Annotated[str, msgspec.Meta(pattern=ABOUT)]


def name_of_subject(about: str) -> Sentence:
    """What a photo shows, by `about`; an animal that is named by the id of its entry has no
    number."""
    of, _, named = about.partition(":")
    if of != "animal":
        subject = PhotoSubject(of)
        return Sentence(subject.en, subject.zh)
    if named.isdecimal():
        return Sentence(f"animal {named}", f"{named} 号动物")
    return Sentence("an animal", "动物")


SubjectName: TypeAlias = Annotated[str, named_by(name_of_subject)]
"""`about`, which has what it is called beside it where labels are asked for."""


class TakenPlace(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """拍摄位置。Where the phone was when the photo was taken, by its own account: browsers take
    that out of the photo before they send it."""

    point: Point
    """坐标。The point as the phone gives it, with its datum."""
    fixed_at: Instant | None = None
    """定位时间。When the phone found the position out: at the photo, or some time before it."""


class ShownTakenPlace(msgspec.Struct, frozen=True, kw_only=True):
    """拍摄位置（响应）。The same in an answer, with its point in WGS-84."""

    point: Point
    """坐标。The point as the phone gave it, with its datum."""
    fixed_at: datetime | None
    """定位时间。When the phone found the position out: at the photo, or some time before it."""
    wgs84: Position
    """WGS-84 坐标。The same point in WGS-84, which queries and maps use."""


def show_taken(place: TakenPlace | None) -> ShownTakenPlace | None:
    """The place with its WGS-84 point beside what was said."""
    if place is None:
        return None
    return ShownTakenPlace(point=place.point, fixed_at=place.fixed_at, wgs84=in_wgs84(place.point))


class Said(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the phone says of a photo, and of which incident it is."""

    incident_id: IncidentId
    """所属警情。The id of the incident."""
    photo_id: PhotoId
    """照片编号。UUID, best a UUIDv7 of the phone's."""
    taken_at: Instant | None = None
    """拍摄时间。When it was taken, by the phone's clock."""
    caption: Text | None = None
    """照片说明。What is to be seen, in words."""
    about: About | None = None
    """拍摄对象。What it shows: `animal:1`, an animal by its number or by the id of the entry that
    added it; or one of the photo subjects."""
    taken_place: TakenPlace | None = None
    """拍摄位置。Where the phone says that it was when the photo was taken."""


class ExifFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """照片自带信息。What a photo says of itself: hints beside what the phone said, and never
    trusted over it."""

    taken_at: datetime | None = None
    """拍摄时间。When it was taken by the camera's clock, where an offset was written."""
    taken_at_local: str | None = None
    """拍摄当地时间。A local time of unknown zone, 2024-07-29T15:20:00, where no offset was
    written."""
    latitude: float | None = None
    """纬度。Degrees in WGS-84, as cameras write them; a phone may have shifted them (GCJ-02)."""
    longitude: float | None = None
    """经度。Degrees in WGS-84, as cameras write them; a phone may have shifted them (GCJ-02),
    too."""
    camera: str | None = None
    """拍摄设备。Maker and model, as the file names them."""


Exif = TypeVar("Exif")


def shown_to(actor: Actor, exif: Exif | None) -> Exif | None:
    """Of what a photo says of itself, in whatever shape, what `actor` may see: where and with what
    it was taken is in the original, and for who may see originals."""
    return exif if actor.fetching_originals().appointments else None


class ImageFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """照片文件信息。What the service found out about a photo's bytes.

    The size in pixels is that of the picture held upright; none where its header can't be read.
    """

    sha256: str
    """完整性校验值。SHA-256 of the photo's bytes as they came, in lower-case hexadecimal."""
    media_type: str
    """媒体类型。What the bytes are by their own account, as `image/jpeg`."""
    size: int
    """文件大小。How many bytes the photo has."""
    width: int | None = None
    """宽度。Pixels across, held upright; null where the file's header can't be read."""
    height: int | None = None
    """高度。Pixels from top to bottom, held upright; null where the header can't be read."""
    exif: ExifFacts | None = None
    """照片自带信息。What the file says of itself; for who may see originals."""


def flags(
    exif: ExifFacts | None,
    *,
    taken_at: datetime | None,
    taken_place: ShownTakenPlace | None,
    received_at: datetime,
    found_at: datetime,
    places: Sequence[ShownPlace],
) -> list[PhotoFlag]:
    """Where a photo's own data, what the phone said and the report do not agree: hints for a
    person, no more.

    taken_at, taken_place: what the phone said. places: those of the incident, release sites too.
    """
    exif = exif or ExifFacts()
    return list(_flags(exif, taken_at, taken_place, received_at, found_at, places))


def _flags(
    exif: ExifFacts,
    taken_at: datetime | None,
    taken_place: ShownTakenPlace | None,
    received_at: datetime,
    found_at: datetime,
    places: Sequence[ShownPlace],
) -> Iterator[PhotoFlag]:
    earliest, latest = _when(exif) or (taken_at or received_at,) * 2
    if latest < found_at - _EARLIER:
        yield PhotoFlag.TAKEN_EARLIER
    if _is_elsewhere(exif, taken_place, places):
        yield PhotoFlag.TAKEN_ELSEWHERE
    said = taken_at or earliest
    if (
        not earliest - _SKEW <= said <= latest + _SKEW
        or earliest > received_at + _SKEW
        or not _is_of_its_time(exif, taken_at, taken_place)
    ):
        yield PhotoFlag.CLOCK_SKEW
    if taken_place is not None and is_at_zero(taken_place.wgs84):
        yield PhotoFlag.POINT_AT_ZERO
    elif taken_place is not None and is_swapped(taken_place.wgs84):
        yield PhotoFlag.POINT_SWAPPED


def _is_elsewhere(
    exif: ExifFacts, taken_place: ShownTakenPlace | None, places: Sequence[ShownPlace]
) -> bool:
    """Whether the phone was far from the incident when it took the photo, or the photo tells of
    another place than the phone: what is said hides nothing of what the photo itself says."""
    uncertain_m = 0.0
    if taken_place is not None:
        uncertain_m = taken_place.point.accuracy_m or 0.0
        if _are_far(taken_place.wgs84, places, uncertain_m):
            return True
        places = [ShownPlace(wgs84=taken_place.wgs84)]
    if exif.latitude is None or exif.longitude is None:
        return False
    return _are_far(Position(exif.longitude, exif.latitude), places, uncertain_m)


def _are_far(here: Position, places: Sequence[ShownPlace], uncertain_m: float) -> bool:
    """Whether all the places are further away than a person should wonder at; of one without a
    point, its region is."""
    return bool(places) and all(
        distance_m(here, place.wgs84) - uncertain_m > _ELSEWHERE_M
        if place.wgs84 is not None
        else not lies_near(place.region_code, here.longitude, here.latitude)
        for place in places
    )


def _is_of_its_time(
    exif: ExifFacts, taken_at: datetime | None, taken_place: ShownTakenPlace | None
) -> bool:
    """Whether the phone was where it says when the photo was taken, as far as that is known."""
    fixed_at = taken_place.fixed_at if taken_place else None
    taken = (taken_at, taken_at) if taken_at is not None else _when(exif)
    if fixed_at is None or taken is None:
        return True
    earliest, latest = taken
    return earliest - _STALE <= fixed_at <= latest + _SKEW


def _when(exif: ExifFacts) -> tuple[datetime, datetime] | None:
    """The first and the last moment at which it may have been taken by its own account."""
    if exif.taken_at is not None:
        return exif.taken_at, exif.taken_at
    if exif.taken_at_local is not None:
        local = datetime.fromisoformat(exif.taken_at_local).replace(tzinfo=UTC)
        return local - _AHEAD, local - _BEHIND
    return None
