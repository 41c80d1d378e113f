"""What a photo says of itself is kept beside what the phone said, and flagged where they differ."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from tests.photos.renditions import settled
from tests.pictures import encoded, noise
from tests.users import Person, identification, release, rescue
from wildlife.demo.pictures import cormorant_in_a_carton, cormorant_in_the_rain
from wildlife.timeline.photo import ExifFacts, ShownTakenPlace, TakenPlace, flags, show_taken
from wildlife.words.datums import distance_m
from wildlife.words.places import Point, Position, ShownPlace
from wildlife.words.vocabularies import Datum

FOUND = datetime.fromisoformat("2024-07-29T15:20:00+08:00")
TAKEN = FOUND + timedelta(minutes=45)
WOOD = Position(117.542, 43.318)
RESERVOIR = Position(117.21, 43.57)


def flagged(exif: ExifFacts | None = None, **changes: Any) -> list[str]:
    said: dict[str, Any] = {
        "taken_at": TAKEN,
        "taken_place": None,
        "received_at": TAKEN + timedelta(hours=1),
        "found_at": FOUND,
        "places": [ShownPlace(wgs84=WOOD), ShownPlace(wgs84=RESERVOIR)],
    }
    return [flag.value for flag in flags(exif, **(said | changes))]


def at(position: Position) -> ExifFacts:
    return ExifFacts(latitude=position.latitude, longitude=position.longitude)


def test_a_photo_that_says_nothing_of_itself_is_not_flagged() -> None:
    assert flagged() == flagged(ExifFacts()) == flagged(taken_at=None) == []


@pytest.mark.parametrize(
    ("exif", "expected"),
    [
        (ExifFacts(taken_at=TAKEN), []),
        (ExifFacts(taken_at=TAKEN + timedelta(minutes=9)), []),
        (ExifFacts(taken_at=TAKEN + timedelta(minutes=11)), ["clock_skew"]),
        (ExifFacts(taken_at=TAKEN - timedelta(minutes=11)), ["clock_skew"]),
        (ExifFacts(taken_at=FOUND - timedelta(days=2)), ["taken_earlier", "clock_skew"]),
        # A local time is right if it is right anywhere on earth.
        (ExifFacts(taken_at_local="2024-07-29T16:05:00"), []),
        (ExifFacts(taken_at_local="2024-07-29T08:05:00"), []),
        (ExifFacts(taken_at_local="2024-07-30T12:05:00"), ["clock_skew"]),
        (ExifFacts(taken_at_local="2023-07-29T16:05:00"), ["taken_earlier", "clock_skew"]),
        (at(WOOD), []),
        (at(RESERVOIR), []),
        (at(Position(117.542, 43.398)), []),  # 9 km north of the wood
        (at(Position(116.4, 39.9)), ["taken_elsewhere"]),
    ],
)
def test_what_does_not_agree_with_the_report_is_flagged(
    exif: ExifFacts, expected: list[str]
) -> None:
    assert flagged(exif) == expected


def phone_at(
    position: Position, accuracy_m: float | None = None, fixed_at: datetime | None = None
) -> ShownTakenPlace | None:
    point = Point(
        longitude=position.longitude,
        latitude=position.latitude,
        datum=Datum.WGS84,
        accuracy_m=accuracy_m,
    )
    return show_taken(TakenPlace(point=point, fixed_at=fixed_at))


BEIJING = Position(116.4, 39.9)
SHANGHAI = Position(121.47, 31.23)


@pytest.mark.parametrize(
    ("taken_place", "exif", "expected"),
    [
        (phone_at(WOOD), None, []),
        (phone_at(RESERVOIR), None, []),
        (phone_at(BEIJING), None, ["taken_elsewhere"]),
        (phone_at(BEIJING), at(BEIJING), ["taken_elsewhere"]),
        # What the phone says stands before what the photo says, and does not hide it.
        (phone_at(WOOD), at(WOOD), []),
        (phone_at(WOOD), at(BEIJING), ["taken_elsewhere"]),
        # A mast of the network tells the position to so many metres.
        (phone_at(Position(117.542, 43.5), accuracy_m=15_000), None, []),
        (phone_at(Position(117.542, 43.5), accuracy_m=150), None, ["taken_elsewhere"]),
        (phone_at(WOOD, fixed_at=TAKEN), None, []),
        (phone_at(WOOD, fixed_at=TAKEN - timedelta(minutes=59)), None, []),
        (phone_at(WOOD, fixed_at=TAKEN - timedelta(minutes=61)), None, ["clock_skew"]),
        (phone_at(WOOD, fixed_at=TAKEN + timedelta(minutes=9)), None, []),
        (phone_at(WOOD, fixed_at=TAKEN + timedelta(minutes=11)), None, ["clock_skew"]),
    ],
)
def test_where_the_phone_was_is_held_against_the_report(
    taken_place: ShownTakenPlace | None, exif: ExifFacts | None, expected: list[str]
) -> None:
    assert flagged(exif, taken_place=taken_place) == expected


NOWHERE = Position(0.0, 0.005)
SWAPPED = Position(43.6, 87.6)  # Ürümqi: further east, no longitude is a latitude


@pytest.mark.parametrize(
    ("place", "taken_place", "expected"),
    [
        (ShownPlace(wgs84=WOOD), phone_at(NOWHERE), ["taken_elsewhere", "point_at_zero"]),
        (ShownPlace(wgs84=WOOD), phone_at(SWAPPED), ["taken_elsewhere", "point_swapped"]),
        # An incident without a point has a region.
        (ShownPlace(region_code="150425"), phone_at(WOOD), []),
        (ShownPlace(region_code="150425"), phone_at(Position(122.35, 50.62)), []),
        (ShownPlace(region_code="150425"), phone_at(SHANGHAI), ["taken_elsewhere"]),
        (ShownPlace(region_code="150425"), phone_at(NOWHERE), ["taken_elsewhere", "point_at_zero"]),
        (ShownPlace(), phone_at(SHANGHAI), []),
        (ShownPlace(), phone_at(Position(2.35, 48.86)), ["taken_elsewhere"]),
    ],
)
def test_where_the_phone_was_is_held_against_what_positions_are_and_the_region(
    place: ShownPlace, taken_place: ShownTakenPlace | None, expected: list[str]
) -> None:
    assert flagged(taken_place=taken_place, places=[place]) == expected


def test_what_was_not_said_can_not_disagree() -> None:
    assert flagged(ExifFacts(taken_at=TAKEN), taken_at=None) == []
    assert flagged(ExifFacts(taken_at=TAKEN + timedelta(hours=2)), taken_at=None) == ["clock_skew"]
    assert flagged(taken_at=FOUND - timedelta(days=2)) == ["taken_earlier"]
    assert flagged(at(Position(0.5, 0.5)), places=[]) == []
    assert flagged(taken_place=phone_at(BEIJING), places=[]) == []
    long_ago = phone_at(WOOD, fixed_at=TAKEN - timedelta(days=1))
    assert flagged(taken_place=long_ago, taken_at=None) == []
    assert flagged(ExifFacts(taken_at=TAKEN), taken_place=long_ago, taken_at=None) == ["clock_skew"]


@given(
    st.integers(631_152_000, 4_070_908_800).map(lambda s: datetime.fromtimestamp(s, UTC)),
    st.floats(-180, 180),
    st.floats(-90, 90),
)
def test_no_photo_is_too_odd_to_be_flagged(
    taken_at: datetime, longitude: float, latitude: float
) -> None:
    local = taken_at.replace(tzinfo=None, microsecond=0).isoformat()
    for exif in (ExifFacts(taken_at=taken_at), ExifFacts(taken_at_local=local)):
        assert set(flagged(exif)) <= {"taken_earlier", "clock_skew"}
    assert set(flagged(at(Position(longitude, latitude)))) <= {"taken_elsewhere"}


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(-180, 180), st.floats(-90, 90))
def test_a_distance_is_one_on_earth(a: float, b: float, c: float, d: float) -> None:
    one, other = Position(a, b), Position(c, d)
    distance = distance_m(one, other)
    assert 0 <= distance <= 20_016_000
    assert distance == pytest.approx(distance_m(other, one), abs=0.01)


def test_a_distance_is_right() -> None:
    # Beijing to Shanghai, by the great circle of the WGS-84 ellipsoid: 1,067.3 km.
    beijing, shanghai = Position(116.3913, 39.9075), Position(121.4737, 31.2304)
    assert distance_m(beijing, shanghai) == pytest.approx(1_067_300, rel=0.005)


def phone_exif(when: str, offset: str | None, place: Position | None) -> Image.Exif:
    """What a phone writes into a photo."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "HUAWEI"
    exif[ExifTags.Base.Model] = "HUAWEI Mate 60"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = when
    if offset:
        details[ExifTags.Base.OffsetTimeOriginal] = offset
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLongitudeRef] = "N", "E"
        gps[ExifTags.GPS.GPSLatitude] = (place.latitude, 0.0, 0.0)
        gps[ExifTags.GPS.GPSLongitude] = (place.longitude, 0.0, 0.0)
    return exif


async def test_what_a_photo_says_is_kept_beside_what_the_phone_said(officer: Person) -> None:
    incident, photo = await officer.opened(), uuid4()
    content = encoded(noise(60, 40), exif=phone_exif("2024:07:29 08:05:09", "+00:00", WOOD))
    answer = await officer.put_photo(incident, content, photo, taken_at="2024-07-29T16:05:00+08:00")
    assert answer.json()["body"]["taken_at"] == "2024-07-29T16:05:00+08:00"
    shown = await officer.read(f"/incidents/{incident}/photos/{photo}")
    assert shown["taken_at"] == "2024-07-29T16:05:00+08:00"
    assert shown["exif"] == {
        "taken_at": "2024-07-29T16:05:09+08:00",
        "latitude": 43.318,
        "longitude": 117.542,
        "camera": "HUAWEI Mate 60",
    }
    assert shown["flags"] == []
    document = await officer.read(f"/incidents/{incident}")
    assert document["photos"][0]["exif"] == shown["exif"]


async def test_a_photo_of_the_release_is_elsewhere_until_the_release_is_told(
    officer: Person,
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    exif = phone_exif("2024:08:04 10:31:00", "+08:00", RESERVOIR)
    await officer.put_photo(incident, encoded(noise(60, 40), exif=exif))
    [photo] = (await officer.read(f"/incidents/{incident}/photos"))["items"]
    assert photo["flags"] == ["taken_elsewhere"]
    await officer.appended(incident, release())
    [photo] = (await officer.read(f"/incidents/{incident}/photos"))["items"]
    assert photo["flags"] == []


async def test_the_same_picture_under_another_incident_is_a_hint_to_who_may_see_both(
    officer: Person, other_officer: Person
) -> None:
    picture = Image.open(io.BytesIO(cormorant_in_the_rain())).convert("RGB")
    first, second = await officer.opened(), await officer.opened(rescue())
    elsewhere = await other_officer.opened()
    photos = {incident: uuid4() for incident in (first, second, elsewhere)}
    await officer.put_photo(first, encoded(picture, quality=95), photos[first])
    await officer.put_photo(second, encoded(picture.resize((600, 800)), quality=50), photos[second])
    await other_officer.put_photo(elsewhere, encoded(picture, "PNG"), photos[elsewhere])
    await officer.put_photo(second, cormorant_in_a_carton())
    await settled(officer, first)
    await settled(officer, second)
    await settled(other_officer, elsewhere)

    shown = await officer.read(f"/incidents/{first}/photos/{photos[first]}")
    assert shown["flags"][-1] == "same_picture"
    [same] = shown["same_pictures"]
    assert (same["incident_id"], same["photo_id"]) == (second, str(photos[second]))
    assert same["distance"] <= 3
    # The list flags each as it is by itself.
    for incident, expected in ((first, [True]), (second, [True, False])):
        listed = (await officer.read(f"/incidents/{incident}/photos"))["items"]
        for one in listed:
            alone = await officer.read(f"/incidents/{incident}/photos/{one['photo_id']}")
            assert alone["flags"] == one["flags"]
        flagged = ["same_picture" in one["flags"] for one in listed]
        assert sorted(flagged, reverse=True) == expected
    [listed] = (await other_officer.read(f"/incidents/{elsewhere}/photos"))["items"]
    assert "same_picture" not in listed["flags"]
    stranger = await other_officer.read(f"/incidents/{elsewhere}/photos/{photos[elsewhere]}")
    assert (stranger["same_pictures"], "same_picture" in stranger["flags"]) == ([], False)
