"""Where a species is native may be said with it: a release elsewhere is taken, and shown."""

from pathlib import Path
from typing import Any

import pytest

from db.database import Database
from tests.species.asking import import_rows
from tests.users import Person, identification, release, rescue

HEADER = "scientific_name,chinese_name,protection,list,native_to"
FLAG = "released_outside_range"


@pytest.fixture
async def ranges(database: Database, tmp_path: Path) -> None:
    """普通鸬鹚 as if it were native to 赤峰 and 吉林 only."""
    row = "Phalacrocorax carbo,普通鸬鹚,sanyou,SANYOU-2023-17,150400|22"
    await import_rows(database, tmp_path / "list.csv", row, header=HEADER)


async def flags(person: Person, **said: Any) -> list[str]:
    """What is odd about a release of which this is said."""
    incident = await person.opened(rescue())
    await person.appended(incident, identification())
    await person.appended(incident, release(**said))
    shown = (await person.read(f"/incidents/{incident}"))["flags"]
    assert all(one["animal"] == 1 for one in shown)
    return [one["code"] for one in shown]


def at(region: str | None) -> dict[str, Any]:
    site = {"description": "水库"}
    return site if region is None else site | {"region_code": region}


@pytest.mark.usefixtures("ranges")
async def test_a_release_outside_the_native_range_is_taken_and_shown(officer: Person) -> None:
    for region, outside in [
        ("150425", False),
        ("220102", False),
        ("150000", False),  # a code of all of the region does not say where in it
        ("150723", True),
        ("460105", True),
        (None, False),
    ]:
        assert (FLAG in await flags(officer, site=at(region))) is outside, region


@pytest.mark.usefixtures("ranges")
async def test_the_register_tells_where_a_species_is_native(officer: Person) -> None:
    taxon = await officer.read("/species/phalacrocorax_carbo")
    assert taxon["native_to"] == ["1504", "22"]


async def test_where_the_register_does_not_say_it_nothing_is_outside(officer: Person) -> None:
    assert FLAG not in await flags(officer, site=at("460105"))


async def test_who_says_that_it_is_not_native_there_is_believed(officer: Person) -> None:
    assert FLAG in await flags(officer, native_there=False)
    assert FLAG not in await flags(officer, native_there=True)


@pytest.mark.usefixtures("ranges")
async def test_the_range_is_the_one_that_the_register_had_at_the_identification(
    officer: Person, database: Database
) -> None:
    incident = await officer.opened(rescue())
    await officer.appended(incident, identification())
    async with database.writing() as connection:
        await connection.execute("update species set native_to = '{46}'")
    await officer.appended(incident, release(site=at("150425")))
    assert (await officer.read(f"/incidents/{incident}"))["flags"] == []
    await officer.appended(incident, identification(happened_at="2024-08-05T08:00:00+08:00"))
    [flag] = (await officer.read(f"/incidents/{incident}"))["flags"]
    assert flag["code"] == FLAG
