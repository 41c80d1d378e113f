"""Whether a backup is as it was made."""

import errno
from pathlib import Path
from typing import Final

from wildlife.backups.folder import BackupFolder, Manifest, digest_of_file
from wildlife.web.together import each
from wildlife.words.sentences import Sentence

ROTTEN: Final = {errno.EIO, errno.EUCLEAN}
"""What reading says of a file whose disk has lost it; of the next one it may say something else."""


async def dump_flaw(folder: BackupFolder, name: str, manifest: Manifest) -> Sentence | None:
    """What is wrong with the dump of a backup."""
    return await _flaw(folder.dump_of(name), manifest.dump.sha256)


async def media_flaws(folder: BackupFolder, digests: dict[str, int]) -> dict[str, Sentence]:
    """What is wrong with which of these originals, each of which is read."""
    flaws = {}

    async def look(digest: str) -> None:
        if flaw := await _flaw(folder.original(digest), digest):
            flaws[digest] = flaw

    await each(digests, look)
    return dict(sorted(flaws.items()))


def sizes_flaws(folder: BackupFolder, manifest: Manifest) -> dict[str, Sentence]:
    """The same of all that a backup names, as far as it can be told without reading."""
    held = folder.held()
    return {
        digest: gone(folder.original(digest))
        if digest not in held
        else changed(folder.original(digest))
        for digest, size in manifest.media.items()
        if held.get(digest) != size
    }


async def _flaw(path: Path, digest: str) -> Sentence | None:
    try:
        found = await digest_of_file(path)
    except FileNotFoundError:
        return gone(path)
    except OSError as error:
        if error.errno not in ROTTEN:
            raise
        return unreadable(path)
    return None if found == digest else changed(path)


def unreadable(path: Path) -> Sentence:
    """Of a file of a backup."""
    return Sentence(f"{path} can't be read any more", f"{path} 已无法读取")


def gone(path: Path) -> Sentence:
    """Of a file of a backup."""
    return Sentence(f"{path} is gone", f"{path} 不见了")


def changed(path: Path) -> Sentence:
    """Of a file of a backup."""
    return Sentence(f"{path} has changed since it was written", f"{path} 写入后已改变")
