"""The commands for the register of species."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import click

from db.database import Database
from wildlife.commands.arguments import InputFile
from wildlife.commands.faults import saying_what_is_wrong
from wildlife.commands.running import with_database
from wildlife.commands.showing import say
from wildlife.settings import Settings
from wildlife.species.announced import ProtectionList
from wildlife.species.importing import (
    LISTS,
    REGISTER,
    SpeciesFile,
    read_lists,
    read_sheet,
    taxa_of,
)
from wildlife.species.register import known_lists, put_lists, put_species
from wildlife.words.speaking import said

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
            raise click.BadParameter(
                said(
                    f"{one!r} is not like SANYOU-2023-17=1924",
                    f"{one!r} 应写作 SANYOU-2023-17=1924",
                )
            )
        expected.append((name, int(count)))
    return expected


@species.command("import")
@click.argument("file", type=InputFile(), default=REGISTER)
@click.option(
    "--lists",
    "lists_file",
    type=InputFile(),
    default=LISTS,
    help="CSV or XLSX of the announced lists:"
    " list,title,issued_by,valid_from,valid_to,taxa,jurisdiction.",
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
        sheet = read_sheet(file)

    async def put(database: Database, _: Settings) -> tuple[SpeciesFile, Lists]:
        async with database.transaction() as connection:
            lists = await known_lists(connection) | announced
            read = taxa_of(sheet, lists)
            _require_whole(file, read, lists, dict(expect))
            await put_lists(connection, announced)
            await put_species(connection, read.taxa)
            return read, lists

    read, lists = with_database(put, begins=True)
    for name, count in sorted(read.counts().items()):
        known = lists[name].taxa if name in lists else None
        say(
            said(f"{name}: {count} of {known} announced", f"{name}：{count} 种，公布 {known} 种")
            if known
            else said(f"{name}: {count}", f"{name}：{count} 种")
        )


def _require_whole(
    file: Path, read: SpeciesFile, lists: Lists, expected: Mapping[str, int]
) -> None:
    """Name all that is wrong with the file; raises ValueError where anything is."""
    for bad in read.bad_rows:
        click.echo(said(f"{file}: {bad}", f"{file}：{bad}"), err=True)
    if read.unread:
        click.echo(
            said(
                f"{file}: not read: the columns {', '.join(read.unread)}",
                f"{file}：未读取的列：{'、'.join(read.unread)}",
            ),
            err=True,
        )
    problems = []
    if bad_rows := len(read.bad_rows):
        problems.append(said(f"{bad_rows} bad rows", f"{bad_rows} 行有问题"))
    counts = read.counts()
    for name, announced in lists.items():
        count, most = counts[name], announced.taxa
        if most is not None and count > most:
            problems.append(
                said(
                    f"{name} has {count} taxa, but {most} were announced",
                    f"{name} 有 {count} 种，而公布的只有 {most} 种",
                )
            )
    for name, wanted in expected.items():
        if counts[name] != wanted:
            problems.append(
                said(
                    f"{name} has {counts[name]} taxa, not {wanted}",
                    f"{name} 有 {counts[name]} 种，不是 {wanted} 种",
                )
            )
    if problems:
        raise ValueError(
            said(
                f"nothing was imported: {'; '.join(problems)}",
                f"没有导入任何内容：{'；'.join(problems)}",
            )
        )
