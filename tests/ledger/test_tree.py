"""The tree is that of RFC 6962, whatever is kept of it."""

from hashlib import sha256
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from wildlife.ledger.tree import (
    WIDTH,
    Growing,
    Node,
    Range,
    consistency,
    inclusion,
    leaf_hash,
    node_hash,
    range_hash,
    root_of,
    rows_under,
)

# The test data of the reference implementation of RFC 6962: these leaves, and the root of the first
# so many of them.
LEAVES: Final = [
    *map(
        bytes.fromhex,
        (
            *("", "00", "10", "2021", "3031", "40414243", "5051525354555657"),
            "606162636465666768696a6b6c6d6e6f",
        ),
    )
]
ROOTS: Final = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION: Final[dict[tuple[int, int], tuple[str, ...]]] = {
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
}
CONSISTENCY: Final[dict[tuple[int, int], tuple[str, ...]]] = {
    (1, 1): (),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}


def as_defined(leaves: list[bytes]) -> bytes:
    """MTH, word for word (RFC 6962, 2.1)."""
    if not leaves:
        return sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(as_defined(leaves[:middle]), as_defined(leaves[middle:]))


def kept(leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    """All whole subtrees of which a hash is kept, and the leaves."""
    growing, hashes = Growing(), [leaf_hash(leaf) for leaf in leaves]
    nodes: list[Node] = [
        node for at in range(0, len(hashes), 1000) for node in growing.add(hashes[at : at + 1000])
    ]
    above = {(node.level, node.number): node.hash for node in nodes}
    return {(0, at): one for at, one in enumerate(hashes)} | above


MANY: Final = [
    sha256(bytes([n % 251, n // 251 % 251, n // 63_001])).digest() for n in range(70_000)
]
HELD: Final = kept(MANY)

sizes = st.integers(0, 1000) | st.integers(65_500, 65_600) | st.integers(0, len(MANY))


def test_roots_are_those_of_the_reference() -> None:
    held = kept(LEAVES)
    for size, root in enumerate(ROOTS):
        assert range_hash(Range(0, size), held).hex() == root
        assert as_defined(LEAVES[:size]).hex() == root


def test_proofs_are_those_of_the_reference() -> None:
    held = kept(LEAVES)
    for (position, size), path in INCLUSION.items():
        assert [range_hash(one, held).hex() for one in inclusion(position, size)] == [*path]
    for (old, size), path in CONSISTENCY.items():
        assert [range_hash(one, held).hex() for one in consistency(old, size)] == [*path]


@given(size=sizes)
def test_the_root_of_any_size_follows_from_what_is_kept(size: int) -> None:
    growing = Growing()
    few = [leaf_hash(leaf) for leaf in MANY[: size % 3000]]
    for piece in (few[: size % 999], few[size % 999 :]):
        growing.add(piece)
    assert growing.root() == range_hash(Range(0, size % 3000), HELD)
    expected = as_defined(MANY[:size]) if size < 3000 else as_of_parts(size)
    assert range_hash(Range(0, size), HELD) == expected
    assert all(row.many < WIDTH for row in rows_under(Range(0, size)))


def as_of_parts(size: int) -> bytes:
    """The root made of those of parts of 1024 leaves, which is as the RFC splits it."""
    return root_of([as_defined(MANY[at : at + 1024][: size - at]) for at in range(0, size, 1024)])


@given(size=sizes, data=st.data())
def test_what_is_in_the_tree_is_proved_and_nothing_else(size: int, data: st.DataObject) -> None:
    size = max(size, 1)
    position = data.draw(st.integers(0, size - 1))
    root = range_hash(Range(0, size), HELD)
    proof = [range_hash(one, HELD) for one in inclusion(position, size)]
    assert by_inclusion(leaf_hash(MANY[position]), position, size, proof) == root
    assert by_inclusion(leaf_hash(b"another"), position, size, proof) != root


def by_inclusion(leaf: bytes, position: int, size: int, proof: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2: another form than that which made it."""
    here, last = position, size - 1
    for one in proof:
        if here & 1 or here == last:
            leaf = node_hash(one, leaf)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            leaf = node_hash(leaf, one)
        here, last = here >> 1, last >> 1
    assert last == 0
    return leaf


@given(size=sizes, data=st.data())
def test_that_a_tree_extends_another_is_proved(size: int, data: st.DataObject) -> None:
    size = max(size, 1)
    old = data.draw(st.integers(1, size))
    proof = [range_hash(one, HELD) for one in consistency(old, size)]
    before, after = (range_hash(Range(0, one), HELD) for one in (old, size))
    assert by_consistency(old, size, before, proof) == (before, after)


def by_consistency(old: int, size: int, before: bytes, proof: list[bytes]) -> tuple[bytes, bytes]:
    """RFC 9162, 2.1.4.2."""
    if old == size:
        assert proof == []
        return before, before
    path = [before, *proof] if old & (old - 1) == 0 else proof
    here, last = old - 1, size - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = path[0]
    for one in path[1:]:
        assert last
        if here & 1 or here == last:
            first, second = node_hash(one, first), node_hash(one, second)
            while here and not here & 1:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, one)
        here, last = here >> 1, last >> 1
    assert last == 0
    return first, second
