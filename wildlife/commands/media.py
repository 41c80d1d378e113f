"""The commands for photos' files."""

from datetime import UTC, datetime, timedelta
from typing import Final

import click

from db.database import Database
from media.spool import Spool
from media.store import Store, open_store
from wildlife.commands.reporting import Report
from wildlife.commands.running import with_database
from wildlife.commands.showing import json_option, say
from wildlife.exports.keeping import sweep_exports
from wildlife.photos.belonging import require_own_photos, require_photos
from wildlife.photos.checking import Flaw, check_originals, check_pixels, sweep_store
from wildlife.photos.darkroom import Darkroom, open_darkroom
from wildlife.photos.owning import Owner, own_store
from wildlife.photos.reasons import SENTENCES
from wildlife.photos.rendition_queries import retry_renditions
from wildlife.photos.upload import open_uploads
from wildlife.settings import Settings
from wildlife.words.speaking import said

_IN_CHINESE: Final = {
    Flaw.MISSING: "缺失",
    Flaw.PUT_BACK: "已放回",
    Flaw.CHANGED: "已改变",
    Flaw.ORPHANED: "孤立",
}

# Without it a photo is lost.
_HARMS: Final = (Flaw.MISSING, Flaw.CHANGED)


@click.group()
def media() -> None:
    """Photos' files: WILDLIFE_MEDIA_URL, or the data folder."""


@media.command()
@click.option(
    "--pixels", is_flag=True, help="Decode each photo again, too: a second for three or so."
)
@json_option
def check(pixels: bool, as_json: bool) -> None:
    """Read every original again and compare it with its SHA-256.

    Names what is missing or changed, and exits with status 1 then; names orphans, too, which no
    entry refers to and `sweep` sets aside. With --pixels also what is on record of a photo's pixels
    and does not come of decoding it, and which photos can't be decoded now.
    """

    async def run(database: Database, settings: Settings) -> bool:
        store, report = open_store(settings.media_url, settings.media_dir), Report(as_json=as_json)
        is_well = await _check_originals(database, store, report)
        if pixels:
            darkroom = open_darkroom(settings, database, store)
            is_well = await _check_pixels(database, darkroom, report) and is_well
        report.end()
        return is_well

    if not with_database(run):
        raise SystemExit(1)


async def _check_originals(database: Database, store: Store, report: Report) -> bool:
    counts = dict.fromkeys([None, *Flaw], 0)
    async for one in check_originals(database, store):
        counts[one.flaw] += 1
        if one.flaw is not None:
            says = said(f"{one.digest}: {one.flaw}", f"{one.digest}：{_IN_CHINESE[one.flaw]}")
            report.find(one.digest, "fault" if one.flaw in _HARMS else "warning", says)
    is_well = not any(counts[flaw] for flaw in _HARMS)
    total = said(
        f"{counts[None]} originals whole, {counts[Flaw.PUT_BACK]} put back,"
        f" {counts[Flaw.MISSING]} missing,"
        f" {counts[Flaw.CHANGED]} changed, {counts[Flaw.ORPHANED]} orphaned",
        f"原件完好 {counts[None]}，放回 {counts[Flaw.PUT_BACK]}，"
        f"缺失 {counts[Flaw.MISSING]}，"
        f"改变 {counts[Flaw.CHANGED]}，孤立 {counts[Flaw.ORPHANED]}",
    )
    report.find("originals", "ok" if is_well else "fault", total, is_result=True)
    return is_well


async def _check_pixels(database: Database, darkroom: Darkroom, report: Report) -> bool:
    decoded, differing, left = 0, 0, 0
    async for photo in check_pixels(database, darkroom):
        if photo.reason is not None:
            left += 1
            why = SENTENCES[photo.reason]
            says = said(f"{photo.photo_id}: {why.en}", f"{photo.photo_id}：{why.zh}")
            report.find(photo.photo_id, "fault", says)
            continue
        decoded += 1
        if photo.differing:
            differing += 1
            says = f"{photo.photo_id}: {', '.join(photo.differing)}"
            report.find(photo.photo_id, "fault", says)
    is_well = not differing and not left
    total = said(
        f"{decoded} photos decoded, {differing} with another result,"
        f" {left} could not be decoded now",
        f"已解码 {decoded} 张，其中 {differing} 张结果不同；{left} 张现在无法解码",
    )
    report.find("photos", "ok" if is_well else "fault", total, is_result=True)
    return is_well


@media.command()
def sweep() -> None:
    """Clear files away that nothing refers to and that are older than a day.

    Crashes leave them: a photo that was kept and never named, renditions of such a one, half a
    file. An original is set aside (swept/) and removed a month later; `check` puts it back should
    a timeline name it. Safe while the service runs.
    """

    async def run(database: Database, settings: Settings) -> None:
        store = open_store(settings.media_url, settings.media_dir)
        await store.prepare()
        async with database.reading() as connection:
            await require_own_photos(connection, store)
        count = 0
        async for swept in sweep_store(database, store):
            count += 1
            did = said("removed", "已删除") if swept.removed else said("set aside", "已移走")
            say(f"{did} {swept.held.key}")
        async for held in sweep_exports(database, store):
            count += 1
            say(said(f"removed {held.key}", f"已删除 {held.key}"))
        day_ago = datetime.now(UTC) - timedelta(days=1)
        spool, uploads = Spool(settings.media_dir), open_uploads(settings, store)
        spool.prepare()
        uploads.prepare()
        await uploads.expire()
        leftovers = spool.sweep(day_ago) + uploads.sweep(day_ago)
        say(
            said(
                f"{count} orphans, {leftovers} unfinished files",
                f"孤立文件 {count} 个，不完整的文件 {leftovers} 个",
            )
        )

    with_database(run)


@media.command("take-over")
def take_over() -> None:
    """Let the photo store belong to this database from now on, and no longer to the one before.

    After a restore or a move, where the database of before is not used any more: a start of that
    one is refused from then on, on this store.
    """

    async def run(database: Database, settings: Settings) -> Owner:
        store = open_store(settings.media_url, settings.media_dir)
        async with database.reading() as connection:
            await require_photos(connection, store)
            return await own_store(connection, store, take_over=True)

    owner = with_database(run)
    say(
        said(
            f"The photo store belongs to the database {owner.name} ({owner.database}) now.",
            f"照片存储现属于数据库 {owner.name}（{owner.database}）。",
        )
    )


@media.command()
def retry() -> None:
    """Try again to make renditions of all photos that have none.

    Those that were given up, as after an upgrade of a decoder, and those that wait to be tried
    again. The service makes them within a minute or so.
    """

    async def run(database: Database, settings: Settings) -> None:
        async with database.writing() as connection:
            count = await retry_renditions(connection)
        say(said(f"{count} photos are tried again", f"将重试 {count} 张照片"))

    with_database(run)
