"""收容救护登记表: a rescue from the first call to its end. Pure."""

from collections.abc import Iterator
from typing import Final

from wildlife.papers.animals import (
    called,
    care_fields,
    heads,
    identity_fields,
    rescue_of,
)
from wildlife.papers.examinations import examinations
from wildlife.papers.record import Record
from wildlife.papers.shared import (
    call_fields,
    contradictions,
    gallery,
    place_lines,
    remarks,
    signing,
    timeline,
)
from wildlife.papers.sheet import Column, Grid, Part, Remark, Row, Sheet, Table, grid
from wildlife.papers.writing import (
    BLANK,
    code,
    field_of,
    in_column,
    lines,
    moment,
    moment_of,
    text,
    texts,
    wide_of,
)
from wildlife.rescues.animal import AnimalState, Settled
from wildlife.rescues.codes import Outcome
from wildlife.rescues.ends import (
    Death,
)
from wildlife.rescues.incident import RescueIncident
from wildlife.rescues.opening import HandedOverBy, Seizure
from wildlife.timeline.generalizing import UNTOLD
from wildlife.timeline.incident import Incident
from wildlife.words.documented import label_of
from wildlife.words.fields import heading_of
from wildlife.words.sentences import Sentence

_KEPT_APART: Final = Sentence(
    "Who reported is kept apart, and stands on the receipts alone.",
    "报告人、送交人的个人信息另行保管，不载于本表；见接报回执、接收凭证。",
)


def rescue_form(record: Record) -> Iterator[Sheet]:
    """Of every rescue."""
    rescue = rescue_of(record)
    if rescue is not None:
        unit = rescue.responsible.station.name
        yield Sheet(None, unit, [*_parts(record, rescue)])


def _parts(record: Record, rescue: RescueIncident) -> Iterator[Part]:
    yield from remarks(record)
    yield grid(Sentence("1 Report and find", "一、接报与发现"), *call_fields(record))
    yield Remark(_KEPT_APART)
    if rescue.handed_over_by is not None or rescue.seizure is not None:
        yield _where_from(record, rescue)
    for animal in rescue.animals:
        name = f"（{animal.number} 号　{called(animal)}）"
        first = Sentence("2 Animal", f"二、动物基本情况{name}")
        yield grid(first, *identity_fields(record, animal))
        second = Sentence("3 Examinations and care", f"三、检查与照管{name}")
        yield examinations(record, animal, second)
        yield grid(None, *care_fields(record, animal))
    yield _ends(record, rescue)
    yield timeline(record, Sentence("5 Timeline", "五、救护经过"))
    yield from contradictions(record)
    if record.photos:
        yield gallery(record, Sentence("6 Photos", "六、照片"))
    yield signing(Sentence("Filled in by", "填表人签名"), Sentence("In charge", "负责人签名"))


def _where_from(record: Record, rescue: RescueIncident) -> Grid:
    by, seized = rescue.handed_over_by, rescue.seizure
    return grid(
        Sentence("Handed over or seized by", "移送与查扣"),
        field_of(HandedOverBy, "unit", text(by.unit if by else None)),
        field_of(HandedOverBy, "persons", texts(by.persons if by else ())),
        field_of(HandedOverBy, "at", moment(by.at if by else None, record.zone)),
        field_of(HandedOverBy, "document", text(by.document if by else None)),
        field_of(HandedOverBy, "condition", code(by.condition if by else None)),
        field_of(HandedOverBy, "place_kept", text(by.place_kept if by else None)),
        field_of(Incident, "receipt_number", text(rescue.receipt_number)),
        field_of(Seizure, "agency", text(seized.agency if seized else None)),
        field_of(Seizure, "case_number", text(seized.case_number if seized else None)),
        wide_of(Seizure, "opinion", text(seized.opinion if seized else None), lines=2),
    )


def _ends(record: Record, rescue: RescueIncident) -> Table:
    """What became of them, by every entry by which any went."""
    return Table(
        Sentence("4 Outcome", "四、处置结果"),
        [
            Column(Sentence("Animal", "动物"), 16),
            Column(heading_of(Settled, "outcome"), 18),
            Column(heading_of(Settled, "count"), 8),
            Column(heading_of(Settled, "happened_at"), 20),
            Column(Sentence("Particulars", "说明"), 38),
        ],
        [row for animal in rescue.animals for row in _went(record, rescue, animal)],
    )


def _went(record: Record, rescue: RescueIncident, animal: AnimalState) -> Iterator[Row]:
    name = text(f"{animal.number} 号　{called(animal)}")
    if animal.remaining:
        yield Row((name, code(Outcome.IN_CARE), heads(animal.remaining), BLANK, BLANK))
    for end in animal.settled:
        when = in_column(end.happened_at, record.zone)
        told = lines(_particulars(record, rescue, end))
        yield Row((name, code(end.outcome), heads(end.count), when, told))


def _particulars(record: Record, rescue: RescueIncident, end: Settled) -> Iterator[str]:
    """What there is to know of an end beside what every one has; a release and a hand-over have
    papers of their own."""
    for animal in rescue.animals:
        for release in animal.releases:
            if release.entry_id == end.entry_id:
                yield from filter(None, place_lines(record, release.site))
    if end.recipient is not None:
        yield f"{label_of(Settled, 'recipient')}：{end.recipient}"
    if end.receipt_number is not None:
        yield f"{label_of(Settled, 'receipt_number')}：{end.receipt_number}"
    if end.received is not None:
        yield f"{moment_of(end.received.happened_at, record.zone)}确认接收 {end.received.count} 只"
    if end.returned:
        yield f"其后收回 {end.returned} 只"
    if end.went_on:
        yield f"其后另有去向 {end.went_on} 只"
    entry = record.entry(end.entry_id)
    if isinstance(entry, Death):
        yield from _of_death(entry)
    if record.incident.generalized:
        yield UNTOLD


def _of_death(death: Death) -> Iterator[str]:
    said = {
        "circumstance": death.circumstance.zh,
        "cause_of_death": death.cause_of_death,
        "quarantine": death.quarantine.zh if death.quarantine else None,
        "quarantine_certificate": death.quarantine_certificate,
        "disposal": death.disposal,
        "disposal_method": death.disposal_method.zh if death.disposal_method else None,
        "disposal_place": death.disposal_place,
        "disposed_by": death.disposed_by,
        "witness": death.witness,
    }
    yield from (f"{label_of(Death, name)}：{value}" for name, value in said.items() if value)
