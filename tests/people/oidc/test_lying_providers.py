"""A provider that is down, slow, or lies signs nobody in: it is told in a sentence of its own, and
holds up nobody else."""

import asyncio
import gzip
import ssl
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from httpx import AsyncClient, Response
from msgspec.structs import replace

from tests.fixtures.service import running_application
from tests.languages import HAN, foreign_words
from tests.people.oidc.lying import (
    DISCOVERY,
    ELLIPTIC,
    KEY,
    KEYS,
    OTHER_KEY,
    TOKEN,
    Liar,
    by_hand,
    by_own_key,
    by_public_key,
    critical,
    lying_provider,
    ok,
    public,
    signed,
    unsigned,
)
from tests.people.oidc.provider import begin, by_provider, come_back, parameters
from tests.people.sessions import ask
from tests.serving import free_port
from tests.users import API, Person
from wildlife.people.oidc import provider as provider_module
from wildlife.settings import Settings


@pytest.fixture
async def liar() -> AsyncIterator[Liar]:
    async with lying_provider() as liar:
        yield liar


@pytest.fixture
def settings(settings: Settings, liar: Liar) -> Settings:
    return by_provider(settings, liar.issuer)


async def returned(client: AsyncClient, liar: Liar) -> dict[str, str]:
    """What an honest browser comes back with."""
    sent = parameters(await begin(client))
    liar.nonce = sent["nonce"]
    return {"state": sent["state"], "code": "c0de"}


async def refused(ask: Callable[..., Any], code: str, status: int, *, says: str = "") -> Response:
    """What must be refused so, in both languages; says: a piece of the English sentence."""
    told = {}
    for language in ("en", "zh"):
        answer: Response = await ask(headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
        told[language] = answer.json()["detail"]
    assert says in told["en"], told
    assert not HAN.search(told["en"])
    assert foreign_words(told["zh"]) == [], told["zh"]
    return answer


async def test_an_honest_one_signs_in(client: AsyncClient, liar: Liar) -> None:
    """Or none of what follows would say anything."""
    answer = await come_back(client, await returned(client, liar))
    assert answer.status_code == 201, answer.text
    assert {path for path, _, _ in liar.asked} == {DISCOVERY, TOKEN, KEYS}


EXPIRED: Final = 61  # a minute is given to clocks that differ

LIES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "another issuer": ({"iss": "https://id.example.cn"}, "another provider"),
    "no issuer": ({"iss": None}, "another provider"),
    "another client": ({"aud": "somebody"}, "another service"),
    "no audience": ({"aud": None}, "another service"),
    "an empty audience": ({"aud": []}, "another service"),
    "an audience of numbers": ({"aud": [1]}, "another service"),
    "several audiences and no party": ({"aud": ["wildlife", "somebody"]}, "another service"),
    "another party": ({"aud": ["wildlife", "x"], "azp": "x"}, "another service"),
    "another party alone": ({"azp": "somebody"}, "another service"),
    "another nonce": ({"nonce": "x"}, "another sign-in"),
    "no nonce": ({"nonce": None}, "another sign-in"),
    "a nonce of two": ({"nonce": ["x"]}, "another sign-in"),
    "expired": ({"exp": int(time.time()) - EXPIRED}, "has expired"),
    "no end": ({"exp": None}, "has expired"),
    "an end that is no number": ({"exp": "2099-01-01"}, "has expired"),
    "an end that is not a number": ({"exp": float("nan")}, "has expired"),
    "of the future": ({"iat": int(time.time()) + 3600}, "compare the clocks"),
    "not yet": ({"nbf": int(time.time()) + 3600}, "compare the clocks"),
    "nobody": ({"sub": None}, "who signed in"),
    "nobody who can be named": ({"sub": ""}, "who signed in"),
    "a number": ({"sub": 7}, "who signed in"),
    "somebody with U+0000": ({"sub": "a\0b"}, "who signed in"),
    "somebody long": ({"sub": "a" * 256}, "who signed in"),
}


@pytest.mark.parametrize(("changed", "says"), LIES.values(), ids=LIES)
async def test_a_token_that_says_something_else_signs_nobody_in(
    changed: dict[str, Any], says: str, client: AsyncClient, liar: Liar
) -> None:
    liar.claims = changed
    back = partial(come_back, client, await returned(client, liar))
    await refused(back, "oidc_unfit_answer", 502, says=says)


FORGED: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    "unsigned": unsigned,
    "by the public key": by_public_key,
    "by a key of its own": by_own_key,
    "by another key": partial(signed, key=OTHER_KEY),
    "by a key that is not published": partial(signed, kid="two"),
    "with a critical header": critical,
    "cut off": lambda claims: signed(claims)[:-1],
    "changed": lambda claims: signed(claims).replace(".", ".e30", 1),
    "no token": lambda _: "x",
    "nothing": lambda _: "",
    "five parts": lambda claims: f"{signed(claims)}.a.b",
    "no ASCII": lambda _: "é.é.é",
    "large": lambda claims: signed(claims | {"x": "x" * 150_000}),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
async def test_a_token_that_the_provider_did_not_sign_signs_nobody_in(
    forge: Callable[[dict[str, Any]], str], client: AsyncClient, liar: Liar
) -> None:
    liar.token = forge
    back = partial(come_back, client, await returned(client, liar))
    await refused(back, "oidc_unfit_answer", 502, says="none of the provider's")


UNFIT_KEYS: Final[dict[str, Any]] = {
    "none": {"keys": []},
    "no list": {"keys": {}},
    "nothing": {},
    "no objects": {"keys": [1, None, "x", []]},
    "half a key": {"keys": [{"kty": "RSA", "kid": "one", "n": "AQAB"}]},
    "a key that encrypts": {"keys": [public(KEY) | {"use": "enc"}]},
    "a key of another kind": {"keys": [public(KEY) | {"kty": "AKP"}]},
    "a key of another algorithm": {"keys": [public(KEY) | {"alg": "RS512"}]},
    "a key too short": {"keys": [public(KEY) | {"n": "AQAB" * 20}]},
    "a key too long": {"keys": [public(KEY) | {"n": "AQAB" * 2000}]},
    "a slow exponent": {"keys": [public(KEY) | {"e": "AQAB" * 200}]},
    "a symmetric key": {"keys": [{"kty": "oct", "kid": "one", "k": "AQAB"}]},
    "an elliptic key": {"keys": [public(ELLIPTIC) | {"kid": "one"}]},
    "a name of another type": {"keys": [public(KEY) | {"kid": 1}]},
    "numbers for texts": {"keys": [public(KEY) | {"n": 1, "e": 2}]},
}


@pytest.mark.parametrize("published", UNFIT_KEYS.values(), ids=UNFIT_KEYS)
async def test_a_key_that_is_not_fit_is_none(
    published: Any, client: AsyncClient, liar: Liar
) -> None:
    liar.jwks = published
    back = partial(come_back, client, await returned(client, liar))
    await refused(back, "oidc_unfit_answer", 502)


async def test_keys_that_are_not_fit_are_not_in_the_way_of_one_that_is(
    client: AsyncClient, liar: Liar
) -> None:
    others = [
        key
        for one in UNFIT_KEYS.values()
        if isinstance(one.get("keys"), list)
        for key in one["keys"]
        if not isinstance(key, dict) or key.get("kid") != "one"
    ]
    liar.jwks = {"keys": [*others, {"kty": "AKP"}, public(ELLIPTIC), public(KEY)]}
    assert (await come_back(client, await returned(client, liar))).status_code == 201
    liar.token = partial(signed, key=ELLIPTIC, alg="ES256", kid="two")
    assert (await come_back(client, await returned(client, liar))).status_code == 201
    # Of one key no token need say which it is.
    liar.jwks = {"keys": [public(KEY)]}
    liar.token = partial(signed, kid=None)
    assert (await come_back(client, await returned(client, liar))).status_code == 201


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
    monkeypatch.setattr(provider_module, "_WITHIN_S", 0.2)
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


def self_signed() -> tuple[bytes, bytes]:
    """A certificate of this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "id.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, encryption_algorithm=NoEncryption()
    )
    return certificate.public_bytes(Encoding.PEM), private


async def test_a_provider_is_known_by_its_certificate(settings: Settings, tmp_path: Path) -> None:
    certificate, key = self_signed()
    (file := tmp_path / "ca.pem").write_bytes(certificate)
    (tmp_path / "key.pem").write_bytes(key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, tmp_path / "key.pem")
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
