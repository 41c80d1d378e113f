"""The annual report as a workbook: its lines, the months, and what is counted."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from xlsxwriter import Workbook

from wildlife.rescues.codes import Outcome
from wildlife.statistics.annual.report import AnnualReport, Figures, Line
from wildlife.words.documented import label_of

_ENDS: Final = [one for one in Outcome if one is not Outcome.IN_CARE]
_LATER: Final = "后续："
_OF_LINE: Final = (
    *("unit_code", "unit", "species_id", "chinese_name", "scientific_name", "clazz", "order"),
    *("family", "protection", "source"),
)
_BEFORE: Final = ("stock_at_beginning", "received", "returned")


def workbook(report: AnnualReport) -> bytes:
    """The file. Texts stay texts, whatever they begin with: none is a formula, or an address."""
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        bold = book.add_format({"bold": True, "border": 1, "text_wrap": True, "valign": "top"})
        _write(book, "年度报告", [*_lines(report)], bold)
        _write(book, "各月", [*_months(report)], bold)
        _write(book, "说明", [*_about(report)], bold)
    return file.getvalue()


def _write(book: Any, name: str, rows: list[list[Any]], bold: Any) -> None:
    sheet = book.add_worksheet(name)
    heading, *others = rows
    sheet.write_row(0, 0, heading, bold)
    for at, row in enumerate(others, start=1):
        sheet.write_row(at, 0, row)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(others), len(heading) - 1)
    sheet.autofit(400)


def _lines(report: AnnualReport) -> Iterator[list[Any]]:
    yield [
        *(label_of(Line, name) for name in _OF_LINE),
        *(label_of(Figures, name) for name in _BEFORE),
        *(one.zh for one in _ENDS),
        label_of(Figures, "stock_at_end"),
        *(f"{_LATER}{one.zh}" for one in _ENDS),
    ]
    for line in report.lines:
        named = [getattr(line, name) for name in _OF_LINE]
        yield [*(getattr(one, "zh", one) for one in named), *_heads(line.figures)]
    yield ["合计", *[None] * (len(_OF_LINE) - 1), *_heads(report.total)]


def _heads(figures: Figures) -> list[int]:
    return [
        *(getattr(figures, name) for name in _BEFORE),
        *(figures.left.get(one, 0) for one in _ENDS),
        figures.stock_at_end,
        *(figures.later.get(one, 0) for one in _ENDS),
    ]


def _months(report: AnnualReport) -> Iterator[list[Any]]:
    yield ["月份", "收容", "放归", "死亡"]
    for one in report.months:
        yield [one.month, one.received, one.released, one.died]


def _about(report: AnnualReport) -> Iterator[list[Any]]:
    yield ["项目", "内容"]
    yield ["年度", report.year]
    yield ["行政区划", report.region or "查阅权限内全部"]
    yield ["单位", report.station or "全部"]
    yield ["统计截止时间", _moment(report.as_of)]
    yield ["编制人", f"{report.made.name}（{report.made.badge}）"]
    yield ["编制时间", _moment(report.made.at)]
    yield ["数据摘要值（SHA-256）", report.digest]
    for one in report.protection_lists:
        yield ["所依名录", f"{one.title}（{one.list}）"]
    for definition in report.definitions:
        yield ["指标说明", definition.zh]


def _moment(at: datetime) -> str:
    return at.isoformat(sep=" ")
