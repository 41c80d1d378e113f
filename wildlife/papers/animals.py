"""An animal as forms of rescues have it. Pure."""

from collections.abc import Iterator
from typing import Final, TypeVar
from uuid import UUID

import msgspec

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
    text,
    texts,
    ticks,
    wide_of,
    yes_or_no,
)
from wildlife.rescues.animal import AnimalState
from wildlife.rescues.codes import (
    Cause,
    Confidence,
    Origin,
    Quarantine,
    Sex,
)
from wildlife.rescues.entries import Assessment, Care
from wildlife.rescues.identifying import Identified
from wildlife.rescues.incident import RescueIncident, find
from wildlife.rescues.numbers import OfAnimal
from wildlife.rescues.opening import Mark
from wildlife.species.model import ProtectionPeriod
from wildlife.words.documented import label_of
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


def rescue_at(record: Record, entry_id: UUID) -> RescueIncident | None:
    """The rescue right after an entry of which there is a paper."""
    then = record.at(entry_id)
    return then if isinstance(then, RescueIncident) else None


def animal_at(record: Record, entry_id: UUID, animal: AnimalState) -> AnimalState:
    """An animal as it was right after an entry of which there is a paper."""
    rescue = rescue_at(record, entry_id)
    return (find(rescue, animal.number) if rescue else None) or animal


def came(record: Record, animal: AnimalState) -> AnimalState | None:
    """An animal as it came: of what was split off, that of which it was. None where nothing is told
    of that one."""
    rescue, whole = rescue_of(record), animal
    while whole.split_from is not None:
        before = find(rescue, whole.split_from) if rescue else None
        if before is None:
            return None
        whole = before
    return animal_at(record, whole.entry_id or record.incident.id, whole)


def is_about(record: Record, animal: AnimalState, entry: OfAnimal) -> bool:
    """Whether an entry is about an animal: of what was split off, so is what was said before of all
    of which it was."""
    rescue, until = rescue_of(record), entry.happened_at
    one: AnimalState | None = animal
    number: int | None = animal.number
    while number is not None:
        if entry.animal == number or (one is not None and entry.animal == one.entry_id):
            return True
        if one is None or one.split_at is None or one.split_at < until:
            return False
        number = one.split_from
        one = find(rescue, number) if rescue and number is not None else None
    return False


def marks(marked: list[Mark]) -> Value:
    """Rings, chips and tags."""
    return texts(f"{one.kind.zh} {one.number}" for one in marked)


def heads(count: int) -> Value:
    return text(f"{count} 只")


def protection(record: Record, species: Identified | None) -> Value:
    """All that it was protected as, on the day and in the region of the find, and by which paper:
    a list is called by its announcement, as the law does."""
    if species is None:
        return BLANK
    held = species.protections or ([species.protection] if species.protection else [])
    return lines(_period(record, one) for one in held)


def _period(record: Record, one: ProtectionPeriod) -> str:
    by = f"（{record.lists.get(one.list, one.list)}）" if one.list else ""
    return f"{one.protection.zh}{by}"


def identity_fields(record: Record, animal: AnimalState) -> list[Field]:
    """Which animal it is, and how it came."""
    species, zone, first = animal.species, record.zone, came(record, animal)
    from_ = f"，由 {animal.split_from} 号分出" if animal.split_from is not None else ""
    return [
        field_of(AnimalState, "number", text(f"{animal.number} 号{from_}"), THIRD),
        field_of(AnimalState, "count", heads(animal.count), THIRD),
        field_of(AnimalState, "remaining", heads(animal.remaining), THIRD),
        field_of(AnimalState, "reported_as", text(animal.reported_as)),
        field_of(Identified, "chinese_name", text(species.chinese_name if species else None)),
        field_of(Identified, "scientific_name", text(species.scientific_name if species else None)),
        field_of(Identified, "protections", protection(record, species)),
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
        field(ON_ARRIVAL, code(first.condition if first else None), THIRD),
        wide_of(AnimalState, "cause", ticks(Cause, animal.cause)),
        wide_of(AnimalState, "marks", marks(animal.marks)),
    ]


def care_fields(record: Record, animal: AnimalState) -> list[Field]:
    """How it is kept, and what was found of diseases."""
    cares = list(said_of(record, animal, Care))
    samples = [sample for one in cares for sample in one.samples]
    return [
        field_of(AnimalState, "suspected_disease", text(animal.suspected_disease)),
        field_of(AnimalState, "disease_reported_to", text(animal.disease_reported_to)),
        wide_of(Care, "quarantine", _inspected(record, cares)),
        field_of(AnimalState, "place_kept", text(animal.place_kept)),
        field(Sentence("Isolation", "隔离期"), _isolation(record, animal)),
        wide_of(Care, "samples", texts(dict.fromkeys(samples))),
        wide_of(AnimalState, "agency_opinion", text(animal.agency_opinion)),
    ]


def _inspected(record: Record, cares: list[Care]) -> Value:
    """Each quarantine inspection with its time and its own certificate."""
    each = [one for one in cares if one.quarantine or one.quarantine_certificate]
    if not each:
        return ticks(Quarantine, None)
    return lines(
        "　".join(
            filter(
                None,
                (
                    moment_of(one.happened_at, record.zone),
                    one.quarantine.zh if one.quarantine else None,
                    certificate(Care, one.quarantine_certificate),
                ),
            )
        )
        for one in each
    )


def certificate(said_in: type[msgspec.Struct], number: str | None) -> str | None:
    """A quarantine certificate by its number."""
    return f"{label_of(said_in, 'quarantine_certificate')}：{number}" if number else None


def _isolation(record: Record, animal: AnimalState) -> Value:
    from_, until = animal.isolated_from, animal.isolated_until
    if from_ is None and until is None:
        return BLANK
    begun = moment_of(from_, record.zone) if from_ else "　　"
    ended = moment_of(until, record.zone) if until else "　　"
    return (Text(f"{begun} 至 {ended}"),)


E = TypeVar("E", Assessment, Care)


def said_of(record: Record, animal: AnimalState, type_: type[E]) -> Iterator[E]:
    """What counts of this type and is about the animal, in the order in which it happened."""
    for told in record.timeline:
        entry = record.entry(told.shown.id)
        if isinstance(entry, type_) and is_about(record, animal, entry):
            yield entry
