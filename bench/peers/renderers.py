"""How others would make the same four files: two sides, two formats, these qualities.

- The usual way: Pillow as its tutorial shows it, which decodes every pixel at full size.
- libvips, known to be the fastest there is, through pyvips: it shrinks while it decodes, and the
  small picture is made of the large one.
"""

import io
from pathlib import Path

from PIL import Image, ImageOps

from media.renditions import SIDES, render

WEBP_QUALITY, WEBP_EFFORT = 80, 2
JPEG_QUALITY = 82
_LIMIT_PIXELS = 100_000_000  # of which JPEG knows none


def by_service(path: Path) -> dict[str, bytes]:
    """What the service itself does: a look at the file's structure and a likeness besides."""
    return render(path, _LIMIT_PIXELS).files


def by_pillow(path: Path) -> dict[str, bytes]:
    """The usual way."""
    files = {}
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    for name, side in SIDES.items():
        small = upright.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        files[f"{name}.webp"] = _saved(
            small, "WEBP", quality=WEBP_QUALITY, method=WEBP_EFFORT, exif=b""
        )
        files[f"{name}.jpeg"] = _saved(
            small, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True, exif=b""
        )
    return files


def by_libvips(path: Path) -> dict[str, bytes]:
    """The fastest way known. It turns a picture upright by itself."""
    import pyvips  # here, so that nobody else's memory holds it

    screen = pyvips.Image.thumbnail(
        str(path), SIDES["screen"], height=SIDES["screen"], size="down"
    ).copy_memory()
    thumbnail = screen.thumbnail_image(SIDES["thumbnail"], height=SIDES["thumbnail"], size="down")
    files = {}
    for name, small in (("screen", screen), ("thumbnail", thumbnail.copy_memory())):
        files[f"{name}.webp"] = small.webpsave_buffer(Q=WEBP_QUALITY, effort=WEBP_EFFORT, keep=0)
        files[f"{name}.jpeg"] = small.jpegsave_buffer(
            Q=JPEG_QUALITY, interlace=True, optimize_coding=True, keep=0
        )
    return files


def _saved(image: Image.Image, format_: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()
