"""The grid on which hidden places are told: the same for whoever asks, and however often."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wildlife.words.datums import distance_m
from wildlife.words.grid import middle, uncertainty_m
from wildlife.words.places import Position


@given(
    longitude=st.floats(-180, 180).map(lambda one: round(one, 7)),
    latitude=st.floats(-90, 90).map(lambda one: round(one, 7)),
)
def test_a_point_lies_in_its_cell_and_within_what_is_told(
    longitude: float, latitude: float
) -> None:
    at = Position(longitude, latitude)
    told = middle(at)
    assert middle(told) == told, "whoever asks again is told the same"
    assert abs(told.longitude - longitude) <= 0.0500001
    assert abs(told.latitude - latitude) <= 0.0500001
    assert -180 < told.longitude < 180
    assert -90 < told.latitude < 90
    assert distance_m(at, told) <= uncertainty_m(told)


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ((117.5, 43.3), (117.55, 43.35)),
        ((117.5999999, 43.3999999), (117.55, 43.35)),
        ((117.6, 43.4), (117.65, 43.45)),
        ((0.3, 0.7), (0.35, 0.75)),
        ((-0.0000001, 0.0), (-0.05, 0.05)),
        ((180.0, 90.0), (179.95, 89.95)),
        ((-180.0, -90.0), (-179.95, -89.95)),
    ],
)
def test_the_edges_of_the_cells_lie_at_whole_tenths(
    at: tuple[float, float], told: tuple[float, float]
) -> None:
    assert middle(Position(*at)) == Position(*told)
