"""接报回执 and 接收凭证: what who reported, or brought animals, is given. Pure.

They are the papers that name who reported: to that person, by an officer who may read it.
"""

from collections.abc import Iterator
from typing import Final

from wildlife.hazards.kind import RoadHazardIncident
from wildlife.informants.model import Informant
from wildlife.papers.animals import (
    called,
    heads,
    protection,
    reported,
    rescue_of,
    scientific_name,
)
from wildlife.papers.record import Record
from wildlife.papers.shared import remarks, signing
from wildlife.papers.sheet import (
    Column,
    Counterfoil,
    Field,
    Part,
    Row,
    Sheet,
    Table,
    Value,
    grid,
    rows_of,
)
from wildlife.papers.writing import (
    BLANK,
    code,
    field,
    lines,
    moment,
    officer,
    officers,
    place,
    text,
    texts,
    ticks,
    wide,
)
from wildlife.rescues.incident import RescueIncident
from wildlife.timeline.entry import Call, Label
from wildlife.words.vocabularies import Channel, Source

MASKED: Final = "＊＊＊（要求保密）"
"""Stands for who asked not to be named to anybody (Police Procedure Rules, Art. 63)."""

_BRIEF: Final = 120
_NOT_REPORTED: Final = {Source.PATROL, Source.MONITORING}

_ASK: Final = Label(
    "凭本回执编号可向登记单位查询办理结果。单位电话：",
    "What came of it is told by the unit above, by the number of this receipt.",
)


def case_receipts(record: Record) -> Iterator[Sheet]:
    """Of what somebody reported."""
    incident = record.incident
    if incident.source not in _NOT_REPORTED:
        yield Sheet(None, incident.station.name, [*_of_report(record)])


def _of_report(record: Record) -> Iterator[Part]:
    incident, zone = record.incident, record.zone
    call = incident.call or Call()
    yield from remarks(record)
    yield grid(
        None,
        field("报警人", "Reported by", _name(record.informant)),
        field("联系电话", "Telephone", _of(record.informant, "phone")),
        field("报警人身份", "Role", _role(record.informant)),
        field("登记时间", "Received", moment(incident.received_at, zone)),
        field("报警时间", "Reported at", moment(call.reported_at, zone)),
        field("110 警单号", "110 ticket", text(call.ticket_number)),
        wide("报警方式", "Channel", ticks(Channel, call.channel)),
        field("发现时间", "Found at", moment(incident.found_at, zone)),
        field("责任单位", "Responsible", text(incident.responsible.station.name)),
        wide("发现地点", "Place", place(incident.place), lines=2),
        wide("报告内容", "What was reported", _what(record), lines=3),
        field("受理民警", "Received by", text(officer(incident.opened_by))),
        field("民警电话", "Telephone", BLANK),
        wide("到场民警", "Officers", officers(incident.officers, incident.officers_named)),
        wide("查询方式", "How to ask", (*text(_ASK.zh, _ASK.en),), lines=2),
    )
    yield signing(("报警人签名", "Reported by"), ("受理民警签名", "Received by"))
    yield Counterfoil(
        rows_of(
            field("警情编号", "Case number", text(incident.case_number)),
            field("登记时间", "Received", moment(incident.received_at, zone)),
            field("报警人", "Reported by", _name(record.informant)),
            field("受理民警", "Received by", text(officer(incident.opened_by))),
            wide("报告内容", "What was reported", _briefly(record)),
        ),
        signing(("回执领取人签名", "Receipt taken by")),
    )


def animal_receipts(record: Record) -> Iterator[Sheet]:
    """Of every rescue: for who brings the animals."""
    rescue = rescue_of(record)
    if rescue is not None:
        yield Sheet(None, rescue.responsible.station.name, [*_of_animals(record, rescue)])


def _of_animals(record: Record, rescue: RescueIncident) -> Iterator[Part]:
    by, zone = rescue.handed_over_by, record.zone
    yield from remarks(record)
    yield grid(
        Label("送交方", "Brought by"),
        field("送交人", "Person", _name(record.informant)),
        field("联系电话", "Telephone", _of(record.informant, "phone")),
        field("送交人身份", "Role", _role(record.informant)),
        field("证件号码", "Document", _of(record.informant, "id_document")),
        wide("住址", "Address", _of(record.informant, "address")),
        field("移送单位", "Unit", text(by.unit if by else None)),
        field("移送人", "Persons", texts(by.persons if by else ())),
        field("移送时间", "At", moment(by.at if by else None, zone)),
        field("移送文书号", "Document", text(by.document if by else None)),
        field("移送时状况", "Condition then", code(by.condition if by else None)),
        field("原暂养地点", "Kept until then", text(by.place_kept if by else None)),
        *_seized(rescue),
    )
    yield grid(
        Label("发现与接收", "Find and receipt"),
        field("发现时间", "Found at", moment(rescue.found_at, zone)),
        field("接收时间", "Received", BLANK),
        field("接收凭证号", "Receipt", text(rescue.receipt_number)),
        field("经办民警", "Officer", text(officer(rescue.opened_by))),
        wide("发现地点", "Place", place(rescue.place)),
        wide("接收单位", "Taken over by", text(rescue.responsible.station.name)),
    )
    yield _animals(record, rescue)
    yield signing(("送交人签名", "Brought by"), ("接收人签名", "Taken over by"))
    yield Counterfoil(
        rows_of(
            field("警情编号", "Case number", text(rescue.case_number)),
            field("接收凭证号", "Receipt", text(rescue.receipt_number)),
            field("送交人", "Brought by", _name(record.informant)),
            field("移送单位", "Unit", text(by.unit if by else None)),
            wide("动物", "Animals", _summed_up(rescue)),
        ),
        signing(("凭证领取人签名", "Receipt taken by")),
    )


def _seized(rescue: RescueIncident) -> Iterator[Field]:
    seized = rescue.seizure
    if seized is not None:
        yield field("查扣机关", "Seized by", text(seized.agency))
        yield field("查扣案号", "Agency's case", text(seized.case_number))
        yield wide("处理意见", "Agency's opinion", text(seized.opinion))


def _animals(record: Record, rescue: RescueIncident) -> Table:
    return Table(
        Label("动物清单", "Animals"),
        [
            Column(Label("序号", "No."), 8),
            Column(Label("名称", "Name"), 24),
            Column(Label("保护级别", "Protection"), 24),
            Column(Label("数量", "Count"), 10),
            Column(Label("年龄", "Stage"), 11),
            Column(Label("性别", "Sex"), 8),
            Column(Label("来时状况", "On arrival"), 15),
        ],
        [
            Row(
                (
                    text(str(animal.number)),
                    lines([called(animal), scientific_name(animal)]),
                    protection(animal.species),
                    heads(animal.count),
                    code(animal.life_stage),
                    code(animal.sex),
                    code(came.condition if (came := reported(record, animal)) else None),
                )
            )
            for animal in rescue.animals
        ],
    )


def _what(record: Record) -> Value:
    """What was reported: in words, and of what."""
    return lines([record.incident.summary, _of_what(record)])


def _of_what(record: Record) -> str | None:
    incident = record.incident
    if isinstance(incident, RescueIncident):
        named = (f"{one.reported_as or called(one)} {one.count} 只" for one in incident.animals)
        return f"动物：{'、'.join(named)}"
    if isinstance(incident, RoadHazardIncident):
        return f"道路险情：{'、'.join(one.zh for one in incident.hazard.types)}"
    return None


def _briefly(record: Record) -> Value:
    """The same for the counterfoil, which is a few lines."""
    summary = record.incident.summary or ""
    cut = f"{summary[:_BRIEF]}…" if len(summary) > _BRIEF else summary
    return lines([cut, _of_what(record)])


def _summed_up(rescue: RescueIncident) -> Value:
    return texts(f"{called(one)} {one.count} 只" for one in rescue.animals)


def _name(informant: Informant | None) -> Value:
    if informant is None:
        return BLANK
    return text(MASKED) if informant.confidential else text(informant.name)


def _role(informant: Informant | None) -> Value:
    hidden = informant is None or informant.confidential
    return BLANK if hidden else code(informant.role if informant else None)


def _of(informant: Informant | None, name: str) -> Value:
    """What is known of them beside their name, where they let it be told."""
    if informant is None or informant.confidential:
        return BLANK
    said: str | None = getattr(informant, name)
    return text(said)
