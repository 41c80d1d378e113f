"""What is asked of the register, and put into it, in the tests of it."""

from datetime import date
from pathlib import Path
from typing import Any

from db.database import Database
from tests.users import Person
from wildlife.species.announced import ProtectionList
from wildlife.species.importing import read_lists, read_species
from wildlife.species.register import put_lists, put_species

LISTS = read_lists()
PROVINCIAL = ProtectionList(
    list="NM-1",
    title="内蒙古自治区重点保护陆生野生动物名录",
    issued_by="内蒙古自治区",
    valid_from=date(2010, 1, 1),
    valid_to=None,
    taxa=None,
    jurisdiction="15",
)
"""As an operator may bring it; none ships."""
WITH_A_PROVINCE = LISTS | {PROVINCIAL.list: PROVINCIAL}


async def find(person: Person, q: str, **parameters: Any) -> list[dict[str, Any]]:
    """What a search for `q` finds, best first."""
    answer = await person.read("/species", params={"q": q} | parameters)
    assert answer["next_cursor"] is None
    items: list[dict[str, Any]] = answer["items"]
    return items


async def names(person: Person, q: str, **parameters: Any) -> list[str]:
    return [taxon["chinese_name"] for taxon in await find(person, q, **parameters)]


async def import_rows(
    database: Database,
    file: Path,
    *rows: str,
    header: str = "scientific_name,chinese_name,protection,list,aliases,pinyin",
    lists: dict[str, ProtectionList] = LISTS,
) -> None:
    """Import a species list with these rows through the reader of files."""
    file.write_text("\n".join([header, *rows]), "utf-8")  # noqa: ASYNC240 - a test may block
    read = read_species(file, lists)
    assert read.bad_rows == []
    async with database.transaction() as connection:
        await put_lists(connection, lists)
        await put_species(connection, read.taxa)
