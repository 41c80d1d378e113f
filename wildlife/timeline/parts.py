"""What is told of a timeline to whose unit has a part of its incident in its custody."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from msgspec.structs import replace

from db.connection import Connection
from wildlife.people.accounts import Actor
from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.entry import Amendment, Opening, Said, Void
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import Kinds
from wildlife.timeline.queries import HeldEntry
from wildlife.timeline.reading import read_incident
from wildlife.timeline.service import TimelineService
from wildlife.words.values import IncidentId


async def told_in_part(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    held: Sequence[HeldEntry],
) -> Mapping[UUID, Said] | None:
    """What `actor` is told of the entries of an incident, by their ids; those that are not here
    they are not told of."""
    part = await read_incident(service, connection, actor, incident_id)
    if part is None:
        return {}
    return _told(service.kinds, held, part, actor.station_id)


def _told(
    kinds: Kinds, held: Sequence[HeldEntry], part: Incident, unit: UUID | None
) -> dict[UUID, Said]:
    """What is about the part, and what the unit said itself; of corrections those of what is
    told, and of the opening's no more than that there are."""
    told: dict[UUID, Said] = {}
    for one in held:
        try:
            recorded = kinds.decode(one.canonical)
        except (msgspec.MsgspecError, UnicodeError):
            continue
        if (said := _said(kinds, recorded, part, unit, told)) is not None:
            told[one.entry_id] = said
    return told


def _said(
    kinds: Kinds,
    recorded: RecordedOpening | RecordedEntry,
    part: Incident,
    unit: UUID | None,
    told: Mapping[UUID, Said],
) -> Said | None:
    match recorded.body:
        case body if not isinstance(body, Opening) and recorded.actor.station_id == unit:
            return body
        case Amendment(entry_id=target) as amendment if isinstance(told.get(target), Opening):
            return replace(amendment, changes={})
        case Amendment(entry_id=target) | Void(entry_id=target):
            return recorded.body if target in told else None
        case body:
            found: Said | None = kinds.of(part).custody.told(body, part)
            return found
