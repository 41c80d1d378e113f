"""How the access log is chained: each access by a digest over its canonical JSON, in which stand
its place and the digest before it, from the first access of the first day.

An access is stored in columns; its canonical JSON (UTF-8, without spaces, keys in order, times in
UTC, what there is none of left out) is made of them anew when it is checked. What a later version
adds is left out where there is none of it: so what was chained before keeps its digest.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address
from typing import Final
from uuid import UUID

import msgspec

from wildlife.words.sentences import Sentence

GENESIS: Final = bytes(32)
"""What the first day of all names as the digest before it."""


class Access(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Who read or erased what, when, from where and with what.

    accessed_at: by the clock of the machine that answered.
    reading: a code of `wildlife.accesses.codes.Reading`.
    station_ids: the units at which they were what lets them read it, as it was then.
    device_id: None at a desk. address: None through a Unix socket.
    incident_id, photo_id: those of the path, or else of what was asked.
    listed: a code of `wildlife.accesses.codes.Listed`; None where it was of one incident.
    query: what was asked beside the path, as `wildlife.accesses.asked` puts it; None where nothing
    was.
    """

    accessed_at: datetime
    account_id: UUID
    reading: str
    station_ids: list[UUID] = []
    device_id: UUID | None = None
    address: IPv4Address | IPv6Address | None = None
    incident_id: UUID | None = None
    photo_id: UUID | None = None
    listed: str | None = None
    query: str | None = None


class Link(msgspec.Struct, frozen=True):
    """An access in its place: the `seq`-th that was put on record on a day, from 1."""

    day: date
    seq: int
    access: Access
    digest: bytes


class Day(msgspec.Struct, frozen=True):
    """How a day of the log ends.

    after: the digest of the day before, whatever day that was. digest: that of its last access.
    earliest: none of it was read before, so that who looks for a time finds the days.
    """

    day: date
    after: bytes
    count: int
    digest: bytes
    earliest: datetime


class _Canonical(msgspec.Struct, frozen=True):
    day: date
    seq: int
    previous: str
    access: Access


_ENCODER: Final = msgspec.json.Encoder(order="sorted", enc_hook=str)


def digest_of(day: date, seq: int, previous: bytes, access: Access) -> bytes:
    """The digest of an access in its place, which the next one names."""
    if access.accessed_at.tzinfo is not UTC:
        in_utc = access.accessed_at.astimezone(UTC)
        access = msgspec.structs.replace(access, accessed_at=in_utc)
    canonical = _ENCODER.encode(_Canonical(day, seq, previous.hex(), access))
    return sha256(canonical).digest()


def put_behind(
    last: Day | None, now: datetime, accesses: Sequence[Access]
) -> tuple[Day, list[Link]]:
    """The accesses in their places behind the end of the log, and how their day ends then.

    now: in the zone that says which day it is. It is today, or the last one, should the clock have
    been set back: a day that is past never grows.
    """
    if last is None or last.day < now.date():
        after = GENESIS if last is None else last.digest
        last = Day(now.date(), after, 0, after, now)
    links, previous = [], last.digest
    for seq, access in enumerate(accesses, last.count + 1):
        previous = digest_of(last.day, seq, previous, access)
        links.append(Link(last.day, seq, access, previous))
    earliest = min(last.earliest, *(access.accessed_at for access in accesses))
    return Day(last.day, last.after, last.count + len(links), previous, earliest), links


class Flaw(msgspec.Struct, frozen=True):
    """Where the log does not hold, and why. seq: None where it is the day as a whole."""

    day: date
    seq: int | None
    reason: Sentence

    def sentence(self) -> Sentence:
        """The place and the reason."""
        if self.seq is None:
            return Sentence(
                f"access log of {self.day}: {self.reason.en}",
                f"{self.day} 的查阅记录：{self.reason.zh}",
            )
        return Sentence(
            f"access log of {self.day}, access {self.seq}: {self.reason.en}",
            f"{self.day} 的查阅记录第 {self.seq} 条：{self.reason.zh}",
        )


_CHANGED: Final = Sentence(
    "it is not what its digest was made of, or does not follow the one before it",
    "内容与所存摘要不符，或与前一条不相接",
)
_NOT_AFTER: Final = Sentence("it does not follow the day before it", "与前一日不相接")
_NO_DAY: Final = Sentence("the day is missing among the days", "缺少该日的汇总")
_OTHER_END: Final = Sentence(
    "the day does not end with the digest that it says", "该日末条的摘要与汇总不符"
)
_TOO_EARLY: Final = Sentence(
    "it was read before the time that the day says is its earliest", "早于该日汇总所记的最早时间"
)
_BEFORE_THE_CHAIN: Final = Sentence(
    "it has no digest, and others before it have one", "没有摘要，而更早的记录已有摘要"
)


def _missing(seq: int) -> Sentence:
    return Sentence(f"access {seq} is missing", f"缺少第 {seq} 条")


class Checking:
    """Checks one day, access by access, in the order of their places.

    count, digest: how many were looked at, and the digest that the day ends with as they are: made
    of them anew, whatever is stored beside them.
    """

    def __init__(self, day: Day) -> None:
        self.count = 0
        self.digest = day.after
        self._day = day
        self._seq = 0
        self._digest = day.after

    def flaws(self, link: Link) -> Iterator[Flaw]:
        """What is wrong with the next access. That there are more than the day says is no flaw of
        theirs."""
        made = digest_of(link.day, link.seq, self._digest, link.access)
        self.count += 1
        if self.digest == self._digest:
            self.digest = made
        else:  # since something before it was changed
            self.digest = digest_of(link.day, link.seq, self.digest, link.access)
        if link.seq > self._day.count:
            return
        if link.seq != self._seq + 1:
            yield Flaw(self._day.day, link.seq, _missing(self._seq + 1))
        if made != link.digest:
            yield Flaw(self._day.day, link.seq, _CHANGED)
        if link.access.accessed_at < self._day.earliest:
            yield Flaw(self._day.day, link.seq, _TOO_EARLY)
        self._seq, self._digest = link.seq, link.digest

    def flaws_at_the_end(self) -> Iterator[Flaw]:
        """What is wrong with the day as a whole, once all its accesses were looked at."""
        day = self._day
        if self._seq < day.count:
            yield Flaw(day.day, None, _missing(self._seq + 1))
        elif self._digest != day.digest:
            yield Flaw(day.day, None, _OTHER_END)


def flaws_around(
    day: date, found: Day | None, *, before: Day | None, last_seq: int, without_digest: int
) -> Iterator[Flaw]:
    """What is wrong with a day beside the one before it, and with what it has beside its chain.

    found: how it ends; None: nothing says so. last_seq: the last place that is taken in it.
    without_digest: how many accesses it has from before there was a chain.
    """
    if found is None and last_seq:
        yield Flaw(day, None, _NO_DAY)
    if found is not None and found.after != (GENESIS if before is None else before.digest):
        yield Flaw(day, None, _NOT_AFTER)
    if found is not None and last_seq > found.count:
        more = Sentence(
            f"it has {last_seq} accesses, and says that it has {found.count}",
            f"有 {last_seq} 条，而汇总为 {found.count} 条",
        )
        yield Flaw(day, None, more)
    if without_digest and before is not None:
        yield Flaw(day, None, _BEFORE_THE_CHAIN)
