"""What is told of a timeline to whose unit has a part of its incident in its custody."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import tzinfo
from uuid import UUID

from msgspec.structs import replace

from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.chronicle import readable
from wildlife.timeline.custody import is_by
from wildlife.timeline.entry import Amendment, Said, Void
from wildlife.timeline.fold import fold
from wildlife.timeline.kind import Kinds
from wildlife.timeline.queries import HeldEntry
from wildlife.timeline.withholding import withheld

# By which fields a correction says what an entry is about.
_ABOUT = {"animal", "about", "entry_id"}


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
    custody, incident = folded.kind.custody, folded.incident
    own = dict(custody.parts(incident)).get(unit)
    if own is None:
        return {}
    changed: dict[UUID, set[str]] = defaultdict(set)
    for one in entries:
        if isinstance(one.body, Amendment):
            changed[one.body.entry_id] |= one.body.changes.keys()
    told: dict[UUID, Said] = {}
    links: list[RecordedOpening | RecordedEntry] = [opening, *entries]
    for recorded in links:
        body = recorded.body
        if is_by(recorded, unit):
            told[body.id] = body
        elif not isinstance(body, Amendment | Void):
            counts = folded.corrected.has(body.id)
            as_it_is = folded.corrected.body(body.id) if counts else body
            now = custody.told(as_it_is, own, incident)
            if now is not None:
                then = None if changed[body.id] & _ABOUT else custody.told(body, own, incident)
                told[body.id] = then or now
    for recorded in entries:
        match recorded.body:
            case body if body.id in told:
                pass
            case Amendment(entry_id=target) as body if target == opening.body.id:
                told[body.id] = replace(body, changes={}, reason=None, note=None)
            case Amendment(entry_id=target) as body:
                if target in told and not changed[target] & _ABOUT:
                    told[body.id] = replace(body, reason=None, note=None)
            case Void(entry_id=target) as body if target in told:
                told[body.id] = replace(body, reason=None, note=None)
            case _:
                pass
    own_words = {one.body.id for one in links if is_by(one, unit)}
    return {
        id_: body if id_ in own_words else withheld(body, named_in) for id_, body in told.items()
    }
