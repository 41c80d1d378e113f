"""What a photo's metadata says: when, where and with what it was taken.

Hints and never facts: a clock may be wrong, a place spoofed, a file edited. So anything odd is
left out rather than an error, and nothing here raises, whatever the metadata holds.
"""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final, NamedTuple

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from media.xmp import read_property

# A year before digital cameras, or far away, is a clock that was never set.
_YEARS: Final = range(1990, 2100)
_LONGEST_OFFSET: Final = timedelta(hours=14)
_CAMERA_CHARACTERS: Final = 100

_DATE: Final = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)(?!\d)", re.ASCII)
_TIME_CHARACTERS: Final = len("2024-07-29T15:20:00")
_OFFSET: Final = re.compile(r"([+-])(\d\d):?([0-5]\d)", re.ASCII)

# When the picture was taken, or failing that digitized, each with its own offset. `DateTime` is
# when the file was last edited.
_TIMES: Final = (
    (ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal),
    (ExifTags.Base.DateTimeDigitized, ExifTags.Base.OffsetTimeDigitized),
)
# The same in XMP, as the Metadata Working Group maps them, each with its offset in it.
_XMP_TIMES: Final = (
    "exif:DateTimeOriginal",
    "photoshop:DateCreated",
    "exif:DateTimeDigitized",
    "xmp:CreateDate",
)
# Degrees, and minutes with a fraction or with seconds: 43,19.08N or 43,19,4.8N.
_XMP_DEGREES: Final = re.compile(
    r"(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])", re.ASCII
)


class Exif(NamedTuple):
    """What the metadata says; None where it says nothing that could be right."""

    # With its offset; sub-seconds dropped.
    taken_at: datetime | None = None
    # "2024-07-29T15:20:00", where no offset says in which zone that was.
    taken_at_local: str | None = None
    # Degrees, to 6 decimals, both or none. WGS 84 by EXIF's own words; phones differ.
    latitude: float | None = None
    longitude: float | None = None
    # "Huawei P60"; at most 100 printable characters.
    camera: str | None = None


def read_exif(exif: Image.Exif, xmp: bytes = b"") -> Exif:
    """The hints in this metadata, those in XMP where EXIF has none; never raises."""
    # Old phones wrote the times one directory too high.
    taken = _taken(_directory(exif, ExifTags.IFD.Exif)) or _taken(exif) or _taken_by_xmp(xmp)
    taken_at, taken_at_local = taken or (None, None)
    place = _place(_directory(exif, ExifTags.IFD.GPSInfo)) or _place_by_xmp(xmp)
    latitude, longitude = place or (None, None)
    make, model = (_get(exif, tag) for tag in (ExifTags.Base.Make, ExifTags.Base.Model))
    return Exif(taken_at, taken_at_local, latitude, longitude, _camera(_text(make), _text(model)))


def _taken(directory: Mapping[int, Any] | Image.Exif) -> tuple[datetime | None, str | None] | None:
    for tag, offset_tag in _TIMES:
        local = _local(_text(_get(directory, tag)))
        if local is not None:
            return _in_zone(local, _text(_get(directory, offset_tag)))
    return None


def _taken_by_xmp(xmp: bytes) -> tuple[datetime | None, str | None] | None:
    for name in _XMP_TIMES:
        text = read_property(xmp, name)
        local = _local(text)
        if local is not None:
            return _in_zone(local, text[_TIME_CHARACTERS:].lstrip(".0123456789"))
    return None


def _in_zone(local: datetime, offset: str) -> tuple[datetime | None, str | None]:
    zone = _zone(offset)
    return (None, local.isoformat()) if zone is None else (local.replace(tzinfo=zone), None)


def _local(text: str) -> datetime | None:
    found = _DATE.match(text)
    if found is None:
        return None
    try:
        local = datetime.fromisoformat("{}-{}-{}T{}:{}:{}".format(*found.groups()))
    except ValueError:  # the 31st of February, 0000:00:00
        return None
    return local if local.year in _YEARS else None


def _zone(text: str) -> timezone | None:
    if text == "Z":
        return UTC
    found = _OFFSET.fullmatch(text)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > _LONGEST_OFFSET:
        return None
    return timezone(-offset if sign == "-" else offset)


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | None:
    return _point(
        _degrees(
            _get(gps, ExifTags.GPS.GPSLatitude), _get(gps, ExifTags.GPS.GPSLatitudeRef), "NS", 90
        ),
        _degrees(
            _get(gps, ExifTags.GPS.GPSLongitude), _get(gps, ExifTags.GPS.GPSLongitudeRef), "EW", 180
        ),
    )


def _place_by_xmp(xmp: bytes) -> tuple[float, float] | None:
    latitude, longitude = (
        _XMP_DEGREES.fullmatch(read_property(xmp, name))
        for name in ("exif:GPSLatitude", "exif:GPSLongitude")
    )
    if latitude is None or longitude is None:
        return None
    return _point(
        _degrees(latitude.groups("0")[:3], latitude[4], "NS", 90),
        _degrees(longitude.groups("0")[:3], longitude[4], "EW", 180),
    )


def _point(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    # 0, 0 is what a phone writes that has not found its satellites yet.
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None
    return latitude, longitude


def _degrees(value: Any, ref: Any, refs: str, limit: int) -> float | None:
    """Degrees, minutes and seconds as one number, the hemisphere as its sign."""
    side = _text(ref).upper()
    if not isinstance(value, tuple) or len(value) != 3 or len(side) != 1 or side not in refs:
        return None
    degrees, minutes, seconds = (_number(part) for part in value)
    if isinstance(value[2], IFDRational) and math.isnan(seconds):
        seconds = 0.0  # 0/0, beside minutes that have a fraction
    # Not a number fails every comparison. 60 seconds come of rounding 59.99.
    if not (degrees >= 0 and 0 <= minutes <= 60 and 0 <= seconds <= 60):
        return None
    total = round(degrees + minutes / 60 + seconds / 3600, 6)
    if not total <= limit:
        return None
    return 0.0 - total if side == refs[1] else total


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, ArithmeticError):
        return math.nan


def _camera(make: str, model: str) -> str | None:
    # NIKON CORPORATION makes the NIKON D90, which needs no further name.
    named = make and model.casefold().startswith(make.split(maxsplit=1)[0].casefold())
    camera = model if named else f"{make} {model}"
    return camera.strip()[:_CAMERA_CHARACTERS].strip() or None


def _text(value: Any) -> str:
    """Printable text up to the first NUL, its whitespace collapsed; empty if it is no text."""
    if isinstance(value, str):
        value = _as_written(value)
    if not isinstance(value, bytes):
        return ""
    text = value.split(b"\0")[0].decode("utf-8", "ignore")
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())


def _as_written(text: str) -> bytes:
    """The bytes that Pillow read as Latin-1, since phones write UTF-8 there."""
    try:
        written = text.encode("latin-1")
        written.decode("utf-8")
    except UnicodeError:
        return text.encode("utf-8", "ignore")
    return written


def _directory(exif: Image.Exif, tag: ExifTags.IFD) -> Mapping[int, Any]:
    try:
        return exif.get_ifd(tag)
    except Exception:
        return {}  # a pointer to nowhere, or to itself


def _get(directory: Mapping[int, Any] | Image.Exif, tag: int) -> Any:
    """The value of a tag, which Pillow decodes only now, or None."""
    try:
        return directory.get(tag)
    except Exception:
        return None
