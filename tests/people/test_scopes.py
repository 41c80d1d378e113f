"""What an official sees: the regions and the units that their own unit is competent for."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from db.database import Database
from tests.commandline import Wildlife
from tests.people.world import at, official_for
from tests.pictures import encoded, noise
from tests.users import (
    Person,
    add_account,
    entry,
    identification,
    put_unit,
    release,
    rescue,
    road_hazard,
)
from wildlife.kinds import KINDS
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role, StationKind
from wildlife.people.station_queries import put_station
from wildlife.people.stations import Competence
from wildlife.settings import Settings
from wildlife.timeline.policy import read_policy
from wildlife.timeline.verifying import rebuild

# A unit by the police's own code; it lies in the county of 150723, and has officers.
POLICE = "230000560001"


async def seen_by(person: Person) -> set[str]:
    """The incidents that somebody sees, which all lists agree on."""
    lists = {}
    for path, key in (
        ("/incidents", "id"),
        ("/animals", "incident_id"),
        ("/hazards", "incident_id"),
    ):
        lists[path] = {item[key] for item in (await person.read(path))["items"]}
    assert lists["/incidents"] == lists["/animals"] | lists["/hazards"]
    return lists["/incidents"]


async def test_an_official_sees_the_regions_and_the_units_that_their_unit_is_competent_for(
    officer: Person, other_officer: Person, database: Database
) -> None:
    await put_unit(database, POLICE, region="150723", parent="150723")
    below = await at(officer, database, POLICE)
    bird = await officer.opened()
    beyond = await officer.opened(rescue(place={"description": "界外", "region_code": "150723"}))
    rocks = await other_officer.opened(road_hazard())
    nowhere = await below.opened(rescue(place={"description": "不详"}))
    there = {beyond, rocks, nowhere}
    for number, (regions, units, expected) in enumerate(
        (
            (("1504",), (), {bird, beyond}),  # its station lies there
            (("1504", "150723"), (), {bird} | there),
            (("150425", "1507"), (), {bird} | there),
            ((), ("150723",), {rocks, nowhere}),
            ((), (POLICE,), {nowhere}),
            ((), ("150425", POLICE), {bird, beyond, nowhere}),
            (("1507",), ("150425",), {bird} | there),
            (("1504",), (POLICE,), {bird, beyond, nowhere}),
            (("15",), ("150425", "150723"), {bird} | there),
            (("23", POLICE), (), set()),  # the digits of a unit's code are no region
            (("1505", "11"), (), set()),
            ((), (), set()),
        )
    ):
        code = f"99{number:02}"
        official = await official_for(officer, database, code, *regions, units=units)
        assert await seen_by(official) == expected, (regions, units)
        for incident in {bird} | there:
            status = 200 if incident in expected else 404
            assert (await official.get(f"/incidents/{incident}")).status_code == status
        [unit] = [one for one in await official.read("/stations") if one["code"] == code]
        assert unit["region_code"] == "110000"
        assert unit["competent_for"] == {"regions": [*regions], "stations": sorted(units)}


async def test_a_wrong_region_hides_no_record_from_the_officials_of_its_own_station(
    officer: Person, official: Person, database: Database
) -> None:
    stranger = await official_for(officer, database, "9901", "4403")
    bird = await officer.opened(rescue(place={"description": "三道沟", "region_code": "440305"}))
    assert await seen_by(official) == await seen_by(stranger) == {bird}
    await officer.appended(bird, identification())
    await officer.appended(bird, release(site={"description": "梧桐山", "region_code": "440303"}))
    [freed] = (await official.read("/releases"))["items"]
    assert (freed["incident_id"], freed["region_code"]) == (bird, "440303")
    right = entry("amendment", entry_id=bird, changes={"place": {"region_code": "150425"}})
    await officer.appended(bird, right)
    assert await seen_by(official) == {bird}


async def test_what_a_unit_is_competent_for_gives_its_officers_nothing(
    officer: Person, database: Database
) -> None:
    await officer.opened()
    competent_for = Competence(["1504"], ["150425"])
    await put_unit(database, "9900", region="150723", competent_for=competent_for)
    assert await seen_by(await at(officer, database, "9900")) == set()


async def test_a_change_of_competence_counts_for_what_is_there_already(
    officer: Person, official: Person, database: Database
) -> None:
    bird = await officer.opened()
    other = await official_for(officer, database, "9900", "1507")
    assert await seen_by(other) == set()
    await put_unit(database, "9901", region="150723", competent_for=Competence(["15"]))
    await add_account(database, other.badge, "9901", role=Role.OFFICIAL)
    other = await Person.sign_in(officer.client, other.badge, DEMO_PASSWORD)
    assert await seen_by(other) == await seen_by(official) == {bird}


async def test_the_officials_of_a_find_and_of_its_release_see_all_of_it(
    officer: Person, database: Database
) -> None:
    found_in = await official_for(officer, database, "9901", "150425")
    released_in = await official_for(officer, database, "9902", "150429")
    neither = await official_for(officer, database, "9903", "150426", "1507")
    bird, photo = await officer.opened(), uuid4()
    await officer.put_photo(bird, encoded(noise(40, 30)), photo)
    await officer.appended(bird, identification())
    assert await seen_by(released_in) == set()

    freed = release(site={"description": "响水水库", "region_code": "150429"})
    await officer.appended(bird, freed)
    for official, expected in ((found_in, {bird}), (released_in, {bird}), (neither, set())):
        assert await seen_by(official) == expected
        listed = (await official.read("/releases"))["items"]
        assert {one["incident_id"] for one in listed} == expected
        assert {one["region_code"] for one in listed} <= {"150429"}
        for path in ("", "/entries", "/photos", f"/photos/{photo}"):
            answer = await official.get(f"/incidents/{bird}{path}")
            assert answer.status_code == (200 if expected else 404), path
    # Where it lies is one thing, and who sees it another.
    assert (await released_in.read("/incidents?region=150429"))["items"] == []
    [row] = (await released_in.read("/incidents?region=150425"))["items"]
    assert row["region_code"] == "150425"

    await officer.appended(bird, entry("void", entry_id=freed["id"], reason="点错了"))
    assert await seen_by(released_in) == set()
    assert await seen_by(found_in) == {bird}


async def test_a_record_without_a_region_counts_to_where_the_station_lay_when_it_was_opened(
    officer: Person, database: Database, settings: Settings
) -> None:
    await put_unit(database, POLICE, region="150723")
    by_code = await official_for(officer, database, "9901", "23")
    before = await official_for(officer, database, "9902", "1507")
    after = await official_for(officer, database, "9903", "1504")
    nowhere = rescue(place={"description": "不详"})
    sender = await at(officer, database, POLICE)
    first = await sender.opened(nowhere)
    opening = (await sender.read(f"/incidents/{first}/entries"))["items"][0]
    assert opening["facts"]["station_region"] == "150723"
    assert opening["actor"]["station"].keys() == {"station_id", "code", "name"}

    await put_unit(database, POLICE, region="150425")  # it moves
    sender = await at(officer, database, POLICE)
    second = await sender.opened(nowhere | {"id": str(uuid4())})
    await sender.appended(first, entry("note", note="已饮水"))
    rebuilt = rebuild(database, KINDS, read_policy(None), settings.zone)
    assert [one.tables async for one in rebuilt if one.tables] == []
    for official, expected in ((by_code, set[str]()), (before, {first}), (after, {second})):
        assert await seen_by(official) == expected
    for region, incident in (("150723", first), ("150425", second)):
        [row] = (await sender.read(f"/incidents?region={region}"))["items"]
        assert (row["id"], row["region_code"]) == (incident, region)
    # What was sent is answered as the first time.
    assert (await sender.post("/incidents", nowhere)).status_code == 200
    # Somebody finds out where it was, and that they were wrong.
    for day, place, who in (("2024-08-01", "150425", after), ("2024-08-02", None, before)):
        said = {"entry_id": first, "changes": {"place": {"region_code": place}}}
        await sender.appended(first, entry("amendment", f"{day}T10:00:00+08:00", **said))
        assert first in await seen_by(who)


async def test_a_station_is_told_where_it_lies_and_what_it_is_competent_for(
    wildlife: Wildlife, officer: Person, database: Database
) -> None:
    async def listed() -> list[str]:
        rows = (await wildlife("station", "list")).out.splitlines()
        return [" ".join(row.split()) for row in rows]

    add = ("station", "add", POLICE, "林区公安局", "--kind", "forest_police_bureau")
    refused = await wildlife(*add, status=2)
    assert f"The code {POLICE} does not say where the station lies." in refused.err
    assert "as in 150425." in refused.err
    await wildlife(*add, "--region", "150723")
    bureau = ("station", "add", "15078201", "国有林管理局", "--kind", "state_forest_bureau")
    for wrong, status, sentence in (
        (("--competent-for", "内蒙古"), 2, "'内蒙古': A region code has digits only"),
        (("--competent-for", ""), 2, "'': A region code has digits only"),
        (("--competent-for-unit", "999999"), 1, "There is no station 999999; add it first."),
    ):
        refused = await wildlife(*bureau, "--region", "150782", *wrong, status=status)
        assert sentence in refused.err
    regions = ("--competent-for", "1504", "--competent-for", "150723")
    units = ("--competent-for-unit", POLICE, "--competent-for-unit", "15078201")  # itself, too
    await wildlife(*bureau, "--region", "150782", *regions, *units)
    for line in (
        "1504 赤峰市林业和草原局 administration 1504 1504",
        f"{POLICE} 林区公安局 forest_police_bureau 150723 150723",
        f"15078201 国有林管理局 state_forest_bureau 150782 1504,150723 15078201,{POLICE}",
    ):
        assert line in await listed()
    bird = await officer.opened()
    assert await seen_by(await at(officer, database, "15078201", Role.OFFICIAL)) == {bird}
    # Renamed, it is competent for what it was; said anew, for nothing but what is said.
    change = ("station", "change", "15078201")
    await wildlife(*change, "--name", "改名")
    line = f"15078201 改名 state_forest_bureau 150782 1504,150723 15078201,{POLICE}"
    assert line in await listed()
    await wildlife(*change, "--competent-for", "150782")
    assert await seen_by(await at(officer, database, "15078201", Role.OFFICIAL)) == set()


@pytest.mark.parametrize("code", ["1504", "150425", "15042501", "150425001", POLICE, "990001"])
async def test_only_a_code_of_a_division_says_where_a_station_lies(
    database: Database, code: str
) -> None:
    place: dict[str, Any] = {"region_code": None, "parent": None, "name": "x"}
    async with database.transaction() as connection:
        kind, station_id = StationKind.POLICE_STATION, uuid4()
        put = put_station(connection, station_id=station_id, code=code, kind=kind, **place)
        if code in ("1504", "150425"):
            await put
        else:
            with pytest.raises(ValueError, match="does not say where the station lies"):
                await put


@pytest.mark.parametrize(
    "regions", [["1"], ["1504,1507"], ["1504", None], [""], ["１５０４"], ["1504\n"]]
)
async def test_the_tables_take_no_region_but_digits(database: Database, regions: Any) -> None:
    async with database.writing() as connection:
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("update station set competent_for_regions = $1", regions)


async def test_the_code_of_a_prefecture_or_a_province_is_all_that_lies_in_it(
    officer: Person, database: Database
) -> None:
    bird = await officer.opened()
    for number, region in enumerate(("150000", "1504", "150400", "150425")):
        who = await official_for(officer, database, f"99000{number}", region)
        assert await seen_by(who) == {bird}, region
    other = await official_for(officer, database, "990009", "150500")
    assert await seen_by(other) == set()


async def test_a_release_at_a_place_without_a_region_counts_to_the_station_and_not_to_the_find(
    officer: Person, database: Database
) -> None:
    incident = await officer.opened(rescue(place={"description": "呼市", "region_code": "150100"}))
    await officer.appended(incident, identification())
    await officer.appended(incident, release(site={"description": "响水水库"}))
    [listed] = (await officer.read("/releases"))["items"]
    assert listed["region_code"] == "150425"
    for number, region in enumerate(("150100", "150425")):
        who = await official_for(officer, database, f"99000{number}", region)
        assert await seen_by(who) == {incident}
