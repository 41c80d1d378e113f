"""Passwords as argon2id hashes with OWASP's parameters (m = 19 MiB, t = 2, p = 1: about 30 ms)."""

from functools import cache

import anyio.to_thread
from anyio import CapacityLimiter
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Hashing holds 19 MiB and a core: a flood of sign-ins may not take the whole process.
_AT_ONCE = CapacityLimiter(2)


@cache
def _nobody() -> str:
    """Compared with when there is no such account, so that the time taken does not say so."""
    return _HASHER.hash("no such account")


def hash_password(password: str) -> str:
    """The hash to store."""
    return _HASHER.hash(password)


async def is_right(stored_hash: str | None, password: str) -> bool:
    """Whether `password` is the one behind `stored_hash` (None: there is no such account)."""
    matches = await anyio.to_thread.run_sync(_matches, stored_hash, password, limiter=_AT_ONCE)
    return matches and stored_hash is not None


def _matches(stored_hash: str | None, password: str) -> bool:
    try:
        return _HASHER.verify(stored_hash or _nobody(), password)
    except VerificationError:
        return False
