"""What a photo's metadata says: taken at its word only where it could be right."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from media.exif import Exif, read_exif
from tests.pictures import xmp

Base, GPS, IFD = ExifTags.Base, ExifTags.GPS, ExifTags.IFD
TIME: Final = "2024:07:29 15:20:00"
CHINA: Final = timezone(timedelta(hours=8))


def read(
    base: Mapping[Any, Any] | None = None,
    photo: Mapping[Any, Any] | None = None,
    gps: Mapping[Any, Any] | None = None,
) -> Exif:
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif).update(photo or {})
    exif.get_ifd(IFD.GPSInfo).update(gps or {})
    for tag, value in (base or {}).items():
        exif[tag] = value
    return read_exif(exif)


def place(
    latitude: Any = (43, 19, 4.8),
    longitude: Any = (117, 32, 31.2),
    latitude_ref: Any = "N",
    longitude_ref: Any = "E",
) -> tuple[float | None, float | None]:
    found = read(
        gps={
            GPS.GPSLatitude: latitude,
            GPS.GPSLatitudeRef: latitude_ref,
            GPS.GPSLongitude: longitude,
            GPS.GPSLongitudeRef: longitude_ref,
        }
    )
    return found.latitude, found.longitude


def test_without_metadata_there_are_no_hints() -> None:
    assert read() == Exif(None, None, None, None, None)


@pytest.mark.parametrize(
    ("offset", "zone"),
    [
        ("+08:00", CHINA),
        ("+0800", CHINA),
        ("+08:00\0", CHINA),
        (b"+08:00", CHINA),
        ("-05:30", timezone(-timedelta(hours=5, minutes=30))),
        ("+14:00", timezone(timedelta(hours=14))),
        ("Z", timezone(timedelta())),
    ],
)
def test_a_time_with_an_offset_is_a_point_in_time(offset: Any, zone: timezone) -> None:
    found = read(photo={Base.DateTimeOriginal: TIME, Base.OffsetTimeOriginal: offset})
    assert found.taken_at == datetime(2024, 7, 29, 15, 20, tzinfo=zone)
    assert found.taken_at is not None
    assert found.taken_at.utcoffset() == zone.utcoffset(None)
    assert found.taken_at_local is None


@pytest.mark.parametrize(
    "offset",
    [None, "", "   :  ", "+8", "08:00", "+14:01", "+99:99", "+08:60", "+０８:００", 8, (8, 0)],
)
def test_without_a_good_offset_a_time_is_local_somewhere(offset: Any) -> None:
    found = read(photo={Base.DateTimeOriginal: TIME, Base.OffsetTimeOriginal: offset})
    assert (found.taken_at, found.taken_at_local) == (None, "2024-07-29T15:20:00")


def test_sub_seconds_are_dropped() -> None:
    photo = {Base.DateTimeOriginal: f"{TIME}.75", Base.SubsecTimeOriginal: "75"}
    assert read(photo=photo).taken_at_local == "2024-07-29T15:20:00"


@pytest.mark.parametrize(
    "time",
    [
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "1989:12:31 23:59:59",
        "2100:01:01 00:00:00",
        "2023:02:29 12:00:00",
        "2024:07:29 24:00:01",
        "2024:07:29 15:60:00",
        "2024:07:29",
        "yesterday",
        "",
        20240729,
        b"\xff\xfe",
        None,
    ],
)
def test_an_implausible_time_is_none(time: Any) -> None:
    assert read(photo={Base.DateTimeOriginal: time}) == Exif()
    # And leaves it to when the picture was digitized, with an offset of its own.
    photo = {
        Base.DateTimeOriginal: time,
        Base.OffsetTimeOriginal: "+01:00",
        Base.DateTimeDigitized: TIME,
        Base.OffsetTimeDigitized: "+08:00",
    }
    assert read(photo=photo).taken_at == datetime(2024, 7, 29, 15, 20, tzinfo=CHINA)


def test_times_that_old_phones_wrote_a_directory_too_high_are_read() -> None:
    base = {Base.DateTimeOriginal: TIME, Base.OffsetTimeOriginal: "+08:00"}
    assert read(base).taken_at == datetime(2024, 7, 29, 15, 20, tzinfo=CHINA)
    # Where they belong comes first.
    other = "2024:07:30 00:00:00"
    assert read(base, {Base.DateTimeOriginal: other}).taken_at_local == "2024-07-30T00:00:00"


@pytest.mark.parametrize(
    "name", ["exif_DateTimeOriginal", "photoshop_DateCreated", "xmp_CreateDate"]
)
def test_where_exif_says_no_time_xmp_does(name: str) -> None:
    for text, offset in ("+08:00", CHINA), (".75+08:00", CHINA), ("Z", timezone(timedelta())):
        packet = xmp(**{name: f"2024-07-29T15:20:00{text}"})
        expected = datetime(2024, 7, 29, 15, 20, tzinfo=offset)
        assert read_exif(Image.Exif(), packet).taken_at == expected
    packet = xmp(**{name: "2024-07-29T15:20:00"})
    assert read_exif(Image.Exif(), packet).taken_at_local == "2024-07-29T15:20:00"
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif)[Base.DateTimeOriginal] = "2024:07:30 00:00:00"
    assert read_exif(exif, packet).taken_at_local == "2024-07-30T00:00:00"


@pytest.mark.parametrize("odd", ["", "yesterday", "2024-07-29", "2024-02-30T15:20:00", "9" * 5000])
def test_an_implausible_time_in_xmp_is_none(odd: str) -> None:
    assert read_exif(Image.Exif(), xmp(exif_DateTimeOriginal=odd)) == Exif()


def test_when_a_file_was_edited_by_xmp_is_not_when_the_picture_was_taken() -> None:
    assert read_exif(Image.Exif(), xmp(xmp_ModifyDate="2024-07-29T15:20:00Z")) == Exif()


def test_where_exif_says_no_place_xmp_does() -> None:
    for latitude, longitude in ("43,19.08N", "117,32.52E"), ("43,19,4.8N", "117,32,31.2E"):
        packet = xmp(exif_GPSLatitude=latitude, exif_GPSLongitude=longitude)
        assert read_exif(Image.Exif(), packet)[2:4] == (43.318, 117.542)
        as_elements = (
            f"<exif:GPSLatitude>{latitude}</exif:GPSLatitude>"
            f"<exif:GPSLongitude>{longitude}</exif:GPSLongitude>"
        )
        assert read_exif(Image.Exif(), as_elements.encode())[2:4] == (43.318, 117.542)
    south_west = xmp(exif_GPSLatitude="1,30S", exif_GPSLongitude="2,30W")
    assert read_exif(Image.Exif(), south_west)[2:4] == (-1.5, -2.5)


@pytest.mark.parametrize("odd", ["43,19.08", "N", "91,0N", "43,61N", "43;19N", "４３,19N", "0,0N"])
def test_a_place_in_xmp_that_cant_be_right_is_none(odd: str) -> None:
    packet = xmp(exif_GPSLatitude=odd, exif_GPSLongitude="0,0E")
    assert read_exif(Image.Exif(), packet) == Exif()


@given(st.binary(max_size=300) | st.text().map(lambda it: xmp(exif_GPSLatitude=it)))
def test_any_xmp_gives_hints_that_could_be_right(packet: bytes) -> None:
    assert plausible(read_exif(Image.Exif(), packet))


def test_when_the_file_was_edited_is_not_when_the_picture_was_taken() -> None:
    assert read({Base.DateTime: TIME}) == Exif()


def test_degrees_minutes_and_seconds_become_a_point() -> None:
    assert place() == (43.318, 117.542)
    assert place(latitude_ref="S", longitude_ref="W") == (-43.318, -117.542)
    assert place(latitude_ref=b"n\0", longitude_ref="e ") == (43.318, 117.542)
    assert place((IFDRational(43), IFDRational(1908, 100), 0.0)) == (43.318, 117.542)
    assert place((1, 2, 3.456)) == (1.034293, 117.542), "6 decimals"
    assert place((0, 0, 0), latitude_ref="S") == (0, 117.542)
    # Seconds that are left open: the minutes have a fraction.
    assert place((43, IFDRational(1908, 100), IFDRational(0, 0))) == (43.318, 117.542)


@pytest.mark.parametrize(
    "odd",
    [
        {"latitude": None},
        {"latitude": 43.318},
        {"latitude": ()},
        {"latitude": (43, 19)},
        {"latitude": (float("nan"), 0, 0)},
        {"latitude": (43, float("nan"), 0)},
        {"latitude": (IFDRational(0, 0), 0, 0)},
        {"latitude": (IFDRational(43, 0), 0, 0)},
        {"latitude": (float("inf"), 0, 0)},
        {"latitude": (90, 0, 1)},
        {"latitude": (-43, 0, 0)},
        {"latitude": (43, 61, 0)},
        {"latitude": (43, 0, "a")},
        {"latitude": (10**400, 0, 0)},
        {"longitude": (180, 0, 1)},
        {"latitude_ref": None},
        {"latitude_ref": ""},
        {"latitude_ref": "E"},
        {"latitude_ref": "NS"},
        {"longitude_ref": "N"},
        {"longitude_ref": 7},
        {"latitude": (0, 0, 0), "longitude": (0, 0, 0)},
        {"latitude": (0, 0, 0), "longitude": (0, 0, 0), "latitude_ref": "S"},
    ],
)
def test_a_place_that_cant_be_right_is_none(odd: dict[str, Any]) -> None:
    assert place(**odd) == (None, None)


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("Huawei", "P60", "Huawei P60"),
        ("HUAWEI", "HUAWEI P60", "HUAWEI P60"),
        ("NIKON CORPORATION", "NIKON D90", "NIKON D90"),
        ("Xiaomi", None, "Xiaomi"),
        (None, "P60", "P60"),
        (" Canon \0rubbish", "EOS\t 5D\n", "Canon EOS 5D"),
        (b"Huawei\0", b"P\xff60", "Huawei P60"),
        ("华为", "P60", "华为 P60"),
        ("华为".encode().decode("latin-1"), "P60", "华为 P60"),  # as Pillow reads UTF-8
        ("Dürr", "x\x1b[31m", "Dürr x[31m"),
        ("a" * 99, "bcd", "a" * 99),
        ("\0", "\u200b\ufffe", None),
        ("", "  ", None),
        (7, (1, 2), None),
    ],
)
def test_the_camera_is_named_in_printable_words(make: Any, model: Any, camera: str | None) -> None:
    assert read({Base.Make: make, Base.Model: model}).camera == camera


def plausible(found: Exif) -> bool:
    """Whether every hint is of the kind that it says."""
    assert found.taken_at is None or found.taken_at_local is None
    assert found.taken_at is None or found.taken_at.astimezone(CHINA).year > 1980
    assert (found.latitude is None) == (found.longitude is None)
    if found.latitude is not None and found.longitude is not None:
        assert -90 <= found.latitude <= 90
        assert -180 <= found.longitude <= 180
    if found.camera is not None:
        assert 0 < len(found.camera) <= 100
        assert found.camera.isprintable()
        found.camera.encode()
    return True


odd_values = (
    st.none()
    | st.text()
    | st.binary()
    | st.integers()
    | st.floats()
    | st.builds(IFDRational, st.integers(), st.integers())
    | st.from_regex(
        r"[12]\d{3}:[01]\d:[0-3]\d [0-2]\d:[0-6]\d:[0-6]\d|[+-]\d\d:\d\d", fullmatch=True
    )
)
times = [Base.DateTimeOriginal, Base.OffsetTimeOriginal, Base.DateTimeDigitized]
places = [GPS.GPSLatitude, GPS.GPSLatitudeRef, GPS.GPSLongitude, GPS.GPSLongitudeRef]
tags = st.sampled_from([Base.Make, Base.Model, IFD.Exif, *times, *places])
directories = st.dictionaries(tags, odd_values | st.tuples(odd_values, odd_values, odd_values))


@given(directories, directories, directories)
def test_any_values_give_hints_that_could_be_right(
    base: dict[int, Any], photo: dict[int, Any], gps: dict[int, Any]
) -> None:
    assert plausible(read(base, photo, gps))


@given(st.binary(max_size=300), st.sampled_from([b"", b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08"]))
@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of corrupt EXIF
def test_any_bytes_give_hints_that_could_be_right(content: bytes, head: bytes) -> None:
    exif = Image.Exif()
    try:
        exif.load(b"Exif\0\0" + head + content)
    except Exception:
        return  # whoever opens an image gives no EXIF then
    assert plausible(read_exif(exif))
