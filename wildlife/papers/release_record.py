"""放归记录: one for each release. Pure."""

from collections.abc import Iterator

from wildlife.papers.animals import animal_at, heads, marks, protection, rescue_of
from wildlife.papers.record import Record
from wildlife.papers.shared import place, remarks, responsible_at, signing
from wildlife.papers.sheet import THIRD, Field, Part, Sheet, grid
from wildlife.papers.since import since
from wildlife.papers.writing import (
    code,
    field_of,
    moment,
    officers,
    text,
    texts,
    ticks,
    wide_of,
    yes_or_no,
)
from wildlife.rescues.animal import AnimalState, ReleaseRecord
from wildlife.rescues.codes import Confidence, Quarantine, ReleaseMethod
from wildlife.rescues.identifying import Identified
from wildlife.rescues.incident import RescueIncident
from wildlife.timeline.incident import Incident
from wildlife.words.sentences import Sentence


def release_records(record: Record) -> Iterator[Sheet]:
    """Of every release, in their order."""
    rescue = rescue_of(record)
    for animal in rescue.animals if rescue is not None else ():
        for release in animal.releases:
            assert rescue is not None
            unit = release.unit or responsible_at(rescue, release.released_at)
            yield Sheet(release.entry_id, unit, [*_parts(record, rescue, animal, release)])


def _parts(
    record: Record, rescue: RescueIncident, animal: AnimalState, release: ReleaseRecord
) -> Iterator[Part]:
    above, below = since(record, release.entry_id, animal)
    animal = animal_at(record, release.entry_id, animal)
    # Where it was identified once it was gone, that is all that is known of it.
    then = next((one for one in animal.releases if one.entry_id == release.entry_id), release)
    release = then if then.species is not None else release
    yield from (*remarks(record), *above)
    yield grid(Sentence("Animal", "动物"), *_animal(record, rescue, animal, release))
    yield grid(Sentence("Assessment", "放归前评估"), *_judged(record, release))
    yield grid(Sentence("Release", "放归"), *_release(record, release))
    yield from below
    yield signing(
        Sentence("Released by", "放归人员签名"),
        Sentence("Released by", "放归人员签名"),
        Sentence("Witness", "见证人签名"),
        seal=Sentence("Seal of the unit", "放归单位盖章处"),
    )


def _animal(
    record: Record, rescue: RescueIncident, animal: AnimalState, release: ReleaseRecord
) -> Iterator[Field]:
    species = release.species
    sure = species.confidence if species else None
    yield field_of(ReleaseRecord, "chinese_name", text(release.chinese_name))
    yield field_of(ReleaseRecord, "scientific_name", text(release.scientific_name))
    yield field_of(Identified, "protections", protection(record, species))
    yield field_of(Identified, "identified_by", text(species.identified_by if species else None))
    yield wide_of(Identified, "confidence", ticks(Confidence, sure))
    yield field_of(AnimalState, "number", text(f"{animal.number} 号"), THIRD)
    yield field_of(ReleaseRecord, "sex", code(release.sex), THIRD)
    yield field_of(ReleaseRecord, "life_stage", code(release.life_stage), THIRD)
    yield field_of(Incident, "found_at", moment(rescue.found_at, record.zone))
    yield field_of(AnimalState, "cause", code(animal.cause))
    yield wide_of(Incident, "place", place(record, rescue.place))
    yield field_of(ReleaseRecord, "ring_number", text(release.ring_number))
    yield field_of(ReleaseRecord, "marks", marks(release.marks))


def _judged(record: Record, release: ReleaseRecord) -> Iterator[Field]:
    found = release.quarantine or release.inspected
    yield field_of(ReleaseRecord, "condition", code(release.condition), THIRD)
    yield field_of(ReleaseRecord, "fit_to_release", yes_or_no(release.fit_to_release), THIRD)
    yield field_of(ReleaseRecord, "judged_fit_by", text(release.judged_fit_by), THIRD)
    yield wide_of(ReleaseRecord, "quarantine", ticks(Quarantine, found))
    yield field_of(ReleaseRecord, "quarantine_certificate", text(release.quarantine_certificate))
    yield field_of(ReleaseRecord, "isolated_until", moment(release.isolated_until, record.zone))
    yield wide_of(ReleaseRecord, "consent", text(release.consent), lines=2)


def _release(record: Record, release: ReleaseRecord) -> Iterator[Field]:
    yield field_of(ReleaseRecord, "released_at", moment(release.released_at, record.zone))
    yield field_of(ReleaseRecord, "count", heads(release.count))
    yield wide_of(ReleaseRecord, "method", ticks(ReleaseMethod, release.method))
    yield wide_of(ReleaseRecord, "site", place(record, release.site), lines=2)
    yield field_of(ReleaseRecord, "habitat", text(release.habitat))
    yield field_of(ReleaseRecord, "weather", text(release.weather))
    yield field_of(ReleaseRecord, "native_there", yes_or_no(release.native_there))
    yield field_of(ReleaseRecord, "witness", text(release.witness))
    yield wide_of(ReleaseRecord, "reason_there", text(release.reason_there))
    yield wide_of(
        ReleaseRecord, "officers_named", officers(release.officers, release.officers_named)
    )
    if release.unit is not None or release.persons:
        yield field_of(ReleaseRecord, "unit", text(release.unit))
        yield field_of(ReleaseRecord, "persons", texts(release.persons))
    yield wide_of(ReleaseRecord, "monitoring", text(release.monitoring))
    yield wide_of(ReleaseRecord, "note", text(release.note))
