"""An animal after what was said of it. Pure."""

from datetime import tzinfo
from typing import assert_never

from msgspec.structs import replace

from wildlife.rescues.animal import AnimalState, is_dead
from wildlife.rescues.codes import Condition, Origin, Quarantine
from wildlife.rescues.ends import Receipt, Return, Settling
from wildlife.rescues.entries import (
    AgencyOpinion,
    Assessment,
    Care,
    DiseaseReport,
    Identification,
    Marking,
    OneAnimalEntry,
    Treatment,
)
from wildlife.rescues.identifying import columns_of, identified
from wildlife.rescues.receiving import receive
from wildlife.rescues.settling import settle, take_back
from wildlife.rescues.steps import gone, is_possible
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import Impossible
from wildlife.timeline.incident import Incident
from wildlife.words.structs import updated


def advance(
    animal: AnimalState,
    entry: OneAnimalEntry,
    facts: Facts,
    incident: Incident,
    zone: tzinfo,
) -> AnimalState | Impossible:
    """The animal after `entry`, or why that entry is not possible now.

    incident, zone: where it was found, and on which day.
    """
    match entry:
        case Identification():
            assert facts.taxon is not None, "an identification is recorded with its taxon"
            found_on = incident.found_at.astimezone(zone).date()
            captive = animal.origin is Origin.CAPTIVE
            species = identified(entry, facts.taxon, found_on, incident.found_in, captive=captive)
            releases = [
                replace(release, species=species, **columns_of(species))
                for release in animal.releases
            ]
            return replace(animal, species=species, releases=releases)
        case Return():
            return take_back(animal, entry, facts)
        case Receipt():
            return receive(animal, entry, facts)
        case Marking():
            return animal  # as any entry that tells of marks: see `wildlife.rescues.marks`
        case DiseaseReport():
            return replace(
                animal,
                suspected_disease=entry.suspected_disease,
                disease_reported_to=entry.reported_to,
                under_suspicion=True,
            )
        case AgencyOpinion():
            return replace(animal, agency_opinion=entry.opinion)
        case Settling():
            return settle(animal, entry, facts)
        case _ if not is_possible(type(entry), animal):
            return gone(animal)
        case Assessment():
            found = replace(updated(animal, entry), assessed_at=entry.happened_at)
            # What was found at the carcass makes it no less dead.
            return replace(found, condition=Condition.DEAD) if is_dead(animal) else found
        case Care():
            return _cared(animal, entry)
        case Treatment():
            return animal
        case _:
            assert_never(entry)


def _cared(animal: AnimalState, entry: Care) -> AnimalState:
    """An inspection may rule a disease out; a further isolation does not end when the one before
    did."""
    ended, anew = animal.isolated_until, entry.isolated_from
    return updated(
        replace(
            animal,
            under_suspicion=animal.under_suspicion and entry.quarantine is not Quarantine.PASSED,
            isolated_until=None if ended and anew and ended < anew else ended,
        ),
        entry,
    )
