"""A rescue as it is now, and how it goes on. Pure."""

from collections.abc import Callable, Iterator
from datetime import tzinfo

from msgspec.structs import replace

from wildlife.rescues import state
from wildlife.rescues.entries import AnimalEntry, Identification, OfAnimal, Release, RescueOpening
from wildlife.rescues.state import IN_CARE_STEPS, AnimalState
from wildlife.timeline.chain import RecordedEntry
from wildlife.timeline.entry import Amendment, Entry, Impossible, Photo
from wildlife.timeline.incident import Incident
from wildlife.timeline.rules import check_place
from wildlife.web.problems import FieldError, Problem
from wildlife.words.places import ShownPlace
from wildlife.words.vocabularies import Outcome


class RescueIncident(Incident, frozen=True, kw_only=True, tag="rescue"):
    """A wildlife rescue as it is now."""

    animals: list[AnimalState]


def begin(opening: RescueOpening, incident: Callable[..., RescueIncident]) -> RescueIncident:
    """The rescue as it was reported."""
    return incident(
        animals=[
            state.reported(number, animal) for number, animal in enumerate(opening.animals, start=1)
        ]
    )


def advance(
    incident: RescueIncident, recorded: RecordedEntry, zone: tzinfo
) -> RescueIncident | Impossible:
    """The rescue after an entry of one of its animals."""
    entry: AnimalEntry = recorded.body  # type: ignore[assignment]
    if entry.animal > len(incident.animals):
        return Impossible(
            f"There is no animal {entry.animal}; there are {len(incident.animals)}.",
            f"没有 {entry.animal} 号动物；共 {len(incident.animals)} 只（组）。",
        )
    after = state.advance(
        incident.animals[entry.animal - 1], entry, recorded.facts.taxon, incident.found_at, zone
    )
    if isinstance(after, Impossible):
        return after
    return replace(
        incident,
        animals=[after if animal.number == after.number else animal for animal in incident.animals],
    )


def steps(incident: RescueIncident) -> list[str]:
    """What is possible of an animal in care, and of one that is not any more."""
    return IN_CARE_STEPS


def is_settled(incident: RescueIncident) -> bool:
    """Whether no animal is in care."""
    return all(animal.outcome is not Outcome.IN_CARE for animal in incident.animals)


def check(entry: Entry, incident: RescueIncident) -> None:
    """Raises Problem: unknown_animal, invalid_value."""
    numbers = [animal.number for animal in incident.animals]
    match entry:
        case Release(site=site):
            check_place("site", site)
        case Photo(about=str(about)) if about.startswith("animal:"):
            known = [f"animal:{number}" for number in numbers]
            if about not in known:
                raise Problem("unknown_animal", FieldError("about", about, ", ".join(known)))
    if isinstance(entry, OfAnimal) and entry.animal not in numbers:
        expected = ", ".join(map(str, numbers))
        raise Problem("unknown_animal", FieldError("animal", entry.animal, expected))


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
    """What the animals were called and are, and where they were let go."""
    for animal in incident.animals:
        if animal.reported_as:
            yield animal.reported_as
        if animal.species:
            yield animal.species.chinese_name
            yield animal.species.scientific_name
        for release in animal.releases:
            if release.site.description:
                yield release.site.description


def places(incident: RescueIncident) -> Iterator[ShownPlace]:
    """The release sites."""
    for animal in incident.animals:
        for release in animal.releases:
            yield release.site
