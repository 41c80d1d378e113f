"""Bodies that come slowly: rights are asked for again when the last byte has come."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response

from db.database import Database
from tests.lists.many import LISTS
from tests.people.matrix import MATRIX
from tests.people.phones import added, enrolled, signed_in_on
from tests.people.world import events
from tests.pictures import encoded, noise
from tests.subscriptions.receivers import NOWHERE, asked
from tests.tus import PART, creation
from tests.uploading import timeline
from tests.users import API, Person, entry, move, put_unit, rescue
from wildlife.people import holders
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import StationKind
from wildlife.web.pages import SEARCH

JPEG = encoded(noise(40, 30))
PASSWORD = "水库 纸箱 秋天 铅笔"
OTHER = "150425002"


async def slowly(
    person: Person,
    method: str,
    path: str,
    body: Any,
    meanwhile: Callable[[], Awaitable[Any]],
    **headers: str,
) -> Response:
    """The answer to a body before whose last byte something else happens."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    async def comes() -> AsyncIterator[bytes]:
        yield content[:-1]
        await meanwhile()
        yield content[-1:]

    headers = {"Content-Type": "application/json", "Content-Length": str(len(content))} | headers
    return await person.request(method, path, content=comes(), headers=headers)


def assert_ended(answer: Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token"), answer.text


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was known is believed: as if each body had taken a second."""
    monkeypatch.setattr(holders, "_HOLDS_FOR_A_REQUEST_S", 0)


async def begun(officer: Person, incident: str) -> str:
    told = creation(len(JPEG), incident_id=incident, photo_id=str(uuid4()))
    answer = await officer.request("POST", "/uploads", headers=told)
    return str(answer.headers["Location"].removeprefix("http://wildlife.test/api/v1"))


async def refused(officer: Person) -> str:
    """By which id an entry is kept that came before its incident."""
    body, nowhere = entry("note", note="羽毛已干"), str(uuid4())
    assert (await officer.post(f"/incidents/{nowhere}/entries", body)).status_code == 404
    return str((await officer.read("/refused"))["items"][0]["refused_id"])


async def subscribed_to(officer: Person) -> str:
    """The id of a subscription of theirs."""
    body = asked(NOWHERE)
    assert (await officer.post("/subscriptions", body)).status_code == 201
    return str(body["id"])


async def bodies(officer: Person) -> dict[str, tuple[str, Any, dict[str, str]]]:
    """Of each route that takes one: the path, a body that is taken, and the headers."""
    incident = await officer.opened()
    told = creation(len(JPEG), incident_id=incident, photo_id=str(uuid4()))
    account, unit = f"/accounts/{OTHER}", {"kind": "police_station", "name": "新所"}
    new = {"badge": "150425009", "name": "某", "role": "officer", "password": PASSWORD}
    photo = {"Content-Type": "image/jpeg"}
    own = {"password": DEMO_PASSWORD, "new_password": PASSWORD}
    return {
        "PUT /session/password": ("/session/password", own, {}),
        "POST /incidents": ("/incidents", rescue(), {}),
        "POST /incidents/{incident_id}/entries": (
            *(f"/incidents/{incident}/entries", entry("note", note="羽毛已干"), {}),
        ),
        "PUT /incidents/{incident_id}/photos/{photo_id}": (
            *(f"/incidents/{incident}/photos/{uuid4()}", JPEG, photo),
        ),
        "POST /uploads": ("/uploads", JPEG, PART | told),
        "PATCH /uploads/{upload_id}": (
            *(await begun(officer, incident), JPEG, PART | {"Upload-Offset": "0"}),
        ),
        **{f"POST {path}{SEARCH}": (f"{path}{SEARCH}", {"sort": "number"}, {}) for path in LISTS},
        **{
            f"POST /statistics{path}{SEARCH}": (f"/statistics{path}{SEARCH}", {"below": None}, {})
            for path in LISTS
            if path != "/photos"
        },
        f"POST /photos/archive{SEARCH}": (f"/photos/archive{SEARCH}", {"below": None}, {}),
        "POST /sync": ("/sync", {"items": [{"opening": rescue()}]}, {}),
        "POST /receipts": ("/receipts", {"ids": [incident]}, {}),
        **{
            f"POST /refused/{{refused_id}}/{act}": (f"/refused/{one}/{act}", body, {})
            for act, one, body in (
                ("accept", await refused(officer), {}),
                ("dismiss", await refused(officer), {"reason": "test"}),
            )
        },
        "POST /accounts": ("/accounts", new, {}),
        "PATCH /accounts/{badge}": (account, {"name": "另一人"}, {}),
        "PUT /accounts/{badge}/password": (f"{account}/password", {"password": PASSWORD}, {}),
        "POST /accounts/{badge}/appointments": (f"{account}/appointments", {"role": "chief"}, {}),
        "POST /stations": ("/stations", unit | {"code": "15042509", "region_code": "150425"}, {}),
        "PATCH /stations/{station_code}": ("/stations/150425", {"name": "改名"}, {}),
        "POST /devices": ("/devices", {"id": str(uuid4()), "name": "一号机"}, {}),
        "POST /exports": (
            "/exports",
            {"id": str(uuid4()), "address": f"{API}/releases?format=csv"},
            {},
        ),
        "POST /subscriptions": ("/subscriptions", asked(NOWHERE), {}),
        "POST /subscriptions/{subscription_id}/restart": (
            *(f"/subscriptions/{await subscribed_to(officer)}/restart", {}, {}),
        ),
        "POST /feeds": (
            "/feeds",
            {"id": str(uuid4()), "name": "放归", "address": f"{API}/releases?format=csv"},
            {},
        ),
    }


TAKING = [route for route in MATRIX if route.split()[0] in ("POST", "PUT", "PATCH")]


@pytest.mark.parametrize("route", TAKING)
async def test_whoever_is_locked_out_while_their_body_comes_has_changed_nothing(
    officer: Person, chief: Person, admin: Person, route: str
) -> None:
    told = await bodies(officer)
    assert {*told} == {*TAKING}
    path, body, headers = told[route]
    method = route.split(maxsplit=1)[0]
    is_of_people = path.startswith(("/accounts", "/stations", "/devices"))
    sender = chief if is_of_people else officer
    incident = told["POST /receipts"][1]["ids"][0]

    async def is_locked_out() -> None:
        locked = {"disabled": True}
        answer = await admin.request("PATCH", f"/accounts/{sender.badge}", json=locked)
        assert answer.status_code == 200, answer.text

    assert_ended(await slowly(sender, method, path, body, is_locked_out, **headers))
    assert [one["badge"] for one in await events(admin, kind="account_disabled")] == [sender.badge]
    assert (await events(admin))[-1]["kind"] == "account_disabled"
    if sender is officer:
        assert await timeline(chief, incident) == []
    else:
        assert (await officer.read("/session"))["station"]["name"] == "大局子森林派出所"


async def test_an_administrator_who_is_locked_out_makes_nobody_one(
    client: AsyncClient, admin: Person, database: Database, at_once: None
) -> None:
    """By another process, whose word comes by the database alone."""

    async def is_locked_out() -> None:
        async with database.writing() as connection:
            await connection.execute(
                "update account set disabled_at = now() where badge = $1", admin.badge
            )

    path, body = f"/accounts/{OTHER}/appointments", {"role": "admin"}
    assert_ended(await slowly(admin, "POST", path, body, is_locked_out))
    second = await Person.sign_in(client, OTHER, DEMO_PASSWORD)
    assert [one["role"] for one in (await second.read("/session"))["appointments"]] == ["officer"]


async def test_a_photo_of_a_phone_that_is_cut_off_meanwhile_is_not_taken_by_any_way(
    client: AsyncClient, officer: Person, chief: Person
) -> None:
    for route in ("PUT /incidents/{incident_id}/photos/{photo_id}", "PATCH /uploads/{upload_id}"):
        device = await added(chief)
        phone = await signed_in_on(client, await enrolled(client, device["code"]))
        incident = await officer.opened()
        path, body, headers = (await bodies(phone))[route]

        async def is_cut_off(device: str = device["id"]) -> None:
            assert (await chief.request("DELETE", f"/devices/{device}")).status_code == 204

        assert_ended(await slowly(phone, route.split()[0], path, body, is_cut_off, **headers))
        if route.startswith("PATCH"):
            # The rest never came: nobody who looks for what is whole finds it so.
            answer = await officer.request("HEAD", path, headers=PART)
            assert int(answer.headers["Upload-Offset"]) < len(JPEG)
        assert await timeline(officer, incident) == []


async def test_a_session_that_ends_meanwhile_has_ended_whoever_ends_it(
    client: AsyncClient, officer: Person, chief: Person, admin: Person, database: Database
) -> None:
    account = f"/accounts/{officer.badge}"

    async def signs_out(person: Person) -> Response:
        return await person.request("DELETE", "/session")

    async def changes_password(person: Person) -> Response:
        own = {"password": DEMO_PASSWORD, "new_password": DEMO_PASSWORD}
        other = await Person.sign_in(client, officer.badge, DEMO_PASSWORD)
        return await other.request("PUT", "/session/password", json=own)

    async def is_given_a_password(_: Person) -> Response:
        return await admin.request("PUT", f"{account}/password", json={"password": DEMO_PASSWORD})

    async def is_appointed(_: Person) -> Response:
        return await admin.post(f"{account}/appointments", {"role": "chief", "station": "150425"})

    async def is_dismissed(_: Person) -> Response:
        return await admin.request("DELETE", f"{account}/appointments", params={"role": "chief"})

    for ends in (*(signs_out, changes_password, is_given_a_password, is_appointed, is_dismissed),):
        person = await Person.sign_in(client, officer.badge, DEMO_PASSWORD)

        async def meanwhile(person: Person = person, ends: Any = ends) -> None:
            assert (await ends(person)).is_success

        assert_ended(await slowly(person, "POST", "/incidents", rescue(), meanwhile))


async def test_who_is_moved_meanwhile_files_for_where_they_are_now(
    officer: Person, database: Database, admin: Person
) -> None:
    await put_unit(database, "150426", kind=StationKind.POLICE_STATION, region="150426")
    body = rescue()

    async def moves() -> None:
        answer = await admin.request(
            "PATCH", f"/accounts/{officer.badge}", json={"station": "150426"}
        )
        assert answer.status_code == 200

    answer = await slowly(officer, "POST", "/incidents", body, moves)
    assert answer.status_code == 201, answer.text
    assert answer.json()["station"]["code"] == "150426"
    await move(officer, database, "150425")


async def test_a_token_that_expires_while_a_photo_comes_loses_no_photo(
    officer: Person, client: AsyncClient, database: Database, at_once: None
) -> None:
    async def expires(kinds: list[str]) -> None:
        async with database.writing() as connection:
            await connection.execute(
                """
                update token t set expires_at = now() - interval '1 second'
                from account a where a.account_id = t.account_id and a.badge = $1
                    and t.kind = any($2::text[])
                """,
                officer.badge,
                kinds,
            )

    for ended, is_taken in ((["access"], True), (["access", "refresh"], False)):
        for route in (
            *("PUT /incidents/{incident_id}/photos/{photo_id}", "PATCH /uploads/{upload_id}"),
            "POST /incidents",
        ):
            phone = await Person.sign_in(client, officer.badge, DEMO_PASSWORD)
            path, body, headers = (await bodies(phone))[route]

            async def meanwhile(ended: list[str] = ended) -> None:
                await expires(ended)

            answer = await slowly(phone, route.split()[0], path, body, meanwhile, **headers)
            if is_taken:
                assert answer.is_success, answer.text
            else:
                assert_ended(answer)


async def test_what_comes_at_once_is_asked_about_once(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(*_: Any, **__: Any) -> None:
        raise AssertionError("asked again")

    monkeypatch.setattr(holders, "session_actor", nobody)
    monkeypatch.setattr(holders, "_HOLDS_FOR_A_REQUEST_S", 600)
    incident = await officer.opened()
    assert (await officer.put_photo(incident, JPEG)).status_code == 201
