"""The register of species by command."""

import asyncio
import signal
from itertools import product
from pathlib import Path

from db.database import Database
from tests.commandline import WITHIN_S, Wildlife, run, started, two_at_once
from tests.users import Person
from wildlife.settings import Settings, to_environment
from wildlife.species.importing import REGISTER

HEADER = "scientific_name,chinese_name,protection,list,valid_from\n"


async def imported(database: Database) -> int:
    """How many taxa of the made-up genus are there."""
    async with database.reading() as connection:
        count: int = await connection.fetchval(
            "select count(*) from species where species_id like 'idus%'"
        )
    return count


async def test_a_species_list_is_imported_when_it_has_what_is_expected(
    wildlife: Wildlife, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "名录.csv"
    file.write_text(
        f"{HEADER}Idus ruber,红𩷶,三有,SANYOU-2023-17,\nIdus niger,黑𩷶,unlisted,,2023-06-26\n",
        "utf-8",
    )
    expected = ("--expect", "SANYOU-2023-17=1", "--expect", "unlisted=1")
    ended = await wildlife("species", "import", str(file), *expected)
    assert ended.out == "SANYOU-2023-17: 1 of 1924 announced\nunlisted: 1\n"
    assert await imported(database) == 2
    assert await wildlife("species", "import", str(file)) == ended
    assert await imported(database) == 2


GOOD_ROW = "Idus ruber,红𩷶,三有,SANYOU-2023-17,\n"
FAULTS: list[tuple[str, tuple[str, ...], list[str]]] = [
    (GOOD_ROW, ("--expect", "SANYOU-2023-17=2"), ["SANYOU-2023-17 has 1 taxa, not 2"]),
    (GOOD_ROW, ("--expect", "NKPWA-2021-3=1"), ["NKPWA-2021-3 has 0 taxa, not 1"]),
    (
        f"{GOOD_ROW}idus,,三有,,\nIdus niger,黑𩷶,三级,X,\n",
        (),
        [
            "row 3: chinese_name is empty",
            "row 4: protection '三级' is none of",
            "nothing was imported: 2 bad rows",
        ],
    ),
    (GOOD_ROW.replace("𩷶", "\0"), (), ["row 2: chinese_name contains U+0000"]),
    (GOOD_ROW.replace("𩷶", "𩷶" * 3000), (), ["row 2: ", "more than 200 characters"]),
    (GOOD_ROW.replace("𩷶", "𩷶" * 5000), (), ["row 2: ", "more than 4000 characters"]),
    (GOOD_ROW.replace(",\n", ",0001-01-01\n"), (), ["valid_from 0001-01-01 is not within 1950"]),
    (GOOD_ROW.replace(",\n", ",2100-01-01\n"), (), ["valid_from 2100-01-01 is not within 1950"]),
]


async def test_an_imported_species_is_found_by_the_pinyin_of_its_other_names(
    wildlife: Wildlife, officer: Person, tmp_path: Path
) -> None:
    file = tmp_path / "名录.csv"
    header = HEADER.replace("\n", ",aliases\n")
    file.write_text(f"{header}Idus ruber,红𩷶,三有,SANYOU-2023-17,,假克什克腾鱼\n", "utf-8")
    await wildlife("species", "import", str(file))
    for q in ("jiakeshiketengyu", "jkskty"):
        [found] = (await officer.read("/species", params={"q": q}))["items"]
        assert found["chinese_name"] == "红𩷶"


async def test_a_species_list_with_a_fault_imports_nothing(
    wildlife: Wildlife, database: Database, tmp_path: Path
) -> None:
    files = [tmp_path / f"{number}.csv" for number in range(len(FAULTS))]
    for file, (rows, _, _) in zip(files, FAULTS, strict=True):
        file.write_text(HEADER + rows, "utf-8")
    said = await two_at_once(
        *(
            wildlife("species", "import", str(file), *arguments, status=1)
            for file, (_, arguments, _) in zip(files, FAULTS, strict=True)
        )
    )
    for ended, (_, _, sentences) in zip(said, FAULTS, strict=True):
        for sentence in [*sentences, "nothing was imported"]:
            assert sentence in ended.err
        assert "Traceback" not in ended.err
        assert ended.out == ""


async def test_more_taxa_than_were_announced_are_refused(
    wildlife: Wildlife, tmp_path: Path
) -> None:
    lists = tmp_path / "lists.csv"
    lists.write_text(
        "list,title,issued_by,valid_from,valid_to,taxa,jurisdiction\n"
        "NM-1,名录,内蒙古自治区,2010-01-01,,1,150000\n",
        "utf-8",
    )
    file = tmp_path / "list.csv"
    file.write_text(
        f"{HEADER}Idus ruber,红𩷶,地方重点,NM-1,\nIdus niger,黑𩷶,地方重点,NM-1,\n", "utf-8"
    )
    arguments = ("species", "import", str(file), "--lists", str(lists))
    assert "NM-1 has 2 taxa, but 1 were announced" in (await wildlife(*arguments, status=1)).err
    file.write_text(f"{HEADER}Idus ruber,红𩷶,地方重点,NM-1,\n", "utf-8")
    assert "list 'NM-1' is none of" in (await wildlife(*arguments[:3], status=1)).err
    assert (await wildlife(*arguments)).out == "NM-1: 1 of 1 announced\n"
    # Once it is announced, the register knows it.
    assert (await wildlife(*arguments[:3])).out == "NM-1: 1 of 1 announced\n"


async def test_a_file_that_is_no_species_list_gets_a_sentence(
    wildlife: Wildlife, tmp_path: Path
) -> None:
    file = tmp_path / "list.xlsx"
    file.write_text("学名", "utf-8")
    absent = str(file.with_name("absent.csv"))
    said = await two_at_once(
        run("species", "import", str(file)),
        run("species", "import", absent),
        run("species", "import", str(REGISTER), "--lists", str(file)),
    )
    assert [ended.status for ended in said] == [1, 2, 1]
    for ended, sentence in zip(
        said,
        ["can't be read as XLSX", f"'{absent}' does not exist", "can't be read as XLSX"],
        strict=True,
    ):
        assert sentence in ended.err
        assert "Traceback" not in ended.err


async def test_an_import_that_waits_for_another_ends_when_it_is_told_to(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    """Ctrl-C is never answered with silence, however much is under way."""
    file = tmp_path / "list.csv"
    names = map("".join, product("abcdefgh", repeat=4))
    rows = (f"Idus {name},𩷶{name},unlisted,,2023-06-26,{name * 40}\n" for name in names)
    file.write_text(HEADER.replace("\n", ",note\n") + "".join(rows), "utf-8")
    async with database.transaction() as connection:
        await connection.execute(
            "insert into species select (jsonb_populate_record(s, $1)).* from species s limit 1",
            b'{"species_id": "idus_aaaa", "scientific_name": "Idus aaaa"}',
        )
        async with started("species", "import", str(file), **to_environment(settings)) as process:
            async with asyncio.timeout(WITHIN_S):
                while not await connection.fetchval(
                    "select exists (select from pg_locks"
                    " where pg_backend_pid() = any(pg_blocking_pids(pid)))"
                ):
                    assert process.returncode is None, await process.communicate()
                    await asyncio.sleep(0.02)
                process.send_signal(signal.SIGINT)
                await process.wait()
    assert await imported(database) == 1  # the other
