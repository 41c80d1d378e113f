"""Where a reader of what is new goes on. Pure."""

from typing import Final, NamedTuple


class Place(NamedTuple):
    """Where to go on: how many entries come before, and how the digest of the last of them
    begins."""

    position: int
    before: bytes


BEGINNING: Final = Place(0, bytes(8))
