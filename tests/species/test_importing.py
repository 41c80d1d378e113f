"""Species lists come as CSV and XLSX from many hands: each bad row is named, none half imported."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.species.asking import LISTS
from tests.species.files import ANYTHING, CORMORANT, HEADER, TELLING, read_rows, written
from wildlife.species.importing import REGISTER, SpeciesFile, read_lists, read_species
from wildlife.words.vocabularies import Protection


def workbook(file: Path, rows: Iterable[Iterable[Any]]) -> Path:
    """An XLSX file of these rows, days as Excel keeps them."""
    with xlsxwriter.Workbook(str(file)) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy/m/d"})
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(at, column, cell)
                else:
                    sheet.write(at, column, cell)
    return file


# ---------------------------------------------------------------- what a good row says


def test_a_row_has_the_days_of_its_list(tmp_path: Path) -> None:
    read = read_rows(tmp_path, CORMORANT)
    assert read.bad_rows == []
    [taxon] = read.taxa
    assert taxon.row == 2
    assert taxon.species_id == "phalacrocorax_carbo"
    assert taxon.protection is Protection.SANYOU
    assert (taxon.valid_from, taxon.valid_to) == (date(2023, 6, 26), None)
    assert taxon.pinyin == "pu tong lu ci"
    assert taxon.rank == "species"
    assert taxon.alien is None
    assert read.counts() == {"SANYOU-2023-17": 1}


def test_a_rows_own_days_go_before_those_of_its_list(tmp_path: Path) -> None:
    old = ["Canis lupus", "狼", "sanyou", "SANYOU-2000-7"]
    [taxon] = read_rows(tmp_path, [*old, "", ""]).taxa
    assert (taxon.valid_from, taxon.valid_to) == (date(2000, 8, 1), date(2023, 6, 25))
    [taxon] = read_rows(tmp_path, [*old, "2001-02-03", "2021-02-04"]).taxa
    assert (taxon.valid_from, taxon.valid_to) == (date(2001, 2, 3), date(2021, 2, 4))


def test_columns_may_be_called_as_the_announcements_do_and_come_in_any_order(
    tmp_path: Path,
) -> None:
    header = ["名录", "保护级别", "页", "中文名", "学名", "目", "科", "纲", "别名", "外来"]
    row = ["NKPWA-2021-3", "二级", "12", "狼", "Canis lupus", "食肉目", "犬科", "哺乳纲"]
    [taxon] = read_rows(tmp_path, [*row, "灰狼、野狼；张三|", "否"], header=header).taxa
    assert (taxon.scientific_name, taxon.chinese_name) == ("Canis lupus", "狼")
    assert taxon.protection is Protection.NATIONAL_2
    assert taxon.aliases == ["灰狼", "野狼", "张三"]
    assert (taxon.class_, taxon.order, taxon.family) == ("哺乳纲", "食肉目", "犬科")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("national_1", Protection.NATIONAL_1),
        ("NATIONAL_I", Protection.NATIONAL_1),
        ("国家一级", Protection.NATIONAL_1),
        ("一级", Protection.NATIONAL_1),
        ("NATIONAL_II", Protection.NATIONAL_2),
        ("国家二级", Protection.NATIONAL_2),
        ("二级", Protection.NATIONAL_2),
        ("SANYOU", Protection.SANYOU),
        ("三有", Protection.SANYOU),
        ("未列入", Protection.UNLISTED),
    ],
)
def test_protection_is_understood_as_lists_write_it(
    tmp_path: Path, said: str, meant: Protection
) -> None:
    [taxon] = read_rows(tmp_path, ["Canis lupus", "狼", said, "NKPWA-2021-3", "", ""]).taxa
    assert taxon.protection is meant


def test_a_group_and_a_subspecies_are_taxa_too(tmp_path: Path) -> None:
    group, capitals, subspecies = read_rows(
        tmp_path,
        ["Cuora spp.", "闭壳龟属所有种", "二级", "NKPWA-2021-3", "", ""],
        ["ANTIPATHARIA spp.", "角珊瑚目所有种", "二级", "NKPWA-2021-3", "", ""],
        ["Trachemys  scripta elegans ", " 红耳龟 ", "unlisted", "", "2023-06-26", ""],
    ).taxa
    assert (group.species_id, group.rank) == ("cuora_spp", "group")
    assert (capitals.species_id, capitals.rank) == ("antipatharia_spp", "group")
    assert (subspecies.species_id, subspecies.rank) == ("trachemys_scripta_elegans", "species")
    assert subspecies.scientific_name == "Trachemys scripta elegans"
    assert subspecies.chinese_name == "红耳龟"
    assert subspecies.list is None


def test_a_byte_order_mark_blank_lines_and_missing_last_cells_do_no_harm(tmp_path: Path) -> None:
    rows = [HEADER, [], CORMORANT[:4], ["", " ", ""], []]
    read = read_species(written(tmp_path / "list.CSV", rows, "utf-8-sig"), LISTS)
    assert [(taxon.row, taxon.chinese_name) for taxon in read.taxa] == [(3, "普通鸬鹚")]
    assert read.bad_rows == []


def test_pinyin_is_made_of_what_can_be_read(tmp_path: Path) -> None:
    header = ["scientific_name", "chinese_name", "protection", "list", "pinyin"]
    read = read_rows(
        tmp_path,
        ["Liophis unus", "𧈢", "sanyou", "SANYOU-2023-17", ""],
        ["Liophis duo", "𧈢蛇", "sanyou", "SANYOU-2023-17", "hui she"],
        ["Cervus wallichii", "西藏马鹿（包括白臀鹿）", "一级", "NKPWA-2021-3", ""],
        ["Podiceps minor", "小䴙䴘", "sanyou", "SANYOU-2023-17", ""],
        header=header,
    )
    assert [taxon.pinyin for taxon in read.taxa] == [
        "",
        "hui she",
        "xi zang ma lu bao kuo bai tun lu",
        "xiao pi ti",
    ]


def test_a_workbook_may_hold_days_numbers_and_truths_as_cells_of_their_own(
    tmp_path: Path,
) -> None:
    file = workbook(
        tmp_path / "名录.XLSX",
        [
            ["学名", "中文名", "保护级别", "名录", "生效日", "失效日", "外来", "备注"],
            ["Canis lupus", "狼", "三有", "SANYOU-2000-7", date(2000, 8, 1), "2021-02-04", 0, 12],
            ["Canis lupus", "狼", "二级", "NKPWA-2021-3", date(2021, 2, 5), None, False, 1.5],
            [],
            ["Rana catesbeiana", "牛蛙", "未列入", None, date(2023, 6, 26), None, True],
            ["Idus ruber", "红𩷶", "sanyou", "SANYOU-2023-17", None, None, "否", "四字节"],
        ],
    )
    read = read_species(file, LISTS)
    assert read.bad_rows == []
    assert [
        (t.row, t.chinese_name, str(t.valid_from), str(t.valid_to), t.alien, t.note)
        for t in read.taxa
    ] == [
        (2, "狼", "2000-08-01", "2021-02-04", False, "12"),
        (3, "狼", "2021-02-05", "None", False, "1.5"),
        (5, "牛蛙", "2023-06-26", "None", True, ""),
        (6, "红𩷶", "2023-06-26", "None", False, "四字节"),
    ]
    assert read.counts() == {
        "SANYOU-2000-7": 1,
        "NKPWA-2021-3": 1,
        "SANYOU-2023-17": 1,
        "unlisted": 1,
    }


def test_the_register_of_the_project_reads_the_same_as_csv_and_as_workbook(tmp_path: Path) -> None:
    with REGISTER.open(encoding="utf-8", newline="") as lines:
        file = workbook(tmp_path / "register.xlsx", csv.reader(lines))
    assert read_species(file, LISTS) == read_species(REGISTER, LISTS)


# ---------------------------------------------------------------- what is wrong with a row


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"scientific_name": " "}, "scientific_name is empty"),
        ({"chinese_name": ""}, "chinese_name is empty"),
        ({"protection": ""}, "protection is empty"),
        ({"list": ""}, "list is empty, though the protection is sanyou"),
        ({"protection": "三级"}, "protection '三级' is none of national_1, national_2, sanyou"),
        ({"list": "SANYOU-1999"}, "list 'SANYOU-1999' is none of NKPWA-1989, SANYOU-2000-7"),
        ({"scientific_name": "普通鸬鹚"}, "'普通鸬鹚' is no scientific name (Genus species)"),
        ({"scientific_name": "Phalacrocorax"}, "'Phalacrocorax' is no scientific name"),
        ({"scientific_name": "phalacrocorax carbo"}, "is no scientific name"),
        ({"scientific_name": "Phalacrocorax carbo Linnaeus"}, "is no scientific name"),
        ({"valid_from": "2023/6/26"}, "valid_from '2023/6/26' is no day like 2023-06-26"),
        ({"valid_from": "2023-02-29"}, "valid_from '2023-02-29' is no day like 2023-06-26"),
        ({"valid_to": "later"}, "valid_to 'later' is no day like 2023-06-26"),
        ({"valid_to": "2023-06-25"}, "valid_to 2023-06-25 is before valid_from 2023-06-26"),
        (
            {"list": "SANYOU-2000-7", "valid_from": "2024-01-01"},
            "valid_to 2023-06-25 is before valid_from 2024-01-01",
        ),
        (
            {"protection": "unlisted", "list": ""},
            "valid_from is empty, and no list says since when",
        ),
        ({"alien": "perhaps"}, "alien 'perhaps' is neither true nor false"),
        ({"rank": "breed"}, "rank 'breed' is none of species, group"),
        ({"chinese_name": "鸬\0鹚"}, "chinese_name contains U+0000"),
        ({"note": "\0"}, "note contains U+0000"),
        ({"chinese_name": "鸬" * 201}, "鸬鸬… has more than 200 characters"),
        ({"aliases": "鱼鹰|" + "鹰" * 201}, "鹰鹰… has more than 200 characters"),
        ({"scientific_name": "Aa " + "b" * 198}, "bb… has more than 200 characters"),
    ],
)
def test_a_bad_row_is_named_with_its_number_and_its_fault(
    tmp_path: Path, changes: dict[str, str], reason: str
) -> None:
    header = [*HEADER, "alien", "rank", "aliases", "note"]
    good = dict(zip(header, [*CORMORANT, "", "", "", ""], strict=True))
    wolf = ["Canis lupus", "狼", "二级", "NKPWA-2021-3"]
    read = read_rows(tmp_path, wolf, list((good | changes).values()), header=header)
    assert [taxon.chinese_name for taxon in read.taxa] == ["狼"]
    [bad] = read.bad_rows
    assert str(bad).startswith("row 3: ")
    assert reason in str(bad)


def test_all_bad_rows_are_named_in_their_order(tmp_path: Path) -> None:
    read = read_rows(
        tmp_path,
        ["Canis lupus", "", "二级", "NKPWA-2021-3", "", ""],
        CORMORANT,
        ["Canis lupus", "狼", "二级", "", "", ""],
        CORMORANT,
        ["?", "狼", "二级", "NKPWA-2021-3", "", ""],
    )
    assert [bad.row for bad in read.bad_rows] == [2, 4, 5, 6]


def test_two_protections_of_a_taxon_at_once_are_named_by_both_rows(tmp_path: Path) -> None:
    wolf = ["Canis lupus", "狼"]
    read = read_rows(
        tmp_path,
        [*wolf, "national_2", "NKPWA-2021-3", "", ""],
        [*wolf, "sanyou", "SANYOU-2000-7", "2000-08-01", "2021-02-05"],
        [*wolf, "sanyou", "SANYOU-2023-17", "", ""],
        [*wolf, "unlisted", "", "2000-07-31", "2000-07-31"],
    )
    assert list(map(str, read.bad_rows)) == [
        "row 2: Canis lupus has another protection by row 3, which ends 2021-02-05",
        "row 4: Canis lupus has another protection by row 2, which ends on no day",
    ]


def test_a_long_period_contradicts_all_that_begin_within_it(tmp_path: Path) -> None:
    wolf = ["Canis lupus", "狼"]
    read = read_rows(
        tmp_path,
        [*wolf, "sanyou", "SANYOU-2000-7", "2000-08-01", "2020-12-31"],
        [*wolf, "sanyou", "SANYOU-2000-7", "2005-01-01", "2005-12-31"],
        [*wolf, "sanyou", "SANYOU-2000-7", "2010-01-01", "2010-12-31"],
        [*wolf, "national_2", "NKPWA-2021-3", "", ""],
    )
    assert [bad.row for bad in read.bad_rows] == [3, 4]


def test_periods_that_follow_each_other_are_no_contradiction(tmp_path: Path) -> None:
    wolf = ["Canis lupus", "狼"]
    read = read_rows(
        tmp_path,
        [*wolf, "national_2", "NKPWA-2021-3", "", ""],
        [*wolf, "sanyou", "SANYOU-2000-7", "", "2021-01-31"],
    )
    assert read.bad_rows == []
    assert len(read.taxa) == 2


def test_one_chinese_name_for_two_taxa_is_named(tmp_path: Path) -> None:
    read = read_rows(
        tmp_path, CORMORANT, ["Gulosus aristotelis", *CORMORANT[1:]], [*CORMORANT[:4], "2030-01-01"]
    )
    assert "row 2: 普通鸬鹚 is also the name of Gulosus aristotelis" in map(str, read.bad_rows)


# ---------------------------------------------------------------- what is no species list


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("list.csv", b"", "is empty"),
        ("list.csv", b"\xef\xbb\xbf", "is empty"),
        ("list.csv", "学名,中文名\n狼".encode("gb18030"), "is not UTF-8"),
        ("list.csv", "学名,中文名".encode("utf-16"), "is not UTF-8"),
        ("list.csv", b"\n\n", "has no column scientific_name or 学名"),
        ("list.csv", "学名;中文名;保护级别".encode(), "has no column scientific_name or 学名"),
        ("list.csv", "学名,保护级别".encode(), "has no column chinese_name or zh or 中文名"),
        ("list.csv", "学名,中文名".encode(), "has no column protection or 保护级别"),
        ("list.csv", b"x" * 200_000, "can't be read as CSV"),
        ("list.xlsx", b"", "can't be read as XLSX"),
        ("list.xlsx", "学名,中文名,保护级别".encode(), "can't be read as XLSX"),
        ("list.xlsx", b"PK\x03\x04 and so on", "can't be read as XLSX"),
    ],
)
def test_a_file_that_is_no_species_list_is_refused_as_a_whole(
    tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(ValueError, match=says) as refused:
        read_species(file, LISTS)
    assert str(file) in str(refused.value)


def test_a_column_that_says_nothing_is_named_and_one_that_is_there_twice_refused(
    tmp_path: Path,
) -> None:
    row = ["Canis lupus", "狼", "unlisted", "2030-01-01", "15"]
    header = ["scientific_name", "chinese_name", "protection", "valid_from"]
    read = read_rows(tmp_path, row, header=[*header, "natve_to"])
    assert (read.unread, read.bad_rows) == (["natve_to"], [])
    with pytest.raises(ValueError, match=r"valid_from and 生效日 are the same one"):
        read_rows(tmp_path, row, header=[*header, "生效日"])


def test_an_empty_workbook_and_one_without_a_column_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"is empty|has no column"):
        read_species(workbook(tmp_path / "empty.xlsx", []), LISTS)
    with pytest.raises(ValueError, match="has no column protection or 保护级别"):
        read_species(workbook(tmp_path / "short.xlsx", [["学名", "中文名"]]), LISTS)


@pytest.mark.parametrize(
    "content",
    [
        "list,title,issued_by,valid_from,valid_to\nX,t,i,2023-06-26,",
        "list,title,issued_by,valid_from,valid_to,taxa\nX,t,i,soon,,",
        "list,title,issued_by,valid_from,valid_to,taxa\nX,t,i,2023-06-26,,many",
        "list,title,issued_by,valid_from,valid_to,taxa\nX",
        "学名,中文名\nCanis lupus,狼",
        "",
    ],
)
def test_announced_lists_that_cannot_be_read_are_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "lists.csv"
    file.write_text(content, "utf-8")
    with pytest.raises(ValueError, match=r"lists\.csv is no CSV of announced lists: ..."):
        read_lists(file)


def test_an_operator_may_add_a_list_of_the_province(tmp_path: Path) -> None:
    file = tmp_path / "lists.csv"
    file.write_text(
        "\ufefflist,title,issued_by,valid_from,valid_to,taxa\n"
        "NM-1,内蒙古自治区重点保护陆生野生动物名录,内蒙古自治区,2010-01-01,,\n",
        "utf-8",
    )
    [announced] = read_lists(file).values()
    assert announced.list == "NM-1"
    assert (announced.valid_from, announced.valid_to, announced.taxa) == (
        date(2010, 1, 1),
        None,
        None,
    )


# ---------------------------------------------------------------- any text at all

COLUMNS = [*HEADER, "aliases", "pinyin", "english_name", "rank", "class", "alien", "note"]
COLUMNS += ["authority", "population", "native_to"]
ROWS = st.lists(st.lists(TELLING | ANYTHING, max_size=len(COLUMNS)), max_size=6)


def every_row_is_answered(read: SpeciesFile, rows: int) -> None:
    taken = [taxon.row for taxon in read.taxa]
    assert taken == sorted(set(taken))
    assert all(2 <= row <= rows + 1 for row in taken)
    assert all(bad.reason and 2 <= bad.row <= rows + 1 for bad in read.bad_rows)


@given(ROWS)
def test_whatever_the_cells_of_a_csv_file_hold_each_row_is_taken_or_named(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    file = written(tmp_path_factory.getbasetemp() / "any.csv", [COLUMNS, *rows])
    lines = file.read_text("utf-8").count("\n") + file.read_text("utf-8").count("\r")
    every_row_is_answered(read_species(file, LISTS), lines)


@settings(max_examples=30)
@given(ROWS)
def test_whatever_the_cells_of_a_workbook_hold_each_row_is_taken_or_named(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    file = workbook(tmp_path_factory.getbasetemp() / "any.xlsx", [COLUMNS, *rows])
    every_row_is_answered(read_species(file, LISTS), len(rows))


@given(st.binary(max_size=300), st.sampled_from(["bytes.csv", "bytes.xlsx"]))
def test_whatever_a_file_holds_it_is_read_or_refused_with_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    file = tmp_path_factory.getbasetemp() / name
    file.write_bytes(content)
    with pytest.raises(ValueError, match=name):
        read_species(file, LISTS)
