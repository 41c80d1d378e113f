"""Which of the formats and languages that there are somebody asks for: `Accept` and
`Accept-Language`, by their weights (RFC 9110, 12)."""

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from litestar.connection import ASGIConnection

JSON: Final = "application/json"
HTML: Final = "text/html"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ENGLISH: Final = "en"
CHINESE: Final = "zh"

_RANGE: Final = re.compile(r"([\w.+*-]+/[\w.+*-]+)\s*(?:;(.*))?", re.ASCII)
_LANGUAGE: Final = re.compile(r"([a-z]{1,8}(?:-[a-z0-9]{1,8})*|\*)\s*(?:;(.*))?", re.ASCII)
_CODING: Final = re.compile(r"([a-z0-9-]+|\*)\s*(?:;(.*))?", re.ASCII)
_WEIGHT: Final = re.compile(
    r"q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII | re.IGNORECASE
)


def whole_header(request: ASGIConnection[Any, Any, Any, Any], name: str) -> str:
    """A header that is a list, on however many lines it was sent (RFC 9110, 5.3)."""
    return ", ".join(request.headers.getall(name, []))


def best_of(accept: str, offered: Sequence[str]) -> str | None:
    """The one of `offered` that is liked best, the first of several where nothing tells them apart;
    None where none is accepted. Who accepts nothing that can be read accepts everything."""
    return _best(_read(accept, _RANGE), offered, _closeness)


def best_language(accept: str) -> str:
    """Which of the two that there are a reader likes better; English where they like neither."""
    return _best(_read(accept, _LANGUAGE), (ENGLISH, CHINESE), _closeness_of_language) or ENGLISH


def language_of(request: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The one that who asks likes better, by `Accept-Language`."""
    return best_language(whole_header(request, "accept-language"))


def prefers_chinese(request: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether `Accept-Language` asks for Chinese rather than English."""
    return language_of(request) == CHINESE


def accepts_gzip(accept: str) -> bool:
    """Whether who sends this `Accept-Encoding` takes gzip; who sends none is sent things as they
    are."""
    weights = dict(_read(accept, _CODING))
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _best(
    ranges: Sequence[tuple[str, float]],
    offered: Sequence[str],
    closeness_of: Callable[[str, str], int],
) -> str | None:
    if not ranges:
        return offered[0]
    liked = []
    for place, one in enumerate(offered):
        found = [(closeness_of(wanted, one), q, -at) for at, (wanted, q) in enumerate(ranges)]
        closeness, weight, at = max(found)
        if closeness and weight:
            liked.append((weight, closeness, at, -place, one))
    return max(liked)[-1] if liked else None


def _read(accept: str, range_: re.Pattern[str]) -> list[tuple[str, float]]:
    """Each range with its weight; without what is no range."""
    matches = (range_.fullmatch(part.strip()) for part in accept.lower().split(","))
    return [(match[1], _weight(match[2] or "")) for match in matches if match is not None]


def _weight(parameters: str) -> float:
    for parameter in parameters.split(";"):
        if weight := _WEIGHT.fullmatch(parameter.strip()):
            return float(weight[1])
    return 1.0


def _closeness(accepted: str, media_type: str) -> int:
    """How closely a range names a type: 0 not at all, 3 by name."""
    if accepted == media_type:
        return 3
    if accepted == f"{media_type.partition('/')[0]}/*":
        return 2
    return int(accepted == "*/*")


def _closeness_of_language(accepted: str, language: str) -> int:
    """`zh-CN` names Chinese, and `zho` does not."""
    if accepted.partition("-")[0] == language:
        return 2
    return int(accepted == "*")
