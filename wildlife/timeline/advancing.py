"""What an opening, and one entry after the other, make of an incident. Pure."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from functools import partial
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.timeline.aside import Aside
from wildlife.timeline.chain import RecordedEntry, RecordedOpening
from wildlife.timeline.correcting import moment
from wildlife.timeline.entry import (
    ONCE_CLOSED,
    Closing,
    Handover,
    Impossible,
    InformantNamed,
    Note,
    Photo,
    Told,
)
from wildlife.timeline.handing_over import handed_over
from wildlife.timeline.incident import Closed, Incident, Responsible
from wildlife.timeline.kind import AnyKind
from wildlife.timeline.photographs import with_photo
from wildlife.words.places import show
from wildlife.words.vocabularies import ClosingReason, IncidentState


class Refusal(msgspec.Struct, frozen=True):
    """An entry that is impossible where it stands."""

    entry_id: UUID
    impossible: Impossible


def opened(kind: AnyKind, recorded: RecordedOpening) -> Incident:
    """The incident as it was found."""
    opening, actor = recorded.body, recorded.said_by
    assert actor.station is not None, "who opens an incident belongs to a station"
    assert recorded.facts.case_number is not None
    names_somebody = recorded.facts.informant_digest is not None
    make: Callable[..., Incident] = kind.incident
    incident: Incident = kind.begin(
        opening,
        partial(
            make,
            id=opening.id,
            case_number=recorded.facts.case_number,
            state=IncidentState.OPEN,
            source=opening.source,
            station=actor.station,
            responsible=Responsible(actor.station, actor),
            opened_by=actor,
            found_at=opening.found_at,
            received_at=recorded.received_at,
            place=show(opening.place),
            # An opening of earlier days tells no more of its station than the code, which was taken
            # for a region then: who sees such an incident goes on seeing it.
            station_region=recorded.facts.station_region or actor.station.code,
            summary=opening.summary,
            call=opening.call,
            officers=opening.officers,
            officers_named=recorded.facts.named(opening.officers),
            receipt_number=opening.receipt_number,
            has_informant=names_somebody,
            informant_by=opening.id if names_somebody else None,
            informants_by=[opening.id] if names_somebody else [],
        ),
    )
    return incident


def steps(
    kind: AnyKind,
    incident: Incident,
    waiting: deque[RecordedEntry],
    zone: tzinfo,
    refusals: list[Refusal],
    supposed: list[Refusal],
) -> Iterator[tuple[RecordedEntry, Incident]]:
    """Each of those that wait, in their order, with the incident after it. Of the same moment, what
    can't be yet comes after what makes it possible: caught again and weighed, taken over and handed
    on. What nothing makes possible counts with what it supposes.

    refusals, supposed: what can't be, and what counts so, is put there.
    """
    now: tuple[datetime, datetime] | None = None
    aside, again = Aside(), deque[RecordedEntry]()
    while again or waiting or aside:
        if again:
            recorded = again.popleft()
            after = _advance(kind, incident, recorded, zone)
            if isinstance(after, Impossible):
                aside.put(recorded, after)
                continue
            aside.take(recorded)
        elif waiting and (not aside or moment(waiting[0]) == now):
            recorded = waiting.popleft()
            after, now = _advance(kind, incident, recorded, zone), moment(recorded)
            if isinstance(after, Impossible):
                aside.put(recorded, after)
                continue
        else:
            found = _first_supposed(kind, incident, aside.to_try(), zone)
            if found is None:
                refusals += [Refusal(one.body.id, why) for one, why in aside.take_all()]
                continue
            recorded, after = found
            supposed.append(Refusal(recorded.body.id, aside.take(recorded)))
        incident, again = after, deque(aside.to_try())
        yield recorded, incident


def _advance(
    kind: AnyKind, incident: Incident, recorded: RecordedEntry, zone: tzinfo
) -> Incident | Impossible:
    """The incident after one entry."""
    entry = recorded.body
    # The police are done with what went to a unit that goes on with it.
    if incident.closing is not None and not (
        entry.FOLLOWS_A_CLOSING or kind.custody.goes_on(entry, incident)
    ):
        return Impossible(
            "The incident is closed. Void the closing to go on with it.",
            "本起警情已办结。如需继续，请先作废办结记录。",
            ONCE_CLOSED,
        )
    match entry:
        case Note():
            return incident
        case Told():
            return replace(incident, told_at=entry.happened_at)
        case InformantNamed():
            return replace(
                incident,
                has_informant=True,
                informant_by=entry.id,
                informants_by=[*incident.informants_by, entry.id],
            )
        case Photo():
            return with_photo(incident, entry, recorded, zone)
        case Handover():
            return handed_over(incident, entry, recorded)
        case Closing():
            return _close(kind, incident, entry)
        case _ if isinstance(entry, kind.entries):
            after: Incident | Impossible = kind.advance(incident, recorded, zone)
            return after
        case _:
            return Impossible(
                f"“{entry.LABEL.en}” is said of another kind of incident: this one is a"
                f" {kind.label.en}.",
                f"“{entry.LABEL.zh}”记录不适用于本起警情：本起警情为“{kind.label.zh}”。",
                kind.steps(incident),
            )


def _first_supposed(
    kind: AnyKind, incident: Incident, impossible: Iterable[RecordedEntry], zone: tzinfo
) -> tuple[RecordedEntry, Incident] | None:
    """The first of those that are impossible that can be with what it supposes, and the incident
    after it: what comes back may rest on what went in the same moment."""
    if incident.closing is not None:
        return None
    for recorded in impossible:
        if isinstance(recorded.body, kind.entries):
            after: Incident | None = kind.supposing(incident, recorded, zone)
            if after is not None:
                return recorded, after
    return None


def _close(kind: AnyKind, incident: Incident, entry: Closing) -> Incident | Impossible:
    if entry.reason is ClosingReason.COMPLETED and not kind.is_settled(incident):
        return Impossible(
            f"The incident is not settled yet. {kind.unsettled.en}",
            f"本起警情尚未处置完毕。{kind.unsettled.zh}",
            [step for step in kind.steps(incident) if step != "closing"],
            lapses=True,
        )
    return replace(
        incident, closing=Closed(entry.happened_at, entry.reason, entry.duplicate_of, entry.id)
    )
