"""A backup is brought back, and another past is written upon it: whoever kept a checkpoint of the
first one elsewhere tells."""

import shutil
from pathlib import Path

from db.database import open_database
from tests.backups.backing_up import backed_up, is_whole, put_key, restored
from tests.commandline import run
from tests.fixtures.service import running_application
from tests.ledger.places import sequenced
from tests.users import Person, entry
from wildlife.ledger.notes import read_checkpoint
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings, to_environment


async def noted(officer: Person, settings: Settings, incident: str, *notes: str) -> str:
    """The checkpoint over these notes, and all before them."""
    for note in notes:
        await officer.appended(incident, entry("note", note=note))
    assert settings.database_url is not None
    async with open_database(
        settings.database_url, confined=True, zone=settings.zone, size=1
    ) as database:
        await sequenced(database)
    ended = await run("checkpoint", "sign", **to_environment(settings))
    assert ended.status == 0, ended
    return ended.out


def size_of(note: str) -> int:
    return read_checkpoint(note.rpartition("\n\n")[0] + "\n").size


async def test_two_pasts_that_go_on_from_one_backup_contradict_each_other(
    settings: Settings, elsewhere: Settings, officer: Person, disk: Path
) -> None:
    incident = await officer.opened()
    common = await noted(officer, settings, incident, "备份之前")
    await backed_up(disk, settings)
    signed = await noted(officer, settings, incident, "羽毛已干，状态良好")
    await put_key(settings, elsewhere)
    shutil.copy(settings.checkpoint_key_path, elsewhere.checkpoint_key_path)
    assert is_whole(ended := await restored(disk, elsewhere)), ended

    async with running_application(elsewhere) as client:
        same = await Person.sign_in(client, officer.badge, DEMO_PASSWORD)
        other = await noted(same, elsewhere, incident, "未见好转", "仍不能飞行")
    assert size_of(common) < size_of(signed) < size_of(other)

    kept = {name: disk / f"{name}.checkpoint" for name in ("common", "signed", "other")}
    for path, note in zip(kept.values(), (common, signed, other), strict=True):
        path.write_text(note)

    async def verified(*arguments: str, status: int = 0) -> str:
        ended = await run("verify", *arguments, **to_environment(elsewhere))
        assert ended.status == status, ended
        return ended.err

    assert await verified() == ""  # by itself it is whole
    assert await verified("--checkpoint", str(kept["common"])) == ""
    assert await verified("--since", str(kept["common"])) == ""
    for option in ("--checkpoint", "--since"):
        told = await verified(option, str(kept["signed"]), status=1)
        assert f"{kept['signed']}: the first 3 entries of the ledger are not those that" in told
        assert "was signed, and is not on record here" in told
