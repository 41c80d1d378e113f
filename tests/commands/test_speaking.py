"""What every command has in common: help in two languages, JSON for programs, exit statuses."""

import json
import re
import subprocess
from pathlib import Path
from typing import Final, TypeAlias

import click
import pytest

from db.database import Database
from tests.commandline import Wildlife, commands, run, two_at_once
from tests.files import files
from tests.languages import english_in
from tests.ledger.places import sequenced
from tests.people.oidc.provider import by_provider
from tests.pictures import encoded, noise
from tests.users import Person, release
from wildlife.commands import main
from wildlife.commands.chinese import HELP
from wildlife.commands.demo import say_where_to_look
from wildlife.commands.helping import help_keys
from wildlife.settings import Settings, to_environment

ROOT: Final = Path(__file__).parents[2]
CHINESE: Final = {"LC_ALL": "zh_CN.UTF-8"}
ENGLISH: Final = {"LC_ALL": "en_GB.UTF-8"}


async def test_the_help_of_every_command_is_chinese_where_the_terminal_is() -> None:
    every = list(commands(main))
    said = await two_at_once(*(run(*path, "--help", **CHINESE) for path, _ in every))
    for (path, _), ended in zip(every, said, strict=True):
        assert (ended.status, ended.err) == (0, ""), ended
        assert ended.out.startswith("用法："), ended.out
        assert english_in(ended.out) is None, (path, english_in(ended.out))
        assert "选项：" in ended.out or "选项:" in ended.out
        for word in ("Usage", "Options", "Commands", "required", "default", "Show "):
            assert word not in ended.out, (path, word)


def test_every_command_and_option_has_its_help_in_both_languages() -> None:
    for key, described in help_keys(main):
        if key.endswith("--version"):
            continue  # the library's own words
        assert described.help, key
        assert re.search("[一-龥]", HELP[key]), key
    for path, command in commands(main):
        options = [one for one in command.params if isinstance(one, click.Option)]
        assert all(one.help or one.required or one.opts == ["--role"] for one in options), path


async def test_the_help_is_english_in_every_other_language() -> None:
    for ended in await two_at_once(run("--help", **ENGLISH), run("--help", LC_ALL="", LANG="C")):
        assert ended.out.startswith("Usage: ")
        assert "Exit status: 0 when all is well" in " ".join(ended.out.split())


async def test_the_setting_goes_before_the_terminal() -> None:
    """A container's terminal is whatever its image says."""
    said = await two_at_once(
        run("--help", WILDLIFE_LANGUAGE="zh", **ENGLISH),
        run("--help", WILDLIFE_LANGUAGE="zh", LC_ALL="", LANG="C.UTF-8"),
        run("--help", WILDLIFE_LANGUAGE="en", **CHINESE),
        run("--help", WILDLIFE_LANGUAGE="", **CHINESE),
        run("serve", WILDLIFE_LANGUAGE="zh", WILDLIFE_PORT="0", **ENGLISH),
    )
    for ended, begins in zip(said[:4], ("用法：", "用法：", "Usage: ", "用法："), strict=True):
        assert ended.out.startswith(begins)
    assert "请写 1 到 65535 的整数" in said[4].err


Calls: TypeAlias = dict[tuple[str, ...], list[tuple[str, ...]]]

# Of every command a call that does something, and calls that can't be done, with their statuses.
# `{}` differs from one language to the other: what is added once is not added again.
# What people take for a species list or for an announced one.
SHEETS: Final = {
    "text.xlsx": b"\xe5\xad\xa6\xe5\x90\x8d,list\n",
    "cut.xlsx": b"PK\x03\x04 and so on",
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "gbk.csv": "学名,中文名,保护级别\n狼,狼,三有".encode("gb18030"),
    "utf16.csv": "list,title\n".encode("utf-16"),
    "bom.csv": b"\xef\xbb\xbf",
    "quote.csv": b'list,title\nA,"' + b"x" * 200_000,
}
# One of each that an announcement may be refused for.
ANNOUNCED: Final = """list,title,issued_by,valid_from,valid_to,taxa,jurisdiction
,名录,某省,2020-01-01,,,15
A,,某省,2020-01-01,,,15
A,名录,某省,,,,15
A,名录,某省,2020/1/1,,,15
A,名录,某省,0001-01-01,,,15
A,名录,某省,2020-01-01,2019-01-01,,15
A,名录,某省,2020-01-01,,许多,15
A,名录,某省,2020-01-01,,,内蒙古
A,名录,某省,2020-01-01,,,15
A,名录,某省,2020-01-01,,,15
"""
WRONG: Final[Calls] = {
    (): [("rescue",), ("--no-such-option",)],
    ("serve",): [("--photos-list",)],
    ("demo",): [("more",)],
    ("check",): [("--jsn",)],
    ("key", "lost"): [()],
    ("key", "found"): [("absent.key",)],
    ("checkpoint", "sign"): [("all",)],
    ("synth",): [
        ("--releases", "0"),
        ("--releases", "many"),
        ("--to", "2999-01-01"),
        ("--to", "31.12.2024"),
        ("--from", "1066-10-14"),
        ("--from", "2024-02-01", "--to", "2024-01-01"),
    ],
    ("device", "cut-off"): [("x",), ()],
    ("refused", "show"): [("x",), ()],
    ("subscription", "restart"): [("x",), ()],
    # What they do is looked at in tests/backups: a backup does not lie where the data does.
    ("backup",): [(), ("absent",), (".",), (".", "--keep", "0"), (".", "--keep", "1", "--verify")],
    ("restore",): [(), ("absent",)],
}
DONE: Final[Calls] = {
    ("migrate",): [()],
    ("verify",): [()],
    ("rebuild",): [(), ("--check",)],
    ("check",): [()],
    ("device", "add"): [("一号机", "--station", "150425")],
    ("device", "list"): [()],
    ("refused", "list"): [(), ("--station", "150425"), ("--settled",)],
    ("subscription", "list"): [()],
    ("subscription", "restart"): [("--restored",)],
    ("station", "add"): [("1504250{}", "Unit", "--kind", "police_station", "--region", "150425")],
    ("station", "change"): [("1504250{}", "--name", "Station")],
    ("station", "list"): [()],
    ("account", "add"): [("A{}", "Li", "--role", "admin", "--password", "long enough")],
    ("account", "change"): [("A{}", "--name", "Wang")],
    ("account", "appoint"): [("A{}", "official", "--station", "1504", "--sees-roads")],
    ("account", "dismiss"): [("A{}", "admin")],
    ("account", "list"): [()],
    ("account", "show"): [("A{}",)],
    ("account", "leave-to-provider"): [("LC1504",)],
    ("account", "disable"): [("A{}",)],
    ("account", "password"): [("A{}", "--password", "long enough")],
    ("account", "enable"): [("A{}",)],
    ("species", "import"): [("good.csv",)],
    ("media", "check"): [(), ("--pixels",)],
    ("media", "sweep"): [()],
    ("media", "retry"): [()],
    ("media", "take-over"): [()],
    ("key", "rotate"): [()],
    ("checkpoint", "key"): [()],
    ("checkpoint", "renew-key"): [()],
}
FAILED: Final[Calls] = {
    ("backup",): [(".", "--verify")],
    ("verify",): [("good.csv",), ("--key", "x")],
    ("restore",): [(".",), (".", "--backup", "none")],
    ("device", "add"): [("一号机", "--station", "999999"), (" ", "--station", "150425")],
    ("device", "cut-off"): [("01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f",)],
    ("refused", "list"): [("--station", "999999")],
    ("refused", "show"): [("01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f",)],
    ("subscription", "restart"): [("01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f",)],
    ("station", "add"): [
        ("150x", "Unit", "--kind", "police_station"),
        ("15042509", "Unit", "--kind", "police_station"),
        ("150425", "Unit", "--kind", "zoo"),
        ("15042509", "名" * 201, "--kind", "police_station", "--region", "150425"),
        ("15042509", "一\n二", "--kind", "police_station", "--region", "150425"),
        ("15042509", "Unit", "--kind", "police_station", "--competent-for", "99"),
        ("150425", "Unit"),
        ("15042509", " ", "--kind", "police_station", "--region", "150425"),
        ("15042509", "Unit", "--kind", "police_station", "--region", "x"),
        ("150426", "Unit", "--kind", "police_station", "--parent", "999999"),
        ("150425", "Unit", "--kind", "police_station"),
    ],
    ("station", "change"): [
        ("999999", "--name", "x"),
        ("150425",),
        ("150425", "--parent", "150425"),
    ],
    ("account", "add"): [
        ("150425001", "Li", "--role", "admin", "--password", "long enough"),
        ("150425009", "Li", "--role", "officer", "--password", "long enough"),
        ("1504 25", "Li", "--role", "admin", "--password", "long enough"),
        ("150425009", "Li", "--role", "admin", "--password", "short"),
        ("150425009", "Li", "--role", "admin", "--password", "demo-only"),
        ("150425009", "\u3164", "--role", "admin", "--password", "long enough"),
        ("150425009", "Li", "--role", "admin", "--password", "a\tb\tc\td\te"),
        ("150425009", "Li", "--role", "boss", "--password", "long enough"),
        ("150425009", "Li", "--role"),
        ("150425009",),
    ],
    ("account", "change"): [("150425001",)],
    ("account", "appoint"): [
        ("nobody", "admin"),
        ("admin", "officer"),
        ("150425001", "chief", "--station", "150723"),
        ("150425001", "chief", "--station", "150425", "--sees-roads"),
        ("150425001", "chief", "--station", "999999"),
    ],
    ("account", "dismiss"): [
        ("nobody", "admin"),
        ("150425001", "admin"),
        ("150425001", "official", "--station", "1504"),
        ("150425001", "officer"),
    ],
    ("account", "show"): [("nobody",), ("A1", "A2")],
    ("account", "leave-to-provider"): [("nobody",), ("admin",)],
    ("account", "disable"): [("nobody",)],
    ("species", "import"): [
        ("absent.csv",),
        ("bad.csv",),
        ("good.csv", "--expect", "SANYOU"),
        ("good.csv", "--expect", "SANYOU-2023-17=9"),
        ("good.csv", "--lists", "bad.csv"),
        ("empty.csv",),
        ("twice.csv",),
        ("latin1.csv",),
        *((name,) for name in SHEETS),
        *(("good.csv", "--lists", name) for name in SHEETS),
        ("good.csv", "--lists", "lists.csv"),
    ],
    ("media", "sweep"): [("all",)],
    ("key", "lost"): [("01234567",)],
    ("synth",): [()],  # the database is in use
    ("key", "found"): [("good.csv",)],
}
# One of each that a row may be refused for.
BAD_ROWS: Final = [
    "passer,麻雀,sanyou,SANYOU-2023-17,",
    "Passer montanus,,sanyou,SANYOU-2023-17,",
    "Passer montanus,麻雀,protected,SANYOU-2023-17,",
    "Passer montanus,麻雀,sanyou,,",
    "Passer montanus,麻雀,sanyou,NONE,",
    "Passer montanus,麻雀,provincial,SANYOU-2023-17,",
    "Passer montanus,麻雀,sanyou,SANYOU-2023-17,soon",
    "Passer montanus,麻雀,sanyou,SANYOU-2023-17,1066-10-14",
    "Passer montanus,麻雀,unlisted,,",
    "Passer domesticus,麻雀,unlisted,,2024-01-01",
    "Passer ammodendri,麻雀,unlisted,,2024-01-01",
]


@pytest.fixture
def species_files(tmp_path: Path) -> Path:
    """A folder with species lists, good and bad."""
    heads = "scientific_name,chinese_name,protection,list,valid_from"
    good = "Idus ruber,红𩷶,unlisted,,2024-01-01"
    for name, lines in {
        "good": [heads, good],
        "bad": [f"{heads},colour", *BAD_ROWS],
        "empty": [],
        "twice": [f"{heads},list"],
    }.items():
        (tmp_path / f"{name}.csv").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    for name, content in SHEETS.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "lists.csv").write_text(ANNOUNCED, "utf-8")
    (tmp_path / "latin1.csv").write_bytes("größe\n".encode("latin1"))
    return tmp_path


def test_what_every_command_says_is_looked_at() -> None:
    every = {path for path, one in commands(main) if not isinstance(one, click.Group)}
    assert DONE.keys() | WRONG.keys() == every | {()}


@pytest.mark.parametrize(("language", "number"), [(CHINESE, "1"), (ENGLISH, "2")])
async def test_every_line_of_every_command_is_in_the_language_of_the_terminal(
    settings: Settings,
    officer: Person,
    database: Database,
    species_files: Path,
    monkeypatch: pytest.MonkeyPatch,
    language: dict[str, str],
    number: str,
) -> None:
    """What is done, what can't be done, and what is called wrongly."""
    monkeypatch.chdir(species_files)
    incident = await officer.opened()
    await officer.put_photo(incident, encoded(noise(40, 30)))
    await officer.post(f"/incidents/{incident}/entries", release())
    calls = [
        (path, arguments, statuses)
        for table, statuses in ((WRONG, [2]), (DONE, [0]), (FAILED, [1, 2]))
        for path, every in table.items()
        for arguments in every
    ]
    told = {}
    for path, arguments, statuses in calls:
        call = [*path, *(one.replace("{}", number) for one in arguments)]
        # An account is left to a provider where there is one; nothing else is asked of it here.
        is_left = path == ("account", "leave-to-provider")
        around = by_provider(settings, "http://127.0.0.1:1") if is_left else settings
        ended = await run(*call, **to_environment(around) | language)
        assert ended.status in statuses, (call, ended)
        told[" ".join(call)] = ended.out + ended.err
    lists = told["species import good.csv --lists lists.csv"]
    for row in range(2, 12):
        assert (f"第 {row} 行" if language is CHINESE else f"row {row}:") in lists or row == 10
    # What is damaged, too.
    async with database.writing() as connection:
        await connection.execute("update incident set seq = seq + 1")
    for damaged in ("verify", "rebuild"):
        ended = await run(damaged, **to_environment(settings) | language)
        assert ended.status == 1, ended
        told[f"{damaged} damaged"] = ended.out + ended.err
    for called, lines in told.items():
        if language is CHINESE:
            assert re.search("[一-龥]", lines), (called, lines)
            assert english_in(lines) is None, (called, english_in(lines))
        else:  # names are Chinese there, too
            assert not re.search("[，。；：（）]", lines), (called, lines)


LISTINGS: Final = [("station", "list"), ("account", "list"), ("account", "show", "150425001")]


@pytest.mark.parametrize("command", LISTINGS, ids=" ".join)
async def test_what_a_command_lists_is_a_table_or_json(
    wildlife: Wildlife, command: tuple[str, ...]
) -> None:
    english, chinese = [await wildlife(*command, **where) for where in (ENGLISH, CHINESE)]
    document = json.loads((await wildlife(*command, "--json")).out)
    rows = document if isinstance(document, list) else [document]
    for table in (english.out, chinese.out):
        _, *lines = table.splitlines()
        assert len(lines) == len(rows)
        for line, row in zip(lines, rows, strict=True):
            assert line.split()[0] == row.get("code", row.get("badge"))
            assert row["name"] in line
        assert "\t" not in table
    assert english_in(chinese.out) is None
    assert "大局子" in chinese.out


REPORTS: Final = {("check",), ("verify",), ("rebuild",), ("media", "check")}


def test_every_command_that_lists_or_reports_can_say_json() -> None:
    tells = {path for path, _ in commands(main) if path and path[-1] in ("list", "show", "check")}
    assert tells >= {path[:2] for path in LISTINGS}
    for path, command in commands(main):
        can = any("--json" in one.opts for one in command.params)
        assert can == (path in tells | REPORTS), path


@pytest.mark.parametrize("command", sorted(REPORTS), ids=" ".join)
async def test_what_a_command_reports_has_one_shape_and_says_the_same_to_both(
    settings: Settings, officer: Person, database: Database, command: tuple[str, ...]
) -> None:
    await officer.put_photo(await officer.opened(), encoded(noise(40, 30)))
    await sequenced(database)
    environment = to_environment(settings) | CHINESE
    for is_damaged in (False, True):
        if is_damaged:
            async with database.writing() as connection:
                await connection.execute("update incident set state = 'closed', seq = seq + 1")
            for original in files(settings.media_dir / "originals"):
                original.unlink()
        told = await run(*command, **environment)
        said = await run(*command, "--json", **environment)
        findings = json.loads(said.out)
        assert said.err == ""
        assert len(findings) == len((told.out + told.err).splitlines())
        lines = re.sub(r"\d+ MB", "", told.out + told.err)  # others write to the disk, too
        for one in findings:
            assert one.keys() == {"part", "state", "says"}
            assert re.sub(r"\d+ MB", "", one["says"]) in lines
        is_fault = any(one["state"] == "fault" for one in findings)
        assert told.status == said.status == is_fault == is_damaged, (told, said)


async def test_columns_stand_below_each_other_where_characters_are_two_columns_wide(
    wildlife: Wildlife,
) -> None:
    table = (await wildlife("account", "list", **ENGLISH)).out.encode("gb18030").splitlines()
    at = table[0].index(b"role")
    for line in table[1:]:
        assert line[at - 2 : at] == b"  "
        assert line[at : at + 5] in (b"offic", b"chief", b"rescu", b"audit", b"admin")


async def test_a_command_that_is_called_wrongly_ends_with_status_2() -> None:
    every = [path for path, command in commands(main) if not isinstance(command, click.Group)]
    said = await two_at_once(*(run(*path, "--no-such-option") for path in every))
    for ended in said:
        assert ended.status == 2, ended
        assert "Traceback" not in ended.err


def test_make_lists_its_targets_in_the_language_of_the_terminal() -> None:
    def said(language: str) -> dict[str, str]:
        done = subprocess.run(
            ["make", "help"],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": language},
            capture_output=True,
            text=True,
            check=True,
        )
        return dict(line.split(maxsplit=1) for line in done.stdout.splitlines())

    english, chinese = said("C.UTF-8"), said("zh_CN.UTF-8")
    assert set(english) == set(chinese) >= {"help", "demo", "test"}
    for target, sentence in chinese.items():
        assert re.search("[一-龥]", sentence)
        assert not re.search("[一-龥]", english[target])


@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "en_GB.UTF-8"])
def test_the_demo_says_where_to_look_in_the_language_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    monkeypatch.setenv("LC_ALL", language)
    say_where_to_look("http://127.0.0.1:8000", Path("var/service.log"))
    told = capsys.readouterr().out
    prose = re.sub(r"curl.*|\|.*|TOKEN=.*|-d .*|http\S+", "", told)
    if language.startswith("zh"):
        assert "按 Ctrl-C 停止" in prose
        assert english_in(prose) is None
    else:
        assert "Ctrl-C stops everything." in prose
    assert "150425001" in prose
    assert '"badge":"LC1504"' in told
