"""A rescue as it is now, and how it goes on. Pure."""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime, tzinfo
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from wildlife.rescues import caring
from wildlife.rescues.animal import AnimalState, Carried, Settled, counted, flagged, heads_of
from wildlife.rescues.ends import OfSome, Receipt, Return, Settling
from wildlife.rescues.entries import Identification, RescueEntry
from wildlife.rescues.marks import keys_in, number_of, remarked, with_marks
from wildlife.rescues.noticing import noticed
from wildlife.rescues.numbers import Addition, Split
from wildlife.rescues.opening import HandedOverBy, ReportedAnimal, RescueOpening, Seizure
from wildlife.rescues.receiving import unmatched
from wildlife.rescues.settling import without
from wildlife.rescues.splitting import split
from wildlife.rescues.steps import steps_of
from wildlife.rescues.supposing import supposed
from wildlife.timeline.chain import Facts, Recorded
from wildlife.timeline.entry import Amendment, Entry, Impossible
from wildlife.timeline.incident import Incident
from wildlife.web.problems import Problem
from wildlife.words.hidden_places import HiddenPlaces
from wildlife.words.places import ShownPlace
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import RecordFlag, Source

MOST_ANIMALS = 999
"""How many numbers an incident gives."""

# By what a correction of an entry may be about others.
_MEANING: Final = {"animal", "count", "entry_id", "happened_at"}
# By what one that says no number is about all of others.
_WHICH: Final = {"animal", "entry_id"}


class RescueIncident(Incident, frozen=True, kw_only=True, tag="rescue"):
    """野生动物救护记录。A wildlife rescue as it is now."""

    animals: list[AnimalState]
    """动物。The animals as they are now, by number."""
    handed_over_by: HandedOverBy | None = None
    """移送单位。Which unit handed them over; null: none did."""
    seizure: Seizure | None = None
    """执法查扣。By whom they were seized, and what is wanted done with them; null: nobody did."""


def begin(opening: RescueOpening, incident: Callable[..., RescueIncident]) -> RescueIncident:
    """The rescue as it was reported."""
    return incident(
        animals=[
            _reported(number, animal, opening.found_at)
            for number, animal in enumerate(opening.animals, start=1)
        ],
        handed_over_by=opening.handed_over_by,
        seizure=opening.seizure,
    )


def _reported(
    number: int, animal: ReportedAnimal, since: datetime, entry_id: UUID | None = None
) -> AnimalState:
    """The animal as it was reported, carrying its marks since it was found."""
    marks = with_marks([], animal.marks)
    return AnimalState(
        number=number,
        reported_as=animal.reported_as,
        count=animal.count,
        remaining=animal.count,
        life_stage=animal.life_stage,
        sex=animal.sex,
        cause=animal.cause,
        condition=animal.condition,
        entry_id=entry_id,
        origin=animal.origin,
        marks=marks,
        carried=[Carried(mark, since, entry_id=entry_id) for mark in marks],
        outcomes=heads_of(animal.count, []),
    )


def number(entry: Entry, incident: RescueIncident, given: Collection[int]) -> int | None:
    """The number that an entry gives to what it adds: one that nothing ever had.

    Raises Problem impossible_step where there is none left.
    """
    if not isinstance(entry, Addition | Split):
        return None
    following = max((*given, *(animal.number for animal in incident.animals))) + 1
    if following > MOST_ANIMALS:
        raise Problem(
            "impossible_step",
            reason=Sentence(
                f"An incident has at most {MOST_ANIMALS} animals; open another one.",
                f"一起警情最多登记 {MOST_ANIMALS} 只（组）动物；请另行登记。",
            ),
        )
    return following


def meant(entry: Entry, incident: RescueIncident, facts: Facts) -> Facts:
    """The facts with how many animals an entry settles, or takes back, that says no number, or no
    more: all that were left, or went last; also where it is corrected to be about others. And where
    these had been, of one that names no end."""
    if isinstance(entry, Amendment) and not _MEANING & entry.changes.keys():
        return facts
    entry_id = entry.entry_id if isinstance(entry, Amendment) else entry.id
    said = [
        one for animal in incident.animals for one in counted(animal) if one.entry_id == entry_id
    ]
    match entry:
        case Settling(count=None) | Return(count=None) | Amendment(changes={"count": None}):
            heads = sum(one.count for one in said) or None
        case Amendment(changes=changes) if _WHICH & changes.keys():
            heads = sum(one.count for one in said if one.filed is not None) or None
        case _:
            heads = None
    been = [one.been for one in said]
    been += [one.been for one in incident.animals if one.entry_id == entry_id and one.split_from]
    been += [[end.entry_id] for end in _confirmed(incident, entry_id)]
    return replace(facts, heads=heads, ends=been[0] if been else None)


def _confirmed(incident: RescueIncident, entry_id: UUID) -> Iterator[Settled]:
    """The transfer that this receipt confirms."""
    for animal in incident.animals:
        for end in animal.settled:
            if end.received is not None and end.received.entry_id == entry_id:
                yield end


def advance(
    incident: RescueIncident, recorded: Recorded[RescueEntry], zone: tzinfo
) -> RescueIncident | Impossible:
    """The rescue after an entry of its kind."""
    return _after(incident, recorded.body, _known(recorded.body, recorded.facts), zone)


def _known(entry: RescueEntry, facts: Facts) -> Facts:
    """The facts of an entry, without how many it was about as it came where a correction says how
    many they are."""
    says = isinstance(entry, OfSome) and entry.count is not None
    return replace(facts, heads=None) if says else facts


def _after(
    incident: RescueIncident, entry: RescueEntry, facts: Facts, zone: tzinfo
) -> RescueIncident | Impossible:
    if isinstance(entry, Addition):
        assert facts.number is not None, "an addition is recorded with its number"
        added = _reported(facts.number, entry.reported, entry.happened_at, entry.id)
        if entry.happened_at < incident.found_at:
            added = flagged(added, entry.id, RecordFlag.BEFORE_FOUND)
        return _with(incident, added)
    animal = find(incident, entry.animal)
    if animal is None:
        return _not_there(entry.animal, incident)
    awaits = awaits_opinion(incident, animal)
    codes = noticed(animal, entry, incident.found_at, awaits_opinion=awaits)
    animal = flagged(animal, entry.id, *codes)
    if isinstance(entry, Split):
        parts = split(animal, entry, facts)
        return parts if isinstance(parts, Impossible) else _with(incident, *parts)
    after = caring.advance(animal, entry, facts, incident, zone)
    if isinstance(after, Impossible):
        return after
    return _with(incident, *remarked(incident.animals, after, entry))


def supposing(
    incident: RescueIncident, recorded: Recorded[RescueEntry], zone: tzinfo
) -> RescueIncident | None:
    """The rescue after an entry that is impossible by what came late, and what it supposes."""
    entry = recorded.body
    if isinstance(entry, Addition) or (animal := find(incident, entry.animal)) is None:
        return None
    if isinstance(entry, Receipt):
        return _with(incident, unmatched(animal, entry))
    so = supposed(animal, entry, _ends_before(incident, animal))
    if so is None:
        return None
    known = flagged(so.animal, entry.id, so.flag)
    # What it meant as it came is no longer so, which that flag tells.
    facts = replace(_known(entry, recorded.facts), ends=None)
    after = _after(_with(incident, known), so.entry, facts, zone)
    return None if isinstance(after, Impossible) else after


def _ends_before(incident: RescueIncident, animal: AnimalState) -> list[Settled]:
    """Those of the animals of which it was split off, and these were, the nearest last."""
    ends: list[Settled] = []
    whole: AnimalState | None = animal
    while whole is not None and whole.split_from is not None:
        whole = find(incident, whole.split_from)
        ends = [*(whole.settled if whole else ()), *ends]
    return ends


def _not_there(named: int | UUID, incident: RescueIncident) -> Impossible:
    there, possible = numbers_of(incident), steps_of()
    there_zh = there.replace(", ", "、")
    if isinstance(named, UUID):
        return Impossible(
            f"The entry {named} has added or split off no animal at that time; there are {there}.",
            f"当时还没有由记录 {named} 新增或分出的动物；已登记的有 {there_zh} 号。",
            possible,
        )
    return Impossible(
        f"There is no animal {named} at that time; there are {there}.",
        f"当时没有 {named} 号动物；已登记的有 {there_zh} 号。",
        possible,
    )


def find(incident: RescueIncident, named: int | UUID) -> AnimalState | None:
    """The animal of this number, or that the entry of this id added or split off."""
    for animal in incident.animals:
        if named in (animal.number, animal.entry_id):
            return animal
    return None


def shown_by(about: str | None) -> int | UUID | None:
    """The animal that a photo shows, by its number or the id of its entry; None: no single one."""
    subject, _, named = (about or "").partition(":")
    if subject != "animal":
        return None
    return int(named) if named.isdecimal() else UUID(named)


def numbers_of(incident: RescueIncident) -> str:
    """Those of its animals, as they are told."""
    return ", ".join(str(animal.number) for animal in incident.animals)


def _with(incident: RescueIncident, *animals: AnimalState) -> RescueIncident:
    """The incident with these as they are now."""
    by_number = {animal.number: animal for animal in (*incident.animals, *animals)}
    return replace(incident, animals=[by_number[one] for one in sorted(by_number)])


def impossible(incident: RescueIncident) -> Iterator[tuple[UUID, Impossible]]:
    """The releases of what nobody has identified, before or after."""
    for animal in incident.animals:
        if animal.species is None:
            for release in animal.releases:
                yield (
                    release.entry_id,
                    Impossible(
                        f"Animal {animal.number} has no species yet; identify it before it is"
                        " released.",
                        f"{animal.number} 号动物尚未鉴定物种；放归前请先鉴定。",
                        steps_of(without(animal, release.entry_id)),
                    ),
                )


def steps(incident: RescueIncident) -> list[str]:
    """What is possible of any of its animals."""
    return steps_of(*incident.animals)


def awaits_opinion(incident: RescueIncident, animal: AnimalState) -> bool:
    """Whether it was seized, and who seized it has not said what is to be done with it."""
    seized = incident.seizure is not None or incident.source is Source.SEIZURE
    agreed = incident.seizure is not None and incident.seizure.opinion is not None
    return seized and not agreed and animal.agency_opinion is None


def is_settled(incident: RescueIncident) -> bool:
    """Whether no animal is in care."""
    return not any(animal.remaining for animal in incident.animals)


def species_of(entry: Entry) -> str | None:
    """Which species an identification names, or an amendment of one."""
    match entry:
        case (
            Identification(species_id=species_id)
            | Amendment(changes={"species_id": str(species_id)})
        ):
            return species_id
        case _:
            return None


def words(incident: RescueIncident) -> Iterator[str]:
    """What species the animals are, and their rings and chips however they were written."""
    for animal in incident.animals:
        if animal.species:
            yield animal.species.chinese_name
            yield animal.species.scientific_name
            yield animal.species.english_name
        yield from map(number_of, animal.marks)


def marks(incident: RescueIncident) -> Iterator[str]:
    """The keys of all rings and chips that the animals have carried, each once."""
    yield from dict.fromkeys(key for animal in incident.animals for key in keys_in(animal.marks))


def hides(incident: RescueIncident, hidden: HiddenPlaces) -> bool:
    """Whether any of its animals is one of those whose place is hidden. Of a duplicate that was
    closed before anybody identified it, the original knows what it is: that it may be one of them
    is enough, where any are."""
    unknown = hidden.unidentified or (
        hidden != HiddenPlaces() and incident.duplicate_of is not None
    )
    return any(
        unknown
        if animal.species is None
        else animal.species.species_id in hidden.species_ids
        or not hidden.protections.isdisjoint(animal.species.codes)
        for animal in incident.animals
    )


def officers(incident: RescueIncident) -> Iterator[str]:
    """The badges of who let animals go."""
    for animal in incident.animals:
        for release in animal.releases:
            yield from release.officers


def places(incident: RescueIncident) -> Iterator[ShownPlace]:
    """The release sites."""
    for animal in incident.animals:
        for release in animal.releases:
            yield release.site
