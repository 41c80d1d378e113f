"""Charts as SVG: plain bars that can be told apart in black and white. Pure."""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final, NamedTuple

_FILLS: Final = ("#222", "url(#hatched)", "#fff")
_STEPS: Final = (1, 2, 5)
_PATTERN: Final = (
    '<defs><pattern id="hatched" width="4" height="4" patternUnits="userSpaceOnUse">'
    '<rect width="4" height="4" fill="#fff"/><path d="M0 4 4 0" stroke="#222"/></pattern></defs>'
)

_TOP: Final = 26
_BOTTOM: Final = 18
_LEFT: Final = 44
_MOST_LABEL: Final = 210
_LATIN: Final = 4.8
"""The width of a Latin letter, on average."""


class Series(NamedTuple):
    """What is shown beside others: at most three, of which each has a fill of its own."""

    name: str
    values: Sequence[int]


def columns(title: str, labels: Sequence[str], series: Sequence[Series]) -> str:
    """Standing bars side by side, for each label one of each series."""
    width, height = 480, 210
    most = _ceiling(max((value for one in series for value in one.values), default=0))
    space = (width - _LEFT) / max(len(labels), 1)
    bar = space * 0.8 / max(len(series), 1)
    high = height - _TOP - _BOTTOM

    def drawn() -> Iterator[str]:
        yield from _legend(series, width)
        for part in range(5):
            value = most * part // 4
            y = _TOP + high - high * value / most
            yield f'<path d="M{_LEFT} {y:.1f}H{width}" stroke="#bbb" stroke-width=".5"/>'
            yield _text(_LEFT - 4, y + 3, str(value), "end")
        for at, label in enumerate(labels):
            x = _LEFT + space * (at + 0.1)
            for number, one in enumerate(series):
                tall = high * one.values[at] / most
                yield _bar(x + bar * number, _TOP + high - tall, bar, tall, number)
            yield _text(x + space * 0.4, height - 5, label, "middle")

    return _chart(title, width, height, drawn())


def bars(title: str, rows: Sequence[tuple[str, int]]) -> str:
    """Lying bars, one a row, with their numbers."""
    width, row = 300, 18
    left = min(max((_long(label) for label, _ in rows), default=0) + 10, _MOST_LABEL)
    most = max((value for _, value in rows), default=0) or 1

    def drawn() -> Iterator[str]:
        for at, (label, value) in enumerate(rows):
            y = 4 + row * at
            long = (width - left - 46) * value / most
            yield _text(left - 5, y + 11, label, "end")
            yield _bar(left, y, long, row - 6, 0)
            yield _text(left + long + 4, y + 11, str(value), "start")

    return _chart(title, width, row * max(len(rows), 1) + 6, drawn())


def _chart(title: str, width: int, height: int, drawn: Iterator[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        f' aria-label="{escape(title)}" font-size="10">{_PATTERN}{"".join(drawn)}</svg>'
    )


def _long(text: str) -> float:
    """About how long a text is, in letters of 10."""
    return sum(_LATIN if one.isascii() else 10 for one in text)


def _legend(series: Sequence[Series], width: int) -> Iterator[str]:
    x = width - 62 * len(series)
    for number, one in enumerate(series):
        yield _bar(x + 62 * number, 4, 12, 9, number)
        yield _text(x + 62 * number + 16, 12, one.name, "start")


def _bar(x: float, y: float, width: float, height: float, number: int) -> str:
    fill = _FILLS[number % len(_FILLS)]
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"'
        ' stroke="#222" stroke-width=".6"/>'
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _ceiling(value: int) -> int:
    """The next round number that four parts of a scale come to: 4, 8, 20, 40, 80, 200."""
    ten = 4
    while True:
        for step in _STEPS:
            if step * ten >= value:
                return step * ten
        ten *= 10
