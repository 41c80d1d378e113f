"""What is told of a folded timeline to whose unit has a part of its incident. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from msgspec.structs import replace

from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.custody import is_by
from wildlife.timeline.entry import Amendment, Said, Void
from wildlife.timeline.fold import Folded

# By which fields a correction says what an entry is about.
_ABOUT: Final = {"animal", "about", "entry_id"}


def told_of(folded: Folded, opening: RecordedOpening, own: Any, unit: UUID) -> Mapping[UUID, Said]:
    """What a unit is told of the entries of an incident, by their ids, whose part of it is `own`;
    those that are not here it is not told of. opening: as it was said."""
    custody, incident = folded.kind.custody, folded.incident
    changed: dict[UUID, set[str]] = defaultdict(set)
    for one in folded.arrived:
        if isinstance(one.body, Amendment):
            changed[one.body.entry_id] |= one.body.changes.keys()
    told: dict[UUID, Said] = {}
    links: list[RecordedOpening | RecordedEntry] = [opening, *folded.arrived]
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
    for recorded in folded.arrived:
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
    return told
