"""What a species list says goes into the register: the same however often, and in any order."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.connection import Connection
from db.database import Database
from tests.species.asking import LISTS, WITH_A_PROVINCE
from tests.species.files import ANYTHING, HEADER, TELLING, read_rows, written
from wildlife.species.announced import ProtectionList
from wildlife.species.importing import REGISTER, read_species
from wildlife.species.listed import ListedTaxon
from wildlife.species.register import put_lists, put_species
from wildlife.words.vocabularies import Protection

on_a_database = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def imported(
    connection: Connection, taxa: list[ListedTaxon], lists: dict[str, ProtectionList] = LISTS
) -> None:
    await put_lists(connection, lists)
    await put_species(connection, taxa)


async def periods(connection: Connection, species_id: str) -> list[tuple[str, str, str]]:
    """The periods of a taxon's protection, oldest first."""
    rows = await connection.fetch(
        "select valid_from, valid_to, protection from species_protection"
        " where species_id = $1 order by valid_from",
        species_id,
    )
    return [(str(row["valid_from"]), str(row["valid_to"]), row["protection"]) for row in rows]


async def whole_register(connection: Connection) -> list[list[tuple[Any, ...]]]:
    return [
        [tuple(row) for row in await connection.fetch(f"select * from {table} order by 1, 2, 3")]
        for table in ("protection_list", "species", "species_protection", "species_name")
    ]


async def test_importing_the_same_file_again_changes_nothing(
    database: Database, tmp_path: Path
) -> None:
    read = read_rows(
        tmp_path,
        ["Idus ruber", "红𩷶", "sanyou", "SANYOU-2023-17", "", ""],
        ["Canis lupus", "狼", "unlisted", "", "2030-01-01", ""],
    )
    async with database.transaction() as connection:
        before = await whole_register(connection)
        await imported(connection, read_species(REGISTER, LISTS).taxa)
        assert await whole_register(connection) == before
        await imported(connection, read.taxa)
        once = await whole_register(connection)
        assert once != before
        await imported(connection, read.taxa)
        assert await whole_register(connection) == once


async def test_a_new_list_ends_the_period_before_it_and_keeps_it(
    database: Database, tmp_path: Path
) -> None:
    moved = ["Phalacrocorax carbo", "普通鸬鹚", "national_2", "NKPWA-2021-3", "2031-05-01", ""]
    async with database.transaction() as connection:
        await imported(connection, read_rows(tmp_path, moved).taxa)
        assert await periods(connection, "phalacrocorax_carbo") == [
            ("2000-08-01", "2023-06-25", "sanyou"),
            ("2023-06-26", "2031-04-30", "sanyou"),
            ("2031-05-01", "None", "national_2"),
        ]


async def test_an_old_list_imported_late_ends_where_the_newer_begins(
    database: Database, tmp_path: Path
) -> None:
    async with database.transaction() as connection:
        before = await periods(connection, "canis_lupus")
        old = ["Canis lupus", "狼", "sanyou", "SANYOU-2000-7", "", ""]
        await imported(connection, read_rows(tmp_path, old).taxa)
        assert await periods(connection, "canis_lupus") == before
        older = ["Canis lupus", "狼", "unlisted", "", "1990-01-01", ""]
        await imported(connection, read_rows(tmp_path, older).taxa)
        assert await periods(connection, "canis_lupus") == [
            ("1990-01-01", "2000-07-31", "unlisted"),
            *before,
        ]


async def test_what_a_list_is_silent_about_stays_as_the_register_has_it(
    database: Database, tmp_path: Path
) -> None:
    columns = "english_name, aliases, class, family, alien, pinyin, chinese_name"
    async with database.transaction() as connection:
        query = f"select {columns} from species where species_id = 'lithobates_catesbeianus'"
        before = await connection.fetchrow(query)
        row = ["Lithobates catesbeianus", "牛蛙", "unlisted", "", "2023-06-26", ""]
        await imported(connection, read_rows(tmp_path, row).taxa)
        assert await connection.fetchrow(query) == before


async def test_two_rows_of_a_taxon_in_one_file_say_as_much_as_in_two(
    database: Database, tmp_path: Path
) -> None:
    header = [*HEADER, "aliases", "english_name", "alien"]
    first = ["Idus ruber", "红𩷶", "unlisted", "", "2000-08-01", "", "赤𩷶", "Red idus", "true"]
    then = ["Idus ruber", "红𩷶", "unlisted", "", "2023-06-26", "", "", "", ""]
    register = []
    for files in ([[first, then]], [[first], [then]]):
        async with database.transaction() as connection:
            for rows in files:
                await imported(connection, read_rows(tmp_path, *rows, header=header).taxa)
            register.append(await whole_register(connection))
            await connection.execute("delete from species_name where species_id = 'idus_ruber'")
            await connection.execute(
                "delete from species_protection where species_id = 'idus_ruber'"
            )
            await connection.execute("delete from species where species_id = 'idus_ruber'")
    assert register[0] == register[1]


PLAUSIBLE_ROWS = st.lists(
    st.tuples(
        st.sampled_from(["Canis lupus", "Cuora spp.", "Phalacrocorax carbo", "Lupus"]),
        st.sampled_from(["狼", "普通鸬鹚", "闭壳龟属所有种"]) | ANYTHING,
        st.sampled_from([*Protection, "一级"]),
        st.sampled_from(["", *WITH_A_PROVINCE]),
        *(st.sampled_from(["", "2000-01-01", "2021-02-05", "9999-12-31"]) for _ in range(2)),
        *(TELLING | ANYTHING for _ in range(2)),
        *(st.just("") | ANYTHING for _ in range(2)),
    ),
    max_size=6,
)


@on_a_database
@given(PLAUSIBLE_ROWS)
async def test_the_register_takes_whatever_the_reader_takes(
    database: Database, tmp_path: Path, rows: list[tuple[str, ...]]
) -> None:
    header = [*HEADER, "aliases", "english_name", "pinyin", "note"]
    read = read_species(written(tmp_path / "any.csv", [header, *rows]), WITH_A_PROVINCE)
    async with database.transaction() as connection, connection.transaction():
        await imported(connection, read.taxa, WITH_A_PROVINCE)


DAYS = st.integers(0, 30).map(lambda days: date(2000, 1, 1) + timedelta(days=days))


@on_a_database
@given(st.lists(st.tuples(DAYS, st.none() | DAYS), min_size=1, max_size=5))
async def test_periods_of_a_taxon_never_overlap_whatever_is_imported_in_which_order(
    database: Database, tmp_path: Path, imports: list[tuple[date, date | None]]
) -> None:
    async with database.transaction() as connection:
        await connection.execute("delete from species_protection where species_id = 'canis_lupus'")
        for first, last in imports:
            days = [str(first), str(max(first, last)) if last else ""]
            row = ["Canis lupus", "狼", "unlisted", "", *days]
            await imported(connection, read_rows(tmp_path, row).taxa)
        kept = await periods(connection, "canis_lupus")
        assert {start for start, _, _ in kept} == {str(first) for first, _ in imports}
        for (start, end, _), (following, _, _) in pairwise(kept):
            assert start <= end < following


async def test_a_taxon_once_marked_as_an_alien_is_unmarked_by_a_row_that_says_so(
    database: Database, tmp_path: Path
) -> None:
    async def alien(connection: Connection, said: str) -> bool:
        header = ["scientific_name", "chinese_name", "protection", "valid_from", "alien"]
        row = ["Canis lupus", "狼", "unlisted", "2030-01-01", said]
        file = written(tmp_path / "list.csv", [header, row])
        await imported(connection, read_species(file, LISTS).taxa)
        found = await connection.fetchval(
            "select alien from species where species_id = 'canis_lupus'"
        )
        return bool(found)

    async with database.transaction() as connection:
        # Silence says neither.
        said = ["", "true", "", "否", ""]
        assert [await alien(connection, one) for one in said] == [False, True, True, False, False]
