"""移交单: one for each time that animals, or a road hazard, go to somebody else. Pure."""

from collections.abc import Iterator
from datetime import tzinfo

from wildlife.hazards.codes import RoadUnit
from wildlife.hazards.entries import HandedOver
from wildlife.hazards.kind import RoadHazardIncident
from wildlife.papers.animals import animal_at, called, heads, marks, protection, rescue_of
from wildlife.papers.examinations import injuries_by
from wildlife.papers.record import Record
from wildlife.papers.roads import road_fields, summed_up
from wildlife.papers.shared import place, remarks, responsible_at, signing
from wildlife.papers.sheet import THIRD, Field, Part, Sheet, Signatures, grid
from wildlife.papers.since import since
from wildlife.papers.writing import (
    code,
    field,
    field_of,
    lines,
    moment,
    moment_of,
    text,
    ticks,
    wide,
    wide_of,
)
from wildlife.rescues.animal import KEPT, AnimalState, Received, Settled
from wildlife.rescues.codes import Condition, RecipientKind
from wildlife.rescues.ends import Allocation, LongTermCare, Receipt, Transfer
from wildlife.rescues.identifying import Identified
from wildlife.rescues.incident import RescueIncident
from wildlife.timeline.incident import Incident
from wildlife.words.sentences import Sentence


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
    above, below = since(record, end.entry_id, animal)
    yield from (*remarks(record), *above)
    yield grid(
        Sentence("Handed over by", "移交方"),
        wide(Sentence("Unit", "移交单位"), text(responsible_at(rescue, end.happened_at))),
    )
    yield grid(Sentence("Animal", "动物"), *_animal(record, rescue, animal, end))
    yield grid(Sentence("Taken over by", "接收方"), *_taken_over(record, end))
    yield from below
    yield _both_sides()


def _animal(
    record: Record, rescue: RescueIncident, now: AnimalState, end: Settled
) -> Iterator[Field]:
    """The animal as it was known when it was handed over, which is what both sides sign."""
    animal, entry = animal_at(record, end.entry_id, now), record.entry(end.entry_id)
    species, then = animal.species, entry.condition if isinstance(entry, Transfer) else None
    yield field(Sentence("Animal", "动物"), text(f"{animal.number} 号　{called(animal)}"))
    yield field_of(
        Identified, "scientific_name", text(species.scientific_name if species else None)
    )
    yield field_of(Identified, "protections", protection(record, species))
    yield field_of(Identified, "identified_by", text(species.identified_by if species else None))
    yield field(Sentence("Handed over", "移交数量"), heads(end.count), THIRD)
    yield field_of(AnimalState, "sex", code(animal.sex), THIRD)
    yield field_of(AnimalState, "life_stage", code(animal.life_stage), THIRD)
    yield wide_of(Transfer, "condition", ticks(Condition, then))
    yield field_of(Incident, "found_at", moment(rescue.found_at, record.zone))
    yield field_of(AnimalState, "cause", code(animal.cause))
    yield wide_of(Incident, "place", place(record, rescue.place))
    yield wide_of(AnimalState, "marks", marks(animal.marks))
    yield wide_of(AnimalState, "injuries", injuries_by(record, now, end.entry_id))
    yield wide_of(AnimalState, "agency_opinion", text(animal.agency_opinion))


def _taken_over(record: Record, end: Settled) -> Iterator[Field]:
    zone, entry = record.zone, record.entry(end.entry_id)
    transfer = entry if isinstance(entry, Transfer) else None
    receipt = record.entry(end.received.entry_id if end.received else None)
    receipt = receipt if isinstance(receipt, Receipt) else None
    kind = transfer.recipient_kind if transfer else None
    received_at = transfer.received_at if transfer else None
    yield wide_of(Settled, "outcome", code(end.outcome))
    yield field_of(Settled, "recipient", text(end.recipient))
    yield field(Sentence("Handed over", "移交时间"), moment(end.happened_at, zone))
    yield wide_of(Transfer, "recipient_kind", ticks(RecipientKind, kind))
    yield field_of(Transfer, "person", text(transfer.person if transfer else None))
    yield field_of(Transfer, "telephone", text(transfer.telephone if transfer else None))
    yield field_of(Transfer, "received_at", moment(received_at, zone))
    yield field_of(Transfer, "vehicle", text(transfer.vehicle if transfer else None))
    yield field_of(Transfer, "document", text(transfer.document if transfer else None))
    yield field_of(Settled, "receipt_number", text(end.receipt_number))
    if isinstance(entry, Allocation):
        yield wide_of(Allocation, "approval", text(entry.approval))
    if isinstance(entry, LongTermCare):
        yield wide_of(LongTermCare, "reason", text(entry.reason))
    arrived = [_confirmed(end.received, zone)] if end.received else []
    arrived += [receipt.person] if receipt and receipt.person else []
    yield field_of(Settled, "received", lines(arrived))
    yield field_of(Receipt, "condition", code(receipt.condition if receipt else None))
    yield wide_of(Transfer, "note", text(entry.note if entry else None))


def _confirmed(received: Received, zone: tzinfo) -> str:
    return f"{moment_of(received.happened_at, zone)}，{received.count} 只"


def _of_road(
    record: Record, incident: RoadHazardIncident, handed_over: HandedOver
) -> Iterator[Part]:
    above, below = since(record, handed_over.id)
    then = record.at(handed_over.id)
    hazard = then.hazard if isinstance(then, RoadHazardIncident) else incident.hazard
    yield from (*remarks(record), *above)
    yield grid(
        Sentence("Handed over by", "移交方"),
        field(
            Sentence("Unit", "移交单位"), text(responsible_at(incident, handed_over.happened_at))
        ),
        field_of(Incident, "found_at", moment(incident.found_at, record.zone)),
        wide_of(Incident, "place", place(record, incident.place)),
    )
    yield grid(Sentence("Road", "道路"), *road_fields(hazard.road))
    yield grid(Sentence("Hazard", "险情"), *summed_up(hazard))
    yield grid(
        Sentence("Taken over by", "接管方"),
        field_of(HandedOver, "unit", text(handed_over.unit)),
        field_of(HandedOver, "person", text(handed_over.person)),
        wide_of(HandedOver, "unit_kind", ticks(RoadUnit, handed_over.unit_kind)),
        field(Sentence("Handed over", "移交时间"), moment(handed_over.happened_at, record.zone)),
        field_of(HandedOver, "receipt_number", text(handed_over.receipt_number)),
        wide_of(HandedOver, "note", text(handed_over.note)),
    )
    yield from below
    yield _both_sides()


def _both_sides() -> Signatures:
    first = signing(
        Sentence("Handed over by", "移交人签名"),
        Sentence("Taken over by", "接收人签名"),
        seal=Sentence("Seal of who hands over", "移交单位盖章处"),
    )
    second = signing(seal=Sentence("Seal of who takes over", "接收单位盖章处"))
    return Signatures([*first.places, *second.places])
