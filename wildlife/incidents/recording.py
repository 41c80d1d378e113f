"""Opening incidents and appending to them: a request's one decision point.

Every write carries an id, and may come any number of times: the same content answers as the first
time did, other content is refused by name and kept.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from db.pool import Connection
from wildlife.accounts.model import Actor
from wildlife.accounts.queries import find_officer
from wildlife.etags import require_match
from wildlife.incidents import answers, queries, timeline
from wildlife.incidents.entries import (
    Amendment,
    AnyEntry,
    Handover,
    Opening,
    Photo,
    RescueOpening,
    Void,
)
from wildlife.incidents.fold import FIXED_FIELDS, Refusal, fold
from wildlife.incidents.projections import project
from wildlife.incidents.queries import Head, StoredEntry
from wildlife.incidents.timeline import Facts, ImageFacts, Receiver, Recorded
from wildlife.informants.queries import find_informant
from wildlife.informants.vault import new_salt, salted_digest
from wildlife.places.model import Place
from wildlife.problems import FieldError, Problem
from wildlife.rescues.entries import Identification, OfAnimal, Release
from wildlife.service import Service
from wildlife.species.queries import find_taxon
from wildlife.stations.queries import find_station
from wildlife.values import IncidentId

# PostgreSQL could hold older times; no phone has a reason to name one.
_EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)


class Written(msgspec.Struct, frozen=True):
    """What a write answers; `created` is False for a replay."""

    answer: Any
    created: bool


async def open_incident(service: Service, actor: Actor, opening: Opening) -> Written:
    """Open an incident at the actor's station.

    Raises Problem: time_in_future, invalid_value, or id_conflict (the body is kept then).
    """
    assert actor.station is not None, "an officer belongs to a station"
    zone = service.settings.zone
    now = datetime.now(zone)
    _check_time(service, "found_at", opening.found_at, now)
    _check_place("place", opening.place)
    informant = msgspec.json.encode(opening.informant) if opening.informant else None
    salt = new_salt() if informant else None
    recorded: timeline.RecordedOpening = Recorded(
        incident_id=opening.id,
        seq=1,
        previous=timeline.GENESIS.hex(),
        received_at=now,
        actor=actor.as_reference(),
        body=replace(opening, informant=None),
        facts=Facts(
            case_number="",  # given by the statement
            informant_digest=salted_digest(salt, informant) if salt and informant else None,
        ),
    )
    folded = fold(recorded, [], zone)
    rows = project(folded, service.policy, seq=1, digest=b"")
    async with service.database.writing() as connection:
        numbered = await queries.open_incident(
            connection,
            station_id=actor.station.station_id,
            station_code=actor.station.code,
            day=now.date(),
            received_at=now,
            happened_at=opening.found_at,
            recorded_at=opening.recorded_at or now,
            around_case_number=timeline.encode_around_case_number(recorded),
            projections=rows,
            salt=salt,
            sealed_informant=service.vault.seal(opening.id, informant) if informant else None,
        )
        if numbered is None:
            return await _replay_opening(service, connection, actor, opening)
    state = replace(rows.incident[0].document, case_number=numbered.case_number)
    return Written(answers.incident(state, 1, numbered.digest, now), created=True)


async def _replay_opening(
    service: Service, connection: Connection, actor: Actor, opening: Opening
) -> Written:
    """The answer that the first request with this id got, if it said the same."""
    stored = await queries.find_entry(connection, opening.id, opening.id)
    assert stored is not None, "the primary key that refused the opening names an entry"
    first, _ = timeline.decode_timeline([stored.canonical])
    known = await queries.access_incident_to_append(connection, actor, IncidentId(opening.id))
    differing = _differing(first.body, replace(opening, informant=None))
    informant = await find_informant(connection, opening.id)
    if not _same_informant(opening, informant.salt if informant else None, first.facts):
        differing.append("informant")
    if known is None or differing:
        # Whoever may not see the incident learns no more than that the id is taken.
        await _refuse(service, connection, actor, opening.id, opening, differing if known else [])
    folded = fold(first, [], service.settings.zone)
    rows = project(folded, service.policy, seq=1, digest=stored.digest)
    document = rows.incident[0].document
    return Written(
        answers.incident(document, 1, stored.digest, document.received_at), created=False
    )


def _same_informant(opening: Opening, salt: bytes | None, facts: Facts) -> bool:
    if opening.informant is None or facts.informant_digest is None:
        return (opening.informant is None) == (facts.informant_digest is None)
    if not salt:
        return True  # erased since: nobody can tell any more
    return salted_digest(salt, msgspec.json.encode(opening.informant)) == facts.informant_digest


async def append_entry(
    service: Service,
    actor: Actor,
    incident_id: IncidentId,
    entry: AnyEntry,
    *,
    if_match: str | None = None,
    image: ImageFacts | None = None,
) -> Written:
    """Append an entry to an incident that the actor's station opened or is responsible for.

    Raises Problem: not_found, time_in_future, unknown_…, impossible_step, precondition_failed, or
    id_conflict (the body is kept then).
    """
    zone = service.settings.zone
    async with service.database.transaction() as connection:
        head = await queries.access_incident_to_append(connection, actor, incident_id)
        if head is None:
            raise Problem("not_found")
        stored = await queries.find_entry(connection, incident_id, entry.id)
        if stored is None:
            return await _append_new(
                service, connection, actor, incident_id, head, entry, if_match, image
            )
    differing = _differing_from(stored, entry, image)
    if differing:
        async with service.database.writing() as connection:
            await _refuse(service, connection, actor, incident_id, entry, differing)
    return Written(answers.entry(stored, zone), created=False)


async def _append_new(
    service: Service,
    connection: Connection,
    actor: Actor,
    incident_id: IncidentId,
    head: Head,
    entry: AnyEntry,
    if_match: str | None,
    image: ImageFacts | None,
) -> Written:
    zone = service.settings.zone
    now = datetime.now(zone)
    require_match(if_match, head.digest.hex())
    _check_time(service, "happened_at", entry.happened_at, now)
    opening, entries = timeline.decode_timeline(
        [stored.canonical for stored in await queries.fetch_timeline(connection, incident_id)]
    )
    _check_references(entry, opening, entries)
    if isinstance(entry, Release):
        _check_place("site", entry.site)
    recorded: timeline.RecordedEntry = Recorded(
        incident_id=incident_id,
        seq=head.seq + 1,
        previous=head.digest.hex(),
        received_at=now,
        actor=actor.as_reference(),
        body=entry,
        facts=await _establish(connection, entry, image),
    )
    folded = fold(opening, [*entries, recorded], zone)
    if folded.refusals:
        raise _impossible(entry.id, folded.refusals)
    canonical = timeline.encode(recorded)
    digest = timeline.digest(canonical)
    await queries.append_entry(
        connection,
        incident_id=incident_id,
        entry_id=entry.id,
        seq=recorded.seq,
        type_=str(entry.__struct_config__.tag),
        happened_at=entry.happened_at,
        recorded_at=entry.recorded_at,
        received_at=now,
        target_id=entry.entry_id if isinstance(entry, Amendment | Void) else None,
        canonical=canonical,
        digest=digest,
    )
    rows = project(folded, service.policy, recorded.seq, digest)
    await queries.write_projections(connection, rows)
    stored = StoredEntry(recorded.seq, canonical, digest)
    return Written(answers.entry(stored, zone), created=True)


async def _establish(connection: Connection, entry: AnyEntry, image: ImageFacts | None) -> Facts:
    """What the service itself knows of what the entry says, as of now."""
    match entry:
        case (
            Identification(species_id=species_id)
            | Amendment(changes={"species_id": str(species_id)})
        ):
            taxon = await find_taxon(connection, species_id)
            if taxon is None:
                raise Problem("unknown_species", FieldError("species_id", species_id))
            return Facts(taxon=taxon)
        case Handover(station=code, badge=badge):
            station = await find_station(connection, code)
            if station is None:
                raise Problem("unknown_station", FieldError("station", code))
            officer = await find_officer(connection, badge, station) if badge else None
            if badge and officer is None:
                raise Problem("unknown_badge", FieldError("badge", badge, station.name))
            return Facts(receiver=Receiver(station, officer))
        case _:
            return Facts(image=image)


def _check_time(service: Service, field: str, time: datetime, now: datetime) -> None:
    latest = now + timedelta(seconds=service.settings.future_tolerance_s)
    if time > latest:
        raise Problem(
            "time_in_future",
            FieldError(field, time.isoformat(), latest.isoformat(timespec="seconds")),
        )
    if time < _EARLIEST:
        raise Problem(
            "invalid_value", FieldError(field, time.isoformat(), f"later than {_EARLIEST.date()}")
        )


def _check_place(field: str, place: Place) -> None:
    if place.description is None and place.point is None:
        raise Problem("invalid_value", FieldError(field, {}, "a description or a point, or both"))


def _check_references(
    entry: AnyEntry, opening: timeline.RecordedOpening, entries: list[timeline.RecordedEntry]
) -> None:
    """That what the entry points at is there."""
    match entry:
        case Amendment(entry_id=target, changes=changes):
            known = {opening.body.id} | {
                e.body.id for e in entries if not isinstance(e.body, Amendment | Void)
            }
            if target not in known:
                raise Problem("unknown_entry", FieldError("entry_id", str(target)))
            for name in changes:
                if name in FIXED_FIELDS:
                    raise Problem(
                        "invalid_value",
                        FieldError(
                            f"changes.{name}",
                            changes[name],
                            "left as it is; void the entry and make a new one instead",
                        ),
                    )
        case Void(entry_id=target):
            if target not in {e.body.id for e in entries if not isinstance(e.body, Void)}:
                raise Problem("unknown_entry", FieldError("entry_id", str(target)))
        case OfAnimal(animal=number) if isinstance(opening.body, RescueOpening):
            count = len(opening.body.animals)
            if number > count:
                raise Problem(
                    "unknown_animal",
                    FieldError("animal", number, ", ".join(map(str, range(1, count + 1)))),
                )
        case _:
            pass


def _impossible(entry_id: UUID, refusals: list[Refusal]) -> Problem:
    """The problem of the entry itself, or of the one that it would make impossible."""
    own = [refusal for refusal in refusals if refusal.entry_id == entry_id]
    impossible = (own or refusals)[0].impossible
    if own:
        return Problem(
            "impossible_step",
            reason=impossible.reason,
            reason_zh=impossible.reason_zh,
            possible=impossible.possible,
        )
    other = refusals[0].entry_id
    return Problem(
        "impossible_step",
        reason=f"Entry {other} would no longer be possible: {impossible.reason} Void or amend"
        " that one first.",
        reason_zh=f"记录 {other} 将不再成立：{impossible.reason_zh}请先作废或更正该记录。",
        possible=impossible.possible,
    )


def _differing_from(stored: StoredEntry, entry: AnyEntry, image: ImageFacts | None) -> list[str]:
    """The fields in which an entry differs from the one stored under its id."""
    if stored.seq == 1:
        return ["type"]
    link = timeline.decode_entry(stored.canonical)
    if isinstance(entry, Photo):
        # A photo without a time of its own happened when it first came; so it did this time.
        entry = replace(entry, happened_at=link.body.happened_at, recorded_at=link.body.recorded_at)
    differing = _differing(link.body, entry)
    held = link.facts.image
    if image is not None and (held is None or held.sha256 != image.sha256):
        differing.append("sha256")
    return differing


def _differing(stored: Any, given: Any) -> list[str]:
    """The paths at which two bodies differ; two writings of one instant do not."""
    if stored == given:
        return []
    return list(_paths(msgspec.to_builtins(stored), msgspec.to_builtins(given), "")) or ["type"]


def _paths(a: Any, b: Any, path: str) -> Iterator[str]:
    if isinstance(a, dict) and isinstance(b, dict):
        for name in sorted({*a, *b}):
            yield from _paths(a.get(name), b.get(name), f"{path}.{name}" if path else name)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for index, (left, right) in enumerate(zip(a, b, strict=True)):
            yield from _paths(left, right, f"{path}[{index}]")
    elif a != b:
        yield path


async def _refuse(
    service: Service,
    connection: Connection,
    actor: Actor,
    incident_id: UUID,
    body: Opening | AnyEntry,
    differing: list[str],
) -> None:
    """Keep a body whose id is taken, and say so. Always raises."""
    await queries.keep_refused(
        connection,
        incident_id=incident_id,
        entry_id=body.id,
        actor=actor,
        differing=differing,
        sealed=service.vault.seal(incident_id, timeline.encode_said(body)),
    )
    raise Problem("id_conflict", FieldError("id", str(body.id)), differing=differing)
