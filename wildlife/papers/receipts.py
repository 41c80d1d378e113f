"""接报回执 and 接收凭证: what who reported, or brought animals, is given. Pure.

They are the papers that name who reported: to that person, by an officer who may read it.
"""

from collections.abc import Iterator
from typing import Final

from wildlife.hazards.kind import RoadHazardIncident
from wildlife.informants.model import Informant
from wildlife.papers.animals import (
    ON_ARRIVAL,
    called,
    came,
    heads,
    protection,
    rescue_of,
)
from wildlife.papers.record import Record
from wildlife.papers.shared import place, remarks, signing
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
    column_of,
    field,
    field_of,
    lines,
    moment,
    moment_of,
    officer,
    officers,
    text,
    texts,
    ticks,
    wide,
    wide_of,
)
from wildlife.rescues.animal import AnimalState
from wildlife.rescues.identifying import Identified
from wildlife.rescues.incident import RescueIncident
from wildlife.rescues.opening import HandedOverBy, Seizure
from wildlife.timeline.entry import Call
from wildlife.timeline.incident import Incident
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import Channel, Source

_MASK: Final = "＊＊＊"
MASKED: Final = f"{_MASK}（要求保密）"
"""Stands for who asked not to be named to anybody (Police Procedure Rules, Art. 63)."""

_WHO: Final = (Informant, "name")
_BRIEF: Final = 120
_NOT_REPORTED: Final = {Source.PATROL, Source.MONITORING}

_ASK: Final = Sentence(
    "What came of it is told by the unit above, by the number of this receipt.",
    "凭本回执编号可向登记单位查询办理结果。单位电话：",
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
        field(Sentence("Reported by", "报警人"), _name(record.informant), of=_WHO),
        field_of(Informant, "phone", _of(record.informant, "phone")),
        field(Sentence("Role", "报警人身份"), _role(record.informant), of=_WHO),
        field_of(Incident, "received_at", moment(incident.received_at, zone)),
        field_of(Call, "reported_at", moment(call.reported_at, zone)),
        field_of(Call, "ticket_number", text(call.ticket_number)),
        wide_of(Call, "channel", ticks(Channel, call.channel)),
        field_of(Incident, "found_at", moment(incident.found_at, zone)),
        field_of(Incident, "responsible", text(record.found.responsible.station.name)),
        wide_of(Incident, "place", place(record, incident.place), lines=2),
        wide(Sentence("What was reported", "报告内容"), _what(record), lines=3),
        field(Sentence("Received by", "受理民警"), text(officer(incident.opened_by))),
        field(Sentence("Telephone", "民警电话"), BLANK),
        wide_of(Incident, "officers_named", officers(incident.officers, incident.officers_named)),
        wide(Sentence("How to ask", "查询方式"), (*text(_ASK.zh, _ASK.en),), lines=2),
    )
    yield signing(Sentence("Reported by", "报警人签名"), Sentence("Received by", "受理民警签名"))
    yield Counterfoil(
        rows_of(
            field_of(Incident, "case_number", text(incident.case_number)),
            field_of(Incident, "received_at", moment(incident.received_at, zone)),
            field(Sentence("Reported by", "报警人"), _name(record.informant), of=_WHO),
            field(Sentence("Received by", "受理民警"), text(officer(incident.opened_by))),
            wide(Sentence("What was reported", "报告内容"), _briefly(record)),
        ),
        signing(Sentence("Receipt taken by", "回执领取人签名")),
    )


def animal_receipts(record: Record) -> Iterator[Sheet]:
    """Of every rescue: for who brings the animals."""
    rescue = rescue_of(record)
    if rescue is not None:
        yield Sheet(None, rescue.station.name, [*_of_animals(record, rescue)])


def _of_animals(record: Record, rescue: RescueIncident) -> Iterator[Part]:
    by, zone = rescue.handed_over_by, record.zone
    yield from remarks(record)
    yield grid(
        Sentence("Brought by", "送交方"),
        field(Sentence("Person", "送交人"), _name(record.informant), of=_WHO),
        field_of(Informant, "phone", _of(record.informant, "phone")),
        field(Sentence("Role", "送交人身份"), _role(record.informant), of=_WHO),
        field_of(Informant, "id_document", _of(record.informant, "id_document")),
        wide_of(Informant, "address", _of(record.informant, "address")),
        field_of(HandedOverBy, "unit", text(by.unit if by else None)),
        field_of(HandedOverBy, "persons", texts(by.persons if by else ())),
        field_of(HandedOverBy, "at", moment(by.at if by else None, zone)),
        field_of(HandedOverBy, "document", text(by.document if by else None)),
        field_of(HandedOverBy, "condition", code(by.condition if by else None)),
        field_of(HandedOverBy, "place_kept", text(by.place_kept if by else None)),
        *_seized(rescue),
    )
    yield grid(
        Sentence("Find and receipt", "发现与接收"),
        field_of(Incident, "found_at", moment(rescue.found_at, zone)),
        field(Sentence("Received", "接收时间"), BLANK),
        field_of(Incident, "receipt_number", text(rescue.receipt_number)),
        field(Sentence("Officer", "经办民警"), text(officer(rescue.opened_by))),
        wide_of(Incident, "place", place(record, rescue.place)),
        wide(Sentence("Taken over by", "接收单位"), text(rescue.station.name)),
    )
    yield _animals(record, rescue)
    yield signing(Sentence("Brought by", "送交人签名"), Sentence("Taken over by", "接收人签名"))
    yield Counterfoil(
        rows_of(
            field_of(Incident, "case_number", text(rescue.case_number)),
            field_of(Incident, "receipt_number", text(rescue.receipt_number)),
            field(Sentence("Brought by", "送交人"), _name(record.informant), of=_WHO),
            field_of(HandedOverBy, "unit", text(by.unit if by else None)),
            wide(Sentence("Animals", "动物"), _summed_up(record, rescue)),
        ),
        signing(Sentence("Receipt taken by", "凭证领取人签名")),
    )


def _seized(rescue: RescueIncident) -> Iterator[Field]:
    seized = rescue.seizure
    if seized is not None:
        yield field_of(Seizure, "agency", text(seized.agency))
        yield field_of(Seizure, "case_number", text(seized.case_number))
        yield wide_of(Seizure, "opinion", text(seized.opinion))


def _animals(record: Record, rescue: RescueIncident) -> Table:
    """Those that were received, as each came; what they were identified as is told with its time:
    most receipts are given before."""
    return Table(
        Sentence("Animals", "动物清单"),
        [
            Column(Sentence("No.", "序号"), 8),
            Column(Sentence("Name", "名称"), 29),
            column_of(Identified, "protections", 22),
            column_of(AnimalState, "count", 10),
            column_of(AnimalState, "life_stage", 10),
            column_of(AnimalState, "sex", 8),
            Column(ON_ARRIVAL, 13),
        ],
        [
            Row(
                (
                    text(str(first.number)),
                    lines([_reported_as(record, first), *_identified(record, animal)]),
                    protection(record, animal.species),
                    heads(first.count),
                    code(first.life_stage),
                    code(first.sex),
                    code(first.condition),
                )
            )
            for animal, first in _received(record, rescue)
        ],
    )


def _received(record: Record, rescue: RescueIncident) -> Iterator[tuple[AnimalState, AnimalState]]:
    """Each animal as it is known now, and as it came; what was split off came with the others."""
    for animal in rescue.animals:
        if animal.split_from is None:
            yield animal, came(record, animal) or animal


def _reported_as(record: Record, animal: AnimalState) -> str | None:
    return record.told(AnimalState, "reported_as", animal.reported_as)


def _identified(record: Record, animal: AnimalState) -> Iterator[str]:
    species = animal.species
    if species is not None:
        yield f"鉴定为{species.chinese_name}"
        yield species.scientific_name
        yield f"（{moment_of(species.identified_at, record.zone)}）"


def _what(record: Record) -> Value:
    """What was reported: in words, and of what."""
    summary = record.told(Incident, "summary", record.found.summary)
    return lines([summary, _of_what(record)])


def _of_what(record: Record) -> str | None:
    found = record.found
    if isinstance(found, RescueIncident):
        return f"动物：{'、'.join(_counted(record, one) for one in found.animals)}"
    if isinstance(found, RoadHazardIncident):
        return f"道路险情：{'、'.join(one.zh for one in found.hazard.types)}"
    return None


def _briefly(record: Record) -> Value:
    """The same for the counterfoil, which is a few lines."""
    summary = record.told(Incident, "summary", record.found.summary) or ""
    cut = f"{summary[:_BRIEF]}…" if len(summary) > _BRIEF else summary
    return lines([cut, _of_what(record)])


def _summed_up(record: Record, rescue: RescueIncident) -> Value:
    return texts(_counted(record, first) for _, first in _received(record, rescue))


def _counted(record: Record, animal: AnimalState) -> str:
    return f"{_reported_as(record, animal) or called(animal)} {animal.count} 只"


def _name(informant: Informant | None) -> Value:
    if informant is None:
        return BLANK
    return text(MASKED) if informant.confidential else text(informant.name)


def _role(informant: Informant | None) -> Value:
    if informant is None:
        return BLANK
    return text(_MASK) if informant.confidential else code(informant.role)


def _of(informant: Informant | None, name: str) -> Value:
    """What is known of them beside their name; masked as a whole where they asked for it."""
    if informant is None:
        return BLANK
    said: str | None = getattr(informant, name)
    return text(_MASK) if informant.confidential else text(said)
