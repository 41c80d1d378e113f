"""Which backups are kept, and what is removed with the others."""

from typing import NamedTuple

from wildlife.backups.folder import BackupFolder


class Removed(NamedTuple):
    """What was removed: backups by their names, and how many originals."""

    backups: list[str]
    originals: int


def keep_newest(folder: BackupFolder, database: str, number: int) -> Removed:
    """Remove all but so many of the newest backups of a database, and the originals that no backup
    names any more. Backups of another database stay. The caller has locked `folder`.

    Raises UnfitBackup where a manifest can't be read, before anything is removed: nobody knows what
    it names.
    """
    assert number > 0, "or the one just made is gone, too"
    manifests = {name: folder.read(name) for name in folder.names()}
    own = [name for name, manifest in manifests.items() if manifest.database == database]
    old = own[:-number]
    for name in old:
        folder.remove(name)
    left = {one for name in manifests if name not in old for one in manifests[name].media}
    unnamed = folder.held().keys() - left
    for digest in unnamed:
        folder.original(digest).unlink()
    return Removed(old, len(unnamed))
