"""What follows from the entries of an animal. Pure."""

from datetime import datetime, tzinfo
from typing import Final, TypeVar, assert_never, get_args
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.rescues.entries import (
    AnimalEntry,
    Assessment,
    Care,
    Death,
    Escape,
    Identification,
    NoRescueNeeded,
    Release,
    ReportedAnimal,
    SettlingEntry,
    Transfer,
    Treatment,
)
from wildlife.species.model import ProtectionPeriod, TaxonRef
from wildlife.timeline.entry import Impossible, tag
from wildlife.words.places import ShownPlace, show
from wildlife.words.structs import derive
from wildlife.words.vocabularies import (
    Attitude,
    BodyCondition,
    Cause,
    Condition,
    Confidence,
    LifeStage,
    Outcome,
    Protection,
    RecipientKind,
    ReleaseMethod,
    Sex,
)

T = TypeVar("T")

IN_CARE_STEPS: Final = [tag(one) for one in get_args(AnimalEntry)]
SETTLED_STEPS: Final = ["identification", "note", "photo", "amendment", "void", "closing"]


class Identified(msgspec.Struct, frozen=True):
    """Which species an animal is, and who says so."""

    species_id: str
    chinese_name: str
    scientific_name: str
    english_name: str
    alien: bool
    identified_by: str
    basis: str | None
    confidence: Confidence
    identified_at: datetime
    protection: ProtectionPeriod | None
    """The protection on the day it was found, as the register had it at the identification."""


def columns_of(species: Identified | None) -> dict[str, object]:
    """What a row says of a species."""
    protection = species.protection if species else None
    return {
        "species_id": species.species_id if species else None,
        "chinese_name": species.chinese_name if species else None,
        "scientific_name": species.scientific_name if species else None,
        "protection": protection.protection if protection else None,
        "protection_list": protection.list if protection else None,
    }


class Settled(msgspec.Struct, frozen=True):
    """What became of an animal, or of `count` of several alike."""

    entry_id: UUID
    outcome: Outcome
    count: int
    happened_at: datetime
    recipient: str | None = None
    receipt_number: str | None = None


class ReleaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A release, as queries read it."""

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


class ReleaseRecord(ReleaseRow, frozen=True, kw_only=True):
    """The same, and who says which species it was."""

    species: Identified


class AnimalState(msgspec.Struct, frozen=True):
    """An animal as it is now."""

    number: int
    reported_as: str | None
    count: int
    remaining: int
    """How many of `count` are still in care."""
    life_stage: LifeStage
    sex: Sex
    cause: Cause
    condition: Condition
    attitude: Attitude | None = None
    body_condition: BodyCondition | None = None
    injuries: str | None = None
    weight_g: float | None = None
    temperature_c: float | None = None
    suspected_disease: str | None = None
    assessed_at: datetime | None = None
    species: Identified | None = None
    outcome: Outcome = Outcome.IN_CARE
    outcome_at: datetime | None = None
    settled: list[Settled] = []
    releases: list[ReleaseRecord] = []


def reported(number: int, animal: ReportedAnimal) -> AnimalState:
    """The animal as it was reported."""
    return AnimalState(
        number=number,
        reported_as=animal.reported_as,
        count=animal.count,
        remaining=animal.count,
        life_stage=animal.life_stage,
        sex=animal.sex,
        cause=animal.cause,
        condition=animal.condition,
    )


def advance(
    animal: AnimalState,
    entry: AnimalEntry,
    taxon: TaxonRef | None,
    found_at: datetime,
    zone: tzinfo,
) -> AnimalState | Impossible:
    """The animal after `entry`, or why that entry is not possible now.

    taxon: what the register said, for an identification.
    found_at, zone: the day on which the protection counts.
    """
    match entry:
        case Identification():
            assert taxon is not None, "an identification is recorded with its taxon"
            return replace(animal, species=_identified(entry, taxon, found_at, zone))
        case _ if animal.remaining == 0:
            return Impossible(
                f"Animal {animal.number} is settled ({animal.outcome.en}); nothing more can happen"
                " to it here.",
                f"{animal.number} 号动物已有处置结果（{animal.outcome.zh}），当前不能记录此步骤。",
                SETTLED_STEPS,
            )
        case Assessment():
            return _assessed(animal, entry)
        case Care() | Treatment():
            return animal
        case Release():
            return _release(animal, entry)
        case Transfer() | Death() | Escape() | NoRescueNeeded():
            return _settle(animal, entry)
        case _:
            assert_never(entry)


def protection_on(
    periods: list[ProtectionPeriod], at: datetime, zone: tzinfo
) -> ProtectionPeriod | None:
    """The period that holds on the day of `at` in `zone`; None where the register knows none."""
    day = at.astimezone(zone).date()
    for period in periods:
        if period.valid_from <= day and (period.valid_to is None or day <= period.valid_to):
            return period
    return None


def _identified(
    entry: Identification, taxon: TaxonRef, found_at: datetime, zone: tzinfo
) -> Identified:
    return Identified(
        species_id=taxon.species_id,
        chinese_name=taxon.chinese_name,
        scientific_name=taxon.scientific_name,
        english_name=taxon.english_name,
        alien=taxon.alien,
        identified_by=entry.identified_by,
        basis=entry.basis,
        confidence=entry.confidence,
        identified_at=entry.happened_at,
        protection=protection_on(taxon.protection, found_at, zone),
    )


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
        assessed_at=entry.happened_at,
    )


def _or(said: T | None, before: T) -> T:
    return before if said is None else said


def _release(animal: AnimalState, entry: Release) -> AnimalState | Impossible:
    if animal.species is None:
        return Impossible(
            f"Animal {animal.number} has no species yet; identify it before it is released.",
            f"{animal.number} 号动物尚未鉴定物种；放归前请先鉴定。",
            [step for step in IN_CARE_STEPS if step != "release"],
        )
    if animal.species.alien:
        return Impossible(
            f"{animal.species.chinese_name} is an alien species, which is never released"
            " (Wildlife Protection Law, Art. 40); transfer it instead.",
            f"{animal.species.chinese_name}为外来物种，不得放归（野生动物保护法第四十条第二款）；请移交。",
            [step for step in IN_CARE_STEPS if step != "release"],
        )
    settled = _settle(animal, entry)
    if isinstance(settled, Impossible):
        return settled
    release = derive(
        ReleaseRecord,
        entry,
        entry_id=entry.id,
        released_at=entry.happened_at,
        count=settled.settled[-1].count,
        site=show(entry.site),
        life_stage=animal.life_stage,
        sex=animal.sex,
        species=animal.species,
        **columns_of(animal.species),
    )
    return replace(settled, releases=[*animal.releases, release])


def _settle(animal: AnimalState, entry: SettlingEntry) -> AnimalState | Impossible:
    count = animal.remaining if entry.count is None else entry.count
    if count > animal.remaining:
        return Impossible(
            f"Animal {animal.number} stands for {animal.remaining} still in care, not {count}.",
            f"{animal.number} 号动物仍在救护的有 {animal.remaining} 只，不是 {count} 只。",
            IN_CARE_STEPS,
        )
    remaining = animal.remaining - count
    outcome = _outcome(entry)
    settled = Settled(
        entry_id=entry.id,
        outcome=outcome,
        count=count,
        happened_at=entry.happened_at,
        recipient=entry.recipient if isinstance(entry, Transfer) else None,
        receipt_number=entry.receipt_number if isinstance(entry, Transfer) else None,
    )
    return replace(
        animal,
        remaining=remaining,
        outcome=Outcome.IN_CARE if remaining else outcome,
        outcome_at=None if remaining else entry.happened_at,
        condition=Condition.DEAD
        if isinstance(entry, Death) and not remaining
        else animal.condition,
        settled=[*animal.settled, settled],
    )


def _outcome(entry: SettlingEntry) -> Outcome:
    match entry:
        case Release():
            return Outcome.RELEASED
        case Transfer(recipient_kind=RecipientKind.AGENCY):
            return Outcome.RETURNED_TO_AGENCY
        case Transfer():
            return Outcome.TRANSFERRED
        case Death():
            return Outcome(entry.circumstance.value)
        case Escape():
            return Outcome.ESCAPED
        case NoRescueNeeded():
            return Outcome.NO_RESCUE_NEEDED
        case _:
            assert_never(entry)
