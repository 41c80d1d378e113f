"""A taxon may be protected in several ways at once: by the country, and by the region it is in."""

from pathlib import Path
from typing import Any

import pytest

from db.database import Database
from tests.commandline import Wildlife
from tests.species.asking import LISTS, PROVINCIAL, WITH_A_PROVINCE, find, import_rows, names
from tests.species.files import CORMORANT, HEADER, read_rows, written
from tests.users import Person, entry, identification, release, rescue
from wildlife.species.announced import ProtectionList
from wildlife.species.importing import read_lists
from wildlife.words.vocabularies import Population

CARBO = "/species/phalacrocorax_carbo"
IN_THE_PROVINCE = "Phalacrocorax carbo,普通鸬鹚,provincial,NM-1,,pu tong lu ci"
CROW = "Corvus corone,小嘴乌鸦,地方重点,NM-1,,xiao zui wu ya"


@pytest.fixture
async def province(database: Database, tmp_path: Path) -> None:
    """A list of 内蒙古 that has a 三有 species and one that no list of the country has."""
    file = tmp_path / "province.csv"
    await import_rows(database, file, IN_THE_PROVINCE, CROW, lists=WITH_A_PROVINCE)


def codes(taxon: dict[str, Any]) -> list[str]:
    assert (taxon["protection"] or None) == (taxon["protections"] or [None])[0]
    return [one["protection"] for one in taxon["protections"]]


# ---------------------------------------------------------------- the register


@pytest.mark.usefixtures("province")
async def test_in_its_province_a_species_is_sanyou_and_provincial_at_once(officer: Person) -> None:
    taxon = await officer.read(CARBO, params={"region": "150425"})
    assert codes(taxon) == ["sanyou", "provincial"]
    assert taxon["protections"][1] == {
        "protection": "provincial",
        "valid_from": "2010-01-01",
        "list": "NM-1",
        "jurisdiction": "15",
    }
    assert codes(await officer.read(CARBO, params={"region": "15"})) == ["sanyou", "provincial"]
    for elsewhere in ({}, {"region": "220000"}, {"region": "2215"}):
        taxon = await officer.read(CARBO, params=elsewhere)
        assert codes(taxon) == ["sanyou"]
        assert [one["list"] for one in taxon["history"]] == [
            "SANYOU-2000-7",
            "NM-1",
            "SANYOU-2023-17",
        ]


@pytest.mark.usefixtures("province")
async def test_what_a_region_has_on_its_list_is_not_unlisted_there(officer: Person) -> None:
    crow = "/species/corvus_corone"
    assert codes(await officer.read(crow)) == ["unlisted"]
    assert codes(await officer.read(crow, params={"region": "1504"})) == ["provincial"]
    assert "小嘴乌鸦" in await names(officer, "乌鸦", protection="unlisted")
    there = {"region": "1504"}
    assert "小嘴乌鸦" not in await names(officer, "乌鸦", protection="unlisted", **there)
    assert await names(officer, "乌鸦", protection="provincial", **there) == ["小嘴乌鸦"]


@pytest.mark.usefixtures("province")
async def test_a_part_of_the_register_has_what_is_protected_so_in_any_way(officer: Person) -> None:
    both = {"family": "鸬鹚科", "region": "150425"}
    for protection in ("sanyou", "provincial"):
        answer = await officer.read("/species", params=both | {"protection": protection})
        found = {taxon["chinese_name"]: codes(taxon) for taxon in answer["items"]}
        assert found["普通鸬鹚"] == ["sanyou", "provincial"]
    assert list(found) == ["普通鸬鹚"]
    [found_by_name] = await find(officer, "普通鸬鹚", region="150425")
    assert codes(found_by_name) == ["sanyou", "provincial"]
    answer = await officer.read("/species", params={"protection": "provincial", "region": "22"})
    assert answer["items"] == []


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_whose_provincial_list_is_meant_has_to_be_said(
    officer: Person, language: str
) -> None:
    for q in ({}, {"q": "鸬鹚"}):
        answer = await officer.get(
            "/species",
            params={"protection": "provincial"} | q,
            headers={"Accept-Language": language},
        )
        assert answer.status_code == 400
        problem = answer.json()
        assert (problem["code"], problem["errors"][0]["field"]) == ("invalid_parameter", "region")
    for region in ("内蒙古", "1", "15\n", "1504250000000"):
        answer = await officer.get(CARBO, params={"region": region})
        assert answer.status_code == 400, region


async def test_a_list_of_a_region_ends_nothing_that_holds_in_the_country_nor_in_another(
    officer: Person, database: Database, tmp_path: Path
) -> None:
    lists = WITH_A_PROVINCE | {
        "JL-1": ProtectionList("JL-1", "吉林", "吉林省", PROVINCIAL.valid_from, None, None, "22"),
        "CF-1": ProtectionList("CF-1", "赤峰", "赤峰市", PROVINCIAL.valid_from, None, None, "1504"),
    }
    row = "Phalacrocorax carbo,普通鸬鹚,provincial,{},,pu tong lu ci"
    file, rows = tmp_path / "list.csv", [row.format(code) for code in ("NM-1", "JL-1", "CF-1")]
    before = (await officer.read(CARBO))["history"]
    await import_rows(database, file, *rows, lists=lists)
    history = (await officer.read(CARBO))["history"]
    assert [one for one in history if "jurisdiction" not in one] == before
    assert [one["jurisdiction"] for one in history if "jurisdiction" in one] == ["15", "1504", "22"]
    there = await officer.read(CARBO, params={"region": "150425"})
    assert [one.get("jurisdiction") for one in there["protections"]] == [None, "15", "1504"]


async def test_a_new_list_of_a_region_follows_on_its_old_one(
    officer: Person, database: Database, tmp_path: Path
) -> None:
    header = ",".join(HEADER)
    for first in ("2010-01-01", "2030-01-01"):
        row = f"Phalacrocorax carbo,普通鸬鹚,provincial,NM-1,{first},"
        file = tmp_path / "list.csv"
        await import_rows(database, file, row, header=header, lists=WITH_A_PROVINCE)
    history = (await officer.read(CARBO))["history"]
    days = [(o["valid_from"], o.get("valid_to")) for o in history if o.get("list") == "NM-1"]
    assert days == [("2010-01-01", "2029-12-31"), ("2030-01-01", None)]


async def test_a_list_that_is_announced_anew_for_another_region_takes_its_rows_along(
    officer: Person, database: Database, tmp_path: Path
) -> None:
    for jurisdiction in ("15", "22"):
        lists = LISTS | {
            "NM-1": ProtectionList(
                "NM-1", "名录", "某省", PROVINCIAL.valid_from, None, None, jurisdiction
            )
        }
        await import_rows(database, tmp_path / "list.csv", IN_THE_PROVINCE, lists=lists)
    assert codes(await officer.read(CARBO, params={"region": "15"})) == ["sanyou"]
    assert codes(await officer.read(CARBO, params={"region": "22"})) == ["sanyou", "provincial"]


# ---------------------------------------------------------------- what files say


def test_where_a_list_holds_is_said_by_the_code_of_its_region_or_its_beginning(
    tmp_path: Path,
) -> None:
    header = ["list", "title", "issued_by", "valid_from", "valid_to", "taxa", "jurisdiction"]
    lists = read_lists(
        written(
            tmp_path / "lists.csv",
            [
                header,
                *(
                    [f"L{at}", "名录", "某地", "2010-01-01", "", "", where]
                    for at, where in enumerate(
                        [
                            "",
                            "15",
                            "150000",
                            "150400",
                            "150425",
                            "150425000000",
                            "150425100",
                            "4190",
                        ]
                    )
                ),
            ],
        )
    )
    said = [announced.jurisdiction for announced in lists.values()]
    assert said == ["", "15", "15", "1504", "150425", "150425", "150425100", "4190"]
    for wrong in ("内蒙古", "1", "0150", "15;22"):
        row = ["L", "名录", "某地", "2010-01-01", "", "", wrong]
        with pytest.raises(ValueError, match=r"lists\.csv is no CSV of announced lists"):
            read_lists(written(tmp_path / "lists.csv", [header, row]))


def test_a_provincial_protection_is_by_a_list_that_says_of_which_region(tmp_path: Path) -> None:
    read = read_rows(
        tmp_path,
        ["Canis lupus", "狼", "provincial", "NKPWA-2021-3", "", ""],
        ["Canis lupus", "狼", "sanyou", "NM-1", "", ""],
        ["Corvus corone", "小嘴乌鸦", "地方重点", "NM-1", "", ""],
        lists=WITH_A_PROVINCE,
    )
    assert [(taxon.chinese_name, taxon.jurisdiction) for taxon in read.taxa] == [("小嘴乌鸦", "15")]
    first, second = map(str, read.bad_rows)
    assert "protection provincial is by no list that holds in the whole country" in first
    assert "protection sanyou is by no list that holds in 15" in second


def test_two_protections_at_once_contradict_each_other_in_one_jurisdiction_alone(
    tmp_path: Path,
) -> None:
    provincial = [*CORMORANT[:2], "provincial", "NM-1", "", ""]
    national = [*CORMORANT[:2], "national_2", "NKPWA-2021-3", "", ""]
    read = read_rows(tmp_path, CORMORANT, provincial, lists=WITH_A_PROVINCE)
    assert read.bad_rows == []
    read = read_rows(tmp_path, CORMORANT, provincial, provincial, national, lists=WITH_A_PROVINCE)
    assert [bad.row for bad in read.bad_rows] == [2, 4]


def test_who_is_competent_for_which_animals_and_where_it_is_native_may_be_said(
    tmp_path: Path,
) -> None:
    header = [*HEADER, "主管部门", "种群", "自然分布", "备注"]
    read = read_rows(
        tmp_path,
        [*CORMORANT, "渔业主管部门", "", "150000|2102|15", "仅限野外种群。"],
        [*CORMORANT, "*", "all", "", "仅限野外种群"],
        [*CORMORANT, "0", "仅限野外种群", "", ""],
        [*CORMORANT, "", "", "", ""],
        [*CORMORANT, "林业", "", "", ""],
        [*CORMORANT, "", "家养", "", ""],
        [*CORMORANT, "", "", "内蒙古", ""],
        [*CORMORANT, "", "", "16", ""],
        header=header,
    )
    said = [(one.authority, one.population, one.native_to) for one in read.taxa]
    assert said == [
        ("fisheries", "wild", ["15", "2102"]),
        ("fisheries", "all", []),
        ("forestry", "wild", []),
        (None, "all", []),
    ]
    faults = {bad.row: bad.reason for bad in read.bad_rows}
    assert "authority '林业' is none of forestry, fisheries" in faults[6]
    assert "population '家养' is none of all, wild" in faults[7]
    assert "native_to '内蒙古' is no region code, nor the beginning of one" in faults[8]
    assert "native_to '16' is no region code, nor the beginning of one" in faults[9]


def test_a_column_of_announced_lists_that_nobody_reads_is_refused_by_name(tmp_path: Path) -> None:
    """Misspelt, a list of a region would hold in the whole country."""
    lists = tmp_path / "lists.csv"
    for header, wrong in (
        ("list,title,issued_by,valid_from,valid_to,taxa,jurisdicton", "a column 'jurisdicton'"),
        ("list,title,issued_by,valid_from,valid_to,taxa,taxa", "2 columns taxa"),
    ):
        lists.write_text(f"{header}\nNM-1,名录,内蒙古自治区,2010-01-01,,,\n", "utf-8")
        with pytest.raises(ValueError, match=wrong):
            read_lists(lists)


async def test_a_provincial_list_is_imported_with_what_announces_it(
    wildlife: Wildlife, officer: Person, tmp_path: Path
) -> None:
    lists = tmp_path / "内蒙古名录.csv"
    lists.write_text(
        "list,title,issued_by,valid_from,valid_to,taxa,jurisdiction\n"
        "NM-1,内蒙古自治区重点保护陆生野生动物名录,内蒙古自治区,2010-01-01,,,150000\n",
        "utf-8",
    )
    file = written(tmp_path / "list.csv", [HEADER, [*CORMORANT[:2], "地方重点", "NM-1", "", ""]])
    ended = await wildlife("species", "import", str(file), "--lists", str(lists))
    assert ended.out == "NM-1: 1\n"
    there = await officer.read(CARBO, params={"region": "150425"})
    assert codes(there) == ["sanyou", "provincial"]
    # Nor does it end with the register that ships, which a new version brings.
    await wildlife("species", "import")
    assert (await officer.read(CARBO, params={"region": "150425"})) == there


# ---------------------------------------------------------------- the record


async def identified(person: Person, species_id: str, **opening: Any) -> tuple[str, dict[str, Any]]:
    """A rescue whose animal is identified, and that animal's species."""
    incident = await person.opened(rescue(**opening))
    await person.appended(incident, identification(species_id))
    [animal] = (await person.read(f"/incidents/{incident}"))["animals"]
    species: dict[str, Any] = animal["species"]
    return incident, species


def place(region: str | None) -> dict[str, Any]:
    where = {"description": "林场"}
    return where if region is None else where | {"region_code": region}


@pytest.mark.usefixtures("province")
async def test_an_animal_has_the_protections_of_where_it_was_found(officer: Person) -> None:
    for region, expected in [
        ("150425", ["sanyou", "provincial"]),
        ("150000", ["sanyou", "provincial"]),
        ("220102", ["sanyou"]),
        (None, ["sanyou", "provincial"]),  # that of the station
    ]:
        _, species = await identified(officer, "phalacrocorax_carbo", place=place(region))
        assert codes(species) == expected, region
    _, crow = await identified(officer, "corvus_corone", place=place("150425"))
    assert codes(crow) == ["provincial"]
    _, crow = await identified(officer, "corvus_corone", place=place("220102"))
    assert codes(crow) == ["unlisted"]


@pytest.mark.usefixtures("province")
async def test_the_protections_follow_a_correction_of_where_and_when_it_was_found(
    officer: Person,
) -> None:
    incident, species = await identified(officer, "phalacrocorax_carbo", place=place("220102"))
    assert codes(species) == ["sanyou"]
    for clock, changes, expected in [
        ("08:00", {"place": {"region_code": "150425"}}, ["sanyou", "provincial"]),
        ("09:00", {"found_at": "2009-12-31T12:00:00+08:00"}, ["sanyou"]),
        ("10:00", {"found_at": "1999-12-31T12:00:00+08:00"}, []),
    ]:
        at = f"2024-08-01T{clock}:00+08:00"
        correction = entry("amendment", at, entry_id=incident, changes=changes)
        await officer.appended(incident, correction)
        [animal] = (await officer.read(f"/incidents/{incident}"))["animals"]
        assert codes(animal["species"]) == expected


@pytest.mark.usefixtures("province")
async def test_a_record_is_found_by_any_of_its_protections(
    officer: Person, official: Person
) -> None:
    incident, _ = await identified(officer, "phalacrocorax_carbo")
    await officer.appended(incident, release())
    for path in ("/incidents", "/animals", "/releases"):
        for protection, found in [("sanyou", 1), ("provincial", 1), ("national_2", 0)]:
            items = (await official.read(f"{path}?protection={protection}"))["items"]
            assert len(items) == found, (path, protection)
            if items and path != "/incidents":
                assert items[0]["protections"] == ["sanyou", "provincial"]
                assert (items[0]["protection"], items[0]["protection_list"]) == (
                    "sanyou",
                    "SANYOU-2023-17",
                )


@pytest.mark.parametrize(
    ("origin", "expected"),
    [("wild", "national_1"), ("unknown", "national_1"), ("captive", "unlisted")],
)
async def test_what_holds_for_wild_animals_only_protects_no_bred_one(
    officer: Person, origin: str, expected: str
) -> None:
    incident, species = await identified(officer, "cervus_nippon", animals=[{"origin": origin}])
    assert codes(species) == [expected]
    if origin == "wild":
        assert species["protection"]["population"] == Population.WILD
    [listed] = (await officer.read("/animals"))["items"]
    assert listed["protections"] == [expected]
    missing = (await officer.read(f"/incidents/{incident}"))["missing"]
    assert "protection" not in [one["code"] for one in missing]
    # What holds for all of them holds for this one, too.
    _, wolf = await identified(officer, "canis_lupus", animals=[{"origin": "captive"}])
    assert codes(wolf) == ["national_2"]


async def test_a_grey_parrot_is_nationally_protected_and_never_let_go(officer: Person) -> None:
    incident, species = await identified(officer, "psittacus_erithacus")
    assert species["protection"]["protection"] == "national_1"
    assert species["protection"]["list"] == "CITES-2023-1"
    answer = await officer.post(f"/incidents/{incident}/entries", release())
    assert answer.status_code == 409
