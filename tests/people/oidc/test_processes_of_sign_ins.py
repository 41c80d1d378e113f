"""What is begun in one process is ended in another, and the operator's commands know of it."""

import json

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from tests.commandline import Wildlife
from tests.people.oidc.lying import KEYS, lying_provider
from tests.people.oidc.provider import (
    RealProvider,
    begin,
    by_provider,
    come_back,
    new_badge,
    sign_in,
)
from tests.serving import client_of, free_port, killable
from tests.users import Person
from wildlife.settings import Settings


@pytest.fixture
def settings(settings: Settings, provider: RealProvider) -> Settings:
    return by_provider(settings, provider.issuer)


async def test_a_sign_in_goes_on_in_other_workers_and_after_a_restart(
    settings: Settings, provider: RealProvider
) -> None:
    badge = new_badge()
    provider.put(badge, ["chifeng"])
    with killable(replace(settings, workers=2)) as server:
        async with client_of(server.base) as browser:
            for _ in range(4):  # whichever worker gets what
                browser.cookies.clear()
                returned = await provider.let_in(await begin(browser), badge)
                assert (await come_back(browser, returned)).status_code == 201
            returned = await provider.let_in(await begin(browser), badge)
        cookies = browser.cookies
        server.kill()
        server.start()
        async with client_of(server.base, cookies=cookies) as browser:
            answer = await come_back(browser, returned)
            assert answer.status_code == 201, answer.text
            me = await Person(browser, badge, answer.json()["access_token"], "").read("/session")
            assert me["badge"] == badge


async def test_an_account_is_left_to_the_provider_by_a_command(
    client: AsyncClient, wildlife: Wildlife, provider: RealProvider, official: Person
) -> None:
    said = await wildlife("account", "leave-to-provider", "LC1504")
    assert said.out == ("LC1504 has no password any more, and signs in by the identity provider.\n")
    for language, by, others in (("en", "provider", "password"), ("zh", "身份提供方", "密码")):
        for command in ("list", "show LC1504"):
            table = await wildlife("account", *command.split(), WILDLIFE_LANGUAGE=language)
            lines = [line.split() for line in table.out.splitlines()]
            ways = {line[0]: line[-1] for line in lines}
            assert ways["LC1504"] == by, table.out
            assert command != "list" or ways["150723001"] == others, table.out
    [told] = json.loads((await wildlife("account", "show", "LC1504", "--json")).out)["appointments"]
    assert told["role"] == "official", "until it signs in"
    provider.put("LC1504", ["audit"])
    returned = await provider.let_in(await begin(client), "LC1504")
    assert (await come_back(client, returned)).status_code == 201
    told = json.loads((await wildlife("account", "show", "LC1504", "--json")).out)
    assert told["by_provider"]
    assert [one["role"] for one in told["appointments"]] == ["auditor"]
    provider.put("LC1504", [])
    assert (await sign_in(client, provider, "LC1504")).status_code == 403
    assert "LC1504" in (await wildlife("account", "list")).out, "though it is nothing any more"
    ended = await wildlife("account", "appoint", "LC1504", "admin", status=1)
    assert "by the identity provider, which says" in ended.err
    chinese = {"WILDLIFE_LANGUAGE": "zh"}
    ended = await wildlife("account", "leave-to-provider", "admin", status=1, **chinese)
    assert "身份提供方不能授予该角色" in ended.err
    ended = await wildlife("account", "leave-to-provider", "nobody", status=1)
    assert "There is no account nobody" in ended.err


async def found(wildlife: Wildlife, **changed: str) -> tuple[str, str]:
    """What `wildlife check` tells of the provider."""
    status = 1 if "WILDLIFE_OIDC_ISSUER" in changed else 0
    ended = await wildlife("check", "--json", status=status, **changed)
    [told] = [one for one in json.loads(ended.out) if one["part"] == "identity provider"]
    return told["state"], told["says"]


async def test_check_tells_whether_the_provider_answers_as_it_must(
    client: AsyncClient, wildlife: Wildlife, provider: RealProvider, settings: Settings
) -> None:
    state, says = await found(wildlife)
    assert state == "warning"
    assert "999999" in says, "a unit that the setting names, and nobody has added"
    known = {"WILDLIFE_OIDC_ROLES": "a=official@1504,b=auditor"}
    for language, untried in (("en", "the first sign-in shows"), ("zh", "首次登录时才能知道")):
        state, says = await found(wildlife, WILDLIFE_LANGUAGE=language, **known)
        assert (state, says.partition(" ")[0]) == ("ok", provider.issuer)
        assert untried in says, "it tried neither secret nor address"
    away = f"http://127.0.0.1:{free_port()}"
    state, says = await found(wildlife, WILDLIFE_OIDC_ISSUER=away)
    assert state == "fault"
    assert "does not answer" in says
    async with lying_provider() as liar:
        liar.jwks = "none"
        state, says = await found(wildlife, WILDLIFE_OIDC_ISSUER=liar.issuer)
        assert KEYS in [path for path, _, _ in liar.asked]
    assert (state, "something else than OpenID Connect" in says) == ("fault", True)
