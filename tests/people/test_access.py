"""Who may see and do what: every route, every role, one's own incidents and those of others."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from db.database import Database
from tests.accesses.reading import today
from tests.people.matrix import MATRIX, routes
from tests.pictures import encoded, noise
from tests.tus import PART, any_creation
from tests.uploading import began_upload
from tests.users import (
    API,
    Person,
    add_account,
    entry,
    identification,
    put_unit,
    release,
    rescue,
    road_hazard,
)
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role, StationKind

JPEG = encoded(noise(40, 30))

# Who asks, of an incident of 大局子森林派出所 (150425): an officer of that station, of the branch
# above it, of a station elsewhere; the chief of the branch above it, of that station elsewhere, who
# only is that; an official of its region, one of another; somebody of a rescue centre, and of the
# one that its animal went to; the auditor, the administrator; and somebody at the station, in a
# role of which nobody decided anything. Then, of one that was handed over to the station elsewhere,
# an officer of either station; and of one whose animal the centre handed on, somebody of that.
ROLES = (
    *("own", "above", "elsewhere", "chief above", "chief elsewhere", "official", "far official"),
    *("rescuer", "custodian", "auditor", "admin", "undecided"),
    *("handed over", "took over", "handed on"),
)

# What is sent to manage people, which changes nothing.
_OFFICER: dict[str, Any] = {"role": "officer", "station": "150425"}
ASKED: dict[str, dict[str, str]] = {
    "GET /species": {"q": "鸬鹚"},
    "GET /reports/annual": {"year": "2024"},
    "GET /incidents/nearby": {
        "kind": "rescue",
        "found_at": "2024-07-29",
        "near": "117.5,43.3",
        "datum": "WGS84",
    },
}
"""What a question has to say."""

MANAGING: dict[str, dict[str, Any]] = {
    "POST /accounts": {
        "json": _OFFICER | {"badge": "150425009", "name": "某", "password": "password"}
    },
    "PATCH /accounts/{badge}": {"json": {"name": "大局子民警二"}},
    "PUT /accounts/{badge}/password": {"json": {"password": "password"}},
    "POST /accounts/{badge}/appointments": {"json": _OFFICER},
    "DELETE /accounts/{badge}/appointments": {"params": {"role": "chief"}},
    "POST /stations": {"json": {"code": "15042509", "name": " ", "kind": "police_station"}},
    "PATCH /stations/{station_code}": {"json": {"kind": "police_station"}},
}


class Unread:
    """A body that is announced as long as one likes, and says whether anybody read of it."""

    def __init__(self) -> None:
        self.read = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.read = True
        yield b"{"


@pytest.fixture
async def people(
    officer: Person,
    other_officer: Person,
    official: Person,
    rescuer: Person,
    auditor: Person,
    admin: Person,
    database: Database,
) -> dict[str, Person]:
    """ROLES. 大局子 is made a station below 克什克腾旗, and that one below 赤峰."""
    for code, kind, region, parent in (
        ("15040000", StationKind.POLICE_BRANCH, "1504", None),
        ("15042500", StationKind.POLICE_BRANCH, "150425", "15040000"),
        ("150425", StationKind.POLICE_STATION, "150425", "15042500"),
        ("1507", StationKind.ADMINISTRATION, "1507", None),
    ):
        await put_unit(database, code, kind=kind, region=region, parent=parent)

    async def signed_in(badge: str, station: str, role: Role = Role.OFFICER) -> Person:
        await add_account(database, badge, station, role=role)
        return await Person.sign_in(officer.client, badge, DEMO_PASSWORD)

    above = await signed_in("150400001", "15040000")
    chief = await signed_in("150400000", "15040000", Role.CHIEF)
    far_chief = await signed_in("150723000", "150723", Role.CHIEF)
    far = await signed_in("LC1507", "1507", Role.OFFICIAL)
    far_rescuer = await signed_in("JH002", "15040000", Role.RESCUER)
    undecided = await signed_in("150425077", "150425")
    async with database.transaction() as connection:
        await connection.execute(
            "update appointment p set role = 'inspector' from account a"
            " where a.account_id = p.account_id and a.badge = $1",
            undecided.badge,
        )
    after = [
        await Person.sign_in(officer.client, badge, DEMO_PASSWORD)
        for badge in ("150425001", "150723001", "JH001")
    ]
    everybody = (
        *(officer, above, other_officer, chief, far_chief, official, far),
        *(far_rescuer, rescuer, auditor, admin, undecided, *after),
    )
    return dict(zip(ROLES, everybody, strict=True))


async def seen_by(person: Person, path: str, key: str = "incident_id", **filters: str) -> set[str]:
    """The incidents in a list."""
    return {item[key] for item in (await person.read(path, params=filters))["items"]}


def test_somebody_decided_who_may_use_every_route() -> None:
    assert routes() == set(MATRIX)


async def test_nobody_is_heard_before_they_say_who_they_are(
    client: AsyncClient, officer: Person
) -> None:
    ids = {
        "incident_id": await officer.opened(),
        "photo_id": str(uuid4()),
        "upload_id": str(uuid4()),
        "device_id": str(uuid4()),
        "feed_id": str(uuid4()),
        "export_id": str(uuid4()),
        "subscription_id": str(uuid4()),
        "refused_id": str(uuid4()),
    }
    for route in routes():
        method, path = route.split()
        path = re.sub(r"\{(\w+)\}", lambda match: ids.get(match[1], "x"), path)
        headers: dict[str, str]
        for headers, code in (
            ({}, "unauthenticated"),
            ({"Content-Length": "1000000000000"}, "unauthenticated"),
            ({"Authorization": "Bearer of bad news"}, "invalid_token"),
            ({"Content-Type": "multipart/form-data", "Content-Length": "-1"}, "unauthenticated"),
        ):
            body = Unread()
            answer = await client.request(method, f"{API}{path}", content=body, headers=headers)
            assert answer.status_code == 401, route
            assert method == "HEAD" or answer.json()["code"] == code, route
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            assert not body.read, route


def content_of(route: str, incident: str) -> dict[str, Any]:
    """What a request of this route is sent with."""
    if route == "POST /incidents":
        return {"json": rescue()}
    if route.endswith("/entries") and route.startswith("POST "):
        return {"json": entry("note", note="羽毛已干")}
    if route == "PUT /session/password":
        return {"json": {"password": DEMO_PASSWORD, "new_password": "password"}}
    if route in MANAGING:
        return MANAGING[route]
    if route.startswith("PUT "):
        return {"content": JPEG}
    if route == "POST /devices":
        return {"json": {"id": str(uuid4()), "name": " "}}
    if route == "POST /feeds":
        asked = {"id": str(uuid4()), "name": "每日放归", "address": f"{API}/releases"}
        return {"json": asked}
    if route == "POST /exports":
        return {"json": {"id": str(uuid4()), "address": f"{API}/releases"}}
    if route == "POST /subscriptions":
        asked = {"id": str(uuid4()), "name": "省厅平台", "address": f"{API}/releases"}
        return {"json": asked | {"destination": "https://localhost/"}}
    if route.endswith(("/accept", "/restart")):
        return {"json": {}}
    if route.endswith("/dismiss"):
        return {"json": {"reason": "test"}}
    if route == "GET /species":
        return {"params": {"q": "鸬鹚"}}
    if route == "GET /reports/annual":
        return {"params": {"year": "2024"}}
    if route == "GET /incidents/nearby":
        where = {"near": "117.5,43.3", "datum": "WGS84"}
        return {"params": {"kind": "rescue", "found_at": "2024-07-29"} | where}
    if route == "POST /sync":
        return {"json": {"items": [{"incident_id": incident, "entry": entry("note", note="x")}]}}
    if route == "POST /receipts":
        return {"json": {"ids": [incident]}}
    if route.endswith("/search"):
        return {"json": {"duplicates": "include"}}
    if route == "POST /uploads":
        return {"headers": any_creation(incident)}
    if "/uploads/" in route:
        return {"headers": PART | {"Upload-Offset": "0"}}
    return {}


async def test_each_role_may_do_at_every_route_what_was_decided(
    people: dict[str, Person],
) -> None:
    outcomes: dict[str, list[int]] = {route: [] for route in MATRIX}
    reporter = await Person.sign_in(people["own"].client, "150425001", DEMO_PASSWORD)
    roles: set[str] = set()
    for name, person in people.items():
        photo, incident = uuid4(), await reporter.opened()
        await reporter.put_photo(incident, JPEG, photo)
        centre = {"recipient": "救护站", "station": "15040201"}
        to_it = entry("transfer", animal=1, **centre)
        await reporter.appended(incident, to_it)
        if name == "handed on":
            zoo = {"entry_id": to_it["id"], "recipient": "动物园"}
            on = entry("transfer", "2024-07-31T10:00:00+08:00", animal=1, **zoo)
            await reporter.appended(incident, on)
        ids = {
            "incident_id": incident,
            "photo_id": str(photo),
            "species_id": "phalacrocorax_carbo",
            "upload_id": await began_upload(reporter, incident),
            "device_id": str(uuid4()),
            "feed_id": str(uuid4()),
            "export_id": str(uuid4()),
            "subscription_id": str(uuid4()),
            "refused_id": str(uuid4()),
            "badge": "150425002",
            "station_code": "150425",
            "day": today(),
            "paper": "rescue_form",
            "level": "0",
            "index": "000.p/1",
        }
        if name in ("handed over", "took over"):
            await reporter.appended(incident, entry("handover", station="150723"))
        if name != "undecided":
            appointments = (await person.read("/session"))["appointments"]
            roles |= {one["role"] for one in appointments}
        # What takes something away comes last, and most of all the person's own session.
        for route in sorted(MATRIX, key=lambda r: (r == "DELETE /session", "DELETE" in r)):
            method, path = route.split()
            if method == "PUT" and "{photo_id}" in path:
                path = path.replace("{photo_id}", str(uuid4()))
            content = content_of(route, incident)
            answer = await person.request(method, path.format(**ids), **content)
            outcomes[route].append(answer.status_code)
    assert {route: tuple(statuses) for route, statuses in outcomes.items()} == MATRIX
    assert roles == {*Role}, "each has a column"


async def test_who_may_not_write_is_told_before_the_body_is_read(
    official: Person, admin: Person, other_officer: Person, officer: Person
) -> None:
    incident = await officer.opened()
    photo = f"/incidents/{incident}/photos/{uuid4()}"
    for person, method, path, status in (
        (official, "POST", "/incidents", 403),
        (admin, "POST", f"/incidents/{incident}/entries", 403),
        (official, "PUT", photo, 403),
        (other_officer, "PUT", photo, 404),
    ):
        body = Unread()
        answer = await person.request(method, path, content=body)
        assert answer.status_code == status
        assert not body.read
    answer = await official.post("/incidents", rescue())
    assert answer.json()["code"] == "forbidden"
    assert "officer" in answer.json()["detail"]


async def test_lists_show_what_their_reader_may_see(people: dict[str, Person]) -> None:
    own, elsewhere = people["own"], people["elsewhere"]
    # A release here; a bird found by the same station beyond the border of its prefecture; one
    # whose place has no region code and so counts as at the station; a rockfall elsewhere.
    released = await own.opened()
    await own.appended(released, identification())
    await own.appended(released, release())
    beyond = await own.opened(rescue(place={"description": "界外", "region_code": "150723"}))
    nowhere = await own.opened(rescue(place={"description": "不详"}))
    rockfall = await elsewhere.opened(road_hazard())
    here = {released, nowhere}
    for role, incidents, releases, hazards in (
        ("own", here | {beyond}, {released}, set[str]()),
        ("above", here | {beyond}, {released}, set()),
        ("elsewhere", {rockfall}, set(), {rockfall}),
        ("official", here | {beyond}, {released}, set()),
        ("chief above", here | {beyond}, {released}, set()),
        ("chief elsewhere", {rockfall}, set(), {rockfall}),
        ("far official", {beyond}, set(), set()),
        ("auditor", here | {beyond, rockfall}, {released}, {rockfall}),
    ):
        person = people[role]
        assert await seen_by(person, "/incidents", "id") == incidents, role
        assert await seen_by(person, "/animals") == incidents - {rockfall}, role
        assert await seen_by(person, "/releases") == releases, role
        assert await seen_by(person, "/hazards") == hazards, role
        # The incident itself is there for the same people.
        for incident in here | {beyond, rockfall}:
            expected = 200 if incident in incidents else 404
            assert (await person.get(f"/incidents/{incident}")).status_code == expected, role
    # No filter widens what one sees.
    for path, filters in (
        ("/incidents", {"station": "150425"}),
        ("/incidents", {"region": "1504"}),
        ("/incidents", {"q": "长嘴巴怪鸟"}),
        ("/animals", {"station": "150425"}),
        ("/releases", {"region": "15"}),
    ):
        key = "id" if path == "/incidents" else "incident_id"
        assert await seen_by(elsewhere, path, key, **filters) <= {rockfall}
    assert await seen_by(people["far official"], "/releases", station="150425") == set()


async def test_a_stranger_who_opens_under_a_taken_id_learns_nothing_of_it(
    officer: Person, other_officer: Person
) -> None:
    opening = rescue()
    await officer.opened(opening)
    for body in (opening, rescue(id=opening["id"], summary="别的事")):
        answer = await other_officer.post("/incidents", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
        assert "differing" not in answer.json()
    assert (await other_officer.get(f"/incidents/{opening['id']}")).status_code == 404
    assert await seen_by(other_officer, "/incidents", "id") == set()


async def test_a_handover_lets_the_other_station_in_and_shuts_nobody_out(
    officer: Person, other_officer: Person
) -> None:
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, JPEG, photo)
    assert (await other_officer.get(f"/incidents/{incident}")).status_code == 404
    assert (await officer.get(f"/incidents/{incident}/informant")).status_code == 200
    await officer.appended(incident, entry("handover", station="150723", badge="150723001"))

    for person in (officer, other_officer):
        shown = await person.read(f"/incidents/{incident}")
        assert shown["station"]["code"] == "150425"
        assert shown["responsible"]["station"]["code"] == "150723"
        assert shown["responsible"]["officer"]["badge"] == "150723001"
        assert await seen_by(person, "/incidents", "id") == {incident}
        assert await seen_by(person, "/animals") == {incident}
        assert (await person.get(f"/incidents/{incident}/photos/{photo}/screen")).is_success
        # Whoever was there first may still have something to send.
        await person.appended(incident, entry("note", note=f"{person.badge} 补记"))
        assert (await person.put_photo(incident, JPEG)).status_code == 201
    # Who reported is for the station that is responsible, and for that one only.
    answer = await other_officer.get(f"/incidents/{incident}/informant")
    assert answer.json()["name"] == "王建国"
    for method in ("GET", "DELETE"):
        answer = await officer.request(method, f"/incidents/{incident}/informant")
        assert answer.status_code == 404
    assert (await other_officer.request("DELETE", f"/incidents/{incident}/informant")).is_success


async def test_a_handover_that_is_voided_shuts_the_other_station_out_again(
    officer: Person, other_officer: Person
) -> None:
    incident, handover = await officer.opened(), entry("handover", station="150723")
    await officer.appended(incident, handover)
    shown = await other_officer.read(f"/incidents/{incident}")
    assert shown["responsible"]["officer"] is None, "the station has yet to say who"
    await officer.appended(incident, entry("void", entry_id=handover["id"], reason="点错了"))
    assert (await other_officer.get(f"/incidents/{incident}")).status_code == 404
    assert (await officer.get(f"/incidents/{incident}/informant")).status_code == 200


async def test_a_circle_of_stations_is_no_endless_question(
    officer: Person, other_officer: Person, database: Database
) -> None:
    async with database.transaction() as connection:
        for code, parent in (("150425", "150723"), ("150723", "150425")):
            await connection.execute(
                "update station s set parent_id = p.station_id from station p"
                " where s.code = $1 and p.code = $2",
                code,
                parent,
            )
    incident = await officer.opened()
    for person in (officer, other_officer):
        assert (await person.get(f"/incidents/{incident}")).status_code == 200
