"""Signing in by the identity provider: out to it, and back."""

import time
from typing import Annotated, ClassVar, Final
from uuid import uuid4

import msgspec
import structlog

from wildlife.people.accounts import Tokens
from wildlife.people.events import author_at
from wildlife.people.oidc.claims import Claimed, read_claims
from wildlife.people.oidc.flow import Flow, begin, take_up
from wildlife.people.oidc.provider import Provider
from wildlife.people.oidc.queries import admit, ends_in
from wildlife.people.service import PeopleService
from wildlife.people.tokens import issue_tokens
from wildlife.web.clients import client_address
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence

log = structlog.get_logger()


class Returned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """身份提供方的返回。With what the provider sent the browser back: parameters of the address of
    the page; those that are not here are left out."""

    HOLDS_SECRETS: ClassVar = True

    state: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    """登录状态。As it came back: it belongs to this browser."""
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)] | None = None
    """登录代码。What the provider gives the tokens for, once; left out: it gave none."""
    iss: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    """签发者。Who sent the browser back, where the provider says it (RFC 9207)."""
    error: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] | None = None
    """错误代码。Why there is no code."""


_NOT_BEGUN: Final = Sentence(
    "What you came back with was used already, or belongs to a sign-in that was not begun in this"
    " browser, or more than ten minutes ago, or in another window since.",
    "返回的内容已使用过，或所属的登录不是在此浏览器中开始的，或开始后已超过十分钟，"
    "或之后又在另一个窗口重新开始。",
)


async def leave(service: PeopleService, host: str | None) -> tuple[Flow, str]:
    """A sign-in that begins, for somebody at `host`, and where the browser goes. Raises Problem as
    `Provider` does, and oidc_not_set_up."""
    provider = _provider(service)
    service.vault.renew()  # another process may have changed the key, and gets the browser back
    flow = begin(service.vault.tag, time.time())
    try:
        return flow, await provider.address_for(flow, client_address(host))
    except Problem as refusal:
        _log(refusal, None, host)
        raise


async def come_back(
    service: PeopleService, returned: Returned, cookie: str | None, host: str | None
) -> Tokens:
    """The tokens of a new session for who comes back to `host` from the provider.

    It is logged. Raises Problem: oidc_not_set_up, oidc_begin_again, oidc_denied,
    oidc_not_admitted, and as `Provider` does.
    """
    provider = _provider(service)
    badge = None
    try:
        service.vault.renew()
        flow = take_up(service.vault.tag, cookie, returned.state, time.time())
        if flow is None:
            raise Problem("oidc_begin_again", reason=_NOT_BEGUN)
        if returned.code is None:
            raise Problem("oidc_denied")
        who = client_address(host)
        claims = await provider.redeem(returned.code, flow, returned.iss, who)
        claimed = read_claims(claims, provider.settings)
        badge = claimed.badge
        tokens = await _signed_in(service, provider, claimed, host)
    except Problem as refusal:
        _log(refusal, badge, host)
        raise
    log.info("signed_in", badge=badge, address=host, issuer=claimed.issuer)
    return tokens


def _log(refusal: Problem, badge: str | None, host: str | None) -> None:
    log.warning(
        "sign_in_refused",
        code=refusal.code,
        badge=badge,
        reason=refusal.reason and refusal.reason.en,
        error=refusal.__cause__,
        address=host,
    )


async def _signed_in(
    service: PeopleService, provider: Provider, claimed: Claimed, host: str | None
) -> Tokens:
    async with service.database.signing_in(locking=(claimed.issuer, claimed.subject)) as connection:
        admitted = await admit(connection, author_at(host, None), claimed)
        if not isinstance(admitted, Sentence):
            tokens = await issue_tokens(
                connection,
                service.settings,
                admitted,
                uuid4(),
                generation=1,
                session_ends_at=await ends_in(connection, provider.settings.session_s),
            )
    service.holders.forget()  # a role may have ended, and its sessions
    if isinstance(admitted, Sentence):
        raise Problem("oidc_not_admitted", reason=admitted)
    return tokens


def _provider(service: PeopleService) -> Provider:
    if service.provider is None:
        raise Problem("oidc_not_set_up")
    return service.provider
