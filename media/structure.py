"""How files are built: what decoders overlook or stumble over, and what is left when that is gone.

Decoders show a picture whose end is missing as if it were whole, or not at all. Here it is found
out, by a file's own marks, whether all of it is there; what is missing is then made good so far
that a decoder shows what there is.
"""

import mmap
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from media import boxes

Content = mmap.mmap | bytes

_MARKER: Final = re.compile(rb"\xff[\x02-\xcf\xd8-\xfe]", re.DOTALL)
_RESTART: Final = re.compile(rb"\xff([\xd0-\xd7])", re.DOTALL)
_START_OF_IMAGE, _END_OF_IMAGE, _START_OF_SCAN = 0xD8, 0xD9, 0xDA

# What makes up a PNG's picture, and how it is turned. Nothing else of it is looked at here.
_PICTURE_CHUNKS: Final = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"eXIf", b"IDAT"}
_XMP_CHUNK: Final = b"XML:com.adobe.xmp\0\0"  # not compressed
# Pillow unfolds no more of a compressed chunk, and takes no file that has more in one.
_UNFOLDED_BYTES: Final = 1024 * 1024


class Structure(NamedTuple):
    """How a file is built."""

    # Whether all of the picture is there; vendors' own things behind it do not matter.
    is_whole: bool
    # Of a JPEG: passes over all pixels.
    scans: int = 1


class _Scans(NamedTuple):
    """The scans of a JPEG's first picture; those of one inside EXIF or behind it don't count."""

    number: int
    # Behind the last segment that is whole.
    end: int
    # Its mark for the end was found.
    is_ended: bool
    # Its marks for going on after damage stand in their order.
    is_in_order: bool


def look(path: Path, media_type: str) -> Structure:
    """How the file at `path` is built."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if media_type == "image/jpeg":
            scans = _scans(content)
            return Structure(scans.is_ended and scans.is_in_order, scans.number)
        if media_type == "image/png":
            return Structure(any(kind == b"IEND" for kind, _ in _chunks(content)))
        if media_type == "image/webp":
            return Structure(len(content) >= 8 + int.from_bytes(content[4:8], "little"))
        return Structure(boxes.is_whole(content))


def mended(path: Path, media_type: str) -> bytes | None:
    """The same picture, ended where it breaks off and without what decoders stumble over; None
    where nothing can be done."""
    if media_type not in ("image/jpeg", "image/png"):
        return None
    content = path.read_bytes()
    if media_type == "image/jpeg":
        # Waiting for more, a decoder would show nothing of a progressive one.
        return content[: _scans(content).end] + bytes((0xFF, _END_OF_IMAGE))
    return content[:8] + b"".join(
        content[at] for kind, at in _chunks(content, cut=True) if _is_picture(kind, content[at])
    )


def _scans(content: Content) -> _Scans:
    count, at, is_in_order = 0, 0, True
    while found := _MARKER.search(content, at):
        if count and is_in_order:
            restarts = enumerate(_RESTART.finditer(content, at, found.start()))
            is_in_order = all(restart[1][0] & 7 == number % 8 for number, restart in restarts)
        marker, at = content[found.start() + 1], found.end()
        if marker == _END_OF_IMAGE:
            return _Scans(count, found.start(), True, is_in_order)
        if marker != _START_OF_IMAGE:
            at += int.from_bytes(content[at : at + 2])
            if at > len(content):
                return _Scans(count, found.start(), False, is_in_order)
        count += marker == _START_OF_SCAN
    return _Scans(count, len(content), False, is_in_order)


def _chunks(content: Content, *, cut: bool = False) -> Iterator[tuple[bytes, slice]]:
    """The chunks of a PNG, whole with length and checksum, up to its end; and one that is cut
    off, if need be."""
    at, kind = 8, b""
    while kind != b"IEND" and at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end <= len(content) or cut:
            yield kind, slice(at, min(end, len(content)))
        at = end


def _is_picture(kind: bytes, chunk: bytes) -> bool:
    if kind == b"iTXt":
        return chunk.startswith(_XMP_CHUNK, 8) and len(chunk) <= _UNFOLDED_BYTES
    if kind == b"iCCP":
        return _unfolds_to_little(chunk[8:-4].partition(b"\0")[2][1:])
    return kind in _PICTURE_CHUNKS or kind == b"IEND"


def _unfolds_to_little(compressed: bytes) -> bool:
    unfolding = zlib.decompressobj()
    try:
        unfolding.decompress(compressed, _UNFOLDED_BYTES)
    except zlib.error:
        return False
    return not unfolding.unconsumed_tail
