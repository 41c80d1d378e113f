"""What the service needs before it serves: tables, the register of species, a key, folders."""

from pathlib import Path

from db.migrations import migrate
from db.pool import open_database
from media.store import open_store
from wildlife.commands.running import require_tables, service_url
from wildlife.informants.keys import open_fitting_vault
from wildlife.photos.belonging import require_own_photos
from wildlife.settings import Settings
from wildlife.species.importing import REGISTER, read_lists, read_species
from wildlife.species.register import is_empty, put_lists, put_species, renew_names
from wildlife.timeline.policy import read_policy


async def prepare(settings: Settings, *, photos_lost: bool = False) -> None:
    """Migrate where the owner's login is given, and load the project's own register of species
    where there is none, or make anew the names that an earlier version made; safe to repeat.

    photos_lost: go on although the store holds none of the database's photos.

    Raises ValueError, OSError or UnfitConnection with a sentence on what is wrong: said here once,
    and not by every worker.
    """
    url = service_url(settings)
    read_policy(settings.policy_file)
    if settings.owner_database_url is not None:
        await migrate(settings.owner_database_url)
    async with open_database(url, confined=True, zone=settings.zone, size=1) as database:
        await require_tables(url)
        async with database.writing() as connection:
            await open_fitting_vault(connection, settings.key_path)
        # Only now: a misspelt folder that is not there is not made.
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_writable(settings.log_file)
        store = open_store(settings.media_url, settings.media_dir)
        await store.prepare()
        await require_own_photos(database, store, lost=photos_lost)
        async with database.transaction() as connection:
            if await is_empty(connection):
                lists = read_lists()
                await put_lists(connection, lists)
                await put_species(connection, read_species(REGISTER, lists).taxa)
            await renew_names(connection)


def _require_writable(log_file: Path | None) -> None:
    if log_file is not None:
        with log_file.open("a"):
            pass
