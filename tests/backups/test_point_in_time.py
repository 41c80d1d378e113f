"""Back to a moment between two backups, as the README says it of PostgreSQL: a base backup, and the
write-ahead log that is archived since."""

import asyncio
import os
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Final

import pytest

from db.embedded import client_program, embedded_postgresql, server_account
from tests.commandline import run
from tests.postgresql import ask
from tests.serving import wait_until

ROOT: Final = Path(__file__).parents[2]
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh.md"

MOMENT: Final = "to a moment between backups"
TASKS: Final = {"back up": "备份", "restore": "恢复", MOMENT: "恢复到某一时刻"}


def row_of(task: str, readme: Path) -> str:
    row = re.search(rf"^\| {task} \| .*$", readme.read_text("utf-8"), re.M)
    assert row is not None, task
    return row[0]


def archiving() -> dict[str, str]:
    """Which settings `alter system` is to give, with what."""
    return dict(re.findall(r"alter system set (\w+) = (?:'([^']+)'|on)", row_of(MOMENT, ENGLISH)))


def recovering() -> str:
    """The lines that a recovery is told."""
    lines = re.findall(r"(?:restore_command|recovery_target\w+) = '[^']+'", row_of(MOMENT, ENGLISH))
    return "\n".join(lines)


def commands(task: str, readme: Path) -> list[str]:
    """The commands and settings in the row of a task."""
    said = re.findall(r"`([^`]+)`", row_of(task, readme))
    return [one for one in said if " " in one]


@pytest.mark.parametrize("task", TASKS)
def test_both_readmes_back_up_and_restore_by_the_same_commands(task: str) -> None:
    ours = commands(task, ENGLISH)
    assert ours
    chinese = commands(TASKS[task], CHINESE)
    assert sorted(ours) == sorted(chinese)


async def test_a_database_goes_back_to_the_moment_before_a_mishap(data_dir: Path) -> None:
    here, there = data_dir / "here", data_dir / "there"
    archive, base = data_dir / "archive", data_dir / "base.tar"
    environment = {"WILDLIFE_DATA_DIR": str(here)}
    filled = await run("synth", "--releases", "10", "--timelines", **environment)
    assert filled.status == 0, filled
    account = server_account()
    archive.mkdir()
    os.chown(archive, account.uid, account.gid)
    asked = {name: value.replace("/archive", str(archive)) for name, value in archiving().items()}
    assert asked.keys() == {"archive_mode", "archive_command", "archive_timeout"}

    def mishap() -> str:
        with embedded_postgresql(here / "postgresql") as url:
            for name, value in asked.items():
                ask(url, f"alter system set {name} = '{value or 'on'}'", "select 1")
        with embedded_postgresql(here / "postgresql") as url:
            hba = here / "postgresql/cluster/pg_hba.conf"
            hba.write_text(hba.read_text() + "local replication all peer map=owner\n")
            ask(url, "select pg_reload_conf()")
            with base.open("wb") as file:
                program, options = (
                    client_program("pg_basebackup"),
                    ("-D", "-", "-Ft", "-X", "fetch"),
                )
                subprocess.run([program, *options, "-d", url], stdout=file, check=True)
            ask(url, "create table noted as select 'after the base backup' as said", "select 1")
            moment = str(ask(url, "select pg_switch_wal()", "select clock_timestamp()"))
            ask(url, "update incident set seq = seq + 1", "select pg_switch_wal()")
            ask(url, "checkpoint", "select pg_switch_wal()")
            return moment

    moment = await asyncio.to_thread(mishap)
    assert (await run("verify", **environment)).status == 1

    cluster = there / "postgresql/cluster"
    cluster.mkdir(parents=True)
    with tarfile.open(base) as tar:
        tar.extractall(cluster, filter="fully_trusted")
    told = recovering().replace("/archive", str(archive))
    told = re.sub(r"(recovery_target_time = )'[^']+'", rf"\1'{moment}'", told)
    with (cluster / "postgresql.auto.conf").open("a") as file:
        file.write(f"\narchive_mode = off\n{told}\n")
    (cluster / "recovery.signal").touch()

    def look() -> str:
        with embedded_postgresql(there / "postgresql") as url:
            # It answers while it replays, and becomes a primary where it is told to stop.
            wait_until(lambda: not ask(url, "select pg_is_in_recovery()"))
            return str(ask(url, "select said from noted"))

    assert await asyncio.to_thread(look) == "after the base backup"
    verified = await run("verify", WILDLIFE_DATA_DIR=str(there))
    assert (verified.status, verified.err) == (0, ""), verified
    assert (await run("rebuild", "--check", WILDLIFE_DATA_DIR=str(there))).status == 0
