"""What backups are called."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from wildlife.backups.folder import DUMP, FORMAT, BackupFolder, Dump, Manifest
from wildlife.backups.keeping import keep_newest
from wildlife.backups.queries import Counts

NOW = datetime(2026, 11, 28, 15, 0, 12, tzinfo=UTC)


def made(folder: BackupFolder, at: datetime) -> str:
    manifest = Manifest(
        format=FORMAT,
        made_at=at,
        version="0.2.0",
        postgresql=18,
        database="that of the tests",
        migrations=[],
        keys=[],
        counts=Counts(**dict.fromkeys(Counts.__struct_fields__, 0)),
        dump=Dump("", 0),
        media={},
        lost=[],
    )
    with folder.beginning() as unfinished:
        (unfinished / DUMP).touch()
        return folder.finish(manifest)


def test_a_backup_is_the_newest_by_its_name_also_where_the_clock_was_set_back(
    tmp_path: Path,
) -> None:
    """Else `--keep` would remove the one just made, and `restore` bring back an older one."""
    folder = BackupFolder(tmp_path)
    folder.media.mkdir()
    ahead = made(folder, NOW + timedelta(days=1))
    back, further_back, same = (made(folder, NOW - timedelta(days=days)) for days in (0, 9000, 0))
    assert folder.names() == [ahead, back, further_back, same]
    assert ahead == "20261129T150012Z"
    assert folder.newest() == same
    assert folder.read(same).made_at == NOW
    assert keep_newest(folder, "that of the tests", 1).backups == [ahead, back, further_back]
    assert folder.names() == [same]
