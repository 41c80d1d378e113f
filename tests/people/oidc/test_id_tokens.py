"""Whatever a token says, or a key is, the answer is who signed in, or why nobody did."""

import time
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.people.oidc.lying import KEY, SUBJECT, public, signed
from tests.people.oidc.provider import CLIENT
from wildlife.people.oidc.answers import UnfitAnswer
from wildlife.people.oidc.id_token import read_id_token

ISSUER: Final = "https://id.example.cn"
NAMES: Final = ["iss", "sub", "aud", "exp", "iat", "nbf", "azp", "nonce", "auth_time", "amr", "x"]
SCALAR: Final = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**1000, max_value=2**1001)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from([ISSUER, CLIENT, SUBJECT, "n0nce"])
)
JSON: Final = st.recursive(
    SCALAR,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


def right(**changes: Any) -> dict[str, Any]:
    """What a token says that is right, but for the changes."""
    now = int(time.time())
    return {
        "iss": ISSUER,
        "sub": SUBJECT,
        "aud": CLIENT,
        "iat": now,
        "exp": now + 300,
        "nonce": "n0nce",
    } | changes


def read(text: str, keys: list[Any]) -> dict[str, Any]:
    return read_id_token(text, keys, issuer=ISSUER, client_id=CLIENT, nonce="n0nce")


def test_what_is_right_is_read() -> None:
    claims = right()
    assert read(signed(claims), [public(KEY)]) == claims


@pytest.mark.parametrize("azp", ["", False, 0, 0.0, [], {}, None, "another", [CLIENT], True])
def test_who_a_token_was_issued_to_is_this_client_or_is_not_said(azp: Any) -> None:
    assert read(signed(right(azp=CLIENT)), [public(KEY)])["azp"] == CLIENT
    with pytest.raises(UnfitAnswer):
        read(signed(right(azp=azp)), [public(KEY)])


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_of_whatever_a_token_says_only_what_is_right_is_believed(changes: dict[str, Any]) -> None:
    text = signed(right(**changes))
    with suppress(UnfitAnswer):
        claims = read(text, [public(KEY)])
        assert claims["iss"] == ISSUER
        assert claims["nonce"] == "n0nce"
        assert claims["aud"] == CLIENT or CLIENT in claims["aud"]
        assert claims.get("azp", CLIENT) == CLIENT
        assert isinstance(claims["sub"], str)
        assert 0 < len(claims["sub"]) <= 255
        assert claims["exp"] > time.time() - 61


@given(
    st.text(max_size=20) | st.lists(st.binary(max_size=9), max_size=5).map(repr),
    st.lists(
        JSON
        | st.dictionaries(st.sampled_from(["kty", "kid", "use", "alg", "n", "e", "crv"]), JSON)
        | st.sampled_from(["n", "e", "kty", "kid", "alg", "use"]).flatmap(
            lambda name: JSON.map(lambda value: public(KEY) | {name: value})
        ),
        max_size=4,
    ),
)
def test_whatever_is_sent_for_a_token_or_a_key_is_told_as_such(text: str, keys: list[Any]) -> None:
    for one in (text, f"{text}.{text}.{text}", signed(right())):
        with suppress(UnfitAnswer):
            assert read(one, keys)["sub"] == SUBJECT
