"""The commands for the register of species."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import click

from db.pool import Database
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.running import say, with_database
from wildlife.settings import Settings
from wildlife.species.importing import LISTS, REGISTER, SpeciesFile, read_lists, read_species
from wildlife.species.listed import ProtectionList
from wildlife.species.register import known_lists, put_lists, put_species

Lists: TypeAlias = Mapping[str, ProtectionList]


@click.group()
def species() -> None:
    """The register of species."""


def _read_expected(
    _: click.Context, __: click.Parameter, given: Iterable[str]
) -> list[tuple[str, int]]:
    expected = []
    for one in given:
        name, _is, count = one.rpartition("=")
        if not name or not (count.isascii() and count.isdigit() and len(count) < 10):
            raise click.BadParameter(f"{one!r} is not like SANYOU-2023-17=1924")
        expected.append((name, int(count)))
    return expected


@species.command("import")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=REGISTER
)
@click.option(
    "--lists",
    "lists_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=LISTS,
    help="CSV of the announced lists: list,title,issued_by,valid_from,valid_to,taxa,jurisdiction.",
)
@click.option(
    "--expect",
    multiple=True,
    metavar="LIST=COUNT",
    callback=_read_expected,
    help="Refuse the file unless it has this many taxa of the list.",
)
def species_import(file: Path, lists_file: Path, expect: list[tuple[str, int]]) -> None:
    """Import a species list from a CSV (UTF-8) or XLSX file: all of it or nothing.

    The first row names the columns: scientific_name (学名), chinese_name (中文名), protection
    (保护级别) and list (名录) at least; aliases (别名), pinyin, english_name, class (纲),
    order (目), family (科), alien, native_to (自然分布), authority (主管部门), population (种群),
    valid_from, valid_to and note if there are any. Every bad row is named.

    Without a file it is the register of this version, whose rows then go before what was changed
    of the same days.

    A provincial list comes with a CSV of its own that announces it; its jurisdiction is the
    beginning of the region codes where it holds. Once it is announced the register knows it.

    \b
    wildlife species import 名录.xlsx --expect SANYOU-2023-17=1924
    wildlife species import 内蒙古.xlsx --lists 内蒙古名录.csv
    """
    with saying_what_is_wrong():  # before a database is begun for what is no list
        announced = read_lists(lists_file)
        read_species(file, announced)

    async def put(database: Database, _: Settings) -> tuple[SpeciesFile, Lists]:
        async with database.transaction() as connection:
            lists = await known_lists(connection) | announced
            read = read_species(file, lists)
            _require_whole(file, read, lists, dict(expect))
            await put_lists(connection, announced)
            await put_species(connection, read.taxa)
            return read, lists

    read, lists = with_database(put, begins=True)
    for name, count in sorted(read.counts().items()):
        known = lists[name].taxa if name in lists else None
        say(f"{name}: {count}" + (f" of {known} announced" if known else ""))


def _require_whole(
    file: Path, read: SpeciesFile, lists: Lists, expected: Mapping[str, int]
) -> None:
    """Name all that is wrong with the file; raises ValueError where anything is."""
    for bad in read.bad_rows:
        click.echo(f"{file}: {bad}", err=True)
    if read.unread:
        click.echo(f"{file}: not read: the columns {', '.join(read.unread)}", err=True)
    problems = [f"{len(read.bad_rows)} bad rows"] if read.bad_rows else []
    counts = read.counts()
    for name, announced in lists.items():
        count, most = counts[name], announced.taxa
        if most is not None and count > most:
            problems.append(f"{name} has {count} taxa, but {most} were announced")
    for name, wanted in expected.items():
        if counts[name] != wanted:
            problems.append(f"{name} has {counts[name]} taxa, not {wanted}")
    if problems:
        raise ValueError(f"nothing was imported: {'; '.join(problems)}")
