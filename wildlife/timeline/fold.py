"""The fold: what follows from a timeline. Pure, and blind to the order of arrival.

Entries count in the order in which they happened; what amends or voids another entry is applied to
that entry first. An entry that is impossible at its place changes nothing and is named, so that the
one who appends it can be told; a timeline that was accepted names none.
"""

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import TypeGuard
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.hazards import state as hazards
from wildlife.hazards.entries import (
    Cleared,
    Clearing,
    FalseReport,
    HandedOver,
    HazardEntry,
    Notified,
    Reopened,
    Secured,
)
from wildlife.rescues import state as rescues
from wildlife.rescues.entries import AnimalEntry, OfAnimal
from wildlife.timeline.chain import Body, Recorded, RecordedEntry, RecordedOpening
from wildlife.timeline.correcting import correct, moment, order
from wildlife.timeline.entries import (
    AnyEntry,
    Closing,
    Handover,
    Note,
    Photo,
    RescueOpening,
    RoadHazardOpening,
)
from wildlife.timeline.entry import Impossible
from wildlife.timeline.photo import flags
from wildlife.timeline.state import Closed, IncidentState, PhotoState, Responsible
from wildlife.web.problems import Problem
from wildlife.words.places import show
from wildlife.words.vocabularies import ClosingReason, IncidentKind, Outcome
from wildlife.words.vocabularies import IncidentState as State


class Refusal(msgspec.Struct, frozen=True):
    """An entry that is impossible where it stands."""

    entry_id: UUID
    impossible: Impossible


class Folded(msgspec.Struct, frozen=True):
    """What follows from a timeline, and which of its entries could not be."""

    state: IncidentState
    refusals: list[Refusal]
    notes: list[str]
    """What the entries that count say in words, in their order, for the text search."""
    station_ids: list[UUID]
    """The stations that had a part in it: were ever responsible, or filed an entry."""
    counting: dict[UUID, RecordedEntry]
    """The entries that count, as amendments make them."""
    holders: list[tuple[datetime, datetime, UUID]]
    """From when on, by when it happened and was recorded, which station was responsible."""

    def holder_at(self, happened_at: datetime, recorded_at: datetime) -> UUID:
        """The station whose it was to say what happened then. Whoever hands over has the moment."""
        at = happened_at, recorded_at
        held = [station_id for *since, station_id in self.holders if tuple(since) < at]
        return held[-1] if held else self.holders[0][-1]


def fold(opening: RecordedOpening, entries: Sequence[RecordedEntry], zone: tzinfo) -> Folded:
    """The state of an incident after all `entries`, in whatever order they are given.

    zone: whose days count for the protection of a species.
    """
    corrected = correct(opening, entries)
    refusals = [_refusal(one, problem) for one, problem in corrected.problems.items()]
    opening = _in_zone(corrected.opening, zone)
    effective = [_in_zone(recorded, zone) for recorded in corrected.entries.values()]
    state = _opened(opening)
    holders = [(datetime.min.replace(tzinfo=UTC),) * 2 + (state.station.station_id,)]
    effective.sort(key=order)
    waiting = deque(effective)
    while waiting:
        recorded = _next(waiting, state)
        after = _advance(state, recorded, zone)
        if isinstance(after, Impossible):
            refusals.append(Refusal(recorded.body.id, after))
            continue
        state = after
        if isinstance(recorded.body, Handover):
            said = recorded.body
            station_id = state.responsible.station.station_id
            holders.append((said.happened_at, said.recorded_at, station_id))
    notes = [recorded.body.note for recorded in effective if recorded.body.note]
    state = replace(state, state=_how_far(state), photos=_flagged(state))
    return Folded(state, refusals, notes, _stations(state, entries), corrected.entries, holders)


def _next(waiting: deque[RecordedEntry], state: IncidentState) -> RecordedEntry:
    """The first of those that wait; of handovers of the same moment, one that can be now."""
    first = waiting.popleft()
    if isinstance(first.body, Handover) and not _gives_its_own(first, state):
        for other in waiting:
            if moment(other) != moment(first):
                break
            if isinstance(other.body, Handover) and _gives_its_own(other, state):
                waiting.remove(other)
                waiting.appendleft(first)
                return other
    return first


def _gives_its_own(handover: RecordedEntry, state: IncidentState) -> bool:
    giver = handover.actor.station
    return giver is not None and giver.station_id == state.responsible.station.station_id


def _stations(state: IncidentState, entries: Sequence[RecordedEntry]) -> list[UUID]:
    responsible = [one.station for one in (*state.responsible_before, state.responsible)]
    filed = [recorded.actor.station for recorded in entries]
    return sorted({station.station_id for station in (*responsible, *filed) if station})


def _in_zone(recorded: Recorded[Body], zone: tzinfo) -> Recorded[Body]:
    """The same link with its times in the zone of our answers."""
    body = recorded.body
    times = {
        name: time.astimezone(zone)
        for name in ("found_at", "happened_at", "recorded_at", "taken_at")
        if (time := getattr(body, name, None)) is not None
    }
    return replace(
        recorded,
        body=replace(body, **times),  # type: ignore[type-var]
        received_at=recorded.received_at.astimezone(zone),
    )


def _refusal(entry_id: UUID, problem: Problem) -> Refusal:
    return Refusal(
        entry_id, Impossible(problem.detail().detail, problem.detail(chinese=True).detail)
    )


def _opened(recorded: RecordedOpening) -> IncidentState:
    opening, actor = recorded.body, recorded.actor
    assert actor.station is not None, "who opens an incident belongs to a station"
    assert recorded.facts.case_number is not None
    is_rescue = isinstance(opening, RescueOpening)
    return IncidentState(
        id=opening.id,
        kind=IncidentKind.RESCUE if is_rescue else IncidentKind.ROAD_HAZARD,
        case_number=recorded.facts.case_number,
        state=State.OPEN,
        source=opening.source,
        station=actor.station,
        responsible=Responsible(actor.station, actor),
        opened_by=actor,
        found_at=opening.found_at,
        received_at=recorded.received_at,
        place=show(opening.place),
        summary=opening.summary,
        officers=opening.officers,
        receipt_number=opening.receipt_number,
        has_informant=recorded.facts.informant_digest is not None,
        animals=[
            rescues.reported(number, animal)
            for number, animal in enumerate(opening.animals, start=1)
        ]
        if isinstance(opening, RescueOpening)
        else [],
        hazard=hazards.reported(opening.hazard) if isinstance(opening, RoadHazardOpening) else None,
    )


def _advance(
    state: IncidentState, recorded: RecordedEntry, zone: tzinfo
) -> IncidentState | Impossible:
    """The incident after one entry."""
    entry = recorded.body
    if state.closing is not None and not isinstance(entry, Note | Photo):
        return Impossible(
            "The incident is closed. Void the closing to go on with it.",
            "本案已办结。如需继续，请先作废办结记录。",
            ["note", "photo", "amendment", "void"],
        )
    if isinstance(entry, OfAnimal):
        return _advance_animal(state, entry, recorded, zone)
    if _is_hazard_entry(entry):
        if state.hazard is None:
            return Impossible(
                "This incident is a rescue; it has no road.",
                "本案为野生动物救护，没有道路险情。",
                [*rescues.IN_CARE_STEPS, *rescues.SETTLED_STEPS],
            )
        hazard = hazards.advance(state.hazard, entry)
        return hazard if isinstance(hazard, Impossible) else replace(state, hazard=hazard)
    match entry:
        case Note():
            return state
        case Photo():
            return _with_photo(state, entry, recorded, zone)
        case Handover():
            if not _gives_its_own(recorded, state):
                return _not_theirs_to_give(state)
            receiver = recorded.facts.receiver
            assert receiver is not None, "a handover is recorded with who takes over"
            at = entry.happened_at
            return replace(
                state,
                responsible=Responsible(receiver.station, receiver.officer, since=at),
                responsible_before=[
                    *state.responsible_before,
                    replace(state.responsible, until=at),
                ],
            )
        case Closing():
            return _close(state, entry)
        case _:
            raise AssertionError(f"{type(entry).__name__} is not applied in order")


def _not_theirs_to_give(state: IncidentState) -> Impossible:
    responsible = state.responsible
    since, since_zh = "", ""
    if responsible.since is not None:
        since = f" since {responsible.since.isoformat(timespec='minutes')}"
        since_zh = f"（自 {responsible.since.isoformat(timespec='minutes')} 起）"
    return Impossible(
        f"At that time {responsible.station.name} is responsible{since}; only who is responsible"
        " hands over. If the phones' clocks differ, give a time after you received it.",
        f"当时的责任单位是{responsible.station.name}{since_zh}；只有责任单位可以移交。"
        "如两部手机时钟不一致，请填写接收之后的时间。",
        ["note", "photo"],
    )


def _advance_animal(
    state: IncidentState, entry: AnimalEntry, recorded: RecordedEntry, zone: tzinfo
) -> IncidentState | Impossible:
    if state.hazard is not None:
        return Impossible(
            "This incident is a road hazard; it has no animals.",
            "本案为道路险情，没有动物。",
            hazards.STEPS[state.hazard.state],
        )
    if entry.animal > len(state.animals):
        return Impossible(
            f"There is no animal {entry.animal}; there are {len(state.animals)}.",
            f"没有 {entry.animal} 号动物；共 {len(state.animals)} 只（组）。",
        )
    after = rescues.advance(
        state.animals[entry.animal - 1], entry, recorded.facts.taxon, state.found_at, zone
    )
    if isinstance(after, Impossible):
        return after
    animals = [after if animal.number == after.number else animal for animal in state.animals]
    return replace(state, animals=animals)


def _with_photo(
    state: IncidentState, entry: Photo, recorded: RecordedEntry, zone: tzinfo
) -> IncidentState:
    image = recorded.facts.image
    assert image is not None, "a photo is recorded with what its bytes are"
    exif = image.exif
    if exif is not None and exif.taken_at is not None:
        exif = replace(exif, taken_at=exif.taken_at.astimezone(zone))
    photo = PhotoState(
        photo_id=entry.id,
        sha256=image.sha256,
        media_type=image.media_type,
        size=image.size,
        width=image.width,
        height=image.height,
        received_at=recorded.received_at,
        taken_at=entry.taken_at,
        caption=entry.caption,
        about=entry.about,
        exif=exif,
    )
    return replace(state, photos=[*state.photos, photo])


def _flagged(state: IncidentState) -> list[PhotoState]:
    """The photos with what does not agree with the whole of the incident."""
    sites = [release.site for animal in state.animals for release in animal.releases]
    places = [place.wgs84 for place in (state.place, *sites) if place.wgs84 is not None]
    return [
        replace(
            photo,
            flags=flags(
                photo.exif,
                taken_at=photo.taken_at,
                received_at=photo.received_at,
                found_at=state.found_at,
                places=places,
            ),
        )
        for photo in state.photos
    ]


def _close(state: IncidentState, entry: Closing) -> IncidentState | Impossible:
    if entry.reason is ClosingReason.COMPLETED and not _is_settled(state):
        return Impossible(
            "The incident is not settled yet: an animal is still in care, or the road not dealt"
            " with. Record that first.",
            "本案尚未处置完毕：仍有动物在救护中，或道路险情未处理。请先记录处置结果。",
            rescues.IN_CARE_STEPS if state.hazard is None else hazards.STEPS[state.hazard.state],
        )
    return replace(state, closing=Closed(entry.happened_at, entry.reason, entry.duplicate_of))


def _how_far(state: IncidentState) -> State:
    if state.closing is not None:
        return State.CLOSED
    return State.RESOLVED if _is_settled(state) else State.OPEN


def _is_settled(state: IncidentState) -> bool:
    if state.hazard is not None:
        return state.hazard.state in hazards.SETTLED
    return all(animal.outcome is not Outcome.IN_CARE for animal in state.animals)


def _is_hazard_entry(entry: AnyEntry) -> TypeGuard[HazardEntry]:
    return isinstance(
        entry, Secured | Notified | Clearing | Cleared | Reopened | HandedOver | FalseReport
    )
