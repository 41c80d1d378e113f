"""What is sent to a provider, and what it says of who signs in."""

from base64 import b64decode
from functools import partial
from typing import Any, Final

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from tests.fixtures.service import running_application
from tests.people.oidc.lying import (
    DISCOVERY,
    TOKEN,
    Liar,
    by_hand,
    refused,
    returned,
)
from tests.people.oidc.provider import begin, by_provider, come_back, parameters
from tests.people.sessions import ask
from tests.users import API
from wildlife.settings import Settings


@pytest.fixture
def settings(settings: Settings, liar: Liar) -> Settings:
    return by_provider(settings, liar.issuer)


# ---------------------------------------------------------------- what is sent


async def test_the_client_shows_who_it_is_as_the_provider_takes_it(
    client: AsyncClient, liar: Liar, settings: Settings
) -> None:
    await come_back(client, await returned(client, liar))
    [(_, headers, form)] = [one for one in liar.asked if one[0] == TOKEN]
    shown = b64decode(headers["authorization"].removeprefix("Basic ")).decode()
    assert shown == f"{settings.oidc_client_id}:{settings.oidc_client_secret}"
    assert form["grant_type"] == "authorization_code"
    assert form["redirect_uri"] == settings.oidc_redirect_url
    assert len(form["code_verifier"]) == 43
    assert "client_secret" not in form
    odd = replace(settings, oidc_client_id="a:b", oidc_client_secret="50%+/=")
    liar.claims = {"aud": "a:b"}
    async with running_application(odd) as other:
        await come_back(other, await returned(other, liar))
        *_, (_, headers, _) = [one for one in liar.asked if one[0] == TOKEN]
        shown = b64decode(headers["authorization"].removeprefix("Basic ")).decode()
        assert shown == "a%3Ab:50%25%2B%2F%3D"
    liar.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    async with running_application(odd) as other:
        assert (await come_back(other, await returned(other, liar))).status_code == 201
        *_, (_, headers, form) = [one for one in liar.asked if one[0] == TOKEN]
        assert "authorization" not in headers
        assert (form["client_id"], form["client_secret"]) == ("a:b", "50%+/=")


@pytest.mark.parametrize("code", ["a&code_verifier=x", "a=b+c%20d", "码", "\0", "\r\nX: 1"])
async def test_a_code_is_sent_on_as_it_came(code: str, client: AsyncClient, liar: Liar) -> None:
    back = await returned(client, liar)
    assert (await come_back(client, back | {"code": code})).status_code == 201
    [(_, _, form)] = [one for one in liar.asked if one[0] == TOKEN]
    assert form["code"] == code
    assert len(form["code_verifier"]) == 43


async def test_half_a_character_is_no_code_and_no_name(client: AsyncClient, liar: Liar) -> None:
    back = await returned(client, liar)
    body = b'{"state":"%s","code":"\\udbff"}' % back["state"].encode()
    headers = {"Content-Type": "application/json"}
    answer = await client.post(f"{API}/session/oidc", content=body, headers=headers)
    assert answer.status_code in {400, 422}, answer.text
    liar.token = by_hand
    for claims, status in (
        ({"name": "\udbff"}, 201),
        ({"preferred_username": "LC\udbff"}, 403),
        ({"roles": ["\udbff"]}, 403),
        ({"sub": "\udbff"}, 502),
    ):
        liar.claims = claims
        answer = await come_back(client, await returned(client, liar))
        assert answer.status_code == status, answer.text


async def test_the_address_of_the_provider_keeps_what_it_has(
    client: AsyncClient, liar: Liar
) -> None:
    sent = parameters(await begin(client))
    assert sent["tenant"] == "1"
    assert "claims" not in sent
    assert len([path for path, _, _ in liar.asked if path == DISCOVERY]) == 1
    await begin(client)
    assert len([path for path, _, _ in liar.asked if path == DISCOVERY]) == 1, "it is remembered"


# ---------------------------------------------------------------- who it names


BADGES: Final = [None, "", "a", "a b", "警号", "x" * 33, 7, ["LC1"], {"a": 1}, "LC\n1"]


@pytest.mark.parametrize("badge", BADGES)
async def test_what_is_no_badge_names_nobody(badge: Any, client: AsyncClient, liar: Liar) -> None:
    liar.claims = {"preferred_username": badge}
    back = partial(come_back, client, await returned(client, liar))
    await refused(back, "oidc_not_admitted", 403, says="no badge number")


@pytest.mark.parametrize("roles", [None, "", 1, {}, [[]], ["x"], [None, 1, {}], "chifeng "])
async def test_what_is_no_role_admits_nobody(roles: Any, client: AsyncClient, liar: Liar) -> None:
    liar.claims = {"roles": roles}
    back = partial(come_back, client, await returned(client, liar))
    await refused(back, "oidc_not_admitted", 403, says="None of the roles")


@pytest.mark.parametrize(
    ("claim", "claims"),
    [
        ("realm_access.roles", {"realm_access": {"roles": ["chifeng"]}}),
        ("https://example.cn/roles", {"https://example.cn/roles": "chifeng"}),
        ("a.b.c", {"a": {"b": {"c": ["chifeng", 1]}}}),
    ],
)
async def test_roles_are_found_where_the_setting_says(
    claim: str, claims: dict[str, Any], settings: Settings, liar: Liar
) -> None:
    liar.claims = {"roles": None} | claims
    async with running_application(replace(settings, oidc_role_claim=claim)) as client:
        assert (await come_back(client, await returned(client, liar))).status_code == 201


async def test_a_name_that_went_to_another_person_gives_them_nothing(
    client: AsyncClient, liar: Liar
) -> None:
    first = (await come_back(client, await returned(client, liar))).json()
    liar.claims = {"sub": "somebody else"}
    back = partial(come_back, client, await returned(client, liar))
    await refused(back, "oidc_not_admitted", 403, says="another person")
    # … and who is named otherwise now is not signed in as anybody else.
    liar.claims = {"preferred_username": "LC-renamed"}
    back = partial(come_back, client, await returned(client, liar))
    await refused(back, "oidc_not_admitted", 403, says="another badge number")
    answer = await ask(client, f"Bearer {first['access_token']}")
    assert answer.status_code == 200


async def test_a_name_is_taken_over_where_it_can_be_shown(client: AsyncClient, liar: Liar) -> None:
    for name, shown in (
        (None, "LC-liar"),
        ("赤峰林草局 王", "赤峰林草局 王"),
        ("two\nlines", "赤峰林草局 王"),
        (7, "赤峰林草局 王"),
        ("王某", "王某"),
    ):
        liar.claims = {"name": name}
        tokens = (await come_back(client, await returned(client, liar))).json()
        told = await ask(client, f"Bearer {tokens['access_token']}")
        assert told.json()["name"] == shown
