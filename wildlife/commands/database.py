"""The commands for the private PostgreSQL's backups: no PostgreSQL need be installed."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path

import click

from db.alone import connected
from db.embedded import client_program
from db.grants import SERVICE_LOGIN
from db.migrations import migrate
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.running import is_private, load_settings, running_database
from wildlife.commands.showing import require_output, say
from wildlife.commands.tables import owner_url
from wildlife.commands.wrong import WrongSetting
from wildlife.settings import Settings
from wildlife.words.speaking import said


@click.group()
def database() -> None:
    """The private PostgreSQL of the data folder: to back it up, and to bring it back."""


@database.command("dump")
def database_dump() -> None:
    """Write the private database to standard output, as `pg_dump --format=custom` does.

    The service may go on meanwhile. Back up the data folder after it, without `postgresql`: all
    photos that the dump names are there then. A PostgreSQL of your own is dumped by its own
    pg_dump.

    \b
    wildlife database dump > wildlife.dump
    """
    settings = _private_settings()
    require_output()
    if sys.stdout.isatty():
        raise click.UsageError(
            said(
                "What comes is no text: send it to a file, like `wildlife database dump >"
                " wildlife.dump`.",
                "输出的不是文字：请写入文件，如 `wildlife database dump > wildlife.dump`。",
            )
        )
    with running_database(settings, begins=False) as settings, saying_what_is_wrong():
        program = client_program("pg_dump")
        _run(program, "--format=custom", f"--dbname={owner_url(settings)}")


@database.command("restore")
def database_restore() -> None:
    """Bring a dump back from standard input, into a data folder without a private database.

    All of it or nothing; then the tables are brought up to date. Put back the files of the data
    folder afterwards.

    \b
    wildlife database restore < wildlife.dump
    """
    settings = _private_settings()
    with running_database(settings, begins=True) as settings, saying_what_is_wrong():
        url = owner_url(settings)
        asyncio.run(_require_empty(settings, url))
        program = client_program("pg_restore")
        _run(program, "--exit-on-error", "--single-transaction", f"--dbname={url}")
        asyncio.run(migrate(url))
    say(
        said(
            f"The database is back. Now put the files back into {settings.data_dir}: photos and"
            " key.",
            f"数据库已恢复。现在请把文件（照片和密钥）放回 {settings.data_dir}。",
        )
    )


def _private_settings() -> Settings:
    settings = load_settings()
    if not is_private(settings):
        raise WrongSetting(
            said(
                "WILDLIFE_DATABASE_URL names a PostgreSQL of your own: use its pg_dump and"
                " pg_restore. These commands are for the private one in the data folder.",
                "WILDLIFE_DATABASE_URL 指向自备的 PostgreSQL：请用它的 pg_dump 和 pg_restore。"
                "这些命令只用于数据目录中的专用数据库。",
            )
        )
    return settings


async def _require_empty(settings: Settings, url: str) -> None:
    """That nothing is there that a restore would mix with; and the role that a dump names, since
    roles belong to the server and stand in no dump."""
    async with connected(url) as connection:
        if await connection.fetchval("select to_regclass('public.migration') is not null"):
            raise ValueError(
                said(
                    f"There is a database in {settings.database_dir} already. Name a new data"
                    " folder (WILDLIFE_DATA_DIR), or move that one away.",
                    f"{settings.database_dir} 中已有数据库。请另指明一个新的数据目录"
                    "（WILDLIFE_DATA_DIR），或把它移走。",
                )
            )
        if not await connection.fetchval(
            "select exists (select from pg_roles where rolname = $1)", SERVICE_LOGIN
        ):
            await connection.execute(f"create role {SERVICE_LOGIN} login")


def _run(program: Path, *arguments: str) -> None:
    """Run it on our own standard input and output; what it says of a failure is said as it is."""
    sys.stdout.flush()
    ended = subprocess.run([program, *arguments], check=False)  # noqa: S603 - no shell reads it
    if ended.returncode == -signal.SIGPIPE:
        raise click.ClickException(
            said(
                "Nothing more can be written: the program that reads it has ended. The dump is not"
                " whole.",
                "无法继续写入：读取输出的程序已结束。转储不完整。",
            )
        )
    if ended.returncode:
        raise click.ClickException(
            said(
                f"{program.name} failed, as it says above; nothing was changed.",
                f"{program.name} 失败，原因见上；未作任何改动。",
            )
        )
