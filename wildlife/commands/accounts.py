"""The commands for accounts, which sign in."""

import click

from db.database import Database
from wildlife.commands.appointments import (
    ROLE,
    appoint,
    dismiss,
    own_station_option,
    say_accounts,
    sees_roads_option,
)
from wildlife.commands.arguments import TEXT, station_option
from wildlife.commands.passwords import password_option
from wildlife.commands.running import with_database
from wildlife.commands.showing import json_option, say, say_json
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
from wildlife.people.passwords import hash_password
from wildlife.settings import Settings
from wildlife.words.speaking import said


@click.group()
def account() -> None:
    """Accounts: those who sign in."""


account.add_command(appoint)
account.add_command(dismiss)


@account.command("add")
@click.argument("badge", type=TEXT)
@click.argument("name")
@click.option("--role", type=ROLE, required=True)
@own_station_option
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
@station_option("Code of the station that the account moves to.")
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
    sees roads as an official, whether it may fetch originals, whether it signs in by a password or
    by the identity provider, and whether it is locked."""

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


@account.command("leave-to-provider")
@click.argument("badge", type=TEXT)
def account_leave_to_provider(badge: str) -> None:
    """Take the password of an official or auditor away, for the identity provider to sign them in.

    The sessions of the account end. It belongs to whom the provider names by this BADGE first, and
    is what the provider says from then on. `wildlife account password` takes that back.

    \b
    wildlife account leave-to-provider LC1504
    """

    async def leave(database: Database, settings: Settings) -> None:
        # Authlib takes as long to load as a command.
        from wildlife.people.oidc.queries import leave_to_provider  # noqa: PLC0415

        async with database.transaction() as connection:
            await leave_to_provider(connection, COMMAND_LINE, badge, settings.oidc_issuer)

    with_database(leave)
    say(
        said(
            f"{badge} has no password any more, and signs in by the identity provider.",
            f"{badge} 不再有密码，改由身份提供方登录。",
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
