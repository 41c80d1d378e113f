"""The annual report as a page to be printed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

from markupsafe import Markup

from wildlife.rescues.codes import Outcome
from wildlife.statistics.annual.report import AnnualReport, Figures, Line, sum_of
from wildlife.statistics.annual.svg import Series, bars, columns
from wildlife.web.printed import PrintedPage
from wildlife.words.vocabularies import Protection

PAGE: Final = PrintedPage(Path(__file__).parent, "report", images=False)


class _Unit(NamedTuple):
    lines: list[Line]
    figures: Figures


def page(report: AnnualReport) -> str:
    """The report in Chinese, on A4 across."""
    return PAGE.render(
        report=report,
        units=[*_units(report.lines)],
        left=outcomes_of(report.total.left),
        later=outcomes_of(report.total.later),
        months=Markup(_months(report)),  # noqa: S704 - ours, with what it names escaped
        protections=Markup(_protections(report)),  # noqa: S704
        outcomes=Markup(_outcomes(report)),  # noqa: S704
        as_of=_moment(report.as_of),
        made_at=_moment(report.made.at),
    )


def outcomes_of(heads: Iterable[Outcome]) -> list[Outcome]:
    """Those that occur, in their order."""
    occurring = {*heads}
    return [one for one in Outcome if one in occurring]


def _units(lines: Iterable[Line]) -> Iterator[_Unit]:
    for _, of_unit in groupby(lines, key=attrgetter("unit_code")):
        together = [*of_unit]
        yield _Unit(together, sum_of(line.figures for line in together))


def _months(report: AnnualReport) -> str:
    return columns(
        "各月收容、放归、死亡",
        [f"{one.month}月" for one in report.months],
        [
            Series("收容", [one.received for one in report.months]),
            Series("放归", [one.released for one in report.months]),
            Series("死亡", [one.died for one in report.months]),
        ],
    )


def _protections(report: AnnualReport) -> str:
    received: Counter[Protection | None] = Counter()
    for line in report.lines:
        received[line.protection] += line.figures.received
    rows = [(one.zh if one else "不详", received[one]) for one in (*Protection, None)]
    return bars("本年收容（按保护级别）", rows)


def _outcomes(report: AnnualReport) -> str:
    left = report.total.left
    return bars("本年离开救护（按去向）", [(one.zh, left[one]) for one in outcomes_of(left)])


def _moment(at: datetime) -> str:
    return f"{at.year}年{at.month}月{at.day}日 {at.hour:02}时{at.minute:02}分{at.second:02}秒"
