"""What hides the places of an incident beside itself: its duplicates, which were where it was.

The records of one event are told of in one another. While the place of one is hidden, so is that of
what it is a duplicate of, however far up; whoever changes the one writes the others' rows anew.
Rows are locked from a duplicate to its original, and never the other way.
"""

from collections.abc import Collection
from datetime import tzinfo
from uuid import UUID

from msgspec.structs import replace

from db.connection import Connection
from wildlife.informants.queries import list_named
from wildlife.timeline.duplicate_queries import find_original, list_duplicate_ids
from wildlife.timeline.fold import Folded
from wildlife.timeline.kind import Kinds
from wildlife.timeline.policy import Policy
from wildlife.timeline.recent import read_timeline
from wildlife.timeline.row_queries import lock_incident, write_rows
from wildlife.timeline.rows import Rows, rows_of
from wildlife.words.hidden_places import HiddenPlaces


def is_known_hidden(folded: Folded, hidden: HiddenPlaces) -> bool:
    """Whether any of its animals is known to be one whose place is hidden: that one might be, which
    hides the place of a duplicate, says nothing of its original."""
    alone = replace(folded.incident, closing=None)
    return folded.kind.hides(alone, replace(hidden, unidentified=False))


async def rows_as_hidden(
    connection: Connection,
    kinds: Kinds,
    policy: Policy,
    zone: tzinfo,
    folded: Folded,
    seq: int,
    digest: bytes,
    named_in: Collection[str],
) -> Rows:
    """The rows of an incident, as `rows_of` has them, which its duplicates may hide."""
    hides = await _is_hidden_by_duplicates(connection, kinds, policy, zone, folded.incident.id)
    return rows_of(folded, kinds, policy, seq, digest, named_in, by_duplicates=hides)


async def _is_hidden_by_duplicates(
    connection: Connection, kinds: Kinds, policy: Policy, zone: tzinfo, incident_id: UUID
) -> bool:
    """Whether any of its duplicates, or of theirs, is known to be hidden."""
    if policy.hidden_places == HiddenPlaces():
        return False
    for duplicate in await list_duplicate_ids(connection, incident_id):
        timeline = await read_timeline(connection, kinds, zone, duplicate)
        if is_known_hidden(timeline.folded, policy.hidden_places):
            return True
    return False


async def tell_originals(
    connection: Connection,
    kinds: Kinds,
    policy: Policy,
    zone: tzinfo,
    originals: Collection[UUID | None],
) -> None:
    """Write anew the rows of these, and of what they are duplicates of, by what their duplicates
    are known to be now; each is locked until the transaction ends."""
    if policy.hidden_places == HiddenPlaces():
        return
    order = await _from_below(connection, [one for one in originals if one is not None])
    for one in order:
        above = await _tell(connection, kinds, policy, zone, one)
        if above is not None and above not in order:  # since just now
            order.append(above)


async def _from_below(connection: Connection, originals: Collection[UUID]) -> list[UUID]:
    """These, and what they are duplicates of, each behind all its own duplicates."""
    height: dict[UUID, int] = {}
    for original in originals:
        chain: list[UUID] = []
        step: UUID | None = original
        while step is not None and step not in chain:  # there may be circles of earlier days
            chain.append(step)
            step = await find_original(connection, step)
        height |= {one: at for at, one in enumerate(reversed(chain))}
    return sorted(height, key=lambda one: (-height[one], one))


async def _tell(
    connection: Connection, kinds: Kinds, policy: Policy, zone: tzinfo, incident_id: UUID
) -> UUID | None:
    """Write the rows of one anew; what it is a duplicate of."""
    if not await lock_incident(connection, incident_id):
        return None  # 0.1 took any id
    timeline = await read_timeline(connection, kinds, zone, incident_id)
    named = await list_named(connection, incident_id)
    named_in = {text for one in named for text in one.named_in}
    folded, seq, digest = timeline.folded, timeline.seq, timeline.digest
    rows = await rows_as_hidden(connection, kinds, policy, zone, folded, seq, digest, named_in)
    await write_rows(connection, kinds, rows)
    return folded.incident.duplicate_of
