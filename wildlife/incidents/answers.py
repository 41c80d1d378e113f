"""What the API answers of incidents and their entries."""

from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

import msgspec

from wildlife.accounts.model import OfficerRef
from wildlife.incidents.queries import Position, StoredEntry
from wildlife.incidents.state import IncidentState, Missing
from wildlife.incidents.timeline import Facts

# Clocks differ by seconds everywhere; beyond this a phone's clock is shown as ahead.
_CLOCK_TOLERANCE_S = 5


class Incident(IncidentState, frozen=True, kw_only=True):
    """An incident as it is now."""

    entries: int
    """How many entries its timeline has."""
    digest: str
    """SHA-256 of the last entry, which names the one before it, and so on to the first."""
    overdue: list[Missing]
    """What is missing and past its time."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
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
    body: Any
    facts: Facts
    previous: str
    digest: str
    voided_by: UUID | None = None
    amended_by: list[UUID] = []


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A body that was refused because its id was taken, kept for a person to look at."""

    entry_id: UUID
    received_at: datetime
    badge: str
    differing: list[str]
    body: Any


def incident(state: IncidentState, seq: int, digest: bytes, now: datetime) -> Incident:
    """The answer for an incident; what is overdue is so at `now`."""
    overdue = [m for m in state.missing if m.due_at is not None and m.due_at < now]
    return Incident(
        **{name: getattr(state, name) for name in state.__struct_fields__},
        entries=seq,
        digest=digest.hex(),
        overdue=overdue,
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


def entry(stored: StoredEntry, zone: tzinfo) -> Entry:
    """The answer for an entry."""
    link = msgspec.json.decode(stored.canonical, type=_Stored)
    said = msgspec.json.decode(link.body, type=_Said)
    recorded_at = said.recorded_at or link.received_at
    ahead_s = int((recorded_at - link.received_at).total_seconds())
    return Entry(
        id=said.id,
        seq=link.seq,
        type=said.type,
        happened_at=(said.happened_at or said.found_at or link.received_at).astimezone(zone),
        recorded_at=recorded_at.astimezone(zone),
        received_at=link.received_at.astimezone(zone),
        clock_ahead_s=ahead_s if ahead_s > _CLOCK_TOLERANCE_S else None,
        actor=link.actor,
        body=link.body,
        facts=link.facts,
        previous=link.previous,
        digest=stored.digest.hex(),
        voided_by=stored.voided_by,
        amended_by=stored.amended_by,
    )


def position(shown: Entry) -> Position:
    """Where a page that ends with this entry ends."""
    return Position(shown.happened_at, shown.recorded_at, shown.id)
