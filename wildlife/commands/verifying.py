"""`wildlife verify` and `wildlife rebuild`: whether the timelines are whole, and whether what
follows from them does."""

import click

from db.pool import Database
from wildlife.commands.file_faults import unusable_file
from wildlife.commands.key import lost_key
from wildlife.commands.running import with_database
from wildlife.commands.showing import say
from wildlife.informants.keys import open_fitting_vault
from wildlife.informants.losing_queries import list_lost
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.timeline.chain import Flaw
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild as rebuild_rows
from wildlife.timeline.verifying import verify as verify_chains
from wildlife.words.speaking import said


@click.command()
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
                told = _line_of(flaw)
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


@click.command()
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
                click.echo(_line_of(flaw), err=True)
        for one in lost:
            click.echo(lost_key(one), err=True)
        say(said(f"{count} chains, {flaws} flaws", f"共 {count} 条链，{flaws} 处不符"))
        return _note_end(settings, flaws) and flaws == 0

    if not with_database(run):
        raise SystemExit(1)


def _line_of(flaw: Flaw) -> str:
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
