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
    LifeStage,
    Quarantine,
    RecipientKind,
    ReleaseMethod,
    Sex,
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
    """动物情况。The animal, or several alike, as it was found."""


class OfAnimal(Appendable, frozen=True, kw_only=True):
    NEEDS: ClassVar[tuple[str, ...]] = ("animal",)

    animal: AnimalNumber | UUID
    """动物序号。Its number; or the id of the entry that added it, or split it off."""


class Split(OfAnimal, frozen=True, kw_only=True, tag="split"):
    """Of several alike, `count` go on by themselves, under the next number: of those in care, or of
    those that somebody else keeps."""

    LABEL: ClassVar = Label("分出", "split off")
    WEIGHT: ClassVar = -2
    NEEDS: ClassVar = ("animal", "count", "entry_id")

    count: Count
    """分出只数。How many go on by themselves."""
    entry_id: UUID | None = None
    """前一处置记录编号。The entry by which those went that somebody else keeps; null: they are in
    care, or went by the one entry that can be meant."""


class Assessment(OfAnimal, frozen=True, kw_only=True, tag="assessment"):
    """What was seen and measured at the animal, also by who has it now."""

    LABEL: ClassVar = Label("检查", "assessment")
    WEIGHT: ClassVar = -1
    SAYS: ClassVar = (
        "exam",
        "life_stage",
        "sex",
        "condition",
        "attitude",
        "body_condition",
        "injuries",
        "weight_g",
        "temperature_c",
        "suspected_disease",
        "pulse_per_min",
        "breaths_per_min",
        "wing_mm",
        "body_length_mm",
        "vet",
        "note",
    )

    exam: Exam | None = None
    """检查类别。On what occasion it was examined."""
    life_stage: LifeStage | None = None
    """年龄阶段。How grown it is, as the examination found (Darwin Core `lifeStage`)."""
    sex: Sex | None = None
    """性别。Its sex, as the examination found (Darwin Core `sex`)."""
    condition: Condition | None = None
    """健康状况。Its general condition."""
    attitude: Attitude | None = None
    """精神状态。How it responds to people and its surroundings."""
    body_condition: BodyCondition | None = None
    """体况。How well nourished it is."""
    injuries: Text | None = None
    """伤情。What injuries were found, or that there were none."""
    weight_g: Annotated[float, msgspec.Meta(gt=0, le=10_000_000)] | None = None
    """体重。Weight in grams."""
    temperature_c: Annotated[float, msgspec.Meta(ge=0, le=60)] | None = None
    """体温。Body temperature in degrees Celsius."""
    suspected_disease: Text | None = None
    """疑似疫病。Which disease it may have."""
    pulse_per_min: Annotated[int, msgspec.Meta(ge=0, le=2000)] | None = None
    """脉搏。Heartbeats a minute."""
    breaths_per_min: Annotated[int, msgspec.Meta(ge=0, le=2000)] | None = None
    """呼吸频率。Breaths a minute."""
    wing_mm: Annotated[float, msgspec.Meta(gt=0, le=5_000)] | None = None
    """翅长。Length of the wing in millimetres."""
    body_length_mm: Annotated[float, msgspec.Meta(gt=0, le=20_000)] | None = None
    """体长。Length of the body in millimetres."""
    vet: ShortText | None = None
    """兽医。Who examined it, by name."""


class Care(OfAnimal, frozen=True, kw_only=True, tag="care"):
    """Feeding, warming, housing, isolation, quarantine."""

    LABEL: ClassVar = Label("照料", "care")
    SAYS: ClassVar = (
        "feeding",
        "place_kept",
        "isolated_from",
        "isolated_until",
        "quarantine",
        "quarantine_certificate",
        "samples",
        "note",
    )

    feeding: Text | None = None
    """饲喂情况。What it was fed, how much, and how it took it."""
    place_kept: ShortText | None = None
    """暂养地点。Where it is kept."""
    isolated_from: Instant | None = None
    """隔离开始时间。Since when it is kept apart from others."""
    isolated_until: Instant | None = None
    """隔离结束时间。Until when it is kept apart, if that is planned or known."""
    quarantine: Quarantine | None = None
    """检疫结果。What the quarantine inspection found; null: nothing was said of one."""
    quarantine_certificate: ShortText | None = None
    """检疫证明编号。The number of the quarantine certificate."""
    samples: Annotated[list[ShortText], msgspec.Meta(max_length=50)] = msgspec.field(
        default_factory=list
    )
    """采样。What was sampled, one a line: a throat swab."""


class Marking(OfAnimal, frozen=True, kw_only=True, tag="marking"):
    """Rings, chips or tags that were put on, or found on it later; or that it lost."""

    LABEL: ClassVar = Label("标识", "marking")
    SAYS: ClassVar = ("marks", "taken_off")

    marks: Marks = msgspec.field(default_factory=list)
    """标识。Rings, chips and tags that were put on, or found on it."""
    taken_off: Marks = msgspec.field(default_factory=list)
    """取下的标识。Those that it carried until then, whoever took them off: another may bear
    them from then on."""


class DiseaseReport(OfAnimal, frozen=True, kw_only=True, tag="disease_report"):
    """A suspected disease was reported to the station that watches for it."""

    LABEL: ClassVar = Label("疫病报告", "disease report")

    suspected_disease: Text
    """疑似疫病。Which disease it may have."""
    reported_to: ShortText
    """疫病报告单位。The station that watches for wildlife diseases, by name."""
    person: ShortText | None = None
    """接报人。Who took the report there, by name."""


class AgencyOpinion(OfAnimal, frozen=True, kw_only=True, tag="agency_opinion"):
    """What the agency that seized it wants done with it."""

    LABEL: ClassVar = Label("执法机关意见", "agency's opinion")

    agency: ShortText
    """查扣机关。The agency that seized the animal."""
    opinion: Text
    """执法机关处理意见。What the agency wants done with it (Rescue Measures of 2018, Art. 10)."""
    document: ShortText | None = None
    """意见文书号。The number of the agency's paper."""


class Treatment(OfAnimal, frozen=True, kw_only=True, tag="treatment"):
    """What was done against an illness or an injury."""

    LABEL: ClassVar = Label("治疗", "treatment")
    SAYS: ClassVar = ("medication", "dose", "note")

    medication: ShortText | None = None
    """用药。Which medicine it was given."""
    dose: ShortText | None = None
    """剂量。How much of it, with the unit."""


class Identification(OfAnimal, frozen=True, kw_only=True, tag="identification"):
    """Which species it is: who says so, on what basis, how sure."""

    LABEL: ClassVar = Label("物种鉴定", "identification")

    species_id: ShortText
    """物种编号。The species' id in the register, as `phalacrocorax_carbo`."""
    identified_by: ShortText
    """鉴定人。Who says which species it is, with their unit."""
    basis: ShortText | None = None
    """鉴定依据。What they say it by: the animal itself, photos, a feather."""
    confidence: Confidence
    """鉴定可靠程度。How sure the identification is."""


class OfSome(OfAnimal, frozen=True, kw_only=True):
    NEEDS: ClassVar[tuple[str, ...]] = ("animal", "count", "entry_id")

    count: Count | None = None
    """只数。How many of several alike; null: all that can be."""

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
    """前一处置记录编号。The entry by which those went that are away; null: they are in care, or
    went by the one entry that can be meant."""


class Transfer(Settling, frozen=True, kw_only=True, tag="transfer"):
    """The animal goes to a rescue centre, or back to the agency that seized it."""

    LABEL: ClassVar = Label("移交动物", "transfer")
    NEEDS: ClassVar = (*Settling.NEEDS, "recipient_kind")

    recipient: ShortText
    """接收单位。Who takes it over, by name."""
    recipient_kind: RecipientKind = RecipientKind.RESCUE_CENTRE
    """接收单位类别。What kind of unit takes it over."""
    receipt_number: ShortText | None = None
    """移交凭证编号。The number of the recipient's receipt."""
    person: ShortText | None = None
    """接收人。Who took it over there, by name."""
    telephone: ShortText | None = None
    """接收人联系电话。The number under which they are reached."""
    document: ShortText | None = None
    """交接文书号。The number of the paper that both sides signed."""
    received_at: Instant | None = None
    """接收时间。When they took it over, by their account."""
    condition: Condition | None = None
    """移交时健康状况。Its general condition when it was handed over."""
    vehicle: ShortText | None = None
    """运输车辆。What it was carried in: number plate, or kind."""


class LongTermCare(Settling, frozen=True, kw_only=True, tag="long_term_care"):
    """The animal is unfit for release and is kept for good."""

    LABEL: ClassVar = Label("长期收容", "long-term care")

    keeper: ShortText
    """长期收容单位。Who keeps it from now on, by name."""
    reason: Text | None = None
    """不宜放归原因。Why it can't be released."""


class Allocation(Settling, frozen=True, kw_only=True, tag="allocation"):
    """The authority gives the animal to another keeper."""

    LABEL: ClassVar = Label("调配", "allocation")

    recipient: ShortText
    """接收单位。Who gets the animal, by name."""
    approval: ShortText | None = None
    """调配批准文号。The number of the authority's paper."""
    receipt_number: ShortText | None = None
    """移交凭证编号。The number of the recipient's receipt."""


class Release(Settling, frozen=True, kw_only=True, tag="release"):
    """The animal is returned to the wild. Needs a resolved, native species."""

    LABEL: ClassVar = Label("放归", "release")

    site: Place
    """放归地点。Where it was let go."""
    method: ReleaseMethod
    """放归方式。How it was returned to the wild."""
    officers: Annotated[list[Badge], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    """放归人员警号。Of the officers who let it go; policy may ask for two. Needed where no `unit`
    did."""
    unit: ShortText | None = None
    """放归单位。Which unit let it go, where no officers did: the rescue centre that had it."""
    persons: Annotated[list[ShortText], msgspec.Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    """放归人员。Who let it go there, by name: people without a badge."""
    habitat: ShortText | None = None
    """放归生境。What kind of country it was let go in: a reservoir, a forest."""
    witness: ShortText | None = None
    """见证人。Who saw it, by name."""
    ring_number: ShortText | None = None
    """环志编号。The number of its ring; it is one of its marks, too."""
    marks: Marks = msgspec.field(default_factory=list)
    """标识。Rings, chips and tags that it was let go with."""
    fit_to_release: bool | None = None
    """是否适宜放归。Whether it was judged fit for the wild; null: nobody said."""
    judged_fit_by: ShortText | None = None
    """适宜性评估人。Who judged that it is fit, or is not."""
    quarantine: Quarantine | None = None
    """检疫结果。What the quarantine inspection found; null: nothing was said of one."""
    quarantine_certificate: ShortText | None = None
    """检疫证明编号。The number of the quarantine certificate."""
    native_there: bool | None = None
    """放归地是否原生分布区。Whether the species is native there, as the officers say; null: nobody
    did."""
    reason_there: Text | None = None
    """放归地选择理由。Why it was let go there and not where it was found."""
    weather: ShortText | None = None
    """放归时天气。The weather at the release."""
    consent: ShortText | None = None
    """主管部门意见。The wildlife authority's consent, or the notice to it."""
    monitoring: Text | None = None
    """放归后监测。How it is watched afterwards."""

    @property
    def badges(self) -> list[str]:
        return self.officers


class Death(Settling, frozen=True, kw_only=True, tag="death"):
    """The animal is dead."""

    LABEL: ClassVar = Label("死亡", "death")
    NEEDS: ClassVar = (*Settling.NEEDS, "circumstance")

    circumstance: DeathCircumstance = DeathCircumstance.DIED_IN_CARE
    """死亡情形。When and how it died; each is an outcome, too."""
    cause_of_death: Text | None = None
    """死亡原因。Why it died, as far as that is known."""
    disposal: Text | None = None
    """处理情况。What was done with the body, in words."""
    disposal_method: Disposal | None = None
    """无害化处理方式。What is done with a dead animal (Rescue Measures of 2018)."""
    disposal_place: ShortText | None = None
    """无害化处理地点。Where the body was disposed of."""
    disposed_by: ShortText | None = None
    """无害化处理人。Who disposed of the body, by name."""
    witness: ShortText | None = None
    """见证人。Who saw the disposal, by name."""
    quarantine: Quarantine | None = None
    """检疫结果。What the quarantine inspection found; null: nothing was said of one."""
    quarantine_certificate: ShortText | None = None
    """检疫证明编号。The number of the quarantine certificate."""


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
    """时间线记录编号。The entry by which it went; null: the last one of which any can come
    back, and those before it where `count` is more."""


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
