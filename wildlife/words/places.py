"""A place as somebody gave it. The WGS-84 point is derived, never stored over it."""

from typing import Annotated, ClassVar

import msgspec

from wildlife.words.datums import LonLat, in_china, to_wgs84
from wildlife.words.region_names import RegionName
from wildlife.words.regions import A_REGION
from wildlife.words.values import Text, whole
from wildlife.words.vocabularies import Datum, PointSource

RegionCode = Annotated[
    str,
    msgspec.Meta(
        pattern=A_REGION,
        description="A region code of 6 to 12 digits: 6 by GB/T 2260, 9 by GB/T 10114 (township),"
        " 12 the statistical code; its prefixes are province, prefecture and county.",
        examples=["150425"],
    ),
]

# As the tables hold it. What is new there, or asked for, begins with a province that there is
# (`wildlife.words.regions`).
RegionPrefix = Annotated[
    str,
    msgspec.Meta(
        pattern=whole(r"[0-9]{2,12}"),
        description="A region code: 2 to 12 digits; a prefix stands for all that begins with it.",
        examples=["1504"],
    ),
]


class Point(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """坐标。Coordinates in degrees with the datum that they refer to; there is no default datum."""

    TOGETHER: ClassVar = ("longitude", "latitude", "datum")  # whoever corrects one names all

    longitude: Annotated[float, msgspec.Meta(ge=-180, le=180)]
    """经度。Degrees east of Greenwich, in `datum`."""
    latitude: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    """纬度。Degrees north of the equator, in `datum`."""
    datum: Datum
    """坐标系。What the numbers refer to: they differ by half a kilometre, so none is guessed."""
    accuracy_m: Annotated[float, msgspec.Meta(ge=0, le=100_000)] | None = None
    """定位精度。Metres around the point within which it really lies."""
    source: PointSource | None = None
    """坐标来源。How the point was found."""

    @property
    def wgs84(self) -> LonLat:
        return to_wgs84(LonLat(self.longitude, self.latitude), self.datum)


class Place(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """地点。Where: in words, by coordinates, or both, and in which region; as much of it as is
    known. A region code alone says only in which county."""

    description: Text | None = None
    """地点描述。Where, in words, as people there would say it."""
    region_code: RegionCode | None = None
    """行政区划代码。Of the county or what lies in it."""
    point: Point | None = None
    """坐标。A point with the datum that it refers to."""


class Position(msgspec.Struct, frozen=True):
    """WGS-84 坐标。A point in WGS-84, rounded to a centimetre (7 decimals)."""

    longitude: float
    """经度。Degrees east of Greenwich in WGS-84."""
    latitude: float
    """纬度。Degrees north of the equator in WGS-84."""


class ShownPlace(msgspec.Struct, frozen=True, kw_only=True):
    """地点（响应）。A place in an answer: what was said, and the WGS-84 point that queries use."""

    description: str | None = None
    """地点描述。Where, in words, as it was said."""
    region_code: RegionName | None = None
    """行政区划代码。As it was said; null: nobody did."""
    point: Point | None = None
    """坐标。The point as it was said, with its datum; null: nobody did."""
    wgs84: Position | None = None
    """WGS-84 坐标。The same point in WGS-84, which queries and maps use; null where no point is
    known."""


def show(place: Place) -> ShownPlace:
    """The place with its WGS-84 point beside what was said."""
    return ShownPlace(
        description=place.description,
        region_code=place.region_code,
        point=place.point,
        wgs84=position(place.point),
    )


def position(point: Point | None) -> Position | None:
    """The point in WGS-84, or None where there is none."""
    return None if point is None else in_wgs84(point)


def in_wgs84(point: Point) -> Position:
    """The same point in WGS-84."""
    longitude, latitude = point.wgs84
    return Position(round(longitude, 7), round(latitude, 7))


def is_at_zero(at: Position) -> bool:
    """Whether it is what a program says that knows no position."""
    return abs(at.longitude) < 0.01 and abs(at.latitude) < 0.01


def is_swapped(at: Position) -> bool:
    """Whether it lies abroad, and in China with longitude and latitude the other way round."""
    here, swapped = LonLat(at.longitude, at.latitude), LonLat(at.latitude, at.longitude)
    return not in_china(here) and in_china(swapped)
