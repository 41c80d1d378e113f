"""Passwords as argon2id hashes with OWASP's parameters (m = 19 MiB, t = 2, p = 1: about 30 ms)."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Final

import anyio.to_thread
from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from wildlife.accounts.attempts import Address
from wildlife.problems import Problem

SHORTEST: Final = 8
LONGEST: Final = 128

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _nobody() -> str:
    """Compared with when there is no such account, so that the time taken does not say so."""
    return _HASHER.hash("no such account")


def hash_password(password: str) -> str:
    """The hash to store, the one way to a new one. Raises ValueError as `check_password` does."""
    return _HASHER.hash(check_password(password))


def check_password(password: str) -> str:
    """The password, prepared, if it may be set; else ValueError with a sentence."""
    prepared = prepare(password)
    if not SHORTEST <= len(prepared) <= LONGEST:
        raise ValueError(
            f"A password has at least {SHORTEST} characters and at most {LONGEST};"
            f" this one has {len(prepared)}."
        )
    # Cs: what is left of bytes that were no text.
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in prepared):
        raise ValueError("A password has no control characters.")
    return prepared


def prepare(password: str) -> str:
    """The form in which passwords are compared, since one keyboard composes é, or has a space of
    its own (U+3000), where another does not: RFC 8265, OpaqueString."""
    spaces = ("\N{SPACE}" if unicodedata.category(c) == "Zs" else c for c in password)
    return unicodedata.normalize("NFC", "".join(spaces))


class Queue:
    """Where passwords wait to be checked, one at a time: hashing holds 19 MiB and a core.

    waiting: how many may wait beside the one that is checked, a process.
    of_one_address: how many places those from one address may have.
    """

    def __init__(self, *, waiting: int, of_one_address: int) -> None:
        self._at_once = CapacityLimiter(1)
        self._most = 1 + waiting
        self._most_of_one = of_one_address
        self._taken = Counter[Address]()

    @contextmanager
    def place(self, address: Address) -> Iterator[None]:
        """A place in the queue until the end of the block. Raises Problem: busy."""
        if self._taken.total() == self._most or self._taken[address] == self._most_of_one:
            raise Problem("busy", expected="1", retry_after_s=1)
        self._taken[address] += 1
        try:
            yield
        finally:
            self._taken -= Counter([address])

    async def is_right(self, stored_hash: str | None, password: str) -> bool:
        """Whether `password` is the one behind `stored_hash` (None: there is no such account)."""
        matches = await anyio.to_thread.run_sync(
            _matches, stored_hash, password, limiter=self._at_once
        )
        return matches and stored_hash is not None


# Who never signed in from where they are waits apart from who did, whom only their own address can
# hold up; there a whole shift may come at once. Each takes a core at most: half is for the known.
OF_STRANGERS: Final = Queue(waiting=16, of_one_address=4)
OF_KNOWN: Final = Queue(waiting=64, of_one_address=65)


def _matches(stored_hash: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored_hash or _nobody(), prepare(password))
    except VerificationError:
        return False
