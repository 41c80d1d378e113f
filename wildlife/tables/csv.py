"""CSV (RFC 4180), as Excel on Chinese Windows opens it: UTF-8 that says so by its first bytes.

No cell is a formula, whoever wrote what stands in it: a text that a spreadsheet would take for one
has an apostrophe before it. A text that begins so by itself has one more: who takes one apostrophe
off each text that `is_guarded` says of has all texts as they were.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from wildlife.tables.columns import NO, YES, Cells, Column, Kind, in_language, local

BOM: Final = "\ufeff".encode()

# What begins a formula in any spreadsheet, also in another width and behind what some of them skip.
_BEGINS: Final = "=+-@＝＋－＠﹦﹢﹣﹫−"
_UNSEEN: Final = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
_FORMULA: Final = re.compile(rf"[\s'{_UNSEEN}]*[{re.escape(_BEGINS)}]|'*[\t\r\n]")
_SPACES: Final = {character for character in map(chr, range(0x3001)) if character.isspace()}
_SUSPECT: Final = frozenset(f"{_BEGINS}{_UNSEEN}'") | _SPACES
_GUARDED: Final = re.compile(rf"'(?:{_FORMULA.pattern})")

_TO_QUOTE: Final = re.compile(r'[,"\r\n]')
_QUOTE, _TWO_QUOTES = '"', '""'


def guarded(text: str) -> str:
    """A text as it stands in a cell."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The text that stands in a cell."""
    return cell[1:] if _GUARDED.match(cell) else cell


class CsvWriter:
    """Writes a table piece by piece; column by column, which takes half as long as row by row.

    language: of the headings, in which times are written for people to read (in their own zone, as
    `2024-08-04 10:30:00`) and truths in words. None: for programs, with the names of the columns,
    RFC 3339, and `true`.
    """

    def __init__(self, columns: Sequence[Column], language: str | None) -> None:
        self._columns, self._language = columns, language
        self._writing = [_writing(one.kind, language) for one in columns]

    def head(self) -> bytes:
        """What the file begins with: its headings."""
        headings = [guarded(one.called(self._language)) for one in self._columns]
        return BOM + _lines([_quoted([one]) for one in headings])

    def rows(self, rows: Sequence[Cells]) -> bytes:
        """So many rows more."""
        columns = zip(self._writing, zip(*rows, strict=True), strict=False)
        return _lines([write(cells) for write, cells in columns])

    def note(self, text: str) -> bytes:
        """A row that says something in its first cell, and nothing in the others."""
        return _lines([_quoted([guarded(text)]), *[[""]] * (len(self._columns) - 1)])


def _lines(columns: Sequence[Sequence[str]]) -> bytes:
    """The rows of columns that are written."""
    if len(columns) == 1:  # else a cell in which nothing is would be no row
        columns = [[one or '""' for one in columns[0]]]
    return "".join([",".join(row) + "\r\n" for row in zip(*columns, strict=True)]).encode()


def _writing(kind: Kind, language: str | None) -> Callable[[Cells], list[str]]:
    """What writes the cells of a column."""
    written: Callable[[Any], str] = str
    match kind:
        case Kind.TEXT | Kind.CODE:
            return _texts if kind is Kind.TEXT else _codes
        case Kind.TIME:
            written = datetime.isoformat if language is None else local
        case Kind.YES_NO:
            words = ("false", "true") if language is None else _words(language)
            written = words.__getitem__
        case Kind.NUMBER:
            pass
    return lambda cells: ["" if one is None else written(one) for one in cells]


def _texts(cells: Cells) -> list[str]:
    texts = ["" if one is None else one for one in cells]
    if any(one[0] in _SUSPECT for one in texts if one):
        texts = [guarded(one) for one in texts]
    return _quoted(texts)


def _codes(cells: Cells) -> list[str]:
    """Also of ids."""
    return _quoted(
        ["" if one is None else one if isinstance(one, str) else str(one) for one in cells]
    )


def _quoted(texts: list[str]) -> list[str]:
    if _TO_QUOTE.search("".join(texts)) is None:
        return texts
    return [
        f'"{one.replace(_QUOTE, _TWO_QUOTES)}"' if _TO_QUOTE.search(one) else one for one in texts
    ]


def _words(language: str) -> tuple[str, str]:
    return in_language(NO, language), in_language(YES, language)
