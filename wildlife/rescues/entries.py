"""What may be said of an animal."""

from typing import Annotated, ClassVar, TypeAlias
from uuid import UUID

import msgspec

from wildlife.timeline.entry import Appendable, Opening
from wildlife.words.places import Place
from wildlife.words.values import AnimalNumber, Badge, Count, ShortText, Text
from wildlife.words.vocabularies import (
    Attitude,
    BodyCondition,
    Cause,
    Condition,
    Confidence,
    DeathCircumstance,
    Exam,
    LifeStage,
    RecipientKind,
    ReleaseMethod,
    Sex,
)


class ReportedAnimal(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """An animal, or several alike, as it was reported; numbered by its place in the list."""

    reported_as: ShortText | None = None
    """What the finder called it."""
    count: Count = 1
    life_stage: LifeStage = LifeStage.UNKNOWN
    sex: Sex = Sex.UNKNOWN
    cause: Cause = Cause.UNKNOWN
    condition: Condition = Condition.UNKNOWN


class RescueOpening(Opening, frozen=True, kw_only=True, tag="rescue"):
    """A wildlife rescue with its animals, numbered from 1 in the order given."""

    animals: Annotated[list[ReportedAnimal], msgspec.Meta(min_length=1, max_length=100)]


class Addition(Appendable, frozen=True, kw_only=True, tag="addition"):
    """An animal, or several alike, found after the opening. It gets the next number, which the
    answer tells (`facts.number`); who has no answer yet names it by the id of this entry."""

    WEIGHT: ClassVar = -2

    reported: ReportedAnimal


class OfAnimal(Appendable, frozen=True, kw_only=True):
    animal: AnimalNumber | UUID
    """Its number; or the id of the entry that added it, or split it off."""


class Split(OfAnimal, frozen=True, kw_only=True, tag="split"):
    """Of several alike in care, `count` go on by themselves, under the next number."""

    WEIGHT: ClassVar = -1

    count: Count


class Assessment(OfAnimal, frozen=True, kw_only=True, tag="assessment"):
    """What was seen and measured at the animal."""

    exam: Exam | None = None
    condition: Condition | None = None
    attitude: Attitude | None = None
    body_condition: BodyCondition | None = None
    injuries: Text | None = None
    weight_g: Annotated[float, msgspec.Meta(gt=0, le=10_000_000)] | None = None
    temperature_c: Annotated[float, msgspec.Meta(ge=0, le=60)] | None = None
    suspected_disease: Text | None = None


class Care(OfAnimal, frozen=True, kw_only=True, tag="care"):
    """Feeding, warming, housing."""

    feeding: Text | None = None


class Treatment(OfAnimal, frozen=True, kw_only=True, tag="treatment"):
    """What was done against an illness or an injury."""

    medication: ShortText | None = None
    dose: ShortText | None = None


class Identification(OfAnimal, frozen=True, kw_only=True, tag="identification"):
    """Which species it is: who says so, on what basis, how sure."""

    species_id: ShortText
    identified_by: ShortText
    basis: ShortText | None = None
    confidence: Confidence


class OfSome(OfAnimal, frozen=True, kw_only=True):
    count: Count | None = None

    @property
    def weight(self) -> int:
        """Whoever speaks of all that are left speaks after who says how many."""
        return self.WEIGHT + (self.count is None)


class Settling(OfSome, frozen=True, kw_only=True):
    """An entry that ends the care of an animal, or of `count` of several alike (default: all)."""

    WEIGHT: ClassVar = 1


class Transfer(Settling, frozen=True, kw_only=True, tag="transfer"):
    """The animal goes to a rescue centre, or back to the agency that seized it."""

    recipient: ShortText
    recipient_kind: RecipientKind = RecipientKind.RESCUE_CENTRE
    receipt_number: ShortText | None = None


class Release(Settling, frozen=True, kw_only=True, tag="release"):
    """The animal is returned to the wild. Needs a resolved, native species."""

    site: Place
    method: ReleaseMethod
    officers: Annotated[list[Badge], msgspec.Meta(min_length=1, max_length=20)]
    habitat: ShortText | None = None
    witness: ShortText | None = None
    ring_number: ShortText | None = None
    fit_to_release: bool | None = None


class Death(Settling, frozen=True, kw_only=True, tag="death"):
    """The animal is dead."""

    circumstance: DeathCircumstance = DeathCircumstance.DIED_IN_CARE
    cause_of_death: Text | None = None
    disposal: Text | None = None


class Escape(Settling, frozen=True, kw_only=True, tag="escape"):
    """The animal got away before it was fit."""


class NoRescueNeeded(Settling, frozen=True, kw_only=True, tag="no_rescue_needed"):
    """The animal was left where it was: a fledgling with its parents near, a healthy adult."""


class Return(OfSome, frozen=True, kw_only=True, tag="return"):
    """The animal is back in care, or `count` of several are (default: all that can be): taken back
    from who had it, or caught again."""

    WEIGHT: ClassVar = 3

    entry_id: UUID | None = None
    """The entry by which it went: by default the last one of which any can come back."""


SettlingEntry: TypeAlias = Transfer | Release | Death | Escape | NoRescueNeeded
AnimalEntry: TypeAlias = (
    Assessment | Care | Treatment | Identification | SettlingEntry | Split | Return
)
RescueEntry: TypeAlias = Addition | AnimalEntry
