"""What the service needs before it serves: tables, the register of species, a key, folders."""

from db.migrations import migrate
from db.pool import open_database
from media.store import open_store
from wildlife.commands.running import require_tables, service_url
from wildlife.incidents.policy import read_policy
from wildlife.informants.vault import open_vault
from wildlife.settings import Settings
from wildlife.species.importing import REGISTER, read_lists, read_species
from wildlife.species.register import put_lists, put_species


async def prepare(settings: Settings) -> None:
    """Migrate where the owner's login is given, and load the project's own register of species
    where there is none; safe to repeat.

    Raises ValueError, OSError or UnfitConnection with a sentence on what is wrong.
    """
    url = service_url(settings)
    read_policy(settings.policy_file)  # a wrong one is named here, not by every worker
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await open_store(settings.media_url, settings.media_dir).prepare()
    open_vault(settings.key_path)
    if settings.owner_database_url is not None:
        await migrate(settings.owner_database_url)
    async with open_database(url, confined=True, zone=settings.zone, size=1) as database:
        await require_tables(url)
        async with database.transaction() as connection:
            if not await connection.fetchval("select exists (select from species)"):
                lists = read_lists()
                await put_lists(connection, lists)
                await put_species(connection, read_species(REGISTER, lists).taxa)
