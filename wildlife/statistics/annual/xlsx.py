"""The annual report as a workbook: its lines, the months, and what is counted."""

from collections.abc import Iterator
from typing import Final

import msgspec

from wildlife.lists.formats.xlsx import Fill, in_turn
from wildlife.rescues.codes import Outcome
from wildlife.statistics.annual.page import as_of_said
from wildlife.statistics.annual.report import AnnualReport, Figures, Line, Month, said_of
from wildlife.tables.columns import TOTAL, Cells, Column, in_language
from wildlife.tables.flat import flatten
from wildlife.tables.xlsx import XlsxWriter
from wildlife.words.fields import heading_of
from wildlife.words.sentences import Sentence

REPORT: Final = Sentence("Annual report", "年度报告")

_MONTHS: Final = Sentence("Months", "各月")
_COUNTED: Final = Sentence("What is counted", "指标说明")
_FIGURES: Final = "figures"
_OF_LINE: Final = [one.encode_name for one in msgspec.structs.fields(Line) if one.name != _FIGURES]
# Heads in care went nowhere.
_NEVER: Final = {f"{name}.{Outcome.IN_CARE}" for name in ("left", "later")}


def filling(report: AnnualReport) -> Fill:
    """What writes the workbook."""

    async def fill(writer: XlsxWriter, language: str) -> list[tuple[str, str]]:
        await in_turn(_write, writer, report, language)
        return [*_said(report, language)]

    return fill


def _write(writer: XlsxWriter, report: AnnualReport, language: str) -> None:
    columns, lines, total = _lines(report, language)
    writer.begin(in_language(REPORT, language), columns)
    writer.rows([*lines, total])
    months = flatten(Month, None, language)
    writer.begin(in_language(_MONTHS, language), months.columns)
    writer.rows(months.rows(report.months))


def _lines(report: AnnualReport, language: str) -> tuple[list[Column], list[Cells], Cells]:
    """The columns, the lines, and the sum of them."""
    of_line, of_figures = flatten(Line, _OF_LINE, language), flatten(Figures, None, language)
    kept = [at for at, one in enumerate(of_figures.columns) if one.name not in _NEVER]
    heads = of_figures.rows([*(one.figures for one in report.lines), report.total])
    *each, of_all = [[row[at] for at in kept] for row in heads]
    named = of_line.rows(report.lines)
    lines: list[Cells] = [[*line, *figures] for line, figures in zip(named, each, strict=True)]
    columns = [*of_line.columns, *(of_figures.columns[at] for at in kept)]
    nothing = [None] * (len(of_line.columns) - 1)
    return columns, lines, [in_language(TOTAL, language), *nothing, *of_all]


def _said(report: AnnualReport, language: str) -> Iterator[tuple[str, str]]:
    as_of = in_language(as_of_said(report.as_of), language)
    for name, told in (
        ("region_name", report.region_name),
        ("station_name", report.station_name),
        ("as_of", as_of),
        ("digest", report.digest),
    ):
        if told is not None:
            yield in_language(heading_of(AnnualReport, name), language), told
    for one in report.definitions:
        yield in_language(_COUNTED, language), in_language(said_of(one), language)
