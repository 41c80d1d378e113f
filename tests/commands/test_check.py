"""`wildlife check`: a line for each part, in the operator's language, and a status for cron."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.database import Database
from tests.commandline import Wildlife, lines_until, run, started, stopped_by
from tests.databases import let_read_only
from tests.db.sessions import session
from tests.disks import fill_disk, small_disk
from tests.postgresql import needs_root, postmaster
from tests.serving import free_port, killable, until
from tests.users import Person, identification
from wildlife.settings import Settings

PARTS = {
    "settings": "设置",
    "address": "监听地址",
    "database": "数据库",
    "policy": "策略",
    "tables": "数据表",
    "roles": "权限",
    "replica": "备库",
    "key": "密钥",
    "folders": "目录",
    "store": "照片库",
    "photos": "照片",
    "hidden places": "隐匿位置",
    "identity provider": "身份提供方",
    "disk": "磁盘",
    "clock": "时钟",
    "backups": "备份",
    "verify": "核验",
}
# What can't be known while the database is away.
UNCHECKED = {"tables", "roles", "key", "photos", "hidden places", "clock"}
DURABLE = "fsync", "full_page_writes"
# A port on which nobody listens.
AWAY = {
    "WILDLIFE_DATABASE_URL": "postgresql://127.0.0.1:1/wildlife",
    "WILDLIFE_OWNER_DATABASE_URL": "",
}


@pytest.fixture(scope="module", autouse=True)
def durable(server_url: str) -> Iterator[None]:
    """The server as operators should have it: that of the tests would lose all in a power cut."""
    asyncio.run(set_durability(server_url, "on"))
    yield
    asyncio.run(set_durability(server_url, "off"))


async def set_durability(url: str, state: str, *names: str) -> None:
    """Set what makes commits last, on a private server: one of yours is as you have it."""
    if "WILDLIFE_DATABASE_URL" in os.environ:
        return
    changed = names or DURABLE
    async with session(url) as connection:
        for name in changed:
            await connection.execute(f"alter system set {name} = {state}")
        await connection.execute("select pg_reload_conf()")

    async def is_so() -> bool:
        async with session(url) as connection:
            return {await connection.fetchval(f"show {name}") for name in changed} == {state}

    await until(is_so)


def all_done(folder: Path) -> None:
    """Backed up and verified just now."""
    (folder / "backup.done").touch()
    (folder / "verify.done").write_text("0\n")


async def found(wildlife: Wildlife, status: int = 0, **changed: str) -> dict[str, str]:
    """What is not well, by its part."""
    ended = await wildlife("check", "--json", status=status, **changed)
    findings = json.loads(ended.out)
    assert [one["part"] for one in findings] == [*PARTS]
    assert ended.err == ""
    return {one["part"]: one["state"] for one in findings if one["state"] != "ok"}


async def test_all_is_well_where_it_is_and_a_backup_was_made(
    wildlife: Wildlife, officer: Person, tmp_path: Path
) -> None:
    all_done(tmp_path)
    for language, parts, word in (
        ("C.UTF-8", PARTS.keys(), "ok"),
        ("zh_CN.UTF-8", PARTS.values(), "正常"),
    ):
        lines = (await wildlife("check", LC_ALL=language)).out.splitlines()
        assert [line.split("\t")[:2] for line in lines] == [[part, word] for part in parts]


async def test_what_is_not_well_is_named_with_what_to_do_and_hides_nothing_else(
    wildlife: Wildlife, officer: Person, database: Database, settings: Settings, tmp_path: Path
) -> None:
    warnings = {"backups": "warning", "verify": "warning"}
    assert await found(wildlife) == warnings
    all_done(tmp_path)
    for name in ("backup.done", "verify.done"):
        os.utime(tmp_path / name, (0, 0))
    assert await found(wildlife) == warnings
    (tmp_path / "verify.done").write_text("none")
    assert await found(wildlife) == warnings
    (tmp_path / "verify.done").write_text("3\n")
    assert await found(wildlife, 1) == {"backups": "warning", "verify": "fault"}
    all_done(tmp_path)
    none = str(tmp_path / "none.key")
    assert await found(wildlife, 1, WILDLIFE_KEY_FILE=none) == {"key": "fault"}
    owner = settings.owner_database_url or ""
    assert await found(wildlife, 1, WILDLIFE_DATABASE_URL=owner) == {"roles": "fault"}
    (tmp_path / "media/originals").rename(tmp_path / "media/elsewhere")
    async with database.writing() as connection:
        await connection.execute("insert into migration (name) values ('9999_later.sql')")
    assert await found(wildlife, 1) == {"tables": "fault", "store": "warning"}


@pytest.mark.skipif(
    "WILDLIFE_DATABASE_URL" in os.environ, reason="changes the settings of the whole server"
)
@pytest.mark.parametrize("name", DURABLE)
async def test_a_server_whose_commits_do_not_last_is_a_warning_that_names_the_setting(
    wildlife: Wildlife, officer: Person, server_url: str, tmp_path: Path, name: str
) -> None:
    all_done(tmp_path)
    await set_durability(server_url, "off", name)
    try:
        assert await found(wildlife) == {"database": "warning"}
        assert f"{name} is off: a power cut takes" in (await wildlife("check")).out
        assert (await wildlife("check", "--strict", status=1)).status == 1
    finally:
        await set_durability(server_url, "on", name)
    assert await found(wildlife) == {}


async def test_a_database_that_is_away_is_one_fault_and_all_else_is_told(
    wildlife: Wildlife, officer: Person, tmp_path: Path
) -> None:
    all_done(tmp_path)
    away = {"database": "fault"} | dict.fromkeys(UNCHECKED, "unchecked")
    assert await found(wildlife, 1, **AWAY) == away
    none = {"WILDLIFE_KEY_FILE": str(tmp_path / "none.key")}
    assert await found(wildlife, 1, **AWAY, **none) == away | {"key": "warning"}
    no_key = {"WILDLIFE_KEY_FILE": str(tmp_path)}
    assert await found(wildlife, 1, **AWAY, **no_key) == away | {"key": "fault"}
    (tmp_path / "media/originals").rename(tmp_path / "media/elsewhere")
    assert await found(wildlife, 1, **AWAY) == away | {"store": "warning"}
    for language, sentence in (
        (
            "C.UTF-8",
            "database\tfault\tThe PostgreSQL that WILDLIFE_DATABASE_URL names can't be used",
        ),
        ("zh_CN.UTF-8", "数据库\t故障\tWILDLIFE_DATABASE_URL 所指的 PostgreSQL 无法使用"),
    ):
        ended = await wildlife("check", status=1, **AWAY, LC_ALL=language)
        assert len(ended.out.splitlines()) == len(PARTS)
        assert sentence in ended.out


async def test_a_private_database_that_hangs_is_one_fault(data_dir: Path) -> None:
    folder = data_dir / "var"
    environment = {"WILDLIFE_DATA_DIR": str(folder), "WILDLIFE_PORT": str(free_port())}
    async with started("serve", **environment) as process:
        await lines_until(process, "New key")
        server = postmaster(folder)
        assert server is not None
        os.kill(server, signal.SIGSTOP)
        try:
            ended = await run("check", "--json", **environment)
        finally:
            os.kill(server, signal.SIGCONT)
        told = {one["part"]: (one["state"], one["says"]) for one in json.loads(ended.out)}
        await stopped_by(process, signal.SIGINT)
    assert ended.status == 1
    assert told["database"][0] == "fault"
    assert "no answer" in told["database"][1]
    assert str(folder / "postgresql") in told["database"][1]
    unchecked = {part for part, (state, _) in told.items() if state == "unchecked"}
    assert unchecked == UNCHECKED


async def test_a_data_folder_that_is_misspelt_is_told_beside_all_else_and_not_made(
    wildlife: Wildlife, officer: Person, tmp_path: Path
) -> None:
    misspelt = {"WILDLIFE_DATA_DIR": str(tmp_path / "misspelt")}
    told = await found(wildlife, 1, **misspelt)
    assert told == {"key": "fault"} | dict.fromkeys(
        ("folders", "store", "backups", "verify"), "warning"
    )
    private = misspelt | {"WILDLIFE_DATABASE_URL": "", "WILDLIFE_OWNER_DATABASE_URL": ""}
    told = await found(wildlife, 1, **private)
    assert (told["folders"], told["database"]) == ("warning", "fault")
    assert not (tmp_path / "misspelt").exists()


async def test_places_that_are_told_and_are_to_be_hidden_are_a_fault_until_a_rebuild(
    wildlife: Wildlife, officer: Person, tmp_path: Path
) -> None:
    all_done(tmp_path)
    incident = await officer.opened()
    assert await found(wildlife) == {}
    for hidden in ("unidentified", "sanyou", "species:phalacrocorax_carbo"):
        stricter = {"WILDLIFE_HIDDEN_PLACES": hidden}
        assert await found(wildlife, status=1, **stricter) == {"hidden places": "fault"}, hidden
        await wildlife("rebuild", **stricter)
        assert await found(wildlife, status=0, **stricter) == {}, hidden
        await wildlife("rebuild")
        if hidden == "unidentified":
            await officer.appended(incident, identification())
    unknown = {"WILDLIFE_HIDDEN_PLACES": "species:phalacrocorax_carbon"}
    assert await found(wildlife, status=0, **unknown) == {"hidden places": "warning"}


async def test_a_key_that_everybody_on_the_machine_may_read_is_a_warning(
    wildlife: Wildlife, officer: Person, settings: Settings, tmp_path: Path
) -> None:
    all_done(tmp_path)
    for mode, state in ((0o600, {}), (0o640, {}), (0o644, {"key": "warning"}), (0o600, {})):
        settings.key_path.chmod(mode)
        assert await found(wildlife) == state, oct(mode)
    settings.key_path.chmod(0o604)
    for language, sentence in (
        ("C.UTF-8", f"key\twarning\t{settings.key_path} is open to everybody on this machine"),
        ("zh_CN.UTF-8", f"密钥\t警告\t{settings.key_path} 对本机所有人开放"),
    ):
        assert sentence in (await wildlife("check", LC_ALL=language)).out


async def test_a_clock_that_is_behind_what_was_written_is_a_fault(
    wildlife: Wildlife, officer: Person, tmp_path: Path
) -> None:
    all_done(tmp_path)
    later = time.time() + 3600
    os.utime(tmp_path / "service.log", (later, later))
    assert await found(wildlife, 1) == {"clock": "fault"}


async def test_before_the_first_start_and_after_a_restore_nothing_is_a_fault_that_a_start_mends(
    settings: Settings, wildlife: Wildlife, tmp_path: Path
) -> None:
    before_the_first = dict.fromkeys(("key", "store", "backups", "verify"), "warning")
    assert await found(wildlife) == before_the_first
    new = {"WILDLIFE_DATA_DIR": str(tmp_path / "new")}
    assert await found(wildlife, 0, **new) == before_the_first | {"folders": "warning"}
    assert not (tmp_path / "new").exists()
    with killable(settings) as server:
        all_done(tmp_path)
        here = {"WILDLIFE_PORT": str(server.port)}
        assert await found(wildlife, 0, **here) == {}
        settings.media_dir.joinpath("uploads").rename(tmp_path / "uploads")
        told = (await wildlife("check", status=1, **here)).out
        assert "/media/uploads/open is gone, and the service that runs needs it" in told
    assert await found(wildlife) == {"store": "warning"}


async def test_for_cron_a_warning_and_a_service_that_does_not_answer_are_faults(
    settings: Settings, wildlife: Wildlife, tmp_path: Path
) -> None:
    with killable(settings) as server:
        here = {"WILDLIFE_PORT": str(server.port)}
        await wildlife("check", **here)
        await wildlife("check", "--strict", status=1, **here)
        all_done(tmp_path)
        await wildlife("check", "--strict", **here)
    await wildlife("check", **here)
    told = (await wildlife("check", "--strict", status=1, LC_ALL="zh_CN.UTF-8", **here)).out
    assert "监听地址\t故障\t" in told


async def test_a_database_that_takes_no_writes_is_told_in_the_operators_language(
    wildlife: Wildlife, database: Database
) -> None:
    async with database.writing() as connection:
        await let_read_only(connection)
    told = (await wildlife("check", status=1, LC_ALL="zh_CN.UTF-8")).out
    assert "数据库\t故障\t该 PostgreSQL 现在不接受写入" in told


@needs_root
async def test_a_full_disk_of_the_log_is_a_fault_although_the_service_goes_on(
    wildlife: Wildlife, officer: Person, data_dir: Path, tmp_path: Path
) -> None:
    all_done(tmp_path)
    with small_disk(data_dir, "100m") as disk:
        there = {"WILDLIFE_LOG_FILE": str(disk / "service.log")}
        assert await found(wildlife, 0, **there) == {}
        ballast = fill_disk(disk)
        assert await found(wildlife, 1, **there) == {"disk": "fault"}
        told = (await wildlife("check", status=1, LC_ALL="zh_CN.UTF-8", **there)).out
        assert f"磁盘\t故障\t日志所在的 {disk} 剩余 0 MB：请腾出空间" in told
        os.truncate(ballast, ballast.stat().st_size - 10_000_000)
        assert await found(wildlife, 0, **there) == {"disk": "warning"}
