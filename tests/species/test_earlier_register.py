"""The register that an earlier version loaded: taken over by the rules of today."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from shutil import copy

import asyncpg
import pytest

import db.migrations
from db.database import Database
from db.migrations import migrate
from tests.fixtures.database import new_database
from tests.species.asking import LISTS, WITH_A_PROVINCE, import_rows
from wildlife.species.importing import REGISTER, read_species
from wildlife.species.model import Taxon
from wildlife.species.queries import fetch_species
from wildlife.species.register import put_lists, put_species

THE_LAST_BEFORE = "0011_species.sql"

# As 0.1 had them: the list of 2021 holds from its publication on, a parrot that CITES names is on
# no list, and a list of a province holds in the whole country.
LEFT_BEHIND = """
    insert into protection_list (list, title, issued_by, valid_from, valid_to) values
        ('SANYOU-2000-7', '', '', '2000-08-01', '2023-06-25'),
        ('NKPWA-2021-3', '', '', '2021-02-05', null), ('NM-1', '', '', '2010-01-01', null);
    insert into species (species_id, scientific_name, chinese_name, english_name, aliases, pinyin,
        rank, class, "order", family, alien)
    select id, id, id, '', '{}', '', 'species', '', '', '', false from unnest(
        array['canis_lupus', 'cervus_nippon', 'psittacus_erithacus', 'corvus_corone']) as id;
    insert into species_protection (species_id, valid_from, valid_to, protection, list, note) values
        ('canis_lupus', '2000-08-01', '2021-02-04', 'sanyou', 'SANYOU-2000-7', ''),
        ('canis_lupus', '2021-02-05', null, 'national_2', 'NKPWA-2021-3', ''),
        ('cervus_nippon', '2021-02-05', null, 'national_1', 'NKPWA-2021-3', '仅限野外种群'),
        ('psittacus_erithacus', '2023-06-26', null, 'unlisted', null, ''),
        ('corvus_corone', '2010-01-01', null, 'provincial', 'NM-1', '');
    insert into animal (incident_id, number, station_ids, responsible_station_id, region_code,
        found_at, protection, count, remaining, life_stage, sex, cause, condition)
    select gen_random_uuid(), 1, '{}', gen_random_uuid(), '150425', now(), protection, 1, 1, '', '',
        '', '' from unnest(array['sanyou', null]) as protection;
"""


@pytest.fixture
async def database_url(
    server_url: str, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """A database of an earlier version with such a register, and the tables of today."""
    assert template, "it is made after the role that the tables are for"
    earlier = tmp_path / "migrations"
    earlier.mkdir()
    for file in db.migrations.FOLDER.glob("*.sql"):
        if file.name <= THE_LAST_BEFORE:
            copy(file, earlier)
    async with new_database(server_url, like="template0") as url:
        with monkeypatch.context() as patch:
            patch.setattr(db.migrations, "FOLDER", earlier)
            await migrate(url)
        connection = await asyncpg.connect(url)
        await connection.execute(LEFT_BEHIND)
        await connection.close()
        await migrate(url)
        yield url


async def taxon_of(database: Database, species_id: str, region: str = "") -> Taxon:
    async with database.reading() as connection:
        taxon = await fetch_species(connection, species_id, date(2024, 8, 4), region)
    assert taxon is not None
    return taxon


async def test_its_days_are_those_that_the_announcements_bear(database: Database) -> None:
    wolf = await taxon_of(database, "canis_lupus")
    assert [(str(one.valid_from), str(one.valid_to)) for one in wolf.history] == [
        ("2000-08-01", "2021-01-31"),
        ("2021-02-01", "None"),
    ]
    async with database.reading() as connection:
        day = await connection.fetchval(
            "select valid_from from protection_list where list = 'NKPWA-2021-3'"
        )
    assert day == LISTS["NKPWA-2021-3"].valid_from


async def test_what_its_notes_and_cites_say_counts(database: Database) -> None:
    deer = await taxon_of(database, "cervus_nippon")
    assert [one.population for one in deer.protections] == ["wild"]
    parrot = await taxon_of(database, "psittacus_erithacus")
    assert [(one.protection, one.list) for one in parrot.history] == [
        ("national_1", "CITES-2023-1")
    ]


async def test_the_lists_of_today_go_over_it_and_leave_nothing_twice(
    database: Database, tmp_path: Path
) -> None:
    """The list of the province first, which now says where it holds; then the register."""
    crow = "Corvus corone,小嘴乌鸦,provincial,NM-1,,"
    await import_rows(database, tmp_path / "list.csv", crow, lists=WITH_A_PROVINCE)
    taxa = read_species(REGISTER, LISTS).taxa
    async with database.transaction() as connection:
        await put_lists(connection, LISTS)
        await put_species(connection, taxa)
        rows = await connection.fetch("select * from species_protection where jurisdiction = ''")
    kept = {(row["species_id"], row["valid_from"], row["valid_to"], row["list"]) for row in rows}
    assert kept == {(one.species_id, one.valid_from, one.valid_to, one.list) for one in taxa}
    assert len(kept) == len(rows)
    for region, protection in [("150425", "provincial"), ("220102", "unlisted")]:
        there = await taxon_of(database, "corvus_corone", region)
        assert [one.protection for one in there.protections] == [protection]


async def test_rows_have_the_protection_that_they_had(database: Database) -> None:
    async with database.reading() as connection:
        rows = await connection.fetch("select protection, protections from animal")
    assert sorted((row["protection"], row["protections"]) for row in rows if row["protection"]) == [
        ("sanyou", ["sanyou"])
    ]
    assert [row["protections"] for row in rows if row["protection"] is None] == [[]]
