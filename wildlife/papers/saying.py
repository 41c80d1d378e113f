"""What an entry says, whatever its type: each of its fields by its Chinese name. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import inspect

from wildlife.informants.model import Informant
from wildlife.papers.record import Record, ToldEntry
from wildlife.papers.writing import (
    NO,
    YES,
    digits,
    moment_of,
    officer,
    point_of,
    region_of,
)
from wildlife.timeline.entry import Amendment
from wildlife.timeline.photo import name_of_subject
from wildlife.web.type_info import alternative, field_of, type_info
from wildlife.words.documented import label_of
from wildlife.words.fields import called, unit_of
from wildlife.words.places import Point
from wildlife.words.vocabularies import Code

# When, and what it is called, stands beside it.
_BESIDE: Final = {"id", "happened_at", "recorded_at", "found_at"}
_NOTHING: Final[tuple[Any, ...]] = (None, [], {}, "unknown")
_NAMED_BY: Final = {"species_id": "物种"}
_BADGE: Final = "警号"
"""What fields are called by which somebody named a thing, where it is told by its name."""
_COMES_LAST: Final = "note"
_PER_MINUTE: Final = "_per_min"


def said_in(record: Record, told: ToldEntry) -> Iterator[str]:
    """Each thing that an entry says: `体重：1850.5 克`. Of what is not told there is nothing; of a
    correction there is what it changes of which entry."""
    writer = _Writer(record, told)
    body = told.body
    if isinstance(body, Amendment):
        yield from writer.correction(body)
    else:
        yield from writer.fields(body, leave_out=_BESIDE)


def name_of(record: Record, entry_id: UUID) -> str | None:
    """What an entry is called that the reader is told of, and when it was."""
    told = record.said.get(entry_id)
    if told is None:
        return None
    return f"{moment_of(told.shown.happened_at, record.zone)}“{told.body.LABEL.zh}”"


class _Writer:
    """Writes what one entry says."""

    def __init__(self, record: Record, told: ToldEntry) -> None:
        self._record = record
        self._facts = told.shown.facts

    def fields(self, value: msgspec.Struct, leave_out: set[str] | None = None) -> Iterator[str]:
        """What a Struct says, but for what it does not say."""
        type_ = type(value)
        for name in sorted(type_.__struct_fields__, key=_COMES_LAST.__eq__):
            said = getattr(value, name)
            if name in (leave_out or ()) or said in _NOTHING:
                continue
            if written := self._written(name, said):
                of_entry = isinstance(said, UUID) and said in self._record.said
                label = _NAMED_BY.get(name) if written != said else None
                known = label or label_of(type_, name).removesuffix(_BADGE)
                yield f"{'所指记录' if of_entry else known}：{written}"

    def correction(self, body: Amendment) -> Iterator[str]:
        """What it changes, by the names of the fields of what it corrects."""
        target = name_of(self._record, body.entry_id)
        yield f"更正{target or ''}"
        corrected = self._record.said.get(body.entry_id)
        layout = None if corrected is None else type_info(type(corrected.body))
        yield from self._changes(body.changes, layout)
        for field in ("reason", "note"):
            if (said := getattr(body, field)) is not None:
                yield f"{label_of(Amendment, field)}：{said}"

    def _changes(self, changes: Any, layout: inspect.Type | None) -> Iterator[str]:
        for name, value in changes.items():
            label, inner = _label_and_layout(layout, name)
            if value is None:
                yield f"{label}：删去"
            elif isinstance(value, dict):
                yield f"{label}：{'；'.join(self._changes(value, inner))}"
            elif value is True and not isinstance(inner, inspect.BoolType):
                yield f"{label}：加入"
            else:
                yield f"{label}：{self._changed_to(name, value, inner)}"

    def _changed_to(self, name: str, value: Any, layout: inspect.Type | None) -> str:
        if layout is not None and not isinstance(layout, inspect.UnionType):
            value = _as_read(value, layout)
        return self._written(name, value) or str(value)

    def _written(self, name: str, value: Any) -> str | None:
        record, facts = self._record, self._facts
        match name, value:
            case "species_id", str() if facts.taxon is not None:
                return f"{facts.taxon.chinese_name} {facts.taxon.scientific_name}"
            case "station", str() if facts.receiver is not None:
                return f"{facts.receiver.station.name}（{value}）"
            case "about", str():
                return name_of_subject(value).zh
            case (("officers" | "badge"), _):
                known = {one.badge: officer(one) for one in facts.officers or ()}
                if facts.receiver is not None and facts.receiver.officer is not None:
                    known[facts.receiver.officer.badge] = officer(facts.receiver.officer)
                badges = [value] if isinstance(value, str) else value
                return "、".join(known.get(one) or one for one in badges)
            case "animal", int():
                return f"{value} 号"
            case "region_code", str():
                return region_of(value)
            case _, Code():
                return value.zh
            case _, bool():
                return (YES if value else NO).zh
            case _, int() | float():
                return f"{digits(value)}{_unit(name)}"
            case _, datetime():
                return moment_of(value, record.zone)
            case _, UUID():
                return name_of(record, value) or str(value)
            case _, Informant():
                return None  # who reported is no part of the timeline
            case _, Point():
                return point_of(value)
            case _, msgspec.Struct():
                return "；".join(self.fields(value))
            case _, list():
                each = [self._written(name, one) for one in value]
                mark = "）（" if any(isinstance(one, msgspec.Struct) for one in value) else "、"
                together = mark.join(filter(None, each))
                return f"（{together}）" if mark == "）（" else together
            case _:
                return str(value)


def _unit(name: str) -> str:
    if name.endswith(_PER_MINUTE):
        return " 次/分"
    unit = unit_of(name)
    return f" {unit.zh}" if unit else ""


def _label_and_layout(layout: inspect.Type | None, name: str) -> tuple[str, inspect.Type | None]:
    """What a part of a correction is called, and what it is: a field, or one of a list."""
    within = alternative(layout, None)
    match within:
        case inspect.StructType(cls=cls, fields=fields) if name in {f.encode_name for f in fields}:
            inner = alternative(field_of(within, name)[0].type, None)
            return called(cls, name) or name, inner
        case inspect.ListType(item_type=item):
            one = alternative(item, None)
            is_numbered = isinstance(one, inspect.StructType)
            return (f"第 {name} 项" if is_numbered else name), one
        case _:
            return name, None


def _as_read(value: Any, layout: inspect.Type) -> Any:
    """The value as its type, where that is a code or a time, and one of today's."""
    try:
        match layout:
            case inspect.EnumType(cls=codes):
                return codes(value)
            case inspect.DateTimeType():
                return datetime.fromisoformat(value)
            case _:
                return value
    except (TypeError, ValueError):
        return value
