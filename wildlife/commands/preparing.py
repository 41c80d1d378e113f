"""What the service needs before it serves: tables, the register of species, a key, folders."""

from db.migrations import migrate
from db.pool import open_database
from media.store import open_store
from wildlife.incidents.policy import read_policy
from wildlife.informants.vault import open_vault
from wildlife.settings import Settings
from wildlife.species.importing import REGISTER, read_lists, read_species
from wildlife.species.register import put_lists, put_species


async def prepare(settings: Settings) -> None:
    """Migrate, and load the project's own register where there is none; safe to repeat.

    Raises ValueError or OSError with a sentence on what is wrong with a file or folder.
    """
    assert settings.database_url is not None
    read_policy(settings.policy_file)  # a wrong one is named here, not by every worker
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    await open_store(settings.media_url, settings.media_dir).prepare()
    open_vault(settings.key_path)
    await migrate(settings.database_url)
    async with (
        open_database(settings.database_url, role=None, zone=settings.zone, size=1) as database,
        database.transaction() as connection,
    ):
        if not await connection.fetchval("select exists (select from species)"):
            lists = read_lists()
            await put_lists(connection, lists)
            await put_species(connection, read_species(REGISTER, lists).taxa)
