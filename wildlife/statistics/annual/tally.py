"""How the annual report follows from rescues. Pure.

It counts heads that left care by how they left it, when they did. What then became of them is told
beside that, when it came to that: so every movement is counted once, in the year in which it was,
and for every line the stock at the beginning, what was received and what came back is what left
care and the stock at the end.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, tzinfo
from typing import NamedTuple
from uuid import UUID

from wildlife.rescues.animal import DEAD
from wildlife.rescues.codes import Outcome
from wildlife.statistics.annual.moves import moves
from wildlife.statistics.annual.report import Figures, Line, Month, in_order
from wildlife.statistics.annual.told import Animal, Rescue, Species, Unit
from wildlife.words.vocabularies import Protection, Source


class Key(NamedTuple):
    """Of what a line is."""

    station_id: UUID
    species_id: str | None
    protection: Protection | None
    source: Source


class _Sums:
    """The figures of a line, while they are counted."""

    def __init__(self) -> None:
        self.beginning = self.received = self.returned = self.end = 0
        self.left: Counter[Outcome] = Counter()
        self.later: Counter[Outcome] = Counter()

    def add(self, other: "_Sums") -> None:
        self.beginning += other.beginning
        self.received += other.received
        self.returned += other.returned
        self.end += other.end
        self.left += other.left
        self.later += other.later

    @property
    def is_nothing(self) -> bool:
        return not (self.beginning or self.received or self.returned or self.left or self.later)

    def figures(self) -> Figures:
        return Figures(
            stock_at_beginning=self.beginning,
            received=self.received,
            returned=self.returned,
            left=in_order(self.left),
            stock_at_end=self.end,
            later=in_order(self.later),
        )


def bounds_of(year: int, zone: tzinfo) -> tuple[datetime, datetime]:
    """When a year begins, and the next one."""
    begin, end = (datetime.combine(date(one, 1, 1), time(), zone) for one in (year, year + 1))
    return begin, end


class Tally:
    """What rescues come to, one after the other, in a year of a zone."""

    def __init__(self, year: int, zone: tzinfo) -> None:
        self.year = year
        self._zone = zone
        self._begin, self._end = bounds_of(year, zone)
        self._lines: defaultdict[Key, _Sums] = defaultdict(_Sums)
        self._months = [Counter[str]() for _ in range(12)]
        self._units: dict[UUID, tuple[datetime, Unit]] = {}
        self._species: dict[str, tuple[datetime, Species]] = {}
        self.lists: set[str] = set()

    def add(self, rescue: Rescue) -> None:
        """Count a rescue."""
        found_at, animals = rescue.found_at, {one.number: one for one in rescue.animals}
        if found_at >= self._end:
            return
        sums: defaultdict[int, _Sums] = defaultdict(_Sums)
        for number, animal in animals.items():
            if found_at >= self._begin:
                sums[number].received += animal.count
                self._month(found_at)["received"] += animal.count
            else:
                sums[number].beginning += animal.count
            sums[number].end += animal.count
        for move in moves(rescue.animals):
            at = max(move.at, found_at)
            if at >= self._end:
                continue
            of, heads = sums[move.number], move.heads
            in_year = at >= self._begin
            if move.before is Outcome.IN_CARE:
                of.end -= heads
                if in_year:
                    of.left[move.after] += heads
                else:
                    of.beginning -= heads
            elif move.after is Outcome.IN_CARE:
                of.end += heads
                if in_year:
                    of.returned += heads
                else:
                    of.beginning += heads
            elif in_year:
                of.later[move.after] += heads
            if in_year:
                self._went(at, move.after, heads)
        for number, counted in sums.items():
            if not counted.is_nothing:
                self._lines[self._key(rescue, animals[number])].add(counted)

    def _month(self, at: datetime) -> Counter[str]:
        return self._months[at.astimezone(self._zone).month - 1]

    def _went(self, at: datetime, outcome: Outcome, heads: int) -> None:
        if outcome is Outcome.RELEASED:
            self._month(at)["released"] += heads
        elif outcome in DEAD:
            self._month(at)["died"] += heads

    def _key(self, rescue: Rescue, animal: Animal) -> Key:
        unit, species = rescue.responsible.station, animal.species
        protection = species.protection if species else None
        _newest(self._units, unit.station_id, rescue.found_at, unit)
        if species is not None:
            _newest(self._species, species.species_id, rescue.found_at, species)
        if protection is not None and protection.list is not None:
            self.lists.add(protection.list)
        return Key(
            unit.station_id,
            species.species_id if species else None,
            protection.protection if protection else None,
            rescue.source,
        )

    @property
    def species(self) -> list[str]:
        """The ids of the species that occur."""
        return [*self._species]

    def lines(self, taxa: Mapping[str, tuple[str, str, str]]) -> list[Line]:
        """The lines. taxa: class, order and family of species."""
        return [self._line(key, sums, taxa) for key, sums in self._sorted()]

    def _sorted(self) -> list[tuple[Key, _Sums]]:
        protections, sources = [*Protection, None], [*Source]

        def order(line: tuple[Key, _Sums]) -> tuple[str, int, str, int]:
            key, _ = line
            return (
                self._units[key.station_id][1].code,
                protections.index(key.protection),
                key.species_id or "\uffff",
                sources.index(key.source),
            )

        return sorted(self._lines.items(), key=order)

    def _line(self, key: Key, sums: _Sums, taxa: Mapping[str, tuple[str, str, str]]) -> Line:
        unit = self._units[key.station_id][1]
        species = self._species[key.species_id][1] if key.species_id else None
        clazz, order, family = taxa.get(key.species_id or "", (None, None, None))
        return Line(
            unit_code=unit.code,
            unit=unit.name,
            species_id=key.species_id,
            chinese_name=species.chinese_name if species else None,
            scientific_name=species.scientific_name if species else None,
            clazz=clazz,
            order=order,
            family=family,
            protection=key.protection,
            source=key.source,
            figures=sums.figures(),
        )

    def months(self) -> list[Month]:
        """The twelve months."""
        return [
            Month(
                month=number,
                received=counted["received"],
                released=counted["released"],
                died=counted["died"],
            )
            for number, counted in enumerate(self._months, start=1)
        ]


def _newest(kept: dict, key: object, at: datetime, named: object) -> None:  # type: ignore[type-arg]
    """Keep what the newest record calls it; of two of one time, the last name in the alphabet."""
    known = kept.get(key)
    if known is None or at > known[0] or (at == known[0] and repr(named) > repr(known[1])):
        kept[key] = at, named
