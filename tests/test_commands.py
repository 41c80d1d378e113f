"""The command line as an operator meets it: real processes and signals, a sentence a fault."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import click
import pytest
from httpx import AsyncClient, AsyncHTTPTransport, Response

from db.pool import Connection, Database
from tests.people import API, Person, entry, rescue
from tests.postgresql import postmaster
from tests.serving import free_port
from tests.test_schema import FROM_THE_BYTES
from tests.test_stories import tell
from wildlife.commands import main
from wildlife.demo.stories import CORMORANT, CORMORANT_STORY, ROCKFALL, ROCKFALL_STORY
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import PREFIX, Settings, to_environment
from wildlife.species.importing import REGISTER

WITHIN_S = 60
HEADER = "scientific_name,chinese_name,protection,list,valid_from\n"


class Ended(NamedTuple):
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


Wildlife: TypeAlias = Callable[..., Awaitable[Ended]]


async def start(*arguments: str, **environment: str) -> Process:
    """`wildlife …` as a process (group) of its own, with these settings and no others."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wildlife", *arguments),
        env=inherited | {"PYTHONUTF8": "1"} | environment,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )


async def run(*arguments: str, typed: str = "", **environment: str) -> Ended:
    """How `wildlife …` ended, with `typed` on its standard input."""
    process = await start(*arguments, **environment)
    async with asyncio.timeout(WITHIN_S):
        out, err = await process.communicate(typed.encode())
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def two_at_once(*runs: Awaitable[Ended]) -> list[Ended]:
    """How these ended, in their order."""
    free = asyncio.Semaphore(2)

    async def in_turn(one: Awaitable[Ended]) -> Ended:
        async with free:
            return await one

    return await asyncio.gather(*map(in_turn, runs))


@pytest.fixture
def wildlife(settings: Settings) -> Wildlife:
    """`wildlife …` on the test's database; a status that is not expected shows what was said."""

    async def on_database(*arguments: str, status: int = 0, **kwargs: str) -> Ended:
        ended = await run(*arguments, **to_environment(settings) | kwargs)
        assert ended.status == status, ended
        return ended

    return on_database


# ---------------------------------------------------------------- help


def commands(group: click.Group, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, *path, name)
        else:
            yield (*path, name), command


async def test_every_command_explains_itself_and_shows_an_example_of_its_arguments() -> None:
    every = list(commands(main))
    assert len(every) > 12
    said = await two_at_once(*(run(*path, "--help") for path, _ in every))
    for (path, command), ended in zip(every, said, strict=True):
        assert ended.status == 0, ended
        assert ended.err == ""
        assert ended.out.startswith("Usage: "), ended.out
        if any(isinstance(parameter, click.Argument) for parameter in command.params):
            assert f"\n  {' '.join(('wildlife', *path))} " in ended.out, ended.out
    assert "wildlife demo" in said[0].out


async def test_an_unknown_command_is_named() -> None:
    ended = await run("rescue")
    assert ended.status == 2
    assert "No such command 'rescue'." in ended.err


# ---------------------------------------------------------------- stations and accounts


async def test_a_station_is_added_changed_and_listed(wildlife: Wildlife) -> None:
    added = await wildlife("station", "add", "15042501", "响水警务室", "--kind", "police_station")
    assert added.out == "station 15042501 响水警务室\n"
    await wildlife(
        *("station", "add", "15042501", "响水派出所", "--kind", "police_station"),
        *("--region", "150425", "--parent", "150425"),
    )
    listed = (await wildlife("station", "list")).out.splitlines()
    assert "15042501\t响水派出所\tpolice_station\t150425" in listed
    assert [line.split("\t")[0] for line in listed] == ["1504", "150425", "15042501", "150723"]


async def test_a_wrong_station_gets_a_sentence(wildlife: Wildlife) -> None:
    police = ("--kind", "police_station")
    wrong = {
        ("abcdef", "x", *police): "code has digits only",
        ("150426", "x", *police, "--region", "x"): "region code has digits only (2 to 12",
        ("150426", "x", *police, "--parent", "999999"): "There is no station 999999",
        ("150426", "", *police): "'': A name: 1 to 200 characters, and not only spaces.",
        ("150426", " ", *police): "not only spaces",
        ("150426", "x", "--kind", "zoo"): "'zoo' is not one of",
    }
    statuses = (1, 1, 1, 1, 1, 2)
    said = await two_at_once(
        *(
            wildlife("station", "add", *arguments, status=status)
            for arguments, status in zip(wrong, statuses, strict=True)
        )
    )
    for sentence, ended in zip(wrong.values(), said, strict=True):
        assert sentence in ended.err
        assert "Traceback" not in ended.err


async def test_a_station_is_never_above_itself(wildlife: Wildlife, client: AsyncClient) -> None:
    own = ("station", "add", "150425", "大局子森林派出所", "--kind", "police_station")
    assert "150425" in (await wildlife(*own, "--parent", "150425", status=1)).err
    below = ("station", "add", "15042501", "响水警务室", "--kind", "police_station")
    await wildlife(*below, "--parent", "150425")
    assert "15042501" in (await wildlife(*own, "--parent", "15042501", status=1)).err
    async with asyncio.timeout(WITHIN_S):
        await Person.sign_in(client, "150425001", DEMO_PASSWORD)


async def test_an_account_signs_in_with_what_it_was_given(
    wildlife: Wildlife, client: AsyncClient
) -> None:
    arguments = ("account", "add", "150425009", "新民警", "--role", "officer")
    added = await wildlife(*arguments, "--station", "150425", "--password", "a new secret")
    assert added.out == "officer 150425009 新民警\n"
    person = await Person.sign_in(client, "150425009", "a new secret")
    me = await person.read("/session")
    assert (me["name"], me["role"], me["station"]["code"]) == ("新民警", "officer", "150425")


async def test_a_wrong_account_gets_a_sentence(wildlife: Wildlife) -> None:
    secret = ("--password", "long enough")
    wrong = {
        ("add", "x1", "x", "--role", "officer", *secret): "officer needs a station",
        ("add", "x1", "x", "--role", "officer", "--station", "999999", *secret): (
            "There is no station 999999; add it first: wildlife station add"
        ),
        ("password", "nobody", *secret): "There is no account nobody.",
        ("disable", "nobody"): "There is no account nobody.",
        ("enable", "nobody"): "There is no account nobody.",
        ("add", "", "x", "--role", "admin", *secret): (
            "'': A badge number: 2 to 32 of 0-9, A-Z, a-z and -, as in 150425001."
        ),
        ("add", "15 04", "x", "--role", "admin", *secret): "'15 04': A badge number",
        ("add", "警号一", "x", "--role", "admin", *secret): "'警号一': A badge number",
        ("add", "1" * 33, "x", "--role", "admin", *secret): "A badge number",
        ("add", "x1", " \u3000", "--role", "admin", *secret): "and not only spaces",
        ("add", "x1", "名" * 201, "--role", "admin", *secret): "1 to 200 characters",
        ("add", "x1", "\udcff", "--role", "admin", *secret): "1 to 200 characters",
    }
    said = await two_at_once(*(wildlife("account", *one, status=1) for one in wrong))
    for sentence, ended in zip(wrong.values(), said, strict=True):
        assert sentence in ended.err
        assert "Traceback" not in ended.err


async def test_a_new_password_ends_all_sessions_of_the_account(
    wildlife: Wildlife, client: AsyncClient, officer: Person, other_officer: Person
) -> None:
    await wildlife("account", "password", officer.badge, "--password", "another secret")
    assert (await officer.get("/session")).status_code == 401
    refreshed = await client.post(
        f"{API}/session/refresh", json={"refresh_token": officer.refresh_token}
    )
    assert refreshed.status_code == 401
    assert (await other_officer.get("/session")).status_code == 200
    await Person.sign_in(client, officer.badge, "another secret")
    old = {"badge": officer.badge, "password": DEMO_PASSWORD}
    assert (await client.post(f"{API}/session", json=old)).status_code == 401


async def test_a_password_comes_as_one_line_of_a_pipe(
    wildlife: Wildlife, client: AsyncClient
) -> None:
    ended = await wildlife("account", "password", "150425001", typed="林 中 大 鸟 飞 来\r\n")
    assert ended == Ended(0, "150425001 has a new password, and all its sessions have ended.\n", "")
    await Person.sign_in(client, "150425001", "林 中 大 鸟 飞 来")


@pytest.mark.parametrize("again", ["typed secret", "typed sekret"])
async def test_a_password_is_asked_for_twice_on_a_terminal(
    settings: Settings, client: AsyncClient, again: str
) -> None:
    terminal, its_end = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "wildlife", "account", "password", "150425001"),
        env=os.environ | to_environment(settings),
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        start_new_session=True,
    )
    os.close(its_end)
    loop, shown = asyncio.get_running_loop(), ""

    async def shown_until(words: str) -> None:
        nonlocal shown
        async with asyncio.timeout(WITHIN_S):
            while words not in shown:
                shown += (await loop.run_in_executor(None, os.read, terminal, 1000)).decode()

    try:
        await shown_until("Password: ")
        os.write(terminal, b"typed secret\n")
        await shown_until("Repeat for confirmation: ")
        os.write(terminal, f"{again}\n".encode())
        if again == "typed secret":
            async with asyncio.timeout(WITHIN_S):
                assert await process.wait() == 0
            await Person.sign_in(client, "150425001", "typed secret")
        else:
            await shown_until("do not match")
        assert "typed" not in shown
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        os.close(terminal)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "at least 8 characters and at most 128; this one has 0."),
        ("1234567", "at least 8 characters and at most 128; this one has 7."),
        ("密码" * 65, "at least 8 characters and at most 128; this one has 130."),
        # Eight as some keyboards send them, and four once they are composed.
        ("e\u0301" * 4, "this one has 4."),
        ("tab\tor worse", "A password has no control characters."),
    ],
)
async def test_a_password_that_may_not_be_set_is_refused_wherever_it_comes_from(
    settings: Settings, client: AsyncClient, password: str, sentence: str
) -> None:
    environment = to_environment(settings)
    add = ("account", "add", "150425009", "新民警", "--role", "admin")
    change = ("account", "password", "150425001")
    said = await two_at_once(
        run(*add, "--password", password, **environment),
        run(*change, "--password", password, **environment),
        run(*change, typed=f"{password}\n", **environment),
    )
    for ended in said:
        assert ended.status == 2
        assert sentence in ended.err
        assert password not in ended.err.replace(sentence, "") or not password
    await Person.sign_in(client, "150425001", DEMO_PASSWORD)


async def test_a_disabled_account_is_out_at_once(
    wildlife: Wildlife, client: AsyncClient, officer: Person
) -> None:
    disabled = await wildlife("account", "disable", officer.badge)
    assert disabled.out == f"{officer.badge} is locked out, and all its sessions have ended.\n"
    assert (await officer.get("/session")).status_code == 401
    refreshed = await client.post(
        f"{API}/session/refresh", json={"refresh_token": officer.refresh_token}
    )
    assert refreshed.status_code == 401
    credentials = {"badge": officer.badge, "password": DEMO_PASSWORD}
    assert (await client.post(f"{API}/session", json=credentials)).status_code == 401
    # A new password opens nothing, and says so; the way back is a command of its own.
    changed = await wildlife("account", "password", officer.badge, "--password", "another secret")
    assert f"stays locked until: wildlife account enable {officer.badge}" in changed.out
    credentials["password"] = "another secret"
    assert (await client.post(f"{API}/session", json=credentials)).status_code == 401
    assert (await wildlife("account", "enable", officer.badge)).out == (
        f"{officer.badge} may sign in.\n"
    )
    assert (await officer.get("/session")).status_code == 401
    await Person.sign_in(client, officer.badge, "another secret")


# ---------------------------------------------------------------- tables


async def test_migrating_twice_does_nothing_the_second_time(
    wildlife: Wildlife, database: Database
) -> None:
    async with database.writing() as connection:
        await connection.execute("drop schema public cascade; create schema public")
    assert (await wildlife("migrate")).out.startswith("applied 0001_")
    assert (await wildlife("migrate")).out == "nothing to do\n"


# ---------------------------------------------------------------- the register of species


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
]


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
    assert await imported(database) == 0


async def test_more_taxa_than_were_announced_are_refused(
    wildlife: Wildlife, tmp_path: Path
) -> None:
    lists = tmp_path / "lists.csv"
    lists.write_text(
        "list,title,issued_by,valid_from,valid_to,taxa\nNM-1,名录,内蒙古自治区,2010-01-01,,1\n",
        "utf-8",
    )
    file = tmp_path / "list.csv"
    file.write_text(
        f"{HEADER}Idus ruber,红𩷶,地方重点,NM-1,\nIdus niger,黑𩷶,地方重点,NM-1,\n", "utf-8"
    )
    arguments = ("species", "import", str(file), "--lists", str(lists))
    assert "NM-1 has 2 taxa, but 1 were announced" in (await wildlife(*arguments, status=1)).err
    file.write_text(f"{HEADER}Idus ruber,红𩷶,地方重点,NM-1,\n", "utf-8")
    assert (await wildlife(*arguments)).out == "NM-1: 1 of 1 announced\n"


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
        ["can't be read as XLSX", f"'{absent}' does not exist", "is no CSV of announced lists"],
        strict=True,
    ):
        assert sentence in ended.err
        assert "Traceback" not in ended.err


# ---------------------------------------------------------------- the record, checked


async def projections(database: Database, incident_id: str) -> list[list[Any]]:
    """What follows from the timeline."""
    async with database.reading() as connection:
        return [
            [
                row["row"]
                for row in await connection.fetch(
                    f"select to_jsonb(t) - $2::text[] as row from {table} t"
                    " where incident_id = $1 order by 1",
                    incident_id,
                    FROM_THE_BYTES,
                )
            ]
            for table in ("incident", "animal", "release", "hazard", "photo")
        ]


async def damage(database: Database, *statements: str) -> None:
    """What only somebody with the database's own password can do."""
    async with database.transaction() as connection:
        for statement in statements:
            assert await connection.execute(statement) != "UPDATE 0", statement


async def test_the_stories_verify_and_are_rebuilt_only_where_a_table_was_changed_by_hand(
    wildlife: Wildlife, database: Database, officer: Person, other_officer: Person
) -> None:
    await tell(officer, CORMORANT_STORY)
    await tell(other_officer, ROCKFALL_STORY)
    verified, rebuilt = await two_at_once(wildlife("verify"), wildlife("rebuild"))
    assert verified == Ended(0, "2 chains, 0 flaws\n", "")
    assert rebuilt == Ended(0, "2 incidents, 0 with differences\n", "")
    before = [await projections(database, incident) for incident in (CORMORANT, ROCKFALL)]

    await damage(
        database,
        f"update animal set outcome = 'in_care' where incident_id = '{CORMORANT}'",
        f"update release set count = 7 where incident_id = '{CORMORANT}'",
        f"delete from photo where incident_id = '{ROCKFALL}'",
    )
    assert (await wildlife("rebuild")).out.splitlines() == [
        f"{CORMORANT}: rewrote animal, release",
        f"{ROCKFALL}: rewrote photo",
        "2 incidents, 2 with differences",
    ]
    assert [await projections(database, one) for one in (CORMORANT, ROCKFALL)] == before


async def incident_with_notes(officer: Person, last: int) -> str:
    """An incident whose id ends with this digit and whose timeline has four entries."""
    incident = await officer.opened(rescue(id=f"01910000-0000-7000-8000-00000000000{last}"))
    for number in range(3):
        await officer.appended(incident, entry("note", note=f"第{number}次观察"))
    return incident


async def test_verifying_names_the_incident_and_the_entry_that_were_changed(
    wildlife: Wildlife, database: Database, officer: Person
) -> None:
    whole, byte, gone, swapped, moved, rewritten = [
        await incident_with_notes(officer, number) for number in range(6)
    ]
    await damage(
        database,
        "update entry set canonical = replace(canonical, '第0次', '第9次')"
        f" where incident_id = '{byte}' and seq = 2",
        f"delete from entry where incident_id = '{gone}' and seq = 3",
        f"update entry set seq = -seq where incident_id = '{swapped}' and seq in (2, 3)",
        f"update entry set seq = 5 + seq where incident_id = '{swapped}' and seq < 0",
        # An entry of one incident in the place of that of another.
        "update entry e set canonical = o.canonical, digest = o.digest from entry o"
        f" where e.incident_id = '{moved}' and o.incident_id = '{whole}' and e.seq = 4"
        " and o.seq = 4",
        # A changed text with a digest to match: the next entry names another.
        "update entry set canonical = replace(canonical, '第1次', '第9次'),"
        " digest = sha256(convert_to(replace(canonical, '第1次', '第9次'), 'UTF8'))"
        f" where incident_id = '{rewritten}' and seq = 3",
    )
    ended = await wildlife("verify", status=1)
    flaws = [line.partition(": ") for line in ended.err.splitlines()]
    assert {place for place, _, _ in flaws} == {
        f"{byte} entry 2",
        f"{gone} entry 4",
        f"{swapped} entry 2",
        f"{swapped} entry 3",
        f"{swapped} entry 4",
        f"{moved} entry 4",
        f"{rewritten} entry 4",
    }
    reasons = {(place, reason) for place, _, reason in flaws}
    assert (f"{byte} entry 2", "the text does not have the digest that is stored") in reasons
    assert (f"{gone} entry 4", "entry 3 is missing") in reasons
    assert (f"{moved} entry 4", "the text belongs to another place") in reasons
    assert (f"{rewritten} entry 4", "it does not follow the entry before it") in reasons
    assert ended.out == f"6 chains, {len(flaws)} flaws\n"


async def test_verifying_misses_neither_the_last_entry_nor_the_first_nor_all(
    wildlife: Wildlife, database: Database, officer: Person
) -> None:
    last, first, every = [await incident_with_notes(officer, number) for number in range(3)]
    await damage(
        database,
        f"delete from entry where incident_id = '{last}' and seq = 4",
        f"delete from entry where incident_id = '{first}' and seq = 1",
        f"delete from entry where incident_id = '{every}'",
    )
    ended = await wildlife("verify", status=1)
    named = {line.partition(" ")[0] for line in ended.err.splitlines()}
    assert named == {last, first, every}


async def test_rebuilding_leaves_a_record_alone_whose_timeline_is_damaged(
    wildlife: Wildlife, database: Database, officer: Person
) -> None:
    cut, changed, whole = [await incident_with_notes(officer, number) for number in range(3)]
    await damage(
        database,
        f"delete from entry where incident_id = '{cut}' and seq = 4",
        f"update entry set canonical = '{{' where incident_id = '{changed}' and seq = 2",
        f"update incident set state = 'closed' where incident_id = '{whole}'",
    )
    before = [await projections(database, one) for one in (cut, changed)]
    ended = await wildlife("rebuild", status=1)
    assert [await projections(database, one) for one in (cut, changed)] == before
    assert {line.partition(" ")[0] for line in ended.err.splitlines()} == {cut, changed}
    assert "Traceback" not in ended.err
    assert f"{whole}: rewrote incident" in ended.out


# ---------------------------------------------------------------- what an operator can put right


async def test_a_wrong_setting_gets_a_sentence_and_exit_status_2() -> None:
    for ended in await two_at_once(*(run(c, WILDLIFE_PORT="abc") for c in ("serve", "verify"))):
        assert ended.status == 2
        assert ended.err.splitlines()[-1] == (
            "Error: WILDLIFE_PORT='abc': write a whole number from 1 to 65535, like 8000"
        )
        assert "Traceback" not in ended.err


async def test_a_port_that_is_taken_is_named_before_anything_is_started(tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    async with taken:
        port = str(taken.sockets[0].getsockname()[1])
        environment = {"WILDLIFE_PORT": port, "WILDLIFE_DATA_DIR": str(tmp_path / "data")}
        said = await two_at_once(run("serve", **environment), run("demo", **environment))
    for ended in said:
        assert ended.status == 1
        sentence = f"Error: Can't listen on 127.0.0.1:{port} (Address already in use)."
        assert ended.err.startswith(sentence)
        assert "WILDLIFE_PORT=" in ended.err
        assert ended.out == ""
    assert not (tmp_path / "data").exists()


async def test_a_host_that_is_not_this_machines_is_told_apart_from_a_port(tmp_path: Path) -> None:
    common = {"WILDLIFE_PORT": str(free_port()), "WILDLIFE_DATA_DIR": str(tmp_path / "data")}
    for host in ("nosuch.invalid", "192.0.2.1", "2001:db8::1", "x" * 100, "a..b"):
        ended = await run("serve", WILDLIFE_HOST=host, **common)
        assert (ended.status, ended.out) == (1, ""), ended
        assert ended.err.startswith(f"Error: {host} is no address of this machine."), ended
        assert "WILDLIFE_HOST=127.0.0.1" in ended.err
        assert "WILDLIFE_PORT" not in ended.err


async def test_a_database_that_cannot_be_used_gets_a_sentence(tmp_path: Path) -> None:
    nobody_listens = "postgresql://127.0.0.1:1/wildlife"
    others = ("postgresql://wildlife.invalid/x", "mysql://127.0.0.1/x", "wildlife")
    common = {"WILDLIFE_DATA_DIR": str(tmp_path), "WILDLIFE_PORT": str(free_port())}
    said = await two_at_once(
        run("serve", WILDLIFE_DATABASE_URL=nobody_listens, **common),
        run("verify", WILDLIFE_DATABASE_URL=nobody_listens, **common),
        *(run("migrate", WILDLIFE_DATABASE_URL=url, **common) for url in others),
    )
    for ended in said:
        assert ended.status == 1
        sentence = "Error: The PostgreSQL that WILDLIFE_DATABASE_URL names can't be used: "
        assert ended.err.startswith(sentence), ended.err
        assert len(ended.err.splitlines()) == 1


async def test_a_database_user_that_may_not_make_the_tables_gets_a_sentence(
    wildlife: Wildlife, settings: Settings, database: Database
) -> None:
    async with database.writing() as connection:
        await connection.execute(
            "drop schema public cascade; create schema public;"
            "grant usage on schema public to public"
        )
    assert settings.owner_database_url is not None
    url = f"{settings.owner_database_url}{'&' if '?' in settings.owner_database_url else '?'}"
    ended = await wildlife(
        "migrate", status=1, WILDLIFE_OWNER_DATABASE_URL=f"{url}options=-c%20role%3Dpg_monitor"
    )
    assert ended.err.startswith("Error: The database does not allow it: permission denied")


async def test_a_file_that_cannot_be_used_is_named_before_serving(
    wildlife: Wildlife, tmp_path: Path
) -> None:
    policy, key, data = tmp_path / "policy.toml", tmp_path / "a.key", tmp_path / "data"
    policy.write_text("identification = 'soon'", "utf-8")
    key.write_text("too short", "utf-8")
    data.write_text("a file", "utf-8")
    wrong = {
        ("WILDLIFE_POLICY_FILE", policy): "A line is `code = hours`",
        ("WILDLIFE_POLICY_FILE", tmp_path / "absent"): "No such file or directory",
        ("WILDLIFE_KEY_FILE", key): "is no key of 32 bytes",
        ("WILDLIFE_DATA_DIR", data): "Not a directory",
    }
    port = {"WILDLIFE_PORT": str(free_port())}
    said = await two_at_once(
        *(wildlife("serve", status=1, **port, **{name: str(file)}) for name, file in wrong)
    )
    for ((_, file), sentence), ended in zip(wrong.items(), said, strict=True):
        assert ended.out == ""
        assert ended.err.startswith("Error: ")
        assert str(file) in ended.err
        assert sentence in ended.err
        assert len(ended.err.splitlines()) == 1


# ---------------------------------------------------------------- serving


async def closed_to_newcomers(port: int) -> None:
    """Wait until nobody listens on the port. Who comes while it closes may also be reset."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                return
            except ConnectionError:
                continue
            writer.close()


async def somebody_waits(connection: Connection, answer: "asyncio.Task[Response]") -> None:
    """Wait until a statement in this database waits for a lock, or has waited in vain."""
    async with asyncio.timeout(WITHIN_S):
        while not answer.done() and not await connection.fetchval(
            "select exists (select from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database())"
        ):
            pass


@asynccontextmanager
async def started(*arguments: str, **environment: str) -> AsyncIterator[Process]:
    """`wildlife …` for as long as the block lasts, at the latest."""
    process = await start(*arguments, **environment)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def test_a_service_that_is_stopped_answers_the_request_under_way(
    settings: Settings, database: Database
) -> None:
    port = free_port()
    environment = to_environment(settings) | {
        "WILDLIFE_PORT": str(port),
        "WILDLIFE_WORKERS": "2",
    }
    async with (
        started("serve", **environment) as process,
        AsyncClient(
            base_url=f"http://127.0.0.1:{port}",
            timeout=WITHIN_S,
            transport=AsyncHTTPTransport(retries=8),
        ) as client,
    ):
        assert (await client.get("/readyz")).is_success
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened()
        async with database.reading() as watching, database.transaction() as connection:
            await connection.execute(
                "select from incident where incident_id = $1 for update", incident
            )
            answer = asyncio.create_task(
                officer.post(f"/incidents/{incident}/entries", entry("note", note="还活着"))
            )
            await somebody_waits(watching, answer)
            process.terminate()
            await closed_to_newcomers(port)
        # It is told that the row was held for too long where the machine is slow.
        assert (await answer).status_code in (201, 503)
        async with asyncio.timeout(WITHIN_S):
            out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert out.decode().startswith(f"Serving on http://127.0.0.1:{port} — documentation at /docs")
    assert err == b""


# ---------------------------------------------------------------- with a PostgreSQL of its own


async def lines_until(process: Process, last: str) -> list[str]:
    """What the process prints until a line that contains `last`."""
    assert process.stdout is not None
    lines: list[str] = []
    async with asyncio.timeout(WITHIN_S):
        while not lines or last not in lines[-1]:
            line = await process.stdout.readline()
            assert line, await process.communicate()
            lines.append(line.decode().rstrip("\n"))
    return lines


async def stopped_by(process: Process, signal_: signal.Signals) -> Ended:
    """How the process ends when the signal reaches its whole group, as Ctrl-C does."""
    os.killpg(process.pid, signal_)
    async with asyncio.timeout(WITHIN_S):
        out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def test_the_demo_tells_its_stories_once_and_leaves_nothing_running(data_dir: Path) -> None:
    port = free_port()
    environment = {"WILDLIFE_DATA_DIR": str(data_dir), "WILDLIFE_PORT": str(port)}
    told = [
        r"The cormorant: 150425-\d{8}-001, 12 entries, 3 photos, closed\.",
        r"The rockfall: 150723-\d{8}-001, \d+ entries, 2 photos, closed\.",
    ]
    case_numbers = set()
    for signal_ in (signal.SIGINT, signal.SIGTERM):
        async with (
            started("demo", **environment) as process,
            AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=WITHIN_S) as client,
        ):
            said = await lines_until(process, "Ctrl-C stops everything.")
            for pattern, line in zip(told, said, strict=False):
                assert re.fullmatch(pattern, line), said
            case_numbers.add(tuple(line.split(",")[0] for line in said[:2]))
            assert str(data_dir / "service.log") in said[-1]
            if signal_ is signal.SIGINT:
                await the_printed_request_shows_the_release(said)
                await the_documentation_needs_no_other_server(client)
            admin = await Person.sign_in(client, "admin", DEMO_PASSWORD)
            incidents = (await admin.read("/incidents"))["items"]
            assert {one["id"] for one in incidents} == {CORMORANT, ROCKFALL}
            assert len(incidents) == 2
            assert postmaster(data_dir) is not None
            ended = await stopped_by(process, signal_)
        assert ended.status == 0, ended
        assert ended.err == ""
        assert ended.out.startswith("Stopped.")
        assert postmaster(data_dir) is None
    assert len(case_numbers) == 1


async def the_printed_request_shows_the_release(said: list[str]) -> None:
    """Do what the demo says, in a shell as a reader would."""
    script = "\n".join(line for line in said if line.startswith("  "))
    script = script[script.index("  TOKEN=") :]
    assert "/api/v1/releases?protection=sanyou" in script
    if shutil.which("curl") is None:
        return
    shell = await asyncio.create_subprocess_exec("sh", "-c", script, stdout=PIPE)
    out, _ = await shell.communicate()
    [release] = json.loads(out)["items"]
    assert release["chinese_name"] == "普通鸬鹚"
    assert release["site"]["description"] == "响水水库"
    assert "响水水库" in out.decode()


async def the_documentation_needs_no_other_server(client: AsyncClient) -> None:
    page = await client.get("/docs")
    assert page.status_code == 200
    loaded = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)["']""", page.text)
    assets = [address for address in loaded if not address.startswith("data:")]
    assert len(assets) >= 3
    for address in assets:
        assert address.startswith("/docs/"), address
        asset = await client.get(address)
        assert asset.status_code == 200, address
        assert asset.content
    assert not re.findall(r"https?://[^\s\"'<]+", page.text)
    document = await client.get("/docs/openapi.json")
    assert document.json()["openapi"].startswith("3.1")


async def test_a_database_that_a_killed_service_left_running_is_used_and_stopped(
    data_dir: Path,
) -> None:
    port = free_port()
    environment = {"WILDLIFE_DATA_DIR": str(data_dir), "WILDLIFE_PORT": str(port)}
    async with started("serve", **environment) as process:
        await lines_until(process, "Serving on")
    assert postmaster(data_dir) is not None
    ended = await run("migrate", **environment)
    assert ended == Ended(0, "nothing to do\n", "")
    assert postmaster(data_dir) is None
