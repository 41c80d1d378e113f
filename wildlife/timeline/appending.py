"""Appending to a timeline: one short transaction on the incident's row."""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from db.connection import Connection
from wildlife.informants.queries import list_named
from wildlife.people.accounts import Actor
from wildlife.people.may import Verb
from wildlife.timeline import answers, chain, queries
from wildlife.timeline.amending import check_amended, check_changes, check_voided, require_target
from wildlife.timeline.apart import (
    names_the_same,
    require_not_erased,
    seal,
    set_apart,
)
from wildlife.timeline.chain import Facts, Recorded, RecordedEntry, RecordedOpening
from wildlife.timeline.duplicate_queries import keep_originals_as_they_are
from wildlife.timeline.duplicates import names_original, require_original
from wildlife.timeline.entry import (
    Amendment,
    Closing,
    Entry,
    Handover,
    Opening,
    Photo,
    Void,
    place_of,
)
from wildlife.timeline.establishing import establish
from wildlife.timeline.fold import Folded, fold, go_on
from wildlife.timeline.hidden_by import is_known_hidden, rows_as_hidden, tell_originals
from wildlife.timeline.incident import Incident
from wildlife.timeline.kind import Kinds
from wildlife.timeline.named import keep_named, may_know, of_entry
from wildlife.timeline.photo import ImageFacts
from wildlife.timeline.possible import require_possible, told_to
from wildlife.timeline.queries import Head, StoredEntry
from wildlife.timeline.reading import read_incident
from wildlife.timeline.recent import Timeline
from wildlife.timeline.refused_queries import find_sender
from wildlife.timeline.refusing import keep
from wildlife.timeline.replaying import Written, differing_fields, id_conflict
from wildlife.timeline.responsibility import (
    STRANGE,
    Right,
    may_tend_for,
    may_write_for,
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
from wildlife.words.sentences import Sentence
from wildlife.words.values import IncidentId

# What can't stand on the timeline any more, or not yet: a phone may have sent it in another order,
# and a person sees what to do.
KEPT: Final = {
    "id_conflict",
    "informant_erased",
    "no_longer_responsible",
    "not_in_custody",
    "impossible_step",
    "mark_in_use",
    "timeline_full",
    "unknown_animal",
    "unknown_entry",
    "unknown_incident",
    *STRANGE,
}

_NOT_OPEN: Final = Sentence(
    "There is no incident at this address that you may see. If it has not been opened yet, open it"
    " first (POST /api/v1/incidents), then send this again. Else check the id, and whether it"
    " belongs to your unit.",
    "该地址没有你可以查看的警情。如尚未登记，请先登记警情，再重新发送；如已登记，请核对编号，"
    "并确认该警情属于你的单位。",
)

MOST_ENTRIES: Final = 2000
"""How many entries a timeline takes: a rescue of months has some hundred, and each append reads
them all."""


async def append_entry(
    service: TimelineService,
    actor: Actor,
    incident_id: IncidentId,
    entry: Entry,
    *,
    if_match: str | None = None,
    image: ImageFacts | None = None,
) -> Written[answers.ShownEntry]:
    """Append an entry to an incident that the actor's station is responsible for, or was then; as a
    chief, one of the stations below.

    What is on the timeline already is answered before anything else, whoever is responsible now.

    Raises Problem: what is wrong with the body, precondition_failed; or one of `KEPT`, with which
    the body is kept.
    """
    try:
        async with service.database.transaction(locking=incident_id) as connection:
            return await _append(service, connection, actor, incident_id, entry, if_match, image)
    except Problem as problem:
        # A photo's bytes are here already, and may be nowhere else any more.
        if problem.code not in KEPT and image is None:
            raise
        refused = problem
    async with service.database.transaction() as connection:
        # A stranger's too: their opening may be on its way, or they filed for a station of before.
        sender = await find_sender(connection, actor, incident_id)
        kept = await keep(service, connection, actor, sender, incident_id, entry, refused, image)
    raise kept


async def _append(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    entry: Entry,
    if_match: str | None,
    image: ImageFacts | None,
) -> Written[answers.ShownEntry]:
    if names_original(entry):
        # Before the incident's row: whoever has this goes on to the original's row.
        await keep_originals_as_they_are(connection)
    head = await queries.access_incident_to_append(
        connection, may_write_for(actor), may_tend_for(actor), incident_id
    )
    if head is not None:
        timeline = await service.recent.read(connection, incident_id, head)
        if not timeline.has(entry.id):
            try:
                return await _append_new(
                    service, connection, actor, incident_id, head, timeline, entry, if_match, image
                )
            except Problem as problem:
                raise told_to(actor, problem, timeline, entry, head.station_ids) from None
    stored = await queries.find_entry(connection, incident_id, entry.id)
    if stored is None:
        await require_part(connection, actor, incident_id)  # says why not
        raise Problem("not_responsible")  # a handover was voided in between
    # Nobody finds out by an id, and by what differs, what others said of what is not theirs.
    part = not writes_for(actor, head.station_ids) if head is not None else False
    is_own = chain.said_by(stored.canonical, actor.account_id)
    if not is_own:
        await require_part(connection, actor, incident_id)
        if part:
            raise id_conflict(entry, [])
    differing = _differing_from(service.kinds, stored, entry, image)
    facts = chain.facts_of(stored.canonical)
    same = stored.seq == 1 or await names_the_same(
        connection, incident_id, entry, facts, is_own=is_own
    )
    if differing or not same:
        raise id_conflict(entry, differing, names_the_same=same)
    shown = answers.entry(stored, service.settings.zone, actor)
    if head is not None and may_know(actor, head.responsible_station_id):
        named = await list_named(connection, incident_id)
        texts = {one for row in named for one in row.named_in}
        shown = replace(shown, flags=of_entry(entry, texts))
    return Written(answers.in_part(shown) if part else shown, created=False)


async def require_part(connection: Connection, actor: Actor, incident_id: IncidentId) -> None:
    """That the actor's station had a part in the incident, or their unit anything of it in its
    custody: also of who sends a photo, before a byte of it is taken.

    Raises Problem: not_responsible to who may only read it, not_found to all others.
    """
    if await queries.had_custody(connection, may_tend_for(actor), incident_id):
        return
    head = await queries.access_incident(connection, actor.doing(Verb.READ), incident_id)
    if head is None:
        raise Problem("not_found", said=_NOT_OPEN)
    if actor.station_id not in head.station_ids:
        raise Problem("not_responsible")


async def _append_new(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    head: Head,
    timeline: Timeline,
    entry: Entry,
    if_match: str | None,
    image: ImageFacts | None,
) -> Written[answers.ShownEntry]:
    settings, kinds = service.settings, service.kinds
    now = datetime.now(settings.zone)
    if head.seq >= MOST_ENTRIES and not isinstance(entry, Closing):
        raise Problem("timeline_full", expected=str(MOST_ENTRIES))
    opening, entries, before, _ = timeline
    right = right_to(actor, entry, before, entries, head.station_ids)
    tends = right.verb is Verb.TEND
    if if_match is not None:
        current = head.digest.hex()
        if tends:
            current = await _tag_of_part(service, connection, actor, incident_id, now)
        require_match(if_match, current)
    check_body(settings, before.kind, entry, _known_to(right, before), now)
    require_target(entry, opening, entries)
    await require_not_erased(connection, actor, incident_id, entry, settings.zone)
    recorded: RecordedEntry = Recorded(
        incident_id=incident_id,
        seq=head.seq + 1,
        previous=head.digest.hex(),
        received_at=now,
        actor=actor.as_reference(right.verb),
        body=set_apart(entry),
        facts=Facts(),
    )
    said: Opening | Entry = entry
    if isinstance(entry, Amendment):
        check_changes(settings, entry, opening, entries, before, now)
        amended = fold(kinds, opening, [*entries, recorded], settings.zone)
        check_amended(settings, entry, before, amended, now)
        said = amended.corrected.body(entry.entry_id)
    apart = seal(service.vault, incident_id, entry)
    facts = await establish(connection, timeline, entry, said)
    facts = replace(facts, image=image, informant_digest=apart.digest if apart else None)
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
    require_right(right, before, after, entry, entries, head.station_ids)
    stations = writes_for(actor, head.station_ids)
    require_possible(stations, entry, before, after, entries, settings.zone)
    if after.incident.duplicate_of != before.incident.duplicate_of:
        await require_original(connection, actor, after.incident, place_of("duplicate_of", entry))
    named_in = await keep_named(service.vault, connection, timeline, recorded, entry, apart)
    stored = await _write(service, connection, recorded, entries_after, after, opening, named_in)
    await _tell_originals(service, connection, before, after)
    shown = answers.entry(stored, settings.zone, actor)
    if may_know(actor, after.incident.responsible.station.station_id):
        shown = replace(shown, flags=of_entry(recorded.body, named_in))
    return Written(answers.in_part(shown) if tends else shown, created=True)


async def _write(
    service: TimelineService,
    connection: Connection,
    recorded: RecordedEntry,
    entries: list[RecordedEntry],
    after: Folded,
    opening: RecordedOpening,
    named_in: list[str],
) -> StoredEntry:
    """Put the entry on the timeline, which is `entries` then, and write all that follows."""
    incident_id = recorded.incident_id
    canonical = chain.encode(recorded)
    digest = chain.digest(canonical)
    await queries.append_entry(
        connection, incident_id, chain.columns_of(recorded), canonical, digest
    )
    kinds, policy, zone = service.kinds, service.policy, service.settings.zone
    seq = recorded.seq
    rows = await rows_as_hidden(connection, kinds, policy, zone, after, seq, digest, named_in)
    await write_rows(connection, kinds, rows)
    service.recent.keep(Timeline(opening, entries, after, digest))
    return StoredEntry(recorded.seq, recorded.body.id, canonical, digest)


async def _tell_originals(
    service: TimelineService, connection: Connection, before: Folded, after: Folded
) -> None:
    """What this is a duplicate of, and was, is told otherwise where this hides it, or does no
    more."""
    originals = {before.incident.duplicate_of, after.incident.duplicate_of}
    hidden = service.policy.hidden_places
    if len(originals) > 1 or is_known_hidden(before, hidden) != is_known_hidden(after, hidden):
        zone = service.settings.zone
        await tell_originals(connection, service.kinds, service.policy, zone, originals)


def _known_to(right: Right, before: Folded) -> Incident:
    """The incident by which it is told what is wrong with a body: as who sends it knows it."""
    if right.verb is not Verb.TEND:
        return before.incident
    [unit_id] = right.stations
    known: Incident = before.kind.custody.known(before.incident, unit_id)
    return known


async def _tag_of_part(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    now: datetime,
) -> str:
    """The tag of what a unit is told of an incident; of nothing any more, none that it has."""
    part = await read_incident(service, connection, actor.doing(Verb.READ), incident_id)
    return content_etag(None if part is None else answers.incident(part, now, actor)).strip('"')


def _gone_on(
    service: TimelineService, timeline: Timeline, recorded: RecordedEntry
) -> tuple[list[RecordedEntry], Folded]:
    """The entries with one more, and what follows from them."""
    zone, entries = service.settings.zone, [*timeline.entries, recorded]
    further = go_on(timeline.folded, entries, zone)
    return entries, further or fold(service.kinds, timeline.opening, entries, zone)


def _differing_from(
    kinds: Kinds, stored: StoredEntry, entry: Entry, image: ImageFacts | None
) -> list[str]:
    """The fields in which an entry differs from the one stored under its id."""
    if stored.seq == 1:
        return ["type"]
    link = kinds.decode_entry(stored.canonical)
    if isinstance(entry, Photo):
        # A photo without a time of its own happened when it first came; so it did this time.
        entry = replace(entry, happened_at=link.body.happened_at, recorded_at=link.body.recorded_at)
    differing = differing_fields(link.body, set_apart(entry))
    held = link.facts.image
    if image is not None and (held is None or held.sha256 != image.sha256):
        differing.append("sha256")
    return differing
