"""Opening incidents: one request, one statement, once however often it is sent."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, NamedTuple

from msgspec.structs import replace

from db.connection import Connection
from wildlife.people.accounts import Actor, OfficerRef
from wildlife.people.badge_queries import read_holders
from wildlife.people.may import Verb
from wildlife.people.stations import StationRef
from wildlife.timeline import answers, chain, queries
from wildlife.timeline.apart import Sealed, names_the_same, seal, set_apart
from wildlife.timeline.chain import Facts, Recorded
from wildlife.timeline.entry import Opening
from wildlife.timeline.fold import fold
from wildlife.timeline.incident import Flag, Incident
from wildlife.timeline.named import named_in_opening, of_entry
from wildlife.timeline.queries import Numbered, StoredEntry
from wildlife.timeline.refused_queries import find_sender
from wildlife.timeline.refusing import keep
from wildlife.timeline.replaying import Written, differing_fields, id_conflict
from wildlife.timeline.rows import Rows, owing, rows_of
from wildlife.timeline.rules import check_body
from wildlife.timeline.service import TimelineService
from wildlife.web.problems import Problem
from wildlife.words.values import IncidentId

# Once with the officers as they are remembered, and as the database says by now; and once more.
_TRIES: Final = 3


async def open_incident(
    service: TimelineService, actor: Actor, opening: Opening
) -> Written[Incident]:
    """Open an incident at the actor's station.

    Raises Problem: time_in_future, invalid_value, or id_conflict (the body is kept then).
    """
    for _ in range(_TRIES):
        holders = await service.crews.of(opening.officers) if opening.officers else None
        written = await _open(service, actor, opening, holders)
        if written is not None:
            return written
        service.crews.forget(opening.officers)
    raise Problem("unavailable")


async def _open(
    service: TimelineService, actor: Actor, opening: Opening, holders: str | None
) -> Written[Incident] | None:
    """The same, if these are still the `holders` of the badges that it names."""
    assert actor.station is not None, "an officer belongs to a station"
    said = Facts(station_region=actor.region_code)
    begun = _begin(service, actor.as_reference(Verb.FILE), opening, said, holders)
    async with service.database.writing(locking=actor.station.station_id) as connection:
        numbered = await _write(service, connection, begun, holders)
        if numbered is None:
            stored = await queries.find_entry(connection, opening.id, opening.id)
            if stored is None:
                return None
            return await _replay_opening(service, connection, actor, opening, stored)
    incident = replace(
        begun.rows.incident.document,
        case_number=numbered.case_number,
        entries=1,
        digest=numbered.digest.hex(),
    )
    answer = answers.incident(incident, begun.recorded.received_at, actor)
    return Written(_pointed_out(opening, answer), created=True)


class _Begun(NamedTuple):
    """An incident that can be opened: its first entry, whom that names, and what follows."""

    recorded: chain.RecordedOpening
    apart: Sealed | None
    named_in: list[str]
    rows: Rows


def _begin(
    service: TimelineService,
    by: OfficerRef,
    opening: Opening,
    facts: Facts,
    holders: str | None,
) -> _Begun:
    """Raises Problem: what is wrong with the body. facts: what is known of who opens it."""
    zone, kinds = service.settings.zone, service.kinds
    now = datetime.now(zone)
    apart = seal(service.vault, opening.id, opening)
    recorded: chain.RecordedOpening = Recorded(
        incident_id=opening.id,
        seq=1,
        previous=chain.GENESIS.hex(),
        received_at=now,
        actor=by,
        body=set_apart(opening),
        facts=replace(
            facts,
            case_number="",  # given by the statement
            informant_digest=apart.digest if apart else None,
            officers=read_holders(holders) if holders else None,
        ),
    )
    folded = fold(kinds, recorded, [], zone)
    check_body(service.settings, folded.kind, opening, folded.incident, now)
    named_in = named_in_opening(opening)
    rows = rows_of(folded, kinds, service.policy, seq=1, digest=b"", named_in=named_in)
    return _Begun(recorded, apart, named_in, rows)


async def _write(
    service: TimelineService, connection: Connection, begun: _Begun, holders: str | None
) -> Numbered | None:
    recorded, apart, named_in, rows = begun
    opening, now, station = recorded.body, recorded.received_at, recorded.said_by.station
    assert station is not None, "who opens an incident belongs to a station"
    return await queries.open_incident(
        connection,
        station_id=station.station_id,
        station_code=station.code,
        day=now.date(),
        received_at=now,
        happened_at=opening.found_at,
        recorded_at=opening.recorded_at or now,
        around_case_number=chain.encode_around_case_number(recorded),
        kinds=service.kinds,
        rows=rows,
        salt=apart.salt if apart else None,
        sealed_informant=apart.sealed if apart else None,
        sealed_by=apart.sealed_by if apart else None,
        named_in=named_in,
        holders=holders,
        badges=opening.officers,
    )


async def open_accepted(
    service: TimelineService,
    actor: Actor,
    opening: Opening,
    facts: Facts,
    settle: Callable[[Connection], Awaitable[None]],
) -> None:
    """Open an incident at the station of who sent it first and was refused then, with whatever else
    `settle` does in the same transaction, first.

    facts: with `first_sent`. Raises Problem: what is wrong with the body; id_conflict where the
    incident is there. It is not kept again.
    """
    station = _station_of(facts)
    async with service.database.writing() as connection:
        await _require_new(connection, opening)
    by = _accepting(actor, station)
    for _ in range(_TRIES):
        holders = await service.crews.of(opening.officers) if opening.officers else None
        begun = _begin(service, by, opening, facts, holders)
        try:
            async with service.database.transaction(locking=station.station_id) as connection:
                await settle(connection)
                await _require_new(connection, opening)
                if await _write(service, connection, begun, holders) is None:
                    raise _Otherwise
        except _Otherwise:
            service.crews.forget(opening.officers)
        else:
            return
    raise Problem("unavailable")


class _Otherwise(Exception):
    """The incident was opened in between, or the officers are others by now."""


async def judge_opening(
    service: TimelineService, actor: Actor, opening: Opening, facts: Facts
) -> None:
    """That `open_accepted` would not raise now. Nothing is written."""
    async with service.database.reading() as connection:
        await _require_new(connection, opening)
    holders = await service.crews.of(opening.officers) if opening.officers else None
    _begin(service, _accepting(actor, _station_of(facts)), opening, facts, holders)


def _station_of(facts: Facts) -> StationRef:
    """The station of who sent it first."""
    assert facts.first_sent is not None
    assert facts.first_sent.by.station is not None, "what is kept is of a station"
    return facts.first_sent.by.station


def _accepting(actor: Actor, station: StationRef) -> OfficerRef:
    """Who accepts an opening: an officer of that station, or a chief. Raises Problem forbidden."""
    if actor.station_id == station.station_id and actor.may(Verb.FILE):
        return actor.as_reference(Verb.FILE)
    actor.require(Verb.DIRECT)
    return actor.as_reference(Verb.DIRECT)


async def _require_new(connection: Connection, opening: Opening) -> None:
    if await queries.find_entry(connection, opening.id, opening.id) is not None:
        raise id_conflict(opening, [])


def _pointed_out(opening: Opening, incident: Incident) -> Incident:
    """The answer to who opens it, with what of that names who reported."""
    flags = [Flag(one) for one in of_entry(opening, named_in_opening(opening))]
    return replace(incident, flags=[*incident.flags, *flags])


async def _replay_opening(
    service: TimelineService,
    connection: Connection,
    actor: Actor,
    opening: Opening,
    stored: StoredEntry,
) -> Written[Incident]:
    """The answer that the first request with this id got, if it said the same."""
    first = service.kinds.decode_opening(stored.canonical)
    is_own = chain.said_by(stored.canonical, actor.account_id)
    known = is_own or (
        await queries.access_incident(connection, actor, IncidentId(opening.id)) is not None
    )
    differing = differing_fields(first.body, set_apart(opening))
    same = await names_the_same(connection, opening.id, opening, first.facts, is_own=is_own)
    if not known:
        # Whoever may not see the incident learns no more than that the id is taken.
        differing, same = [], True
    if not known or differing or not same:
        problem = id_conflict(opening, differing, names_the_same=same)
        async with connection.transaction():
            sender = await find_sender(connection, actor, opening.id)
            kept = await keep(service, connection, actor, sender, opening.id, opening, problem)
        raise kept
    folded = fold(service.kinds, first, [], service.settings.zone)
    incident = replace(owing(folded, service.policy), entries=1, digest=stored.digest.hex())
    answer = answers.incident(incident, incident.received_at, actor)
    return Written(_pointed_out(opening, answer), created=False)
