"""The commands for those who use the service: stations, and accounts that sign in."""

import sys
from uuid import uuid4

import click

from db.pool import Database
from wildlife.commands.running import say, with_database
from wildlife.people.account_queries import (
    disable_account,
    enable_account,
    put_account,
    set_password,
)
from wildlife.people.passwords import check_password, hash_password
from wildlife.people.station_queries import list_stations, put_station
from wildlife.people.stations import Competence
from wildlife.settings import Settings
from wildlife.words.vocabularies import Role, StationKind


@click.group()
def station() -> None:
    """Stations: the units that handle incidents."""


@station.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--kind", type=click.Choice([kind.value for kind in StationKind]), required=True)
@click.option("--region", help="Code of the region it lies in; default: CODE, of 4 or 6 digits.")
@click.option("--parent", help="Code of the station above it, which sees its incidents too.")
@click.option(
    "--competent-for",
    "regions",
    multiple=True,
    help="Code of a region whose records its officials see; as often as there are regions."
    " Default, where no unit is given either: the region it lies in.",
)
@click.option(
    "--competent-for-unit",
    "units",
    multiple=True,
    help="Code of a station whose records, and of those below it, its officials see; as often as"
    " there are units.",
)
def station_add(
    code: str,
    name: str,
    kind: str,
    region: str | None,
    parent: str | None,
    regions: tuple[str, ...],
    units: tuple[str, ...],
) -> None:
    """Add a station, or change all of the one with this CODE.

    CODE begins its case numbers: the GB/T 2260 code of its place, with two digits of your own where
    the county has several stations, or the twelve digits that the police number their units with.
    What the station opens counts to its region as long as nobody says where it was found.

    \b
    wildlife station add 150425 大局子森林派出所 --kind police_station
    wildlife station add 15078201 国有林管理局 --kind state_forest_bureau --region 150782 \\
        --competent-for 1507 --competent-for 1522 --competent-for-unit 150723
    """
    said = Competence([*regions], [*units])

    async def add(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            await put_station(
                connection,
                station_id=uuid4(),
                code=code,
                name=name,
                kind=StationKind(kind),
                region_code=region,
                parent=parent,
                competent_for=said if regions or units else None,
            )

    with_database(add, begins=True)
    say(f"station {code} {name}")


@station.command("list")
def station_list() -> None:
    """List all stations: code, name, kind, the one above, region, and what each is competent for:
    regions, then stations."""

    async def show(database: Database, _: Settings) -> None:
        async with database.reading() as connection:
            for one in await list_stations(connection):
                regions, units = one.competent_for.regions, one.competent_for.stations
                say(
                    f"{one.code}\t{one.name}\t{one.kind}\t{one.parent_code or ''}"
                    f"\t{one.region_code}\t{','.join(regions)}\t{','.join(units)}"
                )

    with_database(show)


@click.group()
def account() -> None:
    """Accounts: those who sign in."""


def _read_password(_: click.Context, __: click.Parameter, given: str | None) -> str:
    if given is None:
        if sys.stdin.isatty():
            given = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        else:
            given = sys.stdin.readline().rstrip("\r\n")
    try:
        return check_password(given)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


password_option = click.option(
    "--password",
    callback=_read_password,
    help="At least 8 characters. When not given: asked for twice, or one line of a pipe.",
)


@account.command("add")
@click.argument("badge")
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--station", "station_code", help="Code of the station; an admin needs none.")
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
    sees_originals: bool | None,
    password: str,
) -> None:
    """Add an account, or change the one with this BADGE number.

    \b
    officer    writes at the own station, reads it and those below it
    official   reads what the station is competent for, never who reported it
    admin      reads everything but who reported; writes nothing

    \b
    wildlife account add 150425001 大局子民警 --role officer --station 150425
    """

    async def add(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            await put_account(
                connection,
                account_id=uuid4(),
                badge=badge,
                name=name,
                role=Role(role),
                station=station_code,
                password_hash=hash_password(password),
                sees_originals=sees_originals,
            )

    with_database(add, begins=True)
    say(f"{role} {badge} {name}")


@account.command("password")
@click.argument("badge")
@password_option
def account_password(badge: str, password: str) -> None:
    """Set a new password; all sessions of the account end: what a lost phone calls for.

    The officer goes on with the new password, on another phone. A disabled account stays locked.

    \b
    wildlife account password 150425001
    """

    async def change(database: Database, _: Settings) -> bool:
        async with database.transaction() as connection:
            return await set_password(connection, badge, hash_password(password))

    may_sign_in = with_database(change)
    say(f"{badge} has a new password, and all its sessions have ended.")
    if not may_sign_in:
        say(f"The account stays locked until: wildlife account enable {badge}")


@account.command("disable")
@click.argument("badge")
def account_disable(badge: str) -> None:
    """Lock an account out: an officer left. All its sessions end, within a second.

    For a lost phone a new password is enough: wildlife account password BADGE.

    \b
    wildlife account disable 150425001
    """

    async def disable(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            await disable_account(connection, badge)

    with_database(disable)
    say(f"{badge} is locked out, and all its sessions have ended.")


@account.command("enable")
@click.argument("badge")
def account_enable(badge: str) -> None:
    """Let a disabled account sign in again, with the password that it has.

    \b
    wildlife account enable 150425001
    """

    async def enable(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            await enable_account(connection, badge)

    with_database(enable)
    say(f"{badge} may sign in.")
