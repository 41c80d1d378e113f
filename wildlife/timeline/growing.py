"""A timeline that grows: an entry at a time, and then the rows that follow from it."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from msgspec.structs import replace

from db.connection import Connection
from wildlife.people.accounts import Actor
from wildlife.people.may import Verb
from wildlife.timeline import answers, chain, queries
from wildlife.timeline.amending import check_amended, check_changes, check_voided, require_target
from wildlife.timeline.apart import Sealed, require_not_erased, seal, set_apart
from wildlife.timeline.chain import Facts, FirstSent, Recorded, RecordedEntry
from wildlife.timeline.duplicates import require_original
from wildlife.timeline.entry import (
    Amendment,
    Closing,
    Entry,
    Handover,
    Opening,
    Void,
    place_of,
)
from wildlife.timeline.establishing import Known, establish
from wildlife.timeline.fold import Folded, fold, go_on
from wildlife.timeline.hidden_by import is_known_hidden, rows_as_hidden, tell_originals
from wildlife.timeline.incident import Incident
from wildlife.timeline.named import keep_named, may_know, of_entry
from wildlife.timeline.photo import ImageFacts
from wildlife.timeline.possible import require_possible, told_to
from wildlife.timeline.queries import StoredEntry
from wildlife.timeline.reading import read_incident
from wildlife.timeline.recent import Timeline
from wildlife.timeline.responsibility import (
    Right,
    require_right,
    right_to,
    taken_from,
    writes_for,
)
from wildlife.timeline.row_queries import write_rows
from wildlife.timeline.rules import check_body
from wildlife.timeline.service import TimelineService
from wildlife.web.etags import content_etag, require_match
from wildlife.web.problems import Problem
from wildlife.words.values import IncidentId

MOST_ENTRIES: Final = 2000
"""How many entries a timeline takes: a rescue of months has some hundred, and each append reads
them all."""


class Judged(NamedTuple):
    """An entry that can be: by which right, whom it names, and what the timeline is with it."""

    right: Right
    recorded: RecordedEntry
    apart: Sealed | None
    entries: list[RecordedEntry]
    after: Folded


class _Added(NamedTuple):
    """An entry that is on the timeline now, as it was said and as it stands there."""

    said: Entry
    right: Right
    recorded: RecordedEntry
    apart: Sealed | None
    stored: StoredEntry


class Growing:
    """A timeline whose incident is locked until the transaction ends. Entries are added one by one,
    each to what those before it made of it; `write` writes them, and once what follows from all."""

    def __init__(
        self,
        service: TimelineService,
        connection: Connection,
        actor: Actor,
        timeline: Timeline,
        station_ids: list[UUID],
        known: Known,
        first_sent: FirstSent | None = None,
    ) -> None:
        """first_sent: of what is accepted, on whose behalf; else it is the actor's own."""
        self.timeline = timeline
        self.station_ids = station_ids
        """That had a part in it so far."""
        self._service = service
        self._connection = connection
        self._actor = actor
        self._known = known
        self._first_sent = first_sent
        self._before = timeline
        self._added: dict[UUID, _Added] = {}  # by their ids
        self._named_in: list[str] = []

    @property
    def is_accepting(self) -> bool:
        """Whether what is added was sent by somebody else before, and refused."""
        return self._first_sent is not None

    @property
    def responsible_station_id(self) -> UUID:
        return self.timeline.folded.incident.responsible.station.station_id

    async def add(self, entry: Entry, if_match: str | None, image: ImageFacts | None) -> None:
        """Put an entry on it that is new. Raises Problem where it can't be; nothing is changed."""
        try:
            judged = await self.judge(entry, if_match, image)
        except Problem as problem:
            raise told_to(self._actor, problem, self.timeline, entry, self.station_ids) from None
        right, recorded, apart, entries, after = judged
        canonical = chain.encode(recorded)
        digest = chain.digest(canonical)
        stored = StoredEntry(recorded.seq, entry.id, canonical, digest)
        self._added[entry.id] = _Added(entry, right, recorded, apart, stored)
        self.timeline = Timeline(self.timeline.opening, entries, after, digest)
        self.station_ids = after.station_ids

    async def judge(self, entry: Entry, if_match: str | None, image: ImageFacts | None) -> Judged:
        """What the entry makes of it. Raises Problem; nothing is written."""
        service, connection, actor = self._service, self._connection, self._actor
        settings, timeline = service.settings, self.timeline
        incident_id = timeline.opening.incident_id
        now = datetime.now(settings.zone)
        if timeline.seq >= MOST_ENTRIES and not isinstance(entry, Closing):
            raise Problem("timeline_full", expected=str(MOST_ENTRIES))
        opening, entries, before, _ = timeline
        first_sent = self._first_sent
        right = right_to(
            *(actor, entry, before, entries, self.station_ids),
            is_accepted=first_sent is not None,
        )
        if if_match is not None:
            current = timeline.digest.hex()
            if right.verb is Verb.TEND:
                current = await self._tag_of_part(now)
            require_match(if_match, current)
        check_body(settings, before.kind, entry, _known_to(right, before), now)
        require_target(entry, opening, entries)
        await require_not_erased(connection, actor, incident_id, entry, settings.zone)
        recorded: RecordedEntry = Recorded(
            incident_id=incident_id,
            seq=timeline.seq + 1,
            previous=timeline.digest.hex(),
            received_at=now,
            actor=actor.as_reference(right.verb),
            body=set_apart(entry),
            facts=Facts(first_sent=first_sent),
        )
        said: Opening | Entry = entry
        if isinstance(entry, Amendment):
            check_changes(settings, entry, opening, entries, before, now)
            amended = fold(service.kinds, opening, [*entries, recorded], settings.zone)
            check_amended(settings, entry, before, amended, now)
            said = amended.corrected.body(entry.entry_id)
        apart = seal(service.vault, incident_id, entry)
        facts = await establish(connection, self._known, timeline, entry, said)
        digest = apart.digest if apart else None
        facts = replace(facts, image=image, informant_digest=digest, first_sent=first_sent)
        if isinstance(entry, Handover) and facts.receiver is not None:
            facts = replace(facts, giver=taken_from(right, before, entry, facts.receiver))
        recorded = replace(recorded, facts=facts)
        entries_after, after = _gone_on(service, timeline, recorded)
        meant = after.kind.meant(recorded.body, after.incident, facts)
        if meant != facts:
            recorded = replace(recorded, facts=meant)
            entries_after, after = _gone_on(service, timeline, recorded)
        if isinstance(entry, Void):
            check_voided(settings, entry, before, after, now)
        require_right(right, before, after, entry, entries, self.station_ids)
        stations = writes_for(actor, self.station_ids)
        require_possible(stations, entry, before, after, entries, settings.zone)
        if after.incident.duplicate_of != before.incident.duplicate_of:
            field = place_of("duplicate_of", entry)
            await require_original(connection, actor, after.incident, field)
        return Judged(right, recorded, apart, entries_after, after)

    async def write(self) -> None:
        """Write what was added, and all that follows from it."""
        if not self._added:
            return
        service, connection = self._service, self._connection
        kinds, policy, zone = service.kinds, service.policy, service.settings.zone
        before, after = self._before.folded, self.timeline.folded
        seq, digest = self.timeline.seq, self.timeline.digest
        added = [*self._added.values()]
        await queries.append_entries(
            connection,
            self.timeline.opening.incident_id,
            [(chain.columns_of(one.recorded), one.stored) for one in added],
        )
        self._named_in = named_in = await keep_named(
            service.vault,
            connection,
            self.timeline,
            [one.recorded for one in added],
            [(one.said, one.apart) for one in added if one.apart is not None],
        )
        rows = await rows_as_hidden(connection, kinds, policy, zone, after, seq, digest, named_in)
        await write_rows(connection, kinds, rows)
        service.recent.keep(self.timeline)
        # What this is a duplicate of, and was, is told otherwise where this hides it, or does no
        # more.
        originals = {before.incident.duplicate_of, after.incident.duplicate_of}
        hidden = policy.hidden_places
        if len(originals) > 1 or is_known_hidden(before, hidden) != is_known_hidden(after, hidden):
            await tell_originals(connection, kinds, policy, zone, originals)

    def told(self, entry: Entry) -> answers.ShownEntry:
        """What is answered of one that was added, when it is written."""
        added = self._added[entry.id]
        shown = answers.entry(added.stored, self._service.settings.zone, self._actor)
        if may_know(self._actor, self.responsible_station_id):
            shown = replace(shown, flags=of_entry(added.recorded.body, self._named_in))
        return answers.in_part(shown) if added.right.verb is Verb.TEND else shown

    async def _tag_of_part(self, now: datetime) -> str:
        """The tag of what a unit is told of the incident; of nothing any more, none that it has."""
        actor = self._actor.doing(Verb.READ)
        incident_id = IncidentId(self.timeline.opening.incident_id)
        part = await read_incident(self._service, self._connection, actor, incident_id)
        return content_etag(
            None if part is None else answers.incident(part, now, self._actor)
        ).strip('"')


def _known_to(right: Right, before: Folded) -> Incident:
    """The incident by which it is told what is wrong with a body: as who sends it knows it."""
    if right.verb is not Verb.TEND:
        return before.incident
    [unit_id] = right.stations
    known: Incident = before.kind.custody.known(before.incident, unit_id)
    return known


def _gone_on(
    service: TimelineService, timeline: Timeline, recorded: RecordedEntry
) -> tuple[list[RecordedEntry], Folded]:
    """The entries with one more, and what follows from them."""
    zone, entries = service.settings.zone, [*timeline.entries, recorded]
    further = go_on(timeline.folded, entries, zone)
    return entries, further or fold(service.kinds, timeline.opening, entries, zone)
