"""A bundle that verifies is the same to everybody, however they read it; one that is damaged, or
made to do damage, is told to be so, and of what it says of its size nothing is believed."""

import struct
import tracemalloc
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZipFile, ZipInfo

import pytest

from media.vault import open_vault
from tests.draws import Draw
from tests.evidence.bundles import Bundle
from wildlife.evidence import verify
from wildlife.ledger.notes import Signer
from wildlife.settings import Settings

FORGED = b"<!doctype html><title>FORGED</title>"


def verified(bundle: Bundle, content: bytes) -> verify.Verified:
    return verify.verify(BytesIO(content), bundle.vkey)


def local(name: str, content: bytes) -> bytes:
    """A member as who reads from the beginning finds it."""
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr(name, content)
        return written.getvalue()[: archive.start_dir or None]


def moved(content: bytes, at: int, by: bytes) -> bytes:
    """With something put in at a place, and a directory that says where its members are now."""
    with ZipFile(BytesIO(content)) as archive:
        members, directory = archive.infolist(), archive.start_dir
    changed = bytearray(content)
    place = directory
    for member in members:
        if member.header_offset >= at:
            struct.pack_into("<L", changed, place + 42, member.header_offset + len(by))
        place += 46 + len(member.orig_filename.encode()) + len(member.extra)
    struct.pack_into("<L", changed, len(changed) - 6, directory + len(by))
    return bytes(changed[:at]) + by + bytes(changed[at:])


async def test_a_bundle_as_it_is_fetched_fits(bundle: Bundle) -> None:
    assert verified(bundle, bundle.content) == bundle.verified()


async def test_nothing_stands_beside_what_the_directory_lists(bundle: Bundle) -> None:
    forged = local("index.html", FORGED)
    with ZipFile(BytesIO(bundle.content)) as archive:
        places = [one.header_offset for one in archive.infolist()]
        directory = archive.start_dir
    end = len(bundle.content) - 22
    commented = bytearray(bundle.content)
    struct.pack_into("<H", commented, len(commented) - 2, 6)
    others = [
        forged + bundle.content,
        bundle.content + forged,
        bytes(commented) + b"FORGED",
        *(moved(bundle.content, at, forged) for at in [*places, directory]),
        bundle.content[:end] + b"FORGED" + bundle.content[end:],
    ]
    for content in others:
        with pytest.raises(verify.DoesNotFit):
            verified(bundle, content)


async def test_a_member_is_called_the_same_wherever_it_is_named(bundle: Bundle) -> None:
    """Only what stands before it is another: who goes by the directory does not see it."""
    at = bundle.content.index(b"index.html")
    content = bundle.content[:at] + b"INDEX" + bundle.content[at + 5 :]
    with ZipFile(BytesIO(content)) as archive:
        assert "index.html" in archive.namelist()
    with pytest.raises(verify.DoesNotFit, match=r"index\.html"):
        verified(bundle, content)


async def test_whatever_bit_is_another_it_is_told_or_nothing_is_another(
    bundle: Bundle, draw: Draw, thorough: bool
) -> None:
    """The dates in the directory and the like are nobody's; all else is told, in a sentence."""
    found = bundle.verified()
    chance = draw.random("bits")
    refused = 0
    for _ in range(2000 if thorough else 150):
        changed = bytearray(bundle.content)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        try:
            assert verified(bundle, bytes(changed)) == found
        except verify.DoesNotFit:
            refused += 1
    assert refused
    for length in range(0, len(bundle.content), len(bundle.content) // 40):
        with pytest.raises(verify.DoesNotFit):
            verified(bundle, bundle.content[:length])


async def test_of_what_is_damaged_it_is_told_which_member_is(bundle: Bundle) -> None:
    with ZipFile(BytesIO(bundle.content)) as archive:
        member = archive.getinfo(verify.ENTRIES)
    at = member.header_offset + 30 + len(verify.ENTRIES)
    content = bytearray(bundle.content)
    content[at : at + 8] = b"\xff" * 8
    with pytest.raises(verify.DoesNotFit, match=r"entries\.ndjson is damaged"):
        verified(bundle, bytes(content))


@pytest.mark.parametrize("name", [verify.MANIFEST, verify.KEY])
async def test_a_small_bundle_that_unpacks_to_a_large_one_takes_no_room(
    bundle: Bundle, name: str
) -> None:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        for _ in range(100):
            member.write(bytes(1024 * 1024))
    honest = written.getvalue()
    modest = bytearray(honest)
    directory = honest.rindex(b"PK\1\2")
    for place in (22, directory + 24):  # as if it were small
        struct.pack_into("<L", modest, place, 1000)
    tracemalloc.start()
    try:
        for content, says in ((honest, "more than 64 MiB"), (bytes(modest), "is damaged")):
            with pytest.raises(verify.DoesNotFit, match=says):
                verify.verify(BytesIO(content), None if name == verify.KEY else bundle.vkey)
        assert tracemalloc.get_traced_memory()[1] < 256 * 1024 * 1024
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("method", "flags"), [(ZIP_BZIP2, 0), (ZIP_DEFLATED, 1)], ids=["another packing", "encrypted"]
)
async def test_what_is_packed_otherwise_is_no_bundle(
    bundle: Bundle, method: int, flags: int
) -> None:
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        member = ZipInfo(verify.MANIFEST)
        member.compress_type = method
        archive.writestr(member, b"x" * 100)
    content = bytearray(written.getvalue())
    content[6] |= flags
    content[content.rindex(b"PK\1\2") + 8] |= flags
    with pytest.raises(verify.DoesNotFit, match="manifest"):
        verified(bundle, bytes(content))


@pytest.mark.parametrize(
    "content", [b"[" * 1_000_000, b"\xff\n", b"9" * 10_000, b"1e999", b"[null]", b"{}"]
)
@pytest.mark.parametrize("name", [verify.ENTRIES, verify.PROOFS, verify.PHOTOS, verify.CHECKPOINT])
async def test_whoever_signed_it_what_says_nothing_is_told(
    bundle: Bundle, settings: Settings, name: str, content: bytes
) -> None:
    origin = bundle.members[verify.CHECKPOINT].decode().split("\n")[0]
    signer = Signer(origin, open_vault(settings.checkpoint_key_path).keys[0])
    with pytest.raises(verify.DoesNotFit):
        bundle.verified(bundle.signed_anew(signer, {name: content + b"\n"}))
