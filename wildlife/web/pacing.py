"""How fast each sender sends.

Of each sender one moment is remembered: when all that they sent has been worked off at their rate
(GCRA, as ATM networks do it). Who is a minute ahead has to wait. The moments lie in memory of one
size that all workers share, at two places for each sender, and the earlier of both counts: it never
fills, nothing in it has to be forgotten, and whose place somebody shares can't be chosen, since it
follows from a secret. Two workers that write one at once count one request less. Another machine
has its own; a restart begins anew. To keep it in the database would cost each request a write.
"""

import os
import time
from functools import cache
from hashlib import blake2b
from mmap import mmap
from struct import unpack
from typing import Final

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
