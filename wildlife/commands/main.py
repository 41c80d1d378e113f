"""The commands. Their help texts are the operator's manual."""

import asyncio
import os

import click

from db.migrations import migrate as apply_migrations
from db.pool import Database
from wildlife import __version__
from wildlife.commands.accounts import account
from wildlife.commands.check import check
from wildlife.commands.database import database
from wildlife.commands.devices import device
from wildlife.commands.faults import saying_what_is_wrong, unusable_file
from wildlife.commands.helping import Commands
from wildlife.commands.key import key, told_lost
from wildlife.commands.media import media
from wildlife.commands.preparing import prepare
from wildlife.commands.running import (
    load_settings,
    owner_url,
    running_database,
    say,
    with_database,
)
from wildlife.commands.serving import hold_folder, holding_port
from wildlife.commands.serving import serve as run_server
from wildlife.commands.species import species
from wildlife.commands.stations import station
from wildlife.informants.keys import open_fitting_vault
from wildlife.informants.losing_queries import list_lost
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.timeline.chain import Flaw
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild as rebuild_rows
from wildlife.timeline.verifying import verify as verify_chains
from wildlife.words.speaking import said


@click.group(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__)
def main() -> None:
    """Wildlife rescues and road-hazard clearances: a record that can be trusted.

    \b
    To look at it:         wildlife demo
    To run it for real:    wildlife station add …, wildlife account add …, wildlife serve

    Settings come from the environment: WILDLIFE_DATA_DIR (./var), WILDLIFE_PORT (8000),
    WILDLIFE_DATABASE_URL (a PostgreSQL of your own; without it a private one is started in the data
    folder). The README lists them all.

    Exit status: 0 when all is well, 1 when something is not or could not be done, 2 when it was
    called wrongly or a setting is wrong.
    """
    os.umask(0o077)  # what the service and its workers write is for nobody else


for group in (station, account, device, species, media, key, database, check):
    main.add_command(group)


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
    with holding_port(settings), running_database(settings, begins=True) as settings:
        is_new_key = not settings.key_path.is_file()
        try:
            with saying_what_is_wrong():
                asyncio.run(prepare(settings, photos_lost=photos_lost))
                hold_folder(settings)  # which is there now
        except BaseException:
            if is_new_key:
                _say_new_key(settings)
            raise
        at = f"http://{settings.host}:{settings.port}"
        say(
            said(
                f"Serving on {at} — documentation at /docs",
                f"服务已启动：{at}，接口文档见 /docs",
            )
        )
        if is_new_key:
            _say_new_key(settings)
        run_server(settings)


def _say_new_key(settings: Settings) -> None:
    """Also where the start comes to nothing later: the next one finds it, and says nothing."""
    if settings.key_path.is_file():
        say(
            said(
                f"New key: {settings.key_path}. Back it up: nothing else opens who reported.",
                f"新密钥：{settings.key_path}。请备份：没有它，谁也看不到报告人。",
            )
        )


@main.command()
@click.option("--stories/--no-stories", default=True, help="Replay the two stories (default: yes).")
def demo(stories: bool) -> None:
    """Start everything on this machine, tell two stories, and serve until Ctrl-C.

    The accounts of the demo share a public password; it signs in nowhere else. A database that
    holds anything real is refused.
    """
    from wildlife.commands.demo import demo_settings, run_demo  # noqa: PLC0415 - draws pictures, which takes Pillow

    settings = demo_settings(load_settings())
    with holding_port(settings), running_database(settings, begins=True) as settings:
        run_demo(settings, with_stories=stories)


@main.command()
def migrate() -> None:
    """Bring the database's tables up to date, as their owner (WILDLIFE_OWNER_DATABASE_URL).

    Safe to repeat; several may run it at once. All other commands work as the service does, with
    the login of WILDLIFE_DATABASE_URL.
    """
    with running_database(load_settings(), begins=True) as settings, saying_what_is_wrong():
        applied = asyncio.run(apply_migrations(owner_url(settings)))
    for name in applied:
        say(said(f"applied {name}", f"已应用 {name}"))
    if not applied:
        say(said("nothing to do", "无需更新"))


@main.command()
@click.option(
    "--check", is_flag=True, help="Only name what differs; status 1 where something does."
)
def rebuild(check: bool) -> None:
    """Rewrite all that follows from the timelines and name every difference.

    What a damaged timeline says is not believed: such an incident is named and left as it is, and
    the exit status is 1.

    The timeline is the record; what queries read follows from it. Nothing differs unless somebody
    changed a table by hand, the policy or the time zone changed, or a new version computes more.
    """

    async def run(opened: Database, settings: Settings) -> bool:
        policy = read_policy(settings.policy_file, settings.hidden_places)
        count, differences, flaws = 0, 0, 0
        async for one in rebuild_rows(opened, KINDS, policy, settings.zone, write=not check):
            count += 1
            differences += bool(one.tables)
            flaws += len(one.flaws)
            if one.tables:
                tables = ", ".join(one.tables)
                say(
                    said(
                        f"{one.incident_id}: differs in {tables}",
                        f"{one.incident_id}：{tables} 有差异",
                    )
                    if check
                    else said(
                        f"{one.incident_id}: rewrote {tables}",
                        f"{one.incident_id}：已重写 {tables}",
                    )
                )
            for flaw in one.flaws:
                told = _told(flaw)
                click.echo(said(f"{told}; left as it is", f"{told}；保持原样"), err=True)
        say(
            said(
                f"{count} incidents, {differences} with differences",
                f"共 {count} 起警情，{differences} 起有差异",
            )
        )
        return flaws == 0 and not (check and differences)

    if not with_database(run):
        raise SystemExit(1)


@main.command()
def verify() -> None:
    """Check the digest chain of every incident; exit status 1 when one does not hold.

    Each entry's text against its digest and against the columns beside it, each digest against the
    one before, the end against the incident's row, and who reported against the opening. Whom
    nobody can read, since the key is on record as lost, is counted, and no flaw.
    """

    async def run(opened: Database, settings: Settings) -> bool:
        async with opened.writing() as connection:
            vault = await open_fitting_vault(connection, settings.key_path)
            lost = await list_lost(connection)
        count, flaws = 0, 0
        async for _incident_id, found in verify_chains(opened, KINDS, vault):
            count += 1
            flaws += len(found)
            for flaw in found:
                click.echo(_told(flaw), err=True)
        for one in lost:
            click.echo(told_lost(one), err=True)
        say(said(f"{count} chains, {flaws} flaws", f"共 {count} 条链，{flaws} 处不符"))
        return _note_end(settings, flaws) and flaws == 0

    if not with_database(run):
        raise SystemExit(1)


def _told(flaw: Flaw) -> str:
    return said(str(flaw), f"{flaw.incident_id} 第 {flaw.seq} 条：{flaw.reason.zh}")


def _note_end(settings: Settings, flaws: int) -> bool:
    """For who watches over the service: when all was last verified, and with what result. Whether
    it could be noted: who relies on it would go on believing what it said before."""
    try:
        settings.verified_mark.write_text(f"{flaws}\n")
    except OSError as error:
        error.filename = error.filename or str(settings.verified_mark)  # a full disk names no file
        click.echo(unusable_file(error), err=True)
        return False
    return True
