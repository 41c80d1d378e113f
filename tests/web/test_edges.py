"""Every scalar type has bounds: its edges, in every field of every call, are taken or refused by
name, never a 5xx; and whatever was taken can be read again, in every list, by everybody.

Every edge is decoded in every field. What is refused there goes no further, so of those each field
is sent one; of those that go on, the first field of a kind in all bodies is sent all, the others
some in turn. Of an entry, half of the fields are amended, others every day. `make test-all` sends
every edge in every field."""

import json
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias
from urllib.parse import quote
from uuid import uuid4

import msgspec
import pytest

from db.database import Database
from tests.bodies import (
    ENTRY_TYPES,
    OPENED_FOR,
    OPENINGS,
    PHOTO_PARAMETERS,
    as_change,
    changed_at,
    declared_fields,
    full_entries,
    full_photo,
    leaves,
)
from tests.documented import application
from tests.draws import Draw
from tests.hiding.asking import following
from tests.pictures import encoded, noise
from tests.users import Person, entry, release, rescue, road_hazard, whose
from tests.web.edges import EDGES, IDENTIFIED, aimed_at, said_of
from wildlife.kinds import KINDS
from wildlife.timeline.entry import Photo
from wildlife.timeline.photo import Said
from wildlife.web.decoding import decode
from wildlife.web.problems import Problem

JPEG = encoded(noise(60, 40))
PHOTO = "/incidents/{incident_id}/photos/{photo_id}"

IN_TURN = 1

Path: TypeAlias = tuple[str | int, ...]


@cache
def _decoder(type_: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(type_)


def is_decoded(body: Any, type_: Any) -> bool:
    """Whether a body is what it should be by its types alone."""
    try:
        _decoder(type_).decode(json.dumps(body))
    except msgspec.ValidationError:
        return False
    return True


def require_taken_or_told(full: dict[str, Any], type_: Any) -> None:
    """That what a body is not is told by name, at every place and of every edge."""
    for path in leaves(full):
        for edge in EDGES:
            body = changed_at(full, path, edge)
            if not is_decoded(body, type_):
                with pytest.raises(Problem) as raised:
                    decode(json.dumps(body).encode(), type_)
                assert raised.value.code not in ("bad_request", "internal_error")
                assert raised.value.detail().detail
                assert raised.value.detail(chinese=True).detail


def places(
    bodies: Mapping[str, dict[str, Any]], type_: Any, thorough: bool
) -> dict[str, list[tuple[Path, list[Any]]]]:
    """Every place in each of these bodies, and the edges that are sent in it. Places are of a kind
    if the same edges are decoded there."""
    before: dict[tuple[int, ...], int] = defaultdict(int)
    every = range(len(EDGES))
    sent_in: dict[str, list[tuple[Path, list[Any]]]] = defaultdict(list)
    each = [(name, path) for name, body in bodies.items() for path in leaves(body)]
    for place, (name, path) in enumerate(each):
        full = bodies[name]
        decoded = tuple(n for n in every if is_decoded(changed_at(full, path, EDGES[n]), type_))
        refused = [n for n in every if n not in decoded]
        turn = before[decoded]
        before[decoded] += 1
        if turn == 0:
            sent = set(decoded)
        else:
            in_turn = range(turn * IN_TURN, (turn + 1) * IN_TURN)
            sent = {decoded[n % len(decoded)] for n in in_turn if decoded}
        if refused:
            sent.add(refused[place % len(refused)])
        sent_in[name].append((path, [EDGES[n] for n in every if thorough or n in sent]))
    return sent_in


@cache
def of_entries(thorough: bool) -> dict[str, list[tuple[Path, list[Any]]]]:
    """The same of every entry, by its type."""
    anything = str(uuid4())
    bodies = {body["type"]: aimed_at(anything, body, anything) for body in full_entries()}
    return places(bodies, KINDS.appendable, thorough)


def of_one(full: dict[str, Any], type_: Any, thorough: bool) -> list[tuple[Path, list[Any]]]:
    """The same of a body that is held against no other."""
    return places({"": full}, type_, thorough)[""]


@pytest.mark.parametrize("type_", OPENINGS)
def test_every_edge_is_sent_somewhere_in_every_opening(type_: Any) -> None:
    sent = [edges for _, edges in of_one(OPENINGS[type_](), KINDS.opening, thorough=False)]
    assert {repr(edge) for edges in sent for edge in edges} == {repr(edge) for edge in EDGES}


def test_every_edge_is_sent_somewhere_in_the_entries() -> None:
    sent = [edges for of_type in of_entries(thorough=False).values() for _, edges in of_type]
    assert {repr(edge) for edges in sent for edge in edges} == {repr(edge) for edge in EDGES}


PARAMETERS = {
    path.removeprefix("/api/v1"): names
    for (path, method), names in application().state.query_parameters.items()
    if method == "GET"
}
LISTS = [path for path, names in PARAMETERS.items() if {"bbox", "limit"} <= names.keys()]


def test_the_bodies_have_every_field_that_there_is() -> None:
    for type_, full in OPENINGS.items():
        said = {".".join(s for s in path if isinstance(s, str)) for path in leaves(full())}
        assert declared_fields(type_) <= said
    entries = {body["type"]: body for body in full_entries()}
    assert set(entries) == set(ENTRY_TYPES)
    for name, type_ in ENTRY_TYPES.items():
        said = {".".join(s for s in path if isinstance(s, str)) for path in leaves(entries[name])}
        assert declared_fields(type_) - said == set(), name
    photo = {".".join(s for s in path if isinstance(s, str)) for path in leaves(full_photo(""))}
    assert declared_fields(Photo) <= photo
    app = application()
    by_put = app.state.query_parameters[f"/api/v1{PHOTO}", "PUT"]
    assert set(PHOTO_PARAMETERS) == set(by_put)
    assert set(PHOTO_PARAMETERS) == set(Said.__struct_fields__) - {"incident_id", "photo_id"}


async def assert_all_can_be_read(*people: Person) -> None:
    for person in people:
        seen = set()
        for path in LISTS:
            cursor: dict[str, str] = {}
            while True:
                answer = await person.get(path, params={"limit": "500"} | cursor)
                assert answer.status_code == 200, answer.text
                seen |= {one.get("incident_id") or one["id"] for one in answer.json()["items"]}
                if (after := following(answer.json())) is None:
                    break
                cursor = {"cursor": after}
        for incident_id in seen:
            found = await person.get(f"/incidents/{incident_id}/entries")
            assert found.status_code == 200, found.text


@pytest.mark.parametrize("type_", OPENINGS)
async def test_no_edge_in_any_field_of_an_opening_is_more_than_refused(
    officer: Person, official: Person, type_: Any, thorough: bool
) -> None:
    full = OPENINGS[type_]
    require_taken_or_told(full(), KINDS.opening)
    for path, edges in of_one(full(), KINDS.opening, thorough):
        for edge in edges:
            answer = await officer.post("/incidents", changed_at(full(), path, edge))
            assert answer.status_code < 500, (path, edge, answer.text)
            if answer.is_error:
                assert answer.json()["code"] not in ("bad_request", "internal_error")
    await assert_all_can_be_read(officer, official)


@pytest.mark.parametrize("name", sorted(ENTRY_TYPES))
async def test_no_edge_in_any_field_of_an_entry_is_more_than_refused(
    officer: Person, official: Person, name: str, thorough: bool
) -> None:
    full = next(body for body in full_entries() if body["type"] == name)
    other = await officer.opened()
    require_taken_or_told(aimed_at(other, full, other), KINDS.appendable)
    incident_id = await officer.opened(OPENED_FOR[name]())
    for path, edges in of_entries(thorough)[name]:
        taken = False
        for edge in edges:
            body = changed_at(aimed_at(incident_id, full, other), path, edge)
            answer = await officer.post(f"/incidents/{incident_id}/entries", body)
            assert answer.status_code < 500, (path, edge, answer.text)
            taken |= answer.is_success
        if taken:
            incident_id = await officer.opened(OPENED_FOR[name]())
    await assert_all_can_be_read(officer, official)


@pytest.mark.parametrize("type_", OPENINGS)
async def test_no_edge_that_an_amendment_of_an_opening_brings_is_more_than_refused(
    officer: Person, official: Person, type_: Any, thorough: bool
) -> None:
    full = OPENINGS[type_]
    incident_id = await officer.opened(full())
    for path, edges in of_one(full(), KINDS.opening, thorough):
        taken = False
        for edge in edges:
            changes = as_change({path[0]: changed_at(full(), path, edge)[path[0]]})
            body = entry("amendment", entry_id=incident_id, changes=changes)
            answer = await officer.post(f"/incidents/{incident_id}/entries", body)
            assert answer.status_code < 500, (path, edge, answer.text)
            taken |= answer.is_success
        if taken:
            incident_id = await officer.opened(full())
    await assert_all_can_be_read(officer, official)


@pytest.mark.parametrize("name", sorted(set(ENTRY_TYPES) - {"amendment", "void"}))
async def test_no_edge_that_an_amendment_of_an_entry_brings_is_more_than_refused(
    officer: Person, official: Person, name: str, thorough: bool, draw: Draw
) -> None:
    full = next(body for body in full_entries() if body["type"] == name)
    incident_id, said = await said_of(officer, full)
    places_in_it = of_entries(thorough)[name]
    for path, edges in draw.some(places_in_it, (len(places_in_it) + 1) // 2, name):
        if path[0] in ("id", "type"):
            continue
        taken = False
        for edge in edges:
            changes = as_change({path[0]: changed_at(said, path, edge)[path[0]]})
            body = entry("amendment", entry_id=said["id"], changes=changes)
            answer = await officer.post(f"/incidents/{incident_id}/entries", body)
            assert answer.status_code < 500, (path, edge, answer.text)
            taken |= answer.is_success
        if taken:
            incident_id, said = await said_of(officer, full)
    await assert_all_can_be_read(officer, official)


async def test_no_edge_that_an_amendment_of_a_photo_brings_is_more_than_refused(
    officer: Person, official: Person, thorough: bool
) -> None:
    photo_id = uuid4()
    full = full_photo(str(photo_id))
    incident_id = await officer.opened()
    await officer.put_photo(incident_id, JPEG, photo_id, **PHOTO_PARAMETERS)
    require_taken_or_told(full, Photo)
    for path, edges in of_one(full, Photo, thorough):
        if path[0] in ("id", "type"):
            continue
        taken = False
        for edge in edges:
            changes = as_change({path[0]: changed_at(full, path, edge)[path[0]]})
            body = entry("amendment", entry_id=str(photo_id), changes=changes)
            answer = await officer.post(f"/incidents/{incident_id}/entries", body)
            assert answer.status_code < 500, (path, edge, answer.text)
            taken |= answer.is_success
        if taken:
            incident_id, photo_id = await officer.opened(), uuid4()
            await officer.put_photo(incident_id, JPEG, photo_id, **PHOTO_PARAMETERS)
    await assert_all_can_be_read(officer, official)


@pytest.mark.parametrize(
    ("found_at", "code"),
    [
        ("0001-01-01T00:00:00Z", "invalid_value"),
        ("0001-01-01T00:00:00+14:00", "invalid_value"),
        ("1949-12-31T23:59:59Z", "invalid_value"),
        ("2100-01-01T00:00:00Z", "time_in_future"),
        ("9999-12-31T23:59:59Z", "time_in_future"),
        ("2090-01-01T00:00:00Z", "time_in_future"),
    ],
)
async def test_an_amended_time_obeys_the_rules_of_a_fresh_one(
    officer: Person, found_at: str, code: str
) -> None:
    incident_id = await officer.opened()
    note = await officer.appended(incident_id, entry("note", note="x"))
    for target, name in ((incident_id, "found_at"), (note["id"], "happened_at")):
        body = entry("amendment", entry_id=target, changes={name: found_at})
        answer = await officer.post(f"/incidents/{incident_id}/entries", body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert answer.json()["errors"][0]["field"] == f"changes.{name}"
    assert (await officer.read(f"/incidents/{incident_id}"))["entries"] == 2


async def test_an_amended_place_or_reference_obeys_the_rules_of_a_fresh_one(
    officer: Person,
) -> None:
    incident_id = await officer.opened()
    await officer.appended(incident_id, entry("identification", animal=1, **IDENTIFIED))
    released = await officer.appended(incident_id, release())
    nowhere = {"description": None, "point": None}
    photo_id = uuid4()
    assert (await officer.put_photo(incident_id, JPEG, photo_id)).status_code == 201
    for target, changes, code, field in [
        (incident_id, {"place": nowhere}, "invalid_value", "changes.place"),
        (released["id"], {"site": nowhere}, "invalid_value", "changes.site"),
        (released["id"], {"animal": 7}, "unknown_animal", "changes.animal"),
        (str(photo_id), {"about": "animal:99"}, "unknown_animal", "changes.about"),
        (str(photo_id), {"taken_at": "2099-01-01T00:00:00Z"}, "time_in_future", "changes.taken_at"),
        (released["id"], {"officers": []}, "invalid_value", "changes.officers"),
        (released["id"], {"colour": 1}, "unknown_field", "changes.colour"),
    ]:
        answer = await officer.post(
            f"/incidents/{incident_id}/entries",
            entry("amendment", entry_id=target, changes=changes),
        )
        problem = answer.json()
        assert (problem["code"], problem["errors"][0]["field"]) == (code, field), problem


RAW = [
    "q=%00",
    "q=a%00b",
    "q=%FF",
    "q=%F0%9F",
    "species=%00",
    "species=%FF",
    "species=" + "x" * 5000,
    "region=1504%0A",
    "region=%EF%BC%91%EF%BC%95",
    "station=150425%0A",
    "from=0001-01-01",
    "from=9999-12-31",
    "to=9999-12-31",
    "to=9999-12-31T23:59:59-14:00",
    "from=0001-01-01T00:00:00%2B14:00",
    "bbox=1e400,0,1,1",
    "bbox=-0,0,0,0",
    "near=0,90&radius_m=1e6",
    "near=180,-90&radius_m=1000000",
    "near=nan,nan&radius_m=1",
    "limit=" + "9" * 5000,
    "limit=%D9%A3",
    "cursor=" + "A" * 20000,
    "cursor=%00",
    "cursor=%FF",
    "overdue=maybe",
    "state=%0A",
    "format=json%0A",
    "%00=1",
    "=",
    "&&&",
    "q=" + "%E9%B8%AC" * 200,
]


async def test_no_parameter_of_any_list_is_more_than_refused(officer: Person) -> None:
    await officer.opened()
    for path in (*LISTS, "/species"):
        for query in RAW:
            answer = await officer.get(f"{path}?{query}")
            assert answer.status_code < 500, (path, query, answer.text)


async def test_u_0000_is_refused_by_name_in_every_parameter_that_there_is(
    officer: Person, official: Person, chief: Person, auditor: Person
) -> None:
    incident_id = await officer.opened()
    photo_id = uuid4()
    assert (await officer.put_photo(incident_id, JPEG, photo_id)).status_code == 201
    ids = {"incident_id": incident_id, "photo_id": photo_id, "species_id": "phalacrocorax_carbo"}
    ids |= {"paper": "rescue_form", "feed_id": photo_id, "export_id": photo_id}
    ids |= {"subscription_id": photo_id}
    for path, names in PARAMETERS.items():
        asking = officer if path == "/refused" else whose(path, official, chief, auditor)
        for name in names:
            answer = await asking.get(path.format_map(ids), params={name: "a\0b"})
            assert answer.status_code == 400, (path, name, answer.text)
            assert answer.json()["errors"][0]["field"] == name


FORGED: list[Any] = [
    ["2024-07-29T15:20:00", "00000000-0000-0000-0000-000000000000", 1],
    ["0001-01-01T00:00:00+14:00", "00000000-0000-0000-0000-000000000000", 1],
    ["9999-12-31T23:59:59-14:00", "00000000-0000-0000-0000-000000000000", 1],
    ["2024-07-29T15:20:00Z", "00000000-0000-0000-0000-000000000000", 10**20],
    ["2024-07-29T15:20:00Z", "00000000-0000-0000-0000-000000000000", 2**31],
    ["2024-07-29T15:20:00Z", "00000000-0000-0000-0000-000000000000", -1],
    ["2024-07-29T15:20:00Z", 3, 3],
    [],
    {},
    "x",
    None,
]


async def test_a_forged_cursor_is_refused_by_name(officer: Person) -> None:
    incident_id = await officer.opened()
    for key in FORGED:
        keys: list[tuple[str, Any]] = [(path, key) for path in LISTS]
        if isinstance(key, list) and len(key) == 3:
            keys = [("/animals", key), ("/incidents", key[:2]), ("/hazards", key[:2])]
            keys.append((f"/incidents/{incident_id}/entries", [key[1]]))
            if not isinstance(key[2], int) or isinstance(key[1], int) or not 0 <= key[2] < 2**31:
                keys = keys[:1]
        for path, forged in keys:
            cursor = cursor_of(forged)
            answer = await officer.get(path, params={"cursor": cursor})
            assert answer.status_code == 400, (path, forged, answer.text)
            [error] = answer.json()["errors"]
            assert error["field"] == "cursor"
            assert "altered" in error["detail"]


def cursor_of(key: Any) -> str:
    """Of whatever question: nobody else can sign one."""
    content = msgspec.json.encode(["0" * 12, key])
    return urlsafe_b64encode(bytes(32) + content).rstrip(b"=").decode()


@pytest.mark.parametrize("content", ['{"summary":"雨"}'.encode("gbk"), b"\xff\xfe{\x00", b'"\xc3"'])
async def test_bytes_that_are_not_utf_8_are_refused_by_every_call_with_a_body(
    officer: Person, content: bytes
) -> None:
    incident_id = await officer.opened()
    calls = ["/incidents", f"/incidents/{incident_id}/entries", "/receipts"]
    for path in (*calls, "/session", "/session/refresh"):
        for language, says in (("en", "UTF-8"), ("zh", "UTF-8 编码")):
            answer = await officer.request(
                "POST",
                path,
                content=content,
                headers={"Content-Type": "application/json", "Accept-Language": language},
            )
            assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json"), path
            assert says in answer.json()["detail"], path


ADDRESSES = [
    "/docs/assets/%00",
    "/docs/assets/a%00b.js",
    "/docs/assets/%FF",
    "/docs/assets/..%2f..%2fpyproject.toml",
    "/docs/assets/" + "x" * 4000,
    "/%00",
    "/api/v1/species/%00",
    "/api/v1/species/" + quote("𩷶" * 300),
    "/api/v1/species/%FF",
    "/api/v1/incidents/%00",
    "/api/v1/incidents/１",
]


async def test_no_address_is_more_than_not_found(officer: Person) -> None:
    authorized = {"Authorization": f"Bearer {officer.access_token}"}
    for path in ADDRESSES:
        answer = await officer.client.get(path, headers=authorized)
        assert answer.status_code in (400, 404), (path, answer.text)


RANGES = ["bytes=" + "9" * 5000 + "-", "bytes=-" + "9" * 5000, "bytes=٣-٤", "bytes=0-" + "9" * 17]


async def test_no_range_is_more_than_refused(officer: Person) -> None:
    incident_id = await officer.opened()
    photo_id = uuid4()
    assert (await officer.put_photo(incident_id, JPEG, photo_id)).status_code == 201
    for part in ("original", "thumbnail"):
        for range_ in RANGES:
            answer = await officer.get(
                f"/incidents/{incident_id}/photos/{photo_id}/{part}",
                headers={"Range": range_.encode()},
            )
            assert answer.status_code in (200, 206, 416), (range_, answer.text)


@pytest.mark.parametrize(
    "header",
    [
        "Authorization",
        "If-Match",
        "If-None-Match",
        "Accept",
        "Accept-Language",
        "Range",
        "If-Range",
    ],
)
async def test_no_header_is_more_than_refused(officer: Person, header: str) -> None:
    incident_id = await officer.opened()
    photo_id = uuid4()
    await officer.put_photo(incident_id, JPEG, photo_id)
    for value in (b"", b"\xff\xfe", b"," * 5000, b'"' * 5000, b"Bearer \xe9\xb8"):
        for path in (
            f"/incidents/{incident_id}",
            f"/incidents/{incident_id}/photos/{photo_id}/original",
            f"/incidents/{incident_id}/photos/{photo_id}/screen",
            "/releases",
        ):
            answer = await officer.get(path, headers={header: value})
            assert answer.status_code < 500, (path, value, answer.text)
        answer = await officer.post(
            f"/incidents/{incident_id}/entries", entry("note", note="x"), headers={header: value}
        )
        assert answer.status_code < 500, (value, answer.text)


async def test_times_that_no_calendar_holds_are_read_as_the_nearest_and_cost_no_page(
    officer: Person, official: Person, database: Database
) -> None:
    """What an earlier version let in, or a hand at the database."""
    for body in (rescue(), road_hazard(), rescue(), rescue()):
        await officer.opened(body)
    ids = [one["id"] for one in (await officer.read("/incidents"))["items"]]
    async with database.writing() as connection:
        for table in ("incident", "animal", "hazard"):
            for incident_id, time in zip(
                ids, ("infinity", "-infinity", "4000-01-01 BC", "294000-01-01"), strict=True
            ):
                await connection.execute(
                    f"update {table} set found_at = '{time}' where incident_id = $1", incident_id
                )
    for person in (officer, official):
        for path in LISTS:
            assert (await person.get(path)).status_code == 200
    assert len((await officer.read("/incidents"))["items"]) == 4
