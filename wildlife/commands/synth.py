"""`wildlife synth`: invented records, to learn how the service is with many."""

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import click

from wildlife.commands.arguments import Day, Whole
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.preparing import load_register
from wildlife.commands.running import load_settings, running_database
from wildlife.commands.showing import say
from wildlife.commands.tables import make_tables, owner_url, require_tables
from wildlife.settings import Settings
from wildlife.synth.loading import Loaded, Wanted, load
from wildlife.timeline.policy import read_policy
from wildlife.words.speaking import said

_MOST: Final = 100_000_000


@click.command()
@click.option(
    "--releases",
    type=Whole(1, _MOST),
    default=10_000,
    help="How many releases (default: 10000); of three rescues two end with one.",
)
@click.option(
    "--hazards",
    type=Whole(0, _MOST),
    help="How many road hazards (default: one for ten releases).",
)
@click.option(
    "--from", "begins", type=Day(), default="2015-01-01", help="The first day (2015-01-01)."
)
@click.option("--to", "ends", type=Day(), default="2024-12-31", help="The last day (2024-12-31).")
@click.option(
    "--timelines",
    is_flag=True,
    help="Whole timelines too, chained: `verify` and `rebuild` hold, and all goes on from there.",
)
@click.option(
    "--seed",
    type=Whole(0, 2**63 - 1),
    default=1,
    help="Another number makes other records (default: 1).",
)
@click.option(
    "--processes",
    type=Whole(1, 256),
    help="How many make records at once (default: as many as there are cores).",
)
def synth(
    releases: int,
    hazards: int | None,
    begins: date,
    ends: date,
    timelines: bool,
    seed: int,
    processes: int | None,
) -> None:
    """Fill an empty database with invented records, as many as a province has in years.

    It shows how the service is with them: lists, searches, exports and counts. A database that
    holds any record, unit or account is refused. The same seed makes the same records. Nobody
    else may use the database meanwhile; Ctrl-C leaves it as it was.

    Without --timelines there are the rows that queries read, and not the timelines from which they
    follow: an incident is listed and read, by this version alone, and nothing can be added to it.
    Of photos there are no files (to serve all the same: `wildlife serve --photos-lost`), and who
    reported counts as erased.

    A million releases take about a quarter of an hour on two cores that nobody else wants, and
    20 GB; with --timelines about an hour, and twice the room.

    Words to search for: 民警 stands in nearly every rescue, 白化 in one of a thousand that end with
    a release, 龙卷风 in three. The accounts are the demo's, and more like them, all with its
    password: they sign in to a demo only.

    \b
    WILDLIFE_DATA_DIR=./synth wildlife synth --releases 100000
    WILDLIFE_DATA_DIR=./synth wildlife demo --no-stories
    """
    settings = load_settings()
    _require_past(settings, begins, ends)
    wanted = Wanted(
        releases=releases,
        hazards=releases // 10 if hazards is None else hazards,
        begins=begins,
        ends=ends,
        seed=seed,
        with_timelines=timelines,
        processes=processes or os.cpu_count() or 1,
    )
    with running_database(settings, begins=True) as settings, saying_what_is_wrong():
        loaded = asyncio.run(_run(settings, wanted))
    rate = int(releases / max(loaded.rows_s, 0.001))
    say(
        said(
            f"{releases} releases in {loaded.incidents} incidents, seed {seed}: written in"
            f" {loaded.rows_s:.0f} s ({rate} releases a second), their indexes in"
            f" {loaded.indexes_s:.0f} s.",
            f"{loaded.incidents} 起警情，其中放归 {releases} 条，种子 {seed}：写入用时"
            f" {loaded.rows_s:.0f} 秒（每秒放归 {rate} 条），建立索引用时"
            f" {loaded.indexes_s:.0f} 秒。",
        )
    )


def _require_past(settings: Settings, begins: date, ends: date) -> None:
    today = datetime.now(settings.zone).date()
    if ends >= today:
        raise click.BadParameter(
            said(
                f"{ends} is not over yet: nothing is recorded before it happens.",
                f"{ends} 尚未结束：记录不能早于事情发生。",
            ),
            param_hint="--to",
        )
    if begins > ends:
        raise click.BadParameter(
            said(f"{begins} is after {ends}.", f"{begins} 晚于 {ends}。"), param_hint="--from"
        )


async def _run(settings: Settings, wanted: Wanted) -> Loaded:
    owner = owner_url(settings)
    policy = read_policy(settings.policy_file, settings.hidden_places)
    await make_tables(settings)
    await require_tables(settings)
    await load_register(settings)
    return await load(owner, wanted, settings.zone, policy, _tell(wanted))


def _tell(wanted: Wanted) -> Callable[[int, int], None]:
    """What shows on a terminal how far it is."""
    if sys.stderr is None or not sys.stderr.isatty():
        return lambda *_: None

    def tell(releases: int, seconds: int) -> None:
        rate = releases // max(seconds, 1)
        line = said(
            f"{releases} of {wanted.releases} releases, {rate} a second",
            f"放归 {releases}/{wanted.releases} 条，每秒 {rate} 条",
        )
        if releases == wanted.releases:
            line = said("making the indexes", "正在建立索引")
        click.echo(f"\r\x1b[K{line} …", nl=False, err=True)

    return tell
