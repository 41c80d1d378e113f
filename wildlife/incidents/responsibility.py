"""What a station may still say of an incident, when responsibility has gone to another. Pure.

Rights follow the timeline. Who is responsible now says what happens now; who was responsible then
may still file what happened then, for a phone may have been without a network for days. Notes and
photos take nothing from anybody, so every station that had a part in it may add them.
"""

from datetime import datetime
from uuid import UUID

from wildlife.incidents.entries import Amendment, AnyEntry, Handover, Note, Photo, Void
from wildlife.incidents.state import IncidentState
from wildlife.incidents.timeline import RecordedEntry, RecordedOpening


def may_file(
    state: IncidentState,
    station_id: UUID,
    entry: AnyEntry,
    opening: RecordedOpening,
    entries: list[RecordedEntry],
) -> bool:
    """Whether a station that had a part in the incident may add `entry` to its timeline."""
    if station_id == state.responsible.station.station_id or isinstance(entry, Note | Photo):
        return True
    match entry:
        case Void(entry_id=target):
            # Another's words are not theirs to void, and their own are no longer.
            return _takes_back_a_handover(station_id, target, entries)
        case Handover():
            return False
        case Amendment(entry_id=target):
            filed_by = {e.body.id: e.actor.station for e in entries}
            filed_by[opening.body.id] = opening.actor.station
            station = filed_by.get(target)
            if station is None or station.station_id != station_id:
                return False
    return was_responsible(state, station_id, entry.happened_at)


def was_responsible(state: IncidentState, station_id: UUID, at: datetime) -> bool:
    """Whether it was for this station to say what happened then."""
    return any(
        one.station.station_id == station_id and one.answered_at(at)
        for one in (*state.responsible_before, state.responsible)
    )


def _takes_back_a_handover(station_id: UUID, target: UUID, entries: list[RecordedEntry]) -> bool:
    """Whether `target` is a handover of this station's, and who received it has filed nothing."""
    for recorded in entries:
        receiver = recorded.facts.receiver
        if recorded.body.id != target or receiver is None:
            continue
        giver = recorded.actor.station
        answered = any(
            later.seq > recorded.seq
            and later.actor.station is not None
            and later.actor.station.station_id == receiver.station.station_id
            for later in entries
        )
        return giver is not None and giver.station_id == station_id and not answered
    return False
