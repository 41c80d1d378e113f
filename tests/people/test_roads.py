"""Road incidents are for the police: an official sees them where that is granted, and nowhere else,
whichever way one asks."""

import re
from uuid import uuid4

import pytest

from db.database import Database
from tests.changes.readers import in_place
from tests.exports.made import done
from tests.people.matrix import MATRIX, routes
from tests.people.world import appointed, official_for
from tests.pictures import encoded, noise
from tests.users import Person, entry, road_hazard

JPEG = encoded(noise(40, 30))

# Routes that read records, and how each is asked so that it could tell of a road incident.
LISTS = {
    "GET /incidents": {},
    "GET /animals": {},
    "GET /releases": {},
    "GET /hazards": {},
    "GET /transfers": {},
    "GET /photos": {},
    "GET /changes": {},
    "GET /incidents/nearby": {
        "kind": "road_hazard",
        "found_at": "2024-08-04",
        "near": "122.35,50.62",
        "datum": "GCJ02",
    },
}
OF_ONE = {
    "GET /incidents/{incident_id}",
    "GET /incidents/{incident_id}/entries",
    "GET /incidents/{incident_id}/photos",
    "GET /incidents/{incident_id}/photos/{photo_id}",
    "GET /incidents/{incident_id}/photos/{photo_id}/original",
    "GET /incidents/{incident_id}/photos/{photo_id}/thumbnail",
    "GET /incidents/{incident_id}/photos/{photo_id}/screen",
    "GET /incidents/{incident_id}/papers",
    "GET /incidents/{incident_id}/papers/{paper}",
}
# How many roads each counts of one that is seen.
COUNTS = {
    "GET /statistics/incidents": 1,
    "GET /statistics/animals": 0,
    "GET /statistics/releases": 0,
    "GET /statistics/transfers": 0,
    "GET /statistics/hazards": 1,
}
UNSEARCHED = {"GET /incidents/nearby", "GET /changes"}
SEARCHES = {f"POST {one.removeprefix('GET ')}/search" for one in {*LISTS} - UNSEARCHED}
SEARCHED_COUNTS = {f"{one.replace('GET', 'POST', 1)}/search": one for one in COUNTS}
OTHERWISE = {
    *("POST /receipts", "POST /feeds", "GET /reports/annual"),
    *("GET /photos/archive", "POST /photos/archive/search"),
    *("POST /exports", "GET /exports/{export_id}/file"),
    *("POST /subscriptions", "POST /subscriptions/{subscription_id}/restart"),
}
"""Subscriptions are told what `GET /changes` answers (tests/subscriptions), the annual report is of
animals alone, and an archive has what `GET /photos` lists."""


def test_every_route_that_an_official_reads_records_by_is_asked() -> None:
    official, admin = 5, 10  # in the matrix; whatever else an official may, everybody may
    reads = {
        route for route, told in MATRIX.items() if told[official] != 403 and told[admin] == 403
    }
    reads |= {route for route in routes() if route.endswith("/original")}
    assert (
        reads
        == LISTS.keys() | SEARCHES | COUNTS.keys() | SEARCHED_COUNTS.keys() | OF_ONE | OTHERWISE
    )


@pytest.mark.parametrize("by", ["region", "unit"])
async def test_an_official_sees_a_road_only_where_that_is_granted(
    other_officer: Person, database: Database, by: str
) -> None:
    rescue, photo = await other_officer.opened(), uuid4()
    road = await other_officer.opened(road_hazard())
    await other_officer.put_photo(road, JPEG, photo)
    regions, units = (("1504", "1507"), ()) if by == "region" else ((), ("150723",))
    for grant in (False, True):
        code = f"99{int(grant):02}"
        official = await official_for(
            other_officer, database, code, *regions, units=units, sees_roads=grant
        )
        assert (await official.get(f"/incidents/{rescue}")).status_code == 200
        await in_place(official)
        for route, asked in LISTS.items():
            text = (await official.get(route.partition(" ")[2], params=asked)).text
            is_of_roads = route not in ("GET /animals", "GET /releases", "GET /transfers")
            assert (road in text) == (grant and is_of_roads), (route, grant)
            if (search := f"{route.replace('GET', 'POST', 1)}/search") in SEARCHES:
                found = (await official.post(search.partition(" ")[2], asked)).text
                assert (road in found) == (road in text), (search, grant)
        for route, roads in COUNTS.items():
            where = {"region": "1507", "from": "2024-08-01"}
            told = await official.read(route.partition(" ")[2], params=where)
            assert told["total"]["count"] == grant * roads, route
            searched = await official.post(f"{route.partition(' ')[2]}/search", where)
            assert searched.json()["total"] == told["total"], route
        # What is asked for by whatever words is not found, either.
        for query in ("q=克一河", "region=150723", "station=150723", "kind=road_hazard"):
            assert (road in (await official.get(f"/incidents?{query}")).text) == grant, query
        for route in OF_ONE:
            path = route.partition(" ")[2]
            path = path.format(incident_id=road, photo_id=photo, paper="clearance_form")
            answer = await official.get(path)
            permitted = 403 if path.endswith("/original") else 200
            assert answer.status_code == (permitted if grant else 404), route
        held = (await official.post("/receipts", {"ids": [road], "sha256": []})).json()
        assert held["ids"] == ([road] if grant else [])
        asked = {"id": str(uuid4()), "name": "险情", "address": "/api/v1/hazards?format=csv"}
        feed = (await official.post("/feeds", asked)).json()
        login = feed["id"], feed["password"]
        fetched = await official.client.get(f"/api/v1/feeds/{feed['id']}", auth=login)
        assert fetched.status_code == 200
        assert (road in fetched.text) == grant
        export = await done(official, asked["address"])
        file = await official.get(f"/exports/{export['id']}/file")
        assert file.content == fetched.content


async def test_no_other_incident_tells_an_official_of_a_road(
    officer: Person, other_officer: Person, database: Database
) -> None:
    """The duplicates of an incident, and the photos that look like one of its own."""
    rescue, road = await other_officer.opened(), await other_officer.opened(road_hazard())
    mine, theirs = uuid4(), uuid4()
    await other_officer.put_photo(rescue, JPEG, mine)
    await other_officer.put_photo(road, JPEG, theirs)
    closing = entry("closing", "2024-08-06T10:00:00+08:00", reason="duplicate", duplicate_of=rescue)
    await other_officer.appended(road, closing)
    for incident in (rescue, road):
        photo = mine if incident == rescue else theirs
        await other_officer.get(f"/incidents/{incident}/photos/{photo}/screen")
    for grant in (False, True):
        official = await official_for(
            officer, database, f"99{int(grant):02}", "1507", sees_roads=grant
        )
        for path in ("", "/photos", f"/photos/{mine}"):
            text = (await official.get(f"/incidents/{rescue}{path}")).text
            assert grant or not re.search(f"{road}|{theirs}", text), path


async def test_a_grant_is_of_one_appointment_and_reaches_no_further(
    officer: Person, other_officer: Person, database: Database
) -> None:
    here = await officer.opened(
        road_hazard(place={"description": "三道沟", "region_code": "150425"})
    )
    there = await other_officer.opened(road_hazard())
    official = await official_for(officer, database, "9900", "1504", sees_roads=False)
    official = await appointed(official, database, "official", "150723", sees_roads=True)
    listed = {one["incident_id"] for one in (await official.read("/hazards"))["items"]}
    assert listed == {there}
    assert (await official.get(f"/incidents/{here}")).status_code == 404
