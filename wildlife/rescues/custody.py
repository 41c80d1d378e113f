"""Which unit of this service has animals of a rescue in its custody, and what it is told. Pure.

A unit has those that went to it, whatever became of them there, until they go on to somebody else,
or back into care.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Final, get_args
from uuid import UUID

from msgspec.structs import replace

from wildlife.rescues.animal import AnimalState, Settled
from wildlife.rescues.codes import Outcome
from wildlife.rescues.ends import Return, Settling, Transfer
from wildlife.rescues.entries import AnimalEntry
from wildlife.rescues.incident import RescueIncident, find
from wildlife.rescues.numbers import Addition, OfAnimal, Split
from wildlife.rescues.opening import RescueOpening
from wildlife.timeline.custody import Custody
from wildlife.timeline.entry import Entry, Note, Photo, Said, tag
from wildlife.words.vocabularies import IncidentState, Owed

_WENT_ON: Final = {Outcome.TRANSFERRED, Outcome.RETURNED_TO_AGENCY, Outcome.ALLOCATED}
"""By which animals go to somebody else, who then has them."""

_TENDING: Final = [tag(one) for one in get_args(AnimalEntry) if one is not Return]
"""What a unit may say of what it has. What comes back is for who takes it back to say."""


def custodians(incident: RescueIncident) -> set[UUID]:
    """The units that have any of the animals, or had."""
    ends = (end for animal in incident.animals for end in animal.settled)
    return {end.unit.station_id for end in ends if end.unit is not None}


def parts(incident: RescueIncident) -> Iterator[tuple[UUID, RescueIncident]]:
    """The incident as each of the units knows it that have any of the animals now."""
    having = {animal.number: _having(animal) for animal in incident.animals}
    for unit in sorted(set().union(*having.values())):
        yield unit, _part(incident, [number for number, units in having.items() if unit in units])


def _part(incident: RescueIncident, numbers: Collection[int]) -> RescueIncident:
    """The incident with these of its animals alone. What is said of it as a whole is told to who
    has all of them; of what is owed, what the unit itself is to say."""
    of_all = len(numbers) == len(incident.animals)
    animals = [
        animal if animal.split_from in (None, *numbers) else replace(animal, split_from=None)
        for animal in incident.animals
        if animal.number in numbers
    ]
    return replace(
        incident,
        animals=animals,
        state=incident.state if incident.closing else _how_far(animals),
        summary=incident.summary if of_all else None,
        handed_over_by=incident.handed_over_by if of_all else None,
        seizure=incident.seizure if of_all else None,
        photos=[one for one in incident.photos if _shows(one.about, incident, numbers, of_all)],
        flags=[one for one in incident.flags if one.animal in numbers],
        missing=[
            one
            for one in incident.missing
            if one.animal in numbers and one.code is Owed.TRANSFER_RECEIPT
        ],
        call=None,
        told_at=None,
        receipt_number=None,
        has_informant=False,
        informant_by=None,
        informants_by=[],
        digest=None,
    )


def _how_far(animals: Collection[AnimalState]) -> IncidentState:
    return IncidentState.OPEN if any(one.remaining for one in animals) else IncidentState.RESOLVED


def _shows(
    about: str | None, incident: RescueIncident, numbers: Collection[int], of_all: bool
) -> bool:
    animal = _shown(about, incident)
    return of_all if animal is None else animal.number in numbers


def _shown(about: str | None, incident: RescueIncident) -> AnimalState | None:
    """The animal that a photo is of."""
    named = (about or "").removeprefix("animal:")
    if named == (about or ""):
        return None
    return find(incident, int(named) if named.isdecimal() else UUID(named))


def keepers(entry: Entry, incident: RescueIncident) -> set[UUID]:
    """The units in whose custody was what an entry is about, when it happened; of one that ends it,
    or splits some off, in whose the heads were that it is about."""
    at = entry.happened_at
    match entry:
        case Note():
            return set().union(*(_had(animal, at) for animal in incident.animals))
        case Photo(about=about):
            shown = _shown(about, incident)
            of = incident.animals if shown is None else [shown]
            return set.intersection(*(_had(animal, at) for animal in of))
        case Return() | Addition():
            return set()
        case OfAnimal(animal=named) if (animal := find(incident, named)) is not None:
            if isinstance(entry, Settling | Split) and (been := _been(entry, incident)) is not None:
                return been & _had(animal, at)
            return _had(animal, at)
        case _:
            return set()


def _been(entry: Settling | Split, incident: RescueIncident) -> set[UUID] | None:
    """In whose custody those were that an entry ended, or split off; None where it did neither."""
    for animal in incident.animals:
        for end in animal.settled:
            if end.entry_id == entry.id:
                return _units([_custodian(animal, end.went_from)])
        if animal.entry_id == entry.id:
            return _units([_custodian(animal, one) for one in animal.been] or [None])
    return None


def _having(animal: AnimalState) -> set[UUID]:
    """The units that have any of it now."""
    return _units([_custodian(animal, end.entry_id) for end in animal.settled if end.left])


def _had(animal: AnimalState, at: datetime) -> set[UUID]:
    """The units that had any of it then. In the minute of a transfer both sides have it."""
    now = _having(animal)
    return {
        end.unit.station_id
        for end in animal.settled
        if end.unit is not None
        and end.happened_at <= at
        and (end.unit.station_id in now or at <= _until(animal, end))
    }


def _until(animal: AnimalState, transfer: Settled) -> datetime:
    """When the last of those went on that a unit has nothing of any more."""
    times = [transfer.happened_at]
    for end in animal.settled:
        if end.outcome in _WENT_ON and _transfer(animal, end.went_from) is transfer:
            times.append(end.happened_at)
    for back in animal.taken_back:
        if any(_transfer(animal, one) is transfer for one in back.been):
            times.append(back.happened_at)
    return max(times)


def _custodian(animal: AnimalState, entry_id: UUID | None) -> UUID | None:
    """Who has those that went by an end: who took them over last, if that is one of our units."""
    transfer = _transfer(animal, entry_id)
    return None if transfer is None or transfer.unit is None else transfer.unit.station_id


def _transfer(animal: AnimalState, entry_id: UUID | None) -> Settled | None:
    """By what those went to who has them that went by an end; None: they were in care."""
    ends = {end.entry_id: end for end in animal.settled}
    while (end := ends.get(entry_id) if entry_id else None) is not None:
        if end.outcome in _WENT_ON:
            return end
        entry_id = end.went_from
    return None


def _units(found: Collection[UUID | None]) -> set[UUID]:
    return {one for one in found if one is not None}


def told(said: Said, part: RescueIncident) -> Said | None:
    """What is told of an opening, or of an entry that corrects none, to who has such a part; None:
    nothing of it."""
    numbers = [animal.number for animal in part.animals]
    added = [animal.entry_id for animal in part.animals]
    match said:
        case RescueOpening():
            own = [one for number, one in enumerate(said.animals, start=1) if number in numbers]
            return replace(
                said,
                animals=own,
                summary=part.summary,
                handed_over_by=part.handed_over_by,
                seizure=part.seizure,
                call=None,
                receipt_number=None,
            )
        case Photo(id=photo_id):
            return said if any(one.photo_id == photo_id for one in part.photos) else None
        case Addition() | Split() if said.id in added:
            return said
        case OfAnimal(animal=named):
            return said if find(part, named) is not None else None
        case _:
            return None


def receiver(entry: Entry) -> str | None:
    """The code of the unit into whose custody an entry gives an animal."""
    return entry.station if isinstance(entry, Transfer) else None


CUSTODY: Final = Custody(
    tending=_TENDING,
    custodians=custodians,
    parts=parts,
    keepers=keepers,
    told=told,
    receiver=receiver,
)
