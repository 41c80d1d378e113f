"""What commands work with: settings, a PostgreSQL that runs, a connection to it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final, TypeVar

import asyncpg
import click
from msgspec.structs import replace

from db.alone import connected
from db.database import Database, open_database
from db.embedded import (
    embedded_postgresql,
    holds_database,
    require_entry,
    server_account,
)
from db.grants import SERVICE_LOGIN
from db.identity import which_database, with_login
from db.pool import Unreachable
from media.files import has_room
from wildlife.commands.data_folder import nearest, own_data_folder
from wildlife.commands.database_faults import unreachable, unusable_private
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.file_faults import full_disk
from wildlife.commands.tables import make_tables, owner_url, require_tables, service_url
from wildlife.settings import Settings, read_settings
from wildlife.words.speaking import said

T = TypeVar("T")

# A host that swallows what is sent to it says nothing for minutes.
_CONNECT_S: Final = 10

# What a new private database takes, with the register in it.
_NEW_DATABASE_BYTES: Final = 150_000_000

_STOPS: Final = (signal.SIGINT, signal.SIGTERM)


def load_settings() -> Settings:
    """The settings, or a sentence and exit status 2."""
    try:
        return read_settings()
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@contextmanager
def running_database(settings: Settings, *, begins: bool) -> Iterator[Settings]:
    """The settings with URLs that answer: the given ones, or both of a private PostgreSQL.

    begins: the command may be the first one of all and make the private database. Another one on a
    misspelt folder would look at a new, empty database and find it in order.
    """
    if is_private(settings):
        with saying_what_is_wrong():
            is_there = holds_database(settings.database_dir)
        if not begins and not is_there:
            raise click.ClickException(
                said(
                    f"There is no database in {settings.database_dir}. Name the data folder"
                    " (WILDLIFE_DATA_DIR) or a PostgreSQL of your own (WILDLIFE_DATABASE_URL);"
                    " `wildlife serve` begins a new one.",
                    f"{settings.database_dir} 中没有数据库。请指明数据目录（WILDLIFE_DATA_DIR）或"
                    "自备的 PostgreSQL（WILDLIFE_DATABASE_URL）；`wildlife serve` 会新建一个。",
                )
            )
        if not is_there and not has_room(nearest(settings.data_dir), _NEW_DATABASE_BYTES):
            raise click.ClickException(full_disk(settings.data_dir))
        with _private_postgresql(settings) as url:
            yield replace(
                settings, owner_database_url=url, database_url=with_login(url, SERVICE_LOGIN)
            )
        return
    require_one_database(settings)
    with saying_what_is_wrong():
        require_entry(settings.data_dir.parent)
        if settings.data_dir.is_dir():
            # A private database may lie there all the same, and be in use: who runs it passes.
            has_database = holds_database(settings.database_dir)
            own_data_folder(settings.data_dir, server_account() if has_database else None)
    yield settings


def is_private(settings: Settings) -> bool:
    """Whether the database is a private PostgreSQL in the data folder."""
    return settings.database_url is None and settings.owner_database_url is None


def require_one_database(settings: Settings) -> None:
    """That all URLs that are given answer, and name the same; a sentence and exit status 1 else."""
    given = {
        "WILDLIFE_OWNER_DATABASE_URL": settings.owner_database_url,
        "WILDLIFE_DATABASE_URL": settings.database_url,
    }
    answers = [asyncio.run(_ask_which(name, one)) for name, one in given.items() if one is not None]
    if len(set(answers)) > 1:
        raise click.ClickException(
            said(
                f"{' and '.join(given)} name two databases: tables would be changed in one and used"
                " in the other. Let both name the same, with different logins.",
                f"{' 与 '.join(given)} 指向两个不同的数据库：会在一个里改表，在另一个里使用。"
                "请让两者指向同一个数据库，只是登录名不同。",
            )
        )


def require_private_answer(settings: Settings) -> None:
    """That the private database, which is there, answers: frozen or at its limits it does not.

    settings: with its URLs.
    """
    try:
        asyncio.run(_which(owner_url(settings)))
    except (OSError, asyncpg.PostgresError, Unreachable) as error:
        raise unusable_private(settings.database_dir, error) from None


@contextmanager
def _private_postgresql(settings: Settings) -> Iterator[str]:
    """The private server's URL, as its superuser; it is kept running until the end."""

    def tell(en: str, zh: str) -> None:
        with suppress(OSError):  # whatever becomes of what is said, the server is kept running
            click.echo(said(en, zh), err=True)
        # Few have it to tell, and it takes a quarter of what a command takes to load.
        from wildlife.web.log import log_line  # noqa: PLC0415

        log_line(settings.log_file, "private_postgresql", said=en)

    asked_to_stop: list[int] = []

    def hold(*_: object) -> None:
        """Let no signal cut short what starts or stops the server."""
        for number in _STOPS:
            signal.signal(number, lambda number, _: asked_to_stop.append(number))

    with ExitStack() as stack:
        hold()
        with saying_what_is_wrong():
            own_data_folder(settings.data_dir, server_account())
            url = stack.enter_context(
                embedded_postgresql(
                    settings.database_dir, tell=tell, unwanted=lambda: bool(asked_to_stop)
                )
            )
        stack.push(hold)
        # As Ctrl-C, which an event loop takes for itself while it runs: an exception in its midst
        # could leave it waiting for ever.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        if asked_to_stop:
            raise KeyboardInterrupt
        yield url


async def _ask_which(name: str, url: str) -> tuple[object, ...]:
    """What tells the database at `url` from every other; a sentence where it does not answer."""
    try:
        return await _which(url)
    except (OSError, ValueError, asyncpg.PostgresError, Unreachable) as error:
        raise unreachable(name, error) from None


async def _which(url: str) -> tuple[object, ...]:
    async with asyncio.timeout(_CONNECT_S), connected(url, within_s=_CONNECT_S) as connection:
        return await which_database(connection)


def with_database(work: Callable[[Database, Settings], Awaitable[T]], *, begins: bool = False) -> T:
    """Run `work` on the database, as who the service is.

    begins: the command may be the first one of all; the tables are made then.
    """

    async def run(settings: Settings) -> T:
        if begins:
            await make_tables(settings)
        await require_tables(settings)
        async with open_database(
            service_url(settings), confined=True, zone=settings.zone, size=2
        ) as database:
            return await work(database, settings)

    with running_database(load_settings(), begins=begins) as settings, saying_what_is_wrong():
        return asyncio.run(run(settings))
