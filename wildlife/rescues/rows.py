"""The rows of a rescue that queries read. Pure."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from wildlife.rescues.animal import Heads
from wildlife.rescues.codes import Cause, Condition, Confidence, LifeStage, Outcome, Sex
from wildlife.rescues.identifying import columns_of
from wildlife.rescues.incident import RescueIncident
from wildlife.timeline.kind import Placed
from wildlife.words.structs import derive
from wildlife.words.vocabularies import Protection


class AnimalRow(msgspec.Struct, frozen=True, kw_only=True):
    """An animal, as queries read it."""

    number: int
    reported_as: str | None
    species_id: str | None
    chinese_name: str | None
    scientific_name: str | None
    protection: Protection | None
    protection_list: str | None
    protections: list[Protection] = []
    """All that held for it when and where it was found, the strictest first."""
    confidence: Confidence | None
    count: int
    remaining: int
    life_stage: LifeStage
    sex: Sex
    cause: Cause
    condition: Condition
    outcome: Outcome | None
    """What became of all of it; null where it came to several ends."""
    outcome_at: datetime | None
    outcomes: list[Heads]
    """By heads: their sum is `count`."""


def animals(incident: RescueIncident) -> Iterator[Placed]:
    """Every animal, where it was found."""
    for animal in incident.animals:
        confidence = animal.species.confidence if animal.species else None
        row = derive(AnimalRow, animal, confidence=confidence, **columns_of(animal.species))
        yield Placed(incident.place, row)


def releases(incident: RescueIncident) -> Iterator[Placed]:
    """Every release, where it took place."""
    for animal in incident.animals:
        for release in animal.releases:
            if release.species is not None:
                yield Placed(release.site, release)
