"""Reading species lists from CSV and XLSX: every bad row named, and nothing half imported.

A row is a taxon on a list. Its columns may be called as in the project's own register, or in
Chinese as the announcements call them; what a list file leaves out (English name, aliases, days)
is taken from the list or left as the register has it.

One rule for the day from which a list holds: the day that its announcement bears, whenever it was
published.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from wildlife.species.listed import (
    REQUIRED,
    ListedTaxon,
    ProtectionList,
    read_row,
    require_possible,
)
from wildlife.words.regions import prefix_of
from wildlife.words.speaking import said
from wildlife.words.vocabularies import Protection

REGISTER: Final = Path(__file__).parent / "register.csv"
LISTS: Final = Path(__file__).parent / "lists.csv"

_COLUMNS: Final = {
    "scientific_name": ("scientific_name", "学名", "拉丁名", "拉丁学名"),
    "chinese_name": ("chinese_name", "zh", "中文名", "中文名称", "物种名称"),
    "aliases": ("aliases", "别名", "俗名"),
    "pinyin": ("pinyin", "拼音"),
    "english_name": ("english_name", "en", "英文名"),
    "rank": ("rank", "等级"),
    "class": ("class", "clazz", "纲", "纲名"),
    "order": ("order", "order_zh", "目", "目名"),
    "family": ("family", "family_zh", "科", "科名"),
    "alien": ("alien", "外来"),
    "list": ("list", "名录"),
    "protection": ("protection", "保护级别"),
    "valid_from": ("valid_from", "生效日"),
    "valid_to": ("valid_to", "失效日"),
    "note": ("note", "备注"),
    "authority": ("authority", "主管部门", "aquatic", "水生"),
    "population": ("population", "种群"),
    "native_to": ("native_to", "自然分布"),
}


class BadRow(msgspec.Struct, frozen=True):
    """A row that can't be imported: where it is, what is wrong with it."""

    row: int
    reason: str

    def __str__(self) -> str:
        return said(f"row {self.row}: {self.reason}", f"第 {self.row} 行：{self.reason}")


class SpeciesFile(msgspec.Struct, frozen=True):
    """What a file says: its good rows, and what is wrong with the others."""

    taxa: list[ListedTaxon]
    bad_rows: list[BadRow]
    unread: list[str]
    """The titles of columns that say nothing to the register."""

    def counts(self) -> Counter[str]:
        """How many taxa each list has in this file."""
        return Counter(taxon.list or Protection.UNLISTED.value for taxon in self.taxa)


def read_lists(file: Path = LISTS) -> dict[str, ProtectionList]:
    """The announced lists by their code.

    Raises ValueError where the file is no such CSV.
    """
    header, *rows = [cells for _, cells in _csv_rows(file)] or [[]]
    if "list" not in header:
        raise ValueError(
            said(
                f"{file} is no CSV of announced lists: it has no column list",
                f"{file} 不是公布名录的 CSV：没有 list 列",
            )
        )
    try:
        lists = msgspec.convert(
            [
                dict(zip(header, (cell or None for cell in row), strict=False))
                for row in rows
                if row
            ],
            list[ProtectionList],
            strict=False,
        )
        for announced in lists:
            require_possible(announced.valid_from, "valid_from")
            require_possible(announced.valid_to, "valid_to")
    except ValueError as error:
        raise ValueError(
            said(
                f"{file} is no CSV of announced lists: {error}",
                f"{file} 不是公布名录的 CSV：{error}",
            )
        ) from None
    return {
        announced.list: replace(announced, jurisdiction=prefix_of(announced.jurisdiction or ""))
        for announced in lists
    }


class Sheet(msgspec.Struct, frozen=True):
    """The cells of a file, with the numbers of their rows, and where each column is."""

    header: list[str]
    columns: dict[str, int]
    rows: list[tuple[int, list[str]]]


def read_species(file: Path, lists: dict[str, ProtectionList]) -> SpeciesFile:
    """The rows of a CSV (UTF-8) or XLSX file. Raises ValueError as `read_sheet` does."""
    return taxa_of(read_sheet(file), lists)


def read_sheet(file: Path) -> Sheet:
    """The cells of a CSV (UTF-8) or XLSX file.

    Raises ValueError where it is no such file or lacks a column without which no row is whole.
    """
    rows = _xlsx_rows(file) if file.suffix.lower() == ".xlsx" else _csv_rows(file)
    header = next(rows, None)
    if header is None:
        raise ValueError(said(f"{file} is empty.", f"{file} 是空文件。"))
    columns = _find_columns(header[1])
    absent = [name for name in REQUIRED if name not in columns]
    if absent:
        wanted = "; ".join(" or ".join(_COLUMNS[name]) for name in absent)
        wanted_zh = "；".join("/".join(_COLUMNS[name]) for name in absent)
        raise ValueError(
            said(
                f"{file} has no column {wanted}; its first row is its header.",
                f"{file} 缺少列 {wanted_zh}；首行应为列名。",
            )
        )
    return Sheet(header[1], columns, [*rows])


def taxa_of(sheet: Sheet, lists: dict[str, ProtectionList]) -> SpeciesFile:
    """What the rows say, by these lists."""
    taxa, bad_rows = [], []
    for number, cells in sheet.rows:
        values = {
            name: cells[at].strip() if at < len(cells) else "" for name, at in sheet.columns.items()
        }
        if not any(values.values()):
            continue
        try:
            taxa.append(read_row(number, values, lists))
        except ValueError as error:
            bad_rows.append(BadRow(number, str(error)))
    bad_rows += _contradictions(taxa)
    read = sheet.columns.values()
    unread = [title for at, title in enumerate(sheet.header) if title and at not in read]
    return SpeciesFile(taxa, sorted(bad_rows, key=lambda bad: bad.row), unread)


def _find_columns(header: list[str]) -> dict[str, int]:
    """Where each column is. Raises ValueError where two are the same."""
    found: dict[str, int] = {}
    for at, title in enumerate(header):
        for name, titles in _COLUMNS.items():
            if title.strip().lower() in titles:
                if name in found:
                    raise ValueError(
                        said(
                            f"The columns {header[found[name]]} and {title} are the same one"
                            f" ({name}); keep one of them.",
                            f"{header[found[name]]} 与 {title} 是同一列（{name}）；请只保留一列。",
                        )
                    )
                found[name] = at
    return found


def _csv_rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines)
            for cells in reader:
                yield reader.line_num, cells
    except UnicodeDecodeError:
        raise ValueError(
            said(
                f"{file} is not UTF-8; save it as “CSV UTF-8”.",
                f"{file} 不是 UTF-8 编码；请另存为“CSV UTF-8”。",
            )
        ) from None
    except csv.Error as error:
        raise ValueError(
            said(f"{file} can't be read as CSV: {error}", f"{file} 无法按 CSV 读取：{error}")
        ) from None


def _xlsx_rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        sheet = CalamineWorkbook.from_path(file).get_sheet_by_index(0)
    except Exception as error:  # calamine has a class of error for each layer of the format
        raise ValueError(
            said(f"{file} can't be read as XLSX: {error}", f"{file} 无法按 XLSX 读取：{error}")
        ) from None
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        yield number, [_cell_text(cell) for cell in cells]


def _cell_text(cell: object) -> str:
    match cell:
        case float() if cell.is_integer():
            return str(int(cell))
        case date():
            return cell.isoformat()[:10]
        case _:
            return str(cell)


def _contradictions(taxa: Iterable[ListedTaxon]) -> Iterator[BadRow]:
    """Rows that can't both be: two periods at once of one jurisdiction, one name for two taxa."""
    longest: dict[tuple[str, str], ListedTaxon] = {}
    by_name: dict[str, str] = {}
    for taxon in sorted(taxa, key=lambda t: (t.species_id, t.valid_from, t.row)):
        protected = taxon.species_id, taxon.jurisdiction
        before = longest.get(protected)
        if before is not None and taxon.valid_from <= _end(before):
            yield BadRow(
                taxon.row,
                said(
                    f"{taxon.scientific_name} has another protection by row {before.row},"
                    f" which ends {before.valid_to or 'on no day'}",
                    f"{taxon.scientific_name} 按第 {before.row} 行另有保护级别，"
                    f"{f'至 {before.valid_to}' if before.valid_to else '没有终止日'}",
                ),
            )
        longest[protected] = max(before or taxon, taxon, key=_end)
        owner = by_name.setdefault(taxon.chinese_name, taxon.scientific_name)
        if owner != taxon.scientific_name:
            reason = said(
                f"{taxon.chinese_name} is also the name of {owner}",
                f"{taxon.chinese_name} 也是 {owner} 的名称",
            )
            yield BadRow(taxon.row, reason)


def _end(taxon: ListedTaxon) -> date:
    return taxon.valid_to or date.max
