"""Records told again, of another day, in a place near by: the rows of one that was folded, with
what is its own told otherwise in their text. Pure.

To fold a timeline takes fifty times as long. What differs is found by its text, wherever a row has
it, so that a column which is new tomorrow is told right.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from wildlife.people.may import GENERALIZED
from wildlife.rescues.ends import Release
from wildlife.synth.chance import Chance
from wildlife.synth.copying import Layout, array, lines_of
from wildlife.synth.story import Setting, Story
from wildlife.synth.telling import told
from wildlife.timeline.rows import IncidentRow
from wildlife.words.places import Place, Point, in_wgs84
from wildlife.words.text import fold_text, terms

# Each stands for a text that is looked for as it is; from the last one on, one for each view.
_NUMBER, _RING, _FOLDED_RING, _TERMS = "\x01\x02\x03\x0e"

_OWN: Final = re.compile(
    "("
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(?:Z|[+-][0-9]{2}:[0-9]{2})"
    r"|(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])"
    r"|(?<![0-9.])[0-9]{1,3}\.[0-9]{5,7}(?![0-9])"
    r"|[\x01-\x03\x0e-\x1f]"
    ")"
)
# A UUIDv7 (RFC 9562): milliseconds, then version, variant and random bits, of which the last are
# in one piece.
_RANDOM_BITS: Final = 80
_SECOND_RANDOM_BITS: Final = 62

_DIGEST: Final = re.compile("[0-9a-f]{64}")
_TIME: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T")

_CASE_NUMBER: Final = "150400-20000101-000"
"""One that nobody has."""

# What was found by day was found by day.
_MINUTES: Final = 90
LATEST: Final = timedelta(minutes=_MINUTES)
"""So much later, by the clock, anything is told again."""

# Of the coordinates, in whole ten-millionths of a degree, as `wildlife.words.grid` has them.
_UNITS: Final = 10_000_000
_CELL: Final = _UNITS // 10
_STEP: Final = 100  # the last of six decimals stays
_MARGIN: Final = 3000
"""Of a cell; another datum moves a point by a little less in another place."""


class Unfit(ValueError):
    """Nothing tells what is its own from the rest of a story."""


class Again:
    """A story of which the rows are known, told again as of another moment."""

    def __init__(self, template: "Template", chance: Chance, days: int) -> None:
        self.template, self.chance = template, chance
        seconds = chance.randrange(-_MINUTES * 60, _MINUTES * 60)
        self.moved = timedelta(days=days, seconds=seconds)
        story = template.story
        self.received_at = (story.received_at.astimezone(UTC) + self.moved).astimezone(
            story.received_at.tzinfo
        )

    def lines(self, case_number: str) -> dict[str, str]:
        """The lines of each table."""
        return self.template.lines(self.chance, self.moved, case_number)


class Template:
    """The rows of a story, to be told again.

    Raises Unfit.
    """

    def __init__(self, setting: Setting, layout: Layout, story: Story) -> None:
        kept = told(setting, story, _CASE_NUMBER)
        views = kept.rows.incidents
        self.story, self._zone = story, setting.zone
        self.releases = sum(isinstance(one.body, Release) for one in story.sayings)
        self._rings = [
            one.body.ring_number
            for one in story.sayings
            if isinstance(one.body, Release) and one.body.ring_number
        ]
        if len(self._rings) > 1:
            raise Unfit("one ring is told again, not several")
        self._words: list[_Words | _Reread] = []
        self._points = [*_points(story)]
        is_hidden = any(row.view == GENERALIZED for row in views)
        self._room = (
            _within_cells(self._points) if is_hidden else ((-_CELL, _CELL), (-_CELL, _CELL))
        )
        self._own: dict[str, int] = {}
        self._parts: dict[str, tuple[list[str], list[int]]] = {}
        for table, lines in lines_of(layout, kept, with_timeline=False).items():
            if not lines:
                continue
            marked = map(self._marked, lines, views) if table == "incident" else lines
            self._parts[table] = self._split("".join(map(self._with_marks, marked)))
        own = {str(story.opening.id), _NUMBER, *(one for p in self._points for one in _read(p))}
        if lost := own - self._own.keys():
            raise Unfit(f"not found in its rows: {lost}")
        at = self._own
        self._ids_at = [(at[str(one)], one.int) for one in self._ids() if str(one) in at]
        self._times_at = [
            (place, datetime.fromisoformat(text).astimezone(UTC))
            for text, place in at.items()
            if _TIME.match(text)
        ]
        self._digests_at = [place for text, place in at.items() if _DIGEST.fullmatch(text)]
        self._points_at = [([at[one] for one in _read(p)], p) for p in self._points]

    def _marked(self, line: str, row: IncidentRow) -> str:
        """The line of an incident, with a mark for the words that it is found by."""
        written = array(row.search_terms)
        if written not in line:
            raise Unfit("its words are written otherwise")
        text = row.search_text.removesuffix(f" {_CASE_NUMBER}")
        parts, which = self._split(self._with_marks(text))
        others = {*which} - {self._own.get(_NUMBER)}
        if others:
            self._words.append(_Reread(parts, which))
        else:
            self._words.append(_Words(text, row.search_terms[: -len(_terms_of(_CASE_NUMBER))]))
        return line.replace(written, chr(ord(_TERMS) + len(self._words) - 1))

    def _with_marks(self, line: str) -> str:
        line = line.replace(_CASE_NUMBER, _NUMBER)
        for ring in self._rings:
            line = line.replace(ring, _RING).replace(fold_text(ring), _FOLDED_RING)
        return line

    def _split(self, text: str) -> tuple[list[str], list[int]]:
        """The text in pieces, every second of which is its own; and which of its own that is."""
        pieces = _OWN.split(text)
        known = {str(one) for one in self._ids()} | {one for p in self._points for one in _read(p)}
        parts, own = [pieces[0]], []
        for found, behind in zip(pieces[1::2], pieces[2::2], strict=True):
            is_own = found in known or found < " " or _TIME.match(found) or _DIGEST.fullmatch(found)
            if is_own:
                own.append(self._own.setdefault(found, len(self._own)))
                parts += ["", behind]
            else:
                parts[-1] += found + behind
        return parts, own

    def _ids(self) -> Iterator[UUID]:
        yield self.story.opening.id
        yield from (one.body.id for one in self.story.sayings)

    def lines(self, chance: Chance, moved: timedelta, case_number: str) -> dict[str, str]:
        """The lines of each table, as of so much later."""
        own = self._drawn(chance, moved, case_number)
        lines = {}
        for table, (parts, which) in self._parts.items():
            again = parts.copy()
            again[1::2] = [own[one] for one in which]
            lines[table] = "".join(again)
        return lines

    def said(self, chance: Chance, moved: timedelta, case_number: str) -> dict[str, str]:
        """What stands then for each of the texts that are its own."""
        return dict(zip(self._own, self._drawn(chance, moved, case_number), strict=True))

    def _drawn(self, chance: Chance, moved: timedelta, case_number: str) -> list[str]:
        drawn = [""] * len(self._own)
        later_ms = int(moved.total_seconds() * 1000) << _RANDOM_BITS
        random = chance.getrandbits(_SECOND_RANDOM_BITS)
        for place, of in self._ids_at:
            # The moment in it moves, and what is random in it is random again.
            digits = f"{of + later_ms ^ random:032x}"
            drawn[place] = "-".join(
                (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
            )
        for place, at in self._times_at:
            drawn[place] = (at + moved).astimezone(self._zone).isoformat()
        for place in self._digests_at:
            drawn[place] = chance.digest()
        east, north = (chance.randrange(*sides) // _STEP * _STEP for sides in self._room)
        for places, point in self._points_at:
            for place, read in zip(places, _read(_moved(point, east, north)), strict=True):
                drawn[place] = read
        marks = {_NUMBER: case_number}
        for ring in self._rings:
            other = f"{ring[0]}{chance.randrange(10**6, 10**7)}"
            marks |= {_RING: other, _FOLDED_RING: fold_text(other)}
        for mark, text in marks.items():
            if mark in self._own:
                drawn[self._own[mark]] = text
        for view, words in enumerate(self._words):
            drawn[self._own[chr(ord(_TERMS) + view)]] = words.again(case_number, drawn)
        return drawn


class _Words:
    """The words by which a view of an incident is found, as `wildlife.timeline.rows` has them:
    those of its text, and behind them those of its case number, which the text may hold, too."""

    def __init__(self, text: str, own: list[str]) -> None:
        before, number, behind = text.partition(_CASE_NUMBER)
        self._has_number = bool(number)
        if number:
            own = sorted(terms(before) | terms(behind))
        self._own, self._written = {*own}, array(own)[1:-1]

    def again(self, case_number: str, _: list[str]) -> str:
        """The same of another case number."""
        more = number = _terms_of(case_number)
        if self._has_number:
            within = (*number, f" {case_number[0]}", f"{case_number[-1]} ")
            more = [*(one for one in dict.fromkeys(within) if one not in self._own), *number]
        # None of them needs to be escaped.
        return "{" + self._written + ',"' + '","'.join(more) + '"}'


class _Reread:
    """The same where the text has more that is its own."""

    def __init__(self, parts: list[str], which: list[int]) -> None:
        self._parts, self._which = parts, which

    def again(self, case_number: str, own: list[str]) -> str:
        """The same of another text, which `own` is put into."""
        parts = self._parts.copy()
        parts[1::2] = [own[one] for one in self._which]
        return array([*sorted(terms("".join(parts))), *_terms_of(case_number)])


def _terms_of(case_number: str) -> list[str]:
    return [*case_number, *map(str.__add__, case_number, case_number[1:])]


def _points(story: Story) -> Iterator[Point]:
    places: list[Place] = [story.opening.place]
    places += [one.body.site for one in story.sayings if isinstance(one.body, Release)]
    yield from (one.point for one in places if one.point is not None)


def _read(point: Point) -> list[str]:
    """What is read of a point in the rows: its coordinates as they were said, and in WGS-84."""
    at = in_wgs84(point)
    return [*map(str, (point.longitude, point.latitude, at.longitude, at.latitude))]


def _moved(point: Point, east: int, north: int) -> Point:
    return replace(
        point,
        longitude=round(point.longitude + east / _UNITS, 7),
        latitude=round(point.latitude + north / _UNITS, 7),
    )


def _within_cells(points: list[Point]) -> tuple[tuple[int, int], tuple[int, int]]:
    """How far all of them may be moved east and north, so that each stays in its cell of the grid
    on which hidden places are told."""
    at = [in_wgs84(point) for point in points]
    return _room([one.longitude for one in at]), _room([one.latitude for one in at])


def _room(degrees: list[float]) -> tuple[int, int]:
    within = [round(one * _UNITS) % _CELL for one in degrees]
    least = max((_MARGIN - one for one in within), default=0)
    most = min((_CELL - _MARGIN - one for one in within), default=1)
    return (least, most) if least < most else (0, 1)
