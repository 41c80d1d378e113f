"""What an image is, by its bytes and never by a name or header, and its renditions."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image, ImageCms, UnidentifiedImageError

# The limit is ours (`inspect`), with an error of its own; Pillow's would be a warning.
Image.MAX_IMAGE_PIXELS = None

_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_MEDIA_TYPES: Final = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with more pictures behind the first: portraits, panoramas
    "PNG": "image/png",
    "WEBP": "image/webp",
}

# Longest side in pixels.
RENDITIONS: Final = {"thumbnail": 320, "screen": 1600}

# What makes the picture of each EXIF orientation stand upright; 5 to 8 lie on their side.
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ON_ITS_SIDE: Final = range(5, 9)

# How the formats taken begin.
_BEGINNINGS: Final = ((b"\xff\xd8", 0), (b"\x89PNG", 0), (b"WEBP", 8))

_SIGNATURES: Final = (
    (b"GIF8", 0, "GIF"),
    (b"%PDF", 0, "PDF"),
    (b"ftyp", 4, "HEIC, AVIF or video"),
    (b"II*\0", 0, "TIFF"),
    (b"MM\0*", 0, "TIFF"),
    (b"BM", 0, "BMP"),
    (b"<", 0, "HTML, SVG or other text"),
    (b"PK", 0, "ZIP or a document"),
)


class UnsupportedImage(Exception):
    """These bytes are none of the formats taken; says what they seem to be."""


class UnreadableImage(Exception):
    """These bytes begin like an image and can't be decoded to the end."""


class TooManyPixels(Exception):
    """The image declares more pixels than are taken; says how many."""

    def __init__(self, pixels: int) -> None:
        super().__init__(pixels)
        self.pixels = pixels


class ImageInfo(NamedTuple):
    """An image's format, and its size in pixels as it stands upright."""

    media_type: str
    width: int
    height: int


def inspect(path: Path, pixel_limit: int) -> ImageInfo:
    """What the image at `path` is, from its header alone.

    Raises UnsupportedImage, UnreadableImage or TooManyPixels.
    """
    with _opened(path) as image:
        if image.width * image.height > pixel_limit:
            raise TooManyPixels(image.width * image.height)
        on_its_side = _orientation(image) in _ON_ITS_SIDE
        size = (image.height, image.width) if on_its_side else image.size
        return ImageInfo(_MEDIA_TYPES[image.format or ""], *size)


def render(path: Path) -> dict[str, bytes]:
    """Each of RENDITIONS as JPEG: upright, in sRGB, without metadata of any kind.

    Raises UnreadableImage where the image can't be decoded to its end.
    """
    with _opened(path) as image:
        # A JPEG is decoded at a half, a quarter or an eighth where that is still large enough.
        image.draft("RGB", _fit(image.size, RENDITIONS["screen"]))
        image.load()
        turn = _UPRIGHT.get(_orientation(image))
        picture = _to_srgb(image if turn is None else image.transpose(turn))
    made = {}
    for name, side in sorted(RENDITIONS.items(), key=lambda item: -item[1]):
        size = _fit(picture.size, side)
        if size != picture.size:
            picture = picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
        picture.info.clear()  # JPEG to JPEG would keep the comment, and what is written in it
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=82, progressive=True, optimize=True)
        made[name] = buffer.getvalue()
    return made


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    try:
        with Image.open(path, formats=_FORMATS) as image:
            yield image
    except UnidentifiedImageError:
        raise _unidentified(path) from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadableImage(str(error)) from None


def _unidentified(path: Path) -> UnsupportedImage | UnreadableImage:
    with path.open("rb") as file:
        head = file.read(64).lstrip()
    if not head:
        return UnsupportedImage("empty")
    if any(head.startswith(beginning, at) for beginning, at in _BEGINNINGS):
        return UnreadableImage("it begins like an image and does not go on like one")
    for signature, at, name in _SIGNATURES:
        if head.startswith(signature, at):
            return UnsupportedImage(name)
    return UnsupportedImage("no image format")


def _orientation(image: Image.Image) -> int:
    """How EXIF says that the picture is held (1: upright)."""
    try:
        orientation = image.getexif().get(0x0112, 1)
    except Exception:
        return 1  # a photo is worth more than its metadata, which may hold anything
    return orientation if orientation in range(1, 9) else 1


def _fit(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size whose longer side is `side`, never larger than the image itself."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _to_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits a channel
        image = image.point(lambda value: value / 256).convert("L")
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGB", image.size, "white")
        ground.paste(image, mask=image.getchannel("A"))
        image = ground
    if profile and image.mode in ("RGB", "L", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return converted or image.convert("RGB")
        except (ImageCms.PyCMSError, OSError):
            pass  # a broken profile: show the numbers as they are
    return image.convert("RGB")
