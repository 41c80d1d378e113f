"""What the API answers of incidents and their entries."""

from datetime import datetime, tzinfo
from typing import Any, cast
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.people.accounts import Actor, OfficerRef
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import Said
from wildlife.timeline.incident import Incident
from wildlife.timeline.photo import shown_to
from wildlife.timeline.queries import StoredEntry

# Clocks differ by seconds everywhere; beyond this a phone's clock is shown as ahead.
_CLOCK_TOLERANCE_S = 5


class ShownEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry of a timeline. Times are in the service's zone; `body` is exactly what was said."""

    id: UUID
    seq: int
    """Its place in the order of arrival, and in the chain."""
    type: str
    happened_at: datetime
    recorded_at: datetime
    received_at: datetime
    clock_ahead_s: int | None = None
    """By how much the phone's clock was ahead of ours, where it was."""
    actor: OfficerRef
    body: Said
    facts: Facts
    previous: str
    digest: str
    voided_by: UUID | None = None
    amended_by: list[UUID] = []


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A body that was refused, kept for a person to look at.

    Of a stranger's, who came upon an id that was taken, there is no more to see than that it came.
    """

    entry_id: UUID
    received_at: datetime
    code: str
    """The problem that it was refused with."""
    badge: str | None
    differing: list[str]
    body: dict[str, Any] | None
    """What was sent; null where it is a stranger's, or can't be read any more."""
    readable: bool = True
    """Whether what is kept is whole; if not, tell the operator."""


def incident(incident: Incident, now: datetime, actor: Actor) -> Incident:
    """The answer for an incident, to `actor`; what is overdue is so at `now`."""
    return replace(
        incident,
        photos=[replace(photo, exif=shown_to(actor, photo.exif)) for photo in incident.photos],
        overdue=[m for m in incident.missing if m.due_at is not None and m.due_at < now],
    )


class _Stored(msgspec.Struct, frozen=True):
    incident_id: UUID
    seq: int
    previous: str
    received_at: datetime
    actor: OfficerRef
    body: msgspec.Raw
    facts: Facts


class _Said(msgspec.Struct, frozen=True):
    id: UUID
    type: str = "opening"
    happened_at: datetime | None = None
    found_at: datetime | None = None
    recorded_at: datetime | None = None


def entry(stored: StoredEntry, zone: tzinfo, actor: Actor) -> ShownEntry:
    """The answer for an entry, to `actor`."""
    link = msgspec.json.decode(stored.canonical, type=_Stored)
    said = msgspec.json.decode(link.body, type=_Said)
    recorded_at = said.recorded_at or link.received_at
    ahead_s = int((recorded_at - link.received_at).total_seconds())
    return ShownEntry(
        id=said.id,
        seq=link.seq,
        type=said.type,
        happened_at=(said.happened_at or said.found_at or link.received_at).astimezone(zone),
        recorded_at=recorded_at.astimezone(zone),
        received_at=link.received_at.astimezone(zone),
        clock_ahead_s=ahead_s if ahead_s > _CLOCK_TOLERANCE_S else None,
        actor=link.actor,
        body=cast(Said, link.body),  # as it stands in the text, to the byte
        facts=_shown_to(actor, link.facts),
        previous=link.previous,
        digest=stored.digest.hex(),
        voided_by=stored.voided_by,
        amended_by=stored.amended_by,
    )


def _shown_to(actor: Actor, facts: Facts) -> Facts:
    if facts.image is None:
        return facts
    return replace(facts, image=replace(facts.image, exif=shown_to(actor, facts.image.exif)))
