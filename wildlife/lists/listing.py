"""What all lists share: filters, what their reader may see, keyset pages, JSON and GeoJSON."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from math import cos, degrees, radians
from typing import Annotated, Any, Final, NamedTuple, TypeAlias, TypeVar

import msgspec
import structlog
from asyncpg import Box, Point
from litestar import Request, Response
from litestar.openapi.spec import OpenAPIMediaType, Operation, Schema
from litestar.params import QueryParameter

from db.pool import Connection
from wildlife.people.accounts import Actor
from wildlife.web.handling import FromService
from wildlife.web.pages import Page, page
from wildlife.web.problems import FieldError, Problem
from wildlife.words.text import escape_like, fold_text, query_terms
from wildlife.words.values import NO_NUL, NOT_BLANK, whole

log = structlog.get_logger()

GEOJSON: Final = "application/geo+json"
_EARTH_RADIUS_M: Final = 6_371_008.8

# The condition that every list begins with, on its table `t` whose column `at` it is ordered by.
# Its parameters are the first fourteen of every list query: `Filters.arguments()`. A parameter
# that is null asks for nothing; the planner sees the actual values and drops those conditions.
SHARED_CONDITION: Final = """
    where ($1::uuid[] is null or t.station_ids && $1)
        and ($2::text is null or t.region_code like $2 || '%')
        and ($3::text is null or t.region_code like $3 || '%')
        and ($4::text is null
            or (select s.station_id from station s where s.code = $4) = any(t.station_ids))
        and ($5::timestamptz is null or t.at >= $5)
        and ($6::timestamptz is null or t.at < $6)
        and ($7::box is null or t.location <@ $7)
        and ($8::box is null or (t.location <@ $8 and 2 * 6371008.8 * asin(sqrt(least(1,
            sin(radians(t.location[1] - $10) / 2) ^ 2 + cos(radians($10))
            * cos(radians(t.location[1])) * sin(radians(t.location[0] - $9) / 2) ^ 2))) <= $11))
        and ($12::text[] is null or t.incident_id in (
            select i.incident_id from incident i
            where (i.search_terms @> $12 and i.search_text like $13) or i.case_number like $14))
"""

T = TypeVar("T")

AskedSpecies: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        max_length=200, pattern=NO_NUL, description="A species by its id: phalacrocorax_carbo."
    ),
]


class Near(NamedTuple):
    """All within a distance of a WGS-84 point."""

    longitude: float
    latitude: float
    radius_m: float

    def box(self) -> Box:
        """A box that holds the whole circle, for the index; the distance is checked after it."""
        d_lat = degrees(self.radius_m / _EARTH_RADIUS_M)
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
    since: datetime | None
    until: datetime | None
    box: Box | None
    near: Near | None
    text: str | None
    """Folded, as texts are compared."""
    cursor: str | None
    limit: int
    geojson: bool

    def arguments(self, actor: Actor) -> tuple[Any, ...]:
        """The parameters of SHARED_CONDITION."""
        return (
            actor.stations,
            actor.region,
            self.region,
            self.station,
            self.since,
            self.until,
            self.box,
            self.near.box() if self.near else None,
            self.near.longitude if self.near else None,
            self.near.latitude if self.near else None,
            self.near.radius_m if self.near else None,
            query_terms(self.text) if self.text else None,
            f"%{escape_like(self.text)}%" if self.text else None,
            f"{escape_like(self.text)}%" if self.text else None,
        )


async def provide_filters(
    service: FromService,
    request: Request[Any, Any, Any],
    region: Annotated[
        str | None,
        QueryParameter(
            pattern=whole(r"[0-9]{2,12}"), description="A prefix of the region code: 1504."
        ),
    ] = None,
    station: Annotated[
        str | None, QueryParameter(pattern=whole(r"[0-9]{4,12}"), description="A station's code.")
    ] = None,
    from_: Annotated[
        str | None,
        QueryParameter(
            name="from", description="A day (2024-08-04, in the service's zone) or a time."
        ),
    ] = None,
    to: Annotated[
        str | None,
        QueryParameter(description="A day, which is included, or a time, which is not."),
    ] = None,
    bbox: Annotated[
        str | None,
        QueryParameter(description="west,south,east,north in WGS-84 degrees."),
    ] = None,
    near: Annotated[
        str | None,
        QueryParameter(description="longitude,latitude in WGS-84 degrees; with radius_m."),
    ] = None,
    radius_m: Annotated[float | None, QueryParameter(gt=0, le=1_000_000)] = None,
    q: Annotated[
        str | None,
        QueryParameter(
            min_length=1,
            max_length=100,
            pattern=NOT_BLANK,
            description="Any part of what was written down, or the beginning of a case number.",
        ),
    ] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=500)] = 50,
    cursor: Annotated[
        str | None, QueryParameter(description="The next_cursor of the page before.")
    ] = None,
    format_: Annotated[
        str | None, QueryParameter(name="format", pattern=whole("json|geojson"))
    ] = None,
) -> Filters:
    """The filters of a request, or the problem with one of them."""
    zone = service.settings.zone
    return Filters(
        region=region,
        station=station,
        since=_read_moment("from", from_, zone, end_of_day=False),
        until=_read_moment("to", to, zone, end_of_day=True),
        box=_read_box(bbox),
        near=_read_near(near, radius_m),
        text=fold_text(q) if q else None,
        cursor=cursor,
        limit=limit,
        geojson=_wants_geojson(format_, request),
    )


async def fetch_page(
    connection: Connection,
    struct: type[T],
    key: Sequence[str],
    limit: int,
    sql: str,
    *args: object,
) -> Page[T]:
    """The page that `sql` finds with these arguments, as `struct`."""
    rows = await connection.fetch(sql, *args)
    return page(rows, limit, key, lambda row: msgspec.convert(dict(row), struct), key[1])


def answer(found: Page[T], filters: Filters) -> Response[Page[T]]:
    """The page as JSON, or as a GeoJSON FeatureCollection (RFC 7946)."""
    if not filters.geojson:
        return Response(found)
    collection: Any = {
        "type": "FeatureCollection",
        "features": [_feature(item) for item in found.items],
        "next_cursor": found.next_cursor,
    }
    if found.unreadable:
        collection["unreadable"] = found.unreadable
    return Response(collection, media_type=GEOJSON)


@dataclass
class ListOperation(Operation):
    """An operation that answers GeoJSON too."""

    def __post_init__(self) -> None:
        answers = (self.responses or {}).get("200")
        content = getattr(answers, "content", None)
        if content is not None:
            content[GEOJSON] = OpenAPIMediaType(
                schema=Schema(description="A GeoJSON FeatureCollection (RFC 7946) with next_cursor")
            )


def _feature(item: Any) -> dict[str, Any]:
    properties = {name: getattr(item, name) for name in item.__struct_fields__}
    longitude, latitude = properties.pop("longitude"), properties.pop("latitude")
    return {
        "type": "Feature",
        "id": properties.get("id"),
        "geometry": None
        if longitude is None
        else {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": properties,
    }


def _wants_geojson(given: str | None, request: Request[Any, Any, Any]) -> bool:
    if given is not None:
        return given == "geojson"
    return GEOJSON in request.headers.get("accept", "")


def _read_moment(name: str, text: str | None, zone: tzinfo, *, end_of_day: bool) -> datetime | None:
    if text is None:
        return None
    try:
        if len(text) == len("2024-08-04"):
            day = date.fromisoformat(text) + timedelta(days=int(end_of_day))
            return datetime.combine(day, time(), zone)
        # An unescaped plus sign in an address is a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        if moment.tzinfo is None:
            raise ValueError(text)
        moment.astimezone(zone)  # the first and last hours of the calendar have no other zone
    except (ValueError, OverflowError):
        expected = "a day like 2024-08-04 or a time like 2024-08-04T08:00:00+08:00"
        raise Problem("invalid_parameter", FieldError(name, text, expected)) from None
    return moment


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
        raise Problem("invalid_parameter", FieldError(name, text, expected))
    return numbers


def _read_box(text: str | None) -> Box | None:
    if text is None:
        return None
    expected = "west,south,east,north in degrees, west before east and south before north"
    west, south, east, north = _read_numbers("bbox", text, expected, 4)
    if west > east or south > north:
        raise Problem("invalid_parameter", FieldError("bbox", text, expected))
    return _box(west, south, east, north)


def _read_near(text: str | None, radius_m: float | None) -> Near | None:
    if text is None and radius_m is None:
        return None
    expected = "longitude,latitude in degrees, together with radius_m"
    if text is None or radius_m is None:
        name = "near" if text is None else "radius_m"
        raise Problem("invalid_parameter", FieldError(name, None, expected))
    longitude, latitude = _read_numbers("near", text, expected, 2)
    return Near(longitude, latitude, radius_m)


def _box(west: float, south: float, east: float, north: float) -> Box:
    return Box(Point(east, north), Point(west, south))
