"""The Merkle tree over the ledger (RFC 6962, 2.1): any root and any proof from the hashes of whole
subtrees, of which those of 256, 256², … entries are kept. Pure.

The leaf of an entry is its digest behind a salt: the tree names nobody, and tells nothing of what
was said, also not to who guesses.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import accumulate, count
from typing import Final, NamedTuple

import msgspec

HEIGHT: Final = 8
"""Of a tile (C2SP tlog-tiles)."""
WIDTH: Final = 1 << HEIGHT

_EMPTY: Final = sha256().digest()


class Range(NamedTuple):
    """Entries from one place up to another, which a subtree is over."""

    start: int
    end: int


class Node(msgspec.Struct, frozen=True):
    """The hash of the whole subtree over 256^level entries, of which it is the `number`-th."""

    level: int
    number: int
    hash: bytes


Held = Mapping[tuple[int, int], bytes]
"""Hashes by level and number; of level 0 those of leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """What an entry is in the tree."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """What stands above two."""
    return sha256(b"\1" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The hash over whole subtrees of one size that stand side by side, of which the last may be
    one that is not whole: the split is the same, whatever they are made of."""
    if not hashes:
        return _EMPTY
    row = [*hashes]
    while len(row) > 1:
        above = [
            sha256(b"\1" + left + right).digest()
            for left, right in zip(row[::2], row[1::2], strict=False)
        ]
        row = above + row[2 * len(above) :]
    return row[0]


class Growing:
    """A tree that grows at its end, leaf by leaf, and keeps its right edge."""

    def __init__(self) -> None:
        self._rows: list[list[bytes]] = [[]]
        self._counts = [0]

    @classmethod
    def of_size(cls, size: int, held: Held) -> "Growing":
        """One that has grown to this size, by what `rows_under` names of it. Raises KeyError where
        one is missing."""
        growing = cls()
        growing._counts = [size >> depth * HEIGHT for depth in range(_depth_of(size))]
        growing._rows = [
            [held[depth, n] for n in range(count - count % WIDTH, count)]
            for depth, count in enumerate(growing._counts)
        ]
        return growing

    def add(self, hashes: Sequence[bytes]) -> list[Node]:
        """Take the next; the subtrees that are whole with them."""
        whole: list[Node] = []
        at = 0
        while at < len(hashes):
            row = self._rows[0]
            until = at + WIDTH - len(row)
            row += hashes[at:until]
            at = until
            if len(row) == WIDTH:
                whole += self._carried()
        return whole

    def _carried(self) -> list[Node]:
        """The subtrees that are whole with the last leaf, which each is one above it."""
        whole: list[Node] = []
        for depth in count(1):
            row = self._rows[depth - 1]
            if len(row) < WIDTH:
                break
            hashed = root_of(row)
            row.clear()
            if depth == len(self._rows):
                self._rows.append([])
                self._counts.append(0)
            whole.append(Node(depth, self._counts[depth], hashed))
            self._counts[depth] += 1
            self._rows[depth].append(hashed)
        return whole

    def root(self) -> bytes:
        """Over all that was taken."""
        rest: bytes | None = None
        for row in self._rows:
            if row or rest is not None:
                rest = root_of([*row, rest] if rest is not None else row)
        return _EMPTY if rest is None else rest


def _depth_of(size: int) -> int:
    """How many levels of it hashes are kept of, the leaves' among them."""
    return max(1, -(-size.bit_length() // HEIGHT))


def inclusion(position: int, size: int) -> list[Range]:
    """The subtrees whose hashes prove that an entry is in the tree of this size (2.1.1), those
    next to it first."""
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if position < middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(start, middle))
            start = middle
    return path[::-1]


def consistency(old: int, size: int) -> list[Range]:
    """Those that prove that the tree of this size extends the one that was `old` (2.1.2)."""
    path: list[Range] = []
    start, end = 0, size
    while 0 < old < end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(start, middle))
            start = middle
    own = [Range(start, end)] if start and old else []
    return [*own, *path[::-1]]


def _split(count: int) -> int:
    """The largest power of two that is less than `count`."""
    return 1 << (count - 1).bit_length() - 1


class Row(NamedTuple):
    """So many kept nodes of a level, from one on."""

    level: int
    first: int
    many: int


def rows_under(wanted: Range) -> list[Row]:
    """Of what the hash over a range is made: of each whole subtree in it the kept nodes."""
    rows = []
    at = wanted.start
    while at < wanted.end:
        high = (wanted.end - at).bit_length() - 1
        if at:
            high = min(high, (at & -at).bit_length() - 1)
        level = high // HEIGHT
        rows.append(Row(level, at >> level * HEIGHT, 1 << high - level * HEIGHT))
        at += 1 << high
    return rows


def range_hash(wanted: Range, held: Held) -> bytes:
    """The hash over a range, of what `rows_under` names. Raises KeyError where one is missing."""
    whole = [
        root_of([held[row.level, row.first + n] for n in range(row.many)])
        for row in rows_under(wanted)
    ]
    if not whole:
        return _EMPTY
    return [*accumulate(reversed(whole), lambda right, left: node_hash(left, right))][-1]
