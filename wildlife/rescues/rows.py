"""The rows of a rescue that queries read. Pure."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import msgspec

from wildlife.rescues.animal import HANDED_OVER, Heads
from wildlife.rescues.codes import Cause, Condition, Confidence, LifeStage, Outcome, Sex
from wildlife.rescues.identifying import columns_of
from wildlife.rescues.incident import RescueIncident
from wildlife.rescues.marks import MarkName, keys_in
from wildlife.timeline.kind import Placed
from wildlife.words.structs import derive
from wildlife.words.vocabularies import Protection


class AnimalRow(msgspec.Struct, frozen=True, kw_only=True):
    """An animal, as queries read it."""

    number: int
    """动物序号。Its number within the incident, from 1; it never changes."""
    reported_as: str | None
    """初报名称。What the finder called it, in their own words."""
    species_id: str | None
    """物种编号。The species' id in the register; null: not identified."""
    chinese_name: str | None
    """中文名。Of the species; null: not identified."""
    scientific_name: str | None
    """学名。Of the species; null: not identified."""
    protection: Protection | None
    """保护级别。The strictest class that held on the day and in the region of the find; null: not
    known."""
    protection_list: str | None
    """所依名录。The number of the list that `protection` comes from."""
    protections: list[Protection] = []
    """全部保护级别。All classes that held on the day and in the region of the find, the strictest
    first."""
    confidence: Confidence | None
    """鉴定可靠程度。How sure the identification is; null: there is none."""
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
    outcome: Outcome | None
    """处置结果。What became of all of it: in care while any of it is, null where it came to several
    ends."""
    outcome_at: datetime | None
    """处置时间。When the last of it left care; null while any of it is in care."""
    outcomes: list[Heads]
    """分项处置结果。What became of how many: their sum is `count`."""
    marks: list[MarkName] = []
    """标识。The rings, chips and tags that it carries or carried, by kind and number, folded:
    `ring:a1234`."""


class TransferRow(msgspec.Struct, frozen=True, kw_only=True):
    """That animals went to another keeper, as queries read it: handed over, given by the authority,
    or taken back by the agency that had seized them. Their species is what they are known to be
    now."""

    entry_id: UUID
    """移交记录编号。The id of the entry by which they went."""
    animal: int
    """动物序号。The animal's number within its incident."""
    transferred_at: datetime
    """移交时间。When they went."""
    outcome: Outcome
    """移交类别。`transferred`, `allocated`, or `returned_to_agency`."""
    recipient: str | None
    """接收单位。Who took them over, by name."""
    unit: str | None
    """接收单位代码。The code of the unit of this service in whose custody they are, or came to be;
    null: in that of none."""
    receipt_number: str | None
    """移交凭证编号。The number of the recipient's receipt."""
    confirmed: int | None
    """接收只数。How many the recipient said to have received by this entry, those that were split
    off afterwards among them; null: nobody said anything yet."""
    confirmed_at: datetime | None
    """接收时间。When they received them, as they said; null: not yet."""
    count: int
    """只数。How many went."""
    returned: int
    """收回只数。How many of them came back into care."""
    went_on: int
    """后续处置只数。How many came to a later end without coming back."""
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
    life_stage: LifeStage
    """年龄阶段。How grown it is (Darwin Core `lifeStage`)."""
    sex: Sex
    """性别。Its sex (Darwin Core `sex`)."""


def animals(incident: RescueIncident) -> Iterator[Placed]:
    """Every animal, where it was found."""
    for animal in incident.animals:
        confidence = animal.species.confidence if animal.species else None
        row = derive(
            AnimalRow,
            animal,
            confidence=confidence,
            marks=keys_in(animal.marks),
            **columns_of(animal.species),
        )
        yield Placed(incident.place, row)


def releases(incident: RescueIncident) -> Iterator[Placed]:
    """Every release, where it took place."""
    for animal in incident.animals:
        for release in animal.releases:
            if release.species is not None:
                yield Placed(release.site, release)


def transfers(incident: RescueIncident) -> Iterator[Placed]:
    """Every end by which animals went to another keeper, where they had been found."""
    for animal in incident.animals:
        for end in animal.settled:
            if end.outcome in HANDED_OVER:
                row = derive(
                    TransferRow,
                    end,
                    animal=animal.number,
                    transferred_at=end.happened_at,
                    unit=end.unit and end.unit.code,
                    confirmed=end.received and end.received.count,
                    confirmed_at=end.received and end.received.happened_at,
                    life_stage=animal.life_stage,
                    sex=animal.sex,
                    **columns_of(animal.species),
                )
                yield Placed(incident.place, row)
