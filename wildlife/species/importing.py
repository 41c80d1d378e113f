"""Reading species lists from CSV and XLSX: every bad row named, and nothing half imported.

A row is a taxon on a list. Its columns may be called as in the project's own register, or in
Chinese as the announcements call them; what a list file leaves out (English name, aliases, days)
is taken from the list or left as the register has it.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from python_calamine import CalamineWorkbook

from wildlife.species.pinyin import pinyin
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
}
_REQUIRED: Final = ("scientific_name", "chinese_name", "protection")

# As lists are written elsewhere.
_PROTECTIONS: Final = {
    **{code.value: code for code in Protection},
    **{code.zh: code for code in Protection},
    "national_i": Protection.NATIONAL_1,
    "national_ii": Protection.NATIONAL_2,
    "一级": Protection.NATIONAL_1,
    "二级": Protection.NATIONAL_2,
    "未列入": Protection.UNLISTED,
}
_RANKS: Final = ("species", "group")
_YES_NO: Final = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}

# What a name may have at most: it is indexed, and no name is nearly as long.
_LONGEST_NAME: Final = 200

# A species has two or three Latin words; a group is `Cuora spp.` or the like.
_SCIENTIFIC_NAME = re.compile(r"[A-Z][A-Za-z]+( \([A-Z][a-z]+\))?( (spp\.|[a-z][a-z-]+)){1,2}")


class ProtectionList(msgspec.Struct, frozen=True):
    """An announced list: its number, from when to when it holds, how many taxa it names."""

    list: str
    title: str
    issued_by: str
    valid_from: date
    valid_to: date | None
    taxa: int | None


class ListedTaxon(msgspec.Struct, frozen=True, kw_only=True):
    """A row of a species list: a taxon, and its protection by a list over some days."""

    row: int
    scientific_name: str
    chinese_name: str
    protection: Protection
    aliases: list[str]
    list: str | None
    valid_from: date
    valid_to: date | None
    pinyin: str
    english_name: str
    rank: str
    class_: str
    order: str
    family: str
    alien: bool
    note: str

    @property
    def species_id(self) -> str:
        """The taxon's id: its scientific name in lower case, words joined by `_`."""
        words = re.findall(r"[a-z]+", self.scientific_name.lower())
        return "_".join(words)


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
    except msgspec.ValidationError as error:
        raise ValueError(f"{file} is no CSV of announced lists: {error}") from None
    return {announced.list: announced for announced in lists}


def read_species(file: Path, lists: dict[str, ProtectionList]) -> SpeciesFile:
    """The rows of a CSV (UTF-8) or XLSX file.

    Raises ValueError where it is no such file or lacks a column without which no row is whole.
    """
    rows = _xlsx_rows(file) if file.suffix.lower() == ".xlsx" else _csv_rows(file)
    header = next(rows, None)
    if header is None:
        raise ValueError(f"{file} is empty.")
    columns = _find_columns(header[1])
    absent = [name for name in _REQUIRED if name not in columns]
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
            taxa.append(_read_row(number, values, lists))
        except ValueError as error:
            bad_rows.append(BadRow(number, str(error)))
    bad_rows += _contradictions(taxa)
    return SpeciesFile(taxa, sorted(bad_rows, key=lambda bad: bad.row))


def _find_columns(header: list[str]) -> dict[str, int]:
    found = {}
    for at, title in enumerate(header):
        for name, titles in _COLUMNS.items():
            if title.strip().lower() in titles:
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


def _read_row(number: int, values: dict[str, str], lists: dict[str, ProtectionList]) -> ListedTaxon:
    for name, value in values.items():
        if not value and name in _REQUIRED:
            raise ValueError(f"{name} is empty")
        if "\0" in value:
            raise ValueError(f"{name} contains U+0000, which no text has")
    scientific_name = " ".join(values["scientific_name"].split())
    if not _SCIENTIFIC_NAME.fullmatch(scientific_name):
        raise ValueError(f"{scientific_name!r} is no scientific name (Genus species)")
    protection = _PROTECTIONS.get(values["protection"].lower())
    if protection is None:
        raise ValueError(f"protection {values['protection']!r} is none of {', '.join(Protection)}")
    code = values.get("list") or None
    if code is None and protection is not Protection.UNLISTED:
        raise ValueError(f"list is empty, though the protection is {protection.value}")
    if code is not None and code not in lists:
        raise ValueError(f"list {code!r} is none of {', '.join(lists)}")
    announced = lists.get(code) if code else None
    valid_from = _read_day(values, "valid_from", announced.valid_from if announced else None)
    valid_to = _read_last_day(values, announced)
    if valid_to is not None and valid_to < valid_from:
        raise ValueError(f"valid_to {valid_to} is before valid_from {valid_from}")
    rank = values.get("rank") or ("group" if scientific_name.endswith("spp.") else "species")
    if rank not in _RANKS:
        raise ValueError(f"rank {rank!r} is none of {', '.join(_RANKS)}")
    aliases = _read_aliases(values.get("aliases", ""))
    read_pinyin = values.get("pinyin") or pinyin(values["chinese_name"])
    english_name = values.get("english_name", "")
    for name in (scientific_name, values["chinese_name"], *aliases, read_pinyin, english_name):
        if len(name) > _LONGEST_NAME:
            raise ValueError(f"{name[:20]}… has more than {_LONGEST_NAME} characters")
    return ListedTaxon(
        row=number,
        scientific_name=scientific_name,
        chinese_name=values["chinese_name"],
        protection=protection,
        list=code,
        valid_from=valid_from,
        valid_to=valid_to,
        aliases=aliases,
        pinyin=read_pinyin,
        english_name=english_name,
        rank=rank,
        class_=values.get("class", ""),
        order=values.get("order", ""),
        family=values.get("family", ""),
        alien=_read_yes_no(values.get("alien") or "false"),
        note=values.get("note", ""),
    )


def _read_day(values: dict[str, str], name: str, default: date | None) -> date:
    if text := values.get(name):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{name} {text!r} is no day like 2023-06-26") from None
    if default is None:
        raise ValueError(f"{name} is empty, and no list says since when")
    return default


def _read_last_day(values: dict[str, str], announced: ProtectionList | None) -> date | None:
    if values.get("valid_to"):
        return _read_day(values, "valid_to", None)
    return announced.valid_to if announced else None


def _read_aliases(text: str) -> list[str]:
    return [alias.strip() for alias in re.split(r"[|;；、]", text) if alias.strip()]


def _read_yes_no(text: str) -> bool:
    try:
        return _YES_NO[text.lower()]
    except KeyError:
        raise ValueError(f"alien {text!r} is neither true nor false") from None


def _contradictions(taxa: Iterable[ListedTaxon]) -> Iterator[BadRow]:
    """Rows that can't both be: two periods at once, one name for two taxa."""
    longest: dict[str, ListedTaxon] = {}
    by_name: dict[str, str] = {}
    for taxon in sorted(taxa, key=lambda t: (t.species_id, t.valid_from, t.row)):
        before = longest.get(taxon.species_id)
        if before is not None and taxon.valid_from <= _end(before):
            yield BadRow(
                taxon.row,
                f"{taxon.scientific_name} has another protection by row {before.row},"
                f" which ends {before.valid_to or 'on no day'}",
            )
        longest[taxon.species_id] = max(before or taxon, taxon, key=_end)
        owner = by_name.setdefault(taxon.chinese_name, taxon.scientific_name)
        if owner != taxon.scientific_name:
            yield BadRow(taxon.row, f"{taxon.chinese_name} is also the name of {owner}")


def _end(taxon: ListedTaxon) -> date:
    return taxon.valid_to or date.max
