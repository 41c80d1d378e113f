"""Rows as PostgreSQL's COPY reads them (its text format). Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

import msgspec
from msgspec.structs import asdict

from wildlife.synth.telling import Kept
from wildlife.timeline.chain import Columns

Layout: TypeAlias = Mapping[str, Mapping[str, str]]
"""Of each table the columns that are written, in their order, with the types that they have."""

_ENTRY: Final = ("incident_id", *Columns.__struct_fields__, "canonical", "digest")
_INFORMANT: Final = ("incident_id", "entry_id", "salt", "sealed", "erased_at")
_OF_BYTES: Final = {"renditions": "abandoned", "renditions_reason": "original_missing"}
"""Of a photo what decoding its bytes finds out: there are none."""


def columns_written(rows: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Of each table the columns that are written: those of the rows that follow from a timeline,
    and what stands beside them."""
    written = {table: [*columns] for table, columns in rows.items()}
    written["photo"] += _OF_BYTES
    return {"entry": [*_ENTRY], "informant": [*_INFORMANT], **written}


def lines_of(layout: Layout, kept: Kept, *, with_timeline: bool) -> dict[str, list[str]]:
    """The lines of each table for one incident."""
    lines = {table: [*_lines(layout[table], rows)] for table, rows in _rows(kept)}
    if with_timeline:
        entries = (
            {
                "incident_id": kept.incident_id,
                **asdict(one.columns),
                "canonical": one.canonical,
                "digest": one.digest,
            }
            for one in kept.links
        )
        lines["entry"] = [*_lines(layout["entry"], entries)]
    return lines


def _rows(kept: Kept) -> Iterator[tuple[str, Iterable[Mapping[str, Any]]]]:
    rows = kept.rows
    yield "incident", map(asdict, rows.incidents)
    yield "photo", (asdict(one) | _OF_BYTES for one in rows.photos)
    yield from rows.of_kind.items()
    if kept.names_somebody:
        erased_at = rows.incident.received_at
        erased = (kept.incident_id, kept.incident_id, b"", None, erased_at)
        yield "informant", [dict(zip(_INFORMANT, erased, strict=True))]


def _lines(types: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield "\t".join(_text(row[name], type_) for name, type_ in types.items()) + "\n"


def _text(value: Any, type_: str) -> str:
    """A value as COPY reads it in a column of this type."""
    if value is None:
        return "\\N"
    if type_ == "jsonb":
        return _escaped(msgspec.json.encode(value).decode())
    if type_.endswith("[]"):
        return array(map(str, value))
    match value:
        case bool():
            return "t" if value else "f"
        case datetime():
            return value.isoformat()
        case bytes():
            return f"\\\\x{value.hex()}"
        case _:
            return _escaped(str(value))


def array(elements: Iterable[str]) -> str:
    """An array of texts, in a line of COPY."""
    quoted = (one.replace("\\", "\\\\").replace('"', '\\"') for one in elements)
    return _escaped("{" + ",".join(f'"{one}"' for one in quoted) + "}")


def _escaped(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("\t", "\\t")
    return escaped.replace("\n", "\\n").replace("\r", "\\r")
