"""How a rescue is reported: its animals, and whom they come from."""

from typing import Annotated, ClassVar, TypeAlias

import msgspec

from wildlife.rescues.codes import Cause, Condition, LifeStage, MarkKind, Origin, Sex
from wildlife.timeline.entry import Label, Opening
from wildlife.words.values import Count, Instant, ShortText, Text


class Mark(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """A ring, a chip, or what else an animal is known again by."""

    kind: MarkKind
    number: ShortText


Marks: TypeAlias = Annotated[list[Mark], msgspec.Meta(max_length=200)]


class ReportedAnimal(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """An animal, or several alike, as it was reported; numbered by its place in the list."""

    KEEPS_ITS_NUMBER: ClassVar = True  # so none is taken out of the list

    reported_as: ShortText | None = None
    """What the finder called it."""
    count: Count = 1
    life_stage: LifeStage = LifeStage.UNKNOWN
    sex: Sex = Sex.UNKNOWN
    cause: Cause = Cause.UNKNOWN
    condition: Condition = Condition.UNKNOWN
    origin: Origin = Origin.UNKNOWN
    marks: Marks = []
    """Those that it came with."""


class HandedOverBy(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Which unit handed the animals over. A private person is the informant, who is kept apart."""

    unit: ShortText
    persons: Annotated[list[ShortText], msgspec.Meta(max_length=2)] = []
    document: ShortText | None = None
    """The number of the unit's paper."""
    at: Instant | None = None
    condition: Condition | None = None
    place_kept: ShortText | None = None
    """Where they were until then."""


class Seizure(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Of what was seized: by whom, in which case, and what they want done with it."""

    agency: ShortText
    case_number: ShortText | None = None
    opinion: Text | None = None


class RescueOpening(Opening, frozen=True, kw_only=True, tag="rescue"):
    """A wildlife rescue with its animals, numbered from 1 in the order given."""

    KIND: ClassVar = Label("野生动物救护", "wildlife rescue")

    animals: Annotated[list[ReportedAnimal], msgspec.Meta(min_length=1, max_length=100)]
    handed_over_by: HandedOverBy | None = None
    seizure: Seizure | None = None
