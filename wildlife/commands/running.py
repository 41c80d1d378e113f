"""What every command needs: settings, a PostgreSQL, a connection."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final, TypeVar

import asyncpg
import click
from msgspec.structs import replace

from db.alone import connected
from db.connection import Connection
from db.embedded import (
    embedded_postgresql,
    holds_database,
    require_entry,
    server_account,
)
from db.grants import SERVICE_LOGIN, find_amiss
from db.identity import which_database, with_login
from db.migrations import migrate, migrations, pending
from db.pool import Database, Unreachable, open_database
from media.files import has_room
from wildlife.commands.data_folder import nearest, own_data_folder
from wildlife.commands.faults import (
    OWN_LOGIN,
    full_disk,
    saying_what_is_wrong,
    unreachable,
    why_silent,
)
from wildlife.settings import Settings, read_settings
from wildlife.web.log import log_line
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
        why = why_silent(error)
        raise click.ClickException(
            said(
                f"The private PostgreSQL on {settings.database_dir} can't be used: {why.en}. It is"
                " there: look at whether it is stopped or the machine overloaded, and at its"
                " server.log.",
                f"{settings.database_dir} 上的专用 PostgreSQL 无法使用（{why.zh}）。它已在运行："
                "请检查它是否被暂停、机器是否过载，以及其中的 server.log。",
            )
        ) from None


@contextmanager
def _private_postgresql(settings: Settings) -> Iterator[str]:
    """The private server's URL, as its superuser; it is kept running until the end."""

    def tell(en: str, zh: str) -> None:
        with suppress(OSError):  # whatever becomes of what is said, the server is kept running
            click.echo(said(en, zh), err=True)
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


def service_url(settings: Settings) -> str:
    """The URL that the service signs in with. Raises ValueError where only the owner's is given."""
    if settings.database_url is None:
        raise ValueError(
            said(
                f"WILDLIFE_DATABASE_URL is missing. {OWN_LOGIN.en}",
                f"缺少 WILDLIFE_DATABASE_URL。{OWN_LOGIN.zh}",
            )
        )
    return settings.database_url


def owner_url(settings: Settings) -> str:
    """The URL that tables are made and changed with. Raises ValueError where it is missing."""
    if settings.owner_database_url is None:
        raise ValueError(
            said(
                "WILDLIFE_OWNER_DATABASE_URL is missing: tables are made and changed by the login"
                " that owns them, which the service itself never is.",
                "缺少 WILDLIFE_OWNER_DATABASE_URL：数据表由其所有者的登录建立和更改，服务本身从不是"
                "所有者。",
            )
        )
    return settings.owner_database_url


async def require_tables(url: str, *, as_owner: bool = False) -> None:
    """Raises ValueError with a sentence where `url` lacks a table, or may not use them.

    as_owner: the login of the tables' owner is at hand, as it is of a private database.
    """
    try:
        lacking = await pending(url)
    except asyncpg.InsufficientPrivilegeError as error:
        raise ValueError(_may_not_use(str(error))) from None
    if not lacking:
        return
    how = (
        "`wildlife migrate` or `wildlife serve`"
        if as_owner
        else "`wildlife migrate`, as the login that owns its tables (WILDLIFE_OWNER_DATABASE_URL)"
    )
    if len(lacking) == len(migrations()):
        raise ValueError(
            said(
                f"The database has no tables yet. If it is the right one, make them with {how}.",
                "数据库中还没有数据表。如果没有指错数据库，请运行 `wildlife migrate`"
                "（以数据表所有者登录：WILDLIFE_OWNER_DATABASE_URL）建立。",
            )
        )
    raise ValueError(
        said(
            f"The database lacks {', '.join(lacking)}. If it is the right one, bring it up to date"
            f" with {how}.",
            f"数据库缺少 {'、'.join(lacking)}。如果没有指错数据库，请运行 `wildlife migrate`"
            "（以数据表所有者登录：WILDLIFE_OWNER_DATABASE_URL）使之更新。",
        )
    )


def _may_not_use(what: str) -> str:
    return said(
        f"The login of WILDLIFE_DATABASE_URL may not use the tables ({what}). `wildlife migrate`,"
        " as their owner (WILDLIFE_OWNER_DATABASE_URL), grants anew what the service needs; where"
        f" the login is another than {SERVICE_LOGIN}, also: `grant {SERVICE_LOGIN} to …`.",
        f"WILDLIFE_DATABASE_URL 中的登录无权使用数据表（{what}）。请以所有者的身份运行"
        " `wildlife migrate`（WILDLIFE_OWNER_DATABASE_URL），它会重新授予服务所需的权限；登录不是"
        f" {SERVICE_LOGIN} 的，还须执行：`grant {SERVICE_LOGIN} to …`。",
    )


async def require_grants(connection: Connection) -> None:
    """That every table is there, and the service may do with it what it was granted; ValueError
    with a sentence else."""
    gone, refused = await find_amiss(connection)
    if gone:
        names = ", ".join(gone)
        raise ValueError(
            said(
                f"The tables {names} are gone, or have another name: somebody changed the database"
                " by hand. Give them their names back, or restore the last backup.",
                f"数据表 {names} 不见了或已改名：有人手工改动过数据库。"
                "请改回原名，或恢复最近的备份。",
            )
        )
    if refused:
        more = said(f", and {len(refused) - 3} more", f"等 {len(refused)} 项")
        what = ", ".join(refused[:3]) + (more if len(refused) > 3 else "")
        raise ValueError(_may_not_use(what))


def with_database(work: Callable[[Database, Settings], Awaitable[T]], *, begins: bool = False) -> T:
    """Run `work` on the database, as who the service is.

    begins: the command may be the first one of all; the tables are made then.
    """

    async def run(settings: Settings) -> T:
        url = service_url(settings)
        if settings.owner_database_url is not None:
            # Before the service signs in: of a private database, its login comes with the tables.
            if begins:
                await migrate(settings.owner_database_url)
            else:
                await require_tables(settings.owner_database_url, as_owner=True)
        async with open_database(url, confined=True, zone=settings.zone, size=2) as database:
            await require_tables(url)
            return await work(database, settings)

    with running_database(load_settings(), begins=begins) as settings, saying_what_is_wrong():
        return asyncio.run(run(settings))


class _Text(click.ParamType[str]):
    """What a command line gives, unless it is bytes that are no text."""

    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            value.encode()
        except UnicodeEncodeError:
            told = said(f"{value!r} is no text in UTF-8.", f"{value!r} 不是 UTF-8 文字。")
            self.fail(told, param, ctx)
        return value


TEXT: Final = _Text()


def require_output() -> None:
    """That what a command is there to say can go somewhere; a sentence where the caller has closed
    standard output."""
    if sys.stdout is None:
        raise click.ClickException(
            said(
                "Nothing can be written: standard output is closed. Let it go to a file or a"
                " terminal.",
                "无法输出：标准输出已关闭。请输出到文件或终端。",
            )
        )


def say(text: str = "") -> None:
    """A line for a person, at once."""
    click.echo(text)
    if sys.stdout is not None:  # as it is where the caller has closed it
        sys.stdout.flush()
