"""The cells of a file of a spreadsheet: CSV in UTF-8 or XLSX, told apart by what is in it."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

from python_calamine import CalamineWorkbook

from wildlife.words.speaking import said

Rows: TypeAlias = Iterator[tuple[int, list[str]]]
"""The cells of each row, with the number that a person sees beside it."""

_ZIP: Final = b"PK\x03\x04"
# Of Excel up to 2003, and of what is locked by a password.
_OLE: Final = b"\xd0\xcf\x11\xe0"


def rows_of(file: Path) -> Rows:
    """The rows of a file. Raises ValueError, with a sentence, where it is neither CSV nor XLSX."""
    with file.open("rb") as opened:
        begins = opened.read(len(_ZIP))
    if begins == _ZIP:
        return _xlsx_rows(file)
    if begins == _OLE:
        raise ValueError(
            said(
                f"{file} can't be read: it is of an Excel before 2007, or locked by a password."
                " Save it as XLSX, without a password.",
                f"{file} 无法读取：它是 2007 年以前的 Excel 格式，或者设有密码。请去掉密码，"
                "另存为 XLSX。",
            )
        )
    if file.suffix.lower() == ".xlsx":
        raise ValueError(
            said(
                f"{file} can't be read as XLSX: it is called so and is something else. Open it in"
                " the program that made it and save it as XLSX.",
                f"{file} 无法按 XLSX 读取：只是名称如此，内容并不是。请用生成它的软件打开，"
                "另存为 XLSX。",
            )
        )
    return _csv_rows(file)


def _csv_rows(file: Path) -> Rows:
    number = 0
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            for cells in reader:
                number = reader.line_num
                yield number, cells
    except UnicodeDecodeError:
        raise ValueError(
            said(
                f"{file} is not UTF-8; save it as “CSV UTF-8”.",
                f"{file} 不是 UTF-8 编码；请另存为“CSV UTF-8”。",
            )
        ) from None
    except csv.Error:
        raise ValueError(
            said(
                f"{file} can't be read as CSV after line {number}: a cell has no end. Look there"
                " for a quotation mark that stands alone.",
                f"{file} 第 {number} 行之后无法按 CSV 读取：有一个单元格没有结尾。"
                "请检查那里是否有单独的引号。",
            )
        ) from None


def _xlsx_rows(file: Path) -> Rows:
    try:
        sheet = CalamineWorkbook.from_path(file).get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except Exception:  # calamine has a class of error for each layer of the format
        raise ValueError(
            said(
                f"{file} can't be read as XLSX: it is damaged, or has no sheet. Open it, save it as"
                " XLSX anew, or fetch it once more.",
                f"{file} 无法按 XLSX 读取：文件已损坏，或没有工作表。请打开后重新另存为 XLSX，"
                "或重新获取。",
            )
        ) from None
    for number, cells in enumerate(rows, start=1):
        yield number, [_cell_text(cell) for cell in cells]


def _cell_text(cell: object) -> str:
    match cell:
        case float() if cell.is_integer():
            return str(int(cell))
        case date():
            return cell.isoformat()[:10]
        case _:
            return str(cell)
