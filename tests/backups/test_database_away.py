"""A PostgreSQL that goes away while it is dumped or restored, and programs that are not there."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from db import dumping
from db.alone import connected
from db.embedded import CannotRun
from tests.backups.backing_up import backed_up, is_whole, photo, put_key
from tests.backups.folders import backups_in
from tests.commandline import Ended, require_sentences, run
from tests.cutting import Wire, cut_after
from tests.users import Person
from wildlife.settings import Settings, to_environment


def through(wire: Wire, settings: Settings) -> dict[str, str]:
    return to_environment(
        replace(
            settings,
            database_url=wire.through(settings.database_url or ""),
            owner_database_url=wire.through(settings.owner_database_url or ""),
        )
    )


def require_one_sentence(ended: Ended) -> None:
    require_sentences(ended)
    assert ended.status == 1, ended
    assert ended.err.splitlines()[-1].startswith("Error: "), ended
    assert ended.err.count("Error: ") == 1, ended


@pytest.mark.parametrize("part", [0, 1, 2, 3])
async def test_a_backup_whose_database_goes_away_says_so_and_is_none(
    settings: Settings, officer: Person, disk: Path, part: int
) -> None:
    await photo(officer)
    url = settings.database_url or ""
    async with cut_after(url, None) as wire:
        assert (await run("backup", str(disk), **through(wire, settings))).status == 0
        pieces = wire.passed
    [before] = backups_in(disk)
    async with cut_after(url, 1 + part * pieces // 4) as wire:
        ended = await run("backup", str(disk), **through(wire, settings))
    require_one_sentence(ended)
    assert backups_in(disk) == [before]
    assert not (disk / "unfinished").exists()


@pytest.mark.parametrize("part", [1, 2, 3])
async def test_a_restore_whose_database_goes_away_says_so_and_goes_on_later(
    settings: Settings, elsewhere: Settings, officer: Person, disk: Path, part: int
) -> None:
    await photo(officer)
    await backed_up(disk, settings)
    await put_key(settings, elsewhere)
    url = elsewhere.database_url or ""
    async with cut_after(url, part * 20) as wire:
        ended = await run("restore", str(disk), **through(wire, elsewhere))
    require_one_sentence(ended)
    again = await run("restore", str(disk), **to_environment(elsewhere))
    assert is_whole(again), again


@pytest.mark.parametrize("older", [True, False])
async def test_without_a_program_as_new_as_the_server_a_sentence_says_what_to_install(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, older: bool
) -> None:
    def none(_: str) -> Path:
        raise CannotRun("", "")

    monkeypatch.setattr(dumping, "client_program", none)
    monkeypatch.setenv("PATH", str(tmp_path))
    if older:
        program = tmp_path / "pg_dump"
        program.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.24'\n")
        program.chmod(0o755)
    url = settings.owner_database_url or ""
    async with connected(url) as connection, connection.transaction():
        with pytest.raises(CannotRun) as refused:
            async for _ in dumping.dump(connection, url):
                pass
        server = connection.get_server_version().major
    there = f"only {tmp_path}/pg_dump (9)" if older else "none"
    assert f"This PostgreSQL is of version {server}, and no pg_dump here" in str(refused.value)
    assert f"({there}). Install the client programs of PostgreSQL {server}" in str(refused.value)
    assert f"PostgreSQL {server} 的客户端程序" in refused.value.zh


@pytest.mark.parametrize(
    ("server", "fitting"), [(15, [15, 16]), (16, [16]), (17, [17, 18, 19]), (18, [18, 19])]
)
def test_no_program_makes_a_dump_that_can_not_be_restored_where_it_is_from(
    server: int, fitting: list[int]
) -> None:
    assert [one for one in range(14, 20) if dumping.fits(one, server)] == fitting


@pytest.mark.parametrize(
    ("url", "bare", "password"),
    [
        ("postgresql://a:s%40cret@h:5432/d", "postgresql://a@h:5432/d", "s@cret"),
        ("postgresql://a@/d?host=%2Fs&password=x", "postgresql://a@/d?host=%2Fs", "x"),
        ("postgresql://a@h/d", "postgresql://a@h/d", None),
    ],
)
def test_no_password_stands_on_a_command_line(url: str, bare: str, password: str | None) -> None:
    told, environment = dumping._without_password(url)
    assert (told, environment.get("PGPASSWORD")) == (bare, password)
