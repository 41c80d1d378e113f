"""Pictures as a phone takes them: made on the spot, the same size in bytes whoever makes them."""

import io

from PIL import ExifTags, Image, ImageChops

_HELD_UPRIGHT = 6  # the sensor lies on its side in a phone held upright


def photo_like(width: int, height: int, *, noise: float = 10, quality: int = 92) -> bytes:
    """A JPEG of light that changes slowly, things a few pixels large, and a sensor's noise; stored
    on its side, as most are."""
    things = Image.effect_noise((width // 16, height // 16), 40).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    grain = Image.effect_noise((width, height), noise)
    lights = (
        Image.linear_gradient("L"),
        Image.radial_gradient("L"),
        Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_90),
    )
    channels = [_channel(light, things, grain) for light in lights]
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = _HELD_UPRIGHT
    file = io.BytesIO()
    Image.merge("RGB", channels).save(file, "JPEG", quality=quality, exif=exif)
    return file.getvalue()


def _channel(light: Image.Image, things: Image.Image, grain: Image.Image) -> Image.Image:
    lit = light.resize(things.size, Image.Resampling.BICUBIC)
    # Grain is noise around 128.
    return ImageChops.add(Image.blend(lit, things, 0.5), grain, 1, -128)
