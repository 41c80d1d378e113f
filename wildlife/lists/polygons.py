"""A polygon that a list is asked for, as GeoJSON has it (RFC 7946, WGS-84). Pure.

A point is in it that lies within the outer line of any part or on it, and neither within a hole of
that part nor on its line: to a decimetre, as PostgreSQL compares. Which way a ring runs says
nothing; of one that crosses itself, all is within that it goes around more often one way than the
other. No ring goes over the meridian of 180°: GeoJSON cuts such a polygon in two.
"""

from typing import Annotated, Any, Final, NamedTuple, TypeAlias

import msgspec
from asyncpg import Box, Point

from wildlife.web.faults import SWAPPED
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence

MOST_POINTS: Final = 1000
"""So many points a polygon has, at most, in all its rings."""

_EXPECTED: Final = "a Polygon or MultiPolygon as GeoJSON has it, with closed rings in degrees"
_MERIDIAN: Final = Sentence(
    "A side of a ring is longer than 180°: cut a polygon that goes over the meridian of 180° in two"
    " (a MultiPolygon).",
    "环的一条边超过 180°：跨越 180° 经线的多边形请分成两部分（MultiPolygon）。",
)
_POINTS: Final = Sentence(
    f"It has too many points: leave out some, down to {MOST_POINTS}.",
    f"顶点过多：请简化到 {MOST_POINTS} 个以内。",
)

_Position: TypeAlias = Annotated[list[float], msgspec.Meta(min_length=2, max_length=3)]
_Ring: TypeAlias = Annotated[list[_Position], msgspec.Meta(min_length=4)]
_Rings: TypeAlias = Annotated[list[_Ring], msgspec.Meta(min_length=1)]


class _Polygon(msgspec.Struct, frozen=True, tag="Polygon"):
    coordinates: _Rings

    @property
    def parts(self) -> list[list[list[list[float]]]]:
        return [self.coordinates]


class _MultiPolygon(msgspec.Struct, frozen=True, tag="MultiPolygon"):
    coordinates: Annotated[list[_Rings], msgspec.Meta(min_length=1)]

    @property
    def parts(self) -> list[list[list[list[float]]]]:
        return self.coordinates


_DECODER: Final = msgspec.json.Decoder(_Polygon | _MultiPolygon)


class Area(NamedTuple):
    """Parts, each with an outer ring and the rings of its holes: points of longitude and
    latitude."""

    parts: list[list[list[tuple[float, float]]]]

    def arguments(self) -> dict[str, Any]:
        """The parameters of CONDITION."""
        points = [point for rings in self.parts for point in rings[0]]
        longitudes, latitudes = [x for x, _ in points], [y for _, y in points]
        return {
            "polygon": Box(
                Point(max(longitudes), max(latitudes)), Point(min(longitudes), min(latitudes))
            ),
            "polygon_outer": [_as_sql(rings[0]) for rings in self.parts],
            "polygon_holes": [_as_sql(ring) for rings in self.parts for ring in rings[1:]],
            "polygon_of": [n for n, rings in enumerate(self.parts, 1) for _ in rings[1:]],
        }


CONDITION: Final = """
    t.location <@ :polygon::box and exists (
        select from unnest(:polygon_outer::text[]::polygon[]) with ordinality as part(outline, n)
        where part.outline @> t.location and not exists (
            select from unnest(:polygon_holes::text[]::polygon[], :polygon_of::int[])
                as hole(outline, n)
            where hole.n = part.n and hole.outline @> t.location))
"""
"""That a row lies in it; its box is for the index."""


def _as_sql(ring: list[tuple[float, float]]) -> str:
    """As PostgreSQL reads a polygon; the driver takes a list of them for a list of points."""
    return "(" + ",".join(f"({x!r},{y!r})" for x, y in ring) + ")"


def read_polygon(text: str | None) -> Area | None:
    """What is written as GeoJSON. Raises Problem: invalid_parameter."""
    if text is None:
        return None
    try:
        parts = _DECODER.decode(text).parts
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise _unfit(text) from None
    if sum(len(ring) for rings in parts for ring in rings) > MOST_POINTS:
        raise _unfit(text, hint=_POINTS)
    area = Area([[[(at[0], at[1]) for at in ring] for ring in rings] for rings in parts])
    rings = [ring for rings in area.parts for ring in rings]
    points = [point for ring in rings for point in ring]
    if not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in points):
        is_swapped = all(abs(x) <= 90 < abs(y) <= 180 for x, y in points)
        raise _unfit(text, hint=SWAPPED if is_swapped else None)
    if any(ring[0] != ring[-1] for ring in rings):
        raise _unfit(text)
    if any(abs(b - a) > 180 for ring in rings for (a, _), (b, _) in zip(ring, ring[1:])):  # noqa: B905, RUF007
        raise _unfit(text, hint=_MERIDIAN)
    return area


def _unfit(text: str, hint: Sentence | None = None) -> Problem:
    return Problem("invalid_parameter", FieldError("polygon", text, _EXPECTED, hint=hint))
