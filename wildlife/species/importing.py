"""Reading species lists from CSV and XLSX: every bad row named, and nothing half imported.

A row is a taxon on a list. Its columns may be called as in the project's own register, or in
Chinese as the announcements call them; what a list file leaves out (English name, aliases, days)
is taken from the list or left as the register has it.

One rule for the day from which a list holds: the day that its announcement bears, whenever it was
published.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from wildlife.species.announced import (
    COLUMNS,
    OTHER_COLUMNS,
    ProtectionList,
    read_announced,
)
from wildlife.species.listed import REQUIRED, ListedTaxon, read_row
from wildlife.species.sheets import rows_of
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
    """The lists that a CSV (UTF-8) or XLSX file announces, by their code.

    Raises ValueError with all that is wrong with the file.
    """
    (_, header), *rows = [*rows_of(file)] or [(0, [])]
    lists: dict[str, ProtectionList] = {}
    absent = [name for name in COLUMNS if name not in header]
    wrong = [said(f"it has no column {name}", f"没有 {name} 列") for name in absent]
    # A region that nobody reads would make of its list one that holds everywhere.
    known = ", ".join((*COLUMNS, *OTHER_COLUMNS))
    wrong += [
        said(
            f"it has a column {title!r}, which is none of {known}",
            f"{title!r} 列不是可用的列（{known}）",
        )
        for title in header
        if title and title not in (*COLUMNS, *OTHER_COLUMNS)
    ]
    wrong += [
        said(f"it has {count} columns {title}", f"{title} 列出现了 {count} 次")
        for title, count in Counter(header).items()
        if title and count > 1
    ]
    for number, cells in () if wrong else rows:
        values = dict.fromkeys(header, "") | dict(
            zip(header, (cell.strip() for cell in cells), strict=False)
        )
        if not any(values.values()):
            continue
        try:
            announced = read_announced(values)
            if announced.list in lists:
                raise ValueError(
                    said(f"{announced.list} stands there twice", f"{announced.list} 出现了两次")
                )
            lists[announced.list] = announced
        except ValueError as error:
            wrong.append(str(BadRow(number, str(error))))
    if wrong:
        raise ValueError(
            said(
                f"{file} is no CSV of announced lists: {'; '.join(wrong)}",
                f"{file} 不是公布名录的 CSV：{'；'.join(wrong)}",
            )
        )
    return lists


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
    rows = rows_of(file)
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
