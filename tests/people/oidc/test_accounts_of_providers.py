"""What an account is that signs in by a provider: what that one says each time, and no more."""

import asyncio
from functools import partial

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from db.database import Database
from tests.commandline import Wildlife
from tests.fixtures.service import running_application
from tests.people.oidc.lying import refused as refused_in_both
from tests.people.oidc.provider import (
    RealProvider,
    bearer,
    begin,
    by_provider,
    come_back,
    me,
    new_badge,
    refused,
    sign_in,
)
from tests.people.sessions import holds, refresh, waiting_for_a_lock
from tests.people.sessions import sign_in as sign_in_by_password
from tests.people.world import events, kinds
from tests.users import API, Person, add_account
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.codes import Role
from wildlife.people.events import COMMAND_LINE
from wildlife.people.managing_queries import disable_account, set_password
from wildlife.people.oidc.claims import Claimed, ClaimedAppointment
from wildlife.people.oidc.queries import admit, leave_to_provider
from wildlife.people.refusals import UnfitChange
from wildlife.settings import Settings


@pytest.fixture
def settings(settings: Settings, provider: RealProvider) -> Settings:
    return by_provider(settings, provider.issuer)


async def test_a_role_that_is_not_said_any_more_ends_and_so_do_its_sessions(
    client: AsyncClient, provider: RealProvider, admin: Person
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng", "audit"])
    first = (await sign_in(client, provider, badge)).json()
    same = (await sign_in(client, provider, badge)).json()
    assert await holds(client, first["access_token"]), "nothing changed: all sessions go on"
    provider.put(badge, ["station"])
    now = (await sign_in(client, provider, badge)).json()
    assert [one["station"]["code"] for one in (await me(client, now))["appointments"]] == ["150425"]
    assert not await holds(client, first["access_token"])
    assert not await holds(client, same["access_token"])
    # None at all.
    provider.put(badge, ["something-else"])
    told = refused(await sign_in(client, provider, badge), 403, "oidc_not_admitted")
    assert "None of the roles" in told
    assert not await holds(client, now["access_token"])
    assert (await refresh(client, now["refresh_token"])).status_code == 401
    assert (await admin.read(f"/accounts/{badge}"))["appointments"] == []
    # And back, by another name.
    provider.put(badge, ["chifeng"], name="换了名字")
    assert (await sign_in(client, provider, badge)).status_code == 201
    happened = await events(admin, badge=badge)
    assert kinds(happened) == [
        *("account_added", "appointed", "appointed"),
        *("dismissed", "dismissed", "appointed"),
        *("dismissed", "appointed", "account_changed"),
    ]
    for one in happened:
        assert (one["by"], one["change"]["issuer"]) == (None, provider.issuer), one


async def test_who_has_no_role_here_gets_no_account(
    client: AsyncClient, provider: RealProvider, admin: Person
) -> None:
    badge = new_badge()
    provider.put(badge, [])
    refused(await sign_in(client, provider, badge), 403, "oidc_not_admitted")
    assert (await admin.get(f"/accounts/{badge}")).status_code == 404


async def test_a_role_at_a_unit_that_there_is_not_admits_nobody(
    client: AsyncClient, provider: RealProvider
) -> None:
    badge = new_badge()
    provider.put(badge, ["nowhere"])
    told = refused(await sign_in(client, provider, badge), 403, "oidc_not_admitted")
    assert "999999" in told
    # What ends, ends all the same.
    provider.put(badge, ["chifeng"])
    tokens = (await sign_in(client, provider, badge)).json()
    provider.put(badge, ["nowhere"])
    refused(await sign_in(client, provider, badge), 403, "oidc_not_admitted")
    assert not await holds(client, tokens["access_token"])


@pytest.mark.parametrize("badge", ["admin", "150425001", "LC1504", "lc1504"])
async def test_nobody_gets_the_account_of_another_by_its_badge(
    badge: str, client: AsyncClient, provider: RealProvider, admin: Person
) -> None:
    provider.put(badge, ["chifeng", "audit"])
    told = refused(await sign_in(client, provider, badge), 403, "oidc_not_admitted")
    assert "your badge number" in told
    if badge != "lc1504":
        assert not (await admin.read(f"/accounts/{badge}"))["by_provider"]


async def test_an_account_that_is_locked_out_stays_so(
    client: AsyncClient, provider: RealProvider, database: Database, admin: Person
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    assert (await sign_in(client, provider, badge)).status_code == 201
    async with database.transaction() as connection:
        await disable_account(connection, COMMAND_LINE, badge)
    told = refused(await sign_in(client, provider, badge), 403, "oidc_not_admitted")
    assert "locked out" in told
    assert (await admin.read(f"/accounts/{badge}"))["disabled"]
    # What was taken meanwhile is not there when it is unlocked.
    provider.put(badge, [])
    refused(await sign_in(client, provider, badge), 403, "oidc_not_admitted")
    assert (await admin.read(f"/accounts/{badge}"))["appointments"] == []


async def test_an_account_that_is_left_to_the_provider_belongs_to_whom_it_names(
    client: AsyncClient, provider: RealProvider, database: Database, admin: Person
) -> None:
    badge = new_badge()
    await add_account(database, badge, "1504", role=Role.OFFICIAL)
    before = await Person.sign_in(client, badge, DEMO_PASSWORD)
    provider.put(badge, ["audit"])
    refused(await sign_in(client, provider, badge), 403, "oidc_not_admitted")
    for _ in range(2):  # the answer may get lost
        answer = await admin.request("DELETE", f"/accounts/{badge}/password")
        assert answer.status_code == 204, answer.text
    [left] = await events(admin, badge=badge, kind="left_to_provider")
    assert (left["by"], left["change"]) == ("admin", {"issuer": provider.issuer})
    assert (await sign_in_by_password(client, badge)).status_code == 401
    assert (await refresh(client, before.refresh_token)).status_code == 401
    tokens = (await sign_in(client, provider, badge)).json()
    assert [one["role"] for one in (await me(client, tokens))["appointments"]] == ["auditor"]
    assert kinds(await events(admin, badge=badge)) == [
        *("account_added", "left_to_provider", "linked_to_provider", "dismissed", "appointed")
    ]


async def test_what_is_left_to_the_provider_is_its_own_before_anybody_signed_in(
    database: Database, admin: Person, wildlife: Wildlife, provider: RealProvider
) -> None:
    """Else it would be made what nobody is by the word of a provider, whoever that names."""
    async with database.transaction() as connection:
        await leave_to_provider(connection, COMMAND_LINE, "LC1504", provider.issuer)
    before = await admin.read("/accounts/LC1504")
    for answer in (
        await admin.post("/accounts/LC1504/appointments", {"role": "admin"}),
        await admin.request("DELETE", "/accounts/LC1504/appointments", params={"role": "official"}),
        await admin.request("PATCH", "/accounts/LC1504", json={"station": "150425"}),
        await admin.request("PATCH", "/accounts/LC1504", json={"name": "某"}),
    ):
        assert "by the identity provider, which says" in refused(answer, 409, "unfit_change")
    for command in (
        ("appoint", "LC1504", "admin"),
        ("dismiss", "LC1504", "official"),
        ("change", "LC1504", "--name", "某"),
    ):
        told = await wildlife("account", *command, status=1)
        assert "by the identity provider, which says" in told.err
    assert await admin.read("/accounts/LC1504") == before
    # What the provider does not say is changed here; and a password takes it back.
    for change in ({"sees_originals": True}, {"name": before["name"]}):
        answer = await admin.request("PATCH", "/accounts/LC1504", json=change)
        assert answer.status_code == 200, answer.text
    new = {"password": "水库 纸箱 秋天 铅笔"}
    assert (await admin.request("PUT", "/accounts/LC1504/password", json=new)).status_code == 204
    answer = await admin.request("PATCH", "/accounts/LC1504", json={"name": "某"})
    assert answer.status_code == 200, answer.text


async def test_who_comes_first_in_two_processes_at_once_is_one_account(
    client: AsyncClient, provider: RealProvider, database: Database
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    returned = await provider.let_in(await begin(client), badge)
    told = [ClaimedAppointment(Role.OFFICIAL, "1504", sees_roads=False)]
    claimed = Claimed(provider.issuer, badge, badge, None, told)
    async with database.transaction() as elsewhere:
        first = await admit(elsewhere, COMMAND_LINE, claimed)
        coming = asyncio.create_task(come_back(client, returned))
        await waiting_for_a_lock(database)
    assert (await coming).status_code == 201, (await coming).text
    async with database.reading() as connection:
        assert first == await connection.fetchval(
            "select account_id from account where badge = $1", badge
        )


async def test_only_who_reads_is_left_to_the_provider(
    database: Database, admin: Person, provider: RealProvider
) -> None:
    for badge in ("admin", "150425001", "chief", "JH001"):
        with pytest.raises(UnfitChange, match="nobody is by the word"):
            async with database.transaction() as connection:
                await leave_to_provider(connection, COMMAND_LINE, badge, provider.issuer)
        answer = await admin.request("DELETE", f"/accounts/{badge}/password")
        if badge == "admin":
            refused(answer, 403, "own_account")
        else:
            assert "nobody is by the word" in refused(answer, 409, "unfit_change")


async def test_an_administrator_alone_leaves_accounts_to_the_provider(
    chief: Person, official: Person, admin: Person
) -> None:
    leave = partial(chief.request, "DELETE", "/accounts/150425001/password")
    await refused_in_both(leave, "admin_only", 403, says="an administrator decides")
    for who in (chief, official):
        answer = await who.request("DELETE", "/accounts/LC1504/password")
        assert answer.status_code == 403
    answer = await admin.request("DELETE", "/accounts/LC-nobody/password")
    refused(answer, 404, "not_found")
    assert not (await admin.read("/accounts/LC1504"))["by_provider"]


async def test_nothing_is_left_to_a_provider_that_there_is_not(
    settings: Settings, admin: Person
) -> None:
    alone = replace(
        settings,
        **dict.fromkeys(
            ("oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_redirect_url"), None
        ),
        oidc_roles=None,
    )
    async with running_application(alone) as other:
        there = Person(other, admin.badge, admin.access_token, admin.refresh_token)
        leave = partial(there.request, "DELETE", "/accounts/LC1504/password")
        await refused_in_both(leave, "unfit_change", 409, says="No identity provider is set up")
    assert not (await admin.read("/accounts/LC1504"))["by_provider"]


async def test_an_account_of_the_provider_has_no_password_and_its_roles_are_changed_there(
    client: AsyncClient, provider: RealProvider, admin: Person
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    tokens = (await sign_in(client, provider, badge)).json()
    for password in ("no such account", "", DEMO_PASSWORD):
        assert (await sign_in_by_password(client, badge, password)).status_code in {401, 422}
    answer = await client.put(
        f"{API}/session/password",
        json={"password": "no such account", "new_password": "水库 纸箱 秋天 铅笔"},
        headers=bearer(tokens),
    )
    assert "no password here" in refused(answer, 409, "unfit_change")
    for answer in (
        await admin.post(f"/accounts/{badge}/appointments", {"role": "admin"}),
        await admin.request(
            "DELETE", f"/accounts/{badge}/appointments", params={"role": "official"}
        ),
        await admin.request("PATCH", f"/accounts/{badge}", json={"station": "150425"}),
        await admin.request("PATCH", f"/accounts/{badge}", json={"name": "某"}),
    ):
        assert "by the identity provider, which says" in refused(answer, 409, "unfit_change")
    assert await holds(client, tokens["access_token"])
    # A password makes it an account of this service.
    new = {"password": "水库 纸箱 秋天 铅笔"}
    assert (await admin.request("PUT", f"/accounts/{badge}/password", json=new)).status_code == 204
    assert not await holds(client, tokens["access_token"])
    assert (await sign_in_by_password(client, badge, new["password"])).status_code == 201
    refused(await sign_in(client, provider, badge), 403, "oidc_not_admitted")


async def test_a_password_that_is_set_meanwhile_takes_the_account_from_the_provider(
    client: AsyncClient, provider: RealProvider, database: Database
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    assert (await sign_in(client, provider, badge)).status_code == 201
    returned = await provider.let_in(await begin(client), badge)
    async with database.transaction() as connection:
        await set_password(connection, COMMAND_LINE, badge, "no hash")
        coming = asyncio.create_task(come_back(client, returned))
        await waiting_for_a_lock(database)
    refused(await coming, 403, "oidc_not_admitted")


async def test_two_who_come_for_the_first_time_at_once_are_one_account(
    client: AsyncClient, provider: RealProvider, admin: Person
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    returned = []
    for _ in range(4):
        back = await provider.let_in(await begin(client), badge)
        [(name, kept)] = client.cookies.items()
        returned.append((back, {"Cookie": f"{name}={kept}"}))
    client.cookies.clear()
    answers = await asyncio.gather(
        *(come_back(client, back, headers=headers) for back, headers in returned)
    )
    assert {one.status_code for one in answers} == {201}, [one.text for one in answers]
    assert kinds(await events(admin, badge=badge)) == ["account_added", "appointed"]
