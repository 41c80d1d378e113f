"""`wildlife restore`."""

import asyncio
from pathlib import Path

import click

from db.alone import connected
from db.database import open_database
from db.identity import require_fit
from db.migrations import NewerDatabase, migrate
from media.spool import Spool
from media.store import open_store
from wildlife.backups.folder import BackupFolder, Manifest
from wildlife.backups.restoring import (
    begin,
    end,
    mark_of,
    put_database,
    put_media,
    require_empty,
    require_known,
)
from wildlife.backups.verifying import dump_flaw, sizes_flaws
from wildlife.commands.arguments import TEXT, InputFolder
from wildlife.commands.backup import named
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.holding import hold_folder
from wildlife.commands.reporting import Report
from wildlife.commands.running import load_settings, running_database
from wildlife.commands.showing import say
from wildlife.commands.tables import owner_url, service_url
from wildlife.commands.verifying import verify_all
from wildlife.informants.keys import find_fitting_vault
from wildlife.settings import Settings
from wildlife.subscriptions.operating_queries import end_all_restored
from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said


@click.command()
@click.argument("folder", type=InputFolder(), metavar="DIR")
@click.option("--backup", "backup_name", type=TEXT, help="Which one, by its name; else the newest.")
@click.option(
    "--photos-lost", is_flag=True, help="Go on without the photos that are damaged in the backup."
)
def restore(folder: Path, backup_name: str | None, photos_lost: bool) -> None:
    """Bring a backup in DIR back, into an empty database and an empty photo store.

    The backup is looked through first; then its photos are put back, each read against its SHA-256,
    then the database, all of it or nothing; its tables are brought up to date, and all is verified.
    One that a later version made is refused. Cut off, it goes on when it is run again, and until it
    has ended no service starts. Put the key back first, where it lay or WILDLIFE_KEY_FILE says. A
    PostgreSQL of your own needs both logins, as `wildlife migrate`.

    \b
    WILDLIFE_DATA_DIR=/srv/wildlife wildlife restore /mnt/disk/backups
    wildlife restore /mnt/disk/backups --backup 20261128T150012Z
    """
    settings, backups = load_settings(), BackupFolder(folder)
    with saying_what_is_wrong(), backups.locked(alone=False):
        name = backup_name or backups.newest()
        manifest = backups.read(name)
        _require_known(manifest, backups.root / name)
        asyncio.run(_look_through(backups, name, manifest, photos_lost=photos_lost))
        with running_database(settings, begins=True) as settings, saying_what_is_wrong():
            is_well = asyncio.run(
                _restore(settings, backups, name, manifest, photos_lost=photos_lost)
            )
    if not is_well:
        raise SystemExit(1)


def _require_known(manifest: Manifest, path: Path) -> None:
    try:
        require_known(manifest)
    except NewerDatabase as newer:
        raise click.ClickException(
            said(
                f"{path} was made by a later version of this program ({manifest.version}, with"
                f" {newer}). Restore it with that one.",
                f"{path} 由更高版本的程序生成（{manifest.version}，含 {newer}）。"
                "请用那个版本恢复。",
            )
        ) from None


async def _look_through(
    folder: BackupFolder, name: str, manifest: Manifest, *, photos_lost: bool
) -> None:
    """What can be told before anything is changed. A photo is read when it is put back, and the
    database comes after all of them."""
    if flaw := await dump_flaw(folder, name, manifest):
        raise click.ClickException(
            said(
                f"The backup is damaged: {flaw.en}. Take another one (--backup NAME); nothing was"
                " changed.",
                f"备份已损坏：{flaw.zh}。请改用另一个备份（--backup 名称）；未作任何改动。",
            )
        )
    _require_photos(sizes_flaws(folder, manifest), photos_lost=photos_lost)


def _require_photos(flaws: dict[str, Sentence], *, photos_lost: bool) -> None:
    for flaw in flaws.values():
        click.echo(said(*flaw), err=True)
    if flaws and not photos_lost:
        raise click.ClickException(
            said(
                f"{len(flaws)} photos of the backup are damaged. Put whole copies of the files"
                " named above there, as from another disk; if they are lost: --photos-lost restores"
                " all else.",
                f"备份中有 {len(flaws)} 张照片已损坏。请把上面列出的文件换成完好的副本（如另一块"
                "磁盘上的）；如已丢失：用 --photos-lost 恢复其余全部内容。",
            )
        )


async def _restore(
    settings: Settings, folder: BackupFolder, name: str, manifest: Manifest, *, photos_lost: bool
) -> bool:
    """Whether all of it is there, and holds."""
    url, mark = owner_url(settings), mark_of(folder, name, manifest)
    service_url(settings)  # before anything is changed
    store, spool = open_store(settings.media_url, settings.media_dir), Spool(settings.media_dir)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    hold_folder(settings)  # of two restores at once one would find the other's half
    async with connected(url) as connection:
        await require_fit(connection, confined=False)
        await store.prepare()
        spool.prepare()
        is_empty = await require_empty(connection, store, manifest, settings.restore_mark, mark)
        begin(settings.restore_mark, mark)
        flaws = await put_media(folder, manifest, store, spool)
        _require_photos(flaws, photos_lost=photos_lost)
        if is_empty:
            await put_database(connection, url, folder, name)
    applied = await migrate(url)
    async with connected(url) as connection:
        ended = await end_all_restored(connection)
    end(settings.restore_mark)
    _tell(settings, manifest, applied)
    if ended:
        say(
            said(
                f"{ended} subscriptions have ended, so that no copy tells what the service itself"
                " does. If this is the service: `wildlife subscription restart --restored`.",
                f"已停止 {ended} 个订阅，以免副本与正式系统同时推送。如果这就是正式系统："
                "`wildlife subscription restart --restored`。",
            )
        )
    async with connected(url) as connection:
        try:
            await find_fitting_vault(connection, settings.key_path)
        except ValueError as error:
            click.echo(str(error), err=True)
            click.echo(
                said(
                    "All else is there. With the key in its place: `wildlife verify`.",
                    "其余内容均已恢复。放回密钥之后：`wildlife verify`。",
                ),
                err=True,
            )
            return False
    async with open_database(
        service_url(settings), confined=True, zone=settings.zone, size=2
    ) as database:
        return await verify_all(database, settings, Report(as_json=False))


def _tell(settings: Settings, manifest: Manifest, applied: list[str]) -> None:
    at = manifest.made_at.astimezone(settings.zone)
    say(
        said(
            f"Restored as it was at {at:%Y-%m-%d %H:%M:%S}: {manifest.counts.entries} entries,"
            f" {len(manifest.media)} photos.",
            f"已恢复到 {at:%Y-%m-%d %H:%M:%S}：{manifest.counts.entries} 条记录，"
            f"{len(manifest.media)} 张照片。",
        )
    )
    if later := [one for one in applied if one != "grants"]:
        say(
            said(
                f"The tables were brought up to date ({', '.join(later)}): CHANGELOG.md says"
                " whether `wildlife rebuild` is due.",
                f"数据表已更新（{'、'.join(later)}）：是否需要 `wildlife rebuild`，见"
                " CHANGELOG.md。",
            )
        )
    if manifest.lost:
        names = named(manifest.lost)
        click.echo(
            said(
                f"Lost before this backup was made: {names}.",
                f"生成此备份之前已丢失：{names}。",
            ),
            err=True,
        )
