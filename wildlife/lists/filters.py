"""What every list can be asked for, read from the query of a request."""

from collections.abc import Mapping
from datetime import datetime
from math import cos, degrees, radians
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from asyncpg import Box, Point
from litestar.params import QueryParameter

from wildlife.lists.polygons import MOST_POINTS, Area, read_polygon
from wildlife.people.asking import station_parameter
from wildlife.people.guard import FromActor
from wildlife.rescues.marks import keys_of
from wildlife.service import FromService, Service
from wildlife.web.faults import SWAPPED
from wildlife.web.moments import Period, read_moment, read_period
from wildlife.web.problems import FieldError, Problem, Refused, gather
from wildlife.words.datums import EARTH_RADIUS_M
from wildlife.words.regions import A_REGION_OR_ITS_BEGINNING, prefix_of
from wildlife.words.sentences import Sentence
from wildlife.words.text import escape_like, sought
from wildlife.words.values import MOMENT_OR_DAYS_BACK, NOT_BLANK, whole

_FULL_WIDTH: Final = Sentence(
    "The comma is a full-width one: use `,`.", "其中的逗号是全角的：请改用半角逗号 `,`。"
)


class Near(NamedTuple):
    """All within a distance of a WGS-84 point."""

    longitude: float
    latitude: float
    radius_m: float

    def arguments(self) -> dict[str, Any]:
        """The parameters of the condition `near`."""
        named = {f"near_{name}": value for name, value in self._asdict().items()}
        return {"near": self.box()} | named

    def box(self) -> Box:
        """A box that holds the whole circle, for the index; the distance is checked after it."""
        d_lat = degrees(self.radius_m / EARTH_RADIUS_M)
        south, north = self.latitude - d_lat, self.latitude + d_lat
        if south <= -90 or north >= 90:
            return _box(-180, max(south, -90), 180, min(north, 90))
        d_lon = d_lat / cos(radians(max(abs(south), abs(north))))
        west, east = self.longitude - d_lon, self.longitude + d_lon
        if west < -180 or east > 180:
            west, east = -180, 180
        return _box(west, south, east, north)


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What every list can be asked for."""

    region: str | None
    station: str | None
    below: bool
    """Whether the stations below it are meant, too."""
    since: datetime | None
    until: datetime | None
    box: Box | None
    near: Near | None
    polygon: Area | None
    updated_since: datetime | None
    words: list[str]
    """Each of which is to be found, folded, as texts are compared."""
    marks: list[str]
    """The keys of the marks that all of them together may be the number of."""
    duplicates: bool
    """Whether those come, too, that were closed as duplicates of others."""

    def asked(self) -> dict[str, Any]:
        """The parameters of the conditions that are asked for, which are named like them."""
        asked: dict[str, Any] = {
            "region": self.region,
            "station": None if self.below else self.station,
            "below": self.station if self.below else None,
            "updated_since": self.updated_since,
            "since": self.since,
            "until": self.until,
            "box": self.box,
            "originals": None if self.duplicates else True,
        }
        if self.near is not None:
            asked |= self.near.arguments()
        if self.polygon is not None:
            asked |= self.polygon.arguments()
        if self.words:
            asked |= {
                "text": [f"%{escape_like(word)}%" for word in self.words],
                "text_marks": self.marks,
            }
        return asked


async def provide_filters(
    service: FromService,
    actor: FromActor,  # one dependency after another, as `provide_actor` says
    region: Annotated[
        str | None,
        QueryParameter(
            pattern=A_REGION_OR_ITS_BEGINNING,
            description="行政区划。A region code or its beginning: `1504` is all of Chifeng. It"
            " narrows what its reader sees, and of a region beside their own that may be nothing.",
            schema_extra={"examples": ["1504"]},
        ),
    ] = None,
    station: Annotated[
        str | None,
        station_parameter("单位代码。The code of a station that had a part in it: `150425`."),
    ] = None,
    below: Annotated[
        bool,
        QueryParameter(
            description="含下级单位。Whether the stations below `station` are meant, too, all the"
            " way down."
        ),
    ] = False,
    from_: Annotated[
        str | None,
        QueryParameter(
            name="from",
            description="起始时间。The first day, in the service's zone (`-30d`: so many days"
            " before today), or a time (RFC 3339) with its offset: of the time that the list is"
            " ordered by, or that `by` names.",
            schema_extra={"pattern": MOMENT_OR_DAYS_BACK, "examples": ["2024-08-04"]},
        ),
    ] = None,
    to: Annotated[
        str | None,
        QueryParameter(
            description="截止时间。The last day, which is included, or a time (RFC 3339) with its"
            " offset, which is not.",
            schema_extra={
                "pattern": MOMENT_OR_DAYS_BACK,
                "examples": ["2024-08-04T18:00:00+08:00"],
            },
        ),
    ] = None,
    bbox: Annotated[
        str | None,
        QueryParameter(
            description="矩形范围（WGS-84）。`west,south,east,north` in WGS-84 degrees.",
            schema_extra={"examples": ["117.0,42.5,118.0,43.5"]},
        ),
    ] = None,
    near: Annotated[
        str | None,
        QueryParameter(
            description="中心点（WGS-84）。`longitude,latitude` in WGS-84 degrees; together with"
            " `radius_m`.",
            schema_extra={"examples": ["117.12,42.98"]},
        ),
    ] = None,
    polygon: Annotated[
        str | None,
        QueryParameter(
            max_length=45_000,
            description="多边形范围（WGS-84）。A Polygon or MultiPolygon of GeoJSON (RFC 7946),"
            f" with at most {MOST_POINTS} points: what lies in it, or on its outer line. A long one"
            " is better sent with `POST …/search`.",
            schema_extra={
                "examples": [
                    '{"type":"Polygon","coordinates":[[[117,43],[118,43],[118,44],[117,43]]]}'
                ]
            },
        ),
    ] = None,
    updated_since: Annotated[
        str | None,
        QueryParameter(
            description="更新时间。What changed since a day or a time: whose incident got an entry"
            " since that its reader is told of. Who asks again and again begins some minutes before"
            " the last time: an entry may be seen after the time that it bears.",
            schema_extra={
                "pattern": MOMENT_OR_DAYS_BACK,
                "examples": ["2024-08-04T18:00:00+08:00"],
            },
        ),
    ] = None,
    radius_m: Annotated[
        float | None,
        QueryParameter(
            gt=0,
            le=1_000_000,
            description="半径。How many metres around `near`.",
            schema_extra={"exclusive_minimum": 0},  # which the framework leaves out
        ),
    ] = None,
    q: Annotated[
        str | None,
        QueryParameter(
            min_length=1,
            max_length=100,
            pattern=NOT_BLANK,
            description="关键词。Any part of what was written, of a name (species, officer), of a"
            ' case number or a mark; of several words each, in quotes (`"…"`) all as they stand. A'
            " release, an animal or a hazard is found by all that is written in its incident.",
        ),
    ] = None,
    duplicates: Annotated[
        str,
        QueryParameter(
            pattern=whole("exclude|include"),
            description="重复警情。`exclude` leaves out what was closed as a duplicate of another"
            " incident, `include` does not.",
        ),
    ] = "exclude",
) -> Filters:
    """The filters of a request, or the problem with all that are wrong."""
    given = {"from": from_, "to": to, "bbox": bbox, "near": near, "radius_m": radius_m, "q": q}
    given |= {"polygon": polygon, "updated_since": updated_since}
    period, box, circle, area, updated, words = read_filters(service, given)
    return Filters(
        region=region and prefix_of(region),
        station=station,
        below=below,
        since=period.since,
        until=period.until,
        box=box,
        near=circle,
        polygon=area,
        updated_since=updated,
        words=words,
        marks=keys_of(q or ""),
        duplicates=duplicates == "include",
    )


class _Read(NamedTuple):
    period: Period
    box: Box | None
    near: Near | None
    polygon: Area | None
    updated_since: datetime | None
    words: list[str]


def read_filters(service: Service, given: Mapping[str, Any]) -> _Read:
    """What those of the filters say that are texts to the types of the parameters. Raises Problem:
    invalid_parameter, with all that is wrong with them."""
    refused = Refused()
    period = refused.unless(read_period, given, service.settings.zone)
    box = refused.unless(_read_box, given.get("bbox"))
    near = refused.unless(read_near, given.get("near"), given.get("radius_m"))
    polygon = refused.unless(read_polygon, given.get("polygon"))
    updated = refused.unless(
        read_moment,
        "updated_since",
        given.get("updated_since"),
        service.settings.zone,
        end_of_day=False,
    )
    words = refused.unless(_read_words, given.get("q"))
    refused.unless(_require_together, given)
    gather(refused.problems)
    return _Read(period or Period(), box, near, polygon, updated, words or [])


def _require_together(given: Mapping[str, Any]) -> None:
    """That nothing is asked for that says nothing by itself. Raises Problem: invalid_parameter."""
    if given.get("below") and given.get("station") is None:
        expected = "the code of a station, together with below"
        raise Problem("invalid_parameter", FieldError("station", None, expected))
    sort = given.get("sort") or ""
    if sort.endswith("distance") and given.get("near") is None:
        expected = "longitude,latitude in degrees, together with radius_m"
        raise Problem("invalid_parameter", FieldError("near", None, expected))


def _read_words(text: str | None) -> list[str]:
    if text is None:
        return []
    words = sought(text)
    if not words:
        raise Problem("invalid_parameter", FieldError("q", text, "a character that can be seen"))
    return words


def _read_numbers(name: str, text: str, expected: str, count: int) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    longitudes, latitudes = numbers[0::2], numbers[1::2]
    if (
        len(numbers) != count
        or not all(-180 <= longitude <= 180 for longitude in longitudes)
        or not all(-90 <= latitude <= 90 for latitude in latitudes)
    ):
        is_swapped = all(
            abs(first) <= 90 < abs(second) <= 180
            for first, second in zip(longitudes, latitudes, strict=False)
        )
        hint = _FULL_WIDTH if "，" in text else SWAPPED if numbers and is_swapped else None
        raise Problem("invalid_parameter", FieldError(name, text, expected, hint=hint))
    return numbers


def _read_box(text: str | None) -> Box | None:
    if text is None:
        return None
    expected = "west,south,east,north in degrees, west before east and south before north"
    west, south, east, north = _read_numbers("bbox", text, expected, 4)
    if west > east or south > north:
        raise Problem("invalid_parameter", FieldError("bbox", text, expected))
    return _box(west, south, east, north)


def read_near(text: str | None, radius_m: float | None) -> Near | None:
    """A point and how far around it. Raises Problem: invalid_parameter."""
    if text is None and radius_m is None:
        return None
    expected = "longitude,latitude in degrees, together with radius_m"
    if text is None:
        raise Problem("invalid_parameter", FieldError("near", None, expected))
    longitude, latitude = _read_numbers("near", text, expected, 2)
    if radius_m is None:
        expected = "metres, together with near"
        raise Problem("invalid_parameter", FieldError("radius_m", None, expected))
    return Near(longitude, latitude, radius_m)


def _box(west: float, south: float, east: float, north: float) -> Box:
    return Box(Point(east, north), Point(west, south))
