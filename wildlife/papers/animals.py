"""An animal as forms of rescues have it. Pure."""

from typing import Final, TypeVar

from wildlife.papers.record import Record
from wildlife.papers.sheet import THIRD, Field, Text, Value
from wildlife.papers.writing import (
    BLANK,
    code,
    field,
    lines,
    moment,
    moment_of,
    number,
    text,
    texts,
    ticks,
    wide,
    yes_or_no,
)
from wildlife.rescues.animal import AnimalState
from wildlife.rescues.codes import (
    Attitude,
    BodyCondition,
    Cause,
    Condition,
    Confidence,
    Origin,
    Quarantine,
    Sex,
)
from wildlife.rescues.entries import Assessment, Care
from wildlife.rescues.identifying import Identified
from wildlife.rescues.incident import RescueIncident, find
from wildlife.rescues.numbers import Addition
from wildlife.rescues.opening import Mark, ReportedAnimal, RescueOpening
from wildlife.species.model import ProtectionPeriod

_UNIDENTIFIED: Final = "未鉴定"


def rescue_of(record: Record) -> RescueIncident | None:
    """The rescue that a record is; None: it is another kind of incident."""
    incident = record.incident
    return incident if isinstance(incident, RescueIncident) else None


def called(animal: AnimalState) -> str:
    """What an animal is called: by its species, or as it was reported."""
    known = animal.species.chinese_name if animal.species else animal.reported_as
    return known or _UNIDENTIFIED


def scientific_name(animal: AnimalState) -> str | None:
    """Its Latin name, where it is identified."""
    return animal.species.scientific_name if animal.species else None


def reported(record: Record, animal: AnimalState) -> ReportedAnimal | None:
    """An animal as it came: of what was split off, that of which it was. None where the opening is
    told in part, and its places are not the numbers."""
    rescue, opening = rescue_of(record), record.counting.opening.body
    whole: AnimalState | None = animal
    while rescue and whole and whole.split_from is not None:
        whole = find(rescue, whole.split_from)
    if whole is None or record.is_part or not isinstance(opening, RescueOpening):
        return None
    if whole.entry_id is not None:
        entry = record.entry(whole.entry_id)
        return entry.reported if isinstance(entry, Addition) else None
    at = whole.number - 1
    return opening.animals[at] if at < len(opening.animals) else None


def marks(marked: list[Mark]) -> Value:
    """Rings, chips and tags."""
    return texts(f"{one.kind.zh} {one.number}" for one in marked)


def heads(count: int) -> Value:
    return text(f"{count} 只")


def protection(species: Identified | None) -> Value:
    """All that it was protected as, on the day and in the region of the find."""
    if species is None:
        return BLANK
    held = species.protections or ([species.protection] if species.protection else [])
    return lines(map(_period, held))


def _period(one: ProtectionPeriod) -> str:
    by = f"（{one.list}）" if one.list else ""
    return f"{one.protection.zh}{by}"


def identity_fields(record: Record, animal: AnimalState) -> list[Field]:
    """Which animal it is, and how it came."""
    species, zone, came = animal.species, record.zone, reported(record, animal)
    from_ = f"，由 {animal.split_from} 号分出" if animal.split_from is not None else ""
    return [
        field("动物序号", "Animal", text(f"{animal.number} 号{from_}"), THIRD),
        field("数量", "Count", heads(animal.count), THIRD),
        field("在养", "In care", heads(animal.remaining), THIRD),
        field("报告名称", "Reported as", text(animal.reported_as)),
        field("种名", "Species", text(species.chinese_name if species else None)),
        field("学名", "Scientific name", text(species.scientific_name if species else None)),
        field("保护级别", "Protection", protection(species)),
        field("鉴定人", "Identified by", text(species.identified_by if species else None)),
        field("鉴定时间", "Identified", moment(species.identified_at if species else None, zone)),
        field("鉴定依据", "Basis", text(species.basis if species else None)),
        field("可靠程度", "How sure", ticks(Confidence, species.confidence if species else None)),
        field("外来物种", "Alien species", yes_or_no(species.alien if species else None)),
        field("动物来源", "Origin", ticks(Origin, animal.origin)),
        field("性别", "Sex", ticks(Sex, animal.sex), THIRD),
        field("年龄", "Life stage", code(animal.life_stage), THIRD),
        field("来时状况", "On arrival", code(came.condition if came else None), THIRD),
        wide("救护原因", "Cause", ticks(Cause, animal.cause)),
        wide("标识", "Marks", marks(animal.marks)),
    ]


def care_fields(record: Record, animal: AnimalState) -> list[Field]:
    """How it was found at the last examination, and how it is kept."""
    zone = record.zone
    exams = [one.exam for one in _of(record, animal, Assessment) if one.exam is not None]
    certificates = [one.quarantine_certificate for one in _of(record, animal, Care)]
    samples = [sample for one in _of(record, animal, Care) for sample in one.samples]
    return [
        field("检查时间", "Assessed", moment(animal.assessed_at, zone)),
        field("检查类别", "Exams", texts(dict.fromkeys(one.zh for one in exams))),
        wide("健康状况", "Condition", ticks(Condition, animal.condition)),
        wide("精神状态", "Attitude", ticks(Attitude, animal.attitude)),
        wide("营养状况", "Body condition", ticks(BodyCondition, animal.body_condition)),
        wide("伤情", "Injuries", text(animal.injuries)),
        field("体重", "Weight", number(animal.weight_g, "克"), THIRD),
        field("体温", "Temperature", number(animal.temperature_c, "℃"), THIRD),
        field("脉搏", "Pulse", number(animal.pulse_per_min, "次/分"), THIRD),
        field("呼吸", "Breathing", number(animal.breaths_per_min, "次/分"), THIRD),
        field("翅长", "Wing", number(animal.wing_mm, "毫米"), THIRD),
        field("体长", "Length", number(animal.body_length_mm, "毫米"), THIRD),
        field("疑似疫病", "Suspected disease", text(animal.suspected_disease)),
        field("疫病报告单位", "Reported to", text(animal.disease_reported_to)),
        field("检疫结果", "Quarantine", ticks(Quarantine, animal.quarantine)),
        field("检疫证号", "Certificate", texts(dict.fromkeys(certificates))),
        field("采样", "Samples", texts(dict.fromkeys(samples))),
        field("兽医", "Vet", text(animal.vet)),
        field("暂养地点", "Place kept", text(animal.place_kept)),
        field("隔离期", "Isolation", _isolation(record, animal)),
        wide("执法机关意见", "Agency's opinion", text(animal.agency_opinion)),
    ]


def _isolation(record: Record, animal: AnimalState) -> Value:
    from_, until = animal.isolated_from, animal.isolated_until
    if from_ is None and until is None:
        return BLANK
    begun = moment_of(from_, record.zone) if from_ else "　　"
    ended = moment_of(until, record.zone) if until else "　　"
    return (Text(f"{begun} 至 {ended}"),)


E = TypeVar("E", Assessment, Care)


def _of(record: Record, animal: AnimalState, type_: type[E]) -> list[E]:
    """What counts of this type and is about the animal."""
    named = (animal.number, animal.entry_id)
    bodies = (one.body for one in record.counting.entries.values())
    return [one for one in bodies if isinstance(one, type_) and one.animal in named]
