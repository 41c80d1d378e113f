"""What announces a list of protected species: its number, when and where it holds. Pure."""

import re
from datetime import date
from typing import Final

import msgspec

from wildlife.words.regions import A_REGION_OR_ITS_BEGINNING, prefix_of
from wildlife.words.speaking import said
from wildlife.words.values import DAY, EARLIEST, LATEST

COLUMNS: Final = ("list", "title", "issued_by", "valid_from", "valid_to", "taxa")
"""What a file that announces lists has at least."""
OTHER_COLUMNS: Final = ("jurisdiction",)
"""What it has where one of them holds in a region."""

_LONGEST: Final = 200
_MOST_TAXA: Final = 1_000_000


class ProtectionList(msgspec.Struct, frozen=True):
    """An announced list: its number, from when to when it holds, how many taxa it names, where."""

    list: str
    title: str
    issued_by: str
    valid_from: date
    valid_to: date | None
    taxa: int | None
    jurisdiction: str | None = None
    """The region in which it holds, by what its codes begin with; none: in the whole country."""


def read_announced(values: dict[str, str]) -> ProtectionList:
    """What the cells of a row announce, by the names of their columns. Raises ValueError."""
    for name in ("list", "title", "issued_by", "valid_from"):
        if not values[name]:
            raise ValueError(said(f"{name} is empty", f"{name} 为空"))
    for name, value in values.items():
        require_text(name, value, _LONGEST)
    valid_from = read_day("valid_from", values["valid_from"])
    valid_to = read_day("valid_to", values["valid_to"]) if values["valid_to"] else None
    require_order(valid_from, valid_to)
    taxa = values["taxa"]
    if taxa and not (re.fullmatch("[0-9]{1,7}", taxa) and int(taxa) <= _MOST_TAXA):
        raise ValueError(
            said(
                f"taxa {taxa!r} is no whole number up to {_MOST_TAXA}",
                f"taxa {taxa!r} 不是 {_MOST_TAXA} 以内的整数",
            )
        )
    jurisdiction = values.get("jurisdiction", "")
    if jurisdiction:
        require_region("jurisdiction", jurisdiction)
    return ProtectionList(
        list=values["list"],
        title=values["title"],
        issued_by=values["issued_by"],
        valid_from=valid_from,
        valid_to=valid_to,
        taxa=int(taxa) if taxa else None,
        jurisdiction=prefix_of(jurisdiction),
    )


def require_text(name: str, value: str, longest: int) -> None:
    """Raises ValueError for what no text may be."""
    if "\0" in value:
        raise ValueError(
            said(f"{name} contains U+0000, which no text has", f"{name} 含有空字符（U+0000）")
        )
    if len(value) > longest:
        raise ValueError(
            said(f"{name} has more than {longest} characters", f"{name} 超过 {longest} 个字符")
        )


def read_day(name: str, text: str) -> date:
    """Raises ValueError for what is no day, and for one of which no list can be."""
    try:
        if re.fullmatch(DAY, text) is None:
            raise ValueError(text)
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(
            said(
                f"{name} {text!r} is no day like 2023-06-26",
                f"{name} {text!r} 不是日期，如 2023-06-26",
            )
        ) from None
    if not EARLIEST.year <= day.year < LATEST.year:
        raise ValueError(
            said(
                f"{name} {day} is not within {EARLIEST.year} and {LATEST.year - 1}",
                f"{name} {day} 不在 {EARLIEST.year} 至 {LATEST.year - 1} 年之间",
            )
        )
    return day


def require_order(valid_from: date, valid_to: date | None) -> None:
    """Raises ValueError where the last day comes before the first."""
    if valid_to is not None and valid_to < valid_from:
        raise ValueError(
            said(
                f"valid_to {valid_to} is before valid_from {valid_from}",
                f"valid_to {valid_to} 早于 valid_from {valid_from}",
            )
        )


def require_region(name: str, text: str) -> None:
    """Raises ValueError for what is no region code, nor the beginning of one."""
    if not re.search(A_REGION_OR_ITS_BEGINNING, text):
        raise ValueError(
            said(
                f"{name} {text!r} is no region code, nor the beginning of one",
                f"{name} {text!r} 不是行政区划代码，也不是其开头",
            )
        )
