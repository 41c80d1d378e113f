"""Sessions that are ended while they are gone on with: whoever is first, nothing goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from httpx import AsyncClient, Response

from db.database import Database
from tests.people.phones import added, enrolled, signed_in_on
from tests.people.sessions import holds, refresh, waiting_for_a_lock
from tests.users import Person, add_account, put_unit
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role
from wildlife.people.tokens import token_hash

BADGE = "150425001"
ACCOUNT = f"/accounts/{BADGE}"


async def signs_out(person: Person, *_: Any) -> Response:
    return await person.request("DELETE", "/session")


async def changes_password(_: Person, other: Person, *__: Any) -> Response:
    own = {"password": DEMO_PASSWORD, "new_password": DEMO_PASSWORD}
    return await other.request("PUT", "/session/password", json=own)


async def is_given_a_password(_: Person, __: Person, admin: Person, ___: str) -> Response:
    return await admin.request("PUT", f"{ACCOUNT}/password", json={"password": DEMO_PASSWORD})


async def is_locked_out(_: Person, __: Person, admin: Person, ___: str) -> Response:
    return await admin.request("PATCH", ACCOUNT, json={"disabled": True})


async def is_appointed(_: Person, __: Person, admin: Person, ___: str) -> Response:
    appointed = {"role": "official", "station": "150426"}
    return await admin.post(f"{ACCOUNT}/appointments", appointed)


async def is_dismissed(_: Person, __: Person, admin: Person, ___: str) -> Response:
    return await admin.request("DELETE", f"{ACCOUNT}/appointments", params={"role": "chief"})


async def is_cut_off(_: Person, __: Person, admin: Person, device: str) -> Response:
    return await admin.request("DELETE", f"/devices/{device}")


WAYS = [
    signs_out,
    changes_password,
    is_given_a_password,
    is_locked_out,
    is_appointed,
    is_dismissed,
    is_cut_off,
]


@asynccontextmanager
async def held(database: Database, person: Person) -> Any:
    """Whoever goes on with this session, or ends it, waits in the middle of it."""
    async with database.transaction() as connection:
        await connection.execute(
            "select from token where token_hash = $1 for update", token_hash(person.refresh_token)
        )
        yield


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("is_refreshed_first", [True, False])
async def test_a_session_that_is_gone_on_with_while_it_is_ended_has_ended(
    client: AsyncClient,
    chief: Person,
    admin: Person,
    database: Database,
    way: Callable[..., Awaitable[Response]],
    is_refreshed_first: bool,
) -> None:
    await put_unit(database, "150426", region="150426")
    answer = await admin.post(f"{ACCOUNT}/appointments", {"role": "chief", "station": "150425"})
    assert answer.is_success, answer.text
    device = await added(chief)
    person = await signed_in_on(client, await enrolled(client, device["code"]))
    other = await Person.sign_in(client, BADGE, DEMO_PASSWORD)

    def refreshing() -> Awaitable[Response]:
        return refresh(client, person.refresh_token)

    def ending() -> Awaitable[Response]:
        return way(person, other, admin, device["id"])

    async with held(database, person):
        first, second = (refreshing, ending) if is_refreshed_first else (ending, refreshing)
        tasks = [asyncio.ensure_future(first())]
        if way is not is_cut_off or is_refreshed_first:
            await waiting_for_a_lock(database)
        tasks.append(asyncio.ensure_future(second()))
        # Cutting off waits for nobody: what it ends is asked of the device.
        await waiting_for_a_lock(database, 1 if way is is_cut_off else 2)
        if way is is_cut_off:
            await tasks[1 if is_refreshed_first else 0]
    answers = await asyncio.gather(*tasks)
    refreshed, ended = answers if is_refreshed_first else answers[::-1]
    assert ended.is_success, ended.text
    assert not await holds(client, person.access_token)
    if refreshed.is_success:
        assert not await holds(client, refreshed.json()["access_token"])
        again = await refresh(client, refreshed.json()["refresh_token"])
        assert again.json()["code"] == "invalid_token"
    assert (await refresh(client, person.refresh_token)).status_code == 401


async def locks_out(admin: Person, other: str) -> Response:
    return await admin.request("PATCH", f"/accounts/{other}", json={"disabled": True})


async def dismisses(admin: Person, other: str) -> Response:
    path = f"/accounts/{other}/appointments"
    return await admin.request("DELETE", path, params={"role": "admin"})


@pytest.mark.parametrize("first", [locks_out, dismisses])
@pytest.mark.parametrize("second", [locks_out, dismisses])
async def test_of_administrators_who_end_each_other_at_once_one_is_left(
    admin: Person,
    database: Database,
    first: Callable[[Person, str], Awaitable[Response]],
    second: Callable[[Person, str], Awaitable[Response]],
) -> None:
    await add_account(database, "admin2", None, role=Role.ADMIN)
    other = await Person.sign_in(admin.client, "admin2", DEMO_PASSWORD)
    assert (await admin.post("/accounts/admin2/appointments", {"role": "auditor"})).is_success
    other = await Person.sign_in(admin.client, "admin2", DEMO_PASSWORD)
    assert (await other.post("/accounts/admin/appointments", {"role": "auditor"})).is_success
    admin = await Person.sign_in(admin.client, "admin", DEMO_PASSWORD)
    async with database.transaction() as connection:
        await connection.execute("select from account where badge = 'admin2' for update")
        ending = asyncio.ensure_future(first(admin, "admin2"))
        await waiting_for_a_lock(database)
        ended = asyncio.ensure_future(second(other, "admin"))
        waits = asyncio.ensure_future(waiting_for_a_lock(database, 2))
        await asyncio.wait({ended, waits}, return_when="FIRST_COMPLETED")
        waits.cancel()
    assert (await ending).is_success
    assert (await ended).status_code == 401
    assert (await admin.get("/accounts")).status_code == 200
