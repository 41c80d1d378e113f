"""Who read what, when, from where and with which device: of every route that reads, and of nothing
else."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from httpx import AsyncClient
from litestar.routes import HTTPRoute

from db.database import Database
from db.migrations import FOLDER
from tests.accesses.reading import ids, on_record, read_by, reading_routes, told
from tests.changes.readers import in_place
from tests.documented import application, document
from tests.lists.many import LISTS
from tests.people.phones import added, enrolled, signed_in_on
from tests.people.world import appointed
from tests.pictures import encoded, noise
from tests.users import Person, add_account, move, put_unit, rescue
from wildlife.accesses.codes import AT_ONCE, Listed, Reading
from wildlife.accesses.verifying import verify
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role
from wildlife.people.may import Verb
from wildlife.web.pages import SEARCH

_NEARBY = {"kind": "rescue", "near": "117.5,43.3", "datum": "WGS84", "found_at": "2024-07-29"}
# What has to be asked for.
_NEEDED = {"/incidents/nearby": _NEARBY, "/reports/annual": {"year": "2024"}}
_IN_PAGES = {*LISTS, "/incidents/{incident_id}/entries", "/accesses/days"}
# Those that only some may read: who does.
_BY = {
    "/accesses": "auditor",
    "/accesses/days": "auditor",
    "/accesses/days/{day}": "auditor",
    "/reports/annual": "auditor",
}

# What one has asked for is one's own.
_OF_ONE = {"/exports/{export_id}/file"}


def test_every_route_by_which_records_are_read_says_what_it_reads_and_no_other_does() -> None:
    assert None not in reading_routes().values()
    assert len(reading_routes()) >= 18
    assert {*reading_routes().values()} == {*Reading} - {Reading.INFORMANT_ERASED}
    for route in application().routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else []:
            if "reads" in handler.opt:
                by = {"POST"} if route.path.endswith(SEARCH) else {"GET", "HEAD"}
                assert handler.http_methods - {"OPTIONS"} <= by, route.path


def test_a_route_of_no_one_incident_says_what_it_lists_and_no_other_does() -> None:
    listed = reading_routes("listed")
    assert {path for path, one in listed.items() if one is None} == {
        path for path in listed if _is_of_one(path)
    }
    assert {*listed.values()} == {*Listed, None}
    read = reading_routes()
    twice = Counter((one, read[path]) for path, one in listed.items() if one)
    assert [one for (one, _), count in twice.items() if count > 1] == [Listed.ACCESS_DAYS]


def test_what_is_on_record_first_is_found_by_an_index_of_its_own() -> None:
    sql = (FOLDER / "0032_accesses.sql").read_text("utf-8")
    named = sql.partition("create index access_reading")[2].partition(";")[0]
    assert {one for one in Reading if f"'{one}'" in named} == AT_ONCE


def _is_of_one(path: str) -> bool:
    """Whether it names an incident, or what was sent to one."""
    return "{incident_id}" in path or "{refused_id}" in path


async def test_every_route_that_reads_is_on_record_with_who_what_and_from_where(
    officer: Person, auditor: Person, chief: Person, client: AsyncClient, database: Database
) -> None:
    named = await told(officer)
    await in_place(officer)  # what is new of nothing shows nothing
    phone = await added(chief)
    on_phone = await signed_in_on(client, await enrolled(client, phone["code"]))
    async with database.reading() as connection:
        station = await connection.fetchval("select station_id from station where code = '150425'")
    for path, reading in reading_routes().items():
        person = auditor if path in _BY else officer if path in _OF_ONE else on_phone
        asked = _NEEDED.get(path, {})
        if path in _IN_PAGES:
            asked = {"limit": "7"}
        before = len(await on_record(database))
        began = datetime.now(UTC)
        await person.get(path.format(**named), params=asked)
        await read_by(auditor)
        [row, *others] = (await on_record(database))[before:]
        assert {one["badge"] for one in others} == {"auditor"}
        assert (row["badge"], row["reading"]) == (person.badge, reading), path
        assert began <= row["accessed_at"] <= datetime.now(UTC), path
        assert str(row["address"]) == "127.0.0.1", path
        device = UUID(phone["id"]) if person is on_phone else None
        expected = (device, [] if person is auditor else [station])
        assert (row["device_id"], row["station_ids"]) == expected, path
        incident, photo = (UUID(named[name]) for name in ("incident_id", "photo_id"))
        of = (
            incident if _is_of_one(path) else None,
            photo if "{photo_id}" in path or path.endswith("/evidence.zip") else None,
        )
        assert ids(row) == of, path
        assert row["listed"] == reading_routes("listed")[path], path
        query = "&".join(f"{name}={value}" for name, value in asked.items())
        if "{export_id}" in path:
            query = f"export={named['export_id']}"
        assert row["query"] == (query or None), path


async def test_what_shows_nothing_is_no_read(
    officer: Person, other_officer: Person, admin: Person, auditor: Person, client: AsyncClient
) -> None:
    named = await told(officer)
    before = len(await read_by(auditor, reading="record"))
    at = f"/incidents/{named['incident_id']}"
    everything = await read_by(auditor, limit=500)
    for path in reading_routes():
        there = path.format(**named)
        assert (await client.get(f"/api/v1{there}")).status_code == 401
        assert (await admin.get(there)).status_code == 403
        assert (await officer.get(there, params={"nothing": "1"})).status_code in (400, 403)
    assert (await other_officer.get(at)).status_code == 404
    assert (await officer.get(f"{at}/photos/{uuid4()}/original")).status_code == 404
    assert (await officer.get("/releases?format=geojson&station=999999")).status_code == 400
    await officer.post("/receipts", {"ids": [named["incident_id"]]})
    await officer.post("/incidents", rescue(id=named["incident_id"]))  # whatever it answers
    await officer.opened()
    for path in ("/species", "/stations", "/vocabularies", "/session"):
        await officer.get(path)
    after = await read_by(auditor, limit=500)
    new = after[len(everything) :]
    assert {(one["badge"], one["reading"]) for one in new} == {("auditor", "access_log")}
    assert len(await read_by(auditor, reading="record")) == before


async def test_the_head_of_an_answer_is_a_read_of_it(
    officer: Person, auditor: Person, database: Database
) -> None:
    """How long it is tells what was asked: whether anything is found, and how much of somebody is
    known."""
    named = await told(officer)
    await in_place(officer)
    for path, reading in reading_routes().items():
        person = auditor if path in _BY else officer
        asked = _NEEDED.get(path, {})
        before = len(await on_record(database))
        answer = await person.request("HEAD", path.format(**named), params=asked)
        assert answer.status_code == 200, path
        await read_by(auditor)
        row = (await on_record(database))[before]
        assert (row["badge"], row["reading"]) == (person.badge, reading), path


async def test_a_part_and_what_the_phone_kept_are_reads(officer: Person, auditor: Person) -> None:
    named = await told(officer)
    at = "/incidents/{incident_id}/photos/{photo_id}".format(**named)
    for path, reading in ((f"{at}/original", "original"), (f"{at}/thumbnail", "picture")):
        whole = await officer.get(path)
        part = await officer.get(path, headers={"Range": "bytes=0-9"})
        kept = await officer.get(path, headers={"If-None-Match": whole.headers["ETag"]})
        assert [one.status_code for one in (whole, part, kept)] == [200, 206, 304]
        assert len(await read_by(auditor, reading=reading)) == 3


async def test_a_list_is_on_record_with_what_was_asked_and_whole_as_one_export(
    officer: Person, auditor: Person
) -> None:
    await told(officer)
    geojson = {"Accept": "application/geo+json"}
    for params, headers in (
        ({"q": "长嘴巴 怪鸟", "limit": "1"}, {}),
        ({"format": "geojson", "limit": "5"}, {}),
        ({"format": "geojson"}, {}),
        ({}, geojson),
    ):
        assert (await officer.get("/releases", params=params, headers=headers)).is_success
    read = await read_by(auditor, badge=officer.badge)
    assert [(one["reading"], one["query"]) for one in read[-4:]] == [
        ("list", "q=长嘴巴 怪鸟&limit=1"),
        ("list", "format=geojson&limit=5"),
        ("export", "format=geojson"),
        ("export", None),
    ]


async def test_each_list_is_told_by_its_name_by_pages_and_whole(
    officer: Person, auditor: Person
) -> None:
    await told(officer)
    asked = {"region": "150425"}
    for path in LISTS:
        await officer.read(path, params=asked)
        assert (await officer.get(path, params=asked | {"format": "geojson"})).is_success
        assert (await officer.post(f"{path}{SEARCH}", asked | {"limit": 3})).status_code == 200
        found = await read_by(auditor, listed=path[1:])
        assert [one["reading"] for one in found] == ["list", "export", "list"], path
        assert {one["query"] for one in found} == {
            *("region=150425", "region=150425&limit=3", "region=150425&format=geojson")
        }
    await officer.read("/incidents/nearby", params=_NEARBY)
    await officer.read("/refused")
    for listed, reading in (("nearby", "list"), ("refused", "refused")):
        [one] = await read_by(auditor, listed=listed)
        assert one["reading"] == reading
    assert {one["listed"] for one in await read_by(auditor, badge="auditor")} == {
        *("accesses", "access_days")
    }


def _named_in_questions() -> dict[str, set[str]]:
    """The routes that read, and by which parameters an incident or a photo may be named there."""
    found = {}
    for route in application().routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else []:
            path = route.path_format.removeprefix("/api/v1")
            if "GET" in handler.http_methods and path in reading_routes():
                found[path] = {name for name, one in _parameters(path).items() if one == "uuid"}
    return {path: names for path, names in found.items() if names}


def _parameters(path: str) -> dict[str, str | None]:
    """The parameters of a question, and the formats of those that have one."""
    operation = document()["paths"][f"/api/v1{path}"]["get"]
    return {
        one["name"]: next((o["format"] for o in _schemas(one["schema"]) if "format" in o), None)
        for one in operation.get("parameters", [])
        if one["in"] == "query"
    }


def _schemas(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return [schema, *schema.get("oneOf", []), *schema.get("anyOf", [])]


async def test_what_names_an_incident_in_its_question_is_found_by_that_incident(
    officer: Person, auditor: Person
) -> None:
    assert _named_in_questions() == {
        "/incidents/nearby": {"incident"},
        "/accesses": {"device", "incident", "photo"},
        "/refused": {"incident"},
        "/incidents/{incident_id}/papers/{paper}": {"entry"},  # of the incident in its address
    }
    named = await told(officer)
    incident, photo = named["incident_id"], named["photo_id"]
    await officer.read("/incidents/nearby", params={"incident": incident})
    await auditor.read("/accesses", params={"incident": incident, "photo": photo})
    await officer.read("/refused", params={"incident": incident})
    found = await read_by(auditor, incident=incident)
    assert [(one["listed"], one["photo_id"]) for one in found] == [
        (None, None),  # what of it is kept, to know its id
        ("nearby", None),
        ("accesses", photo),
        ("refused", None),
    ]


async def test_who_erased_who_reported_is_on_record_once_and_only_where_it_was_done(
    officer: Person, other_officer: Person, auditor: Person, database: Database
) -> None:
    incident = await officer.opened()
    nobody = await officer.opened({k: v for k, v in rescue().items() if k != "informant"})
    at = f"/incidents/{incident}/informant"
    assert (await other_officer.request("DELETE", at)).status_code == 404
    assert (await officer.request("DELETE", f"{at}?reason=nothing")).status_code == 400
    assert (await officer.request("DELETE", f"/incidents/{nobody}/informant")).status_code == 404
    assert await read_by(auditor, reading="informant_erased") == []
    assert (await officer.request("DELETE", f"{at}?reason=requested")).status_code == 204
    assert [one["reading"] for one in await on_record(database)].count("informant_erased") == 1
    assert (await officer.request("DELETE", at)).status_code == 410
    [one] = await read_by(auditor, reading="informant_erased")
    assert (one["badge"], one["incident_id"]) == (officer.badge, incident)
    assert (one["query"], one["units"]) == ("reason=requested", ["大局子森林派出所"])
    assert (await verify(database, print)).flaws == 0


def test_every_route_that_erases_who_reported_says_so() -> None:
    erases = {
        route.path_format: handler.opt.get("erases")
        for route in application().routes
        for handler in (route.route_handlers if isinstance(route, HTTPRoute) else [])
        if handler.opt.get("verb") == Verb.HANDLE_INFORMANTS and "GET" not in handler.http_methods
    }
    assert erases == {"/api/v1/incidents/{incident_id}/informant": Reading.INFORMANT_ERASED}


@pytest.mark.parametrize("query", ["q=%E9%B8%AC%FF", "q=x%ED%A0%80", "q=a%0Ab%1F"])
async def test_whatever_was_asked_can_be_put_on_record(
    officer: Person, auditor: Person, query: str
) -> None:
    answer = await officer.get(f"/incidents?{query}")
    assert answer.status_code in (200, 400)
    read = await read_by(auditor, badge=officer.badge)
    assert len(read) == (answer.status_code == 200)


async def test_the_unit_is_the_one_where_they_were_something_then(
    officer: Person, auditor: Person, database: Database
) -> None:
    incident = await officer.opened()
    await officer.read(f"/incidents/{incident}")
    await move(officer, database, "150723")
    await officer.read("/incidents")
    here, there = [await read_by(auditor, station=code) for code in ("150425", "150723")]
    assert [one["incident_id"] for one in here] == [incident]
    assert [one["reading"] for one in there] == ["list"]
    assert [one["units"] for one in (*here, *there)] == [["大局子森林派出所"], ["克一河分局"]]


async def test_who_reads_as_several_things_is_found_at_each_of_their_units(
    officer: Person, auditor: Person, database: Database
) -> None:
    await put_unit(database, "15072399", parent="150723")
    both = await appointed(officer, database, "official", "15072399")
    await both.read("/incidents")
    for code in ("150425", "15072399"):
        [one] = await read_by(auditor, station=code)
        assert len(one["units"]) == 2


async def test_looks_of_before_the_chain_come_over_and_are_told_as_they_were(
    officer: Person, auditor: Person, chief: Person, database: Database
) -> None:
    await add_account(database, "150425009", "150425", role=Role.OFFICER)
    other = await Person.sign_in(officer.client, "150425009", DEMO_PASSWORD)
    incident, photo = await officer.opened(), uuid4()
    await officer.put_photo(incident, encoded(noise(60, 40)), photo)
    at = f"/incidents/{incident}/photos/{photo}"
    async with database.transaction() as connection:
        # As the migration does it, before none may be without a digest.
        await connection.execute("alter table access drop constraint access_is_chained")
        for day, seq in (("2024-08-01", 0), ("2024-08-02", -1), ("2024-08-02", 0)):
            await connection.execute(
                "insert into access (day, seq, accessed_at, account_id, station_ids, reading,"
                " incident_id, photo_id) select $1::text::date, $2, $1::text::timestamptz,"
                " account_id, '{}', 'original', $3::text::uuid, $4 from account where badge = $5",
                day,
                seq,
                incident,
                photo,
                officer.badge,
            )
    await other.get(f"{at}/original")
    looks = (await chief.read(f"{at}/accesses"))["items"]
    assert [one["badge"] for one in looks] == [other.badge, *[officer.badge] * 3]
    since = await read_by(auditor, reading="original", **{"from": "2024-08-02", "to": "2024-08-02"})
    assert [(one["day"], one["seq"]) for one in since] == [("2024-08-02", -1), ("2024-08-02", 0)]
