"""The parts of the service, made once a process and handed to every route."""

import asyncio
from typing import Final

import msgspec
import structlog

from db.identity import UnfitConnection
from db.pool import UNAVAILABLE, Database
from media.processes import CORES
from media.spool import Spool
from media.store import Store, StoreUnavailable, open_store
from media.uploads import Uploads
from wildlife.informants.keys import open_fitting_vault
from wildlife.informants.vault import Vault, open_vault
from wildlife.photos.darkroom import Darkroom
from wildlife.photos.upload import open_uploads
from wildlife.settings import Settings
from wildlife.timeline.policy import Policy, read_policy

log = structlog.get_logger()

# All else is served meanwhile, whatever hangs.
_STORE_WITHIN_S: Final = 5


class Service(msgspec.Struct, frozen=True):
    """What a route may use."""

    settings: Settings
    database: Database
    store: Store
    spool: Spool
    uploads: Uploads
    darkroom: Darkroom
    vault: Vault
    policy: Policy


async def assemble(settings: Settings, database: Database) -> Service:
    """The parts for these settings; their folders are made.

    Raises ValueError where the key does not fit the database.
    """
    try:
        async with database.writing() as connection:
            vault = await open_fitting_vault(connection, settings.key_path)
    except UnfitConnection:
        raise
    except UNAVAILABLE:
        # A worker that comes back while the database is away: who started it made sure of the key.
        vault = open_vault(settings.key_path)
    store = open_store(settings.media_url, settings.media_dir)
    spool = Spool(settings.media_dir)
    uploads = open_uploads(settings)
    await _prepare(store)
    spool.prepare()
    uploads.prepare()
    return Service(
        settings=settings,
        database=database,
        store=store,
        spool=spool,
        uploads=uploads,
        darkroom=open_darkroom(settings, database, store),
        vault=vault,
        policy=read_policy(settings.policy_file),
    )


async def _prepare(store: Store) -> None:
    """A worker that comes back while a store elsewhere is away: who started it made sure of that,
    too, and the readiness says so."""
    try:
        async with asyncio.timeout(_STORE_WITHIN_S):
            await store.prepare()
    except (StoreUnavailable, TimeoutError) as error:
        log.warning("store_unavailable", error=str(error))


def open_darkroom(settings: Settings, database: Database, store: Store) -> Darkroom:
    """The darkroom of a process."""
    return Darkroom(
        database,
        store,
        memory_bytes=settings.rendering_memory_bytes,
        limit_pixels=settings.rendering_limit_pixels,
        lanes=max(1, CORES // settings.workers),
    )
