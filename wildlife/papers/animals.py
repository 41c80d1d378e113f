"""An animal as forms of rescues have it. Pure."""

from typing import Final, TypeVar

from wildlife.papers.record import Record
from wildlife.papers.sheet import THIRD, Field, Text, Value
from wildlife.papers.writing import (
    BLANK,
    code,
    field,
    field_of,
    lines,
    moment,
    moment_of,
    number,
    text,
    texts,
    ticks,
    wide_of,
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
from wildlife.words.sentences import Sentence

ON_ARRIVAL: Final = Sentence("Condition on arrival", "来时健康状况")
"""Beside that of now, which is called the same."""

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
        field_of(AnimalState, "number", text(f"{animal.number} 号{from_}"), THIRD),
        field_of(AnimalState, "count", heads(animal.count), THIRD),
        field_of(AnimalState, "remaining", heads(animal.remaining), THIRD),
        field_of(AnimalState, "reported_as", text(animal.reported_as)),
        field_of(Identified, "chinese_name", text(species.chinese_name if species else None)),
        field_of(Identified, "scientific_name", text(species.scientific_name if species else None)),
        field_of(Identified, "protections", protection(species)),
        field_of(Identified, "identified_by", text(species.identified_by if species else None)),
        field_of(
            Identified, "identified_at", moment(species.identified_at if species else None, zone)
        ),
        field_of(Identified, "basis", text(species.basis if species else None)),
        field_of(
            Identified, "confidence", ticks(Confidence, species.confidence if species else None)
        ),
        field_of(Identified, "alien", yes_or_no(species.alien if species else None)),
        field_of(AnimalState, "origin", ticks(Origin, animal.origin)),
        field_of(AnimalState, "sex", ticks(Sex, animal.sex), THIRD),
        field_of(AnimalState, "life_stage", code(animal.life_stage), THIRD),
        field(ON_ARRIVAL, code(came.condition if came else None), THIRD),
        wide_of(AnimalState, "cause", ticks(Cause, animal.cause)),
        wide_of(AnimalState, "marks", marks(animal.marks)),
    ]


def care_fields(record: Record, animal: AnimalState) -> list[Field]:
    """How it was found at the last examination, and how it is kept."""
    zone = record.zone
    exams = [one.exam for one in _of(record, animal, Assessment) if one.exam is not None]
    certificates = [one.quarantine_certificate for one in _of(record, animal, Care)]
    samples = [sample for one in _of(record, animal, Care) for sample in one.samples]
    return [
        field_of(AnimalState, "assessed_at", moment(animal.assessed_at, zone)),
        field_of(Assessment, "exam", texts(dict.fromkeys(one.zh for one in exams))),
        wide_of(AnimalState, "condition", ticks(Condition, animal.condition)),
        wide_of(AnimalState, "attitude", ticks(Attitude, animal.attitude)),
        wide_of(AnimalState, "body_condition", ticks(BodyCondition, animal.body_condition)),
        wide_of(AnimalState, "injuries", text(animal.injuries)),
        field_of(AnimalState, "weight_g", number(animal.weight_g, "克"), THIRD),
        field_of(AnimalState, "temperature_c", number(animal.temperature_c, "℃"), THIRD),
        field_of(AnimalState, "pulse_per_min", number(animal.pulse_per_min, "次/分"), THIRD),
        field_of(AnimalState, "breaths_per_min", number(animal.breaths_per_min, "次/分"), THIRD),
        field_of(AnimalState, "wing_mm", number(animal.wing_mm, "毫米"), THIRD),
        field_of(AnimalState, "body_length_mm", number(animal.body_length_mm, "毫米"), THIRD),
        field_of(AnimalState, "suspected_disease", text(animal.suspected_disease)),
        field_of(AnimalState, "disease_reported_to", text(animal.disease_reported_to)),
        field_of(AnimalState, "quarantine", ticks(Quarantine, animal.quarantine)),
        field_of(Care, "quarantine_certificate", texts(dict.fromkeys(certificates))),
        field_of(Care, "samples", texts(dict.fromkeys(samples))),
        field_of(AnimalState, "vet", text(animal.vet)),
        field_of(AnimalState, "place_kept", text(animal.place_kept)),
        field(Sentence("Isolation", "隔离期"), _isolation(record, animal)),
        wide_of(AnimalState, "agency_opinion", text(animal.agency_opinion)),
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
