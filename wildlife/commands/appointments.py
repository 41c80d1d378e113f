"""The commands for appointments: what an account is, and at which station."""

from typing import Final

import click

from db.database import Database
from wildlife.commands.arguments import TEXT, Choice, station_option
from wildlife.commands.running import with_database
from wildlife.commands.showing import say_table
from wildlife.people import appointing_queries
from wildlife.people.codes import Role
from wildlife.people.events import COMMAND_LINE
from wildlife.people.listed_queries import ListedAccount, ListedAppointment, find_listed
from wildlife.settings import Settings
from wildlife.words.speaking import said

ROLE: Final = Choice([role.value for role in Role])

own_station_option: Final = station_option(
    "Code of the station; an auditor or an admin needs none."
)
# What an account is that the identity provider lets be nothing any more: it is there all the same.
_NOTHING: Final = ListedAppointment(role="", station=None, sees_roads=False)

sees_roads_option: Final = click.option(
    "--sees-roads", is_flag=True, help="Of an official: sees road incidents, too."
)


@click.command()
@click.argument("badge", type=TEXT)
@click.argument("role", type=ROLE)
@own_station_option
@click.option(
    "--sees-roads/--no-sees-roads",
    "sees_roads",
    default=None,
    help="Of an official: sees road incidents, too, or not. Default: as it is, of a new one not.",
)
def appoint(badge: str, role: str, station_code: str | None, sees_roads: bool | None) -> None:
    """Make the account with this BADGE one thing more, at a station; its sessions end.

    An account writes for one station only, whatever it is there. Of what it is already, at the same
    station, --sees-roads and --no-sees-roads change that alone, and without them nothing changes.

    \b
    wildlife account appoint LC1504 official --station 1507 --sees-roads
    """

    async def change(database: Database, _: Settings) -> ListedAccount:
        async with database.transaction() as connection:
            await appointing_queries.appoint(
                connection, COMMAND_LINE, badge, Role(role), station_code, sees_roads=sees_roads
            )
            return await find_listed(connection, badge)

    say_accounts(with_database(change))


@click.command()
@click.argument("badge", type=TEXT)
@click.argument("role", type=ROLE)
@station_option("Code of the station, where it is so at several.")
def dismiss(badge: str, role: str, station_code: str | None) -> None:
    """Let the account with this BADGE be one thing less; its sessions end.

    \b
    wildlife account dismiss LC1504 official --station 1507
    """

    async def change(database: Database, _: Settings) -> ListedAccount:
        async with database.transaction() as connection:
            await appointing_queries.dismiss(
                connection, COMMAND_LINE, badge, Role(role), station_code
            )
            return await find_listed(connection, badge)

    say_accounts(with_database(change))


def say_accounts(*accounts: ListedAccount) -> None:
    """A table of them, with a line for each thing that one is."""
    say_table(
        [
            said("badge", "警号"),
            said("name", "姓名"),
            said("role", "角色"),
            said("station", "单位"),
            said("roads", "道路险情"),
            said("originals", "调取原件"),
            said("signs in by", "登录方式"),
            said("locked", "锁定"),
        ],
        [
            [
                one.badge,
                one.name,
                said(being.role, Role(being.role).zh) if being.role else "",
                being.station or "",
                said("roads", "可以") if being.sees_roads else "",
                said("originals", "可以") if one.sees_originals else "",
                said("provider", "身份提供方") if one.by_provider else said("password", "密码"),
                said("locked", "锁定") if one.disabled else "",
            ]
            for one in accounts
            for being in one.appointments or [_NOTHING]
        ],
    )
