"""Whether a chain holds, found out without reading what was said: most do, and of those that do not
`chain.verify` tells why."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

import msgspec

from wildlife.timeline.chain import GENESIS, Columns, Link


class _Image(msgspec.Struct, frozen=True, gc=False):
    sha256: str


class _Facts(msgspec.Struct, frozen=True, gc=False):
    image: _Image | None = None


class _Body(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    type: str = "opening"
    found_at: datetime | None = None
    happened_at: datetime | None = None
    recorded_at: datetime | None = None
    entry_id: UUID | None = None


class _Outline(msgspec.Struct, frozen=True, gc=False):
    """What of a link its place in the chain and the columns beside it repeat."""

    incident_id: UUID
    seq: int
    previous: str
    received_at: datetime
    body: _Body
    facts: _Facts


_DECODER: Final = msgspec.json.Decoder(_Outline)
_NAMES_ANOTHER: Final = {"amendment", "void"}


def holds(incident_id: UUID, links: Sequence[Link]) -> bool:
    """Whether each link has its digest, follows the one before it, and is what its columns say."""
    previous = GENESIS
    for seq, link in enumerate(links, 1):
        try:
            said = _DECODER.decode(link.canonical)
        except (msgspec.MsgspecError, UnicodeError):
            return False
        if (
            said.seq != seq
            or said.incident_id != incident_id
            or said.previous != previous.hex()
            or sha256(link.canonical.encode()).digest() != link.digest
            or _columns_of(said) != link.columns
        ):
            return False
        previous = link.digest
    return True


def _columns_of(said: _Outline) -> Columns | None:
    """As `chain.columns_of`, of what is read whole; None: that decides."""
    body, image = said.body, said.facts.image
    happened_at = body.found_at if body.type == "opening" else body.happened_at
    if happened_at is None:
        return None
    return Columns(
        body.id,
        said.seq,
        body.type,
        happened_at,
        body.recorded_at or said.received_at,
        said.received_at,
        body.entry_id if body.type in _NAMES_ANOTHER else None,
        bytes.fromhex(image.sha256) if image else None,
    )
