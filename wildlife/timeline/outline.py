"""Whether a timeline is whole, found out without reading what was said: most are, and of those that
are not `chain.verify` tells why."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import msgspec

from wildlife.timeline.chain import GENESIS


class _Image(msgspec.Struct, frozen=True, gc=False):
    sha256: str


class _Facts(msgspec.Struct, frozen=True, gc=False):
    image: _Image | None = None
    informant_digest: str | None = None


class _Body(msgspec.Struct, frozen=True, gc=False):
    id: str
    type: str = "opening"
    found_at: datetime | None = None
    happened_at: datetime | None = None
    recorded_at: datetime | None = None
    entry_id: str | None = None


class _Outline(msgspec.Struct, frozen=True, gc=False):
    """What of a link its place in the chain and the columns beside it repeat. Ids stay texts: to
    compare two of another make takes longer than to decode all of it."""

    incident_id: str
    seq: int
    previous: str
    received_at: datetime
    body: _Body
    facts: _Facts


class Whole(msgspec.Struct, frozen=True, gc=False):
    """What a timeline that is whole comes to."""

    placed: int
    """How many of its entries have a place in the ledger before a size."""
    names_informant: bool


_DECODER: Final = msgspec.json.Decoder(_Outline)
_NAMES_ANOTHER: Final = {"amendment", "void"}


def whole(
    incident_id: UUID, rows: Sequence[Any], places: Mapping[bytes, Any], size: int
) -> Whole | None:
    """What it comes to where each entry has its digest, follows the one before it, is what its
    columns say, and has its place; None: something is not as it must be.

    rows, places: as `verify_queries` reads them. One loop: verifying is done a million times.
    """
    own_id, previous = str(incident_id), GENESIS.hex()
    before, placed, names_informant = -1, 0, False
    for expected, row in enumerate(rows, 1):
        entry_id, seq, type_, happened, recorded, received, target, image, text, digest, _ = row
        canonical = text.encode()
        place = places.get(digest)
        if seq != expected or place is None or sha256(canonical).digest() != digest:
            return None
        try:
            said = _DECODER.decode(canonical)
        except msgspec.MsgspecError:
            return None
        body, facts, its_type = said.body, said.facts, said.body.type
        happened_at = body.found_at if its_type == "opening" else body.happened_at
        if (
            said.seq != seq
            or said.incident_id != own_id
            or said.previous != previous
            or body.id != str(entry_id)
            or its_type != type_
            or happened.replace(tzinfo=UTC) != happened_at
            or recorded.replace(tzinfo=UTC) != (body.recorded_at or said.received_at)
            or received.replace(tzinfo=UTC) != said.received_at
            or (target and str(target)) != (body.entry_id if its_type in _NAMES_ANOTHER else None)
            or (image and image.hex()) != (facts.image.sha256 if facts.image else None)
        ):
            return None
        _, its_incident, its_entry, position = place
        if its_incident != incident_id or its_entry != entry_id:
            return None
        if position is not None:
            if position < before:
                return None
            before = position
            placed += position < size
        names_informant |= facts.informant_digest is not None
        previous = digest.hex()
    return Whole(placed, names_informant)
