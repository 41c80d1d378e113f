"""The commands for stations, the units that handle incidents."""

from uuid import uuid4

import click

from db.pool import Database
from wildlife.commands.running import TEXT, say, with_database
from wildlife.commands.showing import json_option, say_json, say_table
from wildlife.commands.wrong import Choice
from wildlife.people.station_queries import list_stations, put_station
from wildlife.people.stations import Competence, Station
from wildlife.settings import Settings
from wildlife.words.speaking import said
from wildlife.words.vocabularies import StationKind


@click.group()
def station() -> None:
    """Stations: the units that handle incidents."""


@station.command("add")
@click.argument("code", type=TEXT)
@click.argument("name")
@click.option("--kind", type=Choice([kind.value for kind in StationKind]), required=True)
@click.option(
    "--region", type=TEXT, help="Code of the region it lies in; default: CODE, of 4 or 6 digits."
)
@click.option(
    "--parent", type=TEXT, help="Code of the station above it, which sees its incidents too."
)
@click.option(
    "--competent-for",
    "regions",
    type=TEXT,
    multiple=True,
    help="Code of a region whose records its officials see; as often as there are regions."
    " Default, where no unit is given either: the region it lies in.",
)
@click.option(
    "--competent-for-unit",
    "units",
    type=TEXT,
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
    competence = Competence([*regions], [*units])

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
                competent_for=competence if regions or units else None,
            )

    with_database(add, begins=True)
    say(said(f"station {code} {name}", f"单位 {code} {name}"))


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
        return
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
