"""Officials sign in by the identity provider of their agency, a real one."""

import time
from functools import partial

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from db.database import Database
from tests.fixtures.service import running_application
from tests.people.oidc.lying import refused as refused_in_both
from tests.people.oidc.provider import (
    REDIRECT,
    RealProvider,
    bearer,
    begin,
    by_provider,
    come_back,
    me,
    new_badge,
    parameters,
    refused,
    sign_in,
)
from tests.people.sessions import holds, logged, refresh
from tests.people.world import events, kinds
from tests.users import API, Person
from wildlife.settings import Settings


@pytest.fixture
def settings(settings: Settings, provider: RealProvider) -> Settings:
    return by_provider(settings, provider.issuer)


async def test_an_official_signs_in_and_is_what_the_provider_says(
    client: AsyncClient, provider: RealProvider, admin: Person
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng", "chifeng-roads", "audit", "something-else"])
    answer = await sign_in(client, provider, badge)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    tokens = answer.json()
    assert tokens["expires_in"] == 3600
    told = await me(client, tokens)
    assert told["badge"] == badge
    assert [
        (one["role"], one["station"] and one["station"]["code"], one["sees_roads"])
        for one in told["appointments"]
    ] == [("official", "1504", True), ("auditor", None, False)]
    assert (await client.get(f"{API}/releases", headers=bearer(tokens))).status_code == 200
    account = await admin.read(f"/accounts/{badge}")
    assert (account["by_provider"], account["disabled"]) == (True, False)
    happened = await events(admin, badge=badge)
    assert kinds(happened) == ["account_added", "appointed", "appointed"]
    # By the word of the provider, and by nobody who is known here: least of all by the official.
    assert all(
        (one["by"], one["change"]["issuer"], one["by_command"]) == (None, provider.issuer, False)
        for one in happened
    )


async def test_the_browser_goes_out_with_what_binds_the_sign_in_to_it(client: AsyncClient) -> None:
    answer = await client.get(f"{API}/session/oidc")
    sent = parameters(answer.headers["location"])
    assert sent["response_type"] == "code"
    assert sent["redirect_uri"] == REDIRECT
    assert sent["code_challenge_method"] == "S256"
    assert "openid" in sent["scope"].split()
    again = parameters(await begin(client))
    for name in ("state", "nonce", "code_challenge"):
        assert len(sent[name]) == 43
        assert sent[name] != again[name]
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=600" in cookie
    kept = cookie.partition("=")[2].partition(";")[0]
    assert not any(sent[name] in kept for name in ("state", "nonce", "code_challenge"))


async def test_the_cookie_is_of_this_host_and_of_tls_where_the_page_is(
    settings: Settings,
) -> None:
    secure = replace(settings, oidc_redirect_url="https://wildlife.example.cn/signed-in")
    async with running_application(secure) as other:
        cookie = (await other.get(f"{API}/session/oidc")).headers["set-cookie"]
    assert cookie.startswith("__Host-wildlife-oidc=")
    assert "Secure" in cookie
    assert "Path=/;" in cookie
    assert "Domain" not in cookie


async def test_who_comes_back_in_another_browser_is_not_signed_in(
    client: AsyncClient, provider: RealProvider
) -> None:
    """A link to the page, with the code of somebody else, signs nobody in as them."""
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    returned = await provider.let_in(await begin(client), badge)
    cookies = dict(client.cookies)
    client.cookies.clear()
    refused(await come_back(client, returned), 403, "oidc_begin_again")
    await begin(client)  # with a cookie of another sign-in
    refused(await come_back(client, returned), 403, "oidc_begin_again")
    client.cookies.clear()
    client.cookies.update(cookies)
    refused(await come_back(client, returned | {"state": "x"}), 403, "oidc_begin_again")
    assert (await come_back(client, returned)).status_code == 201


async def test_a_cookie_that_somebody_made_up_or_made_younger_is_none(
    client: AsyncClient, provider: RealProvider
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    returned = await provider.let_in(await begin(client), badge)
    [(name, kept)] = client.cookies.items()
    made, _, random = kept.partition(".")
    for other in (f"{int(made) + 1}.{random}", random, "", "é", f"{kept}x", "9" * 4000):
        client.cookies.clear()
        answer = await come_back(client, returned, headers={"Cookie": f"{name}={other}".encode()})
        refused(answer, 403, "oidc_begin_again")


async def test_a_sign_in_that_was_begun_long_ago_begins_again(
    client: AsyncClient, provider: RealProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    returned = await provider.let_in(await begin(client), badge)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 601)
    refused(await come_back(client, returned), 403, "oidc_begin_again")
    monkeypatch.setattr(time, "time", lambda: now() - 5)  # a clock that is behind
    refused(await come_back(client, returned), 403, "oidc_begin_again")


async def test_a_code_holds_once(client: AsyncClient, provider: RealProvider) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    returned = await provider.let_in(await begin(client), badge)
    cookies = dict(client.cookies)
    first = await come_back(client, returned)
    assert first.status_code == 201
    assert dict(client.cookies) == {}, "the cookie is taken away"
    # The same again, whether the answer came or got lost: it says that it was used.
    for kept in ({}, cookies):
        client.cookies.update(kept)
        again = partial(come_back, client, returned)
        await refused_in_both(again, "oidc_begin_again", 403, says="was used")
    assert await holds(client, first.json()["access_token"])


async def test_who_gives_up_at_the_provider_is_told_so(client: AsyncClient) -> None:
    state = parameters(await begin(client))["state"]
    answer = await client.post(
        f"{API}/session/oidc", json={"state": state, "error": "access_denied"}
    )
    refused(answer, 403, "oidc_denied")


async def test_a_key_that_the_provider_changed_is_known_at_once(
    client: AsyncClient, provider: RealProvider
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    assert (await sign_in(client, provider, badge)).status_code == 201
    provider.rotate_keys()
    assert (await sign_in(client, provider, badge)).status_code == 201


async def test_a_session_goes_on_until_the_provider_is_to_be_asked_again(
    client: AsyncClient, provider: RealProvider, database: Database
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    tokens = (await sign_in(client, provider, badge)).json()
    renewed = (await refresh(client, tokens["refresh_token"])).json()
    assert renewed["expires_in"] == 3600
    async with database.writing() as connection:
        left = await connection.fetch(
            """
            update token t set session_ends_at = now() + interval '90 seconds'
            from account a where a.account_id = t.account_id and a.badge = $1
            returning session_ends_at
            """,
            badge,
        )
    assert len(left) == 4
    last = (await refresh(client, renewed["refresh_token"])).json()
    assert 60 < last["expires_in"] <= 90
    async with database.reading() as connection:
        latest = await connection.fetchval(
            """
            select max(t.expires_at) <= max(t.session_ends_at) + interval '1 second'
            from token t join account a using (account_id)
            where a.badge = $1 and t.generation = 3
            """,
            badge,
        )
    assert latest


async def test_the_log_says_who_signed_in_by_whom_and_with_what_is_not(
    client: AsyncClient, provider: RealProvider, settings: Settings
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    returned = await provider.let_in(await begin(client), badge)
    kept = next(iter(client.cookies.values()))
    tokens = (await come_back(client, returned)).json()
    provider.put(badge, [])
    await sign_in(client, provider, badge)
    lines = logged(settings.data_dir)
    [signed_in] = [one for one in lines if one["event"] == "signed_in"]
    assert (signed_in["badge"], signed_in["issuer"]) == (badge, provider.issuer)
    [refusal] = [one for one in lines if one["event"] == "sign_in_refused"]
    assert (refusal["badge"], refusal["code"]) == (badge, "oidc_not_admitted")
    text = (settings.data_dir / "service.log").read_text("utf-8")
    for secret in (*returned.values(), kept, *tokens.values()):
        assert str(secret) not in text or secret in {"Bearer", 3600}
