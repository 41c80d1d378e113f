"""Whose place is hidden, from whom, and since when: by what the record says now, whatever it said
before."""

from typing import Any

import pytest
from msgspec.structs import replace

from db.database import Database
from tests.commandline import Wildlife
from tests.hiding.places import CELL, CORMORANT, POINT, WOLF, identified, told
from tests.hiding.world import rebuilt
from tests.people.world import official_for
from tests.users import Person, add_account, entry, identification, release, rescue
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings, read_settings, to_environment


async def test_what_is_hidden_is_what_the_animal_is_known_to_be_now(
    officer: Person, official: Person, chief: Person, auditor: Person
) -> None:
    incident = await officer.opened()
    assert await told(official, incident) == POINT
    await identified(officer, incident, CORMORANT, 29)
    assert await told(official, incident) == POINT
    wolf = await identified(officer, incident, WOLF, 30)
    assert await told(official, incident) == CELL
    for person in (officer, chief, auditor):
        assert await told(person, incident) == POINT
    again = await identified(officer, incident, CORMORANT, 31)
    assert await told(official, incident) == POINT
    changes = {"species_id": "emberiza_aureola"}
    await officer.appended(incident, entry("amendment", entry_id=again, changes=changes))
    assert await told(official, incident) == CELL
    await officer.appended(incident, entry("void", entry_id=again))
    assert await told(official, incident) == CELL
    await officer.appended(incident, entry("void", entry_id=wolf))
    assert await told(official, incident) == POINT


async def test_one_animal_of_several_hides_them_all_and_the_release_of_each(
    officer: Person, official: Person
) -> None:
    animals: list[dict[str, Any]] = [{"reported_as": "狼"}, {"reported_as": "鸟"}]
    incident = await officer.opened(rescue(animals=animals))
    await identified(officer, incident, WOLF)
    await officer.appended(incident, identification(animal=2))
    await officer.appended(incident, release(animal=2))
    assert (await officer.read("/releases"))["items"][0]["longitude"] == 117.21
    [freed] = (await official.read("/releases"))["items"]
    assert (freed["longitude"], freed["latitude"], freed["generalized"]) == (117.25, 43.55, True)
    assert freed["site"]["description"] is None
    assert freed["site"]["point"]["accuracy_m"] == freed["coordinate_uncertainty_m"]
    listed = (await official.read("/animals"))["items"]
    assert [one["reported_as"] for one in listed] == [None, None]
    assert {one["generalized"] for one in listed} == {True}
    assert (await official.read("/incidents"))["items"][0]["species"] == ["狼", "普通鸬鹚"]
    for query in ("bbox=117.2,43.5,117.22,43.6", "q=响水", "near=117.21,43.57&radius_m=900"):
        assert len((await officer.read(f"/releases?{query}"))["items"]) == 1, query
        assert (await official.read(f"/releases?{query}"))["items"] == [], query
    for query in ("bbox=117.2,43.5,117.3,43.6", "q=狼", "region=150425", "station=150425"):
        assert len((await official.read(f"/releases?{query}"))["items"]) == 1, query


async def test_what_is_corrected_in_a_hidden_place_is_hidden_as_well(
    officer: Person, official: Person
) -> None:
    incident = await officer.opened()
    await identified(officer, incident, WOLF)
    before = await official.get(f"/incidents/{incident}")
    point = {"longitude": 117.571, "latitude": 43.377, "datum": "WGS84"}
    changes = {"summary": "四道沟口", "place": {"description": "四道沟", "point": point}}
    said = entry("amendment", entry_id=incident, changes=changes, reason="实为四道沟")
    await officer.appended(incident, said)
    assert (await officer.read(f"/incidents/{incident}"))["place"]["description"] == "四道沟"
    after = await official.get(f"/incidents/{incident}")
    assert after.json() == before.json() | {"entries": before.json()["entries"] + 1}
    answer = await official.get(f"/incidents/{incident}/entries")
    assert "四道沟" not in answer.text
    [corrected] = [one for one in answer.json()["items"] if one["type"] == "amendment"]
    assert corrected["body"]["changes"] == {}
    # Beyond the edge of the cell it is another one.
    changes = {"place": {"point": point | {"longitude": 117.601}}}
    later = "2024-08-01T10:00:00+08:00"
    said = entry("amendment", later, entry_id=incident, changes=changes)
    await officer.appended(incident, said)
    shown = await official.read(f"/incidents/{incident}")
    assert shown["place"]["wgs84"] == {"longitude": 117.65, "latitude": 43.35}


async def test_a_tag_of_what_is_told_changes_with_that_alone(
    officer: Person, official: Person
) -> None:
    incident = await officer.opened()
    await identified(officer, incident, WOLF)
    path = f"/incidents/{incident}"
    tags = {"If-None-Match": (await official.get(path)).headers["etag"]}
    assert (await official.get(path, headers=tags)).status_code == 304
    await identified(officer, incident, CORMORANT, 31)
    assert (await official.get(path, headers=tags)).status_code == 200


async def test_what_another_version_made_is_hidden_as_well(
    officer: Person, official: Person, database: Database
) -> None:
    incident = await officer.opened()
    await identified(officer, incident, WOLF)
    before = await official.get(f"/incidents/{incident}")
    for damage in ("fold_version = 0", "document = document - 'animals'"):
        async with database.writing() as connection:
            await connection.execute(f"update incident set {damage}")
        after = await official.get(f"/incidents/{incident}")
        assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


async def test_what_is_told_is_checked_and_made_again_like_all_that_queries_read(
    officer: Person, official: Person, database: Database, settings: Settings, wildlife: Wildlife
) -> None:
    incident = await officer.opened()
    await identified(officer, incident, WOLF)
    assert "0 with differences" in (await wildlife("rebuild", "--check")).out
    for damage in ("location = point(117.542, 43.318)", "seen_in = '{15}'", "digest = 'x'"):
        for table in ("incident", "animal"):
            if table == "incident" or "digest" not in damage:
                async with database.writing() as connection:
                    hidden = f"update {table} set {damage} where view = 'generalized'"
                    await connection.execute(hidden)
                assert [one async for one in rebuilt(database, settings)] == [table]
    assert await told(official, incident) == CELL
    async with database.writing() as connection:
        await connection.execute("delete from incident where view = 'generalized'")
    assert (await official.get(f"/incidents/{incident}")).status_code == 404
    await wildlife("rebuild")
    assert await told(official, incident) == CELL
    assert "0 flaws" in (await wildlife("verify")).out


async def test_an_account_sees_an_incident_once_by_whatever_it_sees_most_of_it(
    officer: Person, other_officer: Person, official: Person, database: Database
) -> None:
    """An officer of 150425 who is an official for 1504 and 1507, too."""
    own, foreign = await officer.opened(), await other_officer.opened(rescue())
    await official_for(officer, database, "9901", "1504", "1507")
    await add_account(database, "both", "150425")
    async with database.writing() as connection:
        await connection.execute(
            """
            insert into appointment (account_id, role, station_id, sees_roads)
            select a.account_id, 'official', s.station_id, false from account a, station s
            where a.badge = 'both' and s.code = '9901'
            """
        )
    both = await Person.sign_in(officer.client, "both", DEMO_PASSWORD)
    for person, incident in ((officer, own), (other_officer, foreign)):
        await identified(person, incident, WOLF)
    assert await told(both, own) == POINT
    assert await told(both, foreign) == CELL
    assert len((await both.read("/incidents"))["items"]) == 2
    assert len((await both.read("/animals"))["items"]) == 2
    # What it writes is answered as to the officer that it is.
    said = await both.appended(own, entry("note", note="在三道沟"))
    assert (said["body"]["note"], bool(said["digest"])) == ("在三道沟", True)
    answer = await both.post(f"/incidents/{foreign}/entries", entry("note", note="在三道沟"))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_responsible")
    await officer.appended(own, entry("handover", station="150723"))
    assert await told(both, own) == POINT, "its station had a part in it"


async def test_a_duplicate_that_nobody_identified_is_hidden_as_its_original_may_be(
    officer: Person, official: Person
) -> None:
    first, second = await officer.opened(), await officer.opened()
    await identified(officer, first, WOLF)
    assert await told(official, second) == POINT
    closing = entry("closing", reason="duplicate", duplicate_of=first)
    await officer.appended(second, closing)
    shown = await official.read(f"/incidents/{second}")
    assert shown["place"]["wgs84"] == dict(zip(("longitude", "latitude"), CELL, strict=True))
    [named] = (await official.read(f"/incidents/{first}"))["duplicates"]
    assert named["id"] == second
    await officer.appended(second, entry("void", entry_id=closing["id"]))
    assert await told(official, second) == POINT


async def test_a_rescue_without_a_point_or_a_region_tells_where_its_station_lay(
    officer: Person, official: Person
) -> None:
    incident = await officer.opened(rescue(place={"description": "三道沟"}))
    await identified(officer, incident, WOLF)
    [listed] = (await official.read("/incidents"))["items"]
    assert (listed["region_code"], listed["longitude"]) == ("150425", None)
    assert (listed["generalized"], listed["coordinate_uncertainty_m"]) == (True, None)
    assert (await official.read(f"/incidents/{incident}"))["place"]["description"] is None


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [
        ("none", [POINT, POINT, POINT]),
        ("sanyou", [POINT, CELL, POINT]),
        ("species:canis_lupus", [CELL, POINT, POINT]),
        ("national_1, national_2,unidentified", [CELL, POINT, CELL]),
    ],
)
async def test_what_is_hidden_is_the_operator_s_to_say_and_a_rebuild_makes_it_so(
    officer: Person,
    official: Person,
    settings: Settings,
    database: Database,
    hidden: str,
    expected: list[list[float]],
) -> None:
    incidents = [await officer.opened() for _ in range(3)]
    await identified(officer, incidents[0], WOLF)
    await identified(officer, incidents[1], CORMORANT)
    places = [await told(official, one) for one in incidents]
    assert places == [CELL, POINT, POINT]
    otherwise = read_settings(to_environment(replace(settings, hidden_places=hidden)))
    tables = [table async for table in rebuilt(database, otherwise)]
    changed = [one for one, before in zip(expected, places, strict=True) if one != before]
    assert tables == ["animal", "incident"] * len(changed)
    assert [await told(official, one) for one in incidents] == expected
    assert [table async for table in rebuilt(database, otherwise)] == []
    for one, place in zip(incidents, expected, strict=True):
        assert await told(officer, one) == POINT
        async with database.reading() as connection:
            rows = await connection.fetchval(
                "select count(*) from incident where incident_id = $1::uuid", one
            )
        assert rows == 1 + (place == CELL)


class TestWhereTheUnidentifiedAreHidden:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return replace(settings, hidden_places="national_1,unidentified")

    async def test_an_opening_is_hidden_from_its_first_moment(
        self, officer: Person, official: Person
    ) -> None:
        incident = await officer.opened()
        assert await told(official, incident) == CELL
        for person in (officer, official):
            number = (await person.read(f"/incidents/{incident}"))["case_number"]
            for words, by in ((number, person), ("三道沟", officer)):
                assert len((await by.read("/incidents", params={"q": words}))["items"]) == 1
        assert (await official.read("/incidents?q=三道沟"))["items"] == []
        await identified(officer, incident, WOLF)
        assert await told(official, incident) == POINT, "only class I is hidden here"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("natoinal_1", "did you mean national_1?"),
        ("national_1;national_2", "no class of protection"),
        ("none,national_1", "'none' is no class of protection"),
        ("unlisted", "is no class of protection"),
        ("species:", "species:ID as in species:cervus_nippon"),
    ],
)
def test_a_class_that_there_is_not_is_refused_by_name(given: str, says: str) -> None:
    with pytest.raises(ValueError, match="WILDLIFE_HIDDEN_PLACES=") as raised:
        read_settings({"WILDLIFE_HIDDEN_PLACES": given})
    assert says in str(raised.value)


async def test_a_hidden_record_is_found_by_nothing_that_does_not_find_the_whole(
    officer: Person, official: Person, auditor: Person, database: Database
) -> None:
    """By the species' names in each language, shown or hidden; by codes and media types neither."""
    shown, hidden = await officer.opened(), await officer.opened()
    await identified(officer, shown, CORMORANT)
    await identified(officer, hidden, WOLF)
    await officer.appended(hidden, release())
    for incident, names in (
        (shown, ("普通鸬鹚", "Phalacrocorax carbo", "great cormorant")),
        (hidden, ("狼", "canis lupus", "wolf")),
    ):
        for name in names:
            for person in (officer, official, auditor):
                found = (await person.read("/incidents", params={"q": name}))["items"]
                assert [one["id"] for one in found] == [incident], (name, person.badge)
    async with database.reading() as connection:
        rows = await connection.fetch(
            "select view, search_text from incident where incident_id = $1::text::uuid", hidden
        )
    texts = {row["view"]: row["search_text"] for row in rows}
    assert texts.keys() == {"whole", "generalized"}
    words = texts["generalized"].split()
    assert words
    assert [one for one in words if one not in texts["whole"]] == []
