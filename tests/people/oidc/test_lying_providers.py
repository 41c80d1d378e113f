"""A provider that is down, slow, or answers what it must not signs nobody in: it is told in a
sentence of its own, and holds up nobody else."""

import asyncio
import gzip
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from httpx import AsyncClient, Response
from msgspec.structs import replace

from tests.certificates import self_signed
from tests.fixtures.service import running_application
from tests.people.oidc.lying import (
    DISCOVERY,
    KEYS,
    TOKEN,
    Liar,
    lying_provider,
    ok,
    refused,
    returned,
)
from tests.people.oidc.provider import by_provider, come_back
from tests.people.sessions import logged
from tests.serving import free_port
from tests.users import API, Person
from wildlife.people.oidc import provider as provider_module
from wildlife.settings import Settings

_PATIENCE_S: Final = 100


@pytest.fixture
def settings(settings: Settings, liar: Liar, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # Who waits here is told so by what happens meanwhile, which takes long on a busy machine.
    for within in ("_WITHIN_S", "_STEP_WITHIN_S"):
        monkeypatch.setattr(provider_module, within, _PATIENCE_S)
    return by_provider(settings, liar.issuer)


async def test_an_honest_one_signs_in(client: AsyncClient, liar: Liar) -> None:
    """Or none of what follows would say anything."""
    answer = await come_back(client, await returned(client, liar))
    assert answer.status_code == 201, answer.text
    assert {path for path, _, _ in liar.asked} == {DISCOVERY, TOKEN, KEYS}


# ---------------------------------------------------------------- a browser that goes there

# As browsers, and programs, name what they take.
NAVIGATING: Final = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8",
    "text/html, application/xhtml+xml, image/jxr, */*",
    "text/html",
)
PROGRAMS: Final = ("application/json", "*/*", "", "application/json, text/html;q=0.9")


@pytest.mark.parametrize("accept", [*NAVIGATING, *PROGRAMS, "image/png", "text/*;q=0.1"])
async def test_who_goes_there_is_sent_on_whatever_it_takes(
    accept: str, client: AsyncClient, liar: Liar
) -> None:
    answer = await client.get(f"{API}/session/oidc", headers={"Accept": accept})
    assert answer.status_code == 302, answer.text
    assert answer.headers["location"].startswith(f"{liar.issuer}/authorize?")


@pytest.mark.parametrize(
    ("status", "code"),
    [("503 Service Unavailable", "oidc_unavailable"), ("200 OK", "oidc_unfit_answer")],
)
async def test_a_browser_comes_back_to_the_page_where_the_provider_can_not_be_asked(
    status: str, code: str, client: AsyncClient, liar: Liar, settings: Settings
) -> None:
    liar.raw[DISCOVERY] = ok(b"<html>", status)
    for accept in NAVIGATING:
        # Where to is the operator's to say, and nobody's who asks.
        answer = await client.get(
            f"{API}/session/oidc", headers={"Accept": accept, "Host": "elsewhere.example"}
        )
        assert answer.status_code == 302, answer.text
        assert answer.headers["location"] == f"{settings.oidc_redirect_url}?error={code}"
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers, "nothing was begun"
    for accept in PROGRAMS:
        answer = await client.get(f"{API}/session/oidc", headers={"Accept": accept})
        assert answer.json()["code"] == code
    lines = [one for one in logged(settings.data_dir) if one["event"] == "sign_in_refused"]
    assert [one["code"] for one in lines] == [code] * (len(NAVIGATING) + len(PROGRAMS))


# ---------------------------------------------------------------- answers


DEEP: Final = b"[" * 100_000
REDIRECT: Final = ok(b"", "302 Found", Location="http://127.0.0.1:1/")
UNFIT: Final[dict[str, bytes]] = {
    "no JSON": ok(b"<html>"),
    "nothing": ok(b""),
    "no object": ok(b"[]"),
    "no text": ok(b'{"id_token":"\xff"}'),
    "nested": ok(b'{"x":' + DEEP),
    "a redirect": REDIRECT,
    "a refusal": ok(b"{}", "404 Not Found"),
    "no content": ok(b"", "204 No Content"),
    "too much": ok(b'{"x":"' + b"x" * 300_000 + b'"}'),
    "compressed": ok(gzip.compress(b"{}" + b" " * 10_000_000), Content_Encoding="gzip"),
    "without an end": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b" " * 5_000_000,
}


@pytest.mark.parametrize("path", [DISCOVERY, TOKEN, KEYS])
@pytest.mark.parametrize("answer", UNFIT.values(), ids=UNFIT)
async def test_an_answer_that_is_not_fit_is_told_as_such(
    answer: bytes, path: str, client: AsyncClient, liar: Liar
) -> None:
    if path == DISCOVERY:
        liar.raw[path] = answer
        ask = partial(client.get, f"{API}/session/oidc")
    else:
        ask = partial(come_back, client, await returned(client, liar))
        liar.raw[path] = answer
    await refused(ask, "oidc_unfit_answer", 502)
    assert all(path in {DISCOVERY, TOKEN, KEYS} for path, _, _ in liar.asked)


WRONG_METADATA: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "another issuer": ({"issuer": "https://id.example.cn"}, "another `issuer`"),
    "another way to write it": ({"issuer": "http://127.0.0.1/"}, "another `issuer`"),
    "no issuer": ({"issuer": None}, "something else"),
    "no keys": ({"jwks_uri": 1}, "something else"),
    "a file": ({"jwks_uri": "file:///etc/passwd"}, "can't be gone to safely"),
    "no host": ({"token_endpoint": "http:///token"}, "can't be gone to safely"),
    "a script": ({"authorization_endpoint": "javascript:alert(1)"}, "can't be gone to safely"),
    "two lines": ({"authorization_endpoint": "http://x/\r\nX: 1"}, "can't be gone to safely"),
    "no port": ({"token_endpoint": "http://x:99999/"}, "can't be gone to safely"),
    "no address": ({"token_endpoint": "http://[x"}, "can't be gone to safely"),
}


@pytest.mark.parametrize(("changed", "says"), WRONG_METADATA.values(), ids=WRONG_METADATA)
async def test_what_a_provider_says_of_itself_has_to_be_so(
    changed: dict[str, Any], says: str, client: AsyncClient, liar: Liar
) -> None:
    liar.metadata |= changed
    ask = partial(client.get, f"{API}/session/oidc")
    await refused(ask, "oidc_unfit_answer", 502, says=says)


async def test_who_was_sent_back_by_another_provider_is_not_signed_in(
    client: AsyncClient, liar: Liar
) -> None:
    back = await returned(client, liar)
    for wrong in ("https://id.example.cn", f"{liar.issuer}/"):
        ask = partial(come_back, client, back | {"iss": wrong})
        await refused(ask, "oidc_unfit_answer", 502, says="Another identity provider")
    assert TOKEN not in {path for path, _, _ in liar.asked}, "nobody else gets the code"
    assert (await come_back(client, back | {"iss": liar.issuer})).status_code == 201


async def test_a_provider_that_says_who_sends_back_has_to_say_it_each_time(
    client: AsyncClient, liar: Liar
) -> None:
    liar.metadata["authorization_response_iss_parameter_supported"] = True
    back = await returned(client, liar)
    ask = partial(come_back, client, back)
    await refused(ask, "oidc_unfit_answer", 502, says="Another identity provider")
    assert (await come_back(client, back | {"iss": liar.issuer})).status_code == 201


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        ("invalid_grant", "400 Bad Request", "oidc_begin_again"),
        ("invalid_client", "401 Unauthorized", "oidc_unfit_answer"),
        ("unauthorized_client", "400 Bad Request", "oidc_unfit_answer"),
        ("invalid_request", "400 Bad Request", "oidc_unfit_answer"),
        ("temporarily_unavailable", "503 Service Unavailable", "oidc_unavailable"),
    ],
)
async def test_why_a_code_is_not_taken_is_told_apart(
    error: str, status: str, code: str, client: AsyncClient, liar: Liar
) -> None:
    liar.raw[TOKEN] = ok(b'{"error":"%s"}' % error.encode(), status)
    told = {"oidc_begin_again": 403, "oidc_unfit_answer": 502, "oidc_unavailable": 503}
    back = partial(come_back, client, await returned(client, liar))
    await refused(back, code, told[code])


# ---------------------------------------------------------------- down and slow


@pytest.mark.parametrize("path", [DISCOVERY, TOKEN, KEYS])
async def test_a_provider_that_says_nothing_is_waited_for_so_long_and_no_longer(
    path: str,
    client: AsyncClient,
    liar: Liar,
    official: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if path == DISCOVERY:
        ask = partial(client.get, f"{API}/session/oidc")
    else:
        ask = partial(come_back, client, await returned(client, liar))
    liar.silent.add(path)
    # One more than may wait of one address: who is too many is told at once, and who is signed in
    # goes on.
    refusal, waiting = await one_too_many(ask for _ in range(provider_module._MOST_OF_ONE + 1))
    assert refusal.json()["code"] == "oidc_unavailable"
    assert "than can be at once" in refusal.json()["detail"]
    assert refusal.headers["retry-after"]
    assert (await official.get("/releases")).status_code == 200
    assert not any(one.done() for one in waiting)
    await given_up(waiting)
    with monkeypatch.context() as patched:
        patched.setattr(provider_module, "_WITHIN_S", 0.2)
        await refused(ask, "oidc_unavailable", 503, says="not in time")
    liar.silent.clear()
    assert (await ask()).status_code in {201, 302}, "it is asked again"


async def test_no_address_keeps_all_others_from_the_provider(
    settings: Settings, liar: Liar
) -> None:
    liar.silent.add(DISCOVERY)
    behind = replace(settings, trusted_proxy="127.0.0.1")
    async with running_application(behind) as client:

        def begin_at(address: str) -> Callable[[], Any]:
            headers = {"X-Forwarded-For": address}
            return partial(client.get, f"{API}/session/oidc", headers=headers)

        _, waiting = await one_too_many(begin_at("10.0.0.1") for _ in range(5))
        assert len(waiting) == 4
        refusal, elsewhere = await one_too_many(begin_at(f"10.0.1.{one}") for one in range(13))
        assert len(elsewhere) == 12, "they wait as well"
        assert "than can be at once" in refusal.json()["detail"]
        await given_up(waiting | elsewhere)


async def one_too_many(
    asks: Iterable[Callable[[], Any]],
) -> tuple[Response, set[asyncio.Task[Response]]]:
    """The one of these that is answered at once, and those that wait."""
    tasks = {asyncio.create_task(ask()) for ask in asks}
    done, waiting = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    [one] = done
    return one.result(), waiting


async def given_up(waiting: set[asyncio.Task[Response]]) -> None:
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_provider_that_is_down_is_told_as_such(client: AsyncClient, liar: Liar) -> None:
    liar.raw[DISCOVERY] = b""  # it hangs up
    ask = partial(client.get, f"{API}/session/oidc")
    await refused(ask, "oidc_unavailable", 503, says="does not answer")


async def test_nobody_listens(settings: Settings, liar: Liar) -> None:
    away = replace(settings, oidc_issuer=f"http://127.0.0.1:{free_port()}")
    async with running_application(away) as client:
        ask = partial(client.get, f"{API}/session/oidc")
        await refused(ask, "oidc_unavailable", 503, says="does not answer")


async def test_a_provider_is_known_by_its_certificate(settings: Settings, tmp_path: Path) -> None:
    context, file = self_signed(tmp_path)
    async with lying_provider(context) as liar:
        assert liar.issuer.startswith("https:")
        untrusted = replace(settings, oidc_issuer=liar.issuer)
        async with running_application(untrusted) as client:
            ask = partial(client.get, f"{API}/session/oidc")
            await refused(ask, "oidc_unavailable", 503, says="no certificate that is trusted")
        assert liar.asked == []
        async with running_application(replace(untrusted, oidc_ca_file=file)) as client:
            assert (await come_back(client, await returned(client, liar))).status_code == 201
            liar.metadata["token_endpoint"] = "http://127.0.0.1:1/token"
        async with running_application(replace(untrusted, oidc_ca_file=file)) as client:
            ask = partial(client.get, f"{API}/session/oidc")
            await refused(ask, "oidc_unfit_answer", 502, says="can't be gone to safely")
