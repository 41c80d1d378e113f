"""What is damaged, lost or called wrongly is named, in the language of the terminal."""

import re
from pathlib import Path

import pytest

from db.alone import connected
from tests.backups.backing_up import WHOLE, backed_up, is_whole, photo, put_key, restored
from tests.backups.folders import backups_in, flip, originals_in
from tests.commandline import run
from tests.files import files
from tests.languages import english_in
from tests.users import Person
from wildlife.settings import Settings, to_environment


@pytest.mark.parametrize("part", ["database.dump", "manifest.json", "SHA256SUMS"])
@pytest.mark.parametrize("amiss", ["flipped", "gone"])
async def test_what_has_changed_of_a_backup_is_named_and_nothing_is_restored_of_it(
    settings: Settings, elsewhere: Settings, officer: Person, disk: Path, part: str, amiss: str
) -> None:
    await photo(officer)
    await backed_up(disk, settings)
    await photo(officer)
    await backed_up(disk, settings)
    first, second = backups_in(disk)
    whole = await run("backup", "--verify", str(disk))
    assert whole.status == 0
    assert whole.out.endswith("\n2 photos whole, 0 flaws\n")
    file = disk / second / part
    flip(file) if amiss == "flipped" else file.unlink()
    verified = await run("backup", "--verify", str(disk))
    assert verified.status == 1
    assert str(disk / second) in verified.err
    assert verified.out.startswith(f"{first}: the database is whole")
    assert verified.out.endswith(" photos whole, 1 flaws\n")
    ended = await restored(disk, elsewhere)
    assert (ended.status, ended.out) == (1, "")
    assert str(disk / second) in ended.err
    assert "--backup NAME" in ended.err
    assert not elsewhere.data_dir.exists()
    await put_key(settings, elsewhere)
    assert is_whole(ended := await restored(disk, elsewhere, "--backup", first)), ended


@pytest.mark.parametrize("amiss", ["flipped", "gone", "short"])
async def test_a_damaged_photo_is_named_and_the_rest_restored_on_demand_and_it_is_copied_anew(
    settings: Settings, elsewhere: Settings, officer: Person, disk: Path, amiss: str
) -> None:
    await photo(officer)
    digest = await photo(officer)
    await backed_up(disk, settings)
    [file] = [one for one in originals_in(disk) if one.name == digest]
    match amiss:
        case "flipped":
            flip(file)
        case "gone":
            file.unlink()
        case _:
            file.chmod(0o600)
            file.write_bytes(file.read_bytes()[:-1])
    verified = await run("backup", "--verify", str(disk))
    assert verified.status == 1
    assert str(file) in verified.err
    assert verified.out.endswith("\n1 photos whole, 1 flaws\n")
    await put_key(settings, elsewhere)
    ended = await restored(disk, elsewhere)
    assert ended.status == 1
    assert str(file) in ended.err
    assert "1 photos of the backup are damaged" in ended.err
    async with connected(elsewhere.owner_database_url or "") as connection:
        assert await connection.fetchval("select to_regclass('entry')") is None
    ended = await restored(disk, elsewhere, "--photos-lost")
    assert ended.status == 0
    assert re.search(WHOLE, ended.out)
    assert str(file) in ended.err
    checked = await run("media", "check", **to_environment(elsewhere))
    assert "1 originals whole, 0 put back, 1 missing, 0 changed" in checked.out
    if amiss == "flipped":
        file.unlink()  # as is said
    assert "1 photos copied" in (await backed_up(disk, settings)).out
    assert (await run("backup", "--verify", str(disk))).status == 0


@pytest.mark.parametrize("amiss", ["flipped", "gone", "set aside"])
async def test_what_the_store_has_lost_is_named_and_all_else_backed_up(
    settings: Settings, elsewhere: Settings, officer: Person, disk: Path, amiss: str
) -> None:
    await photo(officer)
    digest = await photo(officer)
    original = settings.media_dir / "originals" / digest[:2] / digest
    match amiss:
        case "flipped":
            flip(original)
        case "gone":
            original.unlink()
        case _:
            aside = settings.media_dir / "swept/originals" / digest[:2] / digest
            aside.parent.mkdir(parents=True)
            original.rename(aside)
    ended = await run("backup", str(disk), **to_environment(settings))
    if amiss == "set aside":
        assert ended.status == 0
        assert len(originals_in(disk)) == 2
        return
    assert ended.status == 1
    assert digest in ended.err
    assert [one.name == digest for one in originals_in(disk)] == [False]
    await put_key(settings, elsewhere)
    ended = await restored(disk, elsewhere)
    assert ended.status == 0
    assert digest in ended.err


async def test_every_line_is_chinese_where_the_terminal_is(
    settings: Settings, elsewhere: Settings, officer: Person, disk: Path
) -> None:
    await photo(officer)
    lost = await photo(officer)
    chinese = {"LC_ALL": "zh_CN.UTF-8"}
    here, there = to_environment(settings) | chinese, to_environment(elsewhere) | chinese
    (settings.media_dir / "originals" / lost[:2] / lost).unlink()
    told = [await run("backup", str(disk), **here)]
    told.append(await run("backup", str(disk), "--keep", "1", **here))
    told.append(await run("backup", str(disk), "--verify", **here))
    told.append(await run("restore", str(disk), **here))
    told.append(await run("restore", str(disk), **there))
    [name], [original] = backups_in(disk), originals_in(disk)
    flip(original)
    flip(disk / name / "database.dump")
    told.append(await run("backup", str(disk), "--verify", **here))
    told.append(await run("restore", str(disk), **here))
    (disk / name / "manifest.json").unlink()
    told.append(await run("backup", str(disk), "--verify", **here))
    assert [one.status for one in told] == [1, 1, 0, 1, 1, 1, 1, 1]
    for ended in told:
        for line in f"{ended.out}{ended.err}".splitlines():
            assert re.search("[一-龥]", line), line
            assert english_in(line) is None, line


async def test_what_is_called_wrongly_is_said(
    settings: Settings, officer: Person, disk: Path
) -> None:
    await officer.opened()
    environment = to_environment(settings)
    inside = settings.data_dir / "backups"
    inside.mkdir()
    for call, status, said in (
        (("backup", str(inside)), 2, "lies in the data folder"),
        (("backup", str(settings.data_dir.parent)), 2, "who reported. Keep them apart"),
        (("backup", str(disk / "none")), 2, "does not exist"),
        (("backup", str(disk), "--keep", "0"), 2, "no whole number from 1"),
        (("backup", str(disk), "--keep", "1", "--verify"), 2, "--verify removes nothing"),
        (("backup", str(disk), "--verify"), 1, "There is no backup in"),
        (("restore", str(disk)), 1, "There is no backup in"),
        (("restore", str(disk), "--backup", "../x"), 1, "There is no backup ../x in"),
    ):
        ended = await run(*call, **environment)
        assert (ended.status, said in ended.err) == (status, True), (call, ended)
    assert files(disk) == []
