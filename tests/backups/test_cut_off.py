"""Backups and restores that are killed, or have no room: what follows is right."""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.backups.backing_up import is_whole, put_photo
from tests.backups.folders import backups_in, originals_in
from tests.commandline import lines_until, run, start, started, stopped_by
from tests.disks import fill_disk, small_disk
from tests.draws import Draw
from tests.files import files
from tests.postgresql import needs_root
from tests.serving import client_of, free_port, until
from tests.users import Person
from wildlife.people.accounts import DEMO_PASSWORD


async def filled(folder: Path, photos: int = 40) -> dict[str, str]:
    """The environment of a service that was used and has ended."""
    port = free_port()
    environment = {"WILDLIFE_DATA_DIR": str(folder), "WILDLIFE_PORT": str(port)}
    base = f"http://127.0.0.1:{port}"
    async with started("demo", "--no-stories", **environment) as process, client_of(base) as client:
        await lines_until(process, "Ctrl-C")
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        incident = await officer.opened()
        for _ in range(photos):
            await put_photo(officer, incident)
        assert (await stopped_by(process, signal.SIGINT)).status == 0
    return environment


async def killed_when(condition: Callable[[], bool], *call: str, **environment: str) -> None:
    """Run a command, and `kill -9` all its processes at a moment, or after it has ended."""
    process = await start(*call, **environment)
    while not condition() and process.returncode is None:  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0)
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        assert process.returncode == 0
    await process.communicate()


async def test_after_a_backup_that_was_killed_the_next_one_is_right(
    data_dir: Path, draw: Draw
) -> None:
    environment = await filled(data_dir / "var")
    disk = data_dir / "disk"
    disk.mkdir()
    dump = disk / "unfinished/database.dump"
    moments: list[Callable[[], bool]] = [
        (disk / "unfinished").exists,
        dump.exists,
        lambda: dump.exists() and dump.stat().st_size > 50_000,
        (disk / "media").exists,
        lambda: len(originals_in(disk)) > 10,
        lambda: len(originals_in(disk)) > 30,
        (disk / "unfinished/manifest.json").exists,
        lambda: bool(backups_in(disk)),
    ]
    unfinished = 0
    for moment in draw.some(moments, 4, "backup"):
        shutil.rmtree(disk)
        disk.mkdir()
        await killed_when(moment, "backup", str(disk), **environment)
        unfinished += (disk / "unfinished").exists()
        if backups_in(disk):
            assert (await run("backup", "--verify", str(disk))).status == 0
        ended = await run("backup", str(disk), **environment)
        assert (ended.status, ended.err) == (0, ""), ended
        assert not (disk / "unfinished").exists()
        verified = await run("backup", "--verify", str(disk))
        assert verified.out.endswith("\n40 photos whole, 0 flaws\n"), verified
    assert unfinished > 0


async def test_a_restore_that_was_killed_goes_on_and_nothing_serves_half_of_it(
    data_dir: Path, draw: Draw
) -> None:
    environment = await filled(data_dir / "var")
    disk = data_dir / "disk"
    disk.mkdir()
    assert (await run("backup", str(disk), **environment)).status == 0
    new = data_dir / "new"
    environment["WILDLIFE_DATA_DIR"] = str(new)
    originals = new / "media/originals"
    mark = new / "restore.unfinished"
    moments: list[Callable[[], bool]] = [
        mark.exists,
        lambda: len(files(originals)) > 5,
        lambda: len(files(originals)) == 40,
        is_in_restore,
    ]
    unfinished = 0
    for moment in draw.some(moments, 2, "restore"):
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        shutil.copy(data_dir / "var/informants.key", new)
        await killed_when(moment, "restore", str(disk), **environment)
        if mark.exists():
            unfinished += 1
            for command in ("serve", "migrate", "verify"):
                refused = await run(command, **environment)
                assert refused.status == 1
                assert "has not ended: run the same `wildlife restore` again" in refused.err
            ended = await run("restore", str(disk), **environment)
            assert is_whole(ended), ended
        assert not mark.exists()
        checked = await run("media", "check", **environment)
        assert checked.out == "40 originals whole, 0 put back, 0 missing, 0 changed, 0 orphaned\n"
    assert unfinished > 0


def is_in_restore() -> bool:
    """Whether pg_restore runs for a process that the test started."""
    children = psutil.Process().children(recursive=True)
    with suppress(psutil.NoSuchProcess):
        return any(one.name() == "pg_restore" for one in children)
    return False


@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGTERM])
async def test_a_backup_that_is_broken_off_leaves_nothing_unfinished(
    data_dir: Path, signal_: signal.Signals
) -> None:
    environment = await filled(data_dir / "var", photos=20)
    disk = data_dir / "disk"
    disk.mkdir()
    process = await start("backup", str(disk), **environment)

    async def has_begun() -> bool:
        return (disk / "unfinished").exists() or process.returncode is not None

    await until(has_begun)
    ended = await stopped_by(process, signal_)
    assert not (disk / "unfinished").exists()
    assert (ended.status == 0) == bool(backups_in(disk))


@needs_root
async def test_a_backup_for_which_there_is_no_room_says_so_and_is_none(data_dir: Path) -> None:
    environment = await filled(data_dir / "var")
    with small_disk(data_dir, "4m") as disk:
        ballast = fill_disk(disk)
        full = await run("backup", str(disk), **environment)
        assert full.status == 1
        assert f"{disk} can't be used: No space left on device. Make room" in full.err
        assert backups_in(disk) == []
        ballast.unlink()
        ballast.write_bytes(bytes(3_000_000))
        made = 0
        while (ended := await run("backup", str(disk), **environment)).status == 0:
            made += 1
        assert f"{disk} can't be used: No space left on device" in ended.err
        assert len(backups_in(disk)) == made
        assert not (disk / "unfinished").exists()
        ballast.unlink()
        assert (await run("backup", str(disk), **environment)).status == 0
        assert (await run("backup", "--verify", str(disk))).status == 0
