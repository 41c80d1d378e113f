"""What was found at an animal, each time that it was examined: nothing is said of a time at which
nobody said it. Pure."""

from collections.abc import Iterator
from uuid import UUID

from wildlife.papers.animals import said_of
from wildlife.papers.record import Record
from wildlife.papers.sheet import Column, Row, Table, Value
from wildlife.papers.writing import (
    BLANK,
    code,
    column_of,
    digits,
    in_column,
    lines,
    moment_of,
    text,
)
from wildlife.rescues.animal import AnimalState
from wildlife.rescues.entries import Assessment
from wildlife.words.documented import label_of
from wildlife.words.sentences import Sentence

_UNITS = {
    "weight_g": "克",
    "temperature_c": "℃",
    "pulse_per_min": "次/分",
    "breaths_per_min": "次/分",
    "wing_mm": "毫米",
    "body_length_mm": "毫米",
}


def examinations(record: Record, animal: AnimalState, title: Sentence) -> Table:
    """All of an animal, in their order; two rows to be filled by hand where there are none."""
    rows = [_row(record, one) for one in said_of(record, animal, Assessment)]
    return Table(
        title,
        [
            Column(Sentence("When", "检查时间"), 16),
            column_of(Assessment, "exam", 10),
            column_of(Assessment, "condition", 9),
            column_of(Assessment, "attitude", 9),
            column_of(Assessment, "body_condition", 9),
            column_of(Assessment, "injuries", 18),
            Column(Sentence("Measured", "测量与其他"), 19),
            column_of(Assessment, "vet", 10),
        ],
        rows,
        empty=0 if rows else 2,
    )


def _row(record: Record, one: Assessment) -> Row:
    return Row(
        (
            in_column(one.happened_at, record.zone),
            code(one.exam),
            code(one.condition),
            code(one.attitude),
            code(one.body_condition),
            text(one.injuries),
            lines(_measured(record, one)),
            text(one.vet),
        )
    )


def _measured(record: Record, one: Assessment) -> Iterator[str]:
    for name, unit in _UNITS.items():
        if (value := getattr(one, name)) is not None:
            yield f"{label_of(Assessment, name)}：{digits(value)} {unit}"
    for name in ("sex", "life_stage"):
        if (found := getattr(one, name)) is not None:
            yield f"{label_of(Assessment, name)}：{found.zh}"
    disease = record.told(Assessment, "suspected_disease", one.suspected_disease)
    if disease is not None:
        yield f"{label_of(Assessment, 'suspected_disease')}：{disease}"


def injuries_by(record: Record, animal: AnimalState, entry_id: UUID) -> Value:
    """The injuries that were known at an entry, with when they were seen last."""
    known: Assessment | None = None
    in_order = [one.shown.id for one in record.timeline]
    before = {*in_order[: in_order.index(entry_id)]} if entry_id in in_order else {*in_order}
    for one in said_of(record, animal, Assessment):
        if one.id in before and one.injuries is not None:
            known = one
    if known is None:
        return BLANK
    return text(f"{known.injuries}（{moment_of(known.happened_at, record.zone)} 检查）")
