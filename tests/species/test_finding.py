"""The register is found by every name that people type, and gone through page by page."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from db.database import Database
from tests.species.asking import LISTS, find, import_rows, names
from tests.users import Person
from wildlife.commands.preparing import prepare
from wildlife.settings import Settings
from wildlife.species.importing import REGISTER, read_species
from wildlife.species.pinyin import initials, pinyin

# ---------------------------------------------------------------- pinyin of every name


async def test_a_species_is_found_by_pinyin_and_initials_of_its_other_names_too(
    officer: Person,
) -> None:
    for q, wanted, matched in [
        ("maotouying", "长耳鸮", "mao tou ying"),
        ("huangshulang", "黄鼬", "huang shu lang"),
        ("huang shu lang", "黄鼬", "huang shu lang"),
        ("HSL", "黄鼬", "hsl"),
        ("haozi", "貉", "hao zi"),
        ("he", "貉", "he"),
    ]:
        found = {taxon["chinese_name"]: taxon for taxon in await find(officer, q, limit=100)}
        assert found[wanted]["matched_name"] == matched, (q, found[wanted]["matched_name"])
        assert found[wanted]["matched_exactly"], q
    owls = await find(officer, "maotouying", limit=100)
    assert len(owls) > 1
    assert {taxon["order"] for taxon in owls} == {"鸮形目"}


async def test_every_chinese_name_of_the_register_is_found_by_its_pinyin_and_initials(
    officer: Person, database: Database
) -> None:
    async with database.reading() as connection:
        rows = await connection.fetch("select species_id, name, kind from species_name")
    kept = {(row["species_id"], row["name"]) for row in rows}
    counted = 0
    for taxon in read_species(REGISTER, LISTS).taxa:
        for name in (taxon.chinese_name, *taxon.aliases):
            if name.isascii():
                continue
            counted += 1
            reading = taxon.pinyin if name == taxon.chinese_name else pinyin(name)
            assert reading, name
            assert (taxon.species_id, reading) in kept, name
            assert (taxon.species_id, initials(reading)) in kept, name
    assert counted > 2000


async def test_the_name_itself_comes_before_another_name_that_sounds_like_it(
    officer: Person, database: Database, tmp_path: Path
) -> None:
    await import_rows(
        database,
        tmp_path / "list.csv",
        "Aardus primus,甲乙鸟,sanyou,SANYOU-2023-17,鸟丙丁,",
        "Zebrus ultimus,鸟丙钉,sanyou,SANYOU-2023-17,,",
    )
    for q in ("niaobingding", "nbd"):
        assert (await names(officer, q))[:2] == ["鸟丙钉", "甲乙鸟"], q


async def test_what_is_right_comes_alone_and_its_beginning_before_its_middle(
    officer: Person, database: Database, tmp_path: Path
) -> None:
    await import_rows(
        database,
        tmp_path / "list.csv",
        "Idus medius,大乙丑鸟,sanyou,SANYOU-2023-17,,",
        "Idus primus,甲,sanyou,SANYOU-2023-17,乙丑子,",
        "Idus totus,丙,sanyou,SANYOU-2023-17,乙丑,",
        "Idus nearus,乙丙,sanyou,SANYOU-2023-17,,",
    )
    assert await names(officer, "乙丑") == ["丙", "甲", "大乙丑鸟"]
    assert await names(officer, "yichou") == ["丙", "甲", "大乙丑鸟"]


async def test_other_names_of_four_bytes_and_places_that_are_read_wrong_are_found(
    officer: Person, database: Database, tmp_path: Path
) -> None:
    await import_rows(
        database,
        tmp_path / "list.csv",
        "Idus ruber,甲,sanyou,SANYOU-2023-17,红𩷶|𧈢,",
        "Idus locus,乙,sanyou,SANYOU-2023-17,克什克腾草蛇|杓嘴鸟,",
    )
    for q, wanted in [
        ("𩷶", "甲"),
        ("𧈢", "甲"),
        ("hongmang", "甲"),
        ("keshiketeng", "乙"),
        ("ksktcs", "乙"),
        ("shaozui", "乙"),
    ]:
        assert wanted in await names(officer, q, limit=100), q
    # What nobody can read has no pinyin, and no empty name that everything would fit.
    async with database.reading() as connection:
        empty = await connection.fetchval("select count(*) from species_name where folded = ''")
    assert empty == 0


async def test_a_register_that_an_earlier_version_loaded_gets_its_names_at_the_next_start(
    officer: Person, database: Database, settings: Settings
) -> None:
    async with database.writing() as connection:
        await connection.execute("delete from species_name where kind like 'alias\\_%'")
        await connection.execute("update species set names_version = default")
    assert "黄鼬" not in await names(officer, "huangshulang")
    for _ in range(2):
        await prepare(settings)
        assert (await names(officer, "huangshulang"))[0] == "黄鼬"


# ---------------------------------------------------------------- page by page


async def pages(person: Person, **parameters: Any) -> list[dict[str, Any]]:
    """All pages, one behind the other."""
    items, cursor = [], None
    while True:
        if cursor is not None:
            parameters["cursor"] = cursor
        answer = await person.read("/species", params=parameters)
        assert len(answer["items"]) <= parameters.get("limit", 20)
        items += answer["items"]
        cursor = answer["next_cursor"]
        if cursor is None:
            return items


async def test_the_whole_register_is_listed_page_by_page_each_taxon_once(officer: Person) -> None:
    known = {taxon.species_id for taxon in read_species(REGISTER, LISTS).taxa}
    for limit in (100, 37):
        listed = await pages(officer, limit=limit)
        assert len(listed) == len(known)
        assert {taxon["species_id"] for taxon in listed} == known
    groups = [(taxon["class"], taxon["order"], taxon["family"]) for taxon in listed]
    changes = sum(one != other for one, other in pairwise(groups))
    assert changes + 1 == len(set(groups)), "a family stands together"
    assert all(taxon["matched_name"] is taxon["matched_exactly"] is None for taxon in listed)
    [carbo] = [taxon for taxon in listed if taxon["species_id"] == "phalacrocorax_carbo"]
    [found] = await find(officer, "Phalacrocorax carbo")
    assert carbo == found | {"matched_name": None, "matched_exactly": None}


async def test_the_register_is_listed_by_protection_order_and_family(officer: Person) -> None:
    listed = await pages(officer, limit=100)
    for field, value in [("order", "鸮形目"), ("family", "鸬鹚科"), ("family", "犬科")]:
        some = await pages(officer, **{field: value})
        assert some == [taxon for taxon in listed if taxon[field] == value]
        assert some
    for protection in ("national_1", "national_2", "sanyou", "unlisted"):
        some = await pages(officer, protection=protection, limit=50)
        assert some == [
            taxon for taxon in listed if (taxon["protection"] or {}).get("protection") == protection
        ]
        assert some
    owls = await pages(officer, order="鸮形目", family="草鸮科", protection="national_2")
    assert {taxon["family"] for taxon in owls} == {"草鸮科"}
    answer = await officer.get("/species", params={"order": "鸮形目", "family": "犬科"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "family")


async def test_the_protection_is_that_of_the_day_asked_for_in_a_list_too(officer: Person) -> None:
    wolf = {"family": "犬科", "protection": "sanyou"}
    today = await pages(officer, **wolf)
    earlier = await pages(officer, **wolf, on="2020-01-01")
    assert "canis_lupus" not in [taxon["species_id"] for taxon in today]
    assert "canis_lupus" in [taxon["species_id"] for taxon in earlier]


async def test_a_search_is_narrowed_by_protection_order_and_family(officer: Person) -> None:
    assert set(await names(officer, "鸬鹚", protection="national_2")) == {"海鸬鹚", "黑颈鸬鹚"}
    assert set(await names(officer, "鸬鹚", family="犬科")) == set()
    owls = await find(officer, "maotouying", protection="national_2", limit=100)
    assert owls
    assert {taxon["order"] for taxon in owls} == {"鸮形目"}
    # 海鸬鹚 is no 三有 species: neither is a name guessed that is nearly the same.
    assert await names(officer, "海鸬鹚", protection="sanyou") == []
    assert await names(officer, "海芦鹚", protection="national_2") == ["海鸬鹚"]
    crows = await names(officer, "乌鸦", limit=1, protection="unlisted")
    assert len(crows) == 1


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"order": "鸮形"}, "order"),
        ({"family": "猫头鹰科"}, "family"),
        ({"family": ""}, "family"),
        ({"protection": "三有"}, "protection"),
        ({"q": "鸬鹚", "cursor": "W10"}, "cursor"),
        ({"cursor": "W10"}, "cursor"),
        ({"cursor": "WyJcdTAwMDAiLCIiLCIiLCIiXQ"}, "cursor"),
        ({"cursor": "鸬"}, "cursor"),
        ({"limit": "101"}, "limit"),
    ],
)
async def test_a_question_about_the_register_that_cannot_be_meant_is_refused_by_name(
    officer: Person, parameters: dict[str, str], field: str
) -> None:
    for language in ("en", "zh"):
        answer = await officer.get(
            "/species", params=parameters, headers={"Accept-Language": language}
        )
        problem = answer.json()
        assert answer.status_code == 400, problem
        assert problem["code"] == "invalid_parameter"
        assert problem["errors"][0]["field"] == field
        assert problem["errors"][0]["expected"]
