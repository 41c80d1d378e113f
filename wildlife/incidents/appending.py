"""Appending to a timeline: one short transaction on the incident's row."""

from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from db.pool import Connection
from wildlife.accounts.model import Actor
from wildlife.accounts.queries import find_officer
from wildlife.etags import require_match
from wildlife.incidents import answers, queries, timeline
from wildlife.incidents.checks import check_place, check_time
from wildlife.incidents.entries import (
    Amendment,
    AnyEntry,
    Handover,
    Photo,
    RescueOpening,
    Void,
)
from wildlife.incidents.fold import FIXED_FIELDS, Refusal, fold
from wildlife.incidents.projection_queries import write_projections
from wildlife.incidents.projections import project
from wildlife.incidents.queries import Head, StoredEntry
from wildlife.incidents.replaying import Written, differing_fields, refuse
from wildlife.incidents.timeline import Facts, Receiver, Recorded
from wildlife.photos.model import ImageFacts
from wildlife.problems import FieldError, Problem
from wildlife.rescues.entries import Identification, OfAnimal, Release
from wildlife.service import Service
from wildlife.species.queries import find_taxon
from wildlife.stations.queries import find_station
from wildlife.values import IncidentId


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
    async with service.database.transaction(locking=incident_id) as connection:
        head = await access_to_append(connection, actor, incident_id)
        stored = await queries.find_entry(connection, incident_id, entry.id)
        if stored is None:
            return await _append_new(
                service, connection, actor, incident_id, head, entry, if_match, image
            )
    differing = _differing_from(stored, entry, image)
    if differing:
        async with service.database.writing() as connection:
            await refuse(service, connection, actor, incident_id, entry, differing, image)
    return Written(answers.entry(stored, zone), created=False)


async def access_to_append(connection: Connection, actor: Actor, incident_id: IncidentId) -> Head:
    """The incident, locked until the transaction ends.

    Raises Problem: not_responsible to who may only read it, not_found to all others.
    """
    head = await queries.access_incident_to_append(connection, actor, incident_id)
    if head is None:
        await may_append(connection, actor, incident_id)  # says why not
        raise Problem("not_responsible")  # a handover came in between
    return head


async def may_append(connection: Connection, actor: Actor, incident_id: IncidentId) -> Head:
    """The same without the lock: for who sends a photo, before a byte of it is taken."""
    head = await queries.access_incident(connection, actor, incident_id)
    if head is None:
        raise Problem("not_found")
    stations = head.document.station.station_id, head.document.responsible.station.station_id
    if actor.station is None or actor.station.station_id not in stations:
        raise Problem("not_responsible")
    return head


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
    check_time(service, "happened_at", entry.happened_at, now)
    opening, entries = timeline.decode_timeline(
        [stored.canonical for stored in await queries.fetch_timeline(connection, incident_id)]
    )
    _check_references(entry, opening, entries)
    if isinstance(entry, Release):
        check_place("site", entry.site)
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
        sha256=bytes.fromhex(image.sha256) if image else None,
    )
    rows = project(folded, service.policy, recorded.seq, digest)
    await write_projections(connection, rows)
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
    differing = differing_fields(link.body, entry)
    held = link.facts.image
    if image is not None and (held is None or held.sha256 != image.sha256):
        differing.append("sha256")
    return differing
