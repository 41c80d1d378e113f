"""What an image is, by its bytes and never by a name or header, and its renditions."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

# The limit is ours (`inspect`), with an error of its own; Pillow's would be a warning.
Image.MAX_IMAGE_PIXELS = None

_MEDIA_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}

# Longest side in pixels.
RENDITIONS: Final = {"thumbnail": 320, "screen": 1600}

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
        # EXIF orientations 5 to 8 lie on their side.
        on_its_side = image.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        size = (image.height, image.width) if on_its_side else image.size
        return ImageInfo(_MEDIA_TYPES[image.format or ""], *size)


def render(path: Path) -> dict[str, bytes]:
    """Each of RENDITIONS as JPEG: upright, in sRGB, without metadata of any kind.

    Raises UnreadableImage where the image can't be decoded to its end.
    """
    with _opened(path) as image:
        # A JPEG is decoded at a half, a quarter or an eighth where that is still large enough.
        image.draft("RGB", _fit(image.size, RENDITIONS["screen"]))
        upright = ImageOps.exif_transpose(image)
        picture = _to_srgb(upright)
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
        with Image.open(path, formats=tuple(_MEDIA_TYPES)) as image:
            yield image
    except UnidentifiedImageError:
        raise UnsupportedImage(_guess(path)) from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise UnreadableImage(str(error)) from None


def _guess(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(64).lstrip()
    if not head:
        return "empty"
    for signature, at, name in _SIGNATURES:
        if head[at : at + len(signature)] == signature:
            return name
    if head[:2] == b"\xff\xd8" or head[:4] == b"\x89PNG":
        return "the beginning of an image and nothing more"
    return "no image format"


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
