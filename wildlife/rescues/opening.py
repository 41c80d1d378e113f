"""How a rescue is reported: its animals, and whom they come from."""

from typing import Annotated, ClassVar, TypeAlias

import msgspec

from wildlife.rescues.codes import Cause, Condition, LifeStage, MarkKind, Origin, Sex
from wildlife.timeline.entry import Opening
from wildlife.words.sentences import Sentence
from wildlife.words.values import Count, Instant, ShortText, Text


class Mark(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """动物标识。A ring, a chip, or what else an animal is known again by."""

    TELLS_NUMBERS: ClassVar = ("number",)

    kind: MarkKind
    """标识种类。Whether it is a ring, a chip or a tag."""
    number: ShortText
    """标识号码。What is written or stored on it, as it was read."""


Marks: TypeAlias = Annotated[list[Mark], msgspec.Meta(max_length=200)]


class ReportedAnimal(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """所报动物。An animal, or several alike, as it was reported; numbered by its place in the
    list."""

    KEEPS_ITS_NUMBER: ClassVar = True  # so none is taken out of the list

    reported_as: ShortText | None = None
    """初报名称。What the finder called it, in their own words."""
    count: Count = 1
    """只数。How many alike stand under this number."""
    life_stage: LifeStage = LifeStage.UNKNOWN
    """年龄阶段。How grown it is (Darwin Core `lifeStage`)."""
    sex: Sex = Sex.UNKNOWN
    """性别。Its sex (Darwin Core `sex`)."""
    cause: Cause = Cause.UNKNOWN
    """救护原因。Why it needed help (Implementing Regulation, Art. 9, and what else occurs)."""
    condition: Condition = Condition.UNKNOWN
    """健康状况。Its general condition when it was found."""
    origin: Origin = Origin.UNKNOWN
    """动物来源。Whether it lived in the wild; some lists hold for wild animals only."""
    marks: Marks = []
    """标识。Rings, chips and tags that it came with."""


class HandedOverBy(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """送交单位。Which unit handed the animals over. A private person is the informant, who is kept
    apart."""

    unit: ShortText
    """移送单位。The unit that handed them over."""
    persons: Annotated[list[ShortText], msgspec.Meta(max_length=2)] = []
    """移送人员。Who handed them over, by name: two at most."""
    document: ShortText | None = None
    """移送文书号。The number of the unit's paper."""
    at: Instant | None = None
    """移送时间。When they were handed over."""
    condition: Condition | None = None
    """移送时健康状况。Their general condition when they were handed over."""
    place_kept: ShortText | None = None
    """移送前暂养地点。Where they were kept until then."""


class Seizure(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """查扣情况。Of what was seized: by whom, in which case, and what they want done with it."""

    agency: ShortText
    """查扣机关。The agency that seized the animals."""
    case_number: ShortText | None = None
    """查扣案号。The number of the agency's own case."""
    opinion: Text | None = None
    """执法机关处理意见。What the agency wants done with them (Rescue Measures of 2018, Art. 10)."""


class RescueOpening(Opening, frozen=True, kw_only=True, tag="rescue"):
    """A wildlife rescue with its animals, numbered from 1 in the order given."""

    KIND: ClassVar = Sentence("wildlife rescue", "野生动物救护")

    animals: Annotated[list[ReportedAnimal], msgspec.Meta(min_length=1, max_length=100)]
    """动物。One for each, or for several alike; numbered from 1 in this order."""
    handed_over_by: HandedOverBy | None = None
    """移送单位。Which unit handed them over, where one did."""
    seizure: Seizure | None = None
    """执法查扣。By whom they were seized, where somebody did."""
