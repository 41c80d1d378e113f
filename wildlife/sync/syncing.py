"""Taking what was gathered without a network: first what opens incidents, then their entries, then
photos.

What is wrong with one item holds up no other, and nothing that was typed is lost: what can't be
taken is kept for a person to look at. Each incident is written by itself. Whoever loses the answer,
or is broken off in the middle, sends all of it again.
"""

from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from typing import NamedTuple, TypeAlias
from uuid import UUID

import msgspec
from msgspec.structs import replace

from media.upload_state import Progress
from wildlife.people.accounts import Actor
from wildlife.people.may import Verb
from wildlife.photos.receiving import begin, finish
from wildlife.photos.service import PhotoService
from wildlife.photos.upload import UploadNote
from wildlife.sync.codes import SyncOutcome
from wildlife.sync.items import DeclaredPhoto, SyncResult
from wildlife.sync.reading import Sent, as_kept, read_item
from wildlife.timeline.answers import ShownEntry
from wildlife.timeline.appending import append_entries
from wildlife.timeline.entry import Amendment, Appendable, Closing, Opening, Void
from wildlife.timeline.establishing import Known
from wildlife.timeline.incident import Incident
from wildlife.timeline.opening import open_incident
from wildlife.timeline.photo import Said
from wildlife.timeline.refused_queries import find_sender
from wildlife.timeline.refusing import keep_unread
from wildlife.timeline.replaying import Written
from wildlife.web.problem_details import ProblemDetail
from wildlife.web.problems import Problem
from wildlife.web.together import each
from wildlife.words.values import IncidentId


class Telling(NamedTuple):
    """How who sent the items is told of them: of a problem, in their language, and of an upload, at
    which address it goes on."""

    problem: Callable[[Problem], ProblemDetail]
    address: Callable[[UUID], str]


async def sync(
    service: PhotoService, actor: Actor, items: Sequence[msgspec.Raw], telling: Telling
) -> list[SyncResult]:
    """What became of each item, in their order.

    Raises Problem where nothing can be said of any, as by a service that stops; what was taken
    until then stays.
    """
    sent = [read_item(service, raw) for raw in items]
    outcomes: _Outcomes = {one: one.body for one in sent if isinstance(one.body, Problem)}
    known = Known()

    async def opened(opening: tuple[Sent, Opening]) -> None:
        one, body = opening
        outcomes[one] = await _opened(service, actor, body)

    async def appended(of_one: tuple[UUID, _Entries]) -> None:
        outcomes.update(await _appended(service, actor, *of_one, known))

    await each([(one, one.body) for one in sent if isinstance(one.body, Opening)], opened)
    entries = [(one, one.body) for one in sent if isinstance(one.body, Appendable)]
    await each(_by_incident(entries).items(), appended)
    for one in sent:
        if isinstance(one.body, DeclaredPhoto):
            outcomes[one] = await _begun(service, actor, one.body)
    await _keep(service, actor, outcomes)
    return [_result(one, outcomes[one], telling) for one in sent]


_Outcome: TypeAlias = Written[Incident] | Written[ShownEntry] | Progress | Problem
_Outcomes: TypeAlias = dict[Sent, _Outcome]
_Entries: TypeAlias = Sequence[tuple[Sent, Appendable]]


def _by_incident(entries: _Entries) -> dict[UUID, list[tuple[Sent, Appendable]]]:
    """Those of each incident, in the order in which they happened."""
    found: dict[UUID, list[tuple[Sent, Appendable]]] = {}
    for sent, body in sorted(entries, key=lambda one: one[1].happened_at):
        if sent.incident_id is not None:
            found.setdefault(sent.incident_id, []).append((sent, body))
    return found


async def _appended(
    service: PhotoService, actor: Actor, incident_id: UUID, entries: _Entries, known: Known
) -> _Outcomes:
    outcomes: _Outcomes = {}
    for once in _each_id_once(entries):
        bodies = [body for _, body in once]
        appended = await append_entries(service, actor, IncidentId(incident_id), bodies, known)
        outcomes |= zip((one for one, _ in once), appended, strict=True)
    return outcomes


def _each_id_once(entries: _Entries) -> Iterator[_Entries]:
    """The same, in as many lists as it takes."""
    left = [*entries]
    while left:
        once: dict[UUID, tuple[Sent, Appendable]] = {}
        for one in left:
            once.setdefault(one[1].id, one)
        yield [*once.values()]
        left = [one for one in left if once[one[1].id] is not one]


async def _opened(
    service: PhotoService, actor: Actor, opening: Opening
) -> Written[Incident] | Problem:
    try:
        actor.require(Verb.FILE)
        return await open_incident(service, actor.doing(Verb.FILE), opening)
    except Problem as problem:
        return _of_item(problem)


async def _begun(service: PhotoService, actor: Actor, photo: DeclaredPhoto) -> Progress | Problem:
    """How far the photo is: attached where its bytes are held already."""
    said = Said(**{name: getattr(photo, name) for name in Said.__struct_fields__})
    try:
        actor.require(Verb.FILE, Verb.TEND)
        progress = await begin(service, actor, photo.size, UploadNote(said, photo.sha256, ""))
        if progress.is_complete:
            progress = await finish(service, actor, progress.upload.upload_id)
        if not progress.is_finished:
            await service.uploads.settle(progress.upload)
    except Problem as problem:
        return _of_item(problem)
    return progress


def _of_item(problem: Problem) -> Problem:
    """A problem that is one item's. Raises it where it is none of theirs, but the service's."""
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise problem
    return problem.with_traceback(None)  # which would keep connections


async def _keep(service: PhotoService, actor: Actor, outcomes: _Outcomes) -> None:
    """Keep what was refused and is not kept yet: as it was sent, since it may be what can't be
    read. Where no id can be read it is kept under one of the service's own, the same for the same.
    """
    unkept = [
        (one, body, outcome)
        for one, outcome in outcomes.items()
        if isinstance(outcome, Problem) and outcome.is_kept is None and outcome.settled is None
        if (body := as_kept(one.raw)) is not None
    ]
    if not unkept or actor.station is None:
        return
    async with service.database.transaction() as connection:
        for one, body, problem in unkept:
            said = msgspec.json.encode([actor.account_id, one.incident_id]) + one.raw
            own = UUID(bytes=service.vault.tag(said)[:16])
            incident_id, entry_id = one.incident_id or own, one.id or own
            sender = await find_sender(connection, actor, incident_id)
            await keep_unread(
                service, connection, actor, sender, incident_id, entry_id, body, problem
            )


def _result(one: Sent, outcome: _Outcome, telling: Telling) -> SyncResult:
    result = SyncResult(id=one.id, incident_id=one.incident_id, outcome=SyncOutcome.REFUSED)
    match outcome:
        case Problem():
            waits_for = _waits_for(one, outcome)
            return replace(
                result,
                outcome=SyncOutcome.WAITING if waits_for else SyncOutcome.REFUSED,
                waits_for=waits_for,
                problem=telling.problem(outcome),
            )
        case Written(answer=answer, created=created):
            return replace(
                result,
                outcome=SyncOutcome.CREATED if created else SyncOutcome.REPLAYED,
                digest=answer.digest,
                case_number=answer.case_number if isinstance(answer, Incident) else None,
            )
        case Progress(is_finished=True):
            return replace(result, outcome=SyncOutcome.REPLAYED, offset=outcome.offset)
        case Progress():
            return replace(
                result,
                outcome=SyncOutcome.EXPECTED,
                upload=telling.address(outcome.upload.upload_id),
                offset=outcome.offset,
            )


def _waits_for(one: Sent, problem: Problem) -> list[UUID]:
    """What has to be there before an item: it is none of the service's to know whether it comes."""
    match problem.code, one.body:
        case "not_found", Appendable() | DeclaredPhoto():
            return [one.incident_id] if one.incident_id is not None else []
        case "unknown_entry", Amendment(entry_id=target) | Void(entry_id=target):
            return [target]
        case "unknown_incident", Closing(duplicate_of=UUID() as original):
            return [original]
        case _:
            return []
