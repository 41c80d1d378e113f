"""Statistics as files: the figures of JSON, a row for each group and one for all, in words where
these are asked for."""

import re
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response

from tests.lists.reading import about_xlsx, rows_of_csv, rows_of_xlsx
from tests.statistics.world import KEYS, file_all
from tests.users import API, Person
from wildlife.rescues.codes import Outcome
from wildlife.statistics import counting
from wildlife.words.sentences import HAN

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BY: dict[str, str] = {
    "/incidents": "source,county",
    "/animals": "outcome,species",
    "/releases": "month,protection",
    "/transfers": "outcome,family",
    "/hazards": "type,cause",
}
TOTAL = {None: "total", "zh": "合计", "en": "total"}


@pytest.fixture
async def records(officer: Person, other_officer: Person) -> None:
    await file_all(officer, other_officer)


def flat(figures: dict[str, Any]) -> list[Any]:
    """The figures of JSON one after the other; of what there is none, 0."""
    cells: list[Any] = []
    for name, value in figures.items():
        if name == "outcomes":
            cells += [value.get(one.value, 0) for one in Outcome]
        elif isinstance(value, dict):
            cells += value.values()
        else:
            cells.append(value)
    return cells


def expected(told: dict[str, Any], language: str | None) -> list[list[Any]]:
    """The rows that a file has of what JSON says."""
    rows = []
    for group in told["groups"]:
        keys = [
            part
            for key in group["keys"]
            for part in ([key["code"]] if language is None else [key["code"], key[language]])
        ]
        rows.append([*keys, *flat(group["figures"]), group["listed"]])
    if not told["group_by"]:
        return [flat(told["total"])]
    many = len(told["group_by"]) * (1 if language is None else 2)
    return [*rows, [TOTAL[language], *[None] * (many - 1), *flat(told["total"]), None]]


def as_csv(row: list[Any]) -> list[str]:
    return ["" if one is None else str(one) for one in row]


def cells(answer: Response) -> list[list[Any]]:
    assert answer.status_code == 200, answer.text
    is_csv = answer.headers["content-type"].startswith(CSV)
    read = rows_of_csv(answer) if is_csv else rows_of_xlsx(answer)
    return [[*one.values()] for one in read]


async def test_every_statistic_says_in_every_file_what_it_says_as_json(
    auditor: Person, records: None, subtests: pytest.Subtests
) -> None:
    for path in KEYS:
        for asked in ({}, {"group_by": BY[path]}, {"group_by": "month", "region": "1504"}):
            told = await auditor.read(f"/statistics{path}", params=asked)
            assert told["groups"] or "group_by" not in asked
            for language in (None, "zh", "en"):
                labels = {"labels": language} if language else {}
                with subtests.test(path=path, asked=asked, language=language):
                    params = asked | labels | {"format": "csv"}
                    answer = await auditor.get(f"/statistics{path}", params=params)
                    assert cells(answer) == [as_csv(row) for row in expected(told, language)]
                    if language is None:
                        continue
                    params = asked | labels | {"format": "xlsx"}
                    answer = await auditor.get(f"/statistics{path}", params=params)
                    assert cells(answer) == expected(told, language)


@pytest.mark.parametrize("path", KEYS)
async def test_headings_are_in_the_language_that_is_asked_for_and_each_is_another(
    auditor: Person, records: None, path: str
) -> None:
    for language in ("zh", "en"):
        for by in KEYS[path]:
            asked = {"group_by": by, "format": "csv", "labels": language}
            answer = await auditor.get(f"/statistics{path}", params=asked)
            headings = answer.content.decode("utf-8-sig").partition("\r\n")[0].split(",")
            assert len(headings) == len({*headings}), headings
            for one in headings:
                assert (re.search(HAN, one) is None) == (language == "en"), one
    programs = await auditor.get(f"/statistics{path}?group_by=month&format=csv")
    first, *names = programs.content.decode("utf-8-sig").partition("\r\n")[0].split(",")
    assert (first, names[-1]) == ("month", "listed")
    assert all(re.fullmatch(r"[a-z_0-9.]+", one) for one in names)


async def test_a_workbook_says_what_was_asked_by_whom_and_when(
    official: Person, records: None
) -> None:
    asked = {"group_by": "species", "source": "report", "format": "xlsx"}
    headers = {"Accept-Language": "zh-CN"}
    answer = await official.get("/statistics/animals", params=asked, headers=headers)
    told = about_xlsx(answer)
    by_name = dict(told)
    assert by_name["内容"] == "动物统计"
    assert {said for name, said in told if name == "查询条件"} == {
        *("分组方式 group_by = species", "警情来源 source = report"),
    }
    assert "LC1504" in by_name["查询人"]
    assert by_name["组数"] == str(len(cells(answer)) - 1)
    assert by_name["未列出的组数"] == "0"
    assert sum(name == "所依保护名录" for name, _ in told) >= 3


async def test_a_file_is_asked_for_by_its_type_and_by_a_body_and_saved_under_a_name(
    auditor: Person, records: None
) -> None:
    for path in KEYS:
        address, asked = f"/statistics{path}", {"group_by": "month", "labels": "zh"}
        for type_, format_ in ((CSV, "csv"), (XLSX, "xlsx")):
            accepted = await auditor.get(address, params=asked, headers={"Accept": type_})
            assert accepted.headers["content-type"].partition(";")[0] == type_
            saved = accepted.headers["content-disposition"]
            name = f"statistics-{path[1:]}"
            assert re.fullmatch(rf'attachment; filename="{name}-\d{{8}}-\d{{4}}\.{format_}"', saved)
            searched = await auditor.post(f"{address}/search", asked | {"format": format_})
            assert searched.headers["content-disposition"].startswith(
                f'attachment; filename="{name}'
            )
            assert cells(searched) == cells(accepted)
        # The list that a group names is asked for as a list is.
        row = rows_of_csv(await auditor.get(f"{address}?group_by=month&format=csv&labels=zh"))[0]
        assert re.search(r"[?&](format|labels)=", row["对应清单"]) is None
        for wrong in ("geojson", "ndjson", "html"):
            refused = await auditor.get(address, params={"format": wrong})
            assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")
        refused = await auditor.get(address, headers={"Accept": "application/geo+json"})
        assert refused.status_code == 406


async def test_what_is_left_out_of_a_file_is_told_in_it(
    auditor: Person, records: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "MOST_GROUPS", 2)
    told = await auditor.read("/statistics/animals?group_by=month")
    left_out = told["groups_left_out"]
    assert left_out > 0
    for language, note in (
        ("", f"groups_left_out: {left_out}"),
        ("&labels=zh", f"另有较小的 {left_out} 组未列出，已计入合计"),
        ("&labels=en", f"{left_out} smaller groups are left out; they count in the total"),
    ):
        for format_ in ("csv", "xlsx") if language else ("csv",):
            asked = f"/statistics/animals?group_by=month&format={format_}{language}"
            *groups, more, total = cells(await auditor.get(asked))
            assert (len(groups), more[0]) == (2, note)
            assert int(total[2 if language else 1]) == told["total"]["count"]


async def test_a_feed_fetches_a_statistic(auditor: Person, records: None) -> None:
    asked = "/statistics/releases?group_by=month&format=csv&labels=zh"
    made = {"id": str(uuid4()), "name": "每月放归", "address": API + asked}
    answer = await auditor.post("/feeds", made)
    assert answer.status_code == 201, answer.text
    login = made["id"], answer.json()["password"]
    fetched = await auditor.client.get(f"{API}/feeds/{made['id']}", auth=login)
    assert fetched.content == (await auditor.get(asked)).content
    assert fetched.headers["content-disposition"].startswith('attachment; filename="statistics-rel')
    for unfit in ("", "?group_by=month", "?format=json", "?format=geojson", "?format=csv&limit=5"):
        other = made | {"id": str(uuid4()), "address": f"{API}/statistics/releases{unfit}"}
        assert (await auditor.post("/feeds", other)).status_code in (400, 422), unfit
