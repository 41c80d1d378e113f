"""What every command needs: settings, a PostgreSQL, a connection."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

import asyncpg
import click
from msgspec.structs import replace

from db.embedded import CannotRun, embedded_postgresql, server_account
from db.migrations import migrate
from db.pool import Database, open_database
from media.store import StoreUnavailable
from wildlife.commands.data_folder import own_data_folder
from wildlife.observing import log, logging_to
from wildlife.settings import Settings, read_settings

T = TypeVar("T")


def load_settings() -> Settings:
    """The settings, or a sentence and exit status 2."""
    try:
        return read_settings()
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@contextmanager
def running_database(settings: Settings) -> Iterator[Settings]:
    """The settings with a `database_url` that answers: the given one, or a private PostgreSQL."""
    if settings.database_url is not None:
        asyncio.run(_require_answer(settings.database_url))
        if settings.data_dir.is_dir():
            own_data_folder(settings.data_dir)
        yield settings
        return

    def tell(sentence: str) -> None:
        click.echo(sentence, err=True)
        with logging_to(settings.log_file):
            log.warning("private_postgresql", said=sentence)

    # As at Ctrl-C, the server is not left running.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with ExitStack() as stack:
        try:
            own_data_folder(settings.data_dir, server_account())
            url = stack.enter_context(embedded_postgresql(settings.database_dir, tell=tell))
        except (CannotRun, OSError) as error:
            raise click.ClickException(str(error)) from None
        yield replace(settings, database_url=url)


async def _require_answer(url: str) -> None:
    try:
        connection = await asyncpg.connect(url)
    except (OSError, ValueError, asyncpg.PostgresError) as error:
        raise click.ClickException(
            f"The PostgreSQL that WILDLIFE_DATABASE_URL names can't be used: {error}"
        ) from None
    await connection.close()


@contextmanager
def saying_what_is_wrong() -> Iterator[None]:
    """Turn what an operator can put right into a sentence and exit status 1."""
    try:
        yield
    except (LookupError, OSError, ValueError, StoreUnavailable) as error:
        raise click.ClickException(str(error)) from None
    except asyncpg.InsufficientPrivilegeError as error:
        raise click.ClickException(f"The database does not allow it: {error}") from None


def with_database(work: Callable[[Database, Settings], Awaitable[T]]) -> T:
    """Run `work` on the database, migrated, as its owner."""

    async def run(settings: Settings) -> T:
        assert settings.database_url is not None
        await migrate(settings.database_url)
        async with open_database(
            settings.database_url, role=None, zone=settings.zone, size=2
        ) as database:
            return await work(database, settings)

    with running_database(load_settings()) as settings, saying_what_is_wrong():
        return asyncio.run(run(settings))


def say(text: str = "") -> None:
    """A line for a person, at once."""
    click.echo(text)
    sys.stdout.flush()
