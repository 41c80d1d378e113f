"""What a printed sheet is made of: values, which a template draws. Pure."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Final, TypeAlias
from uuid import UUID

import msgspec

from wildlife.words.sentences import Sentence


class Text(msgspec.Struct, frozen=True):
    """Some words, with what they are in English where they are a code."""

    zh: str
    en: str = ""


class Tick(msgspec.Struct, frozen=True):
    """One of the choices that a form offers, ticked or to be ticked by hand."""

    text: Text
    on: bool


Value: TypeAlias = tuple[Text | Tick, ...]
"""What stands in a place of a form; nothing: it is left to be filled by hand."""

WHOLE: Final = 12
"""So many columns a form has."""
HALF: Final = WHOLE // 2
THIRD: Final = WHOLE // 3


Of: TypeAlias = tuple[type[msgspec.Struct], str]
"""A field of what the record holds, by which a place is known that may be withheld."""


class Field(msgspec.Struct, frozen=True):
    """A place of a form. width: how many of its columns, with the label; lines: how high it is at
    least, so that there is room to write. of: the field that it is of; None: of several, or none.
    """

    label: Sentence
    value: Value
    width: int = HALF
    lines: int = 1
    of: Of | None = None


class Grid(msgspec.Struct, frozen=True):
    """Places of a form in rows that fill its width."""

    KIND: ClassVar = "grid"

    title: Sentence | None
    rows: list[list[Field]]


class Row(msgspec.Struct, frozen=True):
    """A row of a table. struck: what it says does not count any more."""

    cells: tuple[Value, ...]
    struck: bool = False


class Column(msgspec.Struct, frozen=True):
    """A column of a table; width: of its hundredths; of: as of a Field."""

    label: Sentence
    width: int
    of: Of | None = None


class Table(msgspec.Struct, frozen=True):
    """Things of one kind, one a row, under a head that every page repeats. empty: so many rows are
    there at least, to be filled by hand."""

    KIND: ClassVar = "table"

    title: Sentence
    columns: list[Column]
    rows: list[Row]
    empty: int = 0


class Picture(msgspec.Struct, frozen=True):
    """A photo, and what is known of it."""

    photo_id: UUID
    lines: list[str]


class Gallery(msgspec.Struct, frozen=True):
    """Photos. more: how many others there are that are not printed."""

    KIND: ClassVar = "gallery"

    title: Sentence
    pictures: list[Picture]
    more: int = 0


class Remark(msgspec.Struct, frozen=True):
    """A sentence that a reader of the paper has to know."""

    KIND: ClassVar = "remark"

    text: Sentence


class Signatures(msgspec.Struct, frozen=True):
    """Who signs, and when: one beside the other."""

    KIND: ClassVar = "signatures"

    places: list["Signature"]


class Signature(msgspec.Struct, frozen=True):
    """Where one signs, or a unit puts its seal."""

    label: Sentence
    is_seal: bool = False


class Counterfoil(msgspec.Struct, frozen=True):
    """What is cut off and kept by who gives the paper out."""

    KIND: ClassVar = "counterfoil"

    rows: list[list[Field]]
    signatures: Signatures


Part: TypeAlias = Grid | Table | Gallery | Remark | Signatures | Counterfoil


class Sheet(msgspec.Struct, frozen=True):
    """One paper. entry_id: of which entry it is; None: of the whole record. unit: who gives it
    out."""

    entry_id: UUID | None
    unit: str
    parts: list[Part]


def rows_of(*fields: Field) -> list[list[Field]]:
    """The places in rows, in their order; the last of a row is as wide as there is room."""
    rows: list[list[Field]] = []
    for row in _packed(fields):
        *before, last = row
        room = WHOLE - sum(one.width for one in before)
        rows.append([*before, msgspec.structs.replace(last, width=room)])
    return rows


def _packed(fields: Iterable[Field]) -> Iterator[list[Field]]:
    row: list[Field] = []
    for one in fields:
        if row and sum(each.width for each in row) + one.width > WHOLE:
            yield row
            row = []
        row.append(one)
    if row:
        yield row


def grid(title: Sentence | None, *fields: Field) -> Grid:
    """A form of these places."""
    return Grid(title, rows_of(*fields))
