"""What a station may still say of an incident, when responsibility has gone to another. Pure.

Rights follow the timeline. Who is responsible now says what happens now, and alone voids entries.
Who was responsible then may still file what happened then, for a phone may have been without a
network for days, and correct what they filed, which stays in their time. Notes and photos take
nothing from anybody, so every station that had a part in the incident may add them.

An entry is judged by what it changes: a correction by when the corrected entry happened, and not by
when somebody noticed. That nobody hands over what is not theirs is for the fold to see.
"""

from datetime import UTC
from itertools import compress
from typing import Final
from uuid import UUID

from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.correcting import moment
from wildlife.timeline.entry import OF_ANYBODY, Amendment, Closing, Entry, Handover, Void, tag
from wildlife.timeline.fold import Folded

STRANGE: Final = {"not_found", "not_responsible"}
"""What an incident's own people are told when it has gone on without them, and so are strangers."""


def may_file(
    before: Folded, after: Folded, station_id: UUID, entry: Entry, entries: list[RecordedEntry]
) -> bool:
    """Whether a station that had a part in the incident, and is not responsible now, may add
    `entry`, which makes `after` of `before`."""
    match entry:
        case _ if entry.TAKES_NOTHING:
            return True
        case Void(entry_id=target):
            # Another's words are not theirs to void, and their own are no longer.
            return _takes_back_a_handover(station_id, target, entries)
        case Handover():
            return False
        case Amendment(entry_id=target):
            return _filed_by(station_id, target, entries) and may_file(
                before, after, station_id, after.corrected.entries[target].body, entries
            )
        case _:
            return before.holder_at(entry.happened_at, entry.recorded_at) == station_id


def steps_for(
    folded: Folded, station_id: UUID, entry: Entry, entries: list[RecordedEntry], steps: list[str]
) -> list[str]:
    """Of the steps that are possible at the moment of `entry`, those that this station may take
    then, which had a part in the incident. Nobody closes it before what can't follow a closing.
    """
    counting = folded.corrected.entries.values()
    at = entry.happened_at.astimezone(UTC), entry.recorded_at.astimezone(UTC)
    if any(moment(one) > at and not one.body.FOLLOWS_A_CLOSING for one in counting):
        steps = [step for step in steps if step != tag(Closing)]
    if _is_responsible(folded, station_id):
        return steps
    correcting = {
        step for one in counting for step in corrections_for(folded, station_id, one, entries)
    }
    was_theirs = folded.holder_at(entry.happened_at, entry.recorded_at) == station_id
    return [
        step
        for step in steps
        if step in OF_ANYBODY
        or step in correcting
        or (was_theirs and step not in (*_CORRECTING, tag(Handover)))
    ]


_CORRECTING: Final = [tag(Amendment), tag(Void)]


def corrections_for(
    folded: Folded, station_id: UUID, recorded: RecordedEntry, entries: list[RecordedEntry]
) -> list[str]:
    """By which steps a station that had a part in the incident may put right an entry that counts:
    amend it within its time, which of a handover nobody does, or take it back."""
    target = recorded.body
    is_responsible = _is_responsible(folded, station_id)
    amends = is_responsible or (
        _filed_by(station_id, target.id, entries)
        and may_file(folded, folded, station_id, target, entries)
    )
    voids = is_responsible or _takes_back_a_handover(station_id, target.id, entries)
    may = (amends and not isinstance(target, Handover), voids)
    return [*compress(_CORRECTING, may)]


def _is_responsible(folded: Folded, station_id: UUID) -> bool:
    return folded.incident.responsible.station.station_id == station_id


def _filed_by(station_id: UUID, target: UUID, entries: list[RecordedEntry]) -> bool:
    return any(one.body.id == target and one.actor.station_id == station_id for one in entries)


def _takes_back_a_handover(station_id: UUID, target: UUID, entries: list[RecordedEntry]) -> bool:
    """Whether `target` is a handover of this station's, and who received it has filed nothing."""
    for recorded in entries:
        receiver = recorded.facts.receiver
        if recorded.body.id == target and receiver is not None:
            answered = any(
                later.seq > recorded.seq and later.actor.station_id == receiver.station.station_id
                for later in entries
            )
            return _filed_by(station_id, target, entries) and not answered
    return False
