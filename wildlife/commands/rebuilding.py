"""`wildlife rebuild`: whether what follows from the timelines does, and to make it so."""

import click

from db.database import Database
from media.vault import Vault
from wildlife.commands.reporting import Report
from wildlife.commands.running import with_database
from wildlife.commands.showing import json_option
from wildlife.informants.keys import find_fitting_vault
from wildlife.kinds import KINDS
from wildlife.settings import Settings
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild as rebuild_rows
from wildlife.words.speaking import said


@click.command()
@click.option(
    "--check", is_flag=True, help="Only name what differs; status 1 where something does."
)
@json_option
def rebuild(check: bool, as_json: bool) -> None:
    """Rewrite all that follows from the timelines and name every difference.

    What a damaged timeline says is not believed: such an incident is named and left as it is, and
    the exit status is 1.

    The timeline is the record; what queries read follows from it. Nothing differs unless somebody
    changed a table by hand, the policy or the time zone changed, or a new version computes more.
    """

    async def run(opened: Database, settings: Settings) -> bool:
        policy = read_policy(settings.policy_file, settings.hidden_places)
        vault = await _vault_of(opened, settings)
        count, differences, flaws, report = 0, 0, 0, Report(as_json=as_json)
        every = rebuild_rows(opened, KINDS, policy, settings.zone, vault=vault, write=not check)
        async for one in every:
            count += 1
            differences += bool(one.tables)
            flaws += len(one.flaws)
            if one.tables:
                id_, tables = one.incident_id, ", ".join(one.tables)
                differs = said(f"{id_}: differs in {tables}", f"{id_}：{tables} 有差异")
                rewrote = said(f"{id_}: rewrote {tables}", f"{id_}：已重写 {tables}")
                if check:
                    report.find(id_, "fault", differs, is_result=True)
                else:
                    report.find(id_, "ok", rewrote, is_result=True)
            for flaw in one.flaws:
                line = flaw.sentence()
                left = said(f"{line.en}; left as it is", f"{line.zh}；保持原样")
                report.find(flaw.incident_id, "fault", left)
        is_well = flaws == 0 and not (check and differences)
        total = said(
            f"{count} incidents, {differences} with differences",
            f"共 {count} 起警情，{differences} 起有差异",
        )
        report.find("incidents", "ok" if is_well else "fault", total, is_result=True)
        report.end()
        return is_well

    if not with_database(run):
        raise SystemExit(1)


async def _vault_of(opened: Database, settings: Settings) -> Vault | None:
    """What opens who reported; without its key all else is rebuilt, as before."""
    async with opened.writing() as connection:
        try:
            return await find_fitting_vault(connection, settings.key_path)
        except ValueError:
            return None
