"""Whether a timeline is whole, found out without reading what was said: most are, and of those that
are not `chain.verify` tells why."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo
from functools import cache
from hashlib import sha256
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from db.codecs import EPOCH, MICROSECOND
from wildlife.timeline.chain import GENESIS
from wildlife.timeline.verify_queries import TIMES

_Time: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]


class _Image(msgspec.Struct, frozen=True, gc=False):
    sha256: str


class _Facts(msgspec.Struct, frozen=True, gc=False):
    image: _Image | None = None
    informant_digest: str | None = None


class _Body(msgspec.Struct, frozen=True, gc=False):
    id: str
    type: str = "opening"
    found_at: _Time | None = None
    happened_at: _Time | None = None
    recorded_at: _Time | None = None
    entry_id: str | None = None


class _Outline(msgspec.Struct, frozen=True, gc=False):
    """What of a link its place in the chain and the columns beside it repeat. Ids stay texts: to
    compare two of another make takes longer than to decode all of it."""

    incident_id: str
    seq: int
    previous: str
    received_at: _Time
    body: _Body
    facts: _Facts


class Named(msgspec.Struct, frozen=True):
    """Who reported, as an entry names them."""

    seq: int
    digest: str | None
    """None: it names nobody."""


class Whole(msgspec.Struct, frozen=True, gc=False):
    """What a timeline that is whole comes to: where it ends, and what is counted of it."""

    seq: int
    digest: bytes
    placed: int
    """How many of its entries have one of some places in the ledger."""
    informants: dict[str, Named]
    """Whom its entries name by a digest, by the entry."""


_DECODER: Final = msgspec.json.Decoder(_Outline)
_NAMES_ANOTHER: Final = {"amendment", "void"}


@cache
def _epoch_in(zone: tzinfo | None) -> datetime:
    """`EPOCH`. Of two times in one zone the difference is found in a fifth of the time."""
    return EPOCH.astimezone(zone)


def whole(
    incident_id: str, rows: Iterable[Any], places: Mapping[bytes, Any], counted: range
) -> Whole | None:
    """What it comes to where each entry has its digest, follows the one before it, is what its
    columns say, and has its place; None: something is not as it must be.

    rows, places: as `verify_queries` reads them. counted: of which places it is counted how many
    are its own. One loop: verifying is done a million times.
    """
    previous, digest, before, placed = GENESIS.hex(), GENESIS, -1, 0
    first, end = counted.start, counted.stop
    informants: dict[str, Named] = {}
    seq = 0
    for expected, row in enumerate(rows, 1):
        _, entry_id, seq, type_, times, target_id, image, canonical, digest = row
        place = places.get(digest)
        if seq != expected or place is None or sha256(canonical).digest() != digest:
            return None
        try:
            said = _DECODER.decode(canonical)
        except (msgspec.MsgspecError, UnicodeError):
            return None
        body, facts, its_type, received_at = said.body, said.facts, said.body.type, said.received_at
        happened_at = body.found_at if its_type == "opening" else body.happened_at
        epoch = _epoch_in(received_at.tzinfo)
        if (
            said.seq != seq
            or said.incident_id != incident_id
            or said.previous != previous
            or body.id != entry_id
            or its_type != type_
            or happened_at is None
            or times
            != TIMES.pack(
                (happened_at - epoch) // MICROSECOND,
                ((body.recorded_at or received_at) - epoch) // MICROSECOND,
                (received_at - epoch) // MICROSECOND,
            )
            or target_id != (body.entry_id if its_type in _NAMES_ANOTHER else None)
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
            placed += first <= position < end
        if facts.informant_digest is not None:
            informants[entry_id] = Named(seq, facts.informant_digest)
        previous = digest.hex()
    return Whole(seq, digest, placed, informants)
