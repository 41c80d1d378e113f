"""What is withheld from who prints a paper, which must not look like what nobody said: a blank,
that is to be filled by hand. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from wildlife.papers.record import Record
from wildlife.papers.sheet import (
    Counterfoil,
    Field,
    Gallery,
    Grid,
    Of,
    Part,
    Remark,
    Sheet,
    Table,
    Text,
    Value,
)
from wildlife.papers.writing import text
from wildlife.timeline.generalizing import UNTOLD
from wildlife.words.sentences import Sentence

LEGEND: Final = Sentence(
    f"{UNTOLD} stands for what is withheld from the account that printed this.",
    f"“{UNTOLD}”表示该项内容不向打印本件的账号显示，并非未填。",
)

# One of several things in a place, of which each is written whole.
_BETWEEN: Final = re.compile("[\n；：、，　]")


def as_told(record: Record, sheet: Sheet) -> Sheet:
    """The sheet with `…` in each place of which something may be withheld and nothing is told, and
    what that means wherever it stands."""
    parts = [_told(record, part) for part in sheet.parts]
    if any(UNTOLD in _BETWEEN.split(one) for part in parts for one in _written(part)):
        remarks = [part for part in parts if isinstance(part, Remark)]
        above = next((at for at, part in enumerate(parts) if part not in remarks), len(parts))
        parts.insert(above, Remark(LEGEND))
    return replace(sheet, parts=parts)


def _told(record: Record, part: Part) -> Part:
    match part:
        case Grid() | Counterfoil():
            places = [[_field(record, one) for one in row] for row in part.rows]
            return replace(part, rows=places)
        case Table():
            of_each = [one.of for one in part.columns]
            cells = ([*zip(row.cells, of_each, strict=True)] for row in part.rows)
            told = (tuple(_value(record, *one) for one in each) for each in cells)
            rows = [replace(row, cells=one) for row, one in zip(part.rows, told, strict=True)]
            return replace(part, rows=rows)
        case _:
            return part


def _field(record: Record, one: Field) -> Field:
    return replace(one, value=_value(record, one.value, one.of))


def _value(record: Record, value: Value, of: Of | None) -> Value:
    is_blank = not any(isinstance(one, Text) or one.on for one in value)
    return text(UNTOLD) if is_blank and of is not None and record.hides(*of) else value


def _written(part: Part) -> Iterator[str]:
    """All that stands in the places of a part."""
    match part:
        case Grid() | Counterfoil():
            yield from _texts(one.value for row in part.rows for one in row)
        case Table():
            yield from _texts(cell for row in part.rows for cell in row.cells)
        case Gallery():
            yield from (line for one in part.pictures for line in one.lines)
        case _:
            pass


def _texts(values: Iterable[Value]) -> Iterator[str]:
    yield from (one.zh for value in values for one in value if isinstance(one, Text))
