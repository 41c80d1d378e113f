"""The folder of backups, and what lies in it:

    media/ab/abcd…            each original once, under its SHA-256, whichever backups name it
    20261128T150012Z/         a backup, by when it was made (UTC)
        database.dump         as pg_dump writes it in its custom format
        manifest.json         what the backup is of
        SHA256SUMS            of both files, as sha256sum writes and checks it
    unfinished/               what is not whole yet, or not any more

A backup gets its name when all of it is on the disk, and loses it before any of it is removed: what
has such a name is whole, or was damaged since.
"""

import fcntl
import os
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Final

import msgspec
from anyio import to_thread

from media.files import fsync_folder, opened, put_whole
from wildlife.backups.queries import Counts
from wildlife.words.speaking import said

FORMAT: Final = 1

DUMP: Final = "database.dump"
MANIFEST: Final = "manifest.json"
SUMS: Final = "SHA256SUMS"

_NAME: Final = re.compile(r"\d{8}T\d{6}Z")
_TIME: Final = "%Y%m%dT%H%M%SZ"
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_PIECE_BYTES: Final = 1024 * 1024


class Dump(msgspec.Struct, frozen=True):
    """The file of the database; `sha256` in hexadecimal, its size in bytes."""

    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True):
    """What a backup is of."""

    format: int
    made_at: datetime
    """Of the snapshot, in UTC."""
    version: str
    """Of the program that made it."""
    postgresql: int
    """The major version of the server."""
    database: str
    """What tells the database from every other, copies of it too."""
    migrations: list[str]
    keys: list[str]
    """The names of the keys that seal in it, which are in no backup."""
    counts: Counts
    dump: Dump
    media: dict[str, int]
    """The size in bytes of each original, by its SHA-256 in hexadecimal."""
    lost: list[str]
    """The SHA-256 of originals that the database names and the store did not hold whole."""


class UnfitBackup(ValueError):
    """A backup that is not there, damaged, or not to be read; a sentence says which and why."""


class BackupFolder:
    """A folder of backups, which is there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def unfinished(self) -> Path:
        return self.root / "unfinished"

    @property
    def media(self) -> Path:
        return self.root / "media"

    def original(self, digest: str) -> Path:
        return self.media / digest[:2] / digest

    def names(self) -> list[str]:
        """Of the backups, the oldest first."""
        return sorted(one.name for one in self.root.iterdir() if _NAME.fullmatch(one.name))

    def newest(self) -> str:
        """Raises UnfitBackup where there is none."""
        if names := self.names():
            return names[-1]
        raise UnfitBackup(
            said(
                f"There is no backup in {self.root}. Name the folder that `wildlife backup` was"
                " given.",
                f"{self.root} 中没有备份。请指明 `wildlife backup` 所用的文件夹。",
            )
        )

    def held(self) -> dict[str, int]:
        """The size of each original that lies here, by its SHA-256."""
        return {
            one.name: one.stat().st_size
            for folder in (self.media.iterdir() if self.media.exists() else ())
            if folder.is_dir()
            for one in os.scandir(folder)
            if _DIGEST.fullmatch(one.name)
        }

    @contextmanager
    def locked(self, *, alone: bool) -> Iterator[None]:
        """Let nobody else change what is here; or read it, either. Raises UnfitBackup where
        somebody does."""
        with opened(self.root) as folder:
            try:
                fcntl.flock(folder, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except BlockingIOError:
                raise UnfitBackup(
                    said(
                        f"Another `wildlife backup` or `wildlife restore` works on {self.root}."
                        " Wait until it has ended, and do it again.",
                        f"另一个 `wildlife backup` 或 `wildlife restore` 正在使用 {self.root}。"
                        "请等它结束后重做。",
                    )
                ) from None
            except OSError as error:
                error.filename = str(self.root)
                raise
            yield

    @contextmanager
    def beginning(self) -> Iterator[Path]:
        """An empty folder for what is not whole yet; it is gone at the end, unless `finish` gave
        it its name."""
        _remove(self.unfinished)
        self.unfinished.mkdir(mode=0o700)
        try:
            yield self.unfinished
        finally:
            _remove(self.unfinished)

    def finish(self, manifest: Manifest) -> str:
        """Write the manifest beside the dump that is in `unfinished`, and give the backup its
        name, durably. It is the newest by its name, too: were the clock set back, it would be
        the first to go, and never the one that is brought back."""
        moment = manifest.made_at.astimezone(UTC)
        for newest in self.names()[-1:]:
            before = datetime.strptime(newest, _TIME).replace(tzinfo=UTC)
            moment = max(moment, before + timedelta(seconds=1))
        name = f"{moment:{_TIME}}"
        content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        sums = f"{manifest.dump.sha256}  {DUMP}\n{sha256(content).hexdigest()}  {MANIFEST}\n"
        aside = self.unfinished / "aside"
        put_whole(aside, self.unfinished / SUMS, sums.encode())
        put_whole(aside, self.unfinished / MANIFEST, content)
        fsync_folder(self.unfinished)
        self.unfinished.rename(self.root / name)
        fsync_folder(self.root)
        return name

    def remove(self, name: str) -> None:
        """Remove a backup, but no original."""
        _remove(self.unfinished)
        (self.root / name).rename(self.unfinished)
        fsync_folder(self.root)
        _remove(self.unfinished)

    def read(self, name: str) -> Manifest:
        """The manifest of a backup, which is as it was written. Raises UnfitBackup."""
        folder = self.root / name
        if not _NAME.fullmatch(name) or not folder.is_dir():
            raise UnfitBackup(
                said(
                    f"There is no backup {name} in {self.root}; there are:"
                    f" {', '.join(self.names()) or 'none'}.",
                    f"{self.root} 中没有备份 {name}；现有：{'、'.join(self.names()) or '无'}。",
                )
            )
        try:
            content = (folder / MANIFEST).read_bytes()
            sums = (folder / SUMS).read_bytes()
        except FileNotFoundError as error:
            raise _damaged(Path(error.filename), "is gone", "不见了") from None
        if f"{sha256(content).hexdigest()}  {MANIFEST}\n".encode() not in sums:
            wrong = folder / MANIFEST
            raise _damaged(wrong, f"is not what {SUMS} says", f"与 {SUMS} 不符")
        try:
            if msgspec.json.decode(content, type=dict[str, object]).get("format") != FORMAT:
                raise UnfitBackup(
                    said(
                        f"{folder} was made by another version of this program, which writes"
                        " backups in another way: restore it with that one.",
                        f"{folder} 由本程序的另一版本生成，备份格式不同：请用那个版本恢复。",
                    )
                )
            manifest = msgspec.json.decode(content, type=Manifest)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise _damaged(folder / MANIFEST, "is no manifest", "不是备份清单") from None
        if f"{manifest.dump.sha256}  {DUMP}\n".encode() not in sums:
            raise _damaged(folder / SUMS, f"is not what {MANIFEST} says", f"与 {MANIFEST} 不符")
        return manifest

    def dump_of(self, name: str) -> Path:
        return self.root / name / DUMP


def _damaged(path: Path, en: str, zh: str) -> UnfitBackup:
    return UnfitBackup(
        said(
            f"The backup is damaged: {path} {en}. Take another one (--backup NAME).",
            f"备份已损坏：{path} {zh}。请改用另一个备份（--backup 名称）。",
        )
    )


async def pieces_of(path: Path) -> AsyncIterator[bytes]:
    """The bytes of a file, in pieces. Raises OSError that names it."""
    file = await to_thread.run_sync(path.open, "rb")
    with file:
        while True:
            try:
                piece = await to_thread.run_sync(file.read, _PIECE_BYTES)
            except OSError as error:
                error.filename = str(path)
                raise
            if not piece:
                return
            yield piece


async def digest_of_file(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError that names it."""
    hasher = sha256()
    async for piece in pieces_of(path):
        await to_thread.run_sync(hasher.update, piece)
    return hasher.hexdigest()


def _remove(folder: Path) -> None:
    if folder.exists():
        rmtree(folder)
