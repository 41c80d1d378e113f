"""XLSX, row by row: no more of it is in memory than a row; what is written lies in files in a
folder, as large as the sheets without compression. Tables come one after the other.

Texts are cells of text, so that badges and codes keep their zeros and none is a formula; numbers,
truths and times (in their own zone) are what they are. A sheet that is full goes on in another.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from wildlife.tables.columns import Cells, Column, Kind

ROWS_A_SHEET: Final = 1_048_576
"""With the headings."""
CHARACTERS_A_CELL: Final = 32_767

_EARLIEST_YEAR: Final = 1900
_WIDTHS: Final = {Kind.TEXT: 16, Kind.CODE: 16, Kind.NUMBER: 10, Kind.TIME: 19, Kind.YES_NO: 8}
_MOST_WIDTH: Final = 40
_OF_ABOUT: Final = (24, 80)


class XlsxWriter:
    """Writes tables into the file at `path`. What it holds is done in the calling thread.

    language: of the headings; None: the names of the columns. rows_a_sheet: those of a test may be
    fewer.
    """

    def __init__(
        self, path: Path, language: str | None, *, rows_a_sheet: int = ROWS_A_SHEET
    ) -> None:
        self._language, self._rows_a_sheet = language, rows_a_sheet
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self._book = Workbook(str(path), options)
        self._bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._time = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        # So that what is typed into a cell of it stays a text, too.
        self._text = self._book.add_format({"num_format": "@"})
        self._name, self._columns, self._kinds = "", list[Column](), list[Kind]()
        self._sheets = self._next = 0
        self._sheet: Worksheet | None = None

    def begin(self, name: str, columns: Sequence[Column]) -> None:
        """Begin a table on a sheet of this name; the one before is done."""
        self._end_sheet()
        self._name, self._columns, self._sheets = name, [*columns], 0
        self._kinds = [one.kind for one in columns]
        self._begin_sheet()

    def rows(self, rows: Iterable[Cells]) -> None:
        """Write so many rows more of the table that was begun last."""
        for row in rows:
            sheet, at = self._place()
            for number, (kind, value) in enumerate(zip(self._kinds, row, strict=True)):
                if value is None:
                    continue
                if kind is Kind.TEXT or kind is Kind.CODE:
                    sheet.write_string(at, number, _fitting(value), self._text)
                elif kind is Kind.NUMBER:
                    sheet.write_number(at, number, value)
                elif kind is Kind.YES_NO:
                    sheet.write_boolean(at, number, value)
                elif value.year < _EARLIEST_YEAR:  # Excel's calendar begins there
                    sheet.write_string(at, number, value.isoformat())
                else:
                    sheet.write_datetime(at, number, value.replace(tzinfo=None), self._time)

    def note(self, text: str) -> None:
        """A row that says something in its first cell, and nothing in the others."""
        sheet, at = self._place()
        sheet.write_string(at, 0, _fitting(text), self._bold)

    def close(self, about: str, said: Iterable[tuple[str, str]]) -> None:
        """Write a sheet of this name that says in pairs what the tables are, and the file."""
        self._end_sheet()
        sheet = self._book.add_worksheet(about)
        for column, width in enumerate(_OF_ABOUT):
            sheet.set_column(column, column, width)
        for at, (what, told) in enumerate(said):
            sheet.write_string(at, 0, _fitting(what), self._bold)
            sheet.write_string(at, 1, _fitting(told), self._wrapped)
        self._book.close()

    def _place(self) -> tuple[Any, int]:
        """Where the next row goes."""
        if self._next == self._rows_a_sheet:
            self._end_sheet()
            self._begin_sheet()
        self._next += 1
        return self._sheet, self._next - 1

    def _begin_sheet(self) -> None:
        self._sheets += 1
        number = "" if self._sheets == 1 else f" {self._sheets}"
        sheet = self._book.add_worksheet(f"{self._name}{number}")
        for at, column in enumerate(self._columns):
            heading = column.called(self._language)
            width = max(_WIDTHS[column.kind], min(2 * len(heading), _MOST_WIDTH))
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, heading, self._bold)
        sheet.freeze_panes(1, 0)
        self._sheet, self._next = sheet, 1

    def _end_sheet(self) -> None:
        if self._sheet is not None and self._columns:
            self._sheet.autofilter(0, 0, self._next - 1, len(self._columns) - 1)


def _fitting(value: Any) -> str:
    """A text as a cell holds it; of one that is too long, that it goes on."""
    text = str(value)
    if len(text) <= CHARACTERS_A_CELL // 2:
        return text
    units = text.encode("utf-16-le")  # as Excel counts: a rare Chinese character is two
    if len(units) <= 2 * CHARACTERS_A_CELL:
        return text
    return units[: 2 * (CHARACTERS_A_CELL - 1)].decode("utf-16-le", "ignore") + "…"
