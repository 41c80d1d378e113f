"""The officials' queries: every filter, pages by key, JSON and GeoJSON, within what one may see."""

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from msgspec.structs import replace

from db.database import Database
from tests.lists.many import copy_rows
from tests.users import Person, entry, identification, release, rescue, road_hazard
from wildlife.lists.filters import Near
from wildlife.settings import Settings
from wildlife.words.datums import LonLat, distance_m


def at(longitude: float, latitude: float, **fields: Any) -> dict[str, Any]:
    """A place at these coordinates."""
    point = {"longitude": longitude, "latitude": latitude, "datum": "WGS84"}
    return {"description": "某处", "region_code": "150425", "point": point} | fields


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A service on which everybody is told of wolves where they were."""
    return replace(settings, hidden_places="none")


@pytest.fixture
async def wolves(officer: Person) -> list[str]:
    """Three wolves found on three days at three places, the last one released."""
    ids = []
    for day, place in ((1, at(117.5, 43.3)), (2, at(117.6, 43.3)), (3, at(118.5, 43.9))):
        incident_id = await officer.opened(
            rescue(
                found_at=f"2024-07-{day:02}T12:00:00+08:00",
                place=place,
                summary=f"牧民报告第{day}只狼被困在草原围栏里",
                animals=[{"reported_as": "狼"}],
            )
        )
        await officer.appended(incident_id, identification("canis_lupus"))
        ids.append(incident_id)
    await officer.appended(ids[2], release(site=at(119.0, 44.0, description="浑善达克")))
    return ids


async def found(person: Person, path: str, **parameters: Any) -> list[str]:
    """The incident ids that a list gives."""
    items = (await person.read(path, params=parameters))["items"]
    return [item.get("incident_id") or item["id"] for item in items]


FILTERS: list[tuple[dict[str, str], list[int]]] = [
    ({}, [2, 1, 0]),
    ({"from": "2024-07-02"}, [2, 1]),
    ({"to": "2024-07-02"}, [1, 0]),
    ({"from": "2024-07-02", "to": "2024-07-02"}, [1]),
    ({"from": "2024-07-02T12:00:00+08:00"}, [2, 1]),
    ({"from": "2024-07-02T12:00:01+08:00"}, [2]),
    ({"to": "2024-07-02T04:00:00Z"}, [0]),
    ({"region": "15"}, [2, 1, 0]),
    ({"region": "150425"}, [2, 1, 0]),
    ({"region": "150400"}, [2, 1, 0]),
    ({"region": "150000"}, [2, 1, 0]),
    ({"region": "1507"}, []),
    ({"station": "150425"}, [2, 1, 0]),
    ({"station": "150723"}, []),
    ({"species": "canis_lupus"}, [2, 1, 0]),
    ({"species": "phalacrocorax_carbo"}, []),
    ({"protection": "national_2"}, [2, 1, 0]),
    ({"protection": "sanyou"}, []),
    ({"bbox": "117.4,43.2,117.7,43.4"}, [1, 0]),
    ({"bbox": "117.5,43.3,117.5,43.3"}, [0]),
    ({"near": "117.5,43.3", "radius_m": "8000"}, [0]),
    ({"near": "117.5,43.3", "radius_m": "8200"}, [1, 0]),
    ({"q": "围栏"}, [2, 1, 0]),
    ({"q": "栏"}, [2, 1, 0]),
    ({"q": "第2只"}, [1]),
    ({"q": "Canis LUPUS"}, [2, 1, 0]),
    ({"q": "围里"}, []),
    ({"q": "100%"}, []),
    ({"q": "围_"}, []),
]


async def test_every_filter_finds_what_it_says(
    officer: Person, official: Person, wolves: list[str], subtests: pytest.Subtests
) -> None:
    for parameters, which in FILTERS:
        with subtests.test(parameters=parameters):
            expected = [wolves[n] for n in which]
            for person in (officer, official):
                assert await found(person, "/incidents", **parameters) == expected
                assert await found(person, "/animals", **parameters) == expected


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"from": "2024-07-03", "to": "2024-07-02"}, "to"),
        ({"from": "2024-07-02T12:00:00Z", "to": "2024-07-02T12:00:00Z"}, "to"),
        ({"station": "999999"}, "station"),
        ({"species": "麻雀"}, "species"),
    ],
)
async def test_what_can_find_nothing_whatever_there_is_is_refused_by_name(
    official: Person, parameters: dict[str, str], field: str
) -> None:
    for path in ("/animals", "/releases"):
        for language in ("en", "zh"):
            headers = {"Accept-Language": language}
            answer = await official.get(path, params=parameters, headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
            assert answer.json()["errors"][0]["field"] == field


async def test_states_and_kinds_are_filters_too(
    officer: Person, other_officer: Person, auditor: Person, wolves: list[str]
) -> None:
    hazard = await other_officer.opened(road_hazard())
    assert await found(auditor, "/incidents", kind="road_hazard") == [hazard]
    assert await found(auditor, "/incidents", kind="rescue", state="resolved") == [wolves[2]]
    assert await found(auditor, "/incidents", state="closed") == []
    assert await found(auditor, "/animals", state="released") == [wolves[2]]
    assert await found(auditor, "/animals", state="in_care") == [wolves[1], wolves[0]]
    assert await found(auditor, "/hazards", state="discovered", passability="blocked") == [hazard]
    assert await found(auditor, "/hazards", type="ice") == []


async def test_releases_are_found_by_the_day_and_place_of_the_release(
    official: Person, wolves: list[str]
) -> None:
    assert await found(official, "/releases") == [wolves[2]]
    assert await found(official, "/releases", **{"from": "2024-08-04"}) == [wolves[2]]
    assert await found(official, "/releases", to="2024-08-03") == []
    assert await found(official, "/releases", near="119,44", radius_m="100") == [wolves[2]]
    assert await found(official, "/releases", near="118.5,43.9", radius_m="100") == []
    assert await found(official, "/releases", q="浑善达克", protection="national_2") == [wolves[2]]


async def test_a_case_number_is_found_by_its_beginning(officer: Person, wolves: list[str]) -> None:
    number = (await officer.read(f"/incidents/{wolves[1]}"))["case_number"]
    assert await found(officer, "/incidents", q=number) == [wolves[1]]
    assert await found(officer, "/incidents", q=number[:10]) == wolves[::-1]


async def test_what_was_noted_later_is_found_also_where_it_was_voided(officer: Person) -> None:
    incident_id = await officer.opened()
    note = entry("note", note="右翅有红色环志")
    await officer.appended(incident_id, note)
    assert await found(officer, "/incidents", q="环志") == [incident_id]
    await officer.appended(incident_id, entry("void", entry_id=note["id"]))
    assert await found(officer, "/incidents", q="环志") == [incident_id]


async def test_an_informant_is_not_found_by_a_search(officer: Person) -> None:
    await officer.opened()
    assert await found(officer, "/incidents", q="王建国") == []
    assert await found(officer, "/incidents", q="13800000000") == []


async def test_pages_follow_one_another_without_a_gap_whatever_comes_in_between(
    officer: Person,
) -> None:
    """Twelve of them were found at the same moment, so that only the id tells them apart."""
    ids = {await officer.opened() for _ in range(12)}
    for path in ("/incidents", "/animals"):
        seen: list[str] = []
        cursor: str | None = None
        while True:
            parameters = {"limit": "5"} | ({"cursor": cursor} if cursor else {})
            page = await officer.read(path, params=parameters)
            seen += [item.get("incident_id") or item["id"] for item in page["items"]]
            await officer.opened(rescue(found_at="2024-08-01T00:00:00+08:00"))
            if (cursor := page["next_cursor"]) is None:
                break
        assert [one for one in seen if one in ids] == sorted(ids, reverse=True)
        assert len(seen) == len(set(seen))


async def test_lists_are_geojson_for_who_asks_for_it(
    official: Person, wolves: list[str], other_officer: Person, officer: Person
) -> None:
    await officer.opened(rescue(place={"description": "没有坐标", "region_code": "150425"}))
    by_parameter = await official.get("/incidents", params={"format": "geojson"})
    by_header = await official.get("/incidents", headers={"Accept": "application/geo+json"})
    collection = by_parameter.json()
    assert by_header.json() == collection | {"timeStamp": by_header.json()["timeStamp"]}
    assert by_parameter.headers["content-type"] == "application/geo+json"
    assert collection["type"] == "FeatureCollection"
    assert collection["next_cursor"] is None
    without, first = collection["features"][0], collection["features"][1]
    assert without["geometry"] is None
    assert first["type"] == "Feature"
    assert first["id"] == wolves[2]
    assert first["geometry"] == {"type": "Point", "coordinates": [118.5, 43.9]}
    assert first["properties"]["species"] == ["狼"]
    assert "longitude" not in first["properties"]


async def test_a_feature_says_of_a_thing_what_a_line_of_the_list_says(
    officer: Person, other_officer: Person
) -> None:
    incident = await officer.opened()
    await officer.appended(incident, identification())
    await officer.appended(incident, release())
    await other_officer.opened(road_hazard())
    for person, path in (
        (officer, "/incidents"),
        (officer, "/animals"),
        (officer, "/releases"),
        (other_officer, "/hazards"),
    ):
        [item] = (await person.read(path))["items"]
        [feature] = (await person.read(path, params={"format": "geojson"}))["features"]
        longitude, latitude = item.pop("longitude"), item.pop("latitude")
        assert feature["geometry"] == {"type": "Point", "coordinates": [longitude, latitude]}
        assert feature["properties"] == item
        assert feature["id"].startswith(item.get("id", incident if path == "/animals" else ""))


async def test_a_point_in_another_datum_is_found_where_it_is(other_officer: Person) -> None:
    """GCJ-02 coordinates are some 500 m off; the query knows."""
    incident_id = await other_officer.opened(road_hazard())
    shown = (await other_officer.read(f"/incidents/{incident_id}"))["place"]["wgs84"]
    here = f"{shown['longitude']},{shown['latitude']}"
    assert await found(other_officer, "/hazards", near=here, radius_m="1") == [incident_id]
    assert await found(other_officer, "/hazards", near="122.35,50.62", radius_m="300") == []


async def test_one_sees_the_own_station_and_those_below_it(
    officer: Person, database: Database, client: Any
) -> None:
    """A branch above both stations: its officers read what their stations opened."""
    incident_id = await officer.opened()
    async with database.writing() as connection:
        await connection.execute(
            """
            with branch as (
                insert into station (station_id, code, name, kind, region_code)
                values (gen_random_uuid(), '15042500', '克什克腾旗分局', 'police_branch', '150425')
                returning station_id
            ), moved as (
                update station set parent_id = (select station_id from branch)
                where code = '150425'
            ), added as (
                insert into account (account_id, badge, name, password_hash)
                select gen_random_uuid(), '15042500001', '分局民警', password_hash
                from account where badge = '150425001'
                returning account_id
            )
            insert into appointment (account_id, role, station_id)
            select account_id, 'officer', station_id from added, branch
            """
        )
    above = await Person.sign_in(client, "15042500001", "demo-only")
    assert await found(above, "/incidents") == [incident_id]
    assert (await above.get(f"/incidents/{incident_id}")).status_code == 200
    answer = await above.post(f"/incidents/{incident_id}/entries", entry("note", note="x"))
    assert answer.status_code == 403, "who only reads an incident can't append to it"
    assert answer.json()["code"] == "not_responsible"


async def test_the_hottest_queries_use_their_indexes(officer: Person, database: Database) -> None:
    """With many rows, a page of the newest is read from an index, not sorted out of the table."""
    incident_id = await officer.opened()
    async with database.transaction() as connection:
        otherwise = {
            "incident_id": "gen_random_uuid()",
            "found_at": "t.found_at - n * interval '1 minute'",
            "station_ids": "array[md5(n % 500 || '')::uuid]",
            "seen_in": "array['99', '99' || n % 500]",
            "species_id": "'species_' || n % 500",
        }
        await copy_rows(connection, "animal", incident_id, 20_000, otherwise)
        await connection.execute("analyze animal")
        for condition, index in (
            ("true", "animal_found"),
            ("species_id = 'species_7'", "animal_species"),
            ("station_ids && array[md5('7')::uuid]", "animal_station_ids"),
            ("seen_in && array['997']", "animal_seen_in"),
            ("(station_ids && array[md5('7')::uuid] or seen_in && array['997'])", "animal_seen_in"),
            ("(station_ids && array[md5('7')::uuid] or seen_in && array['99'])", "animal_found"),
            ("location <@ box(point(117,43),point(117.1,43.1))", "animal_location"),
        ):
            plan = await connection.fetch(
                f"explain select * from animal where {condition} and duplicate_of is null"
                " order by found_at desc, incident_id desc, number desc limit 50"
            )
            assert index in str(plan), (condition, plan)


@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(1, 1_000_000), st.floats(0, 2 * math.pi))
@examples(max_examples=500, suppress_health_check=list(HealthCheck))
def test_the_box_of_a_circle_holds_the_whole_circle(
    longitude: float, latitude: float, radius_m: float, direction: float
) -> None:
    box = Near(longitude, latitude, radius_m).box()
    (east, north), (west, south) = box.high, box.low
    # A point on the circle, by the destination formula.
    angle = radius_m * 0.999_999 / 6_371_008.8
    lat = math.radians(latitude)
    lat2 = math.asin(
        min(1, max(-1, math.sin(lat) * math.cos(angle)
        + math.cos(lat) * math.sin(angle) * math.cos(direction)))
    )  # fmt: skip
    lon2 = math.radians(longitude) + math.atan2(
        math.sin(direction) * math.sin(angle) * math.cos(lat),
        math.cos(angle) - math.sin(lat) * math.sin(lat2),
    )
    there = LonLat((math.degrees(lon2) + 540) % 360 - 180, math.degrees(lat2))
    if distance_m(LonLat(longitude, latitude), there) <= radius_m:
        assert west - 1e-9 <= there.longitude <= east + 1e-9
        assert south - 1e-9 <= there.latitude <= north + 1e-9
