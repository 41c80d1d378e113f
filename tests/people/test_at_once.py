"""What is changed of people is so at once: in what this process believes, and against whoever
changes the same in another process."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from db.connection import Connection
from db.database import Database
from tests.people.managing import PASSWORD, UNIT, managing, new
from tests.people.phones import added, enrolled, signed_in_on
from tests.people.sessions import BADGE, holds, waiting_for_a_lock
from tests.people.world import appointed
from tests.users import Person, add_account
from wildlife.people import holders
from wildlife.people.account_queries import access_actor
from wildlife.people.accounts import DEMO_PASSWORD, Actor
from wildlife.people.codes import Role
from wildlife.people.events import COMMAND_LINE
from wildlife.people.managing_queries import add_account as add_new_account
from wildlife.people.managing_queries import find_like
from wildlife.people.station_queries import change_station


@pytest.fixture
def long_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the database said of a token is believed until somebody says that it changed."""
    monkeypatch.setattr(holders, "_HOLDS_S", 3600)


ENDING: dict[str, dict[str, Any]] = {
    "PATCH /accounts/{badge}": {"json": {"disabled": True}},
    "PUT /accounts/{badge}/password": {"json": {"password": PASSWORD}},
    "POST /accounts/{badge}/appointments": {"json": {"role": "auditor"}},
    "DELETE /accounts/{badge}/appointments": {"params": {"role": "official"}},
    "DELETE /devices/{device}": {},
}
CHANGING = {"POST /stations", "PATCH /stations/{station_code}", "PATCH /accounts/{badge}"}
NOBODYS = {"POST /accounts", "POST /devices"}
"""What adds what nobody has signed in on or to."""
OF_PROVIDERS = {"DELETE /accounts/{badge}/password"}
"""Where a provider is set up: `tests/people/oidc/test_accounts_of_providers.py`."""


def test_every_call_that_manages_is_tried() -> None:
    calls = (
        {one.replace("{device}", "{device_id}") for one in ENDING}
        | CHANGING
        | NOBODYS
        | OF_PROVIDERS
    )
    assert calls == managing()


@pytest.mark.usefixtures("long_believed")
@pytest.mark.parametrize("route", ENDING)
async def test_a_session_that_is_ended_holds_no_more_from_the_answer_on(
    client: AsyncClient, officer: Person, admin: Person, database: Database, route: str
) -> None:
    await appointed(officer, database, "official", "1504")
    device = await added(admin, station="150425")
    phone = await signed_in_on(client, await enrolled(client, device["code"]))
    assert await holds(client, phone.access_token)
    method, path = route.split()
    path = path.format(badge=BADGE, device=device["id"])
    answer = await admin.request(method, path, **ENDING[route])
    assert answer.is_success, answer.text
    assert not await holds(client, phone.access_token)


@pytest.mark.usefixtures("long_believed")
@pytest.mark.parametrize("path", ["/session", "/session/password"])
async def test_a_session_that_its_owner_ends_holds_no_more_from_the_answer_on(
    client: AsyncClient, officer: Person, path: str
) -> None:
    other = await Person.sign_in(client, BADGE, DEMO_PASSWORD)
    assert await holds(client, other.access_token)
    assert await holds(client, officer.access_token)
    if path == "/session":
        answer = await other.request("DELETE", path)
    else:
        body = {"password": DEMO_PASSWORD, "new_password": PASSWORD}
        answer = await officer.request("PUT", path, json=body)
    assert answer.status_code == 204, answer.text
    assert not await holds(client, other.access_token)
    assert await holds(client, officer.access_token)


@pytest.mark.usefixtures("long_believed")
async def test_who_moves_and_whose_units_change_sees_so_at_once(
    officer: Person, chief: Person, admin: Person, database: Database
) -> None:
    async def at() -> str:
        return str((await officer.read("/session"))["station"]["code"])

    assert await at() == "150425"
    moved = await admin.request("PATCH", f"/accounts/{BADGE}", json={"station": "150723"})
    assert moved.status_code == 200
    assert await at() == "150723"
    # A unit that comes to stand below the chief's.
    assert (await chief.get(f"/accounts/{BADGE}")).status_code == 404
    below = await admin.request("PATCH", "/stations/150723", json={"parent_code": "150425"})
    assert below.status_code == 200
    assert (await chief.get(f"/accounts/{BADGE}")).status_code == 200
    # And a new one.
    assert (await admin.post("/stations", UNIT | {"parent_code": "150425"})).status_code == 201
    await add_account(database, "P1", UNIT["code"])
    assert (await chief.get("/accounts/P1")).status_code == 200


@pytest.mark.usefixtures("long_believed")
async def test_what_was_read_before_a_session_ended_is_not_believed_after_it(
    client: AsyncClient, officer: Person, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, goes_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: Connection, digest: bytes, *, known_at: float) -> Actor | None:
        found = await access_actor(connection, digest, known_at=known_at)
        if found is not None and found.badge == BADGE:
            read.set()
            await goes_on.wait()
        return found

    monkeypatch.setattr(holders, "access_actor", slow)
    asking = asyncio.create_task(holds(client, officer.access_token))
    await read.wait()
    locked = await admin.request("PATCH", f"/accounts/{BADGE}", json={"disabled": True})
    assert locked.status_code == 200
    goes_on.set()
    assert not await asking, "it is asked again, before anything is answered"
    assert not await holds(client, officer.access_token)


async def test_of_two_who_add_badges_that_look_alike_at_once_the_second_is_refused(
    admin: Person, database: Database
) -> None:
    async with database.transaction() as elsewhere:
        await add_new_account(
            elsewhere,
            COMMAND_LINE,
            badge="lc9",
            name="张三",
            role=Role.OFFICER,
            station="150425",
            password_hash="no hash",
        )
        coming = asyncio.create_task(admin.post("/accounts", new("LC9")))
        await waiting_for_a_lock(database)
    answer = await coming
    assert (answer.status_code, answer.json()["code"]) == (409, "id_conflict")
    async with database.reading() as connection:
        assert await find_like(connection, "LC9") == "lc9"


async def test_of_two_units_that_are_put_below_each_other_at_once_the_second_is_refused(
    admin: Person, database: Database
) -> None:
    async with database.transaction() as elsewhere:
        await change_station(
            elsewhere,
            COMMAND_LINE,
            "150425",
            name=None,
            kind=None,
            region_code=None,
            parent="150723",
            no_parent=False,
            competent_for=None,
        )
        body = {"parent_code": "150425"}
        coming = asyncio.create_task(admin.request("PATCH", "/stations/150723", json=body))
        await waiting_for_a_lock(database)
    answer = await coming
    assert (answer.status_code, answer.json()["code"]) == (409, "unfit_change")
