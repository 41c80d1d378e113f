"""Pictures made on the spot, so that each test says what is in the file it is about."""

import io
import struct
import zlib
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, Literal, NamedTuple

import pillow_heif
import pytest
from PIL import ExifTags, Image

FORMATS: Final = ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")

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


# What the encoders would spend on a smaller file.
_QUICK: Final[dict[str, dict[str, Any]]] = {
    "HEIF": {"enc_params": {"preset": "ultrafast"}},
    "AVIF": {"speed": 10},
}


def encoded(image: Image.Image, format_: str = "JPEG", **options: Any) -> bytes:
    """The image as a file of this format; nearly without loss, so that colours can be compared."""
    if format_ == "HEIF":
        pillow_heif.register_heif_opener()  # which writes too, unlike the one of the service
        if isinstance(options.get("exif"), Image.Exif):
            options["exif"] = options["exif"].tobytes()
    file = io.BytesIO()
    image.save(file, format_, **({"quality": 95} | _QUICK.get(format_, {}) | options))
    return file.getvalue()


def noise(width: int, height: int) -> Image.Image:
    """A picture that doesn't compress, so that a file of it can be cut anywhere."""
    return Image.effect_noise((width, height), 60).convert("RGB")


def exif(**extra: str) -> Image.Exif:
    """What a phone writes: its make, the time, the place; with the fields given besides."""
    data = Image.Exif()
    data[ExifTags.Base.Make] = "Huawei"
    data[ExifTags.Base.Model] = "P60"
    data[ExifTags.Base.DateTime] = "2024:08:04 09:00:00"
    data.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2024:07:29 15:20:00"
    for name, value in extra.items():
        data[ExifTags.Base[name]] = value
    place = data.get_ifd(ExifTags.IFD.GPSInfo)
    place[ExifTags.GPS.GPSLatitudeRef] = "N"
    place[ExifTags.GPS.GPSLatitude] = (43.0, 19.0, 4.8)
    place[ExifTags.GPS.GPSLongitudeRef] = "E"
    place[ExifTags.GPS.GPSLongitude] = (117.0, 32.0, 31.2)
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


def png_chunk(name: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def png(width: int, height: int, depth: int, kind: int, pixels: bytes, *chunks: bytes) -> bytes:
    """A PNG with these header fields, written by hand, for what Pillow would not write."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + b"".join(chunks)
        + png_chunk(b"IDAT", zlib.compress(pixels))
        + png_chunk(b"IEND", b"")
    )


def scans(count: int, side: int) -> bytes:
    """A small progressive JPEG of a large grey square, its last scan repeated up to this count."""
    jpeg = encoded(Image.new("L", (side, side), 90), progressive=True)
    last = jpeg.rindex(b"\xff\xda")
    return jpeg[:-2] + jpeg[last:-2] * (count - jpeg.count(b"\xff\xda")) + b"\xff\xd9"


def box(name: bytes, *content: bytes, version: int | None = None) -> bytes:
    """A box of ISO 14496-12, with a version where it has one."""
    whole = b"".join(content)
    if version is not None:
        whole = struct.pack(">I", version << 24) + whole
    return struct.pack(">I4s", 8 + len(whole), name) + whole


def heic_grid(tiles: list[Image.Image], quarter_turns: int = 0) -> bytes:
    """A HEIC whose picture is a grid of 2 x 2 tiles, as phones write it (ISO 23008-12).

    It is to be turned anticlockwise, by its own property and not by EXIF.
    """
    side, _ = tiles[0].size
    coded = []
    for tile in tiles:
        heic = encoded(tile, "HEIF")
        at = heic.index(b"mdat") - 4
        size, name = struct.unpack(">I4s", heic[at : at + 8])
        assert name == b"mdat"
        assert at + size == len(heic), "nothing but the coded picture"
        coded.append(heic[at + 8 :])
    at = heic.index(b"hvcC") - 4
    configuration = heic[at : at + int.from_bytes(heic[at : at + 4])]

    def description(item: int, kind: bytes) -> bytes:
        return box(b"infe", struct.pack(">HH4sB", item, 0, kind, 0), version=2)

    def extent(item: int, in_idat: int, offset: int, length: int) -> bytes:
        return struct.pack(">HHHHII", item, in_idat, 0, 1, offset, length)

    grid = struct.pack(">BBBBHH", 0, 0, 1, 1, 2 * side, 2 * side)
    kinds = [b"grid", *[b"hvc1"] * 4]
    properties = [
        configuration,
        box(b"ispe", struct.pack(">II", side, side), version=0),
        box(b"ispe", struct.pack(">II", 2 * side, 2 * side), version=0),
        box(b"irot", bytes([quarter_turns])),
    ]
    of_items = struct.pack(">IHB2B", 5, 1, 2, 3, 0x80 | 4)
    of_items += b"".join(struct.pack(">HB2B", item, 2, 0x80 | 1, 2) for item in range(2, 6))

    def meta(tiles_at: int) -> bytes:
        extents = [extent(1, 1, 0, len(grid))]
        for item, content in enumerate(coded, 2):
            extents.append(extent(item, 0, tiles_at, len(content)))
            tiles_at += len(content)
        return box(
            b"meta",
            box(b"hdlr", bytes(4), b"pict", bytes(13), version=0),
            box(b"pitm", struct.pack(">H", 1), version=0),
            box(b"iloc", struct.pack(">BBH", 0x44, 0, 5), *extents, version=1),
            box(b"iinf", struct.pack(">H", 5), *map(description, range(1, 6), kinds), version=0),
            box(b"iref", box(b"dimg", struct.pack(">HH4H", 1, 4, 2, 3, 4, 5)), version=0),
            box(b"iprp", box(b"ipco", *properties), box(b"ipma", of_items, version=0)),
            box(b"idat", grid),
            version=0,
        )

    head = box(b"ftyp", b"heic", bytes(4), b"mif1heic")
    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", *coded)


def with_property(file: bytes, added: bytes) -> bytes:
    """A HEIC or AVIF of one picture, as Pillow and pillow-heif write them, with one more property.

    Every box around it grows, and the place of the coded picture that `iloc` names moves.
    """
    before = file.index(b"mdat") + 4
    associated = file.index(b"ipma") + 14  # behind flags, the number of entries and the item
    properties = file.index(b"ipco") - 4
    end = properties + int.from_bytes(file[properties : properties + 4])
    number, at = 1, properties + 8
    while at < end:
        number, at = number + 1, at + int.from_bytes(file[at : at + 4])
    grown = bytearray(file)
    behind = associated + 1 + file[associated]
    grown[behind:behind] = bytes([0x80 | number])
    grown[associated] += 1
    grown[end:end] = added
    by = len(added)
    for name, growth in {b"meta": by + 1, b"iprp": by + 1, b"ipco": by, b"ipma": 1}.items():
        at = grown.index(name) - 4
        grown[at : at + 4] = (int.from_bytes(grown[at : at + 4]) + growth).to_bytes(4)
    place = grown.index(before.to_bytes(4), grown.index(b"iloc"))
    grown[place : place + 4] = (before + by + 1).to_bytes(4)
    return bytes(grown)


def xmp(**properties: str) -> bytes:
    """A packet with these properties: `tiff_Orientation="6"` is the attribute tiff:Orientation."""
    attributes = "".join(f' {name.replace("_", ":")}="{it}"' for name, it in properties.items())
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f"<rdf:Description{attributes}/></rdf:RDF></x:xmpmeta>"
    ).encode()


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


def ifd(*entries: tuple[int, int, int, bytes]) -> bytes:
    """EXIF with these entries (tag, type, count, value), whether they make sense or not."""
    content = b"".join(struct.pack(">HHI4s", *entry) for entry in entries)
    return b"Exif\0\0MM\0*" + struct.pack(">IH", 8, len(entries)) + content + bytes(4)


UPSIDE_DOWN: Final = (0x0112, 3, 1, b"\0\3\0\0")
POINTS_AT_ITSELF: Final = (0x8769, 4, 1, b"\0\0\0\x08")


class Hostile(NamedTuple):
    """A file that somebody may send, by mistake or not, and what comes of it."""

    name: str
    content: bytes
    answer: Literal[
        "unsupported", "unreadable", "too_many_pixels", "too_many_scans", "incomplete", "rendered"
    ]


@cache
def hostile() -> list[Hostile]:
    """Files that are odd, broken or malicious; too many pixels are more than 100 million."""
    return [*_bombs(), *_cut_off(), *_polyglots(), *_odd_but_good()]


def _bombs() -> Iterator[Hostile]:
    yield Hostile("89 MP in 600 bytes", png(10_000, 8_900, 8, 2, bytes(300_000)), "unreadable")
    yield Hostile("89 MP, all black", png(10_000, 8_900, 8, 2, bytes(30_001 * 8_900)), "rendered")
    yield Hostile("900 MP declared", png(30_000, 30_000, 8, 2, b""), "too_many_pixels")
    yield Hostile("500 scans", scans(500, 4000), "too_many_scans")
    bomb = b"Comment\0\0" + zlib.compress(bytes(50_000_000))
    yield Hostile("zTXt of 50 MB", _flat_png(png_chunk(b"zTXt", bomb)), "rendered")
    yield Hostile("iCCP of 50 MB", _flat_png(png_chunk(b"iCCP", bomb)), "rendered")
    text = b"Comment\0\0\0\0\0" + b"<script>" * 300_000
    yield Hostile("iTXt of 2 MB", _flat_png(png_chunk(b"iTXt", text)), "rendered")


def _flat_png(*chunks: bytes) -> bytes:
    return png(40, 40, 8, 2, bytes(121 * 40), *chunks)


def _cut_off() -> Iterator[Hostile]:
    for format_ in FORMATS:
        whole = encoded(noise(300, 200), format_, exif=exif())
        shown = format_ in ("JPEG", "PNG")
        half = whole[: len(whole) // 2]
        yield Hostile(f"half a {format_}", half, "incomplete" if shown else "unreadable")
        yield Hostile(f"100 bytes of {format_}", whole[:100], "unreadable")
    yield Hostile("nothing", b"", "unsupported")


def _polyglots() -> Iterator[Hostile]:
    script = b"<html><script>alert(1)</script></html>"
    jpeg = encoded(noise(60, 40), exif=exif())
    for name, tail in ("ZIP", b"PK\3\4" + bytes(26)), ("HTML", script), ("JPEG", jpeg):
        yield Hostile(f"JPEG, then {name}", jpeg + tail, "rendered")
    yield Hostile("script in a comment", encoded(noise(60, 40), comment=script), "rendered")
    for head in (b"GIF89a", script, b"\xef\xbb\xbf \n" + script, b"%PDF-1.7\n", b"PK\3\4"):
        yield Hostile(f"{head[:6]!r}, then JPEG", head + jpeg, "unsupported")
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'
    yield Hostile("SVG", svg, "unsupported")
    video = box(b"ftyp", b"mp42", bytes(4), b"isommp42") + box(b"mdat", bytes(99))
    yield Hostile("video", video, "unsupported")


def _odd_but_good() -> Iterator[Hostile]:
    for orientation in ORIENTATIONS:
        image, data = oriented(orientation)
        yield Hostile(f"orientation {orientation}", encoded(image, exif=data), "rendered")
    picture = noise(60, 40)
    degrees = struct.pack("<II", 43, 1)
    assert degrees in exif().tobytes()
    nowhere = exif().tobytes().replace(degrees, bytes(8))
    tiles = [Image.new("RGB", (64, 64), colour) for colour in CORNERS.values()]
    deep = bytes([0, *[0x80, 0, 0xFF, 0xFF, 0x20, 0] * 40]) * 40
    two = {"save_all": True, "append_images": [noise(60, 40)]}
    for name, content in {
        "Display P3": encoded(picture, icc_profile=display_p3()),
        "a profile that is none": encoded(picture, icc_profile=b"nothing like a profile"),
        "16-bit PNG": png(40, 40, 16, 2, deep),
        "grey 16-bit PNG": encoded(Image.new("I;16", (40, 40), 0x8000), "PNG"),
        "1-bit PNG": encoded(Image.new("1", (40, 40), 1), "PNG"),
        "CMYK JPEG": encoded(Image.new("CMYK", (40, 40), (0, 255, 255, 0))),
        "animated WebP": encoded(picture, "WEBP", **two),
        "MPO": encoded(picture, "MPO", exif=exif(), **two),
        "HEIC": encoded(picture, "HEIF", exif=exif()),
        "HEIC of tiles": heic_grid(tiles),
        "HEIC of tiles, on its side": heic_grid(tiles, 1),
        "AVIF": encoded(picture, "AVIF", exif=exif()),
        "GPS that is no number": encoded(picture, exif=nowhere),
        "time without offset": encoded(picture, exif=exif()),
        "EXIF that points at itself": encoded(picture, exif=ifd(POINTS_AT_ITSELF)),
    }.items():
        yield Hostile(name, content, "rendered")
