"""道路险情处置单: a road hazard from when it was found to when all passed again. Pure."""

from collections.abc import Iterator

from wildlife.hazards.codes import ClearingMethod, SafetyMeasure
from wildlife.hazards.hazard import Notification, RoadHazardState
from wildlife.hazards.kind import RoadHazardIncident
from wildlife.papers.record import Record
from wildlife.papers.roads import hazard_fields, road_fields
from wildlife.papers.shared import call_fields, contradictions, gallery, remarks, signing, timeline
from wildlife.papers.sheet import THIRD, Column, Field, Part, Row, Sheet, Table, grid
from wildlife.papers.writing import (
    code,
    field_of,
    in_column,
    moment,
    number,
    text,
    ticks,
    wide_of,
)
from wildlife.words.fields import heading_of
from wildlife.words.sentences import Sentence


def clearance_form(record: Record) -> Iterator[Sheet]:
    """Of every road hazard."""
    incident = record.incident
    if isinstance(incident, RoadHazardIncident):
        yield Sheet(None, incident.responsible.station.name, [*_parts(record, incident)])


def _parts(record: Record, incident: RoadHazardIncident) -> Iterator[Part]:
    hazard = incident.hazard
    yield from remarks(record)
    yield grid(Sentence("1 Report and find", "一、接报与发现"), *call_fields(record))
    yield grid(Sentence("2 Road", "二、道路"), *road_fields(hazard.road))
    yield grid(Sentence("3 Hazard", "三、险情"), *hazard_fields(record, hazard))
    yield grid(Sentence("4 Clearance", "四、处置"), *_dealt_with(record, hazard))
    yield _notified(record, hazard)
    yield timeline(record, Sentence("6 Timeline", "六、处置经过"))
    yield from contradictions(record)
    if record.photos:
        yield gallery(record, Sentence("7 Photos", "七、照片"))
    yield signing(
        Sentence("Officer", "处置民警签名"),
        Sentence("Officer", "处置民警签名"),
        Sentence("Checked by", "审核人签名"),
    )


def _dealt_with(record: Record, hazard: RoadHazardState) -> Iterator[Field]:
    zone = record.zone
    yield wide_of(RoadHazardState, "measures", ticks(SafetyMeasure, hazard.measures))
    yield field_of(RoadHazardState, "secured_at", moment(hazard.secured_at, zone))
    yield field_of(
        RoadHazardState, "clearing_method", ticks(ClearingMethod, hazard.clearing_method)
    )
    yield field_of(RoadHazardState, "people", number(hazard.people, "人"), THIRD)
    yield field_of(RoadHazardState, "machines", number(hazard.machines, "台"), THIRD)
    yield field_of(RoadHazardState, "done_by", text(hazard.done_by), THIRD)
    yield field_of(RoadHazardState, "clearing_at", moment(hazard.clearing_at, zone))
    yield field_of(RoadHazardState, "cleared_at", moment(hazard.cleared_at, zone))
    yield field_of(
        RoadHazardState, "expected_reopening_at", moment(hazard.expected_reopening_at, zone)
    )
    yield field_of(RoadHazardState, "reopened_at", moment(hazard.reopened_at, zone))
    yield wide_of(RoadHazardState, "detour", text(hazard.detour))
    yield field_of(RoadHazardState, "handed_over_to", text(hazard.handed_over_to))
    yield field_of(RoadHazardState, "recurrences", number(hazard.recurrences or None, "次"))


def _notified(record: Record, hazard: RoadHazardState) -> Table:
    """Whom one has to tell: the unit that maintains the road, and the traffic police."""
    return Table(
        Sentence("5 Notified", "五、通知"),
        [
            Column(heading_of(Notification, "unit"), 34),
            Column(heading_of(Notification, "unit_kind"), 26),
            Column(heading_of(Notification, "person"), 16),
            Column(heading_of(Notification, "notified_at"), 24),
        ],
        [
            Row(
                (
                    text(one.unit),
                    code(one.unit_kind),
                    text(one.person),
                    in_column(one.notified_at, record.zone),
                )
            )
            for one in hazard.notified
        ],
        empty=max(0, 2 - len(hazard.notified)),
    )
