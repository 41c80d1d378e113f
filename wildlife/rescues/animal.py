"""An animal as it is now, or several alike under one number. Pure."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from wildlife.people.accounts import NamedOfficer
from wildlife.rescues.codes import (
    Attitude,
    BodyCondition,
    Cause,
    Condition,
    Disposal,
    LifeStage,
    Origin,
    Outcome,
    Quarantine,
    ReleaseMethod,
    Sex,
)
from wildlife.rescues.identifying import Identified
from wildlife.rescues.opening import Mark, ReportedAnimal
from wildlife.timeline.incident import Flag
from wildlife.words.places import ShownPlace
from wildlife.words.vocabularies import Protection

DEAD: Final = {
    Outcome.DEAD_ON_ARRIVAL,
    Outcome.DIED_IN_CARE,
    Outcome.EUTHANIZED,
    Outcome.FOUND_DEAD,
}
KEPT: Final = {
    Outcome.TRANSFERRED,
    Outcome.RETURNED_TO_AGENCY,
    Outcome.LONG_TERM_CARE,
    Outcome.ALLOCATED,
}
"""The outcomes after which somebody else has the animal, and tells what becomes of it."""


class Settled(msgspec.Struct, frozen=True):
    """What became of an animal, or of `count` of several alike."""

    entry_id: UUID
    outcome: Outcome
    count: int
    happened_at: datetime
    recipient: str | None = None
    receipt_number: str | None = None
    filed: int | None = None
    """How many that were when it was filed, where it says no more than all that were left."""
    disposal_method: Disposal | None = None
    """What was done with the dead."""
    went_from: UUID | None = None
    """The earlier end from which they went on to this one; none where they were in care."""
    returned: int = 0
    """How many of them came back into care."""
    went_on: int = 0
    """How many of them came to a later end without coming back: died where they were taken."""

    @property
    def left(self) -> int:
        """How many it is the end of."""
        return self.count - self.returned - self.went_on


class Heads(msgspec.Struct, frozen=True):
    """How many of an animal's heads came to what, and since when the last of them."""

    outcome: Outcome
    count: int
    since: datetime | None


class ReleaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A release, as queries read it. Its species is what the animal is known to be now."""

    entry_id: UUID
    animal: int
    released_at: datetime
    species_id: str | None
    chinese_name: str | None
    scientific_name: str | None
    protection: Protection | None
    protection_list: str | None
    protections: list[Protection] = []
    """All that held for it when and where it was found, the strictest first."""
    count: int
    returned: int = 0
    """How many of them came back into care."""
    died: int = 0
    """How many of them were found dead later."""
    life_stage: LifeStage
    sex: Sex
    method: ReleaseMethod
    habitat: str | None
    site: ShownPlace
    officers: list[str]
    officers_named: list[NamedOfficer] | None = None
    """Who they are: those whose badge somebody had, each once. Null where nobody looked them up, as
    before 0.2."""
    witness: str | None
    ring_number: str | None
    marks: list[Mark] = []
    fit_to_release: bool | None
    judged_fit_by: str | None = None
    quarantine: Quarantine | None = None
    quarantine_certificate: str | None = None
    native_there: bool | None = None
    reason_there: str | None = None
    weather: str | None = None
    consent: str | None = None
    monitoring: str | None = None


class ReleaseRecord(ReleaseRow, frozen=True, kw_only=True):
    """The same, with what only the incident tells of it."""

    species: Identified | None
    """Which species it was, and who says so."""
    condition: Condition
    """As it was known when it was let go; so are the next two."""
    inspected: Quarantine | None = None
    isolated_until: datetime | None = None
    note: str | None


class Carried(msgspec.Struct, frozen=True):
    """A mark, and when the animal carried it."""

    mark: Mark
    since: datetime
    until: datetime | None = None
    """When it was taken off, or the animal was dead; none while it is carried."""


class AnimalState(msgspec.Struct, frozen=True):
    """An animal as it is now."""

    number: int
    reported_as: str | None
    count: int
    remaining: int
    """How many of `count` are in care."""
    life_stage: LifeStage
    sex: Sex
    cause: Cause
    condition: Condition
    entry_id: UUID | None = None
    """The entry that added it, or split it off; none for those of the opening."""
    split_from: int | None = None
    attitude: Attitude | None = None
    body_condition: BodyCondition | None = None
    injuries: str | None = None
    weight_g: float | None = None
    temperature_c: float | None = None
    suspected_disease: str | None = None
    disease_reported_to: str | None = None
    under_suspicion: bool = False
    """Whether a suspected disease was reported that no inspection has ruled out since."""
    pulse_per_min: int | None = None
    breaths_per_min: int | None = None
    wing_mm: float | None = None
    body_length_mm: float | None = None
    vet: str | None = None
    assessed_at: datetime | None = None
    origin: Origin = Origin.UNKNOWN
    marks: list[Mark] = []
    """All that it has carried, in their order."""
    carried: list[Carried] = []
    """The same with their times; one that was put on again twice."""
    place_kept: str | None = None
    isolated_from: datetime | None = None
    isolated_until: datetime | None = None
    quarantine: Quarantine | None = None
    """What the last inspection found."""
    agency_opinion: str | None = None
    disposal_method: Disposal | None = None
    species: Identified | None = None
    outcome: Outcome | None = Outcome.IN_CARE
    """What became of all of it: in care while any of it is, null where it came to several ends."""
    outcome_at: datetime | None = None
    outcomes: list[Heads] = []
    """By heads: their sum is `count`."""
    settled: list[Settled] = []
    releases: list[ReleaseRecord] = []
    noticed: list[Flag] = []
    """Where an entry contradicts what was known of it then; among the flags of the incident."""


def has_died(animal: AnimalState) -> bool:
    """Whether any of it is dead: has an end that is one, or was found so."""
    return animal.condition is Condition.DEAD or any(one.outcome in DEAD for one in animal.outcomes)


def is_dead(animal: AnimalState) -> bool:
    """Whether all of it came to such an end."""
    return all(one.outcome in DEAD for one in animal.outcomes)


def is_kept(animal: AnimalState) -> bool:
    """Whether somebody else has any of it, and tells how it goes on."""
    return any(one.outcome in KEPT for one in animal.outcomes)


def reported(
    number: int, animal: ReportedAnimal, since: datetime, entry_id: UUID | None = None
) -> AnimalState:
    """The animal as it was reported, carrying its marks since it was found."""
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
        marks=animal.marks,
        carried=[Carried(mark, since) for mark in animal.marks],
        outcomes=[Heads(Outcome.IN_CARE, animal.count, None)],
    )


def heads_of(remaining: int, settled: list[Settled]) -> list[Heads]:
    """What became of an animal by heads: those in care first, then in the order of the ends."""
    ends: dict[Outcome, Heads] = {}
    for one in settled:
        if one.left:
            so_far = ends.get(one.outcome)
            count = one.left + (so_far.count if so_far else 0)
            ends[one.outcome] = Heads(one.outcome, count, one.happened_at)
    in_care = [Heads(Outcome.IN_CARE, remaining, None)] if remaining else []
    return [*in_care, *ends.values()]
