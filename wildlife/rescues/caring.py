"""An animal after what was said of it. Pure."""

from datetime import datetime, tzinfo
from typing import TypeVar, assert_never

from msgspec.structs import replace

from wildlife.rescues.animal import SETTLED_STEPS, AnimalState
from wildlife.rescues.entries import (
    AgencyOpinion,
    Allocation,
    AnimalEntry,
    Assessment,
    Care,
    Death,
    DiseaseReport,
    Escape,
    Identification,
    LongTermCare,
    Marking,
    NoRescueNeeded,
    Release,
    Return,
    Split,
    Transfer,
    Treatment,
)
from wildlife.rescues.identifying import columns_of, identified
from wildlife.rescues.settling import settle, take_back, with_marks
from wildlife.species.model import TaxonRef
from wildlife.timeline.entry import Impossible

T = TypeVar("T")


def advance(
    animal: AnimalState,
    entry: AnimalEntry,
    taxon: TaxonRef | None,
    found_at: datetime,
    zone: tzinfo,
) -> AnimalState | Impossible:
    """The animal after `entry`, or why that entry is not possible now."""
    match entry:
        case Identification():
            assert taxon is not None, "an identification is recorded with its taxon"
            species = identified(entry, taxon, found_at, zone)
            releases = [
                replace(release, species=species, **columns_of(species))
                for release in animal.releases
            ]
            return replace(animal, species=species, releases=releases)
        case Return():
            return take_back(animal, entry)
        case _ if animal.remaining == 0:
            ended = animal.outcome
            return Impossible(
                f"Nothing of animal {animal.number} is in care any more"
                f" ({ended.en if ended else 'several outcomes'}). If it is back, record its return"
                " first.",
                f"{animal.number} 号动物已不在救护中（{ended.zh if ended else '已分别处置'}）。"
                "如已收回，请先记录收回。",
                SETTLED_STEPS,
            )
        case Assessment():
            return _assessed(animal, entry)
        case Care():
            return _cared_for(animal, entry)
        case Treatment():
            return animal
        case Marking():
            return replace(animal, marks=with_marks(animal.marks, entry.marks))
        case DiseaseReport():
            return replace(
                animal,
                suspected_disease=entry.suspected_disease,
                disease_reported_to=entry.reported_to,
            )
        case AgencyOpinion():
            return replace(animal, agency_opinion=entry.opinion)
        case (
            Release()
            | Transfer()
            | Death()
            | Escape()
            | NoRescueNeeded()
            | LongTermCare()
            | Allocation()
        ):
            return settle(animal, entry)
        case Split():
            raise AssertionError("a split makes two of one, which the incident does")
        case _:
            assert_never(entry)


def _assessed(animal: AnimalState, entry: Assessment) -> AnimalState:
    """What the assessment is silent about stays as it was."""
    return replace(
        animal,
        condition=_or(entry.condition, animal.condition),
        attitude=_or(entry.attitude, animal.attitude),
        body_condition=_or(entry.body_condition, animal.body_condition),
        injuries=_or(entry.injuries, animal.injuries),
        weight_g=_or(entry.weight_g, animal.weight_g),
        temperature_c=_or(entry.temperature_c, animal.temperature_c),
        suspected_disease=_or(entry.suspected_disease, animal.suspected_disease),
        pulse_per_min=_or(entry.pulse_per_min, animal.pulse_per_min),
        breaths_per_min=_or(entry.breaths_per_min, animal.breaths_per_min),
        wing_mm=_or(entry.wing_mm, animal.wing_mm),
        body_length_mm=_or(entry.body_length_mm, animal.body_length_mm),
        vet=_or(entry.vet, animal.vet),
        assessed_at=entry.happened_at,
    )


def _cared_for(animal: AnimalState, entry: Care) -> AnimalState:
    return replace(
        animal,
        place_kept=_or(entry.place_kept, animal.place_kept),
        isolated_from=_or(entry.isolated_from, animal.isolated_from),
        isolated_until=_or(entry.isolated_until, animal.isolated_until),
        quarantine=_or(entry.quarantine, animal.quarantine),
    )


def _or(said: T | None, before: T) -> T:
    return before if said is None else said
