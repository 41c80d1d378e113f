"""The fold: what follows from a timeline. Pure, and blind to the order of arrival.

Entries count in the order in which they happened; what amends or voids another entry is applied to
that entry first. An entry that is impossible at its place changes nothing and is named, so that the
one who appends it can be told; a timeline that was accepted names none.
"""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import chain
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.people.codes import Role
from wildlife.people.stations import StationRef
from wildlife.timeline.advancing import Refusal, opened, steps
from wildlife.timeline.chain import Body, Recorded, RecordedEntry, RecordedOpening
from wildlife.timeline.contradictions import contradictions
from wildlife.timeline.correcting import Corrected, Order, correct, moment, order
from wildlife.timeline.entry import (
    Amendment,
    Handover,
    Impossible,
    Told,
    Void,
)
from wildlife.timeline.incident import Flag, Incident
from wildlife.timeline.kind import AnyKind, Kinds
from wildlife.timeline.photographs import flagged
from wildlife.web.problems import Problem
from wildlife.words.structs import in_zone, texts
from wildlife.words.text import Indexed
from wildlife.words.vocabularies import IncidentState, RecordFlag


class Folded(msgspec.Struct, frozen=True):
    """What follows from a timeline, and which of its entries could not be."""

    kind: AnyKind
    incident: Incident
    refusals: list[Refusal]
    supposed: list[Refusal]
    """The entries that count all the same, since they could be when they came: with what they
    suppose."""
    said: Indexed
    """All that was written: in the opening, and in the entries, those that count and the others, in
    their order, with the names of species and officers. What was corrected can be read on the
    timeline, and so is found."""
    station_ids: list[UUID]
    """The stations that had a part in it: were ever responsible, or filed an entry."""
    corrected: Corrected
    """What counts of the timeline, as amendments make it."""
    holders: list[tuple[datetime, datetime, UUID]]
    """From when on, by the moments of handovers, which station was responsible."""
    latest: Order | None
    """The last place of an entry, as it was said or as it counts."""
    arrived: list[RecordedEntry]
    """All entries behind the opening, as they came."""

    def holder_at(self, happened_at: datetime, recorded_at: datetime) -> UUID:
        """The station whose it was to say what happened then. Whoever hands over has the moment."""
        at = happened_at.astimezone(UTC), recorded_at.astimezone(UTC)
        held = [station_id for *since, station_id in self.holders if tuple(since) < at]
        return held[-1] if held else self.holders[0][-1]


def fold(
    kinds: Kinds, opening: RecordedOpening, entries: Sequence[RecordedEntry], zone: tzinfo
) -> Folded:
    """An incident after all `entries`, in whatever order they are given.

    zone: whose days count for the protection of a species.
    """
    kind = kinds.of(opening.body)
    corrected = correct(opening, entries)
    begun_as = opened(kind, _in_zone(corrected.opening, zone))
    effective = [_in_zone(recorded, zone) for recorded in corrected.entries.values()]
    effective.sort(key=order)
    said = sorted(entries, key=order)
    begun = Folded(
        kind,
        begun_as,
        [_refusal(one, problem) for one, problem in corrected.problems.items()],
        [],
        Indexed().then(*_written(opening), *chain.from_iterable(map(_written, said))),
        [*_stations(map(_part_of, entries))],
        corrected,
        [(datetime.min.replace(tzinfo=UTC),) * 2 + (begun_as.station.station_id,)],
        max(map(order, (*said[-1:], *effective[-1:])), default=None),
        [*entries],
    )
    folded = _advanced(begun, deque(effective), zone)
    while unfit := dict(kind.impossible(folded.incident)):
        known = {one.entry_id: one for one in folded.supposed}
        refused = [known.get(one) or Refusal(one, why) for one, why in unfit.items()]
        begun = replace(begun, refusals=[*begun.refusals, *refused])
        effective = [recorded for recorded in effective if recorded.body.id not in unfit]
        folded = _advanced(begun, deque(effective), zone)
    return folded


def go_on(before: Folded, entries: Sequence[RecordedEntry], zone: tzinfo) -> Folded | None:
    """The same as folding `entries`, of which `before` is the fold without the last; None where
    that is not simply the latest thing that happened, and all has to be folded again."""
    *_, recorded = entries
    at, latest, standing = order(recorded), before.latest, before.corrected.entries
    if (
        before.refusals
        or isinstance(recorded.body, Amendment | Void)
        or any(_corrects(one, recorded) for one in entries)
        or (latest is not None and latest > at)
        or (isinstance(recorded.body, Handover) and latest is not None and latest[:2] == at[:2])
        # What counts with what it supposes waits for all of its moment.
        or any(moment(standing[one.entry_id]) == at[:2] for one in before.supposed)
    ):
        return None
    recorded_here = _in_zone(recorded, zone)
    begun = replace(
        before,
        corrected=replace(before.corrected, entries={**standing, recorded.body.id: recorded}),
        said=before.said.then(*_written(recorded)),
        station_ids=[*before.station_ids, *_stations([_part_of(recorded)])],
        latest=at,
        arrived=[*entries],
    )
    after = _advanced(begun, deque([recorded_here]), zone)
    return None if any(before.kind.impossible(after.incident)) else after


def _written(recorded: RecordedOpening | RecordedEntry) -> Iterator[str]:
    """All that was written, and what every reader sees beside it: what the species was called, and
    the officers whose badges it names."""
    yield from texts(recorded.body)
    facts = recorded.facts
    if facts.taxon is not None:
        taxon = facts.taxon
        yield from (taxon.chinese_name, taxon.scientific_name, taxon.english_name)
    yield from (officer.name for officer in facts.officers or ())


def _corrects(correction: RecordedEntry, recorded: RecordedEntry) -> bool:
    said = correction.body
    return isinstance(said, Amendment | Void) and said.entry_id == recorded.body.id


def moments(folded: Folded, entry_ids: Collection[UUID], zone: tzinfo) -> dict[UUID, Incident]:
    """What the incident was right after each of these entries, the opening among them, in the
    record's own order: as what was said up to then counts now, without what it came to contradict.
    What counts no more has no moment."""
    kind, corrected = folded.kind, folded.corrected
    incident = opened(kind, _in_zone(corrected.opening, zone))
    found = {incident.id: incident}
    refused = {one.entry_id for one in folded.refusals}
    standing = [one for one in corrected.entries.values() if one.body.id not in refused]
    effective = deque(_in_zone(one, zone) for one in sorted(standing, key=order))
    for recorded, after in steps(kind, incident, effective, zone, [], []):
        found[recorded.body.id] = after
    return {one: found[one] for one in entry_ids if one in found}


def _advanced(folded: Folded, waiting: deque[RecordedEntry], zone: tzinfo) -> Folded:
    """The same after those that wait, in their order."""
    kind, incident = folded.kind, folded.incident
    refusals, holders = [*folded.refusals], [*folded.holders]
    supposed = [*folded.supposed]
    for recorded, after in steps(kind, incident, waiting, zone, refusals, supposed):
        incident = after
        if isinstance(recorded.body, Handover):
            station_id = incident.responsible.station.station_id
            holders.append((*moment(recorded), station_id))
    incident = replace(
        incident,
        state=_how_far(kind, incident),
        photos=flagged(kind, incident),
        flags=[*contradictions(kind, incident, _told(folded.corrected)), *_lapsed(refusals)],
    )
    responsible = [one.station for one in (*incident.responsible_before, incident.responsible)]
    return replace(
        folded,
        incident=incident,
        refusals=refusals,
        supposed=supposed,
        holders=holders,
        station_ids=sorted({*folded.station_ids, *_stations(responsible)}),
    )


def _told(corrected: Corrected) -> Iterator[Told]:
    """Each, in their order: they can always be."""
    for recorded in sorted(corrected.entries.values(), key=order):
        if isinstance(recorded.body, Told):
            yield recorded.body


def _lapsed(refusals: Iterable[Refusal]) -> Iterator[Flag]:
    for refusal in refusals:
        if refusal.impossible.lapses:
            yield Flag(RecordFlag.CLOSING_LAPSED, entry_id=refusal.entry_id)


def _part_of(recorded: RecordedEntry) -> StationRef | None:
    """The station that has a part by an entry. Who has an animal in custody has that, no more."""
    return None if recorded.actor.role is Role.RESCUER else recorded.actor.station


def _stations(stations: Iterable[StationRef | None]) -> set[UUID]:
    return {station.station_id for station in stations if station is not None}


def _in_zone(recorded: Recorded[Body], zone: tzinfo) -> Recorded[Body]:
    """The same link with its times in the zone of our answers."""
    body: Any = recorded.body
    return replace(
        recorded,
        body=in_zone(body, zone),
        received_at=recorded.received_at.astimezone(zone),
    )


def _refusal(entry_id: UUID, problem: Problem) -> Refusal:
    return Refusal(entry_id, Impossible(*problem.sentence()))


def _how_far(kind: AnyKind, incident: Incident) -> IncidentState:
    if incident.closing is not None:
        return IncidentState.CLOSED
    return IncidentState.RESOLVED if kind.is_settled(incident) else IncidentState.OPEN
