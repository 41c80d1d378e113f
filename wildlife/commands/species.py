"""The commands for the register of species."""

from pathlib import Path

import click

from db.pool import Database
from wildlife.commands.running import say, with_database
from wildlife.settings import Settings
from wildlife.species.importing import LISTS, REGISTER, read_lists, read_species
from wildlife.species.register import put_lists, put_species


@click.group()
def species() -> None:
    """The register of species."""


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
    help="Refuse the file unless it has this many taxa of the list.",
)
def species_import(file: Path, lists_file: Path, expect: tuple[str, ...]) -> None:
    """Import a species list from a CSV (UTF-8) or XLSX file: all of it or nothing.

    The first row names the columns: scientific_name (学名), chinese_name (中文名), protection
    (保护级别) and list (名录) at least; aliases (别名), pinyin, english_name, class (纲),
    order (目), family (科), alien, native_to (自然分布), authority (主管部门), population (种群),
    valid_from, valid_to and note if there are any. Every bad row is named.

    Without a file it is the register of this version, whose rows then go before what was changed
    of the same days.

    A provincial list comes with a CSV of its own that announces it; its jurisdiction is the
    beginning of the region codes where it holds.

    \b
    wildlife species import 名录.xlsx --expect SANYOU-2023-17=1924
    wildlife species import 内蒙古.xlsx --lists 内蒙古名录.csv
    """
    try:
        lists = read_lists(lists_file)
        read = read_species(file, lists)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
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
    for name, _, wanted in (item.partition("=") for item in expect):
        if str(counts[name]) != wanted:
            problems.append(f"{name} has {counts[name]} taxa, not {wanted}")
    if problems:
        raise click.ClickException(f"nothing was imported: {'; '.join(problems)}")

    async def put(database: Database, _: Settings) -> None:
        async with database.transaction() as connection:
            await put_lists(connection, lists)
            await put_species(connection, read.taxa)

    with_database(put, begins=True)
    for name, count in sorted(counts.items()):
        known = lists[name].taxa if name in lists else None
        say(f"{name}: {count}" + (f" of {known} announced" if known else ""))
