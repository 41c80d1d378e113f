"""The annual report: what is answered, and how it follows from rescues. Pure.

It counts heads that left care by how they left it, when they did. What then became of them is told
beside that, when it came to that: so every movement is counted once, in the year in which it was,
and for every line the stock at the beginning, what was received and what came back is what left
care and the stock at the end.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, tzinfo
from hashlib import sha256
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from wildlife.rescues.animal import DEAD
from wildlife.rescues.codes import Outcome
from wildlife.statistics.annual.moves import moves
from wildlife.statistics.annual.told import Animal, Rescue, Species, Unit
from wildlife.words.vocabularies import Protection, Source


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """只数。Heads, all of them: `stock_at_beginning` + `received` + `returned` = all of `left` +
    `stock_at_end`."""

    stock_at_beginning: int
    """年初在养。In care at 00:00 of 1 January, in the service's zone."""
    received: int
    """本年收容。Found in the year."""
    returned: int
    """收回。Came back into care in the year: caught again, or taken back from who had them."""
    left: dict[Outcome, int]
    """本年离开救护（按去向）。Left care in the year, by how they left it; what none did is left
    out."""
    stock_at_end: int
    """年末在养。In care at the end of the year, or as of `as_of` while it lasts."""
    later: dict[Outcome, int]
    """离开救护后的后续去向。Had left care before, and came to this in the year without coming back:
    released by the centre that had them, found dead after their release. No part of the sum."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """报告行。Heads of one unit, species, class of protection and source."""

    unit_code: str
    """单位代码。Of the unit that is responsible."""
    unit: str
    """单位名称。The unit that is responsible, as the newest of its records calls it."""
    species_id: str | None
    """物种编号。The species' id in the register; null: not identified."""
    chinese_name: str | None
    """中文名。Of the species; null: not identified."""
    scientific_name: str | None
    """学名。Of the species; null: not identified."""
    clazz: str | None = msgspec.field(name="class", default=None)
    """纲。The class of the species, as the register has it; null: not known."""
    order: str | None = None
    """目。The order of the species, as the register has it; null: not known."""
    family: str | None = None
    """科。The family of the species, as the register has it; null: not known."""
    protection: Protection | None
    """保护级别。The strictest class that held on the day and in the region of the find; null: not
    known."""
    source: Source
    """来源。How the unit learnt of it: seized, handed over by the public, found on patrol."""
    figures: Figures
    """只数。How many heads."""


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """各月只数。Heads of one month of the year."""

    month: int
    """月份。From 1 to 12."""
    received: int
    """收容。Found in the month."""
    released: int
    """放归。Released in the month, from care or by who had them."""
    died: int
    """死亡。Died in the month, in care or afterwards."""


class Basis(msgspec.Struct, frozen=True):
    """所依名录。A list of protected species."""

    list: str
    """名录编号。Its number."""
    title: str
    """名称。What it is called."""
    valid_from: date
    """生效日期。The first day on which it holds."""
    valid_to: date | None
    """失效日期。The last day on which it holds; null: it holds on."""


class Definition(msgspec.Struct, frozen=True):
    """指标说明。What a column of the report counts."""

    name: str
    """栏目。The name of the field in `figures`."""
    zh: str
    """中文说明。What it counts, in Chinese."""
    en: str
    """英文说明。What it counts, in English."""


class Made(msgspec.Struct, frozen=True):
    """编制情况。Who made this copy of the report, and when."""

    at: datetime
    """编制时间。When."""
    badge: str
    """编制人警号（工号）。Badge number of who made it."""
    name: str
    """编制人。Who made it."""


class AnnualReport(msgspec.Struct, frozen=True, kw_only=True):
    """野生动物收容救护年度报告。The annual report on rescued wildlife, of what its reader sees.

    Duplicates are left out. What a record says to have happened before the find counts with the
    find, and heads that came back though nobody said when, with the moment in which they left.
    """

    year: int
    """年度。The year that is reported."""
    region: str | None
    """行政区划。The region code, or its beginning, of the finds that are counted; null: of all that
    its reader sees."""
    station: str | None
    """单位代码。Of the unit that, with those below it, is responsible for what is counted; null:
    any."""
    as_of: datetime
    """统计截止时间。As the records were known then: what arrived later counts as if it had not.
    Asked again with this `as_of`, the report is the same."""
    lines: list[Line]
    """报告行。By unit, class of protection, species and source."""
    total: Figures
    """合计。All of it."""
    months: list[Month]
    """各月只数。The twelve months."""
    protection_lists: list[Basis]
    """所依名录。The lists by which the classes of protection held."""
    definitions: list[Definition]
    """指标说明。What the columns count."""
    digest: str
    """数据摘要值。SHA-256 of the figures with what they are of: two copies with the same digest say
    the same."""
    made: Made
    """编制情况。Who made this copy, and when."""


DEFINITIONS: Final = [
    Definition(
        "stock_at_beginning",
        "年初在养：本年 1 月 1 日 0 时在救护中的只数",
        "heads in care at 00:00 of 1 January",
    ),
    Definition("received", "本年收容：本年发现的只数", "heads found in the year"),
    Definition(
        "returned",
        "收回：离开救护后，本年又回到救护中的只数",
        "heads that came back into care in the year",
    ),
    Definition(
        "left",
        "离开救护：本年离开救护的只数，按离开时的去向；多次离开的，每次计入",
        "heads that left care in the year, by how they left it, each time that they did",
    ),
    Definition(
        "stock_at_end",
        "年末在养：年末在救护中的只数（年度未结束的，截至统计截止时间）；"
        "年初在养＋本年收容＋收回－离开救护＝年末在养",
        "heads in care at the end of the year, or as of `as_of` while it lasts;"
        " stock_at_beginning + received + returned - left = stock_at_end",
    ),
    Definition(
        "later",
        "后续去向：此前已离开救护、本年有新去向的只数（如由收容救护机构放归），不计入上述平衡关系",
        "heads that had left care before and came to another outcome in the year, released by the"
        " centre that had them for instance; no part of the sum",
    ),
]


_STOCKS: Final = ("stock_at_beginning", "received", "returned", "stock_at_end")


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
            left=_in_order(self.left),
            stock_at_end=self.end,
            later=_in_order(self.later),
        )


def _in_order(heads: Mapping[Outcome, int]) -> dict[Outcome, int]:
    return {one: heads[one] for one in Outcome if heads.get(one)}


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


def sum_of(several: Iterable[Figures]) -> Figures:
    """All of these together."""
    total, left, later = Counter[str](), Counter[Outcome](), Counter[Outcome]()
    for one in several:
        total.update({name: getattr(one, name) for name in _STOCKS})
        left.update(one.left)
        later.update(one.later)
    stocks = {name: total[name] for name in _STOCKS}
    return Figures(left=_in_order(left), later=_in_order(later), **stocks)


def _newest(kept: dict, key: object, at: datetime, named: object) -> None:  # type: ignore[type-arg]
    """Keep what the newest record calls it; of two of one time, the last name in the alphabet."""
    if key not in kept or (at, repr(named)) > (kept[key][0], repr(kept[key][1])):
        kept[key] = at, named


def digest_of(year: int, lines: Iterable[Line], months: Iterable[Month]) -> str:
    """SHA-256 of the figures and of what they are of, by its codes: names may change."""
    return sha256(msgspec.json.encode([year, [*_coded(lines)], [*months]])).hexdigest()


def _coded(lines: Iterable[Line]) -> Iterator[list[object]]:
    for one in lines:
        yield [one.unit_code, one.species_id, one.protection, one.source, one.figures]
