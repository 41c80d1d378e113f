"""The annual report as a page to be printed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from markupsafe import Markup

from wildlife.lists.formats.about import moment
from wildlife.rescues.codes import Outcome
from wildlife.statistics.annual.report import AnnualReport, Figures, Line, said_of, sum_of
from wildlife.statistics.annual.svg import Series, bars, columns
from wildlife.tables.columns import in_language
from wildlife.web.printed import PrintedPage
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import Code, Protection

PAGE: Final = PrintedPage(Path(__file__).parent, "report", images=False)

_NOT_KNOWN: Final = Sentence("not known", "不详")
_RECEIVED: Final = Sentence("received", "收容")
_RELEASED: Final = Sentence("released", "放归")
_DIED: Final = Sentence("died", "死亡")
_MONTHS: Final = Sentence("Received, released, died, by month", "各月收容、放归、死亡")
_PROTECTIONS: Final = Sentence("Received, by class of protection", "本年收容（按保护级别）")
_OUTCOMES: Final = Sentence("Left care, by outcome", "本年离开救护（按去向）")
_SAID: Final = {
    "region": Sentence("Region", "行政区划"),
    "everything": Sentence("all that its reader sees", "查阅权限内全部"),
    "responsible": Sentence("Responsible unit", "责任单位"),
    "all": Sentence("all", "全部"),
    "as_of": Sentence("As of", "统计截止"),
    "made": Sentence("Made by", "编制"),
    "in_heads": Sentence("In heads", "计量单位：只"),
    "months": _MONTHS,
    "protections": _PROTECTIONS,
    "outcomes": _OUTCOMES,
    "lines": Sentence("Rescued wildlife", "收容救护情况"),
    "species": Sentence("Species", "物种"),
    "taxa": Sentence("Order, family", "目、科"),
    "protection": Sentence("Protection", "保护级别"),
    "source": Sentence("Source", "来源"),
    "beginning": Sentence("Stock at\nbeginning", "年初\n在养"),
    "received": Sentence("Received", "本年\n收容"),
    "returned": Sentence("Returned", "收回"),
    "left": Sentence("Left care", "离开救护"),
    "end": Sentence("Stock\nat end", "年末\n在养"),
    "later": Sentence("Later", "后续去向"),
    "unidentified": Sentence("not identified", "未鉴定"),
    "not_known": _NOT_KNOWN,
    "total": Sentence("Total", "合　计"),
    "duplicates": Sentence(
        "Duplicates are left out. The class of protection is that of the day and place of the find,"
        " by these lists",
        "重复登记的警情不计；保护级别按发现之日、发现地的名录确定",
    ),
    "none": Sentence("none", "无"),
    "digest": Sentence("Digest of the figures (SHA-256)", "数据摘要值（SHA-256）"),
    "drawn_up": Sentence("Drawn up by", "制表人"),
    "checked": Sentence("Checked by", "审核人"),
    "in_charge": Sentence("In charge", "负责人"),
    "date": Sentence("Date:", "　　年　　月　　日"),
    "seal": Sentence("(seal of the unit)", "（单位盖章）"),
    "colon": Sentence(": ", "："),
    "semicolon": Sentence("; ", "；"),
    "stop": Sentence(".", "。"),
    "before": Sentence(" (", "（"),
    "after": Sentence(")", "）"),
}


_Say: TypeAlias = Callable[[Sentence | Code | None], str]
"""What says something in the language of the page; of what nobody knows, that."""


class _Unit(NamedTuple):
    lines: list[Line]
    figures: Figures


def page(report: AnnualReport, language: str) -> str:
    """The report in a language, on A4 across."""

    def say(what: Sentence | Code | None) -> str:
        if isinstance(what, Code):
            what = Sentence(what.en, what.zh)
        return in_language(what or _NOT_KNOWN, language)

    return PAGE.render(
        report=report,
        language=language,
        titles=titles_of(report.year, language),
        said={name: say(one) for name, one in _SAID.items()},
        say=say,
        definitions=[in_language(said_of(one), language) for one in report.definitions],
        units=[*_units(report.lines)],
        left=outcomes_of(report.total.left),
        later=outcomes_of(report.total.later),
        months=Markup(_months(report, say)),  # noqa: S704 - ours, with what it names escaped
        protections=Markup(_protections(report, say)),  # noqa: S704
        outcomes=Markup(_outcomes(report, say)),  # noqa: S704
        as_of=in_language(as_of_said(report.as_of), language),
        made_at=in_language(moment_said(report.made.at), language),
    )


def titles_of(year: int, language: str) -> list[str]:
    """What the report is called, first in this language, then in the other."""
    en, zh = f"Annual report on rescued wildlife {year}", f"{year}年野生动物收容救护年度报告"
    return [zh, en] if language == "zh" else [en, zh]


def outcomes_of(heads: Iterable[Outcome]) -> list[Outcome]:
    """Those that occur, in their order."""
    occurring = {*heads}
    return [one for one in Outcome if one in occurring]


def _units(lines: Iterable[Line]) -> Iterator[_Unit]:
    for _, of_unit in groupby(lines, key=attrgetter("unit_code")):
        together = [*of_unit]
        yield _Unit(together, sum_of(line.figures for line in together))


def _months(report: AnnualReport, say: _Say) -> str:
    return columns(
        say(_MONTHS),
        [say(Sentence(str(one.month), f"{one.month}月")) for one in report.months],
        [
            Series(say(_RECEIVED), [one.received for one in report.months]),
            Series(say(_RELEASED), [one.released for one in report.months]),
            Series(say(_DIED), [one.died for one in report.months]),
        ],
    )


def _protections(report: AnnualReport, say: _Say) -> str:
    received: Counter[Protection | None] = Counter()
    for line in report.lines:
        received[line.protection] += line.figures.received
    rows = [(say(one), received[one]) for one in (*Protection, None)]
    return bars(say(_PROTECTIONS), rows)


def _outcomes(report: AnnualReport, say: _Say) -> str:
    left = report.total.left
    return bars(say(_OUTCOMES), [(say(one), left[one]) for one in outcomes_of(left)])


def moment_said(at: datetime) -> Sentence:
    """A time in its own zone, as a paper has it."""
    of_day = f"{at.hour:02}时{at.minute:02}分{at.second:02}秒"
    return Sentence(moment(at), f"{at.year}年{at.month}月{at.day}日 {of_day}")


def as_of_said(at: datetime) -> Sentence:
    """The same of `as_of`: the midnight that ends a day is of that day, which was asked for."""
    if at.timetz().replace(tzinfo=None) != time():
        return moment_said(at)
    day = at.date() - timedelta(days=1)
    return Sentence(f"the end of {day}", f"{day.year}年{day.month}月{day.day}日24时")
