"""What a provider answers, as the standards have it, and what is wrong with it otherwise. Pure."""

from typing import Any, Final, TypeVar

import msgspec

from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence

T = TypeVar("T")

BASIC: Final = "client_secret_basic"
POST: Final = "client_secret_post"
"""How a client shows who it is."""


class UnfitAnswer(Exception):
    """What a provider answers can't be gone by; the sentence says why."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(en, zh)


class Metadata(msgspec.Struct, frozen=True):
    """What a provider says of itself (OpenID Connect Discovery, 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = (BASIC,)
    claims_parameter_supported: bool = False
    authorization_response_iss_parameter_supported: bool = False


class Keys(msgspec.Struct, frozen=True):
    keys: list[Any]


class Redeemed(msgspec.Struct, frozen=True):
    id_token: str


class _Refusal(msgspec.Struct, frozen=True):
    error: str


class Away(Exception):
    """It says itself that it can't answer now."""


class Refused(UnfitAnswer):
    """Another status than 200."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(
            f"It answers {status} where an answer of OpenID Connect was to be.",
            f"它返回了 {status}，而不是 OpenID Connect 应有的回答。",
        )
        self.body = body


def as_told(refused: Refused) -> Exception:
    """Why the token endpoint gave nothing (RFC 6749, 5.2)."""
    try:
        error = decoded(refused.body, _Refusal).error
    except UnfitAnswer:
        return refused
    if error == "invalid_grant":
        return Problem(
            "oidc_begin_again",
            reason=Sentence(
                "What the identity provider sent you back with was used before, or has expired.",
                "身份提供方返回的登录代码已被使用或已过期。",
            ),
        )
    if error in {"invalid_client", "unauthorized_client"}:
        return UnfitAnswer(
            "It does not know this service: look at `WILDLIFE_OIDC_CLIENT_ID` and its secret.",
            "它不认识本服务：`WILDLIFE_OIDC_CLIENT_ID` 或其密钥与那里登记的不一致。",
        )
    return refused


def decoded(body: bytes, type_: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise UnfitAnswer(
            "It answers something else than OpenID Connect has there.",
            "它的回答不是 OpenID Connect 规定的内容。",
        ) from None
