"""A token that a provider did not sign, or that says something else, signs nobody in."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from httpx import AsyncClient

from tests.people.oidc.lying import (
    ELLIPTIC,
    KEY,
    OTHER_KEY,
    Liar,
    by_own_key,
    by_public_key,
    critical,
    public,
    refused,
    returned,
    signed,
    unsigned,
)
from tests.people.oidc.provider import by_provider, come_back
from wildlife.settings import Settings


@pytest.fixture
def settings(settings: Settings, liar: Liar) -> Settings:
    return by_provider(settings, liar.issuer)


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
    "of the future": ({"iat": int(time.time()) + 86400}, "compare the clocks"),
    "not yet": ({"nbf": int(time.time()) + 86400}, "compare the clocks"),
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
