"""How many requests somebody may send a minute, all at once or one after the other.

An account has a rate of its own, whatever address or token it sends with. Who shows no token that
holds has one by address, and only what is refused counts toward it: a whole station sits behind one
address, and one phone there that goes on sending an old token must not keep the others from getting
a new one. So what is right is never refused for what others send. How passwords are guessed has
bounds of its own, which outlast a restart (`wildlife.people.attempts`).

Parts of an upload and the question how far it came are not counted: a phone that was told to wait
there would begin again. Nor is anything that those ask who watch over the service.

Of each sender one moment is remembered: when all that they sent has been worked off at their rate
(GCRA, as ATM networks do it). Who is a minute ahead has to wait. The moments lie in memory of one
size that all workers share, at two places for each sender, and the earlier of both counts: it never
fills, nothing in it has to be forgotten, and whose place somebody shares can't be chosen, since it
follows from a secret. Two workers that write one at once count one request less. Another machine
has its own; a restart begins anew. To keep it in the database would cost each request a write.
"""

import math
import os
import time
from functools import cache
from hashlib import blake2b
from mmap import mmap
from struct import unpack
from typing import Any, Final
from uuid import UUID

import structlog
from litestar import Request
from litestar.connection import ASGIConnection

from wildlife.settings import Settings
from wildlife.web.clients import client_address
from wildlife.web.problems import Problem
from wildlife.words.sentences import Sentence

# Of each half. Twenty senders at once of whom nobody may send more would share one by a chance of
# one in three thousand, and both by one in ten million.
_PLACES: Final = 1 << 16
_WORD: Final = 8

_MINUTE_S: Final = 60.0


class Moments:
    """When all that each sender sent has been worked off, in memory that processes share which are
    forked after it is made."""

    def __init__(self) -> None:
        self._secret = os.urandom(32)
        self._moments: memoryview[float] = memoryview(mmap(-1, 2 * _PLACES * _WORD)).cast("d")

    def wait_s(self, sender: bytes, per_minute: int) -> float:
        """Count one request more. 0; or in how many seconds there is room for it, and it does not
        count."""
        moments, now = self._moments, time.monotonic()
        digest = blake2b(sender, key=self._secret, digest_size=8).digest()
        first, second = (number % _PLACES for number in unpack("<II", digest))
        second += _PLACES
        done_at = max(now, min(moments[first], moments[second])) + _MINUTE_S / per_minute
        wait: float = done_at - now - _MINUTE_S
        if wait > 0:
            return wait
        moments[first] = max(moments[first], done_at)
        moments[second] = max(moments[second], done_at)
        return 0


@cache
def shared() -> Moments:
    """Those of the server and all its workers, which are forked when it has asked for them."""
    return Moments()


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
