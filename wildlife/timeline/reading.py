"""An incident as it is now, from its row; from its timeline where the row says nothing to us. And
that timeline, as it is told to who reads it."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple
from uuid import UUID

import msgspec
import structlog
from msgspec.structs import replace

from db.connection import Connection
from wildlife.people.accounts import Actor
from wildlife.people.may import GENERALIZED, WHOLE, WITHHELD, custody
from wildlife.timeline import queries
from wildlife.timeline.chronicle import in_order, readable
from wildlife.timeline.duplicate_queries import list_duplicates
from wildlife.timeline.entry import Said
from wildlife.timeline.fold import fold, moments
from wildlife.timeline.generalizing import generalized
from wildlife.timeline.incident import FOLD_VERSION, Incident
from wildlife.timeline.mark_queries import list_same_marks
from wildlife.timeline.named import may_know, of_timeline
from wildlife.timeline.parts import told_in_part
from wildlife.timeline.recent import read_timeline
from wildlife.timeline.rows import owing
from wildlife.timeline.service import TimelineService
from wildlife.timeline.withholding import withheld
from wildlife.words.values import IncidentId

log = structlog.get_logger()

_OF_ALL: Final = (WHOLE, GENERALIZED, WITHHELD)
"""The views of all of an incident; each of the others is of a part."""


async def read_incident(
    service: TimelineService, connection: Connection, actor: Actor, incident_id: IncidentId
) -> Incident | None:
    """The incident, if `actor` may see it."""
    row = await queries.access_document(connection, actor, incident_id)
    if row is None:
        return None
    incident = _as_kept(service, row)
    if incident is None:
        incident = await _folded_again(service, connection, incident_id)
        incident = _as_seen(service, incident, row)
        if incident is None:
            return None
    marks = [*service.kinds.of(incident).marks(incident)]
    same = await list_same_marks(connection, actor, incident_id, marks) if marks else []
    known = [one for one in incident.informants_by if one not in row.informants_erased]
    duplicates = await list_duplicates(connection, actor, incident_id)
    flags = incident.flags
    if row.named_in and may_know(actor, incident.responsible.station.station_id):
        zone = service.settings.zone
        timeline = await read_timeline(connection, service.kinds, zone, incident_id)
        flags = [*flags, *of_timeline(timeline, row.named_in)]
    return replace(
        incident,
        flags=flags,
        has_informant=bool(known),
        informant_by=known[-1] if known else incident.informant_by,
        duplicates=duplicates,
        same_marks=same,
    )


async def read_moments(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    entry_ids: Collection[UUID],
) -> dict[UUID, Incident]:
    """What the incident was right after each of these entries, the opening among them, if `actor`
    may see it: told as `read_incident` tells of it now. What can't be read is left out."""
    row = await queries.access_document(connection, actor, incident_id)
    opening, said = readable(service.kinds, await queries.list_entries(connection, incident_id))
    if row is None or opening is None:
        return {}
    folded = fold(service.kinds, opening, said, service.settings.zone)
    own = None if row.view in _OF_ALL else _as_seen(service, folded.incident, row)
    found: dict[UUID, Incident] = {}
    for entry_id, then in moments(folded, entry_ids, service.settings.zone).items():
        if row.view in _OF_ALL:
            told = _as_seen(service, then, row)
        elif own is not None:
            told = withheld(folded.kind.custody.then(own, then), row.named_in)
        else:
            told = None
        if told is not None:
            found[entry_id] = told
    return found


def _as_seen(service: TimelineService, incident: Incident, row: queries.Kept) -> Incident | None:
    """An incident as it is told by a view; None where nobody has such a part any more."""
    if row.view == WHOLE:
        return incident
    if row.view in (GENERALIZED, WITHHELD):
        told = replace(withheld(incident, row.named_in), digest=None)
        return generalized(told) if row.view == GENERALIZED else told
    parts = service.kinds.of(incident).custody.parts(incident)
    of_it = (replace(part, entries=0) for unit, part in parts if custody(unit) == row.view)
    return withheld(next(of_it, None), row.named_in)


def _as_kept(service: TimelineService, row: queries.Kept) -> Incident | None:
    if row.fold_version != FOLD_VERSION:
        return None
    try:
        incident = service.kinds.read_incident(row.document)
        return replace(incident, entries=row.seq, digest=row.digest.hex() or None)
    except msgspec.ValidationError as error:
        log.warning("unreadable", id=str(row.incident_id), error=error)
        return None


async def _folded_again(
    service: TimelineService, connection: Connection, incident_id: UUID
) -> Incident:
    zone = service.settings.zone
    timeline = await read_timeline(connection, service.kinds, zone, incident_id)
    # Its own end and not the row's: by now, another entry may have come.
    incident = owing(timeline.folded, service.policy)
    return replace(incident, entries=timeline.seq, digest=timeline.digest.hex())


class ToldTimeline(NamedTuple):
    """Of which entries somebody is told, in the order in which things happened."""

    head: queries.Head
    entries: list[queries.StoredEntry]
    told: Mapping[UUID, Said] | None
    """What they are told of each, where that is a part."""


async def access_timeline(
    service: TimelineService, connection: Connection, actor: Actor, incident_id: IncidentId
) -> ToldTimeline | None:
    """The timeline of an incident, if `actor` may see it."""
    head = await queries.access_incident(connection, actor, incident_id)
    if head is None:
        return None
    held = await queries.list_entries(connection, incident_id)
    entries, told = in_order(service.kinds, held), None
    if head.is_part:
        assert actor.station_id is not None, "a part is told to a unit"
        zone = service.settings.zone
        told = told_in_part(service.kinds, held, actor.station_id, zone, head.withheld)
        entries = [one for one in entries if one.entry_id in told]
    return ToldTimeline(head, entries, told)
