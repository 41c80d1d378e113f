"""What the API would refuse no command takes: every text that any of them is given."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

import click
import pytest

from db.database import Database
from tests.commandline import commands, run, two_at_once
from wildlife.commands import main
from wildlife.settings import Settings, to_environment

STATION: Final = ("station", "add", "150426", "翁牛特派出所", "--kind", "police_station")
CHANGE: Final = ("station", "change", "150425")
ACCOUNT: Final = ("account", "add", "x1", "某", "--role", "admin", "--password", "long enough")
BY_BADGE: Final = {
    ("account", "change"): ("--name", "某"),
    ("account", "appoint"): ("admin",),
    ("account", "dismiss"): ("admin",),
    ("account", "show"): (),
    ("account", "leave-to-provider"): (),
    ("account", "disable"): (),
    ("account", "enable"): (),
    ("account", "password"): ("--password", "long enough"),
}

NAMES: Final = [
    "",
    " ",
    "\u3000",
    "\u200b\u2060",
    "名" * 201,
    "两\n行",
    "一\t二",
    "\x1b[31m红",
    "\u3164",
    "\ufe0f",
    "\u0301",
    "\ufffd",
    "\ue000",
    "所\u202e长",
    "\udcff",
]
REGIONS: Final = ["", "9", "1", "99", "999", "1504250", "19", "0150", "１５", "15\n", "x", "\udcff"]
BADGES: Final = ["", "1", "15 04", "警号", "1" * 33, "x1\n", "\udcff"]
CODES: Final = ["", "150", "1504261234567", "１５０４", "1504\n", "abcd", "\udcff"]

NUMBERS: Final = ["", "-1", "１", "1_0", "1e3", "9" * 30, "many", "\udcff"]
DAYS: Final = ["", "2024", "20240101", "2024-13-01", "２０２４-01-01", "1970-01-01", "2024-01-01\n"]

# What is held to a form, and looked up nowhere.
FORMS: Final = {"name", "kind", "region", "regions", "role", "password"}

# Of each argument of each command: a good call but for it, and what is refused in its place.
TABLE: Final[dict[tuple[tuple[str, ...], str], tuple[tuple[str, ...], list[str]]]] = {
    (("station", "add"), "code"): ((*STATION[:2], "{}", *STATION[3:], "--region", "1504"), CODES),
    (("station", "add"), "name"): ((*STATION[:3], "{}", *STATION[4:]), NAMES),
    (("station", "add"), "kind"): ((*STATION[:5], "{}"), ["", "zoo", "\udcff"]),
    (("station", "add"), "region"): ((*STATION, "--region", "{}"), REGIONS),
    (("station", "add"), "regions"): (
        (*STATION, "--competent-for", "150426", "--competent-for", "{}"),
        REGIONS,
    ),
    (("station", "add"), "parent"): ((*STATION, "--parent", "{}"), [*CODES, "999999"]),
    (("station", "add"), "units"): ((*STATION, "--competent-for-unit", "{}"), [*CODES, "999999"]),
    (("station", "change"), "code"): (
        ("station", "change", "{}", "--name", "某"),
        [*CODES, "999999"],
    ),
    (("station", "change"), "name"): ((*CHANGE, "--name", "{}"), NAMES),
    (("station", "change"), "kind"): ((*CHANGE, "--kind", "{}"), ["", "zoo", "\udcff"]),
    (("station", "change"), "region"): ((*CHANGE, "--region", "{}"), REGIONS),
    (("station", "change"), "parent"): ((*CHANGE, "--parent", "{}"), [*CODES, "999999"]),
    (("station", "change"), "regions"): ((*CHANGE, "--competent-for", "{}"), REGIONS),
    (("station", "change"), "units"): (
        (*CHANGE, "--competent-for-unit", "{}"),
        [*CODES, "999999"],
    ),
    (("account", "add"), "badge"): ((*ACCOUNT[:2], "{}", *ACCOUNT[3:]), BADGES),
    (("account", "add"), "name"): ((*ACCOUNT[:3], "{}", *ACCOUNT[4:]), NAMES),
    (("account", "add"), "role"): ((*ACCOUNT[:5], "{}", *ACCOUNT[6:]), ["", "boss", "\udcff"]),
    (("account", "add"), "station_code"): ((*ACCOUNT, "--station", "{}"), [*CODES, "999999"]),
    (("account", "add"), "password"): ((*ACCOUNT[:7], "{}"), ["", "1234567", "x" * 129, "a\n" * 8]),
    (("account", "password"), "password"): (
        ("account", "password", "150425001", "--password", "{}"),
        ["", "1234567", "x" * 129, "tab\tor worse", "\udcff" * 9],
    ),
    (("account", "change"), "name"): (("account", "change", "150425001", "--name", "{}"), NAMES),
    **{
        (("account", verb), "role"): (("account", verb, "150425001", "{}"), ["", "boss", "\udcff"])
        for verb in ("appoint", "dismiss")
    },
    **{
        (("account", verb), "station_code"): (
            ("account", verb, "150425001", "officer", "--station", "{}"),
            [*CODES, "999999"],
        )
        for verb in ("appoint", "dismiss")
    },
    (("account", "change"), "station_code"): (
        ("account", "change", "150425001", "--station", "{}"),
        [*CODES, "999999"],
    ),
    **{
        (path, "badge"): ((*path, "{}", *rest), [*BADGES, "nobody"])
        for path, rest in BY_BADGE.items()
    },
    (("device", "add"), "name"): (("device", "add", "{}", "--station", "150425"), NAMES),
    (("device", "add"), "station_code"): (
        ("device", "add", "一号机", "--station", "{}"),
        [*CODES, "999999"],
    ),
    (("device", "cut-off"), "device_id"): (
        ("device", "cut-off", "{}"),
        ["", "1", "一号机", "01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1", "\udcff", str(UUID(int=7))],
    ),
    (("refused", "list"), "station_code"): (
        ("refused", "list", "--station", "{}"),
        [*CODES, "999999"],
    ),
    (("refused", "show"), "refused_id"): (
        ("refused", "show", "{}"),
        ["", "1", "01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1", "\udcff", str(UUID(int=7))],
    ),
    (("subscription", "restart"), "subscription_ids"): (
        ("subscription", "restart", "{}"),
        ["", "1", "01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1", "\udcff", str(UUID(int=7))],
    ),
    (("species", "import"), "expect"): (
        ("species", "import", "--expect", "{}"),
        ["", "=", "SANYOU-2023-17", "=5", "SANYOU-2023-17=", "SANYOU-2023-17=-1", "X=１", "X=1"],
    ),
    (("species", "import"), "file"): (("species", "import", "{}"), ["", "/absent.csv", "/"]),
    **{
        ((command,), "folder"): ((command, "{}"), ["", "/absent", "/dev/null", "\udcff"])
        for command in ("backup", "restore")
    },
    (("backup",), "keep"): (("backup", "/", "--keep", "{}"), ["0", *NUMBERS]),
    (("restore",), "backup_name"): (
        ("restore", "/", "--backup", "{}"),
        ["", "/", "../x", "\udcff"],
    ),
    (("verify",), "paths"): (("verify", "--checkpoint", "{}"), ["", "/absent", "\udcff"]),
    (("verify",), "bundles"): (("verify", "{}"), ["", "/absent", "/", "\udcff"]),
    (("verify",), "vkey"): (
        ("verify", "--key", "{}", "/dev/null"),
        ["", "x", "a+b+c", "name+00000000+AQ==", "\udcff"],
    ),
    (("verify",), "since"): (("verify", "--since", "{}"), ["", "/absent", "/", "\udcff"]),
    (("verify",), "processes"): (("verify", "--processes", "{}"), ["0", *NUMBERS]),
    (("key", "lost"), "names"): (("key", "lost", "{}"), ["", "1f0a", "１f0a9b3c", "\udcff"]),
    (("key", "found"), "file"): (("key", "found", "{}"), ["", "/absent.key", "/"]),
    (("species", "import"), "lists_file"): (
        ("species", "import", "--lists", "{}"),
        ["", "/absent.csv", "/"],
    ),
    **{
        (("synth",), name): (("synth", f"--{option}", "{}"), wrong)
        for name, option, wrong in (
            ("releases", "releases", ["0", *NUMBERS]),
            ("hazards", "hazards", NUMBERS),
            ("begins", "from", ["2025-01-01", *DAYS]),
            ("ends", "to", ["2999-01-01", *DAYS]),
            ("seed", "seed", [str(2**63), *NUMBERS]),
            ("processes", "processes", ["0", *NUMBERS]),
        )
    },
}


def given() -> Iterator[tuple[tuple[str, ...], str]]:
    """Every argument that is a text, of every command."""
    for path, command in commands(main):
        for parameter in command.params:
            if not (isinstance(parameter, click.Option) and parameter.is_flag):
                yield path, parameter.name or ""


IN_TURN: Final = 2


def some_of(wrong: list[str], at: tuple[tuple[str, ...], str]) -> list[str]:
    """The first argument with this list is given all of it, the others some in turn: each is a
    process. `make test-all` gives all to each."""
    turn = [one for one, (_, list_) in TABLE.items() if list_ == wrong].index(at)
    if turn == 0:
        return wrong
    in_turn = range(turn * IN_TURN, (turn + 1) * IN_TURN)
    return [*dict.fromkeys(wrong[n % len(wrong)] for n in in_turn)]


def test_every_wrong_value_is_given_to_some_argument() -> None:
    given = {value for at, (_, wrong) in TABLE.items() for value in some_of(wrong, at)}
    assert given == {value for _, wrong in TABLE.values() for value in wrong}
    assert all(some_of(wrong, at) for at, (_, wrong) in TABLE.items())


def test_the_table_has_every_argument_of_every_command() -> None:
    assert set(TABLE) == set(given())


@pytest.mark.parametrize("at", TABLE, ids=lambda at: " ".join((*at[0], at[1])))
async def test_what_may_not_be_is_refused_with_a_sentence_and_changes_nothing(
    settings: Settings, database: Database, at: tuple[tuple[str, ...], str], thorough: bool
) -> None:
    call, every = TABLE[at]
    wrong = every if thorough else some_of(every, at)
    before = await people(database)
    said = await two_at_once(
        *(
            run(*(one if part == "{}" else part for part in call), **to_environment(settings))
            for one in wrong
        )
    )
    for one, ended in zip(wrong, said, strict=True):
        assert ended.status in (1, 2), (one, ended)
        assert "Error: " in ended.err, (one, ended)
        assert "Traceback" not in ended.err, (one, ended)
        assert "codec" not in ended.err, (one, ended)
        # Who or what there is not may be there another time.
        if at[1] in FORMS or at in ((("station", "add"), "code"), (("account", "add"), "badge")):
            assert ended.status == 2, (one, ended)
    assert await people(database) == before


async def people(database: Database) -> list[str]:
    """All stations, devices and accounts, and what these are."""
    async with database.reading() as connection:
        rows = await connection.fetch(
            "select to_jsonb(s)::text as row from station s"
            " union all select to_jsonb(a)::text from account a"
            " union all select to_jsonb(p)::text from appointment p"
            " union all select to_jsonb(d)::text from device d order by row"
        )
    return [row["row"] for row in rows]
