"""ID tokens: whether one is the provider's word on this sign-in (OpenID Connect Core, 3.1.3.7).
Pure."""

from collections.abc import Iterable
from itertools import islice
from typing import Any, Final, TypeAlias

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet
from joserfc.jws import JWSRegistry
from joserfc.util import base64_to_int

from wildlife.people.oidc.answers import UnfitAnswer

Claims: TypeAlias = dict[str, Any]

# By a key that the provider alone has. What is signed by a secret (HS256) is not: with the public
# key for a secret, anybody signs so. Which of these a provider says that it uses adds nothing.
_ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"),
    *("EdDSA", "Ed25519"),
)
_KEY_TYPES: Final = ("RSA", "EC", "OKP")
# Of what is published nothing else is looked at: no private part, whose reading may take for ever.
_PUBLIC: Final = ("kty", "kid", "use", "alg", "n", "e", "crv", "x", "y")
# Shorter ones are broken (NIST SP 800-131A); with longer ones a check holds up whoever else asks.
_RSA_BITS: Final = range(2048, 8192 + 1)
_MOST_EXPONENT_BITS: Final = 32
_MOST_KEYS: Final = 50
_LEEWAY_S: Final = 60
_MOST_SUBJECT: Final = 255  # OpenID Connect Core, 2

_WHAT_FAILS: Final[dict[str, tuple[str, str]]] = {
    "iss": ("It was issued by another provider.", "签发者不是所设置的身份提供方。"),
    "aud": ("It was issued for another service.", "它不是签发给本服务的。"),
    "azp": ("It was issued for another service.", "它不是签发给本服务的。"),
    "nonce": ("It is of another sign-in.", "它不属于本次登录。"),
    "exp": ("It has expired.", "它已过期。"),
    "iat": ("It was issued in the future: compare the clocks.", "签发时间在未来：请核对时钟。"),
    "nbf": ("It does not hold yet: compare the clocks.", "尚未生效：请核对时钟。"),
    "sub": ("It does not say who signed in.", "它没有写明登录者。"),
}
_FORGED: Final = (
    "Its signature is none of the provider's.",
    "其签名不是身份提供方的签名。",
)


def read_id_token(
    text: str, keys: Iterable[Any], *, issuer: str, client_id: str, nonce: str
) -> Claims:
    """What the token says, if it is signed by one of `keys` (JWKs as they were published), for this
    client, in answer to `nonce`. Raises UnfitAnswer."""
    try:
        token = jwt.decode(
            text,
            _usable(keys),
            registry=JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False),
        )
    # Whatever was sent in its place, the library stumbles over it in ways of its own.
    except (JoseError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise _unfit(*_FORGED) from None
    claims = CodeIDToken(
        token.claims,
        token.header,
        {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
            "sub": {"essential": True},
        },
        {"nonce": nonce, "client_id": client_id},
    )
    try:
        claims.validate(leeway=_LEEWAY_S)
    except ExpiredTokenError:
        raise _unfit(*_WHAT_FAILS["exp"]) from None
    except (JoseError, ValueError, TypeError) as error:
        raise _unfit(*_WHAT_FAILS.get(getattr(error, "claim", ""), _FORGED)) from None
    # The library takes what is empty, of whatever type, for a claim that is not there.
    if claims.get("azp", client_id) != client_id:
        raise _unfit(*_WHAT_FAILS["azp"])
    subject = claims["sub"]
    if not subject.isprintable() or len(subject) > _MOST_SUBJECT:
        raise _unfit(*_WHAT_FAILS["sub"])
    return dict(claims)


def _usable(keys: Iterable[Any]) -> KeySet:
    """The keys among them that sign, as long as they should be. Others are not in the way: those
    that encrypt, and those of kinds to come."""
    return KeySet([key for key in map(_imported, islice(keys, _MOST_KEYS)) if key is not None])


def _imported(given: Any) -> Key | None:
    if (
        not isinstance(given, dict)
        or given.get("kty") not in _KEY_TYPES
        or given.get("use", "sig") != "sig"
    ):
        return None
    try:
        if given["kty"] == "RSA" and (
            base64_to_int(given["n"]).bit_length() not in _RSA_BITS
            or base64_to_int(given["e"]).bit_length() > _MOST_EXPONENT_BITS
        ):
            return None
        return JWKRegistry.import_key({name: given[name] for name in _PUBLIC if name in given})
    except (JoseError, ValueError, TypeError, AttributeError, KeyError):
        return None


def _unfit(en: str, zh: str) -> UnfitAnswer:
    return UnfitAnswer(f"The ID token can't be trusted. {en}", f"ID 令牌不可信：{zh}")
