"""Putting an incident together as evidence: its entries, its photos, and what proves that they are
in the ledger."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from media.store import Store, original_key, rendition_key
from wildlife.evidence import queries
from wildlife.evidence.queries import Placed
from wildlife.ledger.tree import Range, inclusion, range_hash, rows_under
from wildlife.ledger.tree_queries import Signed, read_rows
from wildlife.timeline.chain import RecordedEntry, RecordedOpening, digest
from wildlife.timeline.kind import Kinds
from wildlife.timeline.photo import ImageFacts

_AT_ONCE: Final = 64
"""Of so many entries the proofs are made at once."""

_RENDITIONS: Final = ("screen.jpeg", "screen.webp", "thumbnail.jpeg", "thumbnail.webp")


class Proof(msgspec.Struct, frozen=True):
    """That an entry is in the ledger: its place, what it is blinded with there, and the hashes that
    lead from it to the root."""

    position: int
    salt: str
    path: list[str]


class Original(msgspec.Struct, frozen=True):
    """A photo of the timeline. file: None where its original is lost."""

    photo_id: UUID
    sha256: str
    media_type: str
    size: int
    file: str | None
    renditions: list[str]
    """Which there are of it: they are made of the original, and are not in the bundle."""


class Evidence(msgspec.Struct, frozen=True):
    """All that is put into a bundle."""

    incident_id: UUID
    made_at: datetime
    entries: list[RecordedOpening | RecordedEntry]
    lines: list[str]
    proofs: list[Proof]
    photos: list[Original]
    checkpoint: Signed

    @property
    def case_number(self) -> str:
        return self.entries[0].facts.case_number or str(self.incident_id)


async def gather(
    connection: Connection,
    kinds: Kinds,
    incident_id: UUID,
    checkpoint: Signed,
    made_at: datetime,
) -> Evidence:
    """What the bundle of an incident holds that a checkpoint covers, but for its photos. Raises
    KeyError where the tree over the ledger has gaps, Damaged where an entry is not what its digest
    says, msgspec.MsgspecError where one can't be read."""
    placed = await queries.list_placed(connection, incident_id, checkpoint.size)
    if not placed or any(
        not digest(one.canonical) == one.digest == one.digest_there for one in placed
    ):
        raise Damaged
    entries = [kinds.decode(one.canonical) for one in placed]
    return Evidence(
        incident_id,
        made_at,
        entries,
        [one.canonical for one in placed],
        await _proofs(connection, placed, checkpoint.size),
        [],
        checkpoint,
    )


class Damaged(Exception):
    """What is kept is not as it was filed: it proves nothing."""


async def with_photos(evidence: Evidence, store: Store) -> Evidence:
    """The same with what the store has of its photos."""
    images = {
        one.body.id: one.facts.image for one in evidence.entries if one.facts.image is not None
    }
    photos = [await _photo(store, id_, image) for id_, image in images.items()]
    return msgspec.structs.replace(evidence, photos=photos)


async def _proofs(connection: Connection, placed: list[Placed], size: int) -> list[Proof]:
    """Some at a time: of a place in the tree up to 255 hashes of each level are read."""
    return [
        proof
        for at in range(0, len(placed), _AT_ONCE)
        for proof in await _some_proofs(connection, placed[at : at + _AT_ONCE], size)
    ]


async def _some_proofs(connection: Connection, placed: list[Placed], size: int) -> list[Proof]:
    paths = [inclusion(one.position, size) for one in placed]
    every = {one for path in paths for one in path}
    held = await read_rows(connection, [*{row for one in every for row in rows_under(one)}])
    hashes: dict[Range, str] = {one: range_hash(one, held).hex() for one in every}
    return [
        Proof(one.position, one.salt.hex, [hashes[step] for step in path])
        for one, path in zip(placed, paths, strict=True)
    ]


async def _photo(store: Store, photo_id: UUID, image: ImageFacts) -> Original:
    size = await store.size(original_key(image.sha256))
    suffix = image.media_type.partition("/")[2]
    file = f"originals/{photo_id}.{suffix}" if size == image.size else None
    made = [
        name
        for name in _RENDITIONS
        if await store.size(rendition_key(image.sha256, name)) is not None
    ]
    return Original(photo_id, image.sha256, image.media_type, image.size, file, made)
