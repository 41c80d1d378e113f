"""What may be said of an animal meanwhile: how it is, what is done for it, which species it is.

And all that may be said of one.
"""

from typing import Annotated, ClassVar, TypeAlias

import msgspec

from wildlife.rescues.codes import (
    Attitude,
    BodyCondition,
    Condition,
    Confidence,
    Exam,
    LifeStage,
    Quarantine,
    Sex,
)
from wildlife.rescues.ends import Receipt, Return, SettlingEntry
from wildlife.rescues.numbers import Addition, OfAnimal, Split
from wildlife.rescues.opening import Marks
from wildlife.timeline.entry import Weight
from wildlife.words.sentences import Sentence
from wildlife.words.values import Planned, ShortText, Text


class Assessment(OfAnimal, frozen=True, kw_only=True, tag="assessment"):
    """What was seen and measured at the animal, also by who has it now."""

    LABEL: ClassVar = Sentence("assessment", "检查")
    OF_THE_DEAD: ClassVar = True
    WEIGHT: ClassVar = Weight.SEEN
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

    LABEL: ClassVar = Sentence("care", "照料")
    OF_THE_DEAD: ClassVar = True
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
    isolated_from: Planned | None = None
    """隔离开始时间。Since when it is kept apart from others."""
    isolated_until: Planned | None = None
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

    LABEL: ClassVar = Sentence("marking", "标识")
    IN_HANDS: ClassVar = False
    SAYS: ClassVar = ("marks", "taken_off")

    marks: Marks = msgspec.field(default_factory=list)
    """标识。Rings, chips and tags that were put on, or found on it."""
    taken_off: Marks = msgspec.field(default_factory=list)
    """取下的标识。Those that it carried until then, whoever took them off: another may bear
    them from then on."""


class DiseaseReport(OfAnimal, frozen=True, kw_only=True, tag="disease_report"):
    """A suspected disease was reported to the station that watches for it."""

    LABEL: ClassVar = Sentence("disease report", "疫病报告")
    IN_HANDS: ClassVar = False

    suspected_disease: Text
    """疑似疫病。Which disease it may have."""
    reported_to: ShortText
    """疫病报告单位。The station that watches for wildlife diseases, by name."""
    person: ShortText | None = None
    """接报人。Who took the report there, by name."""


class AgencyOpinion(OfAnimal, frozen=True, kw_only=True, tag="agency_opinion"):
    """What the agency that seized it wants done with it."""

    LABEL: ClassVar = Sentence("agency's opinion", "执法机关意见")
    IN_HANDS: ClassVar = False

    agency: ShortText
    """查扣机关。The agency that seized the animal."""
    opinion: Text
    """执法机关处理意见。What the agency wants done with it (Rescue Measures of 2018, Art. 10)."""
    document: ShortText | None = None
    """意见文书号。The number of the agency's paper."""


class Treatment(OfAnimal, frozen=True, kw_only=True, tag="treatment"):
    """What was done against an illness or an injury."""

    LABEL: ClassVar = Sentence("treatment", "治疗")
    SAYS: ClassVar = ("medication", "dose", "note")

    medication: ShortText | None = None
    """用药。Which medicine it was given."""
    dose: ShortText | None = None
    """剂量。How much of it, with the unit."""


class Identification(OfAnimal, frozen=True, kw_only=True, tag="identification"):
    """Which species it is: who says so, on what basis, how sure."""

    LABEL: ClassVar = Sentence("identification", "物种鉴定")
    IN_HANDS: ClassVar = False
    TELLS_NO_PLACE: ClassVar = ("species_id",)

    species_id: ShortText
    """物种编号。The species' id in the register, as `phalacrocorax_carbo`."""
    identified_by: ShortText
    """鉴定人。Who says which species it is, with their unit."""
    basis: ShortText | None = None
    """鉴定依据。What they say it by: the animal itself, photos, a feather."""
    confidence: Confidence
    """鉴定可靠程度。How sure the identification is."""


_OfOne: TypeAlias = (
    Assessment
    | Care
    | Treatment
    | Identification
    | SettlingEntry
    | Receipt
    | Marking
    | DiseaseReport
    | AgencyOpinion
)
OneAnimalEntry: TypeAlias = _OfOne | Return
"""Those after which an animal is one still."""
AnimalEntry: TypeAlias = _OfOne | Split | Return
"""In the order in which people are told what is possible."""
RescueEntry: TypeAlias = Addition | AnimalEntry
