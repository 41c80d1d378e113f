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
        return f"row {self.row}: {self.reason}"


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
        raise ValueError(f"{file} is no CSV of announced lists: it has no column list")
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
        raise ValueError(f"{file} is no CSV of announced lists: {error}") from None
    return {
        announced.list: replace(announced, jurisdiction=prefix_of(announced.jurisdiction or ""))
        for announced in lists
    }


def read_species(file: Path, lists: dict[str, ProtectionList]) -> SpeciesFile:
    """The rows of a CSV (UTF-8) or XLSX file.

    Raises ValueError where it is no such file or lacks a column without which no row is whole.
    """
    rows = _xlsx_rows(file) if file.suffix.lower() == ".xlsx" else _csv_rows(file)
    header = next(rows, None)
    if header is None:
        raise ValueError(f"{file} is empty.")
    columns = _find_columns(header[1])
    absent = [name for name in REQUIRED if name not in columns]
    if absent:
        wanted = "; ".join(" or ".join(_COLUMNS[name]) for name in absent)
        raise ValueError(f"{file} has no column {wanted}; its first row is its header.")
    taxa, bad_rows = [], []
    for number, cells in rows:
        values = {
            name: cells[at].strip() if at < len(cells) else "" for name, at in columns.items()
        }
        if not any(values.values()):
            continue
        try:
            taxa.append(read_row(number, values, lists))
        except ValueError as error:
            bad_rows.append(BadRow(number, str(error)))
    bad_rows += _contradictions(taxa)
    unread = [title for at, title in enumerate(header[1]) if title and at not in columns.values()]
    return SpeciesFile(taxa, sorted(bad_rows, key=lambda bad: bad.row), unread)


def _find_columns(header: list[str]) -> dict[str, int]:
    """Where each column is. Raises ValueError where two are the same."""
    found: dict[str, int] = {}
    for at, title in enumerate(header):
        for name, titles in _COLUMNS.items():
            if title.strip().lower() in titles:
                if name in found:
                    raise ValueError(
                        f"The columns {header[found[name]]} and {title} are the same one ({name});"
                        " keep one of them."
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
        raise ValueError(f"{file} is not UTF-8; save it as “CSV UTF-8”.") from None
    except csv.Error as error:
        raise ValueError(f"{file} can't be read as CSV: {error}") from None


def _xlsx_rows(file: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        sheet = CalamineWorkbook.from_path(file).get_sheet_by_index(0)
    except Exception as error:  # calamine has a class of error for each layer of the format
        raise ValueError(f"{file} can't be read as XLSX: {error}") from None
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
                f"{taxon.scientific_name} has another protection by row {before.row},"
                f" which ends {before.valid_to or 'on no day'}",
            )
        longest[protected] = max(before or taxon, taxon, key=_end)
        owner = by_name.setdefault(taxon.chinese_name, taxon.scientific_name)
        if owner != taxon.scientific_name:
            yield BadRow(taxon.row, f"{taxon.chinese_name} is also the name of {owner}")


def _end(taxon: ListedTaxon) -> date:
    return taxon.valid_to or date.max
