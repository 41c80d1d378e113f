"""How many requests somebody may send a minute, all at once or one after the other.

An account has a rate of its own, whatever address or token it sends with. Who shows no token that
holds has one by address, and only what is refused counts toward it: a whole station sits behind one
address, and one phone there that goes on sending an old token must not keep the others from getting
a new one. So what is right is never refused for what others send. How passwords are guessed has
bounds of its own, which outlast a restart (`wildlife.people.attempts`).

Parts of an upload and the question how far it came are not counted: a phone that was told to wait
there would begin again. Nor is anything that those ask who watch over the service.
"""

import math
from typing import Any
from uuid import UUID

import structlog
from litestar import Request
from litestar.connection import ASGIConnection

from wildlife.settings import Settings
from wildlife.web.clients import client_address
from wildlife.web.pacing import Moments
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence


class Rates:
    """The rates that these settings give."""

    def __init__(self, settings: Settings, moments: Moments) -> None:
        self._of_account = settings.account_requests_per_minute
        self._of_address = settings.address_refusals_per_minute
        self._moments = moments

    def admit(self, account_id: UUID) -> None:
        """Count a request of this account. Raises Problem too_many_requests."""
        if wait := self._moments.wait_s(account_id.bytes, self._of_account):
            whose = Sentence("came from this account", "本账号发来的请求")
            raise _too_many(wait, self._of_account, whose)

    def visit(self, host: str | None) -> None:
        """Count a request of somebody at `host` who need not be known, and gets no more than an
        account does. Raises Problem too_many_requests."""
        visitor = b"visitor" + client_address(host).packed
        if wait := self._moments.wait_s(visitor, self._of_account):
            whose = Sentence(
                "came from this address without a token", "本地址发来的、没有令牌的请求"
            )
            raise _too_many(wait, self._of_account, whose)

    def refuse(self, host: str | None) -> None:
        """Count a refusal of somebody unknown at `host`. Raises Problem too_many_requests, which
        stands in its place."""
        address = client_address(host)
        if wait := self._moments.wait_s(address.packed, self._of_address):
            structlog.contextvars.bind_contextvars(address=str(address))
            raise _too_many(
                wait,
                self._of_address,
                Sentence(
                    "came from this address without a token or password that holds",
                    "本地址发来的、没有有效令牌或密码的请求",
                ),
            )


def _too_many(wait: float, per_minute: int, reason: Sentence) -> Problem:
    seconds = max(1, math.ceil(wait))
    return Problem(
        "too_many_requests",
        given=str(seconds),
        expected=str(per_minute),
        reason=reason,
        retry_after_s=seconds,
    )


def is_metered(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether a request counts: a route says by `opt={"unmetered": True}` that it does not. What no
    route takes costs next to nothing, and who sent it through a proxy is not known there."""
    handler = connection.scope.get("route_handler")
    return handler is not None and not handler.opt.get("unmetered")


def counted(request: Request[Any, Any, Any], refusal: Problem) -> Problem:
    """What is answered to a request that is refused: of one that nobody known sent, that there are
    too many, where there are."""
    is_theirs = 400 <= refusal.status < 500 and refusal.retry_after_s is None
    if not is_theirs or request.scope.get("user") is not None or not is_metered(request):
        return refusal
    rates: Rates = request.app.state.rates
    try:
        rates.refuse(request.client.host if request.client else None)
    except Problem as too_many:
        return too_many
    return refusal
