"""The data folder is open to nobody but the service."""

import os
import stat
from pathlib import Path
from typing import Final

from db.embedded import Account, make_private
from wildlife.settings import (
    BACKUP_MARK,
    CHECKPOINT_KEY,
    DATABASE,
    KEY,
    LOG,
    MEDIA,
    RESTORE_MARK,
    SERVING_LOCK,
    VERIFIED_MARK,
)

_FILES: Final = (
    *(MEDIA, KEY, CHECKPOINT_KEY, LOG),
    *(BACKUP_MARK, RESTORE_MARK, VERIFIED_MARK, SERVING_LOCK),
)

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def real(folder: Path) -> Path:
    """Where it is, links followed as far as they lead: in a circle, to where that begins."""
    return Path(os.path.realpath(folder))


def nearest(folder: Path) -> Path:
    """The folder, or where it is not there, the first one above it that is."""
    folder = real(folder)
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def own_data_folder(folder: Path, admitted: Account | None = None) -> None:
    """Make the data folder, or tighten one that an earlier version made.

    One that others may enter is left as it is where it is not ours alone: it may be a folder that
    the whole machine needs. What we put into it is tightened all the same.

    admitted: who else passes through, to the private database.
    """
    try:
        status = folder.stat()
    except FileNotFoundError:
        make_private(folder, admitted)
        return
    if status.st_uid != os.geteuid():
        return
    entries = list(folder.iterdir())
    if not status.st_mode & _OTHERS or all(
        one.name.startswith((DATABASE, *_FILES)) for one in entries
    ):
        make_private(folder, admitted)
    for one in entries:
        if one.name in _FILES and one.stat().st_uid == os.geteuid():
            one.chmod(stat.S_IMODE(one.stat().st_mode) & ~_OTHERS)
