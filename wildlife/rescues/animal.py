"""An animal as it is now, or several alike under one number. Pure."""

from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec
from msgspec.structs import replace

from wildlife.people.accounts import NamedOfficer
from wildlife.people.stations import StationRef
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
from wildlife.rescues.opening import Mark
from wildlife.timeline.incident import Flag
from wildlife.words.places import ShownPlace
from wildlife.words.vocabularies import Protection, RecordFlag

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

HANDED_OVER: Final = KEPT - {Outcome.LONG_TERM_CARE}
"""Of these, those by which it changes hands. Who keeps it for good may be who had it."""


class Received(msgspec.Struct, frozen=True):
    """接收确认。That who took animals over says so."""

    entry_id: UUID
    """时间线记录编号。The entry that says so."""
    count: int
    """接收只数。How many they received."""
    happened_at: datetime
    """接收时间。When they received them."""


class Settled(msgspec.Struct, frozen=True):
    """动物去向。What became of an animal, or of `count` of several alike."""

    entry_id: UUID
    """时间线记录编号。The entry by which it left care."""
    outcome: Outcome
    """处置结果。What became of these."""
    count: int
    """只数。How many left care by this entry."""
    happened_at: datetime
    """发生时间。When it happened in the world, which may be long before it was sent."""
    recipient: str | None = None
    """接收单位。Who took it over or keeps it; null where nobody did."""
    receipt_number: str | None = None
    """移交凭证编号。The number of the recipient's receipt."""
    unit: StationRef | None = None
    """照管单位（本系统）。The unit of this service in whose custody these are, or came to this end;
    null: in that of none."""
    received: Received | None = None
    """接收确认。What the recipient said of their arrival; null: nothing yet."""
    filed: int | None = None
    """登记时只数。How many were left when it was filed, where the entry says no number."""
    disposal_method: Disposal | None = None
    """无害化处理方式。What is done with these dead (Rescue Measures of 2018)."""
    quarantine: Quarantine | None = None
    """检疫结果。What the inspection of these dead found; null: nothing was said of one."""
    went_from: UUID | None = None
    """前一处置记录编号。The earlier end from which they went on to this one; null: they were in
    care."""
    returned: int = 0
    """收回只数。How many of them came back into care."""
    went_on: int = 0
    """后续处置只数。How many came to a later end without coming back: died where they were
    taken."""

    @property
    def been(self) -> list[UUID]:
        """By which ends these had gone before; none: they were in care."""
        return [] if self.went_from is None else [self.went_from]

    @property
    def left(self) -> int:
        """How many it is the end of."""
        return self.count - self.returned - self.went_on


class TakenBack(msgspec.Struct, frozen=True):
    """收回情况。What came back into care of what was away."""

    entry_id: UUID
    """时间线记录编号。The entry by which it came back."""
    count: int
    """只数。How many came back by this entry."""
    happened_at: datetime
    """发生时间。When it happened in the world, which may be long before it was sent."""
    filed: int | None = None
    """登记时只数。How many they were when it was filed, where the entry says no number."""
    been: list[UUID] = []
    """离开时的记录编号。By which entries they had gone, the last first."""


class Heads(msgspec.Struct, frozen=True):
    """各去向数量。How many of an animal's heads came to what, and since when the last of them."""

    outcome: Outcome
    """处置结果。What became of these."""
    count: int
    """只数。How many came to this."""
    since: datetime | None
    """处置时间。When the last of these came to it; null for those in care."""


class ReleaseRow(msgspec.Struct, frozen=True, kw_only=True):
    """A release, as queries read it. Its species is what the animal is known to be now."""

    TELLS_NO_PLACE: ClassVar = (
        "species_id",
        "chinese_name",
        "scientific_name",
        "protection_list",
        "officers",
    )
    TELLS_NUMBERS: ClassVar = ("ring_number",)

    entry_id: UUID
    """放归记录编号。The id of the release's entry on the timeline."""
    animal: int
    """动物序号。The animal's number within its incident."""
    released_at: datetime
    """放归时间。When it was let go."""
    species_id: str | None
    """物种编号。The species' id in the register, as it is known now; null: not identified."""
    chinese_name: str | None
    """中文名。Of the species, as it is known now; null: not identified."""
    scientific_name: str | None
    """学名。Of the species, as it is known now; null: not identified."""
    protection: Protection | None
    """保护级别。The strictest class that held on the day and in the region of the find; null: not
    known."""
    protection_list: str | None
    """所依名录。The number of the list that `protection` comes from."""
    protections: list[Protection] = []
    """全部保护级别。All classes that held on the day and in the region of the find, the strictest
    first."""
    count: int
    """只数。How many were let go."""
    returned: int = 0
    """收回只数。How many of them came back into care."""
    died: int = 0
    """放归后死亡只数。How many of them were found dead later."""
    life_stage: LifeStage
    """年龄阶段。How grown it is (Darwin Core `lifeStage`)."""
    sex: Sex
    """性别。Its sex (Darwin Core `sex`)."""
    method: ReleaseMethod
    """放归方式。How it was returned to the wild."""
    habitat: str | None
    """放归生境。What kind of country it was let go in: a reservoir, a forest."""
    site: ShownPlace
    """放归地点。Where it was let go."""
    officers: list[str]
    """放归人员警号。Badge numbers of the officers who let it go."""
    officers_named: list[NamedOfficer] | None = None
    """放归人员。Those of `officers` whose badge somebody had, each once; null: nobody looked them
    up, as before 0.2."""
    unit: str | None = None
    """放归单位。Which unit let it go, where no officers did."""
    persons: list[str] = []
    """放归人员姓名。Who let it go there, by name: people without a badge."""
    witness: str | None
    """见证人。Who saw it, by name."""
    ring_number: str | None
    """环志编号。The number of its ring; it is one of its marks, too."""
    marks: list[Mark] = []
    """标识。Rings, chips and tags that it was let go with, whenever they were put on."""
    fit_to_release: bool | None
    """是否适宜放归。Whether it was judged fit for the wild; null: nobody said."""
    judged_fit_by: str | None = None
    """适宜性评估人。Who judged that it is fit, or is not."""
    quarantine: Quarantine | None = None
    """检疫结果。What the quarantine inspection found; null: nothing was said of one."""
    quarantine_certificate: str | None = None
    """检疫证明编号。The number of the quarantine certificate."""
    native_there: bool | None = None
    """放归地是否原生分布区。Whether the species is native there, as the officers say; null: nobody
    did."""
    reason_there: str | None = None
    """放归地选择理由。Why it was let go there and not where it was found."""
    weather: str | None = None
    """放归时天气。The weather at the release."""
    consent: str | None = None
    """主管部门意见。The wildlife authority's consent, or the notice to it."""
    monitoring: str | None = None
    """放归后监测。How it is watched afterwards."""


class ReleaseRecord(ReleaseRow, frozen=True, kw_only=True):
    """放归记录。The same, with what only the incident tells of it."""

    species: Identified | None
    """物种鉴定。Which species it was, and who says so."""
    condition: Condition
    """放归时健康状况。Its general condition, as it was known when it was let go."""
    inspected: Quarantine | None = None
    """放归前检疫结果。What the last quarantine inspection before the release had found."""
    isolated_until: datetime | None = None
    """隔离结束时间。Until when it was to be kept apart, as was known when it was let go."""
    note: str | None
    """备注。What else is worth remembering."""


class Carried(msgspec.Struct, frozen=True):
    """动物标识及佩戴时间。A mark, and when the animal carried it."""

    mark: Mark
    """标识。The ring, chip or tag."""
    since: datetime
    """佩戴时间。From when on the animal carried it, as far as is known."""
    until: datetime | None = None
    """取下时间。When it was taken off; null: it was not, though the animal may be dead."""
    entry_id: UUID | None = None
    """所据记录。Which entry says that it carried it; null: the opening does."""


class AnimalState(msgspec.Struct, frozen=True, kw_only=True):
    """动物现状。An animal as it is now."""

    number: int
    """动物序号。Its number within the incident, from 1; it never changes."""
    reported_as: str | None
    """初报名称。What the finder called it, in their own words."""
    count: int
    """只数。How many there are under this number, whatever became of them."""
    remaining: int
    """在养只数。How many of `count` are in care."""
    life_stage: LifeStage
    """年龄阶段。How grown it is (Darwin Core `lifeStage`)."""
    sex: Sex
    """性别。Its sex (Darwin Core `sex`)."""
    cause: Cause
    """救护原因。Why it needed help (Implementing Regulation, Art. 9, and what else occurs)."""
    condition: Condition
    """健康状况。Its general condition, as was said last."""
    entry_id: UUID | None = None
    """登记记录编号。The entry that added it, or split it off; null for those of the opening."""
    split_from: int | None = None
    """分出自。The number of the animal of which it was split off; null: of none."""
    split_at: datetime | None = None
    """分出时间。When it was split off; null: it was not."""
    been: list[UUID] = []
    """分出前的处置记录编号。By which entry those had gone that were split off; none: they were in
    care."""
    attitude: Attitude | None = None
    """精神状态。How it responds to people and its surroundings."""
    body_condition: BodyCondition | None = None
    """体况。How well nourished it is."""
    injuries: str | None = None
    """伤情。What injuries were found, or that there were none."""
    weight_g: float | None = None
    """体重。Weight in grams."""
    temperature_c: float | None = None
    """体温。Body temperature in degrees Celsius."""
    suspected_disease: str | None = None
    """疑似疫病。Which disease it may have."""
    disease_reported_to: str | None = None
    """疫病报告单位。To whom a suspected disease was reported."""
    under_suspicion: bool = False
    """疫病未排除。Whether a suspected disease was reported that no inspection has ruled out
    since."""
    pulse_per_min: int | None = None
    """脉搏。Heartbeats a minute."""
    breaths_per_min: int | None = None
    """呼吸频率。Breaths a minute."""
    wing_mm: float | None = None
    """翅长。Length of the wing in millimetres."""
    body_length_mm: float | None = None
    """体长。Length of the body in millimetres."""
    vet: str | None = None
    """兽医。Who examined it, by name."""
    assessed_at: datetime | None = None
    """最近检查时间。When it was last assessed; null: never."""
    origin: Origin = Origin.UNKNOWN
    """动物来源。Whether it lived in the wild; some lists hold for wild animals only."""
    marks: list[Mark] = []
    """标识。All rings, chips and tags that it has carried, in their order."""
    carried: list[Carried] = []
    """标识佩戴情况。The same with their times; one that was put on again stands twice."""
    place_kept: str | None = None
    """暂养地点。Where it is kept."""
    isolated_from: datetime | None = None
    """隔离开始时间。Since when it is kept apart from others."""
    isolated_until: datetime | None = None
    """隔离结束时间。Until when it is kept apart, if that is planned or known."""
    quarantine: Quarantine | None = None
    """检疫结果。What the last quarantine inspection found; null: nothing was said of one."""
    agency_opinion: str | None = None
    """执法机关处理意见。What the agency that seized it wants done with it, as was said last."""
    species: Identified | None = None
    """物种鉴定。Which species it is, and who says so; null: it is not identified."""
    outcome: Outcome | None = Outcome.IN_CARE
    """处置结果。What became of all of it: in care while any of it is, null where it came to several
    ends."""
    outcome_at: datetime | None = None
    """处置时间。When the last of it left care; null while any of it is in care."""
    outcomes: list[Heads]
    """分项处置结果。What became of how many: their sum is `count`."""
    settled: list[Settled] = []
    """处置记录。Each entry by which it, or some of it, left care."""
    taken_back: list[TakenBack] = []
    """收回记录。Each entry by which it, or some of it, came back into care."""
    releases: list[ReleaseRecord] = []
    """放归记录。Each of its releases."""
    noticed: list[Flag] = []
    """矛盾之处。Where an entry contradicts what was known of it then; among the incident's
    `flags`."""


def is_transfer(end: Settled) -> bool:
    """Whether those that went by `end` were handed over to somebody, who confirms it."""
    return end.outcome in (Outcome.TRANSFERRED, Outcome.RETURNED_TO_AGENCY)


def has_died(animal: AnimalState) -> bool:
    """Whether any of it is dead: has an end that is one, or was found so."""
    return animal.condition is Condition.DEAD or any(one.outcome in DEAD for one in animal.outcomes)


def is_dead(animal: AnimalState) -> bool:
    """Whether all of it came to an end that is a death."""
    return all(one.outcome in DEAD for one in animal.outcomes)


def is_kept(animal: AnimalState) -> bool:
    """Whether somebody else has any of it, and tells how it goes on."""
    return any(one.outcome in KEPT for one in animal.outcomes)


def flagged(animal: AnimalState, entry_id: UUID, *codes: RecordFlag) -> AnimalState:
    """The animal with what contradicts itself by an entry."""
    flags = [Flag(code, animal.number, entry_id) for code in codes]
    return replace(animal, noticed=[*animal.noticed, *flags])


def counted(animal: AnimalState) -> list[Settled | TakenBack]:
    """What its entries came to that may say no number and mean all."""
    return [*animal.settled, *animal.taken_back]


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
