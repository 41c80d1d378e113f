"""What the API answers of incidents and their entries."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import cast
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.people.accounts import Actor, OfficerRef
from wildlife.people.may import WHOLE
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import Said
from wildlife.timeline.generalizing import generalized
from wildlife.timeline.incident import Incident
from wildlife.timeline.named import may_know, of_entry
from wildlife.timeline.photo import shown_to
from wildlife.timeline.queries import Head, StoredEntry
from wildlife.timeline.service import TimelineService
from wildlife.timeline.withholding import withheld
from wildlife.words.vocabularies import RecordFlag

# Clocks differ by seconds everywhere; beyond this a phone's clock is shown as ahead.
_CLOCK_TOLERANCE_S = 5


class ShownEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """时间线记录。An entry of a timeline. Times are in the service's zone; `body` is exactly what
    was said."""

    id: UUID
    """编号。UUID, made by who sends it: the same id again is the same record."""
    seq: int | None
    """接收顺序号。Its place in the order of arrival, and in the chain; null where a part of
    it is told."""
    type: str
    """记录类型。What the entry is, as `assessment`; `opening` is the first."""
    happened_at: datetime
    """发生时间。When it happened in the world, which may be long before it was sent."""
    recorded_at: datetime
    """记录时间。When the phone recorded it, by the phone's clock."""
    received_at: datetime
    """系统接收时间。When it arrived, by the service's clock."""
    clock_ahead_s: int | None = None
    """时钟超前秒数。By how many seconds the phone's clock was ahead of the service's; null: it was
    not."""
    actor: OfficerRef
    """记录人。Whose account sent it, with name and unit as they were then."""
    body: Said
    """记录内容。Exactly what was said; but what may tell a place where those are hidden from the
    reader, and of an opening what is of a part that is not theirs."""
    facts: Facts
    """系统认定事实。What the service itself established as the entry arrived."""
    previous: str | None
    """前一记录摘要值。SHA-256 of the entry before it in order of arrival; zeros for the first; null
    where places are hidden from the reader, or a part is told."""
    digest: str | None
    """本记录摘要值。SHA-256 of this entry as it is kept, `previous` included; null where places are
    hidden from the reader, or a part is told: they could find out by it what was left out."""
    generalized: bool = False
    """位置是否隐匿。Whether the places of its incident are hidden from the reader: as the incident
    itself says (`generalized`). Of a correction no more is told than that it is one."""
    voided_by: UUID | None = None
    """作废记录。The entry that took it out of account; null: it counts."""
    amended_by: list[UUID] = []
    """更正记录。The entries that correct it, in their order."""
    flags: list[RecordFlag] = []
    """疑点。What of it as it was said is to be looked at: that it names who reported
    (`names_informant`), for officers of the station that is responsible."""


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


def told_entry(
    service: TimelineService,
    stored: StoredEntry,
    actor: Actor,
    head: Head,
    told: Mapping[UUID, Said] | None = None,
) -> ShownEntry:
    """The answer for an entry of an incident, to `actor`, who was let in by `head`.

    told: what they are told of each, where that is a part. Raises msgspec.MsgspecError for what
    can't be read.
    """
    shown = entry(stored, service.settings.zone, actor)
    if told is not None:
        return replace(
            in_part(shown),
            body=told[shown.id],
            facts=replace(shown.facts, informant_digest=None),
            amended_by=[one for one in shown.amended_by if one in told],
        )
    if head.view == WHOLE:
        if not head.named_in or not may_know(actor, head.responsible_station_id):
            return shown
        link = service.kinds.decode(stored.canonical)
        return replace(shown, flags=of_entry(link.body, head.named_in))
    link = service.kinds.decode(stored.canonical)
    body, facts = withheld(link.body, head.withheld), withheld(shown.facts, head.withheld)
    if head.generalized:
        body, facts = generalized(body), generalized(link.facts)
    return replace(
        shown,
        body=body,
        facts=facts,
        previous=None,
        digest=None,
        generalized=head.generalized,
    )


def in_part(shown: ShownEntry) -> ShownEntry:
    """The same for who is told a part of the incident: nothing of how much else was said."""
    return replace(shown, seq=None, previous=None, digest=None)


def entry(stored: StoredEntry, zone: tzinfo, actor: Actor) -> ShownEntry:
    """The answer for an entry as it is, to `actor`, whose station had a part in its incident."""
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
        facts=_shown_to(actor, link.facts, zone),
        previous=link.previous,
        digest=stored.digest.hex(),
        voided_by=stored.voided_by,
        amended_by=stored.amended_by,
    )


def _shown_to(actor: Actor, facts: Facts, zone: tzinfo) -> Facts:
    image, first = facts.image, facts.first_sent
    if image is not None:
        facts = replace(facts, image=replace(image, exif=shown_to(actor, image.exif)))
    if first is not None:
        first = replace(first, received_at=first.received_at.astimezone(zone))
        facts = replace(facts, first_sent=first)
    return facts
