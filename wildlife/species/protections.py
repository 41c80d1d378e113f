"""Which protections of a taxon hold on a day, in a place, for an animal. Pure.

Within one jurisdiction a taxon has one protection at a time: the national key list, the 三有 list
and what is approved as nationally protected by way of CITES exclude each other, and a list follows
the one before it. Those of the country, of a region and of a prefecture in it hold at once.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from wildlife.species.model import ProtectionPeriod
from wildlife.words.vocabularies import Population, Protection

WHOLE_COUNTRY: Final = ""
"""The region in which nothing holds but what holds everywhere."""

_STRICTEST_FIRST: Final = list(Protection)


def holding(
    periods: Iterable[ProtectionPeriod], day: date, region: str, *, captive: bool = False
) -> list[ProtectionPeriod]:
    """Those that hold on a day in a region, the strictest first; none where the register knows
    none. What no list has is unlisted, which stands alone.

    captive: whether it is an animal that never lived in the wild.
    """
    there = [
        period
        for period in periods
        if period.valid_from <= day <= (period.valid_to or date.max)
        and region.startswith(period.jurisdiction)
    ]
    held = [one for one in there if not (captive and one.population is Population.WILD)]
    listed = [one for one in held if one.protection is not Protection.UNLISTED]
    if there and not held:
        return [_unlisted(there[0])]
    return sorted(listed or held, key=_strictness)


def _strictness(period: ProtectionPeriod) -> tuple[int, str]:
    return _STRICTEST_FIRST.index(period.protection), period.jurisdiction


def _unlisted(wild_only: ProtectionPeriod) -> ProtectionPeriod:
    """What a list that holds for wild animals only says of the others."""
    return ProtectionPeriod(
        Protection.UNLISTED, wild_only.valid_from, wild_only.valid_to, note=wild_only.note
    )
