"""What a station may still say of an incident, when responsibility has gone to another. Pure.

Rights follow the timeline. Who is responsible now says what happens now, and alone voids entries.
Who was responsible then may still file what happened then, for a phone may have been without a
network for days, and correct what they filed, which stays in their time. Notes and photos take
nothing from anybody, so every station that had a part in the incident may add them.

An entry is judged by what it changes: a correction by when the corrected entry happened, and not by
when somebody noticed. That nobody hands over what is not theirs is for the fold to see.

A chief corrects, voids and hands over with the rights of the stations of the own subtree, any of
which is enough, and has none that none of them has: what has gone to a station outside is that
one's. By the same rights a chief accepts what was refused of an officer, of whatever type it is.
Neither stands above the other: what a chief corrected, the station that is responsible may correct
again, and a chief again after it. All of it stays on the timeline.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC
from itertools import compress
from typing import Final, NamedTuple
from uuid import UUID

from wildlife.people.accounts import Actor
from wildlife.people.codes import Role
from wildlife.people.may import Verb
from wildlife.people.stations import StationRef
from wildlife.timeline.chain import Receiver, RecordedEntry
from wildlife.timeline.correcting import moment
from wildlife.timeline.custody import is_by
from wildlife.timeline.entry import (
    APPENDABLE,
    OF_ANYBODY,
    Amendment,
    Closing,
    Entry,
    Handover,
    Void,
    tag,
)
from wildlife.timeline.fold import Folded
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence

STRANGE: Final = {"not_found", "not_responsible"}
"""What an incident's own people are told when it has gone on without them, and so are strangers."""

_AMONG_THE_OWN: Final = Sentence(
    "A chief hands over to the own unit, or to one below it. To any other, the unit that is"
    " responsible hands over itself.",
    "所队领导只能移交给本单位或下级单位；移交给其他单位的，请由责任单位办理。",
)


class Right(NamedTuple):
    """As what somebody adds an entry, and with whose rights: those of any of these stations."""

    verb: Verb
    stations: Sequence[UUID]


def may_tend_for(actor: Actor) -> list[UUID]:
    """The unit to whose animals, in its custody, somebody may have something to add."""
    return [actor.station.station_id] if actor.station and actor.may(Verb.TEND) else []


def may_write_for(actor: Actor) -> list[UUID]:
    """The stations to whose incidents somebody may have something to add."""
    return [*_own(actor), *actor.scope(Verb.DIRECT).stations]


def writes_for(actor: Actor, had_a_part: Collection[UUID]) -> list[UUID]:
    """Of the stations that had a part in an incident those for which somebody may add to it."""
    return [one for one in may_write_for(actor) if one in had_a_part]


def right_to(
    actor: Actor,
    entry: Entry,
    before: Folded,
    entries: list[RecordedEntry],
    had_a_part: Collection[UUID],
    *,
    is_accepted: bool = False,
) -> Right:
    """That by which somebody adds an entry to a timeline: as an officer where that is enough, or
    may be, and it is not a rescuer's to add.

    is_accepted: whether it was sent before by somebody else, and refused: a chief vouches for it,
    whatever it is, for who sent it may be away.

    Raises Problem: forbidden, to a chief who says what only officers do; not_in_custody, before
    anything else is told of what a unit has no part in.
    """
    own = _own(actor)
    if before.incident.responsible.station.station_id not in own:
        units = may_tend_for(actor)
        if any(may_tend(before, before, one, entry, entries) for one in units):
            return Right(Verb.TEND, units)
        if units and not writes_for(actor, had_a_part):
            raise Problem("not_in_custody")
    is_responsible = before.incident.responsible.station.station_id in own
    if actor.may(Verb.DIRECT) and (entry.DIRECTS or is_accepted) and not is_responsible:
        return Right(Verb.DIRECT, actor.scope(Verb.DIRECT).stations)
    actor.require(Verb.FILE)
    return Right(Verb.FILE, own)


def _own(actor: Actor) -> list[UUID]:
    """The station for which an officer files."""
    if actor.station is None or not actor.may(Verb.FILE):
        return []
    return [actor.station.station_id]


def require_right(
    right: Right,
    before: Folded,
    after: Folded,
    entry: Entry,
    entries: list[RecordedEntry],
    had_a_part: Collection[UUID],
) -> None:
    """That one of the stations may add `entry`, which makes `after` of `before`.

    had_a_part: the stations that had. Raises Problem: not_responsible, no_longer_responsible,
    not_in_custody.
    """
    if right.verb is Verb.TEND:
        if not any(may_tend(before, after, one, entry, entries) for one in right.stations):
            raise Problem("not_in_custody")
        return
    stations = [one for one in right.stations if one in had_a_part]
    if not stations:
        raise Problem("not_responsible")
    responsible = before.incident.responsible.station
    if responsible.station_id not in stations and not any(
        may_file(before, after, one, entry, entries) for one in stations
    ):
        raise Problem("no_longer_responsible", expected=responsible.name)


def taken_from(
    right: Right, before: Folded, handover: Handover, receiver: Receiver
) -> StationRef | None:
    """The station that a chief takes responsibility from, as of that moment; none where it gives it
    away itself, and where it was none of the chief's: that it can't be so is for the fold to see.

    Raises Problem invalid_value where the chief hands it to another's station.
    """
    if right.verb is not Verb.DIRECT:
        return None
    if receiver.station.station_id not in right.stations:
        raise Problem("invalid_value", FieldError("station", handover.station, said=_AMONG_THE_OWN))
    holder = before.holder_at(handover.happened_at, handover.recorded_at)
    if holder not in right.stations:
        return None
    held = (*before.incident.responsible_before, before.incident.responsible)
    return next((one.station for one in held if one.station.station_id == holder), None)


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


def may_tend(
    before: Folded, after: Folded, unit_id: UUID, entry: Entry, entries: list[RecordedEntry]
) -> bool:
    """Whether a unit may add `entry`, which makes `after` of `before`: of what it had in its
    custody when that happened; and whether it may correct, or take back, what it said so itself."""
    match entry:
        case Void(entry_id=target) | Amendment(entry_id=target):
            said = next((one for one in entries if one.body.id == target), None)
            if said is None or not is_by(said, unit_id):
                return False
            if isinstance(said.body, Amendment):
                return may_tend(before, before, unit_id, said.body, entries)
            if isinstance(entry, Void):
                return _had_it(before, unit_id, said) and not any(_answers(said, entries))
            return _had_it(before, unit_id, said) and _had_it(after, unit_id, said)
        case _:
            return unit_id in after.kind.custody.keepers(entry, after.incident)


def _had_it(folded: Folded, unit_id: UUID, said: RecordedEntry) -> bool:
    """Whether a unit had in its custody what an entry is about, as it counts."""
    corrected, body = folded.corrected.entries.get(said.body.id), said.body
    if corrected is not None:
        body = corrected.body
    return unit_id in folded.kind.custody.keepers(body, folded.incident)


def _answers(given: RecordedEntry, entries: list[RecordedEntry]) -> Iterator[RecordedEntry]:
    """What who took something over by an entry has said since: it is not taken back then."""
    receiver = given.facts.receiver
    return (
        later
        for later in entries
        if receiver is not None
        and later.seq > given.seq
        and receiver.station.station_id in later.filed_for
    )


def steps_of(
    actor: Actor,
    folded: Folded,
    entry: Entry,
    entries: list[RecordedEntry],
    had_a_part: Collection[UUID],
    steps: list[str],
) -> list[str]:
    """Of the steps that are possible at the moment of `entry`, those that somebody may take then,
    as an officer or as a chief."""
    own = _own(actor)
    possible = {
        step
        for station_id in writes_for(actor, had_a_part)
        for step in _steps_for(folded, station_id, entry, entries, steps)
        if station_id in own or step in _DIRECTING
    }
    if any(one in folded.kind.custody.custodians(folded.incident) for one in may_tend_for(actor)):
        possible |= {*folded.kind.custody.tending, *OF_ANYBODY, *_CORRECTING}
    return [step for step in steps if step in possible]


def _steps_for(
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
        step for one in counting for step in _corrections_for(folded, station_id, one, entries)
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
_DIRECTING: Final = {tag(one) for one in APPENDABLE if one.DIRECTS}


def corrections_for(
    folded: Folded,
    stations: Collection[UUID],
    recorded: RecordedEntry,
    entries: list[RecordedEntry],
) -> list[str]:
    """By which steps one of the stations may put right an entry that counts."""
    may = {step for one in stations for step in _corrections_for(folded, one, recorded, entries)}
    return [step for step in _CORRECTING if step in may]


def _corrections_for(
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
    return any(one.body.id == target and station_id in one.filed_for for one in entries)


def _takes_back_a_handover(station_id: UUID, target: UUID, entries: list[RecordedEntry]) -> bool:
    """Whether `target` is a handover that this station gave itself, and who received it has filed
    nothing."""
    for recorded in entries:
        facts = recorded.facts
        if recorded.body.id == target and facts.receiver is not None and facts.giver is None:
            answers = _answers(recorded, entries)
            answered = any(later.actor.role is not Role.RESCUER for later in answers)
            return _filed_by(station_id, target, entries) and not answered
    return False
