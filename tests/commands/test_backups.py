"""The backups of the README: made while photos come in, and brought back."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commandline import lines_until, run, started, stopped_by
from tests.disks import fill_disk, small_disk
from tests.pictures import encoded, noise
from tests.postgresql import needs_root
from tests.serving import client_of, free_port, is_ready, until
from tests.users import Person, rescue
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings, to_environment

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh.md"
TASKS = {
    "back up": "备份",
    "back up, private database": "备份（专用数据库）",
    "restore": "恢复",
    "restore, private database": "恢复（专用数据库）",
}


def commands(task: str, readme: Path = ENGLISH) -> list[str]:
    """The commands in the row of a task."""
    [row] = re.findall(rf"^\| {re.escape(task)} \| (.*) \|$", readme.read_text("utf-8"), re.M)
    called = ("wildlife ", "tar ", "docker ")
    return [one for one in re.findall(r"`([^`]+)`", row) if one.startswith(called)]


@pytest.mark.parametrize("task", TASKS)
def test_both_readmes_back_up_and_restore_by_the_same_commands(task: str) -> None:
    of_readmes = commands(task), commands(TASKS[task], CHINESE)
    ours = [[one for one in each if one != "wildlife check"] for each in of_readmes]
    assert ours[0] == ours[1]
    assert ours[0]


async def operator(command: str, folder: Path, **environment: str) -> tuple[int, str]:
    """How a command of the README ends in an operator's shell, and what it says of faults."""
    path = f"{environment.pop('first', folder)}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    ended = await asyncio.to_thread(
        subprocess.run,
        ["bash", "-c", command],
        cwd=folder,
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"} | environment,
        capture_output=True,
        check=False,
    )
    return ended.returncode, ended.stderr.decode()


# What the recipe calls, of which one or the other may fail; each begins to write before it does.
PROGRAMS = {
    "wildlife": 'echo new; exit "$DUMP"',
    "tar": "for last; do case $before in -cf) out=$last;; esac; before=$last; done\n"
    '[ "$out" = - ] && echo new || echo new > "$out"; exit "$TAR"',
    "docker": "shift 4; exec $*",
    "pg_dump": 'echo new; exit "$DUMP"',
}


@pytest.mark.parametrize("task", ["back up", "back up, private database"])
@pytest.mark.parametrize(
    ("dump", "tar", "is_done"),
    [(0, 0, True), (0, 1, True), (0, 2, False), (1, 0, False), (1, 1, False), (137, 0, False)],
)
async def test_a_backup_that_fails_in_the_middle_is_not_done_and_leaves_the_one_before(
    tmp_path: Path, task: str, dump: int, tar: int, is_done: bool
) -> None:
    """A file that changes while it is read, which is 1 of tar, is no failure."""
    programs, folder = tmp_path / "programs", tmp_path / "backups"
    programs.mkdir()
    folder.mkdir()
    touch = f"/usr/bin/touch {folder}/backup.done"
    for name, content in (PROGRAMS | {"touch": touch}).items():
        (programs / name).write_text(f"#!/bin/bash\n{content}\n")
        (programs / name).chmod(0o755)
    for name in ("data.tar", "wildlife.dump"):
        (folder / name).write_text("old\n")
    backup, *_ = commands(task)
    status = {"DUMP": str(dump), "TAR": str(tar), "WILDLIFE_DATA_DIR": str(tmp_path)}
    ended, _ = await operator(backup, folder, first=str(programs), **status)
    assert ((ended == 0), (folder / "backup.done").exists()) == (is_done, is_done)
    assert {(folder / name).read_text() for name in ("data.tar", "wildlife.dump")} == (
        {"new\n"} if is_done else {"old\n"}
    )


async def test_a_backup_made_while_photos_come_in_brings_back_all_that_the_dump_names(
    data_dir: Path,
) -> None:
    port = free_port()
    environment = {"WILDLIFE_DATA_DIR": str(data_dir / "var"), "WILDLIFE_PORT": str(port)}
    base = f"http://127.0.0.1:{port}"
    async with started("demo", "--no-stories", **environment) as process, client_of(base) as client:
        await lines_until(process, "Ctrl-C")
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened()
        put = 0

        async def put_photos() -> None:
            nonlocal put
            while True:
                answer = await officer.put_photo(incident, encoded(noise(60, 40)))
                assert answer.status_code == 201
                put += 1

        coming = [asyncio.create_task(put_photos()) for _ in range(4)]
        seen = 0

        async def more_came() -> bool:
            return put > seen + 8

        await until(more_came)
        for command in commands("back up, private database"):
            status, said = await operator(command, data_dir, **environment)
            assert status == 0, said
        seen = put
        await until(more_came)
        for task in coming:
            assert not task.done()
            task.cancel()
        await asyncio.wait(coming)
        assert (await stopped_by(process, signal.SIGINT)).status == 0
    assert (data_dir / "var/backup.done").exists()

    environment["WILDLIFE_DATA_DIR"] = str(data_dir / "restored")
    for command in commands("restore, private database"):
        status, said = await operator(command, data_dir, **environment)
        assert status == 0, said
    checked = await run("media", "check", **environment)
    assert ", 0 missing, 0 changed, " in checked.out
    async with (
        started("serve", **environment, WILDLIFE_DEMO="true") as process,
        client_of(base) as client,
    ):
        await until(lambda: is_ready(port))
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        assert await officer.read(f"/incidents/{incident}/informant") == rescue()["informant"]
        photos = (await officer.read(f"/incidents/{incident}/photos"))["items"]
        assert 8 < len(photos) < put
        assert (await stopped_by(process, signal.SIGINT)).status == 0


async def test_a_restore_mixes_with_nothing_and_a_dump_is_of_what_is_there(
    data_dir: Path, settings: Settings
) -> None:
    environment = {"WILDLIFE_DATA_DIR": str(data_dir / "var")}
    none = await run("database", "dump", **environment)
    assert (none.status, none.out) == (1, "")
    assert "There is no database in" in none.err
    broken = await run("database", "restore", typed="no dump", **environment)
    assert broken.status == 1
    assert "pg_restore failed" in broken.err
    assert (await run("migrate", **environment)).status == 0
    full = await run("database", "restore", typed="no dump", **environment)
    assert full.status == 1
    assert "There is a database in" in full.err
    for command in ("dump", "restore"):
        own = await run("database", command, **to_environment(settings))
        assert own.status == 2
        assert "use its pg_dump and pg_restore" in own.err


@needs_root
async def test_a_dump_for_which_there_is_no_room_is_a_failure(data_dir: Path) -> None:
    environment = {"WILDLIFE_DATA_DIR": str(data_dir / "var")}
    assert (await run("migrate", **environment)).status == 0
    with small_disk(data_dir, "1m") as disk:
        fill_disk(disk)
        status, said = await operator("wildlife database dump > wildlife.dump", disk, **environment)
        assert status == 1
        assert "pg_dump failed, as it says above" in said
