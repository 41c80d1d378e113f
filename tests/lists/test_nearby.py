"""What may be the same incident: near, at about the same time, told in like words."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from asyncpg import Record

from db.connection import Connection
from db.database import Database
from tests.lists.many import copy_rows
from tests.users import Person, entry, rescue, road_hazard
from wildlife.lists.filters import Near
from wildlife.lists.nearby import NEARBY, AskedNearby, Sought, arguments
from wildlife.people.accounts import Actor, Appointment
from wildlife.people.codes import Role
from wildlife.people.may import Scope, Verb
from wildlife.words.datums import LonLat, from_wgs84
from wildlife.words.vocabularies import Datum

LONGITUDE, LATITUDE = 117.542, 43.318
ASKED = {
    "kind": "rescue",
    "near": f"{LONGITUDE},{LATITUDE}",
    "datum": "WGS84",
    "found_at": "2024-07-29T15:20:00+08:00",
}


def bird(east: float = 0, at: str = "29T15:20", **changes: Any) -> dict[str, Any]:
    """The opening of a rescue so many degrees east, found on that day of July."""
    point = {"longitude": LONGITUDE + east, "latitude": LATITUDE, "datum": "WGS84"}
    place = {"description": "大局子林场三道沟", "region_code": "150425", "point": point}
    return rescue(place=place, found_at=f"2024-07-{at}:00+08:00") | changes


async def near(person: Person, **asked: Any) -> list[dict[str, Any]]:
    """What is suggested."""
    items: list[dict[str, Any]] = (await person.read("/incidents/nearby", params=asked))["items"]
    return items


async def test_it_is_said_how_far_off_and_how_long_apart(officer: Person) -> None:
    there = bird(east=0.01, at="30T09:50")
    await officer.opened(there)
    [found] = await near(officer, **ASKED, words="长嘴巴怪鸟")
    assert found["id"] == there["id"]
    assert found["distance_m"] == pytest.approx(809, abs=1)
    assert found["hours_apart"] == 18.5
    assert found["words_in_common"] == 1
    assert found["summary"] == there["summary"]
    assert found["place"] == "大局子林场三道沟"
    assert found["station"] == "大局子森林派出所"
    assert found["state"] == "open"


async def test_nearer_sooner_and_in_like_words_comes_first(officer: Person) -> None:
    far = await officer.opened(bird(east=0.02))
    near_by = await officer.opened(bird(east=0.001))
    assert [one["id"] for one in await near(officer, **ASKED)] == [near_by, far]
    late = await officer.opened(bird(east=0.001, at="31T15:20"))
    assert [one["id"] for one in await near(officer, **ASKED)] == [near_by, far, late]
    alike = await officer.opened(bird(east=0.02, summary="护林员说有大雁翅膀受伤"))
    found = await near(officer, **ASKED, words="大雁翅膀受伤")
    assert [one["id"] for one in found] == [alike, near_by, far, late]
    assert [one["words_in_common"] for one in found] == [1, 0, 0, 0]
    assert [one["id"] for one in await near(officer, **ASKED, limit=1)] == [near_by]


async def test_other_kinds_places_and_days_are_not_suggested(officer: Person) -> None:
    await officer.opened(bird(east=0.1))
    await officer.opened(bird(at="20T15:20"))
    await officer.opened(rescue(place={"description": "没有坐标"}))
    place = bird()["place"]
    await officer.opened(road_hazard(place=place, found_at=ASKED["found_at"]))
    assert await near(officer, **ASKED) == []
    assert len(await near(officer, **ASKED, radius_m=10_000)) == 1
    assert len(await near(officer, **ASKED, days=10)) == 1
    assert len(await near(officer, **ASKED | {"kind": "road_hazard"})) == 1


async def test_only_what_one_may_see_is_suggested(
    officer: Person, other_officer: Person, official: Person
) -> None:
    await officer.opened(bird())
    assert len(await near(officer, **ASKED)) == len(await near(official, **ASKED)) == 1
    assert await near(other_officer, **ASKED) == []


async def test_a_point_of_another_datum_is_looked_for_where_it_is(officer: Person) -> None:
    await officer.opened(bird())
    for datum in Datum:
        shown = from_wgs84(LonLat(LONGITUDE, LATITUDE), datum)
        where = {"near": f"{shown.longitude:.7f},{shown.latitude:.7f}", "datum": datum.value}
        [found] = await near(officer, **ASKED | where)
        assert found["distance_m"] < 0.2, datum


async def test_an_incident_that_is_there_is_asked_about_by_its_id(
    officer: Person, other_officer: Person
) -> None:
    first, second, third = [await officer.opened(bird(east=n / 1000)) for n in range(3)]
    found = await near(officer, incident=first)
    assert [one["id"] for one in found] == [second, third]
    assert found[0]["words_in_common"] == 1
    # What is closed already is not suggested again, and its original still is.
    closing = entry("closing", reason="duplicate", duplicate_of=second)
    await officer.appended(first, closing)
    assert [one["id"] for one in await near(officer, incident=first)] == [second, third]
    assert [one["id"] for one in await near(officer, incident=third)] == [second]
    # What is said beside the id counts in place of the incident's own.
    there = f"{LONGITUDE + 0.002},{LATITUDE}"
    assert [
        one["id"] for one in await near(officer, incident=first, near=there, datum="WGS84")
    ] == [third, second]
    answer = await other_officer.get("/incidents/nearby", params={"incident": first})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_incident")


@pytest.mark.parametrize("missing", ["kind", "near", "datum", "found_at"])
async def test_what_has_to_be_known_is_asked_for_by_name(officer: Person, missing: str) -> None:
    asked = {name: value for name, value in ASKED.items() if name != missing}
    answer = await officer.get("/incidents/nearby", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "missing_parameter")
    assert [error["field"] for error in answer.json()["errors"]] == [missing]


async def test_of_an_incident_without_a_point_the_point_is_asked_for(officer: Person) -> None:
    incident = await officer.opened(rescue(place={"description": "没有坐标"}))
    answer = await officer.get("/incidents/nearby", params={"incident": incident})
    assert [error["field"] for error in answer.json()["errors"]] == ["near", "datum"]
    assert await near(officer, incident=incident, near=ASKED["near"], datum="WGS84") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "earthquake"),
        ("near", "117"),
        ("near", "200,43"),
        ("found_at", "2024-07-29T15:20:00"),
        ("datum", "XIAN80"),
        ("radius_m", "20001"),
        ("radius_m", "nan"),
        ("days", "31"),
        ("incident", "150425-20240729-001"),
    ],
)
async def test_what_can_not_be_meant_is_refused_by_name(
    officer: Person, name: str, value: str
) -> None:
    answer = await officer.get("/incidents/nearby", params=ASKED | {name: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")
    assert answer.json()["errors"][0]["field"] == name


async def test_times_at_the_ends_of_the_calendar_are_near_nothing(officer: Person) -> None:
    await officer.opened(bird())
    for far in ("0001-01-01", "0001-01-02T00:00:00Z", "9999-12-30T00:00:00Z"):
        answer = await officer.get("/incidents/nearby", params=ASKED | {"found_at": far})
        assert answer.status_code in (200, 400), answer.text


async def test_an_index_finds_what_is_near_among_many(officer: Person, database: Database) -> None:
    """For an officer and for who sees all, and whether the point or the time tells more."""
    incident = await officer.opened(bird())
    async with database.transaction() as connection:
        otherwise = {
            "incident_id": "gen_random_uuid()",
            "found_at": "t.found_at - n * interval '1 minute'",
            "location": "point(100 + n % 200 / 10.0, 30 + n / 200 / 10.0)",
        }
        await copy_rows(connection, "incident", incident, 20_000, otherwise)
        await connection.execute("analyze incident")
        held = await connection.fetchval(
            "select station_ids from incident where incident_id = $1", UUID(incident)
        )
        for scope in (Scope(stations=held), Scope(seen_in=["1504"]), Scope(everything=True)):
            plan = str(await explained(connection, scope))
            assert "Seq Scan on incident" not in plan, (scope, plan)
            assert "incident_location" in plan or "incident_found" in plan, (scope, plan)


async def explained(connection: Connection, scope: Scope) -> list[Record]:
    """How the very statement is answered for who sees this much."""
    actor = Actor(
        account_id=uuid4(),
        session_id=None,
        badge="0",
        name="0",
        appointments=[
            Appointment(
                role=Role.OFFICER, station=None, region_code=None, sees_roads=False, scope=scope
            )
        ],
        sees_originals=False,
        verbs=(Verb.READ,),
    )
    at = datetime.fromisoformat(ASKED["found_at"])
    sought = Sought("rescue", Near(LONGITUDE, LATITUDE, 3000), at, ["怪鸟"])
    values = arguments(actor, sought, AskedNearby())
    return await connection.fetch(f"explain {NEARBY.text}", *NEARBY._numbered(values))


async def test_a_point_that_says_nothing_is_refused_by_name(officer: Person) -> None:
    for near in ("", " "):
        asked = {"kind": "rescue", "datum": "WGS84", "near": near, "found_at": "2024-07-29"}
        answer = await officer.get("/incidents/nearby", params=asked)
        assert answer.status_code == 400, answer.text
        assert [one["field"] for one in answer.json()["errors"]] == ["near"]
