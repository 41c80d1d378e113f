"""What an answer is as a row of a table: its Struct is the one definition of the columns.

A field is a column of its name. Of a Struct within it each field is one (`site.description`); of a
list of Structs each field is one, too, with the values of all in their order (`marks.number`); a
list of plain values is one column; of numbers by a code there is one for each code (`left.died`).
Values of a list are parted by `; `, and what there is none of keeps its place. Beside each code
stands its label (`protection_label`), where labels are asked for. Which values a text with `; ` in
it was made of is told by JSON.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypeAlias, cast

import msgspec
from msgspec import inspect

from wildlife.tables.columns import NO, YES, Cells, Column, Kind, in_language, local
from wildlife.words.fields import heading_of, unit_of
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import NAMED, Code

BETWEEN: Final = "; "
LABEL: Final = "_label"

_Part: TypeAlias = tuple[list[Column], Callable[[Cells], Iterable[Cells]]]
"""Columns, and what makes them of the values of one thing: column by column, which takes a third of
the time that it takes row by row."""

_KINDS: Final[dict[type[inspect.Type], Kind]] = {
    inspect.StrType: Kind.TEXT,
    inspect.UUIDType: Kind.CODE,
    inspect.EnumType: Kind.CODE,
    inspect.IntType: Kind.NUMBER,
    inspect.FloatType: Kind.NUMBER,
    inspect.BoolType: Kind.YES_NO,
    inspect.DateTimeType: Kind.TIME,
}
_TEXTS: Final = {Kind.TEXT, Kind.CODE}


class Flat(msgspec.Struct, frozen=True):
    """The columns of an answer, and what makes the rows of several."""

    columns: list[Column]
    rows: Callable[[Sequence[Any]], list[Cells]]


def flatten(
    answer: type[msgspec.Struct], fields: Sequence[str] | None = None, language: str | None = None
) -> Flat:
    """The columns of an answer, or of those of its fields that are named as in JSON, in this order.

    language: in which each code has its label beside it; None: in none.
    """
    columns, split = _of_struct(answer, None, language, fields)

    def rows(items: Sequence[Any]) -> list[Cells]:
        return [*zip(*split(items), strict=True)]

    return Flat(columns, rows)


def _of_struct(
    struct: type[msgspec.Struct],
    within: Column | None,
    language: str | None,
    fields: Sequence[str] | None = None,
) -> _Part:
    known = {one.encode_name: one for one in msgspec.structs.fields(struct)}
    asked = [known[name] for name in (known if fields is None else fields)]
    parts = [
        _of(inspect.type_info(one.type), _column(struct, one, within), language) for one in asked
    ]
    columns = [column for of_one, _ in parts for column in of_one]
    values = attrgetter(*(one.name for one in asked), asked[0].name)  # of two there is a tuple
    nothing = (None,) * (len(asked) + 1)

    def split(items: Cells) -> Iterable[Cells]:
        found = zip(*[nothing if one is None else values(one) for one in items], strict=True)
        each = zip(found, parts, strict=False)
        return [cells for column, (_, further) in each for cells in further(column)]

    return columns, split


def _column(struct: type, field: Any, within: Column | None) -> Column:
    name, unit = field.encode_name, unit_of(field.encode_name)
    said = heading_of(struct, field.name)
    if within is not None:
        name, said = f"{within.name}.{name}", _within(within, said)
    if unit:
        said = Sentence(f"{said.en} ({unit.en})", f"{said.zh}（{unit.zh}）")
    return Column(name, said)


def _within(column: Column, said: Sentence) -> Sentence:
    """What a part of a column is called."""
    (of_en, of_zh), (en, zh) = column.heading, said
    return Sentence(f"{of_en}: {en if en.isupper() else en[0].lower() + en[1:]}", f"{of_zh}：{zh}")


def _of(info: inspect.Type, column: Column, language: str | None) -> _Part:
    names = naming(info) if language is not None else None
    if names is not None and language is not None:
        return _of_codes(column, names, language)
    info = without_null(info)
    match info:
        case inspect.StructType():
            return _of_struct(info.cls, column, language)
        case inspect.ListType():
            return _of_list(info.item_type, column, language)
        case inspect.DictType(key_type=inspect.EnumType(cls=codes)) if issubclass(codes, Code):
            return _of_counts(codes, column)
        case _:
            return [msgspec.structs.replace(column, kind=_KINDS[type(info)])], lambda cells: (
                cells,
            )


def naming(info: inspect.Type) -> Callable[[Any], Sentence] | None:
    """What says what a value of this type is called; None: it is no code."""
    while True:
        match info:
            case inspect.Metadata(extra={**extra}) if NAMED in extra:
                return cast(Callable[[Any], Sentence], extra[NAMED])
            case inspect.Metadata():
                info = info.type
            case inspect.UnionType(types=types):
                [info] = [one for one in types if not isinstance(one, inspect.NoneType)]
            case inspect.EnumType() if issubclass(info.cls, Code):
                return _label
            case _:
                return None


def _label(code: Code) -> Sentence:
    return Sentence(code.en, code.zh)


def without_null(info: inspect.Type) -> inspect.Type:
    """The type of what may be null or have bounds, without either."""
    while isinstance(info, inspect.Metadata | inspect.UnionType):
        if isinstance(info, inspect.Metadata):
            info = info.type
        else:
            [info] = [one for one in info.types if not isinstance(one, inspect.NoneType)]
    return info


def _of_codes(column: Column, names: Callable[[Any], Sentence], language: str) -> _Part:
    of_code, of_label = _headings(column.heading)
    code = Column(column.name, of_code, Kind.CODE)
    label = Column(column.name + LABEL, of_label, Kind.CODE)
    return [code, label], lambda codes: (
        codes,
        [None if one is None else in_language(names(one), language) for one in codes],
    )


def _headings(said: Sentence) -> tuple[Sentence, Sentence]:
    """Over a code, and over what it is called."""
    en, zh = said
    if zh.endswith("代码"):
        return said, Sentence(en.removesuffix(" code"), zh.removesuffix("代码"))
    return Sentence(f"{en} (code)", f"{zh}（代码）"), said


def _of_counts(codes: type[Code], column: Column) -> _Part:
    """How many there are of each code: what is left out, there is none of."""
    columns = [
        Column(f"{column.name}.{one}", _within(column, Sentence(one.en, one.zh)), Kind.NUMBER)
        for one in codes
    ]
    return columns, lambda counts: [
        [None if each is None else each.get(one, 0) for each in counts] for one in codes
    ]


def _of_list(item: inspect.Type, column: Column, language: str | None) -> _Part:
    columns, split = _of(item, column, language)
    kinds = [one.kind for one in columns]
    joined = [
        one if one.kind in _TEXTS else msgspec.structs.replace(one, kind=Kind.TEXT)
        for one in columns
    ]

    as_text = partial(_as_text, language)

    def join(lists: Cells) -> Iterable[Cells]:
        # All that is in all of them at once; then each gets its part of it.
        items = [item for one in lists for item in one or ()]
        if not items:
            return [[None] * len(lists) for _ in columns]
        return [
            _parted([as_text(one) for one in cells] if kind not in _TEXTS else cells, lists)
            for cells, kind in zip(split(items), kinds, strict=False)
        ]

    return joined, join


def _parted(texts: Cells, lists: Cells) -> list[str | None]:
    """Of each list its own of all texts, in one cell."""
    cells: list[str | None] = []
    end = 0
    for one in lists:
        start, end = end, end + len(one or ())
        cells.append(BETWEEN.join([text or "" for text in texts[start:end]]) or None)
    return cells


def _as_text(language: str | None, value: Any) -> str:
    """What is no text, among others in a cell: for people as it stands in one by itself."""
    match value:
        case None:
            return ""
        case bool() if language is not None:
            return in_language(YES if value else NO, language)
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat() if language is None else local(value)
        case _:
            return str(value)
