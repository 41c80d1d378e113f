"""The commands for accounts, which sign in."""

import sys

import click

from db.pool import Database
from wildlife.commands.appointments import appoint, dismiss, say_accounts, sees_roads_option
from wildlife.commands.faults import CalledWrongly
from wildlife.commands.running import TEXT, say, with_database
from wildlife.commands.showing import json_option, say_json
from wildlife.commands.wrong import Choice
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role
from wildlife.people.events import COMMAND_LINE
from wildlife.people.listed_queries import ListedAccount, find_listed, list_accounts
from wildlife.people.managing_queries import (
    BadgeTaken,
    add_account,
    change_account,
    disable_account,
    enable_account,
    set_password,
)
from wildlife.people.may import Scope
from wildlife.people.passwords import check_password, hash_password
from wildlife.settings import Settings
from wildlife.words.speaking import said


@click.group()
def account() -> None:
    """Accounts: those who sign in."""


account.add_command(appoint)
account.add_command(dismiss)


def _read_password(_: click.Context, __: click.Parameter, given: str | None) -> str:
    wrong: type[click.ClickException] = click.BadParameter
    if given is None:
        given, wrong = _typed(), CalledWrongly
    if given == DEMO_PASSWORD:
        raise wrong(
            said(
                "That is the public password of the demo, which signs in nowhere else. Choose"
                " another.",
                "这是演示用的公开密码，在演示之外无法登录。请另选一个。",
            )
        )
    try:
        return check_password(given)
    except ValueError as error:
        raise wrong(str(error)) from None


def _typed() -> str:
    """Typed by a person, or a line that a program gives."""
    if sys.stdin is None:  # closed by who called
        raise CalledWrongly(
            said(
                "No password came: standard input is closed. Type it at a terminal, or give one"
                " line of a pipe.",
                "没有收到密码：标准输入已关闭。请在终端输入，或由管道给出一行。",
            )
        )
    return _typed_twice() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _typed_twice() -> str:
    while True:
        given: str = click.prompt(said("Password", "密码"), hide_input=True)
        again = said("Repeat for confirmation", "请再输入一次")
        if click.prompt(again, hide_input=True) == given:
            return given
        click.echo(
            said("Error: The two entered values do not match.", "错误：两次输入不一致。"), err=True
        )


password_option = click.option(
    "--password",
    callback=_read_password,
    help="At least 8 characters; others on this machine can see it here (ps). When not given:"
    " asked for twice, or one line of a pipe.",
)


@account.command("add")
@click.argument("badge", type=TEXT)
@click.argument("name")
@click.option("--role", type=Choice([role.value for role in Role]), required=True)
@click.option(
    "--station",
    "station_code",
    type=TEXT,
    help="Code of the station; an auditor or an admin needs none.",
)
@sees_roads_option
@click.option(
    "--originals/--no-originals",
    "sees_originals",
    default=None,
    help="May fetch photos as they came; every look is on record. Default: officers only.",
)
@password_option
def account_add(
    badge: str,
    name: str,
    role: str,
    station_code: str | None,
    sees_roads: bool,
    sees_originals: bool | None,
    password: str,
) -> None:
    """Add an account. One with this BADGE number that is there already is not touched: see
    `wildlife account change`, and `account appoint` for what it is beside.

    \b
    officer    writes at the own station, reads it and those below it
    chief      reads, corrects and hands over at the own station and below; manages its people
    official   reads what the station is competent for, never who reported it
    rescuer    of a rescue centre: reads and goes on with animals in its custody
    auditor    reads everything but who reported; writes nothing
    admin      keeps stations, accounts and species; reads no record

    \b
    wildlife account add 150425001 大局子民警 --role officer --station 150425
    """

    async def add(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            try:
                await add_account(
                    connection,
                    COMMAND_LINE,
                    badge=badge,
                    name=name,
                    role=Role(role),
                    station=station_code,
                    sees_roads=sees_roads,
                    password_hash=hash_password(password, badge),
                    sees_originals=sees_originals,
                )
            except BadgeTaken as taken:
                change = f"`wildlife account change {taken.badge}`"
                raise ValueError(
                    f"{taken}" + said(f" Change it with {change}.", f"如需修改，请用 {change}。")
                ) from None

    with_database(add, begins=True)
    say(f"{said(role, Role(role).zh)} {badge} {name}")


@account.command("change")
@click.argument("badge", type=TEXT)
@click.option("--name", help="A new name, for what is said from now on.")
@click.option(
    "--station", "station_code", type=TEXT, help="Code of the station that the account moves to."
)
@click.option(
    "--originals/--no-originals",
    "sees_originals",
    default=None,
    help="May fetch photos as they came, or not.",
)
def account_change(
    badge: str,
    name: str | None,
    station_code: str | None,
    sees_originals: bool | None,
) -> None:
    """Change what is named of the account with this BADGE; all else stays as it is.

    The password stays, and so do its sessions: an officer who moves to another station goes on
    there, within a second. What it may is changed by `account appoint` and `account dismiss`.

    \b
    wildlife account change 150425001 --station 150723
    """
    if name is None and station_code is None and sees_originals is None:
        raise click.UsageError(
            said(
                "Name what changes: --name, --station or --originals.",
                "请写明要改什么：--name、--station 或 --originals。",
            )
        )

    async def change(database: Database, _: Settings) -> ListedAccount:
        async with database.transaction() as connection:
            await change_account(
                connection,
                COMMAND_LINE,
                badge,
                name=name,
                station=station_code,
                sees_originals=sees_originals,
            )
            return await find_listed(connection, badge)

    say_accounts(with_database(change))


@account.command("list")
@json_option
def account_list(as_json: bool) -> None:
    """List all accounts, a line for each role that one has: badge, name, role, station, whether it
    sees roads as an official, whether it may fetch originals, and whether it is locked."""

    async def read(database: Database, _: Settings) -> list[ListedAccount]:
        async with database.reading() as connection:
            return await list_accounts(connection, Scope(everything=True))

    accounts = with_database(read)
    if as_json:
        say_json(accounts)
    else:
        say_accounts(*accounts)


@account.command("show")
@click.argument("badge", type=TEXT)
@json_option
def account_show(badge: str, as_json: bool) -> None:
    """Show the account with this BADGE, as `wildlife account list` does.

    \b
    wildlife account show 150425001
    """

    async def show(database: Database, _: Settings) -> ListedAccount:
        async with database.reading() as connection:
            return await find_listed(connection, badge)

    found = with_database(show)
    if as_json:
        say_json(found)
    else:
        say_accounts(found)


@account.command("password")
@click.argument("badge", type=TEXT)
@password_option
def account_password(badge: str, password: str) -> None:
    """Set a new password; all sessions of the account end: what a lost phone calls for.

    The officer goes on with the new password, on another phone. A disabled account stays locked.

    \b
    wildlife account password 150425001
    """

    async def change(database: Database, _: Settings) -> bool:
        async with database.transaction() as connection:
            return await set_password(
                connection, COMMAND_LINE, badge, hash_password(password, badge)
            )

    may_sign_in = with_database(change)
    say(
        said(
            f"{badge} has a new password, and all its sessions have ended.",
            f"{badge} 的密码已更换，其登录全部失效。",
        )
    )
    if not may_sign_in:
        say(
            said(
                f"The account stays locked until: wildlife account enable {badge}",
                f"该账号仍然锁定；如需解锁：wildlife account enable {badge}",
            )
        )


@account.command("disable")
@click.argument("badge", type=TEXT)
def account_disable(badge: str) -> None:
    """Lock an account out: an officer left. All its sessions end, within a second.

    For a lost phone a new password is enough: wildlife account password BADGE.

    \b
    wildlife account disable 150425001
    """

    async def disable(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            await disable_account(connection, COMMAND_LINE, badge)

    with_database(disable)
    say(
        said(
            f"{badge} is locked out, and all its sessions have ended.",
            f"{badge} 已锁定，其登录全部失效。",
        )
    )


@account.command("enable")
@click.argument("badge", type=TEXT)
def account_enable(badge: str) -> None:
    """Let a disabled account sign in again, with the password that it has.

    \b
    wildlife account enable 150425001
    """

    async def enable(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            await enable_account(connection, COMMAND_LINE, badge)

    with_database(enable)
    say(said(f"{badge} may sign in.", f"{badge} 可以登录。"))
