"""Appending to a timeline: one short transaction on the incident's row, for one entry or many."""

from collections.abc import Sequence
from typing import Final, TypeAlias

from msgspec.structs import replace

from db.connection import Connection
from wildlife.informants.queries import list_named
from wildlife.people.accounts import Actor
from wildlife.people.may import Verb
from wildlife.timeline import answers, chain, queries
from wildlife.timeline.apart import names_the_same, set_apart
from wildlife.timeline.chain import FirstSent
from wildlife.timeline.duplicate_queries import keep_originals_as_they_are
from wildlife.timeline.duplicates import names_original
from wildlife.timeline.entry import Entry, Photo
from wildlife.timeline.establishing import Known
from wildlife.timeline.growing import Growing
from wildlife.timeline.kind import Kinds
from wildlife.timeline.named import may_know, of_entry
from wildlife.timeline.photo import ImageFacts
from wildlife.timeline.queries import StoredEntry
from wildlife.timeline.refused_queries import find_sender
from wildlife.timeline.refusing import keep
from wildlife.timeline.replaying import Written, differing_fields, id_conflict
from wildlife.timeline.responsibility import STRANGE, may_tend_for, may_write_for, writes_for
from wildlife.timeline.service import TimelineService
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

_THERE: Final = Sentence(
    "It was taken in the meantime, and is on the timeline with this content already: there is"
    " nothing to accept.",
    "该内容此后已登记，时间线上已有相同内容的记录，无需接受登记。",
)

_MAY_COME: Final = KEPT - {"id_conflict", "informant_erased", "timeline_full"}
"""What may be otherwise once more is on the timeline."""

_MOST_ROUNDS: Final = 5
"""How often those of many are tried that could not be. Each round takes as long as the first."""


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
    async with service.database.transaction(locking=incident_id) as connection:
        [outcome] = await _append(
            service, connection, actor, incident_id, [entry], Known(), if_match, image
        )
    if isinstance(outcome, Problem):
        await _keep(service, actor, incident_id, [(entry, outcome)], image)
        raise outcome
    return outcome


Outcome: TypeAlias = Written[answers.ShownEntry] | Problem


async def append_entries(
    service: TimelineService,
    actor: Actor,
    incident_id: IncidentId,
    entries: Sequence[Entry],
    known: Known,
) -> list[Outcome]:
    """Append each of these as `append_entry` does, in one transaction; what came of each, in their
    order. One that is impossible holds up no other, and is tried again after those that come behind
    it, which may be what it waits for. No two of them have the same id.

    known: of the same request.
    """
    async with service.database.transaction(locking=incident_id) as connection:
        outcomes = await _append(service, connection, actor, incident_id, entries, known)
    refused = [
        (entry, outcome)
        for entry, outcome in zip(entries, outcomes, strict=True)
        if isinstance(outcome, Problem)
    ]
    await _keep(service, actor, incident_id, refused)
    return outcomes


async def append_accepted(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    entry: Entry,
    image: ImageFacts | None,
    first_sent: FirstSent,
) -> None:
    """Append what somebody else sent first and was refused then, on behalf of them. Inside a
    transaction only, which is to be rolled back where this raises Problem: as `append_entry` does,
    but the body is not kept again; refused_settled where it was taken in the meantime."""
    [outcome] = await _append(
        *(service, connection, actor, incident_id, [entry], Known()),
        image=image,
        first_sent=first_sent,
    )
    _require_taken(outcome)


def _require_taken(outcome: Outcome | None) -> None:
    """That it was put on the timeline now, by this."""
    if isinstance(outcome, Problem):
        raise outcome
    if outcome is not None and not outcome.created:
        raise Problem("refused_settled", reason=_THERE)


async def judge_accepted(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    entry: Entry,
    image: ImageFacts | None,
    first_sent: FirstSent,
) -> None:
    """That `append_accepted` would not raise now: nothing is written, and nobody is held up. Inside
    a transaction only."""
    head = await queries.find_head(connection, incident_id)
    growing = None
    if head is not None and writes_for(actor, head.station_ids):
        timeline = await service.recent.read(connection, incident_id, head)
        growing = Growing(
            service, connection, actor, timeline, head.station_ids, Known(), first_sent
        )
    _require_taken(
        await _tried(service, connection, actor, incident_id, entry, growing, None, image)
    )


async def _keep(
    service: TimelineService,
    actor: Actor,
    incident_id: IncidentId,
    refused: Sequence[tuple[Entry, Problem]],
    image: ImageFacts | None = None,
) -> None:
    """Keep these bodies where their problems are `KEPT`; a photo's bytes are here already, and may
    be nowhere else any more."""
    kept = [(entry, one) for entry, one in refused if one.code in KEPT or image is not None]
    if not kept:
        return
    async with service.database.transaction() as connection:
        # A stranger's too: their opening may be on its way, or they filed for a station of before.
        sender = await find_sender(connection, actor, incident_id)
        for entry, problem in kept:
            await keep(service, connection, actor, sender, incident_id, entry, problem, image)


async def _append(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    entries: Sequence[Entry],
    known: Known,
    if_match: str | None = None,
    image: ImageFacts | None = None,
    first_sent: FirstSent | None = None,
) -> list[Outcome]:
    if any(map(names_original, entries)):
        # Before the incident's row: whoever has this goes on to the original's row.
        await keep_originals_as_they_are(connection)
    head = await queries.access_incident_to_append(
        connection, may_write_for(actor), may_tend_for(actor), incident_id
    )
    growing = None
    if head is not None:
        timeline = await service.recent.read(connection, incident_id, head)
        growing = Growing(service, connection, actor, timeline, head.station_ids, known, first_sent)
    outcomes: dict[int, Outcome | None] = {}
    waiting = [*range(len(entries))]
    for _ in range(_MOST_ROUNDS):
        for at in waiting:
            try:
                outcomes[at] = await _tried(
                    service, connection, actor, incident_id, entries[at], growing, if_match, image
                )
            except Problem as problem:
                outcomes[at] = problem.with_traceback(None)  # which would keep the connection
        still = [at for at in waiting if _may_come(outcomes[at])]
        if len(still) in (0, len(waiting)):
            break
        waiting = still
    if growing is not None:
        await growing.write()
        for at, entry in enumerate(entries):
            outcomes[at] = outcomes[at] or Written(growing.told(entry), created=True)
    return [one for at in range(len(entries)) if (one := outcomes[at]) is not None]


def _may_come(outcome: Outcome | None) -> bool:
    return isinstance(outcome, Problem) and outcome.code in _MAY_COME


async def _tried(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    entry: Entry,
    growing: Growing | None,
    if_match: str | None,
    image: ImageFacts | None,
) -> Written[answers.ShownEntry] | None:
    """Add one entry, which is answered when all is written; or the answer of the first time."""
    if growing is not None and not growing.timeline.has(entry.id):
        await growing.add(entry, if_match, image)
        return None
    stored = await queries.find_entry(connection, incident_id, entry.id)
    if stored is None:
        await require_part(connection, actor, incident_id)  # says why not
        raise Problem("not_responsible")  # a handover was voided in between
    # Nobody finds out by an id, and by what differs, what others said of what is not theirs.
    part = not writes_for(actor, growing.station_ids) if growing is not None else False
    is_own = chain.said_by(stored.canonical, actor.account_id)
    vouches = growing is not None and growing.is_accepting and not part
    if not is_own and not vouches:
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
    if growing is not None and may_know(actor, growing.responsible_station_id):
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
