"""Whatever a token says, or a key is, the answer is who signed in, or why nobody did."""

import time
from contextlib import suppress
from math import lcm
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
    generate_private_key,
)
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OctKey
from joserfc.util import int_to_base64

from tests.people.oidc.lying import KEY, OTHER_KEY, SUBJECT, by_hand, public, signed
from tests.people.oidc.provider import CLIENT
from wildlife.people.oidc import id_token
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


def with_exponent(e: int) -> RSAPrivateKey:
    """The key of the provider, but for its exponent."""
    assert KEY.private_key is not None
    known = KEY.private_key.private_numbers()
    p, q, d = known.p, known.q, pow(e, -1, lcm(known.p - 1, known.q - 1))
    return RSAPrivateNumbers(
        *(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p)),
        RSAPublicNumbers(e, p * q),
    ).private_key()


def of_bits(bits: int) -> RSAPrivateKey:
    return generate_private_key(65537, bits)


def published(key: RSAPrivateKey) -> dict[str, str]:
    """The public part, also of one that no library would publish."""
    numbers = key.public_key().public_numbers()
    n, e = int_to_base64(numbers.n), int_to_base64(numbers.e)
    return {"kty": "RSA", "kid": "one", "n": n, "e": e}


UNFIT: Final[dict[str, RSAPrivateKey]] = {
    "a slow exponent": with_exponent(2**61 - 1),
    "a key too short": of_bits(1024),
}


@pytest.mark.parametrize("key", UNFIT.values(), ids=UNFIT)
def test_who_signs_by_a_key_that_is_not_fit_signs_for_nothing(key: RSAPrivateKey) -> None:
    """Though the signature is right, and the key the provider's."""
    with pytest.raises(UnfitAnswer):
        read(by_hand(right(), key), [published(key)])
    # As it would be by the same key, were it fit.
    fit = with_exponent(65537)
    claims = right()
    assert read(by_hand(claims, fit), [published(fit)]) == claims


def test_of_keys_of_one_name_those_that_do_not_sign_are_not_in_the_way() -> None:
    short = published(of_bits(1024))
    encrypts = public(OTHER_KEY) | {"use": "enc"}
    claims = right()
    for other in (encrypts, short, {"kty": "oct", "kid": "one", "k": "AQAB"}):
        assert read(signed(claims), [other, public(KEY)]) == claims
        # Nor need a token say which of them it is by, of which one alone may be.
        assert read(signed(claims, kid=None), [other, public(KEY)]) == claims


def test_of_a_key_that_is_published_whole_the_public_part_alone_is_read() -> None:
    """The private part may be wrong, or of numbers over which to check it takes for ever."""
    claims = right()
    secret = dict.fromkeys(("d", "p", "q", "dp", "dq", "qi"), "AQAB")
    assert read(signed(claims), [public(KEY) | secret]) == claims


def test_of_many_keys_the_first_fifty_are_looked_at() -> None:
    claims, other = right(), public(OTHER_KEY) | {"kid": "other"}
    assert read(signed(claims), [*[other] * 49, public(KEY)]) == claims
    with pytest.raises(UnfitAnswer):
        read(signed(claims), [*[other] * 50, public(KEY)])


@pytest.mark.parametrize("fallen", ["the kinds of keys", "the algorithms"])
def test_each_of_the_walls_before_a_shared_secret_holds_alone(
    fallen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(id_token, "_PUBLIC", (*id_token._PUBLIC, "k"))
    if fallen == "the kinds of keys":
        monkeypatch.setattr(id_token, "_KEY_TYPES", (*id_token._KEY_TYPES, "oct"))
    else:
        monkeypatch.setattr(id_token, "_ALGORITHMS", (*id_token._ALGORITHMS, "HS256"))
    secret = OctKey.generate_key(256, {"kid": "one"})
    with pytest.raises(UnfitAnswer):
        read(signed(right(), secret, alg="HS256"), [secret.as_dict(private=True)])
