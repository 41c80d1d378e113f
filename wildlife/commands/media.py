"""The commands for photos' files."""

from datetime import UTC, datetime, timedelta

import click

from db.pool import Database
from media.spool import Spool
from media.store import open_store
from wildlife.commands.running import say, with_database
from wildlife.photos.belonging import require_own_photos
from wildlife.photos.checking import Flaw, check_originals, check_pixels, sweep_store
from wildlife.photos.darkroom import open_darkroom
from wildlife.photos.reasons import SENTENCES
from wildlife.photos.rendition_queries import retry_renditions
from wildlife.photos.upload import open_uploads
from wildlife.settings import Settings


@click.group()
def media() -> None:
    """Photos' files: WILDLIFE_MEDIA_URL, or the data folder."""


@media.command()
@click.option(
    "--pixels", is_flag=True, help="Decode each photo again, too: a second for three or so."
)
def check(pixels: bool) -> None:
    """Read every original again and compare it with its SHA-256.

    Names what is missing or changed, and exits with status 1 then; names orphans, too, which no
    entry refers to and `sweep` sets aside. With --pixels also what is on record of a photo's pixels
    and does not come of decoding it, and which photos can't be decoded now.
    """

    async def run(database: Database, settings: Settings) -> bool:
        store = open_store(settings.media_url, settings.media_dir)
        counts = dict.fromkeys([None, *Flaw], 0)
        async for one in check_originals(database, store):
            counts[one.flaw] += 1
            if one.flaw is not None:
                click.echo(f"{one.digest}: {one.flaw}", err=True)
        say(
            f"{counts[None]} originals whole, {counts[Flaw.PUT_BACK]} put back,"
            f" {counts[Flaw.MISSING]} missing,"
            f" {counts[Flaw.CHANGED]} changed, {counts[Flaw.ORPHANED]} orphaned"
        )
        well = not counts[Flaw.MISSING] and not counts[Flaw.CHANGED]
        if pixels:
            darkroom, decoded, differing, left = open_darkroom(settings, database, store), 0, 0, 0
            async for photo in check_pixels(database, darkroom):
                if photo.reason is not None:
                    left += 1
                    click.echo(f"{photo.photo_id}: {SENTENCES[photo.reason].en}", err=True)
                    continue
                decoded += 1
                if photo.differing:
                    differing += 1
                    click.echo(f"{photo.photo_id}: {', '.join(photo.differing)}", err=True)
            say(
                f"{decoded} photos decoded, {differing} with another result,"
                f" {left} could not be decoded now"
            )
            well = well and not differing and not left
        return well

    if not with_database(run):
        raise SystemExit(1)


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
        await require_own_photos(database, store)
        count = 0
        async for swept in sweep_store(database, store):
            count += 1
            say(f"{swept.did} {swept.held.key}")
        day_ago = datetime.now(UTC) - timedelta(days=1)
        spool, uploads = Spool(settings.media_dir), open_uploads(settings)
        spool.prepare()
        uploads.prepare()
        await uploads.expire()
        leftovers = spool.sweep(day_ago) + uploads.sweep(day_ago)
        say(f"{count} orphans, {leftovers} unfinished files")

    with_database(run)


@media.command()
def retry() -> None:
    """Try again to make renditions of all photos that have none.

    Those that were given up, as after an upgrade of a decoder, and those that wait to be tried
    again. The service makes them within a minute or so.
    """

    async def run(database: Database, settings: Settings) -> None:
        async with database.writing() as connection:
            say(f"{await retry_renditions(connection)} photos are tried again")

    with_database(run)
