"""移交单: one for each time that animals, or a road hazard, go to somebody else. Pure."""

from collections.abc import Iterator
from datetime import tzinfo

from wildlife.hazards.codes import RoadUnit
from wildlife.hazards.entries import HandedOver
from wildlife.hazards.kind import RoadHazardIncident
from wildlife.papers.animals import called, heads, marks, protection, rescue_of
from wildlife.papers.record import Record
from wildlife.papers.roads import road_fields, summed_up
from wildlife.papers.shared import remarks, responsible_at, signing
from wildlife.papers.sheet import THIRD, Field, Part, Sheet, Signatures, grid
from wildlife.papers.writing import (
    code,
    field,
    lines,
    moment,
    moment_of,
    place,
    text,
    ticks,
    wide,
)
from wildlife.rescues.animal import KEPT, AnimalState, Received, Settled
from wildlife.rescues.codes import Condition, RecipientKind
from wildlife.rescues.ends import Allocation, LongTermCare, Receipt, Transfer
from wildlife.rescues.incident import RescueIncident
from wildlife.timeline.entry import Label


def handover_forms(record: Record) -> Iterator[Sheet]:
    """Of every hand-over, in their order."""
    rescue, incident = rescue_of(record), record.incident
    if rescue is not None:
        for animal in rescue.animals:
            for end in animal.settled:
                if end.outcome in KEPT:
                    unit = responsible_at(rescue, end.happened_at)
                    parts = [*_of_animal(record, rescue, animal, end)]
                    yield Sheet(end.entry_id, unit, parts)
    elif isinstance(incident, RoadHazardIncident):
        for recorded in record.counting.entries.values():
            if isinstance(recorded.body, HandedOver):
                unit = responsible_at(incident, recorded.body.happened_at)
                parts = [*_of_road(record, incident, recorded.body)]
                yield Sheet(recorded.body.id, unit, parts)


def _of_animal(
    record: Record, rescue: RescueIncident, animal: AnimalState, end: Settled
) -> Iterator[Part]:
    yield from remarks(record)
    yield grid(
        Label("移交方", "Handed over by"),
        wide("移交单位", "Unit", text(responsible_at(rescue, end.happened_at))),
    )
    yield grid(Label("动物", "Animal"), *_animal(record, rescue, animal, end))
    yield grid(Label("接收方", "Taken over by"), *_taken_over(record, end))
    yield _both_sides()


def _animal(
    record: Record, rescue: RescueIncident, animal: AnimalState, end: Settled
) -> Iterator[Field]:
    species, entry = animal.species, record.entry(end.entry_id)
    then = entry.condition if isinstance(entry, Transfer) else None
    yield field("动物", "Animal", text(f"{animal.number} 号　{called(animal)}"))
    yield field("学名", "Scientific name", text(species.scientific_name if species else None))
    yield field("保护级别", "Protection", protection(species))
    yield field("鉴定人", "Identified by", text(species.identified_by if species else None))
    yield field("移交数量", "Handed over", heads(end.count), THIRD)
    yield field("性别", "Sex", code(animal.sex), THIRD)
    yield field("年龄", "Life stage", code(animal.life_stage), THIRD)
    yield wide("移交时状况", "Condition then", ticks(Condition, then))
    yield field("发现时间", "Found at", moment(rescue.found_at, record.zone))
    yield field("救护原因", "Cause", code(animal.cause))
    yield wide("发现地点", "Found where", place(rescue.place))
    yield wide("标识", "Marks", marks(animal.marks))
    yield wide("伤情", "Injuries", text(animal.injuries))
    yield wide("执法机关意见", "Agency's opinion", text(animal.agency_opinion))


def _taken_over(record: Record, end: Settled) -> Iterator[Field]:
    zone, entry = record.zone, record.entry(end.entry_id)
    transfer = entry if isinstance(entry, Transfer) else None
    receipt = record.entry(end.received.entry_id if end.received else None)
    receipt = receipt if isinstance(receipt, Receipt) else None
    kind = transfer.recipient_kind if transfer else None
    received_at = transfer.received_at if transfer else None
    yield wide("去向", "Outcome", code(end.outcome))
    yield field("接收单位", "Recipient", text(end.recipient))
    yield field("移交时间", "Handed over", moment(end.happened_at, zone))
    yield wide("单位类别", "Kind", ticks(RecipientKind, kind))
    yield field("接收人", "Person", text(transfer.person if transfer else None))
    yield field("联系电话", "Telephone", text(transfer.telephone if transfer else None))
    yield field("接收时间", "Received", moment(received_at, zone))
    yield field("运输车辆", "Vehicle", text(transfer.vehicle if transfer else None))
    yield field("交接文书号", "Document", text(transfer.document if transfer else None))
    yield field("接收凭证号", "Receipt", text(end.receipt_number))
    if isinstance(entry, Allocation):
        yield wide("调配批准文号", "Approval", text(entry.approval))
    if isinstance(entry, LongTermCare):
        yield wide("不宜放归原因", "Why kept", text(entry.reason))
    arrived = [_confirmed(end.received, zone)] if end.received else []
    arrived += [receipt.person] if receipt and receipt.person else []
    yield field("确认接收", "Confirmed", lines(arrived))
    yield field("接收时状况", "Condition on arrival", code(receipt.condition if receipt else None))
    yield wide("备注", "Note", text(entry.note if entry else None))


def _confirmed(received: Received, zone: tzinfo) -> str:
    return f"{moment_of(received.happened_at, zone)}，{received.count} 只"


def _of_road(
    record: Record, incident: RoadHazardIncident, handed_over: HandedOver
) -> Iterator[Part]:
    yield from remarks(record)
    yield grid(
        Label("移交方", "Handed over by"),
        field("移交单位", "Unit", text(responsible_at(incident, handed_over.happened_at))),
        field("发现时间", "Found at", moment(incident.found_at, record.zone)),
        wide("地点", "Place", place(incident.place)),
    )
    yield grid(Label("道路", "Road"), *road_fields(incident.hazard.road))
    yield grid(Label("险情", "Hazard"), *summed_up(incident.hazard))
    yield grid(
        Label("接管方", "Taken over by"),
        field("接管单位", "Unit", text(handed_over.unit)),
        field("接管人", "Person", text(handed_over.person)),
        wide("单位类别", "Kind", ticks(RoadUnit, handed_over.unit_kind)),
        field("移交时间", "Handed over", moment(handed_over.happened_at, record.zone)),
        field("移交凭证号", "Receipt", text(handed_over.receipt_number)),
        wide("备注", "Note", text(handed_over.note)),
    )
    yield _both_sides()


def _both_sides() -> Signatures:
    first = signing(
        ("移交人签名", "Handed over by"),
        ("接收人签名", "Taken over by"),
        seal=Label("移交单位盖章处", "Seal of who hands over"),
    )
    second = signing(seal=Label("接收单位盖章处", "Seal of who takes over"))
    return Signatures([*first.places, *second.places])
