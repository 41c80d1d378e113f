"""Lists as NDJSON, CSV and XLSX: the same rows as JSON, typed, in words, whole, or visibly not."""

import re
import zlib
from io import BytesIO
from pathlib import Path
from string import whitespace
from typing import Any, Final
from uuid import UUID

import msgspec
import pytest
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from db.database import Database
from tests.lists.many import LISTS, multiply
from tests.lists.reading import (
    about_xlsx,
    as_csv,
    as_xlsx,
    flat,
    rows_of_csv,
    rows_of_ndjson,
    rows_of_xlsx,
)
from tests.users import Person, entry, identification, release, rescue, road_hazard
from wildlife.lists import counting
from wildlife.lists.animals import ListedAnimal, OfAnimals
from wildlife.lists.conditions import dates_of
from wildlife.lists.explaining import TIMES
from wildlife.lists.formats import FORMATS
from wildlife.lists.hazards import ListedHazard, OfHazards
from wildlife.lists.incidents import ListedIncident, OfIncidents
from wildlife.lists.photos import ListedPhoto, OfPhotos
from wildlife.lists.releases import ListedRelease, OfReleases
from wildlife.lists.transfers import ListedTransfer, OfTransfers
from wildlife.tables.columns import Column, Kind
from wildlife.tables.csv import CsvWriter, guarded, unguarded
from wildlife.tables.flat import flatten
from wildlife.tables.xlsx import XlsxWriter
from wildlife.words.sentences import HAN, Sentence

WHOLE: Final = [name for name, one in FORMATS.items() if one.write is not None]
ANSWERS: Final[dict[str, type[msgspec.Struct]]] = {
    "/incidents": ListedIncident,
    "/animals": ListedAnimal,
    "/releases": ListedRelease,
    "/transfers": ListedTransfer,
    "/hazards": ListedHazard,
    "/photos": ListedPhoto,
}

_SENT: Final = r"(site\.point|marks)\.\w+_label"
FILTERS: Final[list[dict[str, str]]] = [
    {},
    {"sort": "time"},
    {"from": "2024-07-30"},
    {"to": "2024-08-03"},
    {"region": "150425"},
    {"station": "150425"},
    {"species": "phalacrocorax_carbo"},
    {"protection": "sanyou"},
    {"bbox": "117,42.5,118,44"},
    {"near": "117.5,43.3", "radius_m": "50000"},
    {"q": "响水"},
    {"duplicates": "include"},
]
FORMULA: Final = '=HYPERLINK("http://evil.example","看")'


@pytest.fixture
async def records(officer: Person, other_officer: Person) -> list[str]:
    """A bird with all that a release may say, one without a place whose finder writes formulas, and
    a road."""
    bird = await officer.opened()
    await officer.appended(bird, identification())
    marks = [{"kind": "ring", "number": "A-0012"}, {"kind": "chip", "number": "900000000000123"}]
    await officer.appended(
        bird,
        release(
            ring_number="A-0012",
            marks=marks,
            habitat="+水库",
            fit_to_release=True,
            witness="'-何某",
        ),
    )
    strange = await officer.opened(
        rescue(
            summary=FORMULA,
            place={"description": "\t＝1+1", "region_code": "150425"},
            animals=[{"reported_as": "@一只"}, {"reported_as": " -2+3"}],
        )
    )
    road = await other_officer.opened(road_hazard())
    return [bird, strange, road]


def rows(format_: str, answer: Response) -> list[dict[str, Any]]:
    """What a list says in this format."""
    assert answer.status_code == 200, answer.text
    match format_:
        case "ndjson":
            return rows_of_ndjson(answer)
        case "csv":
            return list(rows_of_csv(answer))
        case "xlsx":
            return rows_of_xlsx(answer)
    features = answer.json()["features"]
    return [feature["properties"] for feature in features]


async def items(person: Person, path: str, **asked: Any) -> list[dict[str, Any]]:
    """All that a list says as JSON, page by page."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        told = await person.read(path, params=asked | cursor | {"limit": 3})
        found += told["items"]
        if told["next_cursor"] is None:
            return found
        cursor = {"cursor": told["next_cursor"]}


async def test_every_list_says_in_every_format_what_it_says_as_json(
    auditor: Person, records: list[str], subtests: pytest.Subtests
) -> None:
    for path, struct in ANSWERS.items():
        names = [one.name for one in flatten(struct).columns]
        for filters in FILTERS:
            if path == "/hazards" and filters.keys() & {"species", "protection"}:
                continue
            expected = await items(auditor, path, **filters)
            with subtests.test(path=path, filters=filters):
                read = rows(
                    "ndjson", await auditor.get(path, params=filters | {"format": "ndjson"})
                )
                assert read == expected
                table = [flat(one, names) for one in expected]
                read = rows("csv", await auditor.get(path, params=filters | {"format": "csv"}))
                assert read == [*map(as_csv, table)]
        told = rows("xlsx", await auditor.get(path, params={"format": "xlsx", "labels": "en"}))
        labelled = await items(auditor, path, labels="en")
        heading = {one.name: one.heading.en for one in flatten(struct, None, "en").columns}
        for line, item in zip(told, labelled, strict=True):
            by_name = {name: line[heading[name]] for name in heading}
            # What is told as it was sent has no labels in JSON.
            known = [name for name in heading if not re.fullmatch(_SENT, name)]
            told_as = {name: by_name[name] for name in known}
            assert told_as == as_xlsx(flat(item, known), told_as)


@pytest.mark.parametrize("path", ANSWERS)
def test_every_column_has_a_name_and_headings_of_its_own(path: str) -> None:
    for language in (None, "zh", "en"):
        columns = flatten(ANSWERS[path], None, language).columns
        for said in (
            [one.name for one in columns],
            [one.heading.en for one in columns],
            [one.heading.zh for one in columns],
        ):
            assert len(said) == len(set(said)), sorted(said)
        for one in columns:
            assert re.search(HAN, one.heading.zh), one
            assert one.heading.en.isascii(), one


async def test_numbers_that_count_nothing_stay_texts_in_a_workbook(
    auditor: Person, records: list[str]
) -> None:
    answer = await auditor.get("/releases", params={"format": "xlsx", "labels": "zh"})
    book = load_workbook(BytesIO(answer.content))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    cells = dict(zip(headings, sheet[2], strict=True))
    assert (cells["放归人员警号"].value, cells["放归人员警号"].data_type) == (
        "150425001; 150425002",
        "s",
    )
    assert cells["行政区划代码"].data_type == "s"
    assert cells["标识：标识号码"].value == "A-0012; 900000000000123"
    assert cells["只数"].data_type == "n"
    assert cells["放归时间"].is_date
    assert cells["是否适宜放归"].value is True
    assert cells["放归方式"].value != cells["放归方式（代码）"].value
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", sheet.dimensions)
    assert sheet.title == "放归清单"


async def test_a_workbook_says_what_was_asked_by_whom_when_and_by_which_register(
    auditor: Person, official: Person, records: list[str]
) -> None:
    asked = {"format": "xlsx", "protection": "sanyou", "from": "2024-01-01"}
    answer = await official.get("/releases", params=asked, headers={"Accept-Language": "zh-CN"})
    told = about_xlsx(answer)
    by_name = dict(told)
    assert by_name["内容"] == "放归清单"
    assert {said for name, said in told if name == "查询条件"} == {
        "保护级别 protection = sanyou",
        "起始时间 from = 2024-01-01",
    }
    assert "LC1504" in by_name["查询人"]
    assert by_name["所用时区"] == "Asia/Shanghai"
    assert by_name["条数"] == "1"
    assert sum(name == "所依保护名录" for name, _ in told) >= 3
    assert by_name["起止时间（from、to）和月份所指"] == "放归时间"
    assert "同一序号下可有同类多只" in by_name["只数"]
    part = await auditor.get("/incidents", params={"format": "xlsx", "limit": 1, "labels": "en"})
    assert dict(about_xlsx(part))["The time that `from`, `to` and months are of"] == (
        "when it was found"
    )
    assert "Heads" not in dict(about_xlsx(part))
    by = {"format": "xlsx", "labels": "zh", "by": "outcome"}
    for path, heads in (("/animals", "同一序号下"), ("/statistics/animals", "一行可有同类多只")):
        said = dict(about_xlsx(await auditor.get(path, params=by)))
        assert said["起止时间（from、to）和月份所指"] == "处置时间"
        assert heads in said["只数"]
    assert dict(about_xlsx(part))["Rows"] == "1 (only a part was asked for)"
    assert dict(about_xlsx(part))["Asked for"] == "everything that the reader may see"


def test_every_time_that_a_list_can_be_asked_by_is_called_something() -> None:
    asked = (OfIncidents, OfAnimals, OfReleases, OfTransfers, OfHazards, OfPhotos)
    assert {name for one in asked for name in dates_of(one)} == TIMES.keys()


async def test_no_cell_is_a_formula(auditor: Person, records: list[str]) -> None:
    answer = await auditor.get("/incidents", params={"format": "csv"})
    lines = answer.content.decode("utf-8-sig")
    assert f'"\'{FORMULA.replace(chr(34), chr(34) * 2)}"' in lines
    assert "'\t＝1+1" in lines
    [found] = [row for row in rows("csv", answer) if row["summary"].startswith("=")]
    assert (found["summary"], found["place"]) == (FORMULA, "\t＝1+1")
    animals = (await auditor.get("/animals", params={"format": "csv"})).text
    assert ",'@一只," in animals
    assert ",' -2+3," in animals
    answer = await auditor.get("/incidents", params={"format": "xlsx", "labels": "en"})
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    cells = [
        cell for row in sheet.iter_rows() for cell in row if cell.value in (FORMULA, "\t＝1+1")
    ]
    assert [cell.data_type for cell in cells] == ["s", "s"]


UNSEEN: Final = f"{whitespace}\u200b\u200e\u2060\u00ad\ufeff"


@given(st.text(max_size=8) | st.from_regex(r"[\s'\u200e\u2060\u00ad]*[=+\-@＝＋－＠﹢﹣−].*"))
def test_a_text_comes_out_of_its_cell_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).lstrip(UNSEEN).startswith(tuple("=+-@＝＋－＠﹢﹣−"))
    written = CsvWriter([Column("a", Sentence("A", "甲"))] * 2, None).rows([(text, "b")])
    assert written.decode() in (f"{_quoted(guarded(text))},b\r\n", f"{guarded(text)},b\r\n")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


async def test_labels_stand_beside_codes_in_the_language_that_is_asked_for(
    auditor: Person, records: list[str]
) -> None:
    for language in ("zh", "en"):
        asked = {"labels": language}
        [item] = (await auditor.read("/releases", params=asked))["items"]
        [line] = rows("ndjson", await auditor.get("/releases", params=asked | {"format": "ndjson"}))
        assert line == item
        assert item["protections"] == ["sanyou"]
        assert item["protections_label"] == [item["protection_label"]]
        assert [*item][[*item].index("protection") + 1] == "protection_label"
        [*_, named] = item["officers_named"]
        assert named["role_label"]
        if language == "zh":
            assert (item["protection_label"], named["role_label"]) == ("三有", "民警")
        [row] = rows_of_csv(await auditor.get("/releases", params=asked | {"format": "csv"}))
        headings = [one.heading for one in flatten(ListedRelease, None, language).columns]
        assert [*row] == [getattr(one, language) for one in headings]
        assert item["protection_label"] in row.values()
        assert re.fullmatch(r"[0-9-]{10} [0-9:]{8}", row[_heading("released_at", language)])


def _heading(name: str, language: str) -> str:
    columns = flatten(ListedRelease, None, language).columns
    return next(one.called(language) for one in columns if one.name == name)


async def test_fields_narrow_every_format_and_pages_go_on(
    auditor: Person, officer: Person, records: list[str]
) -> None:
    asked = {"fields": "station,protection,animal"}
    for person, path, fields in (
        (auditor, "/releases", "station,protection,animal"),
        (auditor, "/animals", "station,outcomes"),
        (auditor, "/incidents", "case_number,species"),
        (auditor, "/hazards", "types"),
    ):
        names, asked = fields.split(","), {"fields": fields}
        expected = [{name: one[name] for name in names} for one in await items(person, path)]
        assert await items(person, path, **asked) == expected
        for format_ in ("ndjson", "geojson"):
            assert (
                rows(format_, await person.get(path, params=asked | {"format": format_}))
                == expected
            )
        [*first] = rows("csv", await person.get(path, params=asked | {"format": "csv"}))[0]
        assert list(dict.fromkeys(name.partition(".")[0] for name in first)) == names
        whole = await person.get(path, params={"format": "geojson"})
        narrow = await person.get(path, params=asked | {"format": "geojson"})
        for one, other in zip(whole.json()["features"], narrow.json()["features"], strict=True):
            assert (one["id"], one["geometry"]) == (other["id"], other["geometry"])
    refused = await auditor.get("/releases", params={"fields": "protecton,when"})
    errors = refused.json()["errors"]
    assert [one["given"] for one in errors] == ["protecton", "when"]
    assert errors[0]["did_you_mean"][0]["code"] == "protection"


async def test_how_many_there_are_is_told_where_it_is_asked(
    auditor: Person,
    official: Person,
    database: Database,
    records: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "total" not in await auditor.read("/incidents")
    await multiply(database, records[0], 30)
    for path, many in (("/incidents", 32), ("/releases", 30), ("/animals", 32), ("/hazards", 1)):
        for count in ("exact", "estimated"):
            asked = {"count": count, "limit": "2"}
            answer = await auditor.get(path, params=asked)
            told = answer.json()
            assert (told["total"], told["total_is_estimated"]) == (many, False)
            assert answer.headers["total-count"] == str(many)
            table = await auditor.get(path, params=asked | {"format": "csv"})
            assert table.headers["total-count"] == str(many)
    assert (await official.read("/hazards?count=estimated"))["total"] == 0
    monkeypatch.setattr(counting, "_COUNTED", 10)
    told = await auditor.read("/releases?count=estimated&q=响水")
    assert told["total_is_estimated"] is True
    assert told["total"] >= 11
    # Who sees few is told those: what the planner thinks of is of all that there are.
    assert (await official.read("/hazards?count=estimated"))["total_is_estimated"] is False


async def test_all_formats_are_whole_unless_a_limit_is_asked_for(
    auditor: Person, database: Database, records: list[str]
) -> None:
    await multiply(database, records[0], 2103)
    expected = [one["id"] for one in await every_release(auditor)]
    assert len(set(expected)) == 2103
    for format_ in ("ndjson", "csv"):
        whole = await auditor.get("/releases", params={"format": format_})
        assert "link" not in whole.headers
        assert [row["id"] for row in rows(format_, whole)] == expected
        first = await auditor.get("/releases", params={"format": format_, "limit": 2})
        assert len(rows(format_, first)) == 2
        assert f"format={format_}" in first.headers["link"]
    book = await auditor.get("/releases", params={"format": "xlsx", "fields": "id"})
    assert [row["ID"] for row in rows("xlsx", book)] == expected


async def every_release(auditor: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        told = await auditor.read("/releases", params={"limit": "500", "fields": "id"} | cursor)
        found += told["items"]
        if told["next_cursor"] is None:
            return found
        cursor = {"cursor": told["next_cursor"]}


async def test_what_is_streamed_is_compressed_for_who_takes_it_from_the_first_page_on(
    auditor: Person, database: Database, records: list[str]
) -> None:
    await multiply(database, records[0], 1203)
    for format_ in WHOLE:
        plain = await auditor.get(
            f"/animals?format={format_}", headers={"Accept-Encoding": "identity, *;q=0"}
        )
        assert "content-encoding" not in plain.headers
        request = auditor.client.build_request(
            "GET",
            f"/api/v1/animals?format={format_}",
            headers={"Authorization": f"Bearer {auditor.access_token}", "Accept-Encoding": "gzip"},
        )
        answer = await auditor.client.send(request, stream=True)
        raw = b"".join([piece async for piece in answer.aiter_raw()])
        if format_ == "xlsx":
            assert "content-encoding" not in answer.headers
            continue
        assert answer.headers["content-encoding"] == "gzip"
        assert len(raw) < len(plain.content) / 5
        content = zlib.decompress(raw, 16 + zlib.MAX_WBITS)
        if format_ != "geojson":  # which says when
            assert content == plain.content
        # What was flushed can be read, though the rest has not come.
        begun = zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(raw[: len(raw) // 2])
        assert len(begun) > 1000


async def test_what_cannot_be_shown_stands_there_by_the_id_of_its_incident(
    auditor: Person, database: Database, records: list[str]
) -> None:
    async with database.writing() as connection:
        await connection.execute(
            "update animal set condition = 'dazed' where incident_id = $1", UUID(records[0])
        )
    lines = rows("ndjson", await auditor.get("/animals?format=ndjson"))
    assert {"unreadable": records[0]} in lines
    assert len(lines) == 3
    table = rows("csv", await auditor.get("/animals?format=csv"))
    assert f"unreadable: {records[0]}" in [row["number"] for row in table]
    book = await auditor.get("/animals?format=xlsx&labels=en")
    assert f"unreadable: {records[0]}" in [row["Number"] for row in rows("xlsx", book)]
    assert dict(about_xlsx(book))["Rows that cannot be shown"] == "1"


async def test_each_format_is_told_by_its_type_and_saved_under_a_name(
    auditor: Person, records: list[str]
) -> None:
    for path in LISTS:
        for name, one in FORMATS.items():
            answer = await auditor.get(path, headers={"Accept": one.media_type})
            assert answer.headers["content-type"].partition(";")[0] == one.media_type
            saved = answer.headers.get("content-disposition", "")
            assert saved.endswith(f'.{name}"') == (one.ending is not None), saved
            if one.ending is not None:
                assert saved.startswith(f'attachment; filename="{path[1:]}-20')


def test_a_full_sheet_goes_on_in_another_and_a_cell_that_is_too_long_says_so(
    tmp_path: Path,
) -> None:
    columns = [Column("a", Sentence("A", "甲")), Column("n", Sentence("N", "数"), Kind.NUMBER)]
    path = tmp_path / "table.xlsx"
    writer = XlsxWriter(path, "zh", rows_a_sheet=4)
    writer.begin("表", columns)
    writer.rows([(f"第{n}行", n) for n in range(7)])
    writer.rows([("长" * 40_000, None), ("_x0041_\u0008", 1.5)])
    writer.begin("另表", columns[:1])
    writer.rows([("一",)])
    writer.close("说明", [("甲", "乙")])
    *sheets, other, about = load_workbook(path).worksheets
    assert (other.title, *other.values) == ("另表", ("甲",), ("一",))
    assert other.auto_filter.ref == "A1:A2"
    assert [one.title for one in sheets] == ["表", "表 2", "表 3"]
    read = [row for one in sheets for row in one.iter_rows(min_row=2, values_only=True)]
    assert read[:7] == [(f"第{n}行", n) for n in range(7)]
    assert read[7] == ("长" * 32_766 + "…", None)
    assert (unescape(read[8][0]), read[8][1]) == ("_x0041_\u0008", 1.5)
    assert all(one["A1"].value == "甲" for one in sheets)
    assert about["B1"].value == "乙"
    assert [one.name for one in tmp_path.iterdir()] == ["table.xlsx"]


async def test_a_line_ends_where_its_item_does(officer: Person) -> None:
    """Python ends a line also at what JSON may leave as it is."""
    said = "第一段\u2028第二段\u2029第三段"
    await officer.opened(rescue(summary=said))
    [line] = (await officer.get("/incidents", params={"format": "ndjson"})).text.splitlines()
    assert msgspec.json.decode(line)["summary"] == said


async def test_a_cell_that_is_too_long_says_that_it_goes_on(
    auditor: Person, officer: Person
) -> None:
    """As Excel counts: a character beyond the 65,536 first ones is two."""
    marks = [{"kind": "ring", "number": f"{'𠮷' * 99}{n}"} for n in range(200)]
    await officer.opened(rescue(animals=[{"marks": marks}]))
    answer = await auditor.get("/animals", params={"format": "xlsx"})
    cells = [cell for row in rows("xlsx", answer) for cell in row.values() if isinstance(cell, str)]
    longest = max(cells, key=len)
    assert len(longest.encode("utf-16-le")) // 2 in (32_766, 32_767)
    assert longest.endswith("…")


async def test_every_feature_has_an_id_of_its_own(officer: Person) -> None:
    """Of a group that changes hands at once, some may be told of apart afterwards."""
    birds = await officer.opened(rescue(animals=[{"count": 10}, {"reported_as": "狼"}]))
    await officer.appended(birds, went(1, recipient="动物园", recipient_kind="zoo"))
    await officer.appended(birds, went(2, "split", count=3))
    shown = {"/incidents": 1, "/animals": 3, "/transfers": 2}
    for path in LISTS:
        answer = await officer.get(path, params={"format": "geojson"})
        ids = [feature["id"] for feature in answer.json()["features"]]
        assert len(ids) == len({*ids}) == shown.get(path, 0)


def went(day: int, type_: str = "transfer", **fields: Any) -> dict[str, Any]:
    return entry(type_, f"2024-08-{day:02}T10:00:00+08:00", animal=1, **fields)
