"""Opening incidents: one request, one statement, once however often it is sent."""

from datetime import datetime
from typing import Final

from msgspec.structs import replace

from db.connection import Connection
from wildlife.people.accounts import Actor
from wildlife.people.badge_queries import read_holders
from wildlife.people.may import Verb
from wildlife.timeline import answers, chain, queries
from wildlife.timeline.apart import names_the_same, seal, set_apart
from wildlife.timeline.chain import Facts, Recorded
from wildlife.timeline.entry import Opening
from wildlife.timeline.fold import fold
from wildlife.timeline.incident import Flag, Incident
from wildlife.timeline.named import named_in_opening, of_entry
from wildlife.timeline.queries import StoredEntry
from wildlife.timeline.refused_queries import find_sender
from wildlife.timeline.refusing import keep
from wildlife.timeline.replaying import Written, differing_fields, id_conflict
from wildlife.timeline.rows import owing, rows_of
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
    zone = service.settings.zone
    now = datetime.now(zone)
    apart = seal(service.vault, opening.id, opening)
    recorded: chain.RecordedOpening = Recorded(
        incident_id=opening.id,
        seq=1,
        previous=chain.GENESIS.hex(),
        received_at=now,
        actor=actor.as_reference(Verb.FILE),
        body=set_apart(opening),
        facts=Facts(
            case_number="",  # given by the statement
            informant_digest=apart.digest if apart else None,
            station_region=actor.region_code,
            officers=read_holders(holders) if holders else None,
        ),
    )
    kinds = service.kinds
    folded = fold(kinds, recorded, [], zone)
    check_body(service.settings, folded.kind, opening, folded.incident, now)
    named_in = named_in_opening(opening)
    rows = rows_of(folded, kinds, service.policy, seq=1, digest=b"", named_in=named_in)
    async with service.database.writing(locking=actor.station.station_id) as connection:
        numbered = await queries.open_incident(
            connection,
            station_id=actor.station.station_id,
            station_code=actor.station.code,
            day=now.date(),
            received_at=now,
            happened_at=opening.found_at,
            recorded_at=opening.recorded_at or now,
            around_case_number=chain.encode_around_case_number(recorded),
            kinds=kinds,
            rows=rows,
            salt=apart.salt if apart else None,
            sealed_informant=apart.sealed if apart else None,
            sealed_by=apart.sealed_by if apart else None,
            named_in=named_in,
            holders=holders,
            badges=opening.officers,
        )
        if numbered is None:
            stored = await queries.find_entry(connection, opening.id, opening.id)
            if stored is None:
                return None
            return await _replay_opening(service, connection, actor, opening, stored)
    incident = replace(
        rows.incident.document,
        case_number=numbered.case_number,
        entries=1,
        digest=numbered.digest.hex(),
    )
    return Written(_pointed_out(opening, answers.incident(incident, now, actor)), created=True)


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
