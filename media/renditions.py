"""Renditions: small copies to look at, upright, in sRGB, with nothing in them but the picture.

Runs in a process that can be killed (`media.processes`). Memory is what a large photo costs, so a
picture is shrunk as early as can be: by the decoder where it can (JPEG), else before anything is
converted. Only then are colours converted, transparency laid on white, and the picture turned.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from PIL import Image, ImageFile

from media.colour import to_srgb
from media.images import inspect, metadata, opened, orientation, quiet, sniff_file
from media.structure import look, mended

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

# What decoders take at most for a pixel: its colours of 16 bits, decoded and converted.
_BYTES_A_PIXEL: Final = 12

# Decoders put an even grey, black or white where they have nothing, and blur its edges.
_SHADES: Final = 8

# A hash with fewer bits than this unlike the others says that the picture is plain, or brightens
# to one side; so do many pictures that are not alike.
_TELLING_BITS: Final = 4


class UnreadableImage(Exception):
    """This can't be decoded, not even in part; says why in a sentence of ours."""


class TooManyPixels(Exception):
    """This has more pixels than are decoded at once; says how many."""


class TooManyScans(Exception):
    """Decoding this JPEG would take far longer than a photo does; says how many it has."""


class Rendered(NamedTuple):
    """The renditions of a picture, and its likeness."""

    # "thumbnail.webp", "thumbnail.jpeg", "screen.webp", "screen.jpeg" and their bytes.
    files: dict[str, bytes]
    # 64 bits, signed; copies of a picture differ in few of them. None for a picture so flat
    # that they say nothing.
    difference_hash: int | None
    # Whether they show only part of the picture: the file is cut off or damaged.
    is_incomplete: bool


class _Reading(NamedTuple):
    read: Callable[[Path | bytes, str], Image.Image]
    source: Path | bytes
    is_incomplete: bool


def render(path: Path, limit_pixels: int) -> Rendered:
    """The renditions of the image at `path`.

    limit_pixels: how large a picture may be that must be decoded whole; a JPEG need not. Raises
    UnsupportedImage, UnreadableImage, TooManyPixels, TooManyScans, or MemoryError.
    """
    media_type = sniff_file(path)
    structure = look(path, media_type)
    if structure.scans > _MOST_SCANS:
        raise TooManyScans(structure.scans)
    info = inspect(path)
    pixels = (info.width or 0) * (info.height or 0)
    if pixels > limit_pixels and media_type != "image/jpeg":
        raise TooManyPixels(pixels)
    with quiet():
        for read, source, is_incomplete in _readings(path, media_type, structure.is_whole):
            picture = _attempt(read, source, media_type)
            if picture is not None and not (is_incomplete and _is_blank(picture)):
                return _rendered(picture, is_incomplete)
            _raise_if_memory_is_short(min(pixels, limit_pixels))
    raise UnreadableImage("The image can't be decoded.")


def _readings(path: Path, media_type: str, is_whole: bool) -> Iterator[_Reading]:
    """How to get at the picture, one way after the other: as it is; without what a decoder
    stumbles over; and as far as the decoder comes."""
    if is_whole or media_type != "image/jpeg":
        yield _Reading(_picture, path, not is_whole)
    content = mended(path, media_type)
    if content is not None:
        yield _Reading(_picture, content, not is_whole)
        yield _Reading(_part_of_picture, content, True)


def _attempt(
    read: Callable[[Path | bytes, str], Image.Image], source: Path | bytes, media_type: str
) -> Image.Image | None:
    try:
        return read(source, media_type)
    except MemoryError:
        raise
    except Exception:  # decoders raise what they like on damaged files
        return None


def _part_of_picture(source: Path | bytes, media_type: str) -> Image.Image:
    """The picture as far as it was decoded when the decoder gave up, and the rest black."""
    with _lenient():
        return _picture(source, media_type)


def _is_blank(picture: Image.Image) -> bool:
    """Whether nothing of it was decoded: it is as even as what stands for what is missing."""
    shades = [shade for shade, pixels in enumerate(picture.convert("L").histogram()) if pixels]
    return shades[-1] - shades[0] < _SHADES


@contextmanager
def _lenient() -> Iterator[None]:
    """For the whole process, which is one that renders and does nothing else."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _raise_if_memory_is_short(pixels: int) -> None:
    """A decoder that gets no memory often says something else, or just that it failed.

    Raises MemoryError if what such a picture takes is not to be had; no page of it is touched.
    """
    bytes(pixels * _BYTES_A_PIXEL)


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


def _rendered(picture: Image.Image, is_incomplete: bool) -> Rendered:
    files = {}
    for name, side in sorted(SIDES.items(), key=lambda item: -item[1]):
        picture = _shrunk(picture, side)
        for format_, options in _ENCODERS.items():
            buffer = io.BytesIO()
            picture.save(buffer, format_.upper(), **options)
            files[f"{name}.{format_}"] = buffer.getvalue()
    return Rendered(files, difference_hash(picture), is_incomplete)


def _picture(source: Path | bytes, media_type: str) -> Image.Image:
    """The picture at the size of the largest rendition, as it is to be seen."""
    side = max(SIDES.values())
    with opened(source, media_type) as image:
        turn = _UPRIGHT.get(orientation(metadata(image), media_type))
        # A JPEG is decoded at a half, a quarter or an eighth where that is still large enough.
        # Rounded down: rounded up, 3200 x 2399 would not be halved.
        width, height = (max(1, length * side // max(image.size)) for length in image.size)
        image.draft(None, (width, height))
        image.load()
        picture = _resizable(image)
        if "clap" in image.info:
            picture = picture.crop(image.info["clap"])
        nclx = image.info.get("nclx_profile")
        picture = to_srgb(
            _shrunk(picture, side),
            image.info.get("icc_profile"),
            (nclx["color_primaries"], nclx["transfer_characteristics"]) if nclx else None,
        )
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
