"""What is told of a timeline to whose unit has a part of its incident in its custody."""

from collections.abc import Collection, Mapping, Sequence
from datetime import tzinfo
from uuid import UUID

from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.chronicle import readable
from wildlife.timeline.custody import is_by
from wildlife.timeline.entry import Said
from wildlife.timeline.fold import fold
from wildlife.timeline.kind import Kinds
from wildlife.timeline.parting import told_of
from wildlife.timeline.queries import HeldEntry
from wildlife.timeline.withholding import withheld


def told_in_part(
    kinds: Kinds,
    held: Sequence[HeldEntry],
    unit: UUID,
    zone: tzinfo,
    named_in: Collection[str] = (),
) -> Mapping[UUID, Said]:
    """What a unit is told of the entries of an incident, by their ids; those that are not here it
    is not told of.

    That is what is about the part that it has, and what it said itself. What was said of something
    else first is told as it counts now, without what it was before. Of corrections it is told those
    of what it is told; not why, and of the opening's not what, since either may be about others.

    named_in: the texts of the incident that name who reported, which are told as `…`.
    """
    opening, entries = readable(kinds, held)
    if opening is None:
        return {}
    folded = fold(kinds, opening, entries, zone)
    own = dict(folded.kind.custody.parts(folded.incident)).get(unit)
    if own is None:
        return {}
    links: list[RecordedOpening | RecordedEntry] = [opening, *entries]
    own_words = {one.body.id for one in links if is_by(one, unit)}
    return {
        id_: body if id_ in own_words else withheld(body, named_in)
        for id_, body in told_of(folded, opening, own, unit).items()
    }
