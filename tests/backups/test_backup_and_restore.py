"""A backup of a service that goes on, brought back on another machine; and what it is no use to."""

import asyncio
import re
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from db.alone import connected
from db.migrations import FOLDER, migrations, statements
from tests.backups.backing_up import backed_up, is_whole, photo, put_key, put_photo, restored
from tests.backups.folders import backups_in, flip, originals_in, put_manifest, read_manifest
from tests.changes.readers import in_place
from tests.commandline import lines_until, run, started, stopped_by
from tests.files import files
from tests.fixtures.database import new_database
from tests.fixtures.service import running_application
from tests.serving import client_of, free_port, is_ready, until
from tests.subscriptions.receivers import receiving, stands, subscribed
from tests.users import Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings, to_environment


async def everything(officer: Person, incident: str) -> dict[str, Any]:
    """What the API tells of an incident, and every photo's bytes."""
    path = f"/incidents/{incident}"
    told = {part: await officer.read(f"{path}{part}") for part in ("", "/entries", "/informant")}
    for one in (await officer.read(f"{path}/photos"))["items"]:
        photo = f"{path}/photos/{one['photo_id']}"
        told[photo] = (await officer.get(f"{photo}/original")).raise_for_status().content
        assert (await officer.get(f"{photo}/thumbnail")).status_code == 200
    return told


def check_sums(folder: Path) -> None:
    sums = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    subprocess.run(sums, cwd=folder, check=True, stdout=subprocess.DEVNULL)


async def is_rendered(officer: Person, incident: str) -> bool:
    photos = (await officer.read(f"/incidents/{incident}/photos"))["items"]
    return all(one["renditions"] == "made" for one in photos)


@asynccontextmanager
async def photos_coming_in(officer: Person, incident: str) -> AsyncIterator[Callable[[], Any]]:
    """Photos come in all the while, and what waits for eight more of them."""
    put = 0

    async def put_photos() -> None:
        nonlocal put
        while True:
            await put_photo(officer, incident)
            put += 1

    async def more_came() -> None:
        seen = put

        async def is_so() -> bool:
            return put > seen + 8

        await until(is_so)

    coming = [asyncio.create_task(put_photos()) for _ in range(4)]
    yield more_came
    for task in coming:
        assert not task.done()
        task.cancel()
    await asyncio.wait(coming)


async def test_a_backup_made_while_photos_come_in_brings_back_all_that_it_names(
    data_dir: Path,
) -> None:
    port, disk = free_port(), data_dir / "disk"
    disk.mkdir()
    environment = {"WILDLIFE_DATA_DIR": str(data_dir / "var"), "WILDLIFE_PORT": str(port)}
    base = f"http://127.0.0.1:{port}"
    async with started("demo", "--no-stories", **environment) as process, client_of(base) as client:
        await lines_until(process, "Ctrl-C")
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        still, busy = await officer.opened(), await officer.opened()
        for _ in range(3):
            await put_photo(officer, still)
        async with photos_coming_in(officer, busy) as more_came:
            await more_came()
            first = await run("backup", str(disk), **environment)
            assert (first.status, first.err) == (0, "")
            await more_came()
        copied = {one: one.stat().st_mtime_ns for one in originals_in(disk)}
        await until(lambda: is_rendered(officer, still))
        await until(lambda: is_rendered(officer, busy))
        second = await run("backup", str(disk), **environment)
        assert f"{len(originals_in(disk)) - len(copied)} photos copied" in second.out
        assert all(one.stat().st_mtime_ns == copied[one] for one in copied)
        third = await run("backup", str(disk), **environment)
        assert " 0 photos copied (0.0 MB), " in third.out
        told = [await everything(officer, incident) for incident in (still, busy)]
        assert (await stopped_by(process, signal.SIGINT)).status == 0
    assert (data_dir / "var/backup.done").exists()
    key = data_dir / "var/informants.key"
    assert not any(key.read_bytes() in one.read_bytes() for one in files(disk))

    during, _, after = backups_in(disk)
    for name in (during, after):
        await asyncio.to_thread(check_sums, disk / name)
        environment["WILDLIFE_DATA_DIR"] = str(data_dir / name)
        (data_dir / name).mkdir()
        shutil.copy(key, data_dir / name)
        ended = await run("restore", str(disk), "--backup", name, **environment)
        assert is_whole(ended), ended
        assert len(files(data_dir / name / "media")) == len(read_manifest(disk, name)["media"])
        async with (
            started("serve", **environment, WILDLIFE_DEMO="true") as process,
            client_of(base) as client,
        ):
            await until(lambda: is_ready(port))
            officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
            if name == after:
                assert [await everything(officer, one) for one in (still, busy)] == told
            else:
                assert len(await everything(officer, still)) == len(told[0])
                assert 3 + 8 < len(await everything(officer, busy)) < len(told[1])
            await put_photo(officer, still)
            assert (await stopped_by(process, signal.SIGINT)).status == 0
        checked = await run("media", "check", **environment)
        assert ", 0 missing, 0 changed, 0 orphaned" in checked.out
        assert (await run("rebuild", "--check", **environment)).status == 0


async def test_without_the_key_all_else_is_brought_back_and_what_is_left_to_do_is_said(
    settings: Settings, elsewhere: Settings, officer: Person, disk: Path
) -> None:
    await photo(officer)
    # The service's login reads all that there is.
    made = await backed_up(disk, replace(settings, owner_database_url=None))
    [(key, path)] = re.findall(r"The key (\w{8}) is not in it: keep a copy of (\S+) ", made.out)
    assert path == str(settings.key_path)
    ended = await restored(disk, elsewhere)
    assert ended.status == 1
    assert ended.out.startswith("Restored as it was at ")
    assert key in ended.err
    assert ended.err.endswith("With the key in its place: `wildlife verify`.\n")
    assert not elsewhere.key_path.exists()
    shutil.copy(settings.key_path, elsewhere.key_path)
    environment = to_environment(elsewhere)
    assert (await run("verify", **environment)).status == 0
    assert (await run("check", **environment)).out.count("\tfault\t") == 0


async def test_photos_in_s3_go_into_backups_and_from_there_into_another_bucket(
    settings: Settings, elsewhere: Settings, bucket: str, disk: Path
) -> None:
    settings = replace(settings, media_url=f"s3://{bucket}/here")
    elsewhere = replace(elsewhere, media_url=f"s3://{bucket}/there")
    async with running_application(settings) as client:
        officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
        digest = await photo(officer)
    assert "1 photos copied" in (await backed_up(disk, settings)).out
    assert [one.name for one in originals_in(disk)] == [digest]
    await put_key(settings, elsewhere)
    assert is_whole(ended := await restored(disk, elsewhere)), ended
    checked = await run("media", "check", **to_environment(elsewhere))
    assert checked.out == "1 originals whole, 0 put back, 0 missing, 0 changed, 0 orphaned\n"


async def test_a_restore_mixes_with_nothing(
    settings: Settings, elsewhere: Settings, officer: Person, disk: Path
) -> None:
    await photo(officer)
    await backed_up(disk, settings)
    await put_key(settings, elsewhere)
    there = await restored(disk, settings)
    assert there.status == 1
    assert "The database is not empty" in there.err
    stray = elsewhere.media_dir / "originals/ab" / ("ab" * 32)
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"another's")
    ended = await restored(disk, elsewhere)
    assert ended.status == 1
    assert f"The photo store holds originals/ab/{'ab' * 32}" in ended.err
    stray.unlink()
    assert is_whole(ended := await restored(disk, elsewhere)), ended
    again = await restored(disk, elsewhere)
    assert again.status == 1
    assert "The database is not empty" in again.err


async def test_a_backup_of_an_older_version_is_brought_up_to_date_and_of_a_later_one_refused(
    settings: Settings, elsewhere: Settings, officer: Person, server_url: str, disk: Path
) -> None:
    async with new_database(server_url) as url, connected(url) as connection:
        await connection.execute("create table migration (name text, applied_at timestamptz)")
        for name in migrations()[:-1]:
            for statement in statements((FOLDER / name).read_text("utf-8")):
                await connection.execute(statement)
            await connection.execute("insert into migration values ($1, now())", name)
        await connection.execute("alter table migration add primary key (name)")
        await connection.execute("alter table migration alter applied_at set default now()")
        await backed_up(disk, replace(settings, owner_database_url=url, database_url=url))
    [old] = backups_in(disk)
    manifest = read_manifest(disk, old)
    assert manifest["migrations"] == migrations()[:-1]
    ended = await restored(disk, elsewhere)
    assert ended.status == 0, ended
    assert f"The tables were brought up to date ({migrations()[-1]})" in ended.out

    put_manifest(disk, old, manifest | {"migrations": ["9999_later.sql"]})
    ended = await restored(disk, elsewhere)
    assert ended.status == 1
    assert "was made by a later version of this program" in ended.err
    put_manifest(disk, old, manifest | {"format": 2})
    for ended in (await restored(disk, elsewhere), await run("backup", "--verify", str(disk))):
        assert ended.status == 1
        assert "writes backups in another way" in ended.err


async def test_only_the_newest_are_kept_and_no_photo_that_none_of_them_names(
    settings: Settings, officer: Person, disk: Path
) -> None:
    await photo(officer)
    for _ in range(3):
        await backed_up(disk, settings)
    stray = disk / "media/ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"of a backup that was cut off")
    first, second, third = backups_in(disk)
    # Of another database, whose backups are not ours to remove.
    put_manifest(disk, first, read_manifest(disk, first) | {"database": "another"})
    ended = await backed_up(disk, settings, "--keep", "2")
    assert f"removed {disk / second}\n" in ended.out
    left = backups_in(disk)
    assert (left[:2], len(left)) == ([first, third], 3)
    assert len(originals_in(disk)) == 1
    assert (await run("backup", "--verify", str(disk))).status == 0
    flip(disk / first / "manifest.json")
    ended = await run("backup", str(disk), "--keep", "1", **to_environment(settings))
    assert ended.status == 1
    assert str(disk / first) in ended.err
    assert len(backups_in(disk)) == 4


async def test_a_copy_tells_nobody_what_is_new_until_an_operator_says_that_it_is_none(
    settings: Settings, elsewhere: Settings, disk: Path
) -> None:
    allowed = {"webhook_networks": "127.0.0.0/8"}
    async with receiving() as receiver:
        async with running_application(replace(settings, **allowed)) as client:
            officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
            made = await subscribed(officer, receiver.url)
            await receiver.got(1)
        await backed_up(disk, settings)
        await put_key(settings, elsewhere)
        ended = await restored(disk, elsewhere)
        assert ended.status == 0, ended
        assert "1 subscriptions have ended" in ended.out
        async with running_application(replace(elsewhere, **allowed)) as client:
            there = await Person.sign_in(client, officer.badge, DEMO_PASSWORD)
            assert (await stands(there, made["id"], "ended"))["failure"] == "restored"
            bird = await there.opened()
            await in_place(there)
            restart = ("subscription", "restart", "--restored")
            assert (await run(*restart, **to_environment(elsewhere))).status == 0
            [_, told] = await receiver.got(2)
            assert told.verified(made["secret"])["data"]["incident_id"] == bird
