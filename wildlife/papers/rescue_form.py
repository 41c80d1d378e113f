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
from wildlife.papers.record import Record
from wildlife.papers.shared import (
    call_fields,
    contradictions,
    gallery,
    remarks,
    signing,
    timeline,
)
from wildlife.papers.sheet import Column, Grid, Part, Remark, Row, Sheet, Table, grid
from wildlife.papers.writing import (
    BLANK,
    code,
    field,
    in_column,
    lines,
    moment,
    moment_of,
    place_lines,
    text,
    texts,
    wide,
)
from wildlife.rescues.animal import AnimalState, Settled
from wildlife.rescues.codes import Outcome
from wildlife.rescues.ends import (
    Death,
)
from wildlife.rescues.incident import RescueIncident
from wildlife.timeline.entry import Label

_KEPT_APART: Final = Label(
    "报告人、送交人的个人信息另行保管，不载于本表；见接报回执、接收凭证。",
    "Who reported is kept apart, and stands on the receipts alone.",
)


def rescue_form(record: Record) -> Iterator[Sheet]:
    """Of every rescue."""
    rescue = rescue_of(record)
    if rescue is not None:
        unit = rescue.responsible.station.name
        yield Sheet(None, unit, [*_parts(record, rescue)])


def _parts(record: Record, rescue: RescueIncident) -> Iterator[Part]:
    yield from remarks(record)
    yield grid(Label("一、接报与发现", "1 Report and find"), *call_fields(record))
    yield Remark(_KEPT_APART)
    if rescue.handed_over_by is not None or rescue.seizure is not None:
        yield _where_from(record, rescue)
    for animal in rescue.animals:
        name = f"（{animal.number} 号　{called(animal)}）"
        first = Label(f"二、动物基本情况{name}", "2 Animal")
        yield grid(first, *identity_fields(record, animal))
        second = Label(f"三、检查与照管{name}", "3 Examination and care")
        yield grid(second, *care_fields(record, animal))
    yield _ends(record, rescue)
    yield timeline(record, Label("五、救护经过", "5 Timeline"))
    yield from contradictions(record)
    if record.photos:
        yield gallery(record, Label("六、照片", "6 Photos"))
    yield signing(("填表人签名", "Filled in by"), ("负责人签名", "In charge"))


def _where_from(record: Record, rescue: RescueIncident) -> Grid:
    by, seized = rescue.handed_over_by, rescue.seizure
    return grid(
        Label("移送与查扣", "Handed over or seized by"),
        field("移送单位", "Handed over by", text(by.unit if by else None)),
        field("移送人", "Persons", texts(by.persons if by else ())),
        field("移送时间", "At", moment(by.at if by else None, record.zone)),
        field("移送文书号", "Document", text(by.document if by else None)),
        field("移送时状况", "Condition then", code(by.condition if by else None)),
        field("原暂养地点", "Kept until then", text(by.place_kept if by else None)),
        field("接收凭证号", "Receipt", text(rescue.receipt_number)),
        field("查扣机关", "Agency", text(seized.agency if seized else None)),
        field("查扣案号", "Agency's case", text(seized.case_number if seized else None)),
        wide("处理意见", "Agency's opinion", text(seized.opinion if seized else None), lines=2),
    )


def _ends(record: Record, rescue: RescueIncident) -> Table:
    """What became of them, by every entry by which any went."""
    return Table(
        Label("四、处置结果", "4 Outcome"),
        [
            Column(Label("动物", "Animal"), 16),
            Column(Label("结果", "Outcome"), 18),
            Column(Label("数量", "Count"), 8),
            Column(Label("时间", "When"), 20),
            Column(Label("说明", "Particulars"), 38),
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
                yield from filter(None, place_lines(release.site))
    if end.recipient is not None:
        yield f"接收单位：{end.recipient}"
    if end.receipt_number is not None:
        yield f"凭证号：{end.receipt_number}"
    if end.received is not None:
        yield f"{moment_of(end.received.happened_at, record.zone)}确认接收 {end.received.count} 只"
    if end.returned:
        yield f"其后收回 {end.returned} 只"
    if end.went_on:
        yield f"其后另有去向 {end.went_on} 只"
    entry = record.entry(end.entry_id)
    if isinstance(entry, Death):
        yield from _of_death(entry)


def _of_death(death: Death) -> Iterator[str]:
    said = {
        "死亡情形": death.circumstance.zh,
        "死因": death.cause_of_death,
        "检疫结果": death.quarantine.zh if death.quarantine else None,
        "检疫证号": death.quarantine_certificate,
        "处理": death.disposal,
        "处理方式": death.disposal_method.zh if death.disposal_method else None,
        "处理地点": death.disposal_place,
        "处理人": death.disposed_by,
        "见证人": death.witness,
    }
    yield from (f"{label}：{value}" for label, value in said.items() if value)
