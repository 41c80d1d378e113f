"""The annual report as a workbook and as a page: the same figures, whole by themselves."""

import re
from datetime import datetime
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.statistics.world import file_all
from tests.users import Person, entry, identification, rescue
from wildlife.rescues.codes import Outcome
from wildlife.statistics.annual.svg import Series, bars, columns
from wildlife.words.sentences import HAN

HTML, XLSX = "text/html", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def records(officer: Person, other_officer: Person) -> None:
    await file_all(officer, other_officer)


LEFT = {"zh": "本年离开救护（按去向）：", "en": "Left: "}
LATER = {"zh": "离开救护后的后续去向：", "en": "Later: "}
STOCKS = {
    "zh": ("年初在养", "本年收容", "收回", "年末在养"),
    "en": ("Stock at beginning", "Received", "Returned", "Stock at end"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_workbook_has_every_figure(auditor: Person, records: None, language: str) -> None:
    told = await auditor.read("/reports/annual?year=2024")
    asked = {"year": "2024", "as_of": told["as_of"], "labels": language}
    answer = await auditor.get("/reports/annual", params=asked, headers={"Accept": XLSX})
    assert answer.headers["content-type"] == XLSX
    saved = answer.headers["content-disposition"]
    assert re.fullmatch(r'attachment; filename="annual-report-2024-\d{8}-\d{4}\.xlsx"', saved)
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    names = lines, months, about = book.sheet_names
    heading, *rows, total = book.get_sheet_by_name(lines).to_python()
    assert len(rows) == len(told["lines"])
    ends = [one for one in Outcome if one is not Outcome.IN_CARE]
    for row, line in zip([*rows, total], [*told["lines"], {"figures": told["total"]}], strict=True):
        figures = line["figures"]
        by_name = dict(zip(heading, row, strict=True))
        stocks = ("stock_at_beginning", "received", "returned", "stock_at_end")
        for name, called in zip(stocks, STOCKS[language], strict=True):
            assert by_name[called] == figures[name]
        for one in ends:
            label = getattr(one, language)
            assert by_name[LEFT[language] + label] == figures["left"].get(one.value, 0)
            assert by_name[LATER[language] + label] == figures["later"].get(one.value, 0)
    assert [row[0] for row in rows] == [line["unit_code"] for line in told["lines"]]
    assert total[0] == {"zh": "合计", "en": "total"}[language]
    of_months = book.get_sheet_by_name(months).to_python()[1:]
    assert of_months == [[*one.values()] for one in told["months"]]
    _says_what_it_is(book.get_sheet_by_name(about).to_python(), told, auditor, language)
    for word in map(str, [*heading, *book.get_sheet_by_name(months).to_python()[0], *names]):
        assert (re.search(HAN, word) is None) == (language == "en"), word


def _says_what_it_is(
    sheet: list[list[Any]], told: dict[str, Any], auditor: Person, language: str
) -> None:
    """As that of a list does: the same words, the same times."""
    by_name = {row[0]: row[1] for row in sheet}
    assert told["digest"] in by_name.values()
    as_of = datetime.fromisoformat(told["as_of"])
    called = {"zh": "统计截止时间", "en": "As of"}[language]
    written = {"zh": "%Y年%m月%d日 %H时%M分%S秒", "en": "%Y-%m-%d %H:%M:%S"}[language]
    assert by_name[called] == as_of.strftime(written)
    what, by, register, zone = {
        "zh": ("内容", "查询人", "所依保护名录", "所用时区"),
        "en": ("What it is", "Asked by", "Register of protection", "Times are in the zone"),
    }[language]
    assert by_name[what] == {"zh": "年度报告", "en": "Annual report"}[language]
    assert auditor.badge in by_name[by]
    assert by_name[zone] == "Asia/Shanghai"
    assert sum(row[0] == register for row in sheet) == len(told["protection_lists"])
    at = by_name[{"zh": "查询时间", "en": "Asked at"}[language]]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", at)


async def test_the_page_has_every_line_and_fetches_nothing(auditor: Person, records: None) -> None:
    told = await auditor.read("/reports/annual?year=2024")
    answer = await auditor.get("/reports/annual?year=2024&format=html")
    assert answer.headers["content-type"].startswith(HTML)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    page = answer.text
    assert not re.search(r"<script|<link|src=|href=|url\((?!#)|@import", page)
    assert told["digest"] in page
    assert page.count("<svg") == 3
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [
        [unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>.*?</td>", row)]
        for row in re.findall(r"<tr(?: class=\"\w+\")?>.*?</tr>", body)
    ]
    units = {line["unit_code"] for line in told["lines"]}
    assert len(cells) == len(told["lines"]) + len(units) + 1
    *_, total = cells
    assert total[1] == _shown(told["total"]["stock_at_beginning"])
    assert total[2] == _shown(told["total"]["received"])
    heads = sum(int(one[5]) for one in cells if len(one) > len(total) and one[5])
    assert heads == told["total"]["received"]


async def test_the_page_is_in_chinese_unless_english_is_asked_for(
    auditor: Person, records: None
) -> None:
    pages = {}
    for language in ("zh", "en"):
        address = f"/reports/annual?year=2024&format=html&as_of=2026-01-01&labels={language}"
        pages[language] = (await auditor.get(address)).text
        assert f'lang="{language}' in pages[language]
    told = await auditor.read("/reports/annual?year=2024&as_of=2026-01-01")
    # What stays Chinese are names: of units and taxa, of lists, of who made it, and the title.
    names = {"年野生动物收容救护年度报告", told["made"]["name"]}
    for line in told["lines"]:
        names |= {line[one] for one in ("unit", "chinese_name", "order", "family")} - {None}
    names |= {one[name] for one in told["protection_lists"] for name in ("title", "list")}
    body = re.sub(r"<style>.*?</style>", "", pages["en"], flags=re.DOTALL)
    for name in sorted(names, key=len, reverse=True):
        body = body.replace(name, "")
    assert re.findall(HAN, body) == []
    assert "Left care" not in pages["zh"]
    answer = await auditor.get(
        "/reports/annual?year=2024&format=html", headers={"Accept-Language": "en"}
    )
    assert 'lang="zh' in answer.text  # it is to be signed, whoever prints it


def _shown(count: int) -> str:
    return str(count) if count else ""


async def test_a_report_of_nothing_is_a_report(official: Person) -> None:
    for accepted in (HTML, XLSX, "application/json"):
        answer = await official.get("/reports/annual?year=2020", headers={"Accept": accepted})
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(accepted)


async def test_the_report_is_on_record_and_only_for_who_reports(
    officer: Person, auditor: Person, rescuer: Person
) -> None:
    incident = await officer.opened(rescue())
    await officer.appended(incident, identification())
    await officer.appended(incident, entry("death", animal=1))
    for person in (officer, rescuer):
        assert (await person.get("/reports/annual?year=2024")).status_code == 403
    await auditor.read("/reports/annual?year=2024")
    await auditor.read("/accesses/days")
    told: list[dict[str, Any]] = (await auditor.read("/accesses?listed=annual_report"))["items"]
    assert [(one["reading"], one["query"]) for one in told] == [("statistic", "year=2024")]


def test_charts_hold_whatever_they_are_called() -> None:
    drawn = columns("<b>", ["1月", "&"], [Series("收容", [0, 7]), Series("放归", [3, 0])])
    drawn += bars('"', [("三有 <i>", 12), ("不详", 0)]) + bars("无", []) + columns("无", [], [])
    assert not re.search(r"<b>|<i>|nan|inf", drawn)
    assert "&lt;b&gt;" in drawn
    assert 'height="166.0"' not in drawn  # the scale ends above the highest
