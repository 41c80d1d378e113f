"""Passwords as argon2id hashes with OWASP's parameters (m = 19 MiB, t = 2, p = 1: about 30 ms)."""

import asyncio
import time
import unicodedata
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Final

import anyio.to_thread
from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.refusals import UnfitPassword
from wildlife.web.problems import Problem

SHORTEST: Final = 8
LONGEST: Final = 128

_OF_DEMO: Final = "demo:"
"""Stands before the hash of an account that was made in a demo, or given its password there."""

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

_OF_WHO_IS_SIGNED_IN: Final = CapacityLimiter(1)


@cache
def _nobody() -> str:
    """Compared with when there is no such account, so that the time taken does not say so."""
    return _HASHER.hash("no such account")


def hash_password(password: str, *badges: str, demo: bool = False) -> str:
    """The hash to store for these accounts, the one way to a new one; in a demo one that signs in
    nowhere else. Raises UnfitPassword."""
    hashed = _HASHER.hash(check_password(password, *badges, demo=demo))
    return f"{_OF_DEMO}{hashed}" if demo else hashed


def is_of_demo(stored_hash: str) -> bool:
    """Whether it was made in a demo. One of a demo before 0.2 is not told from others by this."""
    return stored_hash.startswith(_OF_DEMO)


async def hashed(password: str, *badges: str, demo: bool) -> str:
    """The same, in a thread of its own: one after the other, as each holds 19 MiB and a core."""
    return await anyio.to_thread.run_sync(
        partial(hash_password, password, *badges, demo=demo), limiter=_OF_WHO_IS_SIGNED_IN
    )


def check_password(password: str, *badges: str, demo: bool = False) -> str:
    """The password, prepared, if the accounts with these badges may have it; that of the demo in a
    demo only. Raises UnfitPassword."""
    prepared = prepare(password)
    if prepared == DEMO_PASSWORD and not demo:
        raise UnfitPassword(
            "That is the public password of the demo, which signs in nowhere else. Choose another.",
            "这是演示用的公开密码，在演示之外无法登录。请另选一个。",
        )
    if not SHORTEST <= len(prepared) <= LONGEST:
        raise UnfitPassword(
            f"A password has at least {SHORTEST} characters and at most {LONGEST};"
            f" this one has {len(prepared)}.",
            f"密码须有 {SHORTEST} 至 {LONGEST} 个字符，所给的有 {len(prepared)} 个。",
        )
    # Cs: what is left of bytes that were no text.
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in prepared):
        raise UnfitPassword("A password has no control characters.", "密码不能含有控制字符。")
    likely = prepared.casefold()
    if any(badge and badge.casefold() in likely for badge in badges):
        raise UnfitPassword(
            "A password does not hold the badge number, which everybody knows. Choose another.",
            "密码不能包含警号，因为警号人人皆知。请另选一个。",
        )
    if likely in _common():
        raise UnfitPassword(
            "This password is among those that are tried first everywhere. Choose another: four"
            " words that have nothing to do with each other are easy to keep.",
            "这是最常见、最先被试的密码之一。请另选一个：几个互不相干的词既安全又好记。",
        )
    return prepared


@cache
def _common() -> frozenset[str]:
    """The passwords that most people have, by what was stolen elsewhere."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - it takes half a second

    return frozenset(FREQUENCY_LISTS["passwords"])


def prepare(password: str) -> str:
    """The form in which passwords are compared, since one keyboard composes é, or has a space of
    its own (U+3000), where another does not: RFC 8265, OpaqueString."""
    spaces = ("\N{SPACE}" if unicodedata.category(c) == "Zs" else c for c in password)
    return unicodedata.normalize("NFC", "".join(spaces))


class Queue:
    """Where passwords wait to be checked, one at a time: hashing holds 19 MiB and a core.

    waiting: how many may wait beside the one that is checked, a process.
    of_one: how many places one of them may have, so that nobody fills it alone.
    rests: after each it rests for so many times as long as it took. No priority would do that: a
    thread that comes after all else may be kept from running while it holds the interpreter.
    """

    def __init__(self, *, waiting: int, of_one: int, rests: int = 0) -> None:
        self._turn = asyncio.Lock()
        self._rests = rests
        self._most = 1 + waiting
        self._most_of_one = of_one
        self._taken = Counter[Hashable]()

    @contextmanager
    def place(self, who: Hashable) -> Iterator[None]:
        """A place in the queue until the end of the block. Raises Problem: busy."""
        if self._taken.total() == self._most or self._taken[who] == self._most_of_one:
            raise Problem("busy", expected="1", retry_after_s=1)
        self._taken[who] += 1
        try:
            yield
        finally:
            self._taken -= Counter([who])

    async def is_right(self, stored_hash: str | None, password: str) -> bool:
        """Whether `password` is the one behind `stored_hash` (None: there is no such account)."""
        await self._turn.acquire()
        began = time.monotonic()
        try:
            right = await anyio.to_thread.run_sync(matches, stored_hash, password)
        finally:
            rest_s = self._rests * (time.monotonic() - began)
            asyncio.get_running_loop().call_later(rest_s, self._turn.release)
        return right and stored_hash is not None


# Who never signed in from where they are waits apart from who did, since a flood may come from all
# over the network. Of strangers an address is one; of the known an account is, since a whole shift
# may come from one address at once. That of strangers takes a quarter of a core at most, or on two
# cores a flood would slow whoever reads; and less, where the machine is busy.
OF_STRANGERS: Final = Queue(waiting=16, of_one=4, rests=3)
OF_KNOWN: Final = Queue(waiting=64, of_one=4)


async def are_the_same(stored_hash: str, password: str) -> bool:
    """Whether somebody who is signed in says the password again that is stored."""
    return await anyio.to_thread.run_sync(
        matches, stored_hash, password, limiter=_OF_WHO_IS_SIGNED_IN
    )


def matches(stored_hash: str | None, password: str) -> bool:
    """Whether `password` is behind `stored_hash`; as slow where there is none to compare with."""
    try:
        hashed = (stored_hash or _nobody()).removeprefix(_OF_DEMO)
        return _HASHER.verify(hashed, prepare(password))
    except VerificationError:
        return False
