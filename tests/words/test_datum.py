"""Coordinates: known points, round trips to the millimetre, identity outside China."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wildlife.words.datums import LonLat, distance_m, from_wgs84, in_china, to_wgs84
from wildlife.words.vocabularies import Datum

# Tian'anmen and two places of the stories, by the public formulas.
KNOWN = [
    (LonLat(116.404, 39.915), Datum.GCJ02, LonLat(116.41024449916938, 39.91640428150164)),
    (LonLat(116.404, 39.915), Datum.BD09, LonLat(116.41662724378733, 39.922699552216216)),
]
SHIFTS = [
    (LonLat(117.542, 43.318), Datum.GCJ02, 599),
    (LonLat(117.542, 43.318), Datum.BD09, 1391),
]

inside = st.builds(LonLat, st.floats(74, 135), st.floats(4, 54))
anywhere = st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90))
data = st.sampled_from(list(Datum))


@pytest.mark.parametrize(("wgs84", "datum", "shown"), KNOWN)
def test_known_points_are_converted_within_a_centimetre(
    wgs84: LonLat, datum: Datum, shown: LonLat
) -> None:
    assert distance_m(from_wgs84(wgs84, datum), shown) < 0.01
    assert distance_m(to_wgs84(shown, datum), wgs84) < 0.001


@pytest.mark.parametrize(("wgs84", "datum", "shift_m"), SHIFTS)
def test_the_shift_is_that_of_the_place(wgs84: LonLat, datum: Datum, shift_m: int) -> None:
    assert distance_m(wgs84, from_wgs84(wgs84, datum)) == pytest.approx(shift_m, abs=1)


@given(inside, data)
def test_there_and_back_is_the_same_point_to_a_millimetre(wgs84: LonLat, datum: Datum) -> None:
    assert distance_m(to_wgs84(from_wgs84(wgs84, datum), datum), wgs84) < 0.001


@given(inside, data)
def test_back_and_there_is_the_same_point_to_a_millimetre(shown: LonLat, datum: Datum) -> None:
    assert distance_m(from_wgs84(to_wgs84(shown, datum), datum), shown) < 0.001


@given(anywhere, data)
def test_outside_china_nothing_is_shifted(point: LonLat, datum: Datum) -> None:
    assume(not in_china(point))
    assert from_wgs84(point, datum) == point
    assert to_wgs84(point, datum) == point


@given(anywhere, anywhere)
def test_distance_is_symmetric_and_bounded_by_half_the_earth(a: LonLat, b: LonLat) -> None:
    assert distance_m(a, b) == pytest.approx(distance_m(b, a))
    assert 0 <= distance_m(a, b) <= 20_015_200
