"""Guessing passwords is slowed: how long somebody waits before the next attempt.

Nobody is ever locked out, for a lock is a weapon: whoever knows a badge could use it. Wrong
passwords are counted by badge and address together, since a whole station sits behind one address.
Some are free (a wet phone, a forgotten password), then each doubles the wait, up to four minutes:

- here: this badge from this address;
- this badge from all addresses, and this address with all badges, since guesses may be spread.
  An address counts no more than the free ones at a badge, so that no single one slows a badge
  elsewhere, and one device that keeps sending an old password does not slow its whole station.

Where the account has signed in before, only the first counts. So failures elsewhere, or with other
badges behind the same address, never hold up an officer at their station or on their phone. Whom
they can hold up is an officer at an address that is new to them, while guesses come from there or
at their badge from three others; and who guesses from behind an officer's own address holds that
officer up there, and nowhere else. The log names the address; who is signed in goes on.

An attempt counts as wrong from its beginning and no more once it is right: a volley of guesses sent
at once counts like one after the other. One that has to wait is refused before any work, and does
not count.
"""

from datetime import timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address
from typing import Final

import msgspec

from wildlife.web.clients import client_address

FREE_HERE: Final = 10
FREE_OF_BADGE: Final = 30
FREE_OF_ADDRESS: Final = 100

FAILURES_COUNT_FOR: Final = timedelta(days=1)
"""After the latest of the same badge from the same address."""
ADDRESSES_ARE_KNOWN_FOR: Final = timedelta(days=90)
"""After the latest right password from there."""

_MOST_DOUBLINGS: Final = 8  # 256 s


class Attempt(msgspec.Struct, frozen=True):
    """With which badge, and from where."""

    badge_hash: bytes
    address: IPv4Address | IPv6Address


class Failures(msgspec.Struct, frozen=True):
    """How many wrong passwords came, and how many seconds ago the latest."""

    count: int
    since_s: float


class Tally(msgspec.Struct, frozen=True):
    """What came before an attempt. is_known: the account has signed in from this address."""

    is_known: bool
    here: Failures
    of_badge: Failures
    of_address: Failures


def attempt_of(badge: str, host: str | None) -> Attempt:
    """An attempt from `host`, as the server names the client."""
    return Attempt(sha256(badge.encode()).digest(), client_address(host))


def wait_s(tally: Tally) -> float:
    """The seconds until the next attempt is taken; 0: it is taken now."""
    here = _left_s(tally.here, FREE_HERE)
    if tally.is_known:
        return here
    return max(
        here,
        _left_s(tally.of_badge, FREE_OF_BADGE),
        _left_s(tally.of_address, FREE_OF_ADDRESS),
    )


def _left_s(failures: Failures, free: int) -> float:
    if failures.count < free:
        return 0
    doublings = min(failures.count - free, _MOST_DOUBLINGS)
    return max(0, (1 << doublings) - failures.since_s)
