"""What an ID token says of who signs in: which account is meant, and what it is here. Pure."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from wildlife.people.codes import Role
from wildlife.provider_settings import ProviderSettings
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence
from wildlife.words.values import Badge, Name


class ClaimedAppointment(msgspec.Struct, frozen=True):
    """What somebody is by the word of the provider. station: the code of a unit."""

    role: Role
    station: str | None
    sees_roads: bool


class Claimed(msgspec.Struct, frozen=True):
    """Who signs in, by the word of the provider.

    subject: who it is there, for good. name: None where the provider says none that can be shown.
    """

    issuer: str
    subject: str
    badge: str
    name: str | None
    appointments: list[ClaimedAppointment]


_NAME: Final = "name"


def read_claims(claims: Mapping[str, Any], settings: ProviderSettings) -> Claimed:
    """What the claims of a token that was checked say, by these settings. Raises Problem:
    oidc_not_admitted where they name no badge."""
    given = _claim(claims, settings.badge_claim)
    badge = _as(Badge, given)
    if badge is None:
        claim = settings.badge_claim
        raise Problem(
            "oidc_not_admitted",
            reason=Sentence(
                f"The identity provider names no badge number of yours: the claim `{claim}` is"
                " missing, or not 2 to 32 of 0-9, A-Z, a-z and -.",
                f"身份提供方没有给出你的警号：声明 `{claim}` 缺失，或不是由 2 至 32 位"
                "字母、数字和 - 组成。",
            ),
        )
    return Claimed(
        settings.issuer,
        claims["sub"],
        badge,
        _as(Name, claims.get(_NAME)),
        _appointments(_claim(claims, settings.role_claim), settings),
    )


def requested(settings: ProviderSettings) -> list[str]:
    """The claims that are asked for, where the provider lets itself be asked (Core, 5.5); of one
    within another the outer one."""
    paths = (settings.badge_claim, settings.role_claim)
    return [*dict.fromkeys((_NAME, *(path.partition(".")[0] for path in paths)))]


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """The claim of this name; or the one within another, behind a point."""
    if path in claims:
        return claims[path]
    outer, point, inner = path.partition(".")
    within = claims.get(outer)
    return _claim(within, inner) if point and isinstance(within, dict) else None


def _as(type_: Any, given: Any) -> str | None:
    try:
        text: str = msgspec.convert(given, type_)
        text.encode()  # half of a character is none: JSON can say it
    except (msgspec.ValidationError, UnicodeEncodeError):
        return None
    return text


def _appointments(given: Any, settings: ProviderSettings) -> list[ClaimedAppointment]:
    values = given if isinstance(given, list) else [given]
    found: dict[tuple[str, str | None], bool] = {}
    for one in settings.roles:
        if one.value in values:
            key = one.role, one.station
            found[key] = found.get(key, False) or one.sees_roads
    return [
        ClaimedAppointment(Role(role), station, sees_roads)
        for (role, station), sees_roads in found.items()
    ]
