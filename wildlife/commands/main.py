"""The commands. Their help texts are the operator's manual."""

import asyncio
import os
import sys
from pathlib import Path
from uuid import uuid4

import click

from db.migrations import migrate as apply_migrations
from db.pool import Database
from wildlife import __version__
from wildlife.accounts.passwords import check_password, hash_password
from wildlife.accounts.queries import disable_account, enable_account, put_account, set_password
from wildlife.commands.media import media
from wildlife.commands.preparing import prepare
from wildlife.commands.running import (
    load_settings,
    owner_url,
    running_database,
    say,
    saying_what_is_wrong,
    with_database,
)
from wildlife.commands.serving import require_free_port
from wildlife.commands.serving import serve as run_server
from wildlife.incidents.checking import rebuild as rebuild_projections
from wildlife.incidents.checking import verify as verify_chains
from wildlife.incidents.policy import read_policy
from wildlife.informants.keys import open_fitting_vault
from wildlife.settings import Settings
from wildlife.species.importing import LISTS, read_lists, read_species
from wildlife.species.register import put_lists, put_species
from wildlife.stations.queries import list_stations, put_station
from wildlife.vocabularies import Role, StationKind


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__)
def main() -> None:
    """Wildlife rescues and road-hazard clearances: a record that can be trusted.

    \b
    To look at it:         wildlife demo
    To run it for real:    wildlife station add …, wildlife account add …, wildlife serve

    Settings come from the environment: WILDLIFE_DATA_DIR (./var), WILDLIFE_PORT (8000),
    WILDLIFE_DATABASE_URL (a PostgreSQL of your own; without it a private one is started in the data
    folder). The README lists them all.
    """
    os.umask(0o077)  # what the service and its workers write is for nobody else


main.add_command(media)


@main.command()
@click.option(
    "--photos-lost", is_flag=True, help="Start although the store holds none of the photos."
)
def serve(photos_lost: bool) -> None:
    """Start the service and serve until Ctrl-C.

    Brings the tables up to date first, where it has their owner's login
    (WILDLIFE_OWNER_DATABASE_URL, or a private database), and refuses to start where they are not.
    Loads the register of species that ships with the project where the database has none.
    """
    settings = load_settings()
    require_free_port(settings)
    with running_database(settings, begins=True) as settings:
        with saying_what_is_wrong():
            is_new_key = not settings.key_path.is_file()
            asyncio.run(prepare(settings, photos_lost=photos_lost))
        say(f"Serving on http://{settings.host}:{settings.port} — documentation at /docs")
        if is_new_key:
            say(f"New key: {settings.key_path}. Back it up: nothing else opens who reported.")
        run_server(settings)


@main.command()
@click.option("--stories/--no-stories", default=True, help="Replay the two stories (default: yes).")
def demo(stories: bool) -> None:
    """Start everything on this machine, replay two real stories, and serve until Ctrl-C.

    The accounts of the demo share a public password; it signs in nowhere else. A database that
    holds anything real is refused.
    """
    from wildlife.demo.running import demo_settings, run_demo  # noqa: PLC0415 - draws pictures, which takes Pillow

    settings = demo_settings(load_settings())
    require_free_port(settings)
    with running_database(settings, begins=True) as settings:
        run_demo(settings, with_stories=stories)


@main.command()
def migrate() -> None:
    """Bring the database's tables up to date, as their owner (WILDLIFE_OWNER_DATABASE_URL).

    Safe to repeat; several may run it at once. All other commands work as the service does, with
    the login of WILDLIFE_DATABASE_URL.
    """
    with running_database(load_settings(), begins=True) as settings, saying_what_is_wrong():
        applied = asyncio.run(apply_migrations(owner_url(settings)))
    say("\n".join(f"applied {name}" for name in applied) or "nothing to do")


@main.group()
def station() -> None:
    """Stations: the units that handle incidents."""


@station.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--kind", type=click.Choice([kind.value for kind in StationKind]), required=True)
@click.option("--region", help="Region code whose records it may see; default: CODE.")
@click.option("--parent", help="Code of the station above it, which sees its incidents too.")
def station_add(code: str, name: str, kind: str, region: str | None, parent: str | None) -> None:
    """Add a station, or change the one with this CODE.

    CODE begins its case numbers: the GB/T 2260 code of its place, with two digits of your own where
    the county has several stations.

    \b
    wildlife station add 150425 大局子森林派出所 --kind police_station
    """

    async def add(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            await put_station(
                connection,
                station_id=uuid4(),
                code=code,
                name=name,
                kind=StationKind(kind),
                region_code=region or code,
                parent=parent,
            )

    with_database(add, begins=True)
    say(f"station {code} {name}")


@station.command("list")
def station_list() -> None:
    """List all stations."""

    async def show(database: Database, _: Settings) -> None:
        async with database.reading() as connection:
            for one in await list_stations(connection):
                say(f"{one.code}\t{one.name}\t{one.kind}\t{one.parent_code or ''}")

    with_database(show)


@main.group()
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
    official   reads the records of the station's region, never who reported them
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
    """Lock an account out at once: an officer left. All its sessions end.

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


@main.group()
def species() -> None:
    """The register of species."""


@species.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--lists",
    "lists_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=LISTS,
    help="CSV of the announced lists: list,title,issued_by,valid_from,valid_to,taxa.",
)
@click.option(
    "--expect",
    multiple=True,
    metavar="LIST=COUNT",
    help="Refuse the file unless it has this many taxa of the list.",
)
def species_import(file: Path, lists_file: Path, expect: tuple[str, ...]) -> None:
    """Import a species list from a CSV (UTF-8) or XLSX file: all of it or nothing.

    The first row names the columns: scientific_name (学名), chinese_name (中文名), protection
    (保护级别) and list (名录) at least; aliases (别名), pinyin, english_name, class (纲),
    order (目), family (科), alien, valid_from, valid_to and note if there are any. Every bad row
    is named.

    \b
    wildlife species import 名录.xlsx --expect SANYOU-2023-17=1924
    """
    try:
        lists = read_lists(lists_file)
        read = read_species(file, lists)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    for bad in read.bad_rows:
        click.echo(f"{file}: {bad}", err=True)
    problems = [f"{len(read.bad_rows)} bad rows"] if read.bad_rows else []
    counts = read.counts()
    for name, announced in lists.items():
        count, most = counts[name], announced.taxa
        if most is not None and count > most:
            problems.append(f"{name} has {count} taxa, but {most} were announced")
    for name, _, wanted in (item.partition("=") for item in expect):
        if str(counts[name]) != wanted:
            problems.append(f"{name} has {counts[name]} taxa, not {wanted}")
    if problems:
        raise click.ClickException(f"nothing was imported: {'; '.join(problems)}")

    async def put(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            await put_lists(connection, lists)
            await put_species(connection, read.taxa)

    with_database(put, begins=True)
    for name, count in sorted(counts.items()):
        known = lists[name].taxa if name in lists else None
        say(f"{name}: {count}" + (f" of {known} announced" if known else ""))


@main.command()
@click.option(
    "--check", is_flag=True, help="Only name what differs; status 1 where something does."
)
def rebuild(check: bool) -> None:
    """Rewrite all projections from the timelines and name every difference.

    What a damaged timeline says is not believed: such an incident is named and left as it is, and
    the exit status is 1.

    The timeline is the record; what queries read follows from it. Nothing differs unless somebody
    changed a table by hand, the policy or the time zone changed, or a new version computes more.
    """

    async def run(database: Database, settings: Settings) -> bool:
        policy = read_policy(settings.policy_file)
        did = "differs in" if check else "rewrote"
        count, differences, flaws = 0, 0, 0
        async for one in rebuild_projections(database, policy, settings.zone, write=not check):
            count += 1
            differences += bool(one.tables)
            flaws += len(one.flaws)
            if one.tables:
                say(f"{one.incident_id}: {did} {', '.join(one.tables)}")
            for flaw in one.flaws:
                click.echo(f"{flaw}; left as it is", err=True)
        say(f"{count} incidents, {differences} with differences")
        return flaws == 0 and not (check and differences)

    if not with_database(run):
        raise SystemExit(1)


@main.command()
def verify() -> None:
    """Check the digest chain of every incident; exit status 1 when one does not hold.

    Each entry's text against its digest and against the columns beside it, each digest against the
    one before, the end against the incident's row, and who reported against the opening.
    """

    async def run(database: Database, settings: Settings) -> bool:
        async with database.writing() as connection:
            vault = await open_fitting_vault(connection, settings.key_path)
        count, flaws = 0, 0
        async for _incident_id, found in verify_chains(database, vault):
            count += 1
            flaws += len(found)
            for flaw in found:
                click.echo(str(flaw), err=True)
        say(f"{count} chains, {flaws} flaws")
        return flaws == 0

    if not with_database(run):
        raise SystemExit(1)
