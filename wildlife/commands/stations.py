"""The commands for stations, the units that handle incidents."""

import click

from db.database import Database
from wildlife.commands.arguments import TEXT, Choice
from wildlife.commands.running import with_database
from wildlife.commands.showing import json_option, say, say_json, say_table
from wildlife.people.codes import StationKind
from wildlife.people.events import COMMAND_LINE
from wildlife.people.station_queries import (
    StationTaken,
    add_station,
    change_station,
    list_stations,
)
from wildlife.people.stations import Competence, Station
from wildlife.settings import Settings
from wildlife.words.speaking import said


@click.group()
def station() -> None:
    """Stations: the units that handle incidents."""


_parent = click.option(
    "--parent", type=TEXT, help="Code of the station above it, which sees its incidents too."
)
_units = click.option(
    "--competent-for-unit",
    "units",
    type=TEXT,
    multiple=True,
    help="Code of a station whose records, and of those below it, its officials see; as often as"
    " there are units.",
)


@station.command("add")
@click.argument("code", type=TEXT)
@click.argument("name")
@click.option("--kind", type=Choice([kind.value for kind in StationKind]), required=True)
@click.option(
    "--region", type=TEXT, help="Code of the region it lies in; default: CODE, of 4 or 6 digits."
)
@_parent
@click.option(
    "--competent-for",
    "regions",
    type=TEXT,
    multiple=True,
    help="Code of a region whose records its officials see; as often as there are regions."
    " Default, where no unit is given either: the region it lies in.",
)
@_units
def station_add(
    code: str,
    name: str,
    kind: str,
    region: str | None,
    parent: str | None,
    regions: tuple[str, ...],
    units: tuple[str, ...],
) -> None:
    """Add a station. One with this CODE that is there already is not touched: see
    `wildlife station change`.

    CODE begins its case numbers: the GB/T 2260 code of its place, with two digits of your own where
    the county has several stations, or the twelve digits that the police number their units with.
    What the station opens counts to its region as long as nobody says where it was found.

    \b
    wildlife station add 150425 大局子森林派出所 --kind police_station
    wildlife station add 15078201 国有林管理局 --kind state_forest_bureau --region 150782 \\
        --competent-for 1507 --competent-for 1522 --competent-for-unit 150723
    """

    async def add(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            try:
                await add_station(
                    connection,
                    COMMAND_LINE,
                    code=code,
                    name=name,
                    kind=StationKind(kind),
                    region_code=region,
                    parent=parent,
                    competent_for=_competence(regions, units),
                )
            except StationTaken as taken:
                change = f"`wildlife station change {code}`"
                raise ValueError(
                    f"{taken}" + said(f" Change it with {change}.", f"如需修改，请用 {change}。")
                ) from None

    with_database(add, begins=True)
    say(said(f"station {code} {name}", f"单位 {code} {name}"))


@station.command("change")
@click.argument("code", type=TEXT)
@click.option("--name", help="A new name, for what is said from now on.")
@click.option("--kind", type=Choice([kind.value for kind in StationKind]), help="Another kind.")
@click.option("--region", type=TEXT, help="Code of the region it lies in from now on.")
@_parent
@click.option("--no-parent", is_flag=True, help="No station stands above it any more.")
@click.option(
    "--competent-for",
    "regions",
    type=TEXT,
    multiple=True,
    help="Code of a region whose records its officials see; as often as there are regions.",
)
@_units
def station_change(
    code: str,
    name: str | None,
    kind: str | None,
    region: str | None,
    parent: str | None,
    no_parent: bool,
    regions: tuple[str, ...],
    units: tuple[str, ...],
) -> None:
    """Change what is named of the station with this CODE; all else stays as it is.

    What it is competent for is one thing: who names a region or a unit names all of both.

    \b
    wildlife station change 150425 --name 响水森林派出所
    """
    if not any((name is not None, kind, region is not None, parent is not None, no_parent)) and (
        not regions and not units
    ):
        raise click.UsageError(
            said(
                "Name what changes: --name, --kind, --region, --parent, --no-parent,"
                " --competent-for or --competent-for-unit.",
                "请写明要改什么：--name、--kind、--region、--parent、--no-parent、"
                "--competent-for 或 --competent-for-unit。",
            )
        )

    async def change(database: Database, _: Settings) -> list[Station]:
        async with database.transaction() as connection:
            changed = await change_station(
                connection,
                COMMAND_LINE,
                code,
                name=name,
                kind=StationKind(kind) if kind else None,
                region_code=region,
                parent=parent,
                no_parent=no_parent,
                competent_for=_competence(regions, units),
            )
            return [changed]

    _say(with_database(change))


def _competence(regions: tuple[str, ...], units: tuple[str, ...]) -> Competence | None:
    return Competence([*regions], [*units]) if regions or units else None


@station.command("list")
@json_option
def station_list(as_json: bool) -> None:
    """List all stations: code, name, kind, the one above, region, and what each is competent for:
    regions, then stations."""

    async def read(database: Database, _: Settings) -> list[Station]:
        async with database.reading() as connection:
            return await list_stations(connection)

    stations = with_database(read)
    if as_json:
        say_json(stations)
    else:
        _say(stations)


def _say(stations: list[Station]) -> None:
    say_table(
        [
            said("code", "代码"),
            said("name", "名称"),
            said("kind", "类型"),
            said("above", "上级"),
            said("region", "地区"),
            said("competent for regions", "主管地区"),
            said("and stations", "主管单位"),
        ],
        [
            [
                one.code,
                one.name,
                said(one.kind.value, one.kind.zh),
                one.parent_code or "",
                one.region_code,
                ",".join(one.competent_for.regions),
                ",".join(one.competent_for.stations),
            ]
            for one in stations
        ],
    )
