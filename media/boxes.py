"""The boxes of HEIC and AVIF files (ISO 14496-12, ISO 23008-12): what their decoders don't tell.

That is whether all of a file is there, and of an AVIF what part of it is to be seen and in which
colours; libheif tells the latter of a HEIC.
"""

import struct
from collections.abc import Iterator
from contextlib import suppress
from mmap import mmap
from typing import Final, NamedTuple

_FULL: Final = 4  # bytes of version and flags
# What reading on in a damaged file raises.
_DAMAGED: Final = (struct.error, LookupError, ArithmeticError)


class Box(NamedTuple):
    """A box by its type, and where in the file its content begins and ends."""

    kind: bytes
    start: int
    end: int


class Nclx(NamedTuple):
    """Colours by their numbers in ITU-T H.273."""

    primaries: int
    transfer: int


class Properties(NamedTuple):
    """How the main picture of a file is to be seen, before it is turned."""

    # Left, top, right, bottom in pixels.
    clap: tuple[int, int, int, int] | None = None
    nclx: Nclx | None = None


def is_whole(content: mmap | bytes) -> bool:
    """Whether all that the file says of its pictures is there; vendors put things of their own
    behind that."""
    kinds = {box.kind for box in _boxes(content, 0, len(content))}
    if b"mini" in kinds:  # a small picture and all about it in one box
        return True
    try:
        iloc = _child(content, _child(content, _file(content), b"meta"), b"iloc", _FULL)
        return all(end <= len(content) for end in _extent_ends(content, iloc))
    except _DAMAGED:
        return False


def properties(content: mmap | bytes, size: tuple[int, int]) -> Properties:
    """Those of the main picture, which is this large before it is cut to its clap."""
    clap, nclx = None, None
    with suppress(*_DAMAGED):
        for box in _primary_properties(content):
            value = content[box.start : box.end]
            if box.kind == b"clap":
                clap = _aperture(value, size)
            elif box.kind == b"colr" and value[:4] == b"nclx":
                nclx = Nclx(*struct.unpack_from(">HH", value, 4))
    return Properties(clap, nclx)


def _boxes(content: mmap | bytes, start: int, end: int) -> Iterator[Box]:
    """Those that lie between `start` and `end` whole, up to the first that doesn't."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, start)
        head = 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", content, start + 8)
            head = 16
        elif size == 0:
            size = end - start  # the last one, as long as the file
        if size < head or start + size > end:
            return
        yield Box(kind, start + head, start + size)
        start += size


def _child(content: mmap | bytes, parent: Box, kind: bytes, skip: int = 0) -> Box:
    """Raises LookupError."""
    for box in _boxes(content, parent.start + skip, parent.end):
        if box.kind == kind:
            return box
    raise LookupError(kind)


def _file(content: mmap | bytes) -> Box:
    return Box(b"", 0, len(content))


def _extent_ends(content: mmap | bytes, iloc: Box) -> Iterator[int]:
    """Where in the file each part of each item ends."""
    at = iloc.start
    version, sizes = content[at], int.from_bytes(content[at + 4 : at + 6])
    offset_size, length_size, base_size, index_size = (sizes >> by & 15 for by in (12, 8, 4, 0))
    at += 6
    wide = version == 2
    (count,) = struct.unpack_from(">I" if wide else ">H", content, at)
    at += 4 if wide else 2

    def number(size: int) -> int:
        nonlocal at
        at += size
        if at > iloc.end:
            raise struct.error
        return int.from_bytes(content[at - size : at])

    for _ in range(count):
        number(4 if wide else 2)
        in_file = (number(2) & 15 if version else 0) == 0
        number(2)  # of the reference
        base = number(base_size)
        for _ in range(number(2)):
            number(index_size if version else 0)
            offset, length = number(offset_size), number(length_size)
            if in_file:
                yield base + offset + length


def _primary_properties(content: mmap | bytes) -> Iterator[Box]:
    meta = _child(content, _file(content), b"meta")
    pitm = _child(content, meta, b"pitm", _FULL)
    primary = int.from_bytes(content[pitm.start + _FULL : pitm.end])
    iprp = _child(content, meta, b"iprp", _FULL)
    known = list(_boxes(content, *_child(content, iprp, b"ipco")[1:]))
    ipma = _child(content, iprp, b"ipma")
    version, wide = content[ipma.start], content[ipma.start + 3] & 1
    (count,) = struct.unpack_from(">I", content, ipma.start + _FULL)
    at = ipma.start + _FULL + 4
    for _ in range(count):
        form = ">HB" if version < 1 else ">IB"
        item, associated = struct.unpack_from(form, content, at)
        at += struct.calcsize(form)
        numbers = struct.unpack_from(f">{associated}{'H' if wide else 'B'}", content, at)
        at += associated * (2 if wide else 1)
        if item == primary:
            for number in numbers:  # its uppermost bit says whether it is essential
                yield known[(number & (0x7FFF if wide else 0x7F)) - 1]
            return


def _aperture(value: bytes, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """The part to be seen, of a width, a height and the offsets of its middle, all fractions."""
    numbers = struct.unpack(">IIIIiIiI", value)
    wide, high, right, down = (numbers[at] / numbers[at + 1] for at in (0, 2, 4, 6))
    left, top = (size[0] - wide) / 2 + right, (size[1] - high) / 2 + down
    box = round(left), round(top), round(left + wide), round(top + high)
    inside = 0 <= box[0] < box[2] <= size[0] and 0 <= box[1] < box[3] <= size[1]
    return box if inside else None
