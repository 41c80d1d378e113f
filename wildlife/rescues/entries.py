"""What may be said of an animal."""

from typing import Annotated, ClassVar, TypeAlias
from uuid import UUID

import msgspec

from wildlife.rescues.codes import (
    Attitude,
    BodyCondition,
    Condition,
    Confidence,
    DeathCircumstance,
    Disposal,
    Exam,
    Quarantine,
    RecipientKind,
    ReleaseMethod,
)
from wildlife.rescues.opening import Marks, ReportedAnimal
from wildlife.timeline.entry import Appendable, Label
from wildlife.words.places import Place
from wildlife.words.values import AnimalNumber, Badge, Count, Instant, ShortText, Text


class Addition(Appendable, frozen=True, kw_only=True, tag="addition"):
    """An animal, or several alike, found after the opening. It gets the next number, which the
    answer tells (`facts.number`); who has no answer yet names it by the id of this entry."""

    LABEL: ClassVar = Label("新增动物", "animal added")
    WEIGHT: ClassVar = -3

    reported: ReportedAnimal


class OfAnimal(Appendable, frozen=True, kw_only=True):
    animal: AnimalNumber | UUID
    """Its number; or the id of the entry that added it, or split it off."""


class Split(OfAnimal, frozen=True, kw_only=True, tag="split"):
    """Of several alike in care, `count` go on by themselves, under the next number."""

    LABEL: ClassVar = Label("分出", "split off")
    WEIGHT: ClassVar = -2

    count: Count


class Assessment(OfAnimal, frozen=True, kw_only=True, tag="assessment"):
    """What was seen and measured at the animal, also by who has it now."""

    LABEL: ClassVar = Label("检查", "assessment")
    WEIGHT: ClassVar = -1

    exam: Exam | None = None
    condition: Condition | None = None
    attitude: Attitude | None = None
    body_condition: BodyCondition | None = None
    injuries: Text | None = None
    weight_g: Annotated[float, msgspec.Meta(gt=0, le=10_000_000)] | None = None
    temperature_c: Annotated[float, msgspec.Meta(ge=0, le=60)] | None = None
    suspected_disease: Text | None = None
    pulse_per_min: Annotated[int, msgspec.Meta(ge=0, le=2000)] | None = None
    breaths_per_min: Annotated[int, msgspec.Meta(ge=0, le=2000)] | None = None
    wing_mm: Annotated[float, msgspec.Meta(gt=0, le=5_000)] | None = None
    body_length_mm: Annotated[float, msgspec.Meta(gt=0, le=20_000)] | None = None
    vet: ShortText | None = None


class Care(OfAnimal, frozen=True, kw_only=True, tag="care"):
    """Feeding, warming, housing, isolation, quarantine."""

    LABEL: ClassVar = Label("照料", "care")

    feeding: Text | None = None
    place_kept: ShortText | None = None
    isolated_from: Instant | None = None
    isolated_until: Instant | None = None
    quarantine: Quarantine | None = None
    quarantine_certificate: ShortText | None = None
    samples: Annotated[list[ShortText], msgspec.Meta(max_length=50)] = msgspec.field(
        default_factory=list
    )


class Marking(OfAnimal, frozen=True, kw_only=True, tag="marking"):
    """Rings, chips or tags that were put on, or found on it later; or that it lost."""

    LABEL: ClassVar = Label("标识", "marking")

    marks: Marks = msgspec.field(default_factory=list)
    taken_off: Marks = msgspec.field(default_factory=list)
    """Those that it carried until then, whoever took them off: another may bear them from then
    on."""


class DiseaseReport(OfAnimal, frozen=True, kw_only=True, tag="disease_report"):
    """A suspected disease was reported to the station that watches for it."""

    LABEL: ClassVar = Label("疫病报告", "disease report")

    suspected_disease: Text
    reported_to: ShortText
    person: ShortText | None = None


class AgencyOpinion(OfAnimal, frozen=True, kw_only=True, tag="agency_opinion"):
    """What the agency that seized it wants done with it."""

    LABEL: ClassVar = Label("执法机关意见", "agency's opinion")

    agency: ShortText
    opinion: Text
    document: ShortText | None = None


class Treatment(OfAnimal, frozen=True, kw_only=True, tag="treatment"):
    """What was done against an illness or an injury."""

    LABEL: ClassVar = Label("治疗", "treatment")

    medication: ShortText | None = None
    dose: ShortText | None = None


class Identification(OfAnimal, frozen=True, kw_only=True, tag="identification"):
    """Which species it is: who says so, on what basis, how sure."""

    LABEL: ClassVar = Label("物种鉴定", "identification")

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
    """An entry that ends the care of an animal, or of `count` of several alike (default: all). Of
    those that are away, it tells what became of them there: released by the centre that took them
    over, found dead after a release."""

    WEIGHT: ClassVar = 1

    entry_id: UUID | None = None
    """The entry by which they went before, of those that are away. By default they are in care; or,
    where none is, they went by the one earlier entry that can be meant, to another end."""


class Transfer(Settling, frozen=True, kw_only=True, tag="transfer"):
    """The animal goes to a rescue centre, or back to the agency that seized it."""

    LABEL: ClassVar = Label("移交动物", "transfer")

    recipient: ShortText
    recipient_kind: RecipientKind = RecipientKind.RESCUE_CENTRE
    receipt_number: ShortText | None = None
    person: ShortText | None = None
    """Who took it over there."""
    telephone: ShortText | None = None
    document: ShortText | None = None
    received_at: Instant | None = None
    condition: Condition | None = None
    vehicle: ShortText | None = None


class LongTermCare(Settling, frozen=True, kw_only=True, tag="long_term_care"):
    """The animal is unfit for release and is kept for good."""

    LABEL: ClassVar = Label("长期收容", "long-term care")

    keeper: ShortText
    reason: Text | None = None


class Allocation(Settling, frozen=True, kw_only=True, tag="allocation"):
    """The authority gives the animal to another keeper."""

    LABEL: ClassVar = Label("调配", "allocation")

    recipient: ShortText
    approval: ShortText | None = None
    """The number of the authority's paper."""
    receipt_number: ShortText | None = None


class Release(Settling, frozen=True, kw_only=True, tag="release"):
    """The animal is returned to the wild. Needs a resolved, native species."""

    LABEL: ClassVar = Label("放归", "release")

    site: Place
    method: ReleaseMethod
    officers: Annotated[list[Badge], msgspec.Meta(min_length=1, max_length=20)]
    habitat: ShortText | None = None
    witness: ShortText | None = None
    ring_number: ShortText | None = None
    marks: Marks = msgspec.field(default_factory=list)
    fit_to_release: bool | None = None
    judged_fit_by: ShortText | None = None
    quarantine: Quarantine | None = None
    quarantine_certificate: ShortText | None = None
    native_there: bool | None = None
    reason_there: Text | None = None
    """Why it was let go there."""
    weather: ShortText | None = None
    consent: ShortText | None = None
    """The authority's consent, or the notice to it."""
    monitoring: Text | None = None
    """How it is watched afterwards."""

    @property
    def badges(self) -> list[str]:
        return self.officers


class Death(Settling, frozen=True, kw_only=True, tag="death"):
    """The animal is dead."""

    LABEL: ClassVar = Label("死亡", "death")

    circumstance: DeathCircumstance = DeathCircumstance.DIED_IN_CARE
    cause_of_death: Text | None = None
    disposal: Text | None = None
    disposal_method: Disposal | None = None
    disposal_place: ShortText | None = None
    disposed_by: ShortText | None = None
    witness: ShortText | None = None
    quarantine: Quarantine | None = None
    quarantine_certificate: ShortText | None = None


class Escape(Settling, frozen=True, kw_only=True, tag="escape"):
    """The animal got away before it was fit."""

    LABEL: ClassVar = Label("逃逸", "escape")


class NoRescueNeeded(Settling, frozen=True, kw_only=True, tag="no_rescue_needed"):
    """The animal was left where it was: a fledgling with its parents near, a healthy adult."""

    LABEL: ClassVar = Label("无需救护", "no rescue needed")


class Return(OfSome, frozen=True, kw_only=True, tag="return"):
    """The animal is back in care, or `count` of several are (default: all that went last): taken
    back from who had it, or caught again."""

    LABEL: ClassVar = Label("收回", "return into care")
    WEIGHT: ClassVar = -1  # what is back goes on, and dies or is let go again in that minute

    entry_id: UUID | None = None
    """The entry by which it went: by default the last one of which any can come back, and those
    before it where `count` is more."""


SettlingEntry: TypeAlias = (
    Transfer | Release | Death | Escape | NoRescueNeeded | LongTermCare | Allocation
)
AnimalEntry: TypeAlias = (
    Assessment
    | Care
    | Treatment
    | Identification
    | SettlingEntry
    | Marking
    | DiseaseReport
    | AgencyOpinion
    | Split
    | Return
)
RescueEntry: TypeAlias = Addition | AnimalEntry
