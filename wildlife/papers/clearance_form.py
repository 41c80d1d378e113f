"""道路险情处置单: a road hazard from when it was found to when all passed again. Pure."""

from collections.abc import Iterator

from wildlife.hazards.codes import ClearingMethod, SafetyMeasure
from wildlife.hazards.hazard import RoadHazardState
from wildlife.hazards.kind import RoadHazardIncident
from wildlife.papers.record import Record
from wildlife.papers.roads import hazard_fields, road_fields
from wildlife.papers.shared import call_fields, contradictions, gallery, remarks, signing, timeline
from wildlife.papers.sheet import THIRD, Column, Field, Part, Row, Sheet, Table, grid
from wildlife.papers.writing import code, field, in_column, moment, number, text, ticks, wide
from wildlife.timeline.entry import Label


def clearance_form(record: Record) -> Iterator[Sheet]:
    """Of every road hazard."""
    incident = record.incident
    if isinstance(incident, RoadHazardIncident):
        yield Sheet(None, incident.responsible.station.name, [*_parts(record, incident)])


def _parts(record: Record, incident: RoadHazardIncident) -> Iterator[Part]:
    hazard = incident.hazard
    yield from remarks(record)
    yield grid(Label("一、接报与发现", "1 Report and find"), *call_fields(record))
    yield grid(Label("二、道路", "2 Road"), *road_fields(hazard.road))
    yield grid(Label("三、险情", "3 Hazard"), *hazard_fields(record, hazard))
    yield grid(Label("四、处置", "4 Clearance"), *_dealt_with(record, hazard))
    yield _notified(record, hazard)
    yield timeline(record, Label("六、处置经过", "6 Timeline"))
    yield from contradictions(record)
    if record.photos:
        yield gallery(record, Label("七、照片", "7 Photos"))
    yield signing(
        ("处置民警签名", "Officer"), ("处置民警签名", "Officer"), ("审核人签名", "Checked by")
    )


def _dealt_with(record: Record, hazard: RoadHazardState) -> Iterator[Field]:
    zone = record.zone
    yield wide("安全措施", "Safety measures", ticks(SafetyMeasure, hazard.measures))
    yield field("警示时间", "Secured", moment(hazard.secured_at, zone))
    yield field("清除方式", "Method", ticks(ClearingMethod, hazard.clearing_method))
    yield field("清除人数", "People", number(hazard.people, "人"), THIRD)
    yield field("机械台数", "Machines", number(hazard.machines, "台"), THIRD)
    yield field("处置单位", "Done by", text(hazard.done_by), THIRD)
    yield field("开始清除", "Begun", moment(hazard.clearing_at, zone))
    yield field("清除完毕", "Cleared", moment(hazard.cleared_at, zone))
    yield field("预计恢复", "Expected", moment(hazard.expected_reopening_at, zone))
    yield field("恢复通行", "Reopened", moment(hazard.reopened_at, zone))
    yield wide("绕行路线", "Detour", text(hazard.detour))
    yield field("接管单位", "Taken over by", text(hazard.handed_over_to))
    yield field("再次受阻", "Blocked again", number(hazard.recurrences or None, "次"))


def _notified(record: Record, hazard: RoadHazardState) -> Table:
    """Whom one has to tell: the unit that maintains the road, and the traffic police."""
    return Table(
        Label("五、通知", "5 Notified"),
        [
            Column(Label("被通知单位", "Unit"), 34),
            Column(Label("单位类别", "Kind"), 26),
            Column(Label("被通知人", "Person"), 16),
            Column(Label("时间", "When"), 24),
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
