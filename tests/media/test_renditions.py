"""Renditions: upright, in sRGB, with nothing in them but the picture; or a reason why not."""

import asyncio
import io
import random
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from media.images import UnsupportedImage, inspect
from media.processes import Killed, run_killable
from media.renditions import SIDES, TooManyPixels, TooManyScans, UnreadableImage, render
from tests.pictures import (
    CORNERS,
    FORMATS,
    ORIENTATIONS,
    UPSIDE_DOWN,
    box,
    colour,
    corners,
    display_p3,
    encoded,
    exif,
    heic_grid,
    hostile,
    ifd,
    near,
    noise,
    oriented,
    png,
    png_chunk,
    scans,
    segments,
    with_property,
    xmp,
)

PIXEL_LIMIT: Final = 100_000_000
FILES: Final = {f"{name}.{format_}" for name in SIDES for format_ in ("webp", "jpeg")}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the picture of the test lies; its name says nothing."""
    return tmp_path / "photo"


def rendered(file: Path, content: bytes, name: str = "screen.jpeg") -> Image.Image:
    """A rendition of these bytes, read again."""
    file.write_bytes(content)
    return Image.open(io.BytesIO(render(file, PIXEL_LIMIT).files[name]))


def hashed(file: Path, content: bytes) -> int | None:
    file.write_bytes(content)
    return render(file, PIXEL_LIMIT).difference_hash


@pytest.mark.parametrize("format_", FORMATS)
def test_every_orientation_is_turned_upright(file: Path, format_: str) -> None:
    for orientation in ORIENTATIONS:
        image, data = oriented(orientation)
        content = encoded(image, format_, exif=data)
        for name in FILES:
            picture = rendered(file, content, name)
            assert picture.size == (60, 40), orientation
            expected = {names: near(colour, 25) for names, colour in CORNERS.items()}
            assert corners(picture) == expected, (orientation, name)


@pytest.mark.parametrize("format_", ["JPEG", "WEBP"])
def test_where_exif_says_no_orientation_xmp_does(file: Path, format_: str) -> None:
    image, _ = oriented(6)
    attribute = xmp(tiff_Orientation="6")
    element = b"<tiff:Orientation>6</tiff:Orientation>"
    for packet in (attribute, attribute.replace(b'"', b"'"), element):
        for data in (Image.Exif(), exif()):
            content = encoded(image, format_, xmp=packet, exif=data)
            picture = rendered(file, content)
            assert corners(picture) == {names: near(it, 25) for names, it in CORNERS.items()}
            assert inspect(file)[1:3] == picture.size == (60, 40)
    image, data = oriented(1)
    picture = rendered(file, encoded(image, format_, xmp=attribute, exif=data))
    assert picture.size == (60, 40), "what EXIF says counts"


def test_a_heic_is_turned_by_its_own_property_whatever_exif_says(file: Path) -> None:
    # The corners of the frame, row by row, and where they are after a quarter turn anticlockwise.
    tiles = [Image.new("RGB", (64, 64), colour) for colour in CORNERS.values()]
    for turns, expected in (0, (0, 1, 2, 3)), (1, (1, 3, 0, 2)), (2, (3, 2, 1, 0)):
        found = corners(rendered(file, heic_grid(tiles, turns)))
        colours = list(CORNERS.values())
        assert list(found.values()) == [near(colours[at]) for at in expected], turns


def test_a_large_photo_on_its_side_is_scaled_and_turned(file: Path) -> None:
    image, data = oriented(6, 3000, 4000)
    file.write_bytes(encoded(image, exif=data))
    made = {
        name: Image.open(io.BytesIO(it)) for name, it in render(file, PIXEL_LIMIT).files.items()
    }
    assert {name: (picture.format, picture.size) for name, picture in made.items()} == {
        "thumbnail.webp": ("WEBP", (240, 320)),
        "thumbnail.jpeg": ("JPEG", (240, 320)),
        "screen.webp": ("WEBP", (1200, 1600)),
        "screen.jpeg": ("JPEG", (1200, 1600)),
    }
    for picture in made.values():
        assert corners(picture) == {names: near(colour) for names, colour in CORNERS.items()}


@pytest.mark.parametrize(
    ("size", "thumbnail", "screen"),
    [
        ((2000, 1000), (320, 160), (1600, 800)),
        ((1000, 2000), (160, 320), (800, 1600)),
        ((3200, 2399), (320, 240), (1600, 1200)),
        ((400, 300), (320, 240), (400, 300)),
        ((320, 200), (320, 200), (320, 200)),
        ((1, 1), (1, 1), (1, 1)),
        ((20_000, 3), (320, 1), (1600, 1)),
    ],
)
@pytest.mark.parametrize("format_", ["JPEG", "PNG"])
def test_the_longer_side_fits_and_a_small_picture_is_not_enlarged(
    file: Path,
    format_: str,
    size: tuple[int, int],
    thumbnail: tuple[int, int],
    screen: tuple[int, int],
) -> None:
    content = encoded(Image.new("RGB", size, "green"), format_)
    assert rendered(file, content, "thumbnail.webp").size == thumbnail
    assert rendered(file, content, "screen.webp").size == screen


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
        for name, content in render(file, PIXEL_LIMIT).files.items():
            if name.endswith("jpeg"):
                markers = dict(segments(content))
                of_programs = {marker for marker in markers if 0xE0 <= marker <= 0xFE}
                assert of_programs == {0xE0}, "only JFIF"
                assert markers[0xE0].startswith(b"JFIF\0")
            else:
                assert content[12:16] == b"VP8 ", "the simple form, which holds nothing else"
            # Long enough that no noise spells one: three letters turn up in 1 of 200 such files.
            for trace in (secret.encode(), b"Exif\0\0", b"Huawei", b"adobe:ns", b"ICC_PROFILE"):
                assert trace not in content


@given(secret=st.binary(min_size=8, max_size=40).filter(lambda secret: len(set(secret)) > 6))
def test_text_planted_in_a_png_is_in_no_rendition(
    tmp_path_factory: pytest.TempPathFactory, secret: bytes
) -> None:
    texts = [png_chunk(b"tEXt", b"Comment\0" + secret), png_chunk(b"prVt", secret)]
    file = tmp_path_factory.getbasetemp() / "planted"
    file.write_bytes(png(9, 9, 8, 2, bytes(28 * 9), *texts) + secret)
    assert not any(secret in made for made in render(file, PIXEL_LIMIT).files.values())


@pytest.mark.parametrize("format_", FORMATS)
def test_display_p3_becomes_srgb(file: Path, format_: str) -> None:
    # sRGB's pure red is not quite so red in the wider space.
    picture = Image.new("RGB", (64, 64), (234, 51, 35))
    lossless = {"lossless": True} if format_ == "WEBP" else {}
    content = encoded(picture, format_, icc_profile=display_p3(), **lossless)
    assert colour(rendered(file, content)) == near((255, 0, 0), 10)
    without = encoded(picture, format_, **lossless)
    assert colour(rendered(file, without)) == near((234, 51, 35), 10)


def in_colours(format_: str, value: tuple[int, int, int], primaries: int, transfer: int) -> bytes:
    """A picture of one colour that says by ITU-T H.273 what its numbers mean."""
    picture = Image.new("RGB", (64, 64), value)
    if format_ == "HEIF":
        codes = {"color_primaries": primaries, "transfer_characteristics": transfer}
        return encoded(picture, format_, **codes)
    srgb = b"colrnclx" + struct.pack(">HH", 1, 13)
    content = encoded(picture, format_)
    assert srgb in content
    return content.replace(srgb, b"colrnclx" + struct.pack(">HH", primaries, transfer))


@pytest.mark.parametrize("format_", ["HEIF", "AVIF"])
@pytest.mark.parametrize(
    ("value", "primaries", "transfer", "shown"),
    [
        ((234, 51, 35), 1, 13, (234, 51, 35)),
        ((234, 51, 35), 2, 2, (234, 51, 35)),  # unspecified
        ((234, 51, 35), 12, 13, (255, 0, 0)),  # Display P3
        ((191, 191, 191), 9, 18, (190, 190, 190)),  # HLG: white paper
        ((148, 148, 148), 9, 16, (187, 187, 187)),  # PQ: white paper
        ((255, 255, 255), 9, 16, (255, 255, 255)),
        ((0, 0, 0), 9, 18, (0, 0, 0)),
    ],
    ids=["sRGB", "unspecified", "P3", "HLG", "PQ", "the brightest", "black"],
)
def test_colours_by_their_codes_become_srgb(
    file: Path,
    format_: str,
    value: tuple[int, int, int],
    primaries: int,
    transfer: int,
    shown: tuple[int, int, int],
) -> None:
    content = in_colours(format_, value, primaries, transfer)
    assert colour(rendered(file, content)) == near(shown)


@pytest.mark.parametrize("format_", ["HEIF", "AVIF"])
def test_only_the_clean_aperture_is_shown(file: Path, format_: str) -> None:
    image, _ = oriented(1, 64, 64)
    lower_left = struct.pack(">4IiIiI", 32, 1, 32, 1, -16, 1, 16, 1)
    picture = rendered(file, with_property(encoded(image, format_), box(b"clap", lower_left)))
    assert picture.size == (32, 32)
    assert colour(picture) == near(CORNERS[frozenset({"bottom", "left"})], 25)


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
    large = encoded(image.resize((2000, 100)), "PNG")
    assert colour(rendered(file, large)) == near(shown, 4)


def test_a_palette_with_transparency_is_shown_on_white(file: Path) -> None:
    image = Image.new("P", (40, 40), 0)
    image.putpalette([200, 0, 0])
    assert colour(rendered(file, encoded(image, "PNG", transparency=0))) == (255, 255, 255)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_png_with_16_bits_a_channel_looks_like_one_with_8(file: Path, depth: int) -> None:
    pixel = bytes([0x80, 0xFF, 0x20]) if depth == 8 else bytes([0x80, 0, 0xFF, 0xFF, 0x20, 0])
    content = png(40, 40, depth, 2, (b"\0" + pixel * 40) * 40)
    assert colour(rendered(file, content)) == near((0x80, 0xFF, 0x20))


@pytest.mark.parametrize("format_", ["WEBP", "HEIF", "AVIF"])
def test_transparency_of_other_formats_is_shown_on_white(file: Path, format_: str) -> None:
    content = encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)), format_)
    assert colour(rendered(file, content)) == near((255, 255, 255), 4)


def test_greyscale_and_cmyk_jpegs_are_taken(file: Path) -> None:
    grey = encoded(Image.new("L", (40, 40), 90))
    assert colour(rendered(file, grey)) == near((90, 90, 90), 4)
    cmyk = encoded(Image.new("CMYK", (40, 40), (0, 255, 255, 0)))
    assert colour(rendered(file, cmyk)) == near((255, 0, 0), 8)


def test_of_several_pictures_the_first_is_shown(file: Path) -> None:
    first, second = (Image.new("RGB", (64, 64), name) for name in ("lime", "blue"))
    for format_ in ("PNG", "WEBP", "MPO", "AVIF", "HEIF"):
        content = encoded(first, format_, save_all=True, append_images=[second])
        assert colour(rendered(file, content)) == near((0, 255, 0)), format_


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
def test_odd_exif_does_not_cost_the_photo(file: Path, data: bytes, turned: bool) -> None:
    image, _ = oriented(3 if turned else 1)
    picture = rendered(file, encoded(image, exif=data))
    assert corners(picture) == {names: near(colour) for names, colour in CORNERS.items()}


def test_a_jpeg_of_too_many_scans_is_not_even_tried(file: Path) -> None:
    file.write_bytes(scans(101, 64))
    with pytest.raises(TooManyScans, match="101"):
        render(file, PIXEL_LIMIT)
    assert colour(rendered(file, scans(100, 64))) == near((90, 90, 90), 4)


def test_only_scans_of_the_picture_itself_are_counted(file: Path) -> None:
    # Bytes like those of a scan are in what a phone puts before the picture and behind it.
    content = encoded(noise(60, 40), exif=exif(), comment=b"\xff\xda" * 500)
    assert content.count(b"\xff\xda") > 500
    assert rendered(file, content + b"\xff\xda\0\0" * 500).size == (60, 40)


def photo() -> Image.Image:
    """A picture with light and shadow, and the same each time."""
    dice = random.Random(20240729)
    small = Image.frombytes("L", (12, 9), dice.randbytes(108))
    return small.resize((1200, 900), Image.Resampling.BICUBIC).convert("RGB")


def distance(first: int | None, second: int | None) -> int:
    assert first is not None
    assert second is not None
    return ((first ^ second) & (1 << 64) - 1).bit_count()


def test_copies_of_a_picture_have_nearly_the_same_hash(file: Path) -> None:
    whole = photo()
    expected = hashed(file, encoded(whole))
    assert expected is not None
    assert -(1 << 63) <= expected < 1 << 63
    for copy in (
        encoded(whole, quality=40),
        encoded(whole, "PNG"),
        encoded(whole, "HEIF"),
        encoded(whole.resize((500, 375))),
        encoded(whole.resize((5000, 3750))),
    ):
        assert distance(expected, hashed(file, copy)) <= 2
    other = encoded(whole.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    assert distance(expected, hashed(file, other)) > 10


def test_the_hash_is_that_of_the_upright_picture(file: Path) -> None:
    upside_down = photo().transpose(Image.Transpose.ROTATE_180)
    turned = encoded(upside_down, exif=ifd(UPSIDE_DOWN))
    assert distance(hashed(file, encoded(photo())), hashed(file, turned)) <= 2


def test_a_picture_so_flat_that_its_hash_says_nothing_has_none(file: Path) -> None:
    gradient = Image.linear_gradient("L").convert("RGB")  # darker to the top
    quarter = gradient.transpose(Image.Transpose.ROTATE_90)
    for flat in (
        Image.new("RGB", (64, 64), "black"),
        Image.new("RGB", (64, 64), (90, 120, 40)),
        gradient,
        quarter,
        quarter.transpose(Image.Transpose.ROTATE_180),
    ):
        assert hashed(file, encoded(flat)) is None


@pytest.mark.parametrize("format_", FORMATS)
def test_a_photo_cut_off_anywhere_is_incomplete_or_unreadable_and_never_whole(
    file: Path, format_: str
) -> None:
    whole = encoded(noise(300, 200), format_, exif=exif())
    dice = random.Random(format_)
    lengths = [12, 20, 33, 60, 200, *(dice.randrange(16, len(whole)) for _ in range(20))]
    for length in [*lengths, *(len(whole) - tail for tail in range(1, 13))]:
        file.write_bytes(whole[:length])
        assert answered(file) in {"incomplete", "unreadable"}, length
    assert answered(file) == ("incomplete" if format_ in ("JPEG", "PNG") else "unreadable")


def damaged() -> Iterator[tuple[str, bytes]]:
    """Photos as a pulled card, a full disk or a bad reader leave them."""
    for progressive in (False, True):
        kind = "progressive" if progressive else "baseline"
        whole = encoded(photo(), progressive=progressive)
        yield f"{kind} without its last two bytes", whole[:-2]
        yield f"{kind} cut at 99 %", whole[: len(whole) * 99 // 100]
        yield f"{kind} cut at 50 %", whole[: len(whole) // 2]
        yield (
            f"{kind} with zeros at its end",
            whole[: len(whole) * 9 // 10] + bytes(len(whole) // 10),
        )
        marked = encoded(photo(), progressive=progressive, restart_marker_rows=1)
        assert b"\xff\xd2" in marked
        yield f"{kind} with a wrong restart marker", marked.replace(b"\xff\xd2", b"\xff\xd5", 1)
        yield f"{kind} without a restart marker", marked.replace(b"\xff\xd2", b"\0\0", 1)
    whole = encoded(photo(), "PNG")
    yield "PNG without IEND", whole[:-12]
    yield "PNG without the end of IEND", whole[:-4]
    yield "PNG cut at 99 %", whole[: len(whole) * 99 // 100]
    yield "PNG cut at 50 %", whole[: len(whole) // 2]


def test_of_a_damaged_photo_what_there_is_is_shown(file: Path) -> None:
    for name, content in damaged():
        file.write_bytes(content)
        made = render(file, PIXEL_LIMIT)
        assert made.is_incomplete, name
        shown = Image.open(io.BytesIO(made.files["screen.jpeg"])).convert("L")
        upper = (0, 0, shown.width, shown.height // 3)
        difference = ImageChops.difference(shown.crop(upper), photo().convert("L").crop(upper))
        assert ImageStat.Stat(difference).mean[0] < 6, name


def whole_photos() -> Iterator[tuple[str, bytes]]:
    """Photos of which nothing is missing, whatever stands beside and behind them."""
    picture, data = noise(60, 40), exif()
    two = {"save_all": True, "append_images": [noise(60, 40)]}
    files = {format_: encoded(picture, format_, exif=data) for format_ in FORMATS} | {
        "progressive": encoded(picture, progressive=True),
        "restart markers": encoded(noise(600, 40), restart_marker_blocks=1),
        "progressive with restart markers": encoded(
            noise(600, 90), progressive=True, restart_marker_rows=1
        ),
        "grey": encoded(picture.convert("L")),
        "CMYK": encoded(picture.convert("CMYK")),
        "MPO": encoded(picture, "MPO", exif=data, **two),
        "palette": encoded(picture.quantize(9), "PNG"),
        "interlaced": encoded(picture, "PNG", interlace=1),
        "animated PNG": encoded(picture, "PNG", **two),
        "lossless WebP": encoded(picture, "WEBP", lossless=True),
        "animated WebP": encoded(picture, "WEBP", **two),
        "HEIC of tiles": heic_grid([noise(64, 64)] * 4),
        "HEIC sequence": encoded(picture, "HEIF", **two),
        "AVIF sequence": encoded(picture, "AVIF", **two),
        "AVIF with transparency": encoded(picture.convert("RGBA"), "AVIF"),
        "even": encoded(Image.new("RGB", (64, 64), "white")),
        "scans": scans(99, 64),
    }
    # As Samsung, Huawei and others put behind their photos; a motion photo; a card's last block.
    video = box(b"ftyp", b"mp42", bytes(4), b"isommp42") + box(b"mdat", bytes(999))
    trailers = {"nothing": b"", "a line break": b"\r\n", "zeros": bytes(4096), "SEFT": b"SEFH" * 9,
                "a video": video, "a JPEG": files["JPEG"], "text": b"trailer" * 99}  # fmt: skip
    for kind, content in files.items():
        for behind, trailer in trailers.items():
            yield f"{kind}, then {behind}", content + trailer


def test_a_whole_photo_is_never_called_incomplete(file: Path) -> None:
    for name, content in whole_photos():
        file.write_bytes(content)
        assert answered(file) == "rendered", name


def test_what_hides_nothing_of_the_picture_does_not_make_it_incomplete(file: Path) -> None:
    text = b"Comment\0\0" + zlib.compress(bytes(2_000_000))
    pixels = noise(40, 40).tobytes()
    rows = b"".join(b"\0" + pixels[at : at + 120] for at in range(0, 4800, 120))
    for kind in (b"zTXt", b"iCCP"):
        content = png(40, 40, 8, 2, rows, png_chunk(kind, text))
        assert rendered(file, content).size == (40, 40)
        assert not render(file, PIXEL_LIMIT).is_incomplete
        # The text behind the picture, too.
        at = content.index(b"IEND") - 4
        plain = png(40, 40, 8, 2, rows)
        file.write_bytes(plain[:-12] + png_chunk(kind, text) + content[at:])
        assert not render(file, PIXEL_LIMIT).is_incomplete


def test_more_pixels_than_are_decoded_at_once_are_counted_and_not_decoded(file: Path) -> None:
    for format_ in ("PNG", "WEBP", "HEIF", "AVIF"):
        file.write_bytes(encoded(noise(64, 64), format_))
        render(file, 64 * 64)
        with pytest.raises(TooManyPixels, match="4096"):
            render(file, 64 * 64 - 1)
    assert rendered(file, encoded(noise(64, 64))).size == (64, 64)
    render(file, 1)  # a JPEG is made small while it is decoded


@pytest.mark.parametrize("format_", ["PNG", "WEBP", "HEIF", "AVIF"])
def test_a_decoder_that_gets_no_memory_is_not_taken_for_a_broken_file(
    file: Path, format_: str
) -> None:
    quick = {"WEBP": {"method": 0, "quality": 10}}.get(format_, {})
    file.write_bytes(encoded(Image.new("RGB", (5000, 4000), "green"), format_, **quick))
    for megabytes in (40, 60, 80, 100, 120, 150):
        limits: Any = {"cpu_s": 20, "wall_s": 100, "memory_bytes": megabytes << 20}
        with suppress(Killed):  # not UnreadableImage
            asyncio.run(run_killable(render, file, PIXEL_LIMIT, **limits))


def test_what_is_no_photo_is_unsupported(file: Path) -> None:
    file.write_bytes(b"<html>")
    with pytest.raises(UnsupportedImage):
        render(file, PIXEL_LIMIT)


def test_each_odd_broken_or_malicious_file_gets_its_answer(file: Path) -> None:
    answers = {}
    expected = {}
    for name, content, answer in hostile():
        file.write_bytes(content)
        expected[name] = answer
        answers[name] = answered(file)
    assert answers == expected


def answered(file: Path) -> str:
    try:
        info = inspect(file)
        made = render(file, PIXEL_LIMIT)
    except UnsupportedImage:
        return "unsupported"
    except UnreadableImage:
        return "unreadable"
    except TooManyPixels:
        return "too_many_pixels"
    except TooManyScans:
        return "too_many_scans"
    assert set(made.files) == FILES
    for name, rendition in made.files.items():
        with Image.open(io.BytesIO(rendition)) as picture:
            picture.load()
            assert max(picture.size) <= SIDES[name.split(".")[0]]
            if info.width is None or info.height is None:
                assert made.is_incomplete, "what is shown whole has a header that can be read"
            else:
                assert (picture.width > picture.height) <= (info.width > info.height)
    return "incomplete" if made.is_incomplete else "rendered"


ANSWERS: Final = {
    "rendered", "incomplete", "unreadable", "unsupported", "too_many_pixels", "too_many_scans"
}  # fmt: skip


WHOLE: Final = [
    encoded(noise(40, 30), "JPEG", exif=exif(), icc_profile=display_p3(), comment="hello"),
    encoded(noise(40, 30), "JPEG", progressive=True),
    encoded(noise(40, 30), "MPO", save_all=True, append_images=[noise(40, 30)], exif=exif()),
    encoded(noise(40, 30).convert("RGBA"), "PNG", exif=exif(), icc_profile=display_p3()),
    encoded(noise(40, 30).convert("I;16"), "PNG"),
    encoded(noise(40, 30).quantize(9), "PNG", transparency=3),
    encoded(noise(40, 30).convert("RGBA"), "WEBP", exif=exif(), icc_profile=display_p3()),
    encoded(noise(40, 30), "WEBP", lossless=True),
    encoded(noise(64, 64), "HEIF", exif=exif(), icc_profile=display_p3()),
    heic_grid([noise(64, 64)] * 4, 1),
    encoded(noise(40, 30).convert("RGBA"), "AVIF", exif=exif(), icc_profile=display_p3()),
]


@given(
    whole=st.sampled_from(WHOLE),
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=8)), max_size=6),
    cut=st.floats(0, 1) | st.just(1.0),
)
@settings(max_examples=300)
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
    assert answered(file) in ANSWERS


@given(st.binary(max_size=200), st.sampled_from([whole[:40] for whole in WHOLE]))
def test_any_bytes_behind_the_beginning_of_a_photo_are_refused_by_name(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, head: bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "anything"
    file.write_bytes(head + content)
    assert answered(file) in ANSWERS


def test_a_large_photo_needs_little_memory(file: Path) -> None:
    file.write_bytes(encoded(photo().resize((8000, 6000))))
    program = f"""
import re
from pathlib import Path
from media.renditions import render

def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

before = most()
render(Path({str(file)!r}), {PIXEL_LIMIT})
print(most() - before)
"""
    kibibytes = subprocess.check_output([sys.executable, "-c", program])
    assert int(kibibytes) < 60 * 1024
