"""The register that ships: whole, by the rules of its lists, and as the announcements have it."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from db.database import Database
from tests.species.asking import LISTS
from wildlife.species.importing import REGISTER, SpeciesFile, read_species
from wildlife.species.listed import ListedTaxon
from wildlife.words.vocabularies import Authority, Protection

TODAY = date(2024, 8, 4)
ANNOUNCEMENTS = Path(__file__).parents[3] / "shared/data/protected_species_cn.csv"


@pytest.fixture(scope="module")
def register() -> list[ListedTaxon]:
    read = read_species(REGISTER, LISTS)
    assert read.bad_rows == []
    return read.taxa


def in_force(taxa: list[ListedTaxon], on: date = TODAY) -> dict[str, ListedTaxon]:
    return {
        taxon.species_id: taxon
        for taxon in taxa
        if taxon.valid_from <= on <= (taxon.valid_to or date.max)
    }


def test_the_register_covers_at_least_400_taxa_each_described_whole(
    register: list[ListedTaxon],
) -> None:
    assert len({taxon.species_id for taxon in register}) >= 400
    for taxon in register:
        for said in (
            taxon.chinese_name,
            taxon.pinyin,
            taxon.scientific_name,
            taxon.english_name,
            taxon.class_,
            taxon.order,
            taxon.family,
        ):
            assert said, taxon
        assert len(taxon.pinyin.split()) == len(taxon.chinese_name), taxon
        assert taxon.pinyin.replace(" ", "").isalpha(), taxon
        assert taxon.pinyin.isascii(), taxon


def test_every_taxon_of_the_register_has_one_protection_today_and_never_two(
    register: list[ListedTaxon],
) -> None:
    assert set(in_force(register)) == {taxon.species_id for taxon in register}
    by_taxon: dict[str, list[ListedTaxon]] = {}
    for taxon in register:
        by_taxon.setdefault(taxon.species_id, []).append(taxon)
    for rows in by_taxon.values():
        for before, after in pairwise(sorted(rows, key=lambda row: row.valid_from)):
            assert before.valid_to is not None, before
            assert before.valid_to < after.valid_from, after


def test_every_period_of_the_register_lies_within_that_of_its_list(
    register: list[ListedTaxon],
) -> None:
    for taxon in register:
        if taxon.list is None:
            assert taxon.protection is Protection.UNLISTED
            continue
        announced = LISTS[taxon.list]
        national = taxon.protection in (Protection.NATIONAL_1, Protection.NATIONAL_2)
        assert national is taxon.list.startswith(("NKPWA", "CITES"))
        assert announced.jurisdiction == ""
        assert announced.valid_from <= taxon.valid_from
        assert (taxon.valid_to or date.max) <= (announced.valid_to or date.max)


def test_rows_of_a_taxon_agree_but_for_its_protection(register: list[ListedTaxon]) -> None:
    seen: dict[str, tuple[Any, ...]] = {}
    for t in register:
        described = (
            t.chinese_name,
            t.english_name,
            t.aliases,
            t.pinyin,
            t.order,
            t.family,
            t.alien,
        )
        assert seen.setdefault(t.species_id, described) == described


def test_common_crows_are_on_no_list_and_aliens_are_marked(register: list[ListedTaxon]) -> None:
    today = in_force(register)
    for crow in ("corvus_corone", "corvus_macrorhynchos"):
        assert today[crow].protection is Protection.UNLISTED
        assert today[crow].list is None
        assert not today[crow].alien
    aliens = {taxon.chinese_name for taxon in today.values() if taxon.alien}
    assert {"牛蛙", "红耳龟", "虎皮鹦鹉", "美洲水貂"} <= aliens
    for taxon in today.values():
        assert taxon.list is None or taxon.alien is taxon.list.startswith("CITES"), taxon


def test_a_list_holds_from_the_day_that_its_announcement_bears(
    register: list[ListedTaxon],
) -> None:
    days = {announced.list: str(announced.valid_from) for announced in LISTS.values()}
    assert days == {
        "NKPWA-1989": "1989-01-14",
        "SANYOU-2000-7": "2000-08-01",
        "NKPWA-2021-3": "2021-02-01",
        "CITES-2023-1": "2023-02-23",
        "SANYOU-2023-17": "2023-06-26",
    }
    # A row that ends sooner than its list does so with another one of the whole country.
    edges = set(days.values())
    for taxon in register:
        if taxon.list is not None:
            assert str(taxon.valid_from) == days[taxon.list], taxon
        if taxon.valid_to is not None:
            assert str(taxon.valid_to + timedelta(days=1)) in edges, taxon


def test_what_cites_names_and_does_not_occur_here_is_nationally_protected(
    register: list[ListedTaxon],
) -> None:
    today = in_force(register)
    for species_id, protection in [
        ("psittacus_erithacus", Protection.NATIONAL_1),
        ("python_regius", Protection.NATIONAL_2),
        # These three parrots are in no appendix.
        ("agapornis_roseicollis", Protection.UNLISTED),
        ("melopsittacus_undulatus", Protection.UNLISTED),
        ("nymphicus_hollandicus", Protection.UNLISTED),
    ]:
        assert today[species_id].protection is protection
        assert today[species_id].alien


def test_some_that_live_on_land_are_managed_as_aquatic_animals(
    register: list[ListedTaxon],
) -> None:
    today = in_force(register)
    for species_id in ("rana_chensinensis", "pelophylax_nigromaculatus", "lutra_lutra"):
        assert today[species_id].authority is Authority.FISHERIES
    assert today["canis_lupus"].authority is Authority.FORESTRY
    for taxon in today.values():
        assert (taxon.authority is None) <= (taxon.list is None), taxon


async def test_the_database_holds_the_register_whole(
    database: Database, register: list[ListedTaxon]
) -> None:
    async with database.reading() as connection:
        rows = await connection.fetch("select * from species_protection")
        kept = {(r["species_id"], r["valid_from"], r["valid_to"], r["protection"]) for r in rows}
        lists = await connection.fetchval("select count(*) from protection_list")
    assert kept == {(t.species_id, t.valid_from, t.valid_to, t.protection.value) for t in register}
    assert len(kept) == len(rows)
    assert lists == len(LISTS)


# ---------------------------------------------------------------- against the announcements


@pytest.fixture(scope="module")
def announced() -> SpeciesFile:
    return read_species(ANNOUNCEMENTS, LISTS)


at_hand = pytest.mark.skipif(
    not ANNOUNCEMENTS.exists(), reason="the public copy of the announcements is not at hand"
)


@at_hand
def test_the_announcements_are_read_whole(announced: SpeciesFile) -> None:
    assert announced.bad_rows == []
    assert announced.counts() == {"NKPWA-2021-3": 988, "SANYOU-2023-17": 1924}
    assert len({taxon.species_id for taxon in announced.taxa}) == 988 + 1924
    classes = Counter(
        (taxon.protection, taxon.rank) for taxon in announced.taxa if taxon.list == "NKPWA-2021-3"
    )
    assert classes == {
        (Protection.NATIONAL_1, "species"): 234,
        (Protection.NATIONAL_1, "group"): 1,
        (Protection.NATIONAL_2, "species"): 746,
        (Protection.NATIONAL_2, "group"): 7,
    }


@at_hand
def test_the_register_agrees_with_the_announcements(
    register: list[ListedTaxon], announced: SpeciesFile
) -> None:
    by_latin = {taxon.scientific_name: taxon for taxon in announced.taxa}
    # That copy has a character of private use where the announcement has 鵟.
    by_chinese = {taxon.chinese_name.replace("\ue147", "鵟"): taxon for taxon in announced.taxa}
    for taxon in in_force(register).values():
        genus = taxon.scientific_name.split()[0]
        theirs = by_latin.get(taxon.scientific_name) or by_latin.get(f"{genus} spp.")
        same_name = by_chinese.get(taxon.chinese_name)
        if taxon.list is None or taxon.alien:
            assert theirs is same_name is None, taxon
        else:
            assert theirs is not None, taxon
            assert same_name in (theirs, None), taxon
            assert (theirs.protection, theirs.list) == (taxon.protection, taxon.list), taxon
            assert same_name is theirs or theirs.rank == "group", taxon
            assert (theirs.authority, theirs.population) == (taxon.authority, taxon.population)
