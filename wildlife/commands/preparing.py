"""What the service needs before it serves: the parts of a start, and the register."""

import asyncio
import os
import sys
import traceback
from collections.abc import Callable, Coroutine
from typing import Any

import click

from db.database import open_database
from media.store import open_store
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.start_parts import START_PARTS, connected
from wildlife.commands.tables import service_url
from wildlife.commands.wrong import speaking
from wildlife.photos.owning import own_store
from wildlife.settings import Settings
from wildlife.species.importing import REGISTER, read_lists, read_species
from wildlife.species.register import is_empty, put_lists, put_species, renew_names


def run_before_workers(
    settings: Settings, preparing: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """Run what has to be done before there are workers. With S3 it is in a process of its own: who
    speaks to that keeps threads, and a worker, which is forked, would wait for them for ever.

    Raises click.exceptions.Exit where that process has said what is wrong.
    """
    if settings.media_url is None:
        asyncio.run(preparing())
        return
    if (child := os.fork()) == 0:
        os._exit(_status_of(preparing))
    _, ended = os.waitpid(child, 0)
    if status := os.waitstatus_to_exitcode(ended):
        raise click.exceptions.Exit(max(status, 1))


def _status_of(preparing: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """With which a process ends that does this, and says what is wrong as any command does."""
    status = 1
    try:
        with speaking(), saying_what_is_wrong():
            asyncio.run(preparing())
        status = 0
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except Exception:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    return status


async def prepare(settings: Settings, *, photos_lost: bool = False) -> None:
    """Make what a first start makes, look at every part, and load the project's own register of
    species where there is none, or make anew the names that an earlier version made; safe to
    repeat.

    photos_lost: go on although the store holds none of the database's photos.

    Raises what `saying_what_is_wrong` has a sentence for: said here once, and not by every worker.
    """
    for part in START_PARTS.values():
        await part.make(settings)
        look = (part.look_if_lost if photos_lost else None) or part.look
        found = await look(settings)
        if found.state == "fault":
            raise click.ClickException(found.says)
    async with connected(settings) as one:
        await own_store(one, open_store(settings.media_url, settings.media_dir))
    await load_register(settings)


async def load_register(settings: Settings) -> None:
    """Load the project's own register of species where there is none, or make anew the names that
    an earlier version made."""
    async with (
        open_database(service_url(settings), confined=True, zone=settings.zone, size=1) as database,
        database.transaction() as connection,
    ):
        if await is_empty(connection):
            lists = read_lists()
            await put_lists(connection, lists)
            await put_species(connection, read_species(REGISTER, lists).taxa)
        await renew_names(connection)
