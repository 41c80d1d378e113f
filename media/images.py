"""What an image is, by its bytes and never by a name or a header of HTTP."""

import io
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

import pi_heif
from PIL import (
    AvifImagePlugin,
    ExifTags,
    Image,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    WebPImagePlugin,
)

from media import boxes, structure
from media.exif import Exif, read_exif
from media.xmp import read_property

# As much of a file's beginning as `sniff` looks at.
SNIFF_BYTES: Final = 64

# The decoders of the formats taken. A JPEG with more pictures behind the first (MPO: portraits,
# panoramas) is a JPEG.
DECODERS: Final[dict[str, type[ImageFile.ImageFile]]] = {
    "image/jpeg": JpegImagePlugin.JpegImageFile,
    "image/png": PngImagePlugin.PngImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
    "image/heic": pi_heif.HeifImageFile,
    "image/avif": AvifImagePlugin.AvifImageFile,
}

# Brands of ISO 23008-12: coded as HEVC, as AV1, or as what the compatible brands say.
_HEVC: Final = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"}
_AV1: Final = {b"avif", b"avis"}
_ANY_CODING: Final = {b"mif1", b"mif2", b"mif3", b"msf1"}
# What a video of QuickTime may begin with in place of its brand.
_VIDEO: Final = {b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"}

_SIGNATURES: Final = (
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
    (b"PK", "ZIP or a document"),
)
# How JPEG, PNG, WebP and what a browser's canvas gives begin where somebody encoded them.
# + and / of the one alphabet are - and _ of the other.
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")
_BASE64: Final = (b"/9j/", b"iVBORw0KGgo", b"UklGR", b"data:image/")
_WHITESPACE: Final = b"\t\n\f\r "
_BYTE_ORDER_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_TEXT: Final = _WHITESPACE + bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100))

_ORIENTATION: Final = ExifTags.Base.Orientation
_ORIENTATIONS: Final = tuple("12345678")
# On their side, among the values of EXIF's orientation.
_ON_ITS_SIDE: Final = range(5, 9)
# Metadata beyond this is none: a JPEG can't hold more than 64 KiB of it.
_METADATA_BYTES: Final = 1024 * 1024


class UnsupportedImage(Exception):
    """These bytes are none of the formats taken; says what they seem to be."""


class ImageInfo(NamedTuple):
    """What an image's header says.

    Its size is in pixels as it stands upright, and None where the header can't be read: such a
    file is kept as evidence, and shown in part at most.
    """

    media_type: str
    width: int | None = None
    height: int | None = None
    exif: Exif = Exif()


def sniff(head: bytes) -> str:
    """The media type of a file that begins so: SNIFF_BYTES of it, or all of a shorter one.

    Raises UnsupportedImage.
    """
    head = head[:SNIFF_BYTES]
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp":
        return _by_brand(head)
    if head[4:8] in _VIDEO:
        raise UnsupportedImage("video")
    raise UnsupportedImage(_seeming(head))


def sniff_file(path: Path) -> str:
    """The media type of the file at `path`. Raises UnsupportedImage."""
    with path.open("rb") as file:
        return sniff(file.read(SNIFF_BYTES))


def inspect(path: Path) -> ImageInfo:
    """What the image at `path` is, from its header alone: no pixel is decoded.

    Raises UnsupportedImage. There is no limit of pixels in here.
    """
    media_type = sniff_file(path)
    with suppress(Exception):  # decoders raise what they like on damaged files
        return _inspected(path, media_type)
    with suppress(Exception):
        content = structure.mended(path, media_type)
        if content is not None:
            return _inspected(content, media_type)
    return ImageInfo(media_type)


@contextmanager
def opened(source: Path | bytes, media_type: str) -> Iterator[Image.Image]:
    """The image, read as this format and no other, with no limit of pixels.

    Its `info` has, as far as the file tells: "icc_profile"; "nclx_profile", with the codes
    "color_primaries" and "transfer_characteristics"; "xmp"; and "clap", the part to be seen where
    the decoder gives more. Raises whatever the decoder does.
    """
    pi_heif.register_heif_opener(  # sets the options
        decode_threads=1, thumbnails=False, depth_images=False, aux_images=False
    )
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    # Not Image.open: it looks at brands and counts pixels again, both in its own way.
    with DECODERS[media_type](source if isinstance(source, Path) else io.BytesIO(source)) as image:
        if media_type == "image/avif":  # of which Pillow tells less than libheif does of HEIC
            content = source.read_bytes() if isinstance(source, Path) else source
            clap, nclx = boxes.properties(content, image.size)
            if clap is not None:
                image.info["clap"] = clap
            if nclx is not None:
                keys = ("color_primaries", "transfer_characteristics")
                image.info["nclx_profile"] = dict(zip(keys, nclx, strict=True))
        yield image


@contextmanager
def quiet() -> Iterator[None]:
    """Without warnings: of damaged metadata Pillow tells a developer, of whom there is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def metadata(image: Image.Image) -> Image.Exif:
    """The metadata that stands before the pixels, with the orientation in XMP where EXIF has none;
    empty if it makes no sense."""
    try:
        # Not PngImageFile.getexif, which would decode the pixels to look behind them.
        exif = Image.Image.getexif(image)
    except Exception:
        exif = Image.Exif()  # a photo is worth more than its metadata, which may hold anything
    if _ORIENTATION not in exif:
        by_xmp = read_property(image.info.get("xmp") or b"", "tiff:Orientation")
        if by_xmp in _ORIENTATIONS:
            exif[_ORIENTATION] = int(by_xmp)
    return exif


def orientation(exif: Image.Exif, media_type: str) -> int:
    """How the picture is held, as EXIF numbers it (1: upright)."""
    if media_type == "image/heic":
        return 1  # libheif has turned and cut it, and HEIF tells readers to ignore EXIF there
    try:
        value = exif.get(_ORIENTATION, 1)
    except Exception:
        return 1
    return value if value in range(1, 9) else 1


def _by_brand(head: bytes) -> str:
    size = int.from_bytes(head[:4])
    # The minor version, which says how mif3 is coded, and then those it is compatible with.
    brands = [head[at : at + 4] for at in (8, *range(12, min(size, len(head)), 4))]
    for brand in brands if brands[0] in _ANY_CODING else brands[:1]:
        if brand in _HEVC:
            return "image/heic"
        if brand in _AV1:
            return "image/avif"
    if brands[0] in _ANY_CODING:
        return "image/heic"  # it doesn't say how it is coded; nearly all are HEVC
    raise UnsupportedImage("video")


def _seeming(head: bytes) -> str:
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    # By itself, as a text of JSON, and of the alphabet that addresses take.
    if head.lstrip(b' \t\r\n"').translate(_URL_SAFE).startswith(_BASE64):
        return "Base64"
    if re.match(rb"--[^\r\n]+\r?\n(?i:content-)", head):
        return "a form (multipart/form-data)"
    marked = head.startswith(_BYTE_ORDER_MARKS)
    text = head.strip(_WHITESPACE)
    if not text:
        return "empty"
    if text.startswith((b"{", b"[")):
        return "JSON"
    if marked or text.startswith(b"<") or not text.translate(None, _TEXT):
        return "HTML, SVG or other text"
    return "no image format"


def _inspected(source: Path | bytes, media_type: str) -> ImageInfo:
    """Raises whatever the decoder does."""
    with quiet():
        # Pillow would make room for a whole WebP picture, or two, before it says how large.
        size, exif, xmp = (
            _webp(source)
            if media_type == "image/webp" and isinstance(source, Path)
            else _header(source, media_type)
        )
        if min(size) < 1:
            return ImageInfo(media_type)
        if orientation(exif, media_type) in _ON_ITS_SIDE:
            size = size[::-1]
        return ImageInfo(media_type, *size, read_exif(exif, xmp))


def _header(source: Path | bytes, media_type: str) -> tuple[tuple[int, int], Image.Exif, bytes]:
    with opened(source, media_type) as image:
        left, top, right, bottom = image.info.get("clap", (0, 0, *image.size))
        return (right - left, bottom - top), metadata(image), image.info.get("xmp") or b""


def _webp(path: Path) -> tuple[tuple[int, int], Image.Exif, bytes]:
    """The size and the metadata of a WebP file, chunk by chunk (RFC 9649)."""
    size, found = (0, 0), {b"EXIF": b"", b"XMP ": b""}
    with path.open("rb") as file:
        file.seek(len(b"RIFF0000WEBP"))
        while len(head := file.read(8)) == 8:
            kind, length = struct.unpack("<4sI", head)
            behind = file.tell() + length + length % 2
            if kind in (b"VP8X", b"VP8L", b"VP8 ") and size == (0, 0):
                size = _webp_size(kind, file.read(10))
            elif kind in found:
                found[kind] = file.read(min(length, _METADATA_BYTES))
            file.seek(behind)
    image = Image.Image()
    image.info = {"exif": found[b"EXIF"], "xmp": found[b"XMP "]}
    return size, metadata(image), found[b"XMP "]


def _webp_size(kind: bytes, head: bytes) -> tuple[int, int]:
    if kind == b"VP8X":
        width, width_high, height, height_high = struct.unpack("<4xHBHB", head)
        return (width_high << 16 | width) + 1, (height_high << 16 | height) + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack("<xI", head[:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<6xHH", head)
    return width & 0x3FFF, height & 0x3FFF
