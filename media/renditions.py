"""Renditions: small copies to look at, upright, in sRGB, with nothing in them but the picture.

Runs in a process that can be killed (`media.processes`). Memory is what a large photo costs, so a
picture is shrunk as early as can be: by the decoder where it can (JPEG), else before anything is
converted. Only then are colours converted, transparency laid on white, and the picture turned.
"""

import io
import mmap
import re
import struct
from pathlib import Path
from typing import Any, Final, NamedTuple

from PIL import Image, ImageCms

from media.images import SNIFF_BYTES, metadata, opened, orientation, quiet, sniff

# The longer side in pixels.
SIDES: Final = {"thumbnail": 320, "screen": 1600}

# Effort 4 of WebP would take a third longer, all in all, for 2 % fewer bytes.
_ENCODERS: Final[dict[str, dict[str, Any]]] = {
    "webp": {"quality": 80, "method": 2},
    "jpeg": {"quality": 82, "progressive": True, "optimize": True},
}

# What makes the picture of each EXIF orientation stand upright.
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

# Cameras write one scan, progressive encoders about ten. Each costs a pass over all pixels: 500
# scans in 224 KB took 19 seconds.
_MOST_SCANS: Final = 100
_MARKER: Final = re.compile(rb"\xff[\x02-\xcf\xd8-\xfe]", re.DOTALL)
_START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = 0xD8, 0xD9, 0xDA

# A hash with fewer bits than this unlike the others says that the picture is plain, or brightens
# to one side; so do many pictures that are not alike.
_TELLING_BITS: Final = 4


class UnreadableImage(Exception):
    """This can't be decoded to its end; says why in a sentence of ours."""


class TooCostly(Exception):
    """Decoding this would take far longer than a photo does; says why in a sentence of ours."""


class Rendered(NamedTuple):
    """The renditions of a picture, and its likeness."""

    # "thumbnail.webp", "thumbnail.jpeg", "screen.webp", "screen.jpeg" and their bytes.
    files: dict[str, bytes]
    # 64 bits, signed; copies of a picture differ in few of them. None for a picture so flat
    # that they say nothing.
    difference_hash: int | None


def render(path: Path) -> Rendered:
    """The renditions of the image at `path`.

    Raises UnsupportedImage, UnreadableImage, TooCostly, or MemoryError.
    """
    with path.open("rb") as file:
        media_type = sniff(file.read(SNIFF_BYTES))
        _check_structure(file.fileno(), media_type)
    try:
        with quiet():
            return _rendered(_picture(path, media_type))
    except MemoryError:
        raise
    except Exception:  # decoders raise what they like on damaged files
        raise UnreadableImage("The image can't be decoded to its end.") from None


def difference_hash(picture: Image.Image) -> int | None:
    """Whether each pixel of 9 x 8 is darker than the one to its right, a bit each, signed."""
    grey = picture.convert("L").resize((9, 8), Image.Resampling.LANCZOS).tobytes()
    bits = 0
    for at in range(72):
        if at % 9 < 8:
            bits = bits << 1 | (grey[at] < grey[at + 1])
    if not _TELLING_BITS <= bits.bit_count() <= 64 - _TELLING_BITS:
        return None
    return bits - (1 << 64) if bits >> 63 else bits


def _rendered(picture: Image.Image) -> Rendered:
    files = {}
    for name, side in sorted(SIDES.items(), key=lambda item: -item[1]):
        picture = _shrunk(picture, side)
        for format_, options in _ENCODERS.items():
            buffer = io.BytesIO()
            picture.save(buffer, format_.upper(), **options)
            files[f"{name}.{format_}"] = buffer.getvalue()
    return Rendered(files, difference_hash(picture))


def _picture(path: Path, media_type: str) -> Image.Image:
    """The picture at the size of the largest rendition, as it is to be seen."""
    side = max(SIDES.values())
    with opened(path, media_type) as image:
        turn = _UPRIGHT.get(orientation(metadata(image), media_type))
        # A JPEG is decoded at a half, a quarter or an eighth where that is still large enough.
        # Rounded down: rounded up, 3200 x 2399 would not be halved.
        width, height = (max(1, length * side // max(image.size)) for length in image.size)
        image.draft(None, (width, height))
        image.load()
        picture = _to_srgb(_shrunk(_resizable(image), side), image.info.get("icc_profile"))
    if turn is not None:
        picture = picture.transpose(turn)
    picture.info.clear()  # or JPEG would keep the comment, and what is written in it
    return picture


def _resizable(image: Image.Image) -> Image.Image:
    """The image in a mode whose pixels can be averaged: no palette, 8 bits a channel."""
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.point(lambda value: value / 256).convert("L")
    if "transparency" in image.info:
        return image.convert("RGBA")
    mode = {"1": "L", "P": "RGB", "PA": "RGBA"}.get(image.mode)
    return image.convert(mode) if mode else image  # or a large image would be copied


def _shrunk(picture: Image.Image, side: int) -> Image.Image:
    """The picture with its longer side no longer than this."""
    scale = side / max(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(length * scale)) for length in picture.size)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if picture.mode in ("RGBA", "LA"):
        alpha = picture.getchannel("A")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture.convert("RGB"), mask=alpha)
        picture = ground
    if profile and picture.mode in ("RGB", "L", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError):
            converted = None  # a broken profile: show the numbers as they are
        picture = converted or picture
    return picture.convert("RGB")


def _check_structure(descriptor: int, media_type: str) -> None:
    """What decoders overlook: that the file goes on to its end, and what its scans will cost."""
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as content:
        if media_type == "image/jpeg":
            if _scans(content) > _MOST_SCANS:
                raise TooCostly("The JPEG has more scans than any camera writes.")
        elif not _goes_to_its_end(content, media_type):
            raise UnreadableImage("The image is cut off.")


def _scans(content: mmap.mmap) -> int:
    """The scans of a JPEG's first picture: those of one inside EXIF or behind it don't count."""
    scans, at = 0, 0
    while found := _MARKER.search(content, at):
        marker, at = content[found.start() + 1], found.end()
        if marker == _END_OF_IMAGE:
            break
        scans += marker == _START_OF_SCAN
        if marker != _START_OF_IMAGE:
            at += int.from_bytes(content[at : at + 2])
    return scans


def _goes_to_its_end(content: mmap.mmap, media_type: str) -> bool:
    if media_type == "image/webp":
        return len(content) >= 8 + int.from_bytes(content[4:8], "little")
    if media_type == "image/png":
        at, kind = 8, b""
        while kind != b"IEND" and at + 12 <= len(content):
            length, kind = struct.unpack(">I4s", content[at : at + 8])
            at += 12 + length
        return kind == b"IEND" and at <= len(content)
    # HEIC and AVIF: boxes one behind the other (ISO 14496-12).
    at = 0
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4])
        if size == 1:
            size = int.from_bytes(content[at + 8 : at + 16])
        if size == 0:
            return True  # the last box, as long as the file
        if size < 8:
            return False
        at += size
    return at == len(content)
