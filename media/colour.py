"""Colours: to sRGB, from what a file says that its numbers mean.

That is an ICC profile or, in HEIC and AVIF, numbers of ITU-T H.273 (nclx). For the latter a profile
is made here, so that one library converts all. High dynamic range is brought into what a screen
shows: white paper becomes a light grey, which leaves room for what shines brighter.
"""

import io
import math
import struct
from functools import cache
from typing import Final

from PIL import Image, ImageCms

# The primaries red, green and blue in XYZ, adapted to ICC's white D50 (Bradford), by H.273's code:
# 1 is BT.709 and sRGB, 9 BT.2020, 12 Display P3.
_PRIMARIES: Final = {
    1: ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)),
    9: ((0.6734, 0.2790, -0.0019), (0.1656, 0.6753, 0.0299), (0.1252, 0.0457, 0.7969)),
    12: ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)),
}
_WHITE: Final = (0.9642, 1.0, 0.8249)
_PQ, _HLG = 16, 18
_SRGB_PRIMARIES = 1

# BT.2408: the nits of white paper in HDR; and the nits that a display of HLG is taken to reach.
_PAPER: Final = 203
_HLG_PEAK: Final = 1000
_PQ_PEAK: Final = 10_000
_CURVE_POINTS: Final = 1024


def to_srgb(picture: Image.Image, icc: bytes | None, nclx: tuple[int, int] | None) -> Image.Image:
    """The picture in sRGB, on white where it is transparent.

    icc: the profile in the file. nclx: the codes of primaries and transfer function, if it has
    none. A profile that is broken, or a code that is unknown, leaves the numbers as they are.
    """
    if picture.mode in ("RGBA", "LA"):
        alpha = picture.getchannel("A")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture.convert("RGB"), mask=alpha)
        picture = ground
    profile = icc or (nclx_profile(*nclx) if nclx else None)
    if profile and picture.mode in ("RGB", "L", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
        except (ImageCms.PyCMSError, OSError):
            converted = None
        picture = converted or picture
    return picture.convert("RGB")


@cache
def nclx_profile(primaries: int, transfer: int) -> bytes | None:
    """An ICC profile (version 2) of these colours; None for sRGB's own and for unknown ones."""
    if primaries not in _PRIMARIES:
        return None
    light = {_PQ: _light_of_pq, _HLG: _light_of_hlg}.get(transfer)
    if light is None and primaries == _SRGB_PRIMARIES:
        return None
    points = [number / (_CURVE_POINTS - 1) for number in range(_CURVE_POINTS)]
    if light is None:  # all others are near enough to sRGB's
        curve = [_light_of_srgb(value) for value in points]
    else:
        curve = [_compressed(light(value), light(1.0)) for value in points]
    return _profile(_PRIMARIES[primaries], curve)


def _light_of_srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else math.pow((value + 0.055) / 1.055, 2.4)


def _light_of_pq(value: float) -> float:
    """SMPTE ST 2084: how bright it is beside white paper."""
    power = math.pow(value, 1 / 78.84375)
    light = max(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
    return math.pow(light, 1 / 0.1593017578125) * _PQ_PEAK / _PAPER


def _light_of_hlg(value: float) -> float:
    """ARIB STD-B67 and BT.2100: the same, with the system's gamma on each channel by itself."""
    if value <= 0.5:
        scene = value * value / 3
    else:
        scene = (math.exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12
    return math.pow(scene, 1.2) * _HLG_PEAK / _PAPER


def _compressed(light: float, brightest: float) -> float:
    """Reinhard's curve, by which the brightest is 1 and what is dark hardly changes."""
    return min(light * (1 + light / brightest**2) / (1 + light), 1.0)


def _profile(primaries: tuple[tuple[float, ...], ...], curve: list[float]) -> bytes:
    name = b"nclx\0"
    tags = {
        b"desc": b"desc" + struct.pack(">4xI", len(name)) + name + bytes(78),
        b"wtpt": _xyz(_WHITE),
        b"cprt": b"text" + bytes(5),
    }
    stops = struct.pack(f">{len(curve)}H", *(round(light * 65535) for light in curve))
    for channel, primary in zip((b"r", b"g", b"b"), primaries, strict=True):
        tags[channel + b"XYZ"] = _xyz(primary)
        tags[channel + b"TRC"] = b"curv" + struct.pack(">4xI", len(curve)) + stops
    start = 128 + 4 + 12 * len(tags)
    table, content = struct.pack(">I", len(tags)), b""
    for tag, data in tags.items():
        table += tag + struct.pack(">II", start + len(content), len(data))
        content += data + bytes(-len(data) % 4)
    head = struct.pack(
        ">I4xI4s4s4s12x4s28x12s48x",
        start + len(content), 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp", _xyz(_WHITE)[8:],
    )  # fmt: skip
    return head + table + content


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in values)
