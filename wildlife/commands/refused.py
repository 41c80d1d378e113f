"""The commands for what was refused and kept: whether anybody has to look at it, and since when.

They tell nothing that anybody said, and settle nothing: what is filed is somebody's word, who has a
badge and the right to; that is done over HTTP.
"""

from collections import Counter
from uuid import UUID

import click

from db.database import Database
from wildlife.commands.arguments import Id, station_option
from wildlife.commands.running import with_database
from wildlife.commands.showing import json_option, say, say_json, say_table
from wildlife.people.refusals import NoStation
from wildlife.people.station_queries import find_station
from wildlife.refused.listed_queries import ListedRefused, find_listed, list_all_refused
from wildlife.settings import Settings
from wildlife.web.catalogue import CATALOGUE
from wildlife.words.speaking import said
from wildlife.words.vocabularies import DismissalReason


@click.group()
def refused() -> None:
    """What was refused and kept, for a person to look at.

    Chiefs and officers see what it says, accept it or put it aside over HTTP (GET /refused).
    """


@refused.command("list")
@station_option("Code of the unit whose it is; without it: of all.")
@click.option(
    "--settled", is_flag=True, help="What was accepted, put aside or taken since instead."
)
@json_option
def refused_list(station_code: str | None, settled: bool, as_json: bool) -> None:
    """List what nobody has looked at yet, oldest first, and how much there is by unit and reason:
    its id, when it came, of which unit and badge, why it was refused, to which incident.

    \b
    wildlife refused list --station 150425
    """

    async def read(database: Database, _: Settings) -> list[ListedRefused]:
        async with database.reading() as connection:
            if station_code is not None and await find_station(connection, station_code) is None:
                raise NoStation(station_code, "station")
            return await list_all_refused(connection, station_code, is_open=not settled)

    kept = with_database(read)
    if as_json:
        say_json(kept)
        return
    _say_kept(kept)
    if kept:
        say()
        counted = sorted(Counter((one.station, one.code) for one in kept).items())
        say_table(
            [said("station", "单位"), said("refused for", "拒收原因"), said("how many", "条数")],
            [[station, _called(code), str(count)] for (station, code), count in counted],
        )


@refused.command("show")
@click.argument("refused_id", type=Id("留存编号", "refused list"))
@json_option
def refused_show(refused_id: UUID, as_json: bool) -> None:
    """Show what is on record of REFUSED_ID: of whom, why, and what came of it. What it says is
    sealed, and is for those whose it is.

    \b
    wildlife refused show 01912f6e-8a3b-7c4d-9e5f-6a7b8c9d0e1f
    """

    async def read(database: Database, _: Settings) -> list[ListedRefused]:
        async with database.reading() as connection:
            return await find_listed(connection, refused_id)

    kept = with_database(read)
    if not kept:
        raise click.ClickException(
            said(
                f"Nothing is kept as {refused_id}; see `wildlife refused list`.",
                f"没有编号为 {refused_id} 的留存内容，见 `wildlife refused list`。",
            )
        )
    if as_json:
        say_json(kept)
        return
    _say_kept(kept)


def _say_kept(kept: list[ListedRefused]) -> None:
    say_table(
        [
            said("id", "编号"),
            said("received", "接收时间"),
            said("station", "单位"),
            said("badge", "警号"),
            said("refused for", "拒收原因"),
            said("incident", "警情"),
            said("settled", "处理时间"),
            said("by", "处理人"),
            said("as", "处理结果"),
        ],
        [
            [
                str(one.refused_id),
                f"{one.received_at:%Y-%m-%d %H:%M}",
                one.station,
                one.badge,
                _called(one.code),
                str(one.incident_id),
                f"{one.settled_at:%Y-%m-%d %H:%M}" if one.settled_at else "",
                one.settled_by or "",
                _what_came_of(one),
            ]
            for one in kept
        ],
    )


def _called(code: str) -> str:
    """A problem, by its code or its Chinese title."""
    return said(code, CATALOGUE[code].title_zh if code in CATALOGUE else code)


def _what_came_of(one: ListedRefused) -> str:
    if one.settled_at is None:
        return ""
    if one.dismissed_for is None:
        return said("accepted", "已接受登记")
    return said(
        f"put aside: {one.dismissed_for}", f"不予登记：{DismissalReason(one.dismissed_for).zh}"
    )
