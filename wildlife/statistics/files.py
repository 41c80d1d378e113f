"""A statistic as a file: a row for each group, and the last one for all."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from typing import Any, Final, NamedTuple

from wildlife.lists.formats.csv import CSV
from wildlife.lists.formats.format import Asking, Format
from wildlife.lists.formats.xlsx import in_turn, workbook
from wildlife.statistics.answers import Group, Statistic
from wildlife.statistics.groupings import Grouping
from wildlife.tables.columns import TOTAL, Cells, Column, Kind, in_language
from wildlife.tables.csv import CsvWriter
from wildlife.tables.flat import LABEL, flatten
from wildlife.tables.xlsx import XlsxWriter
from wildlife.web.bodies import Streamed
from wildlife.words.fields import heading_of
from wildlife.words.sentences import Sentence

_LEFT_OUT: Final = "groups_left_out"
_GROUPS: Final = Sentence("Groups", "组数")


class _Table(NamedTuple):
    columns: list[Column]
    groups: list[Cells]
    left_out: str | None
    """That there are more groups, and how many."""
    total: Cells


def in_file(
    asking: Asking, format_: Format, statistic: Statistic[Any], groups: Sequence[Grouping]
) -> Streamed:
    """The statistic in one of `STATISTIC_FORMATS`."""
    if format_.name == CSV.name:
        return format_.sent(
            asking, _csv(_table(statistic, groups, asking.labels), asking.labels), {}
        )

    async def fill(writer: XlsxWriter, language: str) -> list[tuple[str, str]]:
        table = _table(statistic, groups, language)
        await in_turn(_write, writer, in_language(asking.called, language), table)
        return [*_counted(statistic, language)]

    return format_.sent(asking, workbook(asking, fill), {})


async def _csv(table: _Table, language: str | None) -> AsyncGenerator[bytes, None]:
    writer = CsvWriter(table.columns, language)
    note = b"" if table.left_out is None else writer.note(table.left_out)
    rows = writer.rows(table.groups) if table.groups else b""
    yield b"".join([writer.head(), rows, note, writer.rows([table.total])])


def _write(writer: XlsxWriter, name: str, table: _Table) -> None:
    writer.begin(name, table.columns)
    writer.rows(table.groups)
    if table.left_out is not None:
        writer.note(table.left_out)
    writer.rows([table.total])


def _counted(statistic: Statistic[Any], language: str) -> Iterator[tuple[str, str]]:
    if statistic.group_by:
        yield in_language(_GROUPS, language), str(len(statistic.groups))
        left_out = heading_of(Statistic, _LEFT_OUT)
        yield in_language(left_out, language), str(statistic.groups_left_out)


def _table(statistic: Statistic[Any], groups: Sequence[Grouping], language: str | None) -> _Table:
    figures = flatten(type(statistic.total), None, language)
    keys = [column for one in groups for column in _key_columns(one, language)]
    of_lists = [Column("listed", heading_of(Group, "listed"))] if groups else []
    *each, of_all = figures.rows([*(one.figures for one in statistic.groups), statistic.total])
    rows: list[Cells] = [
        [*_key_cells(one, language), *cells, one.listed]
        for one, cells in zip(statistic.groups, each, strict=True)
    ]
    total = of_all
    if groups:
        word = TOTAL.en if language is None else in_language(TOTAL, language)
        total = [word, *[None] * (len(keys) - 1), *of_all, None]
    return _Table([*keys, *figures.columns, *of_lists], rows, _more(statistic, language), total)


def _key_columns(grouping: Grouping, language: str | None) -> Iterator[Column]:
    en, zh = f"{grouping.en[0].upper()}{grouping.en[1:]}", grouping.zh
    if language is None:
        yield Column(grouping.name, Sentence(en, zh), Kind.CODE)
    else:
        yield Column(grouping.name, Sentence(f"{en} (code)", f"{zh}（代码）"), Kind.CODE)
        yield Column(grouping.name + LABEL, Sentence(en, zh))


def _key_cells(group: Group[Any], language: str | None) -> Iterator[str | None]:
    for key in group.keys:
        yield key.code
        if language is not None:
            yield in_language(Sentence(key.en, key.zh), language)


def _more(statistic: Statistic[Any], language: str | None) -> str | None:
    left_out = statistic.groups_left_out
    if not left_out:
        return None
    if language is None:
        return f"{_LEFT_OUT}: {left_out}"
    said = Sentence(
        f"{left_out} smaller groups are left out; they count in the total",
        f"另有较小的 {left_out} 组未列出，已计入合计",
    )
    return in_language(said, language)
