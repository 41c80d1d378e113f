"""The annual report as a workbook and as a page: the same figures, whole by themselves."""

import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.statistics.world import file_all
from tests.users import Person, entry, identification, rescue
from wildlife.rescues.codes import Outcome
from wildlife.statistics.annual.svg import Series, bars, columns

HTML, XLSX = "text/html", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def records(officer: Person, other_officer: Person) -> None:
    await file_all(officer, other_officer)


async def test_the_workbook_has_every_figure(auditor: Person, records: None) -> None:
    told = await auditor.read("/reports/annual?year=2024")
    asked = {"year": "2024", "as_of": told["as_of"]}
    answer = await auditor.get("/reports/annual", params=asked, headers={"Accept": XLSX})
    assert answer.headers["content-type"] == XLSX
    assert "annual-report-2024.xlsx" in answer.headers["content-disposition"]
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    heading, *rows, total = book.get_sheet_by_name("年度报告").to_python()
    assert len(rows) == len(told["lines"])
    ends = [one for one in Outcome if one is not Outcome.IN_CARE]
    for row, line in zip([*rows, total], [*told["lines"], {"figures": told["total"]}], strict=True):
        figures = line["figures"]
        by_name = dict(zip(heading, row, strict=True))
        assert by_name["年初在养"] == figures["stock_at_beginning"]
        assert by_name["年末在养"] == figures["stock_at_end"]
        assert (by_name["本年收容"], by_name["收回"]) == (figures["received"], figures["returned"])
        for one in ends:
            assert by_name[one.zh] == figures["left"].get(one.value, 0)
            assert by_name[f"后续：{one.zh}"] == figures["later"].get(one.value, 0)
    assert [row[0] for row in rows] == [line["unit_code"] for line in told["lines"]]
    about = {row[0]: row[1] for row in book.get_sheet_by_name("说明").to_python()}
    assert about["数据摘要值（SHA-256）"] == told["digest"]
    months = book.get_sheet_by_name("各月").to_python()[1:]
    assert months == [[*one.values()] for one in told["months"]]


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
