"""What an image is, by its bytes and its header alone."""

import struct
import zlib
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from media.exif import Exif
from media.images import DECODERS, SNIFF_BYTES, ImageInfo, UnsupportedImage, inspect, sniff
from tests.pictures import (
    FORMATS,
    ORIENTATIONS,
    POINTS_AT_ITSELF,
    UPSIDE_DOWN,
    box,
    encoded,
    exif,
    heic_grid,
    ifd,
    noise,
    oriented,
    png,
    png_chunk,
    with_property,
)

TYPES: Final = {format_: f"image/{format_.lower()}" for format_ in FORMATS} | {"HEIF": "image/heic"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the picture of the test lies; its name says nothing."""
    return tmp_path / "photo"


def inspected(file: Path, content: bytes) -> ImageInfo:
    file.write_bytes(content)
    return inspect(file)


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    return box(b"ftyp", major, bytes(4), *compatible)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_format_is_known_by_its_first_bytes(format_: str) -> None:
    assert sniff(encoded(noise(40, 30), format_)[:SNIFF_BYTES]) == TYPES[format_]


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        *((ftyp(brand, b"mif1"), "image/heic") for brand in (b"heic", b"heix", b"hevc", b"heis")),
        (ftyp(b"mif1", b"mif1", b"heic"), "image/heic"),
        (ftyp(b"msf1", b"iso8", b"hevc"), "image/heic"),
        (ftyp(b"mif1"), "image/heic"),
        (ftyp(b"mif2", b"mif1", b"heic"), "image/heic"),
        (ftyp(b"mif2", b"miaf", b"avif"), "image/avif"),
        (box(b"ftyp", b"mif3", b"avif"), "image/avif"),
        (box(b"ftyp", b"mif3", b"heic"), "image/heic"),
        (ftyp(b"avif", b"mif1", b"miaf"), "image/avif"),
        (ftyp(b"avis", b"msf1"), "image/avif"),
        (ftyp(b"mif1", b"miaf", b"avif"), "image/avif"),
    ],
)
def test_of_iso_boxes_the_brands_decide(head: bytes, media_type: str) -> None:
    assert sniff(head) == media_type


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<html><script>alert(1)</script></html>", "HTML, SVG or other text"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "HTML, SVG"),
        (b"\xef\xbb\xbf\r\n\t <html>" + bytes(99), "HTML, SVG or other text"),
        ("<html>".encode("utf-16"), "HTML, SVG or other text"),
        ("林中发现长嘴巴怪鸟被困".encode(), "HTML, SVG or other text"),
        (b'{"kind": "rescue"}', "JSON"),
        (b'{"photo": "/9j/4AAQSkZJRgABAQAAAQABAAD"}', "JSON"),
        (b'"/9j/4AAQSkZJRgABAQAAAQABAAD"', "Base64"),
        (b"_9j_4AAQSkZJRgABAQAAAQABAAD", "Base64"),
        (encoded(Image.new("P", (9, 9)), "GIF"), "GIF"),
        (b"GIF89a" + encoded(noise(9, 9)), "GIF"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (ftyp(b"mp42", b"isom", b"mp42"), "video"),
        (ftyp(b"qt  "), "video"),
        (ftyp(b"isom", b"heic"), "video"),
        (box(b"wide") + box(b"mdat", bytes(99)), "video"),
        (box(b"mdat", bytes(99)), "video"),
        (box(b"free", bytes(9)) + ftyp(b"qt  "), "video"),
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
    for look in (lambda: sniff(content[:SNIFF_BYTES]), lambda: inspect(file)):
        with pytest.raises(UnsupportedImage) as raised:
            look()
        assert str(raised.value).startswith(named)


@given(st.binary(max_size=100) | st.binary(max_size=60).map(lambda end: b"\0\0\0\x40ftyp" + end))
def test_any_bytes_are_of_a_format_or_named(head: bytes) -> None:
    try:
        found = sniff(head)
    except UnsupportedImage:
        return
    assert found in DECODERS


@pytest.mark.parametrize("format_", FORMATS)
def test_the_size_is_that_of_the_upright_picture(file: Path, format_: str) -> None:
    for orientation in ORIENTATIONS:
        image, data = oriented(orientation)
        info = inspected(file, encoded(image, format_, exif=data))
        assert info[:3] == (TYPES[format_], 60, 40), orientation


def test_a_heic_of_tiles_is_as_large_as_they_are_together(file: Path) -> None:
    tiles = [noise(64, 64)] * 4
    assert inspected(file, heic_grid(tiles))[:3] == ("image/heic", 128, 128)


@pytest.mark.parametrize("format_", FORMATS)
def test_the_metadata_says_when_where_and_with_what(file: Path, format_: str) -> None:
    info = inspected(file, encoded(noise(60, 40), format_, exif=exif()))
    assert info.exif == Exif(None, "2024-07-29T15:20:00", 43.318, 117.542, "Huawei P60")


@pytest.mark.parametrize("options", [{}, {"lossless": True}, {"lossless": True, "exif": exif()}])
def test_every_kind_of_webp_says_how_large_it_is(file: Path, options: dict[str, Any]) -> None:
    for mode in ("RGB", "RGBA"):
        content = encoded(noise(300, 171).convert(mode), "WEBP", **options)
        assert inspected(file, content)[:3] == ("image/webp", 300, 171)


def test_no_pixel_is_decoded(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_: object) -> None:
        raise AssertionError

    whole = [encoded(noise(60, 40), format_) for format_ in FORMATS]
    monkeypatch.setattr(ImageFile.ImageFile, "load", load)
    for content in whole:
        assert inspected(file, content)[1:3] == (60, 40)


def test_more_pixels_than_anybody_takes_are_counted_all_the_same(file: Path) -> None:
    jpeg = bytearray(encoded(Image.new("RGB", (8, 8))))
    frame = jpeg.index(b"\xff\xc0") + 5
    jpeg[frame : frame + 4] = struct.pack(">HH", 30_000, 30_000)
    for content in (png(30_000, 30_000, 8, 2, b""), bytes(jpeg)):
        assert inspected(file, content)[1:3] == (30_000, 30_000)


def test_sizes_that_exif_declares_are_not_believed(file: Path) -> None:
    data = exif()
    data.get_ifd(0x8769).update({0xA002: 4000, 0xA003: 3000})
    assert inspected(file, encoded(noise(60, 40), exif=data))[1:3] == (60, 40)


def test_a_phones_photo_with_a_second_picture_in_it_is_a_jpeg(file: Path) -> None:
    # MPO: portraits with their depth, panoramas, photos with a large preview.
    image, data = oriented(6)
    content = encoded(image, "MPO", save_all=True, append_images=[noise(80, 80)], exif=data)
    assert inspected(file, content)[:3] == ("image/jpeg", 60, 40)


@pytest.mark.parametrize(
    "data",
    [
        b"Exif\0\0no EXIF at all",
        b"Exif\0\0MM\0*\xff\xff\xff\xff",
        ifd((0x0112, 2, 4, b"abc\0")),
        ifd((0x0112, 3, 1, b"\0\x63\0\0")),
        ifd((0x0100, 2, 4, b"abc\0"), UPSIDE_DOWN),
        ifd(UPSIDE_DOWN, (0x8769, 4, 1, b"\xff\xff\xff\xff")),
        ifd(POINTS_AT_ITSELF, (0x8825, 4, 1, b"\0\0\0\x08")),
    ],
    ids=["none", "cut", "in letters", "unheard of", "width", "to nowhere", "to itself"],
)
@pytest.mark.parametrize("format_", ["JPEG", "PNG", "WEBP"])
def test_odd_exif_does_not_cost_the_size(file: Path, data: bytes, format_: str) -> None:
    content = encoded(noise(60, 40), format_, exif=data)
    assert inspected(file, content) == ImageInfo(TYPES[format_], 60, 40)


@pytest.mark.parametrize("format_", FORMATS)
def test_a_header_that_is_cut_off_leaves_the_size_open(file: Path, format_: str) -> None:
    content = encoded(noise(60, 40), format_, exif=exif())
    for length in (12, 16, 21):
        assert inspected(file, content[:length]) == ImageInfo(TYPES[format_])


def test_text_in_a_png_counts_for_nothing_beside_the_picture(file: Path) -> None:
    for name, content in {
        "zTXt": b"Comment\0\0" + zlib.compress(bytes(2_000_000)),
        "iTXt": b"Comment\0\1\0\0\0" + zlib.compress(bytes(2_000_000)),
        "zTXt of no method": b"Comment\0\7",
        "iCCP": b"profile\0\0" + zlib.compress(bytes(2_000_000)),
    }.items():
        chunk = png_chunk(name[:4].encode(), content)
        found = inspected(file, png(9, 8, 8, 2, bytes(28 * 8), chunk))
        assert found == ImageInfo("image/png", 9, 8), name


def test_a_clean_aperture_is_as_large_as_the_picture(file: Path) -> None:
    clap = box(b"clap", struct.pack(">8I", 30, 1, 20, 1, 0, 1, 0, 1))
    for format_ in ("HEIF", "AVIF"):
        content = with_property(encoded(noise(64, 64), format_), clap)
        assert inspected(file, content)[1:3] == (30, 20), format_
    for odd in (bytes(32), struct.pack(">8I", 300, 1, 20, 1, 0, 1, 0, 1), b"short"):
        content = with_property(encoded(noise(64, 64), "AVIF"), box(b"clap", odd))
        assert inspected(file, content)[1:3] in ((64, 64), (None, None))


def test_a_compressed_text_that_unfolds_to_too_much_leaves_the_size_open(file: Path) -> None:
    content = png(9, 9, 8, 2, bytes(28 * 9), png_chunk(b"zTXt", b"broken\0\0not compressed"))
    assert inspected(file, content).media_type == "image/png"


WHOLE: Final = [encoded(noise(40, 30), format_, exif=exif()) for format_ in FORMATS]


@given(
    whole=st.sampled_from(WHOLE),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=8)), max_size=6),
    cut=st.floats(0, 1),
)
@settings(max_examples=300)
def test_whatever_is_done_to_a_photos_bytes_it_has_a_size_or_none(
    tmp_path_factory: pytest.TempPathFactory,
    whole: bytes,
    changes: list[tuple[float, bytes]],
    cut: float,
) -> None:
    content = bytearray(whole)
    for place, written in changes:
        at = int(place * len(content))
        content[at : at + len(written)] = written
    file = tmp_path_factory.getbasetemp() / "inspected"
    try:
        info = inspected(file, bytes(content[: int(cut * len(content))]))
    except UnsupportedImage:
        return
    assert (info.width is None) == (info.height is None)
    assert info.width is None or info.width > 0
