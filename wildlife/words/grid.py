"""The grid on which places are told that are not told as they are. Pure.

Its cells are a tenth of a degree wide and high, with edges at whole tenths: what is told of a point
depends on its cell alone, whoever asks and however often. Nothing is random, as A. D. Chapman asks
in Current Best Practices for Generalizing Sensitive Species Occurrence Data (GBIF, 2020): what
chance moves can be averaged, and is told as if it were so.
"""

from math import ceil
from typing import Final

from wildlife.words.datums import LonLat, distance_m
from wildlife.words.places import Position

# Cells and points in whole ten-millionths of a degree, to which positions are rounded: no edge is
# moved by how a fraction is kept.
_UNITS: Final = 10_000_000
_CELL: Final = _UNITS // 10


def middle(at: Position) -> Position:
    """The middle of the cell in which a point lies; what lies on an edge belongs to the cell in the
    east, and in the north of it."""
    return Position(_middle(at.longitude, 180), _middle(at.latitude, 90))


def uncertainty_m(middle: Position) -> float:
    """How far, in whole metres, anything in a cell lies from its middle at most."""
    half = _CELL / _UNITS / 2
    nearer_the_equator = middle.latitude - half if middle.latitude > 0 else middle.latitude + half
    corner = LonLat(middle.longitude + half, nearer_the_equator)
    return float(ceil(distance_m(middle, corner)))


def _middle(degrees: float, most: int) -> float:
    cell = min(round(degrees * _UNITS) // _CELL, most * _UNITS // _CELL - 1)
    return (cell * _CELL + _CELL // 2) / _UNITS
