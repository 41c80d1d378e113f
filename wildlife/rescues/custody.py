"""Which unit of this service has animals of a rescue in its custody, and what it is told. Pure.

A unit has those that went to it, whatever became of them there, until they go on to somebody else,
or back into care. A number stands for all its heads: who has some of a group is told of the group.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final, NamedTuple, get_args
from uuid import UUID

from msgspec.structs import replace

from wildlife.rescues.animal import AnimalState, Settled
from wildlife.rescues.ends import Receipt, Return, Settling, Transfer
from wildlife.rescues.entries import AnimalEntry
from wildlife.rescues.incident import RescueIncident, find, is_settled, shown_by
from wildlife.rescues.numbers import Addition, OfAnimal, Split
from wildlife.rescues.opening import ReportedAnimal, RescueOpening
from wildlife.timeline.custody import Custody
from wildlife.timeline.entry import Entry, Note, Photo, Said, tag
from wildlife.timeline.incident import Closed
from wildlife.words.vocabularies import IncidentState, Owed

_TENDING: Final = [tag(one) for one in get_args(AnimalEntry) if one is not Return]
"""What a unit may say of what it has. What comes back is for who takes it back to say."""


class _Stay(NamedTuple):
    """That a unit has some of an animal's heads, or had them."""

    unit: UUID
    since: datetime
    until: datetime | None


def custodians(incident: RescueIncident) -> set[UUID]:
    """The units that have any of the animals, or had."""
    return {stay.unit for animal in incident.animals for stay in _stays(animal)}


def parts(incident: RescueIncident) -> Iterator[tuple[UUID, RescueIncident]]:
    """The incident as each of the units knows it that have any of the animals now."""
    having = {animal.number: _having(animal) for animal in incident.animals}
    for unit in sorted(set().union(*having.values())):
        yield unit, _part(incident, unit, [number for number in having if unit in having[number]])


def known(incident: RescueIncident, unit: UUID) -> RescueIncident:
    """The incident with those of the animals alone that a unit has, or ever had."""
    numbers = {
        animal.number
        for animal in incident.animals
        if any(stay.unit == unit for stay in _stays_of_all(incident, animal))
    }
    return _part(incident, unit, numbers)


def then(own: RescueIncident, before: RescueIncident) -> RescueIncident:
    """A part of the incident with its animals as they were before: all that was said of them then
    is told to who has them now."""
    numbers = {animal.number for animal in own.animals}
    return replace(own, animals=[one for one in before.animals if one.number in numbers])


def _part(incident: RescueIncident, unit: UUID, numbers: Collection[int]) -> RescueIncident:
    """The incident with these of its animals alone. What is said of it as a whole is told to who
    has all of it; of what is owed, what the unit itself is to say."""
    animals = [animal for animal in incident.animals if animal.number in numbers]
    has_all = all(_has_all(animal, unit) for animal in incident.animals)
    own = {end.entry_id for animal in animals for end in animal.settled if _is_at(end, unit)}
    of_these = replace(incident, animals=animals)
    return replace(
        of_these,
        state=incident.state if incident.closing else _how_far(of_these),
        closing=_closed(incident.closing),
        summary=incident.summary if has_all else None,
        handed_over_by=incident.handed_over_by if has_all else None,
        seizure=incident.seizure if has_all else None,
        photos=[one for one in incident.photos if _shows(one.about, incident, numbers, has_all)],
        flags=[one for one in incident.flags if one.animal in numbers],
        missing=[
            one
            for one in incident.missing
            if one.code is Owed.TRANSFER_RECEIPT and one.entry_id in own
        ],
        call=None,
        told_at=None,
        receipt_number=None,
        has_informant=False,
        informant_by=None,
        informants_by=[],
        digest=None,
    )


def _how_far(incident: RescueIncident) -> IncidentState:
    return IncidentState.RESOLVED if is_settled(incident) else IncidentState.OPEN


def _closed(closing: Closed | None) -> Closed | None:
    """Of which other incident it is a duplicate says nothing to who may not see that one."""
    return closing and replace(closing, duplicate_of=None)


def _shows(
    about: str | None, incident: RescueIncident, numbers: Collection[int], has_all: bool
) -> bool:
    animal = _shown(about, incident)
    return has_all if animal is None else animal.number in numbers


def _shown(about: str | None, incident: RescueIncident) -> AnimalState | None:
    """The animal that a photo is of."""
    named = shown_by(about)
    return None if named is None else find(incident, named)


def keepers(entry: Entry, incident: RescueIncident) -> set[UUID]:
    """The units in whose custody was what an entry is about, when it happened; of one that tells
    of some of the heads, in whose these were."""
    at = entry.happened_at
    match entry:
        case Note():
            return set().union(*(_had(incident, animal, at) for animal in incident.animals))
        case Photo(about=about):
            shown = _shown(about, incident)
            of = incident.animals if shown is None else [shown]
            both = set.intersection(*(_had(incident, animal, at) for animal in of))
            return both if shown else {u for u in both if all(_has_all(one, u) for one in of)}
        case Return() | Addition():
            return set()
        case OfAnimal(animal=named) if (animal := find(incident, named)) is not None:
            had = _had(incident, animal, at)
            if isinstance(entry, Split):
                part_of_it = find(incident, entry.id)
                had |= set() if part_of_it is None else _had(incident, part_of_it, at)
            been = _been(entry, incident)
            return had if been is None else been & had
        case _:
            return set()


def goes_on(entry: Entry, incident: RescueIncident) -> bool:
    """Whether an entry is about what a unit has of an incident that is closed: heads that are in
    care are not that."""
    if not isinstance(entry, OfAnimal) or not keepers(entry, incident):
        return False
    animal = find(incident, entry.animal)
    if animal is None or not animal.remaining:
        return True
    named = entry.entry_id if isinstance(entry, Settling | Split | Receipt) else None
    return any(end.entry_id == named and end.unit for end in animal.settled)


def _been(entry: OfAnimal, incident: RescueIncident) -> set[UUID] | None:
    """In whose custody those heads were that an entry ended, split off, or confirms to have come;
    None where it tells of no heads."""
    for animal in incident.animals:
        ends = {end.entry_id: end for end in animal.settled}
        for end in animal.settled:
            if end.entry_id == entry.id:
                return _units([ends.get(end.went_from) if end.went_from else None])
            if end.received is not None and end.received.entry_id == entry.id:
                return _units([end])
        if animal.entry_id == entry.id and animal.split_from is not None:
            return _units([end for end in animal.settled if end.entry_id in animal.been])
    return None


def _units(ends: Collection[Settled | None]) -> set[UUID]:
    return {end.unit.station_id for end in ends if end is not None and end.unit is not None}


def _is_at(end: Settled, unit: UUID) -> bool:
    return end.unit is not None and end.unit.station_id == unit


def _having(animal: AnimalState) -> set[UUID]:
    """The units that have any of it now."""
    return _units([end for end in animal.settled if end.left])


def _has_all(animal: AnimalState, unit: UUID) -> bool:
    """Whether a unit has all of its heads."""
    return not animal.remaining and all(_is_at(end, unit) for end in animal.settled if end.left)


def _had(incident: RescueIncident, animal: AnimalState, at: datetime) -> set[UUID]:
    """The units that had any of it then, of those too that were split off of it later. In the
    minute of a transfer both sides have it."""
    had = {
        stay.unit
        for stay in _stays(animal)
        if stay.since <= at and (stay.until is None or at <= stay.until)
    }
    for other in incident.animals:
        if other.split_from == animal.number and other.split_at and at <= other.split_at:
            had |= _had(incident, other, at)
    return had


def _stays_of_all(incident: RescueIncident, animal: AnimalState) -> Iterator[_Stay]:
    """Those of an animal, and of all that was split off of it."""
    yield from _stays(animal)
    for other in incident.animals:
        if other.split_from == animal.number:
            yield from _stays_of_all(incident, other)


def _stays(animal: AnimalState) -> Iterator[_Stay]:
    """Each time that a unit took some of it over, until the last of these went on."""
    ends = {end.entry_id: end for end in animal.settled}
    for end in animal.settled:
        before = ends.get(end.went_from) if end.went_from else None
        if end.unit is None or (before is not None and before.unit == end.unit):
            continue
        unit = end.unit.station_id
        there = _there(animal, end)
        left = any(ends[one].left for one in there)
        yield _Stay(unit, end.happened_at, None if left else max(_gone_on(animal, end, there)))


def _there(animal: AnimalState, arrived: Settled) -> set[UUID]:
    """The end by which some came to a unit, and those to which they came there."""
    there = {arrived.entry_id}
    for end in animal.settled:
        if end.went_from in there and end.unit == arrived.unit:
            there.add(end.entry_id)
    return there


def _gone_on(animal: AnimalState, arrived: Settled, there: set[UUID]) -> Iterator[datetime]:
    """When those went on that had come there."""
    yield arrived.happened_at
    for end in animal.settled:
        if end.went_from in there and end.entry_id not in there:
            yield end.happened_at
    for back in animal.taken_back:
        if not there.isdisjoint(back.been):
            yield back.happened_at


def told(said: Said, own: RescueIncident, incident: RescueIncident) -> Said | None:
    """What is told of an opening, or of an entry as it counts, to who has this part of the
    incident; None: nothing of it. Of what was split off, what was said of all is about it, too."""
    match said:
        case RescueOpening():
            return replace(
                said,
                animals=_reported(said, own, incident) or [ReportedAnimal()],  # of whom, untold
                summary=own.summary,
                handed_over_by=own.handed_over_by,
                seizure=own.seizure,
                call=None,
                receipt_number=None,
            )
        case Photo(id=photo_id):
            return said if any(one.photo_id == photo_id for one in own.photos) else None
        case Addition() | Split() if find(own, said.id) is not None:
            return said
        case OfAnimal(animal=named) if (animal := find(incident, named)) is not None:
            return said if _is_of(animal, own, incident, said.happened_at) else None
        case _:
            return None


def _reported(
    opening: RescueOpening, own: RescueIncident, incident: RescueIncident
) -> list[ReportedAnimal]:
    """Those of an opening that are the unit's own, or of which these were split off."""
    return [
        reported
        for number, reported in enumerate(opening.animals, start=1)
        if (animal := find(incident, number)) and _is_of(animal, own, incident, opening.found_at)
    ]


def _is_of(
    animal: AnimalState, own: RescueIncident, incident: RescueIncident, at: datetime
) -> bool:
    """Whether an animal is one of the unit's own, or was so then of which these were split off
    later."""
    return any(_was(one, animal, incident, at) for one in own.animals)


def _was(one: AnimalState, animal: AnimalState, incident: RescueIncident, at: datetime) -> bool:
    if one.number == animal.number:
        return True
    if one.split_from is None or one.split_at is None or at > one.split_at:
        return False
    whole = find(incident, one.split_from)
    return whole is not None and _was(whole, animal, incident, at)


def receiver(entry: Entry) -> str | None:
    """The code of the unit into whose custody an entry gives an animal."""
    return entry.station if isinstance(entry, Transfer) else None


CUSTODY: Final = Custody(
    tending=_TENDING,
    custodians=custodians,
    parts=parts,
    known=known,
    then=then,
    keepers=keepers,
    goes_on=goes_on,
    told=told,
    receiver=receiver,
)
