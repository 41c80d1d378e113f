"""Where a row lies, in plain Python: in a box, near a point, in a polygon."""

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from tests.lists.world import Row
from wildlife.words.datums import LonLat, distance_m


def _place(row: Row) -> tuple[float, float] | None:
    item = row.item
    return None if item["longitude"] is None else (item["longitude"], item["latitude"])


def in_box(row: Row, asked: Mapping[str, Any]) -> bool:
    west, south, east, north = map(float, asked["bbox"].split(","))
    at = _place(row)
    return at is not None and west <= at[0] <= east and south <= at[1] <= north


def far(row: Row, asked: Mapping[str, Any]) -> float | None:
    """How far a row lies from what is asked about."""
    longitude, latitude = map(float, asked["near"].split(","))
    at = _place(row)
    return None if at is None else distance_m(LonLat(*at), LonLat(longitude, latitude))


def is_near(row: Row, asked: Mapping[str, Any]) -> bool:
    distance = far(row, asked)
    return distance is not None and distance <= float(asked["radius_m"])


def _winds(at: tuple[float, float], ring: list[list[float]]) -> bool:
    """Whether a ring goes around a point, one way more often than the other."""
    turns = 0
    for (x1, y1), (x2, y2) in pairwise(ring):
        left = (x2 - x1) * (at[1] - y1) - (at[0] - x1) * (y2 - y1)
        if y1 <= at[1] < y2 and left > 0:
            turns += 1
        elif y2 <= at[1] < y1 and left < 0:
            turns -= 1
    return turns != 0


def is_within(at: tuple[float, float], polygon: dict[str, Any]) -> bool:
    """Whether a point that lies on no line is in a polygon."""
    parts = polygon["coordinates"]
    for outer, *holes in parts if polygon["type"] == "MultiPolygon" else [parts]:
        if _winds(at, outer) and not any(_winds(at, hole) for hole in holes):
            return True
    return False


def _ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


POLYGONS: Final = [
    {"type": "Polygon", "coordinates": [[[117, 43], [118.3, 43.01], [117.1, 44], [117, 43]]]},
    {"type": "Polygon", "coordinates": [_ring(117, 43, 119, 44), _ring(117.8, 43.5, 118, 43.7)]},
    {
        "type": "MultiPolygon",
        "coordinates": [[_ring(117.8, 43.5, 118, 43.7)], [_ring(122, 50, 123, 51)[::-1]]],
    },
    {"type": "Polygon", "coordinates": [_ring(10, 10, 20, 20)]},
    # It crosses itself: a bow tie.
    {
        "type": "Polygon",
        "coordinates": [[[117, 43], [118.9, 44.1], [118.9, 43], [117, 44.1], [117, 43]]],
    },
]


def in_polygon(row: Row, asked: Mapping[str, Any]) -> bool:
    at = _place(row)
    return at is not None and is_within(at, json.loads(asked["polygon"]))
