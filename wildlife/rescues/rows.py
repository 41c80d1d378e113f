"""The rows of a rescue that queries read. Pure."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from wildlife.rescues.incident import RescueIncident
from wildlife.timeline.kind import Placed
from wildlife.words.places import ShownPlace
from wildlife.words.vocabularies import (
    Cause,
    Condition,
    Confidence,
    LifeStage,
    Outcome,
    Protection,
    ReleaseMethod,
    Sex,
)


class AnimalRow(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    reported_as: str | None
    species_id: str | None
    chinese_name: str | None
    scientific_name: str | None
    protection: Protection | None
    protection_list: str | None
    confidence: Confidence | None
    count: int
    remaining: int
    life_stage: LifeStage
    sex: Sex
    cause: Cause
    condition: Condition
    outcome: Outcome
    outcome_at: datetime | None


class ReleaseRow(msgspec.Struct, frozen=True, kw_only=True):
    entry_id: UUID
    animal: int
    released_at: datetime
    species_id: str
    chinese_name: str
    scientific_name: str
    protection: Protection | None
    protection_list: str | None
    count: int
    life_stage: LifeStage
    sex: Sex
    method: ReleaseMethod
    habitat: str | None
    site: ShownPlace
    officers: list[str]
    witness: str | None
    ring_number: str | None
    fit_to_release: bool | None


def animals(incident: RescueIncident) -> Iterator[Placed]:
    """Every animal, where it was found."""
    for animal in incident.animals:
        species = animal.species
        protection = species.protection if species else None
        yield Placed(
            incident.place,
            AnimalRow(
                number=animal.number,
                reported_as=animal.reported_as,
                species_id=species.species_id if species else None,
                chinese_name=species.chinese_name if species else None,
                scientific_name=species.scientific_name if species else None,
                protection=protection.protection if protection else None,
                protection_list=protection.list if protection else None,
                confidence=species.confidence if species else None,
                count=animal.count,
                remaining=animal.remaining,
                life_stage=animal.life_stage,
                sex=animal.sex,
                cause=animal.cause,
                condition=animal.condition,
                outcome=animal.outcome,
                outcome_at=animal.outcome_at,
            ),
        )


def releases(incident: RescueIncident) -> Iterator[Placed]:
    """Every release, where it took place."""
    for animal in incident.animals:
        for release in animal.releases:
            protection = release.species.protection
            yield Placed(
                release.site,
                ReleaseRow(
                    entry_id=release.entry_id,
                    animal=release.animal,
                    released_at=release.released_at,
                    species_id=release.species.species_id,
                    chinese_name=release.species.chinese_name,
                    scientific_name=release.species.scientific_name,
                    protection=protection.protection if protection else None,
                    protection_list=protection.list if protection else None,
                    count=release.count,
                    life_stage=release.life_stage,
                    sex=release.sex,
                    method=release.method,
                    habitat=release.habitat,
                    site=release.site,
                    officers=release.officers,
                    witness=release.witness,
                    ring_number=release.ring_number,
                    fit_to_release=release.fit_to_release,
                ),
            )
