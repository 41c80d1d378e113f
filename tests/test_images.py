"""What an image is, by its bytes, and its renditions: upright, in sRGB, with nothing else in them.

The pictures are made on the spot, so that each test says what is in the file it is about.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from media.images import (
    RENDITIONS,
    ImageInfo,
    TooManyPixels,
    UnreadableImage,
    UnsupportedImage,
    inspect,
    render,
)

PIXEL_LIMIT: Final = 100_000_000
FORMATS: Final = ("JPEG", "PNG", "WEBP")

# EXIF's own words for each orientation: where the stored picture's first row and first column are
# when it is held upright.
ORIENTATIONS: Final = {
    1: ("top", "left"),
    2: ("top", "right"),
    3: ("bottom", "right"),
    4: ("bottom", "left"),
    5: ("left", "top"),
    6: ("right", "top"),
    7: ("right", "bottom"),
    8: ("left", "bottom"),
}
OPPOSITE: Final = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
CORNERS: Final = {
    frozenset({"top", "left"}): (200, 30, 30),
    frozenset({"top", "right"}): (30, 200, 30),
    frozenset({"bottom", "left"}): (30, 30, 200),
    frozenset({"bottom", "right"}): (220, 220, 220),
}


def encoded(image: Image.Image, format_: str = "JPEG", **options: Any) -> bytes:
    """The image as a file of this format; nearly without loss, so that colours can be compared."""
    file = io.BytesIO()
    image.save(file, format_, **({"quality": 95} | options))
    return file.getvalue()


def noise(width: int, height: int) -> Image.Image:
    """A picture that doesn't compress, so that a file of it can be cut anywhere."""
    return Image.effect_noise((width, height), 60).convert("RGB")


def exif(**extra: str) -> Image.Exif:
    """What a phone writes: its make, the time, the place; with the fields given besides."""
    data = Image.Exif()
    data[ExifTags.Base.Make] = "Huawei"
    data[ExifTags.Base.DateTime] = "2024:07:29 15:20:00"
    for name, value in extra.items():
        data[ExifTags.Base[name]] = value
    data.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (43.0, 19.0, 4.8)
    return data


def oriented(orientation: int, width: int = 60, height: int = 40) -> tuple[Image.Image, Image.Exif]:
    """A picture with four colours, stored as a phone held in this orientation stores it."""
    row, column = ORIENTATIONS[orientation]
    if row in ("left", "right"):
        width, height = height, width
    image = Image.new("RGB", (width, height))
    for top, vertical in ((0, row), (height // 2, OPPOSITE[row])):
        for left, horizontal in ((0, column), (width // 2, OPPOSITE[column])):
            colour = CORNERS[frozenset({vertical, horizontal})]
            image.paste(colour, (left, top, left + width // 2, top + height // 2))
    data = exif()
    data[ExifTags.Base.Orientation] = orientation
    return image, data


def corners(image: Image.Image) -> dict[frozenset[str], tuple[int, ...]]:
    """The colour in the middle of each quarter."""
    places = {"left": 1, "right": 3, "top": 1, "bottom": 3}
    found = {}
    for names in CORNERS:
        x = next(places[name] for name in names if name in ("left", "right"))
        y = next(places[name] for name in names if name in ("top", "bottom"))
        found[names] = colour(image, (x * image.width // 4, y * image.height // 4))
    return found


def colour(image: Image.Image, at: tuple[int, int] | None = None) -> tuple[int, ...]:
    """The colour of a pixel, by default the one in the middle."""
    value = image.getpixel(at or (image.width // 2, image.height // 2))
    assert isinstance(value, tuple)
    return tuple(int(part) for part in value)


def near(expected: tuple[int, ...], within: int = 12) -> Any:
    """A colour as JPEG keeps it."""
    return pytest.approx(expected, abs=within)


def segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """The segments of a JPEG before its pixels: marker and content."""
    at = 2
    while jpeg[at + 1] != 0xDA:
        (length,) = struct.unpack(">H", jpeg[at + 2 : at + 4])
        yield jpeg[at + 1], jpeg[at + 4 : at + 2 + length]
        at += 2 + length


def png(width: int, height: int, depth: int, kind: int, pixels: bytes) -> bytes:
    """A PNG with these header fields, written by hand, for what Pillow would not write."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + checksum

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )


def display_p3() -> bytes:
    """An ICC profile (version 2) of Display P3: its primaries, adapted to D50, and sRGB's curve."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    curve = [round(linear(k / 1023) * 65535) for k in range(1024)]
    name = b"Display P3\0"
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(name)) + name + bytes(79),
        b"cprt": b"text\0\0\0\0none\0",
        b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1.0, 0.8249),
        b"rXYZ": b"XYZ \0\0\0\0" + fixed(0.5151, 0.2412, -0.0011),
        b"gXYZ": b"XYZ \0\0\0\0" + fixed(0.2920, 0.6922, 0.0419),
        b"bXYZ": b"XYZ \0\0\0\0" + fixed(0.1571, 0.0666, 0.7841),
    }
    for channel in (b"rTRC", b"gTRC", b"bTRC"):
        tags[channel] = b"curv\0\0\0\0" + struct.pack(">I1024H", 1024, *curve)
    directory, content = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        directory += tag + struct.pack(">II", start + len(content), len(data))
        content += data + bytes(-len(data) % 4)
    header = bytearray(128)
    struct.pack_into(">I4sI4s4s4s", header, 0, start + len(content), b"", 0x02400000, b"mntr",
                     b"RGB ", b"XYZ ")  # fmt: skip
    header[36:40] = b"acsp"
    header[68:80] = fixed(0.9642, 1.0, 0.8249)
    return bytes(header) + directory + content


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the picture of the test lies; its name says nothing."""
    return tmp_path / "photo"


def rendered(file: Path, content: bytes, name: str = "screen") -> Image.Image:
    """A rendition of these bytes, read again."""
    file.write_bytes(content)
    return Image.open(io.BytesIO(render(file)[name]))


@pytest.mark.parametrize("format_", FORMATS)
def test_every_exif_orientation_is_turned_upright(file: Path, format_: str) -> None:
    for orientation in ORIENTATIONS:
        image, data = oriented(orientation)
        picture = rendered(file, encoded(image, format_, exif=data))
        assert picture.size == (60, 40), orientation
        expected = {names: near(colour) for names, colour in CORNERS.items()}
        assert corners(picture) == expected, orientation
        media_type = f"image/{format_.lower()}"
        assert inspect(file, PIXEL_LIMIT) == ImageInfo(media_type, 60, 40), orientation


def test_a_large_photo_on_its_side_is_scaled_and_turned(file: Path) -> None:
    image, data = oriented(6, 3000, 4000)
    file.write_bytes(encoded(image, exif=data))
    assert inspect(file, PIXEL_LIMIT)[1:] == (3000, 4000)
    made = {name: Image.open(io.BytesIO(content)) for name, content in render(file).items()}
    assert {name: picture.size for name, picture in made.items()} == {
        "thumbnail": (240, 320),
        "screen": (1200, 1600),
    }
    for picture in made.values():
        assert corners(picture) == {names: near(colour) for names, colour in CORNERS.items()}


@pytest.mark.parametrize(
    ("size", "thumbnail", "screen"),
    [
        ((2000, 1000), (320, 160), (1600, 800)),
        ((1000, 2000), (160, 320), (800, 1600)),
        ((1600, 1200), (320, 240), (1600, 1200)),
        ((400, 300), (320, 240), (400, 300)),
        ((320, 200), (320, 200), (320, 200)),
        ((1, 1), (1, 1), (1, 1)),
        ((20_000, 3), (320, 1), (1600, 1)),
    ],
)
def test_the_longer_side_fits_and_a_small_picture_is_not_enlarged(
    file: Path, size: tuple[int, int], thumbnail: tuple[int, int], screen: tuple[int, int]
) -> None:
    content = encoded(Image.new("RGB", size, "green"), "PNG")
    assert rendered(file, content, "thumbnail").size == thumbnail
    assert rendered(file, content, "screen").size == screen


@pytest.mark.parametrize("format_", FORMATS)
def test_a_rendition_holds_no_metadata_of_any_kind(file: Path, format_: str) -> None:
    secret = "13800000000"
    options: dict[str, Any] = {
        "exif": exif(Artist=secret, ImageDescription=secret),
        "xmp": f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{secret}</x:xmpmeta>'.encode(),
    }
    if format_ == "JPEG":
        options["comment"] = f"<script>{secret}</script>"
    if format_ == "PNG":
        del options["xmp"]  # Pillow writes it into no PNG
    # A profile is converted on the way, by which other things get lost: both with and without.
    for profile in (None, display_p3()):
        file.write_bytes(encoded(noise(400, 300), format_, icc_profile=profile, **options))
        assert secret.encode() in file.read_bytes()
        for content in render(file).values():
            markers = dict(segments(content))
            assert {marker for marker in markers if 0xE0 <= marker <= 0xFE} == {0xE0}, "only JFIF"
            assert markers[0xE0].startswith(b"JFIF\0")
            for trace in (secret.encode(), b"Exif", b"Huawei", b"adobe", b"ICC_", b"<script"):
                assert trace not in content


@pytest.mark.parametrize("format_", FORMATS)
def test_display_p3_becomes_srgb(file: Path, format_: str) -> None:
    # sRGB's pure red is not quite so red in the wider space.
    picture = Image.new("RGB", (40, 40), (234, 51, 35))
    lossless = {"lossless": True} if format_ == "WEBP" else {}
    content = encoded(picture, format_, icc_profile=display_p3(), **lossless)
    assert colour(rendered(file, content)) == near((255, 0, 0), 8)
    without = encoded(picture, format_, **lossless)
    assert colour(rendered(file, without)) == near((234, 51, 35), 8)


def test_a_broken_colour_profile_does_not_cost_the_photo(file: Path) -> None:
    picture = Image.new("RGB", (40, 40), (90, 120, 40))
    for profile in (b"nothing like a profile", display_p3()[:300]):
        content = encoded(picture, icc_profile=profile)
        assert colour(rendered(file, content)) == near((90, 120, 40))


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        (Image.new("RGBA", (40, 40), (255, 0, 0, 0)), (255, 255, 255)),
        (Image.new("RGBA", (40, 40), (0, 0, 0, 128)), (127, 127, 127)),
        (Image.new("LA", (40, 40), (0, 0)), (255, 255, 255)),
        (Image.new("I;16", (40, 40), 0x8000), (128, 128, 128)),
        (Image.new("I;16", (40, 40), 0xFFFF), (255, 255, 255)),
        (Image.new("L", (40, 40), 90), (90, 90, 90)),
        (Image.new("1", (40, 40), 1), (255, 255, 255)),
        (Image.new("RGB", (40, 40), (10, 200, 90)).quantize(4), (10, 200, 90)),
    ],
    ids=["clear", "half clear", "grey clear", "16 bits", "white", "grey", "1 bit", "palette"],
)
def test_every_kind_of_png_is_shown_on_white(
    file: Path, image: Image.Image, shown: tuple[int, ...]
) -> None:
    assert colour(rendered(file, encoded(image, "PNG"))) == near(shown, 4)


def test_a_palette_with_transparency_is_shown_on_white(file: Path) -> None:
    image = Image.new("P", (40, 40), 0)
    image.putpalette([200, 0, 0])
    assert colour(rendered(file, encoded(image, "PNG", transparency=0))) == (255, 255, 255)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_png_with_16_bits_a_channel_looks_like_one_with_8(file: Path, depth: int) -> None:
    pixel = bytes([0x80, 0xFF, 0x20]) if depth == 8 else bytes([0x80, 0, 0xFF, 0xFF, 0x20, 0])
    content = png(40, 40, depth, 2, (b"\0" + pixel * 40) * 40)
    assert colour(rendered(file, content)) == near((0x80, 0xFF, 0x20))


def test_a_webp_with_alpha_is_shown_on_white(file: Path) -> None:
    content = encoded(Image.new("RGBA", (40, 40), (255, 0, 0, 0)), "WEBP", lossless=True)
    assert colour(rendered(file, content)) == (255, 255, 255)
    assert inspect(file, PIXEL_LIMIT).media_type == "image/webp"


def test_greyscale_and_cmyk_jpegs_are_taken(file: Path) -> None:
    grey = encoded(Image.new("L", (40, 40), 90))
    assert colour(rendered(file, grey)) == near((90, 90, 90), 4)
    cmyk = encoded(Image.new("CMYK", (40, 40), (0, 255, 255, 0)))
    assert colour(rendered(file, cmyk)) == near((255, 0, 0), 8)


def test_a_phones_photo_with_a_second_picture_in_it_is_a_jpeg(file: Path) -> None:
    # MPO: portraits with their depth, panoramas, photos with a large preview.
    image, data = oriented(6)
    content = encoded(image, "MPO", save_all=True, append_images=[noise(60, 40)], exif=data)
    picture = rendered(file, content)
    assert inspect(file, PIXEL_LIMIT) == ImageInfo("image/jpeg", 60, 40)
    assert corners(picture) == {names: near(colour) for names, colour in CORNERS.items()}


def test_of_an_animation_the_first_picture_is_shown(file: Path) -> None:
    first, second = (Image.new("RGB", (40, 40), name) for name in ("lime", "blue"))
    for format_ in ("PNG", "WEBP"):
        content = encoded(first, format_, save_all=True, append_images=[second])
        assert colour(rendered(file, content)) == near((0, 255, 0))


def ifd(*entries: tuple[int, int, int, bytes]) -> bytes:
    """EXIF with these entries (tag, type, count, value), whether they make sense or not."""
    content = b"".join(struct.pack(">HHI4s", *entry) for entry in entries)
    return b"Exif\0\0MM\0*" + struct.pack(">IH", 8, len(entries)) + content + bytes(4)


UPSIDE_DOWN: Final = (0x0112, 3, 1, b"\0\3\0\0")


@pytest.mark.parametrize(
    ("data", "turned"),
    [
        (b"Exif\0\0no EXIF at all", False),
        (b"Exif\0\0MM\0*\xff\xff\xff\xff", False),
        (ifd((0x0112, 2, 4, b"abc\0")), False),
        (ifd((0x0112, 3, 1, b"\0\x63\0\0")), False),
        (ifd((0x0100, 2, 4, b"abc\0"), UPSIDE_DOWN), True),  # a width in letters
        (ifd(UPSIDE_DOWN, (0x011A, 7, 4, b"abcd")), True),  # a resolution of no type
        (ifd(UPSIDE_DOWN, (0x8769, 4, 1, b"\xff\xff\xff\xff")), True),  # a pointer to nowhere
    ],
    ids=["none", "cut", "in letters", "unheard of", "width", "resolution", "pointer"],
)
@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of corrupt EXIF
def test_odd_exif_does_not_cost_the_photo(file: Path, data: bytes, turned: bool) -> None:
    image, _ = oriented(3 if turned else 1)
    picture = rendered(file, encoded(image, exif=data))
    assert corners(picture) == {names: near(colour) for names, colour in CORNERS.items()}


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "empty"),
        (b"   ", "empty"),
        (b"<html><script>alert(1)</script></html>", "HTML, SVG or other text"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "HTML, SVG"),
        (encoded(Image.new("P", (9, 9)), "GIF"), "GIF"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC, AVIF or video"),
        (encoded(Image.new("RGB", (9, 9)), "TIFF"), "TIFF"),
        (encoded(Image.new("RGB", (9, 9)), "BMP"), "BMP"),
        (b"PK\3\4\x14\0", "ZIP or a document"),
        (b"RIFF\0\0\0\0AVI LIST", "no image format"),
        (bytes(1000), "no image format"),
    ],
)
def test_what_is_no_photo_is_named_for_what_it_seems_to_be(
    file: Path, content: bytes, named: str
) -> None:
    file.write_bytes(content)
    for look in (lambda: inspect(file, PIXEL_LIMIT), lambda: render(file)):
        with pytest.raises(UnsupportedImage) as raised:
            look()
        assert str(raised.value).startswith(named)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_photo_cut_off_anywhere_is_unreadable(file: Path, format_: str) -> None:
    whole = encoded(noise(300, 200), format_, exif=exif())
    for length in (12, 20, 33, 60, 200, len(whole) // 2, len(whole) * 9 // 10):
        file.write_bytes(whole[:length])
        with pytest.raises(UnreadableImage):
            render(file)


def test_a_picture_that_declares_too_many_pixels_is_refused_by_its_header(file: Path) -> None:
    jpeg = bytearray(encoded(Image.new("RGB", (8, 8))))
    frame = jpeg.index(b"\xff\xc0") + 5
    jpeg[frame : frame + 4] = struct.pack(">HH", 30_000, 30_000)
    for content in (png(30_000, 30_000, 8, 2, b""), bytes(jpeg)):
        file.write_bytes(content)
        with pytest.raises(TooManyPixels) as raised:
            inspect(file, PIXEL_LIMIT)
        assert raised.value.pixels == 900_000_000


def test_the_limit_of_pixels_itself_is_taken(file: Path) -> None:
    file.write_bytes(encoded(Image.new("RGB", (40, 25)), "PNG"))
    assert inspect(file, 1000) == ImageInfo("image/png", 40, 25)
    with pytest.raises(TooManyPixels):
        inspect(file, 999)


WHOLE: Final = [
    encoded(noise(40, 30), "JPEG", exif=exif(), icc_profile=display_p3(), comment="hello"),
    encoded(noise(40, 30), "MPO", save_all=True, append_images=[noise(40, 30)], exif=exif()),
    encoded(noise(40, 30).convert("RGBA"), "PNG", exif=exif(), icc_profile=display_p3()),
    encoded(noise(40, 30).convert("I;16"), "PNG"),
    encoded(noise(40, 30).convert("RGBA"), "WEBP", exif=exif(), icc_profile=display_p3()),
]


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of corrupt EXIF
@given(
    whole=st.sampled_from(WHOLE),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=8)), max_size=6),
    cut=st.floats(0, 1) | st.just(1.0),
)
@settings(deadline=None, max_examples=200)
def test_whatever_is_done_to_a_photos_bytes_it_is_shown_or_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory,
    whole: bytes,
    changes: list[tuple[float, bytes]],
    cut: float,
) -> None:
    content = bytearray(whole)
    for place, written in changes:
        at = int(place * len(content))
        content[at : at + len(written)] = written
    file = tmp_path_factory.getbasetemp() / "damaged"
    file.write_bytes(content[: int(cut * len(content))])
    try:
        info = inspect(file, PIXEL_LIMIT)
        made = render(file)
    except (UnsupportedImage, UnreadableImage, TooManyPixels):
        return
    assert set(made) == set(RENDITIONS)
    assert info.width > 0
    for name, rendition in made.items():
        with Image.open(io.BytesIO(rendition)) as picture:
            picture.load()
            assert max(picture.size) <= RENDITIONS[name]
