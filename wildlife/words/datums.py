"""Coordinates of any datum met in China, to and from WGS-84. Pure; degrees in, degrees out.

GCJ-02 shifts WGS-84 by some hundred metres by a public formula; BD-09 shifts GCJ-02 again. The
shift applies inside China's bounding box only. CGCS2000 is WGS-84 to within decimetres.
The inverse has no closed form: it is iterated until it maps forward onto the given point.
"""

from collections.abc import Callable
from math import atan2, cos, hypot, pi, sin, sqrt
from typing import NamedTuple, Protocol, assert_never

from wildlife.words.vocabularies import Datum

# Krasovsky 1940, on which the shift is defined: semi-major axis in metres, eccentricity squared.
_AXIS_M = 6_378_245.0
_ECCENTRICITY_2 = 0.006_693_421_622_965_943

_BD_FACTOR = pi * 3000.0 / 180.0

EARTH_RADIUS_M = 6_371_008.8
"""The mean one (IUGG)."""

# An error of 1e-10 degrees is about a hundredth of a millimetre; the fixed point is reached in
# about six steps, and the bound only ends a loop that rounding keeps from getting there.
_CLOSE_ENOUGH = 1e-10
_MOST_STEPS = 12


class LonLat(NamedTuple):
    """Longitude and latitude in degrees, in this order as in GeoJSON."""

    longitude: float
    latitude: float


def to_wgs84(point: LonLat, datum: Datum) -> LonLat:
    """The WGS-84 coordinates of a point given in `datum`; exact to a millimetre."""
    match datum:
        case Datum.WGS84 | Datum.CGCS2000:
            return point
        case Datum.GCJ02:
            return _unshift(point)
        case Datum.BD09:
            return _unshift(_bd09_to_gcj02(point))
        case _:
            assert_never(datum)


def from_wgs84(point: LonLat, datum: Datum) -> LonLat:
    """The coordinates in `datum` of a WGS-84 point, as the maps that use it would show them."""
    match datum:
        case Datum.WGS84 | Datum.CGCS2000:
            return point
        case Datum.GCJ02:
            return _shift(point)
        case Datum.BD09:
            return _gcj02_to_bd09(_shift(point))
        case _:
            assert_never(datum)


class _OnEarth(Protocol):
    @property
    def longitude(self) -> float: ...
    @property
    def latitude(self) -> float: ...


def distance_m(a: _OnEarth, b: _OnEarth) -> float:
    """Great-circle distance in metres, on a sphere of the Earth's mean radius."""
    lat_a, lat_b = a.latitude * pi / 180, b.latitude * pi / 180
    half_lat = sin((lat_b - lat_a) / 2)
    half_lon = sin((b.longitude - a.longitude) * pi / 360)
    chord = half_lat * half_lat + cos(lat_a) * cos(lat_b) * half_lon * half_lon
    return 2 * EARTH_RADIUS_M * atan2(sqrt(chord), sqrt(max(0.0, 1 - chord)))


def in_china(point: LonLat) -> bool:
    """Whether the shift applies: the rectangle that the map providers use."""
    return 72.004 <= point.longitude <= 137.8347 and 0.8293 <= point.latitude <= 55.8271


def _shift(wgs84: LonLat) -> LonLat:
    if not in_china(wgs84):
        return wgs84
    east, north = wgs84.longitude - 105.0, wgs84.latitude - 35.0
    wave = (20.0 * sin(6.0 * east * pi) + 20.0 * sin(2.0 * east * pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * east + 3.0 * north + 0.2 * north**2
    d_lat += 0.1 * east * north + 0.2 * sqrt(abs(east)) + wave
    d_lat += (20.0 * sin(north * pi) + 40.0 * sin(north / 3.0 * pi)) * 2.0 / 3.0
    d_lat += (160.0 * sin(north / 12.0 * pi) + 320.0 * sin(north * pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + east + 2.0 * north + 0.1 * east**2
    d_lon += 0.1 * east * north + 0.1 * sqrt(abs(east)) + wave
    d_lon += (20.0 * sin(east * pi) + 40.0 * sin(east / 3.0 * pi)) * 2.0 / 3.0
    d_lon += (150.0 * sin(east / 12.0 * pi) + 300.0 * sin(east / 30.0 * pi)) * 2.0 / 3.0
    latitude = wgs84.latitude / 180.0 * pi
    magic = 1 - _ECCENTRICITY_2 * sin(latitude) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_2) / (magic * sqrt(magic))
    parallel_m = _AXIS_M / sqrt(magic) * cos(latitude)
    return LonLat(
        wgs84.longitude + d_lon * 180.0 / (parallel_m * pi),
        wgs84.latitude + d_lat * 180.0 / (meridian_m * pi),
    )


def _unshift(gcj02: LonLat) -> LonLat:
    return _invert(_shift, gcj02, gcj02) if in_china(gcj02) else gcj02


def _invert(forward: Callable[[LonLat], LonLat], shown: LonLat, guess: LonLat) -> LonLat:
    """The point that `forward` maps onto `shown`, from a guess near it."""
    for _ in range(_MOST_STEPS):
        mapped = forward(guess)
        off_lon, off_lat = shown.longitude - mapped.longitude, shown.latitude - mapped.latitude
        guess = LonLat(guess.longitude + off_lon, guess.latitude + off_lat)
        if abs(off_lon) < _CLOSE_ENOUGH and abs(off_lat) < _CLOSE_ENOUGH:
            break
    return guess


def _gcj02_to_bd09(gcj02: LonLat) -> LonLat:
    if not in_china(gcj02):
        return gcj02
    x, y = gcj02
    radius = hypot(x, y) + 0.00002 * sin(y * _BD_FACTOR)
    angle = atan2(y, x) + 0.000003 * cos(x * _BD_FACTOR)
    return LonLat(radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006)


def _bd09_to_gcj02(bd09: LonLat) -> LonLat:
    if not in_china(bd09):
        return bd09
    return _invert(_gcj02_to_bd09, bd09, LonLat(bd09.longitude - 0.0065, bd09.latitude - 0.006))
