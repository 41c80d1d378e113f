"""`wildlife verify`: whether the timelines are whole, the ledger over them, and the access log."""

from collections.abc import Sequence
from os import cpu_count
from pathlib import Path
from typing import Final
from uuid import UUID

import click

from db.database import Database
from wildlife.accesses.verifying import Checked
from wildlife.accesses.verifying import verify as verify_log
from wildlife.commands.arguments import InputFile, InputPath, Whole
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.file_faults import unusable_file
from wildlife.commands.key import lost_key
from wildlife.commands.reporting import Report
from wildlife.commands.running import with_database
from wildlife.commands.showing import json_option
from wildlife.commands.side_by_side import meanwhile, verify_chains
from wildlife.commands.verifying_bundles import VerifierKey, verify_bundles
from wildlife.informants.keys import name_of, open_fitting_vault
from wildlife.informants.losing_queries import list_lost
from wildlife.ledger.verifying import Checked as CheckedLedger
from wildlife.ledger.verifying import begin
from wildlife.ledger.verifying import verify as verify_ledger
from wildlife.settings import Settings
from wildlife.timeline.verify_queries import list_places_without_entry, received_at
from wildlife.words.sentences import Sentence
from wildlife.words.speaking import said

_BUNDLES_ALONE: Final = Sentence(
    "--key is of a BUNDLE, and the other options are of the database: name either.",
    "--key 用于核验证据包 BUNDLE，其他选项用于核验数据库，请只选其一。",
)


@click.command()
@click.argument("bundles", type=InputFile(), nargs=-1, metavar="[BUNDLE]...")
@click.option(
    "--key",
    "vkey",
    type=VerifierKey(),
    help="Of a BUNDLE: the verifier key of the service that it is to come from, as who runs that"
    " says it (`wildlife checkpoint key`).",
)
@click.option(
    "--checkpoint",
    "paths",
    type=InputPath(),
    multiple=True,
    help="A checkpoint that was kept elsewhere, or a folder of them; may be given several times."
    " Those in WILDLIFE_CHECKPOINT_DIR are always looked at.",
)
@click.option(
    "--since",
    type=InputFile(),
    help="A checkpoint up to which all was verified before: only what came since is looked at. What"
    " was changed in older records is not seen: verify all of it now and then.",
)
@click.option(
    "--processes",
    type=Whole(1, 256),
    help="How many work side by side (default: as many as there are cores).",
)
@json_option
def verify(
    bundles: tuple[Path, ...],
    vkey: str | None,
    paths: tuple[Path, ...],
    since: Path | None,
    processes: int | None,
    as_json: bool,
) -> None:
    """Check the digest chain of every incident, the ledger of all entries, its checkpoints, and the
    access log; exit status 1 when one does not hold.

    Each entry's text against its digest and against the columns beside it, each digest against the
    one before, the end against the incident's row, and who reported against the opening. Whom
    nobody can read, since the key is on record as lost, is counted, and no flaw. Of the ledger each
    entry has a place, and each place an entry; the tree is made anew, and held against every
    checkpoint: those that are kept elsewhere find a whole incident that was taken away with all
    that named it, and a ledger that was cut short, which nothing else finds. Of the access log
    each access against its digest and the one before, and the end of each day against what the day
    says; how the log ends, too, to be compared with a note of it that is kept elsewhere.

    With --since, of the incidents those that were added to since that checkpoint, as a whole; of
    the ledger what came since, upon the tree that the checkpoint is of, and the checkpoints that
    followed; of the access log the days from then on. It finds no older incident that was changed,
    and does not count as a verification for `wildlife check` and the metrics, unless it finds a
    flaw.

    \b
    wildlife checkpoint sign > new.checkpoint
    wildlife verify --since last.checkpoint --checkpoint new.checkpoint

    Where it finds nothing, new.checkpoint is the one to go on from the next time.

    A BUNDLE is an incident as evidence (`evidence.zip`): it is verified by itself, without a
    database, as the verify.py in it does, and the first thing that does not fit is named.

    \b
    wildlife verify --key "$(cat verifier-key.txt)" evidence.zip
    """

    if bundles or vkey is not None:
        if not bundles or paths or since is not None or processes is not None:
            raise click.UsageError(said(*_BUNDLES_ALONE))
        with saying_what_is_wrong():
            is_well = verify_bundles(bundles, vkey, Report(as_json=as_json))
        if not is_well:
            raise SystemExit(1)
        return

    async def run(opened: Database, settings: Settings) -> bool:
        report = Report(as_json=as_json)
        many = processes or cpu_count() or 1
        return await verify_all(opened, settings, report, paths, since, many)

    if not with_database(run):
        raise SystemExit(1)


async def verify_all(
    opened: Database,
    settings: Settings,
    report: Report,
    paths: Sequence[Path] = (),
    since: Path | None = None,
    processes: int = 1,
) -> bool:
    """Tell of every chain that does not hold, and note when it was looked; whether all do. since:
    a checkpoint, of what was there by then all is taken for verified."""
    async with opened.writing() as connection:
        vault = await open_fitting_vault(connection, settings.key_path)
        lost = await list_lost(connection)
    outside = [*paths, *([settings.checkpoint_dir] if settings.checkpoint_dir else [])]
    begun = await begin(opened, outside, since)
    count = flaws = placed = 0
    of_ledger: list[Sentence] = []
    async with meanwhile(verify_ledger(opened, begun, of_ledger.append)) as checking:
        async for part in verify_chains(opened, settings, vault, begun.places, processes):
            count += part.incidents
            placed += part.placed
            flaws += len(part.flaws)
            for flaw in part.flaws:
                report.find(flaw.incident_id, "fault", said(*flaw.sentence()))
        ledger = await checking
    for one in of_ledger:
        report.find("ledger", "fault", said(*one))
    if ledger.is_whole and placed != len(ledger.places):
        async with opened.reading() as connection:
            empty = await list_places_without_entry(connection, ledger.places)
        ledger.flaws += len(empty) or 1
        for place in empty:
            report.find("ledger", "fault", _without_entry(*place))
        if not empty:
            report.find("ledger", "fault", _given_twice(len(ledger.places) - placed))
    async with opened.reading() as connection:
        came_at = await received_at(connection, begun.places.start - 1)
    log = await verify_log(
        opened,
        lambda flaw: report.find(flaw.day, "fault", said(*flaw.sentence())),
        came_at and came_at.date(),
    )
    report.find("accesses", "fault" if log.flaws else "ok", _sum_of(log), is_result=True)
    for key in lost:
        report.find(name_of(key.fingerprint), "warning", lost_key(key))
    told = _sum_of_ledger(ledger)
    report.find("ledger", "fault" if ledger.flaws else "ok", told, is_result=True)
    total = said(f"{count} chains, {flaws} flaws", f"共 {count} 条链，{flaws} 处不符")
    report.find("chains", "fault" if flaws else "ok", total, is_result=True)
    flaws += log.flaws + ledger.flaws
    is_noted = (since is not None and not flaws) or _note_end(settings, flaws, report)
    report.end()
    return is_noted and flaws == 0


def _without_entry(position: int, incident_id: UUID, entry_id: UUID) -> str:
    return said(
        f"{incident_id}: the entry {entry_id} at place {position} of the ledger is gone",
        f"{incident_id}：总账第 {position} 位的记录 {entry_id} 不见了",
    )


def _given_twice(many: int) -> str:
    return said(
        f"places of the ledger that are of an entry which has another: {many}",
        f"总账中有 {many} 个位置所指的记录另有位置",
    )


def _sum_of_ledger(ledger: CheckedLedger) -> str:
    size, first = ledger.places.stop, ledger.places.start
    found = said(
        f"ledger: {size} entries, {ledger.checkpoints} checkpoints, {ledger.flaws} flaws",
        f"总账：{size} 条，{ledger.checkpoints} 个检查点，{ledger.flaws} 处不符",
    )
    if not first:
        return found
    return found + said(
        f"; of the first {first} only those of incidents that were added to since, and their root:"
        " what was changed in others is not seen",
        f"；前 {first} 条只核验了散列树的根，以及此后有新增记录的警情，其他警情即使已被更改，"
        "此次也不会发现",
    )


def _sum_of(log: Checked) -> str:
    before = said(
        f"; {log.without_digest} from before it had a chain",
        f"；另有 {log.without_digest} 条早于链的启用",
    )
    ends = said(
        f"; it ends on {log.day} with {log.digest.hex()}",
        f"；末日为 {log.day}，摘要为 {log.digest.hex()}",
    )
    return (
        said(
            f"access log: {log.days} days, {log.accesses} accesses, {log.flaws} flaws",
            f"查阅记录：{log.days} 日，{log.accesses} 条，{log.flaws} 处不符",
        )
        + (before if log.without_digest else "")
        + (ends if log.day else "")
    )


def _note_end(settings: Settings, flaws: int, report: Report) -> bool:
    """For who watches over the service: when all was last verified, and with what result. Whether
    it could be noted: who relies on it would go on believing what it said before."""
    try:
        settings.verified_mark.write_text(f"{flaws}\n")
    except OSError as error:
        error.filename = error.filename or str(settings.verified_mark)  # a full disk names no file
        report.find(settings.verified_mark.name, "fault", unusable_file(error))
        return False
    return True
