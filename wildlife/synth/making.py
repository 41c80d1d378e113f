"""A piece of what is invented, from nothing but its plan: the lines of each table. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from wildlife.people.stations import StationRef
from wildlife.rescues.ends import Release
from wildlife.synth.chance import Chance
from wildlife.synth.copying import Layout, lines_of
from wildlife.synth.planning import FRESH, Piece
from wildlife.synth.rescue import rescue
from wildlife.synth.retelling import LATEST, Again, Template, Unfit
from wildlife.synth.road import road_hazard
from wildlife.synth.story import Setting, Story, World
from wildlife.synth.telling import told

_ROADS_AMONG: Final = 4
"""Of that many templates of a day's rescues, one more is of a road."""


class Made(msgspec.Struct, frozen=True):
    """The lines of each table, and what was counted."""

    lines: dict[str, bytes]
    counters: list[tuple[UUID, date, int]]
    """The last serial of a station on a day."""
    incidents: int
    releases: int


class _Told(NamedTuple):
    """An incident that has no number yet."""

    received_at: datetime
    station: StationRef
    lines: Callable[[str], dict[str, str]]
    """With that case number."""


class Maker:
    """What makes the pieces of one plan."""

    def __init__(
        self, setting: Setting, layout: Layout, *, with_timelines: bool, templates: int
    ) -> None:
        """templates: so many rescues of a season are folded, of which the others are told again,
        where timelines are not wanted."""
        self._world, self._layout, self._with_timelines = World(setting), layout, with_timelines
        self._templates = templates
        # In the order of the days, a year or so of them is asked for again and again.
        self._like = lru_cache(maxsize=16)(self._find_like)

    def make(self, piece: Piece) -> Made:
        """All lines of a piece: the same each time."""
        chance = Chance(f"{self._seed}:piece:{piece.number}")
        incidents = sorted((*self._rescues(chance, piece), *self._roads(chance, piece)), key=_order)
        serials = Counter[tuple[StationRef, date]]()
        lines = defaultdict[str, list[str]](list)
        for one in incidents:
            day = one.received_at.date()
            serials[one.station, day] += 1
            number = f"{one.station.code}-{day:%Y%m%d}-{serials[one.station, day]:03}"
            for table, text in one.lines(number).items():
                lines[table].append(text)
        return Made(
            {table: "".join(texts).encode() for table, texts in lines.items()},
            [(station.station_id, day, last) for (station, day), last in serials.items()],
            len(incidents),
            piece.releases,
        )

    @property
    def _seed(self) -> int:
        return self._world.setting.seed

    def _rescues(self, chance: Chance, piece: Piece) -> Iterator[_Told]:
        """As many as come to so many releases."""
        left, words = piece.releases, [*piece.words]
        while left:
            if words or self._with_timelines:
                word = words[-1] if words else None
                until = self._world.setting.until
                story = rescue(self._world, chance, _day(chance, piece), until, word)
                released = sum(isinstance(one.body, Release) for one in story.sayings)
                # Each of the words is told by one of its own.
                if released > max(1, left - len(words[1:])) or (word and not released):
                    continue
                words = words[:-1]
                one = self._of(story)
            else:
                template = chance.choice(self._like(piece.like, piece.is_fresh)[0])
                released = template.releases
                if released > left:
                    continue
                one = _again(template, chance, piece)
            left -= released
            yield one

    def _roads(self, chance: Chance, piece: Piece) -> Iterator[_Told]:
        for _ in range(piece.hazards):
            if self._with_timelines:
                until = self._world.setting.until
                yield self._of(road_hazard(self._world, chance, _day(chance, piece), until))
            else:
                template = chance.choice(self._like(piece.like, piece.is_fresh)[1])
                yield _again(template, chance, piece)

    def _of(self, story: Story) -> _Told:
        def lines(case_number: str) -> dict[str, str]:
            kept = told(self._world.setting, story, case_number)
            made = lines_of(self._layout, kept, with_timeline=self._with_timelines)
            return {table: "".join(lines) for table, lines in made.items()}

        return _Told(story.received_at, _station(story), lines)

    def _find_like(self, day: date, is_fresh: bool) -> tuple[list[Template], list[Template]]:
        """Rescues and roads of a day, to be told again of days that resemble it."""
        chance = Chance(f"{self._seed}:like:{day}")
        until = self._world.setting.until - LATEST
        if not is_fresh:
            until = datetime.combine(day, time(), self._world.setting.zone) + 2 * FRESH
        many = max(1, self._templates // (_ROADS_AMONG if is_fresh else 1))
        rescues = self._templates_of(lambda: rescue(self._world, chance, day, until))
        roads = self._templates_of(lambda: road_hazard(self._world, chance, day, until))
        found = [next(rescues) for _ in range(many)]
        while not any(one.releases == 1 for one in found):  # or nothing may fit what is left
            found.append(next(rescues))
        return found, [next(roads) for _ in range(max(1, many // _ROADS_AMONG))]

    def _templates_of(self, story: Callable[[], Story]) -> Iterator[Template]:
        while True:
            with suppress(Unfit):
                yield Template(self._world.setting, self._layout, story())


def _again(template: Template, chance: Chance, piece: Piece) -> _Told:
    """The same on another day of the piece."""
    day, of = _day(chance, piece), template.story.opening.found_at.date()
    again = Again(template, chance, (day - of).days)
    return _Told(again.received_at, _station(template.story), again.lines)


def _station(story: Story) -> StationRef:
    assert story.by.station is not None, "who files is of a station"
    return story.by.station


def _day(chance: Chance, piece: Piece) -> date:
    return piece.day + timedelta(days=chance.randrange(piece.days))


def _order(one: _Told) -> tuple[datetime, str]:
    return one.received_at, one.station.code
