"""`wildlife backup`."""

import asyncio
from pathlib import Path
from typing import Final

import click

from db.migrations import migrations, pending
from media.store import open_store
from wildlife.backups.folder import BackupFolder, UnfitBackup
from wildlife.backups.keeping import keep_newest
from wildlife.backups.making import Made, make_backup
from wildlife.backups.verifying import dump_flaw, media_flaws
from wildlife.commands.arguments import InputFolder, Whole
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.running import load_settings, running_database
from wildlife.commands.showing import say
from wildlife.commands.tables import require_restored, service_url
from wildlife.settings import Settings
from wildlife.words.speaking import said

_MB: Final = 1_000_000
_NAMED: Final = 10


@click.command()
@click.argument("folder", type=InputFolder(), metavar="DIR")
@click.option("--keep", type=Whole(1, 100_000), help="So many of the newest; older ones go.")
@click.option(
    "--verify", is_flag=True, help="Make none: read all that is in DIR, and name what has changed."
)
def backup(folder: Path, keep: int | None, verify: bool) -> None:
    """Back up database and photos into DIR, which is there; the service may go on meanwhile.

    The database as it is at one moment, and every photo that it names then; of photos only those
    are copied, each read against its SHA-256, that no backup in DIR has. A backup is there when all
    of it is on the disk, or not at all. What phones have begun to send is no part of it: they send
    it again; nor are renditions and exports, which are made anew. Nor is the key: it opens who
    reported, and lies elsewhere, in a copy of its own. Settings and their secrets are yours to
    keep.

    A PostgreSQL of your own is dumped by the pg_dump in PATH where that is the nearest to its
    version. `wildlife restore DIR` brings a backup back.

    \b
    wildlife backup /mnt/disk/backups --keep 30
    wildlife backup /mnt/disk/backups --verify
    """
    if verify and keep is not None:
        raise click.UsageError(
            said(
                "--verify removes nothing: leave --keep out.",
                "--verify 不会删除任何内容：请去掉 --keep。",
            )
        )
    if verify:
        with saying_what_is_wrong():
            is_well = asyncio.run(_verify(BackupFolder(folder)))
        if not is_well:
            raise SystemExit(1)
        return
    settings = load_settings()
    _require_elsewhere(settings, folder)
    with running_database(settings, begins=False) as settings, saying_what_is_wrong():
        if asyncio.run(_back_up(settings, BackupFolder(folder), keep)).manifest.lost:
            raise SystemExit(1)


def _require_elsewhere(settings: Settings, folder: Path) -> None:
    """That it is no part of what it is a backup of, nor has the key in it."""
    own, key = folder.resolve(), settings.key_path.resolve()
    if own.is_relative_to(settings.data_dir.resolve()):
        raise click.UsageError(
            said(
                f"{folder} lies in the data folder, and would be lost with it. Name one on another"
                " disk.",
                f"{folder} 在数据目录之内，会与其一同丢失。请指明另一块磁盘上的文件夹。",
            )
        )
    if key.is_relative_to(own):
        raise click.UsageError(
            said(
                f"The key {settings.key_path} lies in {folder}: whoever has that disk would read"
                " who reported. Keep them apart.",
                f"密钥 {settings.key_path} 在 {folder} 之内：拿到该磁盘的人就能读到报告人信息。"
                "请分开存放。",
            )
        )


async def _back_up(settings: Settings, folder: BackupFolder, keep: int | None) -> Made:
    url = settings.owner_database_url or service_url(settings)
    require_restored(settings)
    if len(await pending(url)) == len(migrations()):
        raise ValueError(
            said(
                "The database has no tables: there is nothing to back up. Look at which one is"
                " named (WILDLIFE_DATABASE_URL).",
                "数据库中没有数据表，没有可备份的内容。请检查所指的数据库"
                "（WILDLIFE_DATABASE_URL）。",
            )
        )
    with folder.locked(alone=True):
        made = await make_backup(url, open_store(settings.media_url, settings.media_dir), folder)
        _tell(settings, folder, made)
        settings.backup_mark.touch()
        if keep is not None:
            removed = keep_newest(folder, made.manifest.database, keep)
            for name in removed.backups:
                say(said(f"removed {folder.root / name}", f"已删除 {folder.root / name}"))
            if removed.originals:
                say(
                    said(
                        f"removed {removed.originals} photos that no backup names any more",
                        f"已删除 {removed.originals} 张不再有备份列出的照片",
                    )
                )
    return made


def _tell(settings: Settings, folder: BackupFolder, made: Made) -> None:
    manifest = made.manifest
    dump, copied = manifest.dump.size / _MB, made.copied_bytes / _MB
    others = len(manifest.media) - made.copied
    say(
        said(
            f"{folder.root / made.name}: {manifest.counts.entries} entries ({dump:.1f} MB),"
            f" {made.copied} photos copied ({copied:.1f} MB), {others} there already.",
            f"{folder.root / made.name}：{manifest.counts.entries} 条记录（{dump:.1f} MB），"
            f"复制照片 {made.copied} 张（{copied:.1f} MB），已有 {others} 张。",
        )
    )
    for name in manifest.keys:
        say(
            said(
                f"The key {name} is not in it: keep a copy of {settings.key_path} elsewhere."
                " Without it nobody reads who reported.",
                f"其中不含密钥 {name}：请另处保存 {settings.key_path} 的副本。"
                "没有它，谁也无法读取报告人信息。",
            )
        )
    if manifest.lost:
        names = named(manifest.lost)
        click.echo(
            said(
                f"Missing or changed in the photo store, and in no backup here: {names}. All else"
                " is backed up. `wildlife media check` says more.",
                f"以下照片在存储中缺失或已改变，本文件夹的备份中也没有：{names}。其余均已备份。"
                "详见 `wildlife media check`。",
            ),
            err=True,
        )


def named(digests: list[str]) -> str:
    """The first of them; the manifest has all."""
    more = len(digests) - _NAMED
    rest = said(f", and {more} more", f" 等 {len(digests)} 张") if more > 0 else ""
    return said(", ", "、").join(digests[:_NAMED]) + rest


async def _verify(folder: BackupFolder) -> bool:
    """Tell of every file that has changed; whether none has."""
    flaws = 0
    with folder.locked(alone=False):
        folder.newest()
        media: dict[str, int] = {}
        for name in folder.names():
            try:
                manifest = folder.read(name)
                flaw = await dump_flaw(folder, name, manifest)
            except UnfitBackup as error:
                flaws += 1
                click.echo(str(error), err=True)
                continue
            media |= manifest.media
            if flaw is None:
                count = len(manifest.media)
                entries = manifest.counts.entries
                say(
                    said(
                        f"{name}: the database is whole, {entries} entries, {count} photos named",
                        f"{name}：数据库完好，{entries} 条记录，列出照片 {count} 张",
                    )
                )
            else:
                flaws += 1
                click.echo(
                    said(
                        f"{name}: {flaw.en}. Keep another backup.",
                        f"{name}：{flaw.zh}。请改用另一个备份。",
                    ),
                    err=True,
                )
        amiss = await media_flaws(folder, media)
    for flaw in amiss.values():
        click.echo(
            said(
                f"{flaw.en}. Remove it if it is there: the next backup copies it anew.",
                f"{flaw.zh}。如仍在请删除：下次备份会重新复制。",
            ),
            err=True,
        )
    say(
        said(
            f"{len(media) - len(amiss)} photos whole, {flaws + len(amiss)} flaws",
            f"照片完好 {len(media) - len(amiss)} 张，{flaws + len(amiss)} 处不符",
        )
    )
    return flaws + len(amiss) == 0
