"""Which of the formats that there are somebody asks for: `Accept`, by its weights (RFC 9110)."""

import re
from collections.abc import Sequence
from typing import Final

JSON: Final = "application/json"

_RANGE: Final = re.compile(r"([\w.+*-]+/[\w.+*-]+)\s*(?:;(.*))?", re.ASCII)
_WEIGHT: Final = re.compile(
    r"q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII | re.IGNORECASE
)


def best_of(accept: str, offered: Sequence[str]) -> str | None:
    """The one of `offered` that is liked best, the first of several where nothing tells them apart;
    None where none is accepted. Who accepts nothing that can be read accepts everything."""
    ranges = [one for part in accept.lower().split(",") if (one := _read(part.strip()))]
    if not ranges:
        return offered[0]
    liked = []
    for place, media_type in enumerate(offered):
        found = [(_closeness(one, media_type), -at, q) for at, (one, q) in enumerate(ranges)]
        closeness, at, weight = max(found)
        if closeness and weight:
            liked.append((weight, closeness, at, -place, media_type))
    return max(liked)[-1] if liked else None


def _read(part: str) -> tuple[str, float] | None:
    """A media range and its weight; none for what is no range."""
    if (match := _RANGE.fullmatch(part)) is None:
        return None
    for parameter in (match[2] or "").split(";"):
        if weight := _WEIGHT.fullmatch(parameter.strip()):
            return match[1], float(weight[1])
    return match[1], 1.0


def _closeness(accepted: str, media_type: str) -> int:
    """How closely a range names a type: 0 not at all, 3 by name."""
    if accepted == media_type:
        return 3
    if accepted == f"{media_type.partition('/')[0]}/*":
        return 2
    return int(accepted == "*/*")
