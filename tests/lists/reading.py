"""Lists read back from every format, as what people use reads them."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from httpx import Response
from openpyxl import load_workbook

from wildlife.tables.csv import unguarded


def rows_of_csv(answer: Response) -> list[dict[str, str]]:
    """Each row by the headings."""
    assert answer.content.startswith("\ufeff".encode())
    read = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""), strict=True)
    return [{name: unguarded(cell) for name, cell in row.items()} for row in read]


def rows_of_xlsx(answer: Response) -> list[dict[str, Any]]:
    """Each row of the first sheet by the headings; None: there is nothing in the cell."""
    sheet = load_workbook(io.BytesIO(answer.content), read_only=False).worksheets[0]
    headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(headings, row, strict=True)) for row in rows]


def about_xlsx(answer: Response) -> list[tuple[Any, Any]]:
    """What its last sheet says, in pairs."""
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[-1]
    return [(row[0], row[1]) for row in sheet.iter_rows(values_only=True)]


def rows_of_ndjson(answer: Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.content.splitlines()]


def flat(item: dict[str, Any], columns: Iterator[str] | list[str]) -> dict[str, Any]:
    """What stands in these columns of an item as JSON has it: what is at the path that a column is
    named for."""
    return {name: _cell(_at(item, name.split("."))) for name in columns}


def _at(value: Any, path: list[str]) -> Any:
    if not path or value is None:
        return value
    if isinstance(value, list):
        return [_at(one, path) for one in value]
    return _at(value.get(path[0]), path[1:])  # what has a default may be left out


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        texts = ["" if one is None else _as_csv(one) for one in value]
        return "; ".join(texts) if value else None
    return value


def _as_csv(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def as_csv(row: dict[str, Any]) -> dict[str, str]:
    """A row as CSV has it."""
    return {name: _as_csv(value) for name, value in row.items()}


def _as_read(text: str) -> str:
    """With times as people read them, where several stand in one cell."""
    return re.sub(r"([0-9-]{10})T([0-9:]{8})(?:\.[0-9]+)?\+08:00", r"\1 \2", text)


def as_xlsx(row: dict[str, Any], read: dict[str, Any]) -> dict[str, Any]:
    """A row as a workbook has it, of which times are the local ones, to the millisecond."""
    made = {}
    for name, value in row.items():
        if isinstance(read[name], datetime):
            moment = datetime.fromisoformat(value).replace(tzinfo=None)
            assert abs((moment - read[name]).total_seconds()) < 0.001, name
            made[name] = read[name]
        else:
            made[name] = _as_read(value) or None if isinstance(value, str) else value
    return made
