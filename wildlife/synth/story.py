"""What is said of an invented incident, and by whom, in the order in which it comes. Pure."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final, TypeVar

import msgspec

from wildlife.people.accounts import OfficerRef
from wildlife.rescues.entries import Assessment, Care
from wildlife.synth.chance import Chance, Weighted
from wildlife.synth.fauna import Beast, drawn_animals
from wildlife.synth.units import Unit, Units, drawn_stations, units_of
from wildlife.timeline.chain import Facts
from wildlife.timeline.entry import Entry, Note, Opening, Photo
from wildlife.timeline.photo import ImageFacts
from wildlife.timeline.policy import Policy
from wildlife.words.datums import LonLat, from_wgs84
from wildlife.words.places import Place, Point
from wildlife.words.vocabularies import Datum, PointSource

E = TypeVar("E", bound=Entry)

_LATE: Final = 0.05
"""The share of entries that come hours after they were written, from where there is no network; of
those that nothing waits for."""
_MAY_BE_LATE: Final = (Assessment, Care, Note, Photo)


class Saying(msgspec.Struct, frozen=True):
    """An entry as it came."""

    body: Entry
    by: OfficerRef
    received_at: datetime
    facts: Facts = Facts()


class Story(msgspec.Struct, frozen=True):
    """An opening, and the entries after it in the order in which they came."""

    opening: Opening
    by: OfficerRef
    received_at: datetime
    facts: Facts
    """All but the case number."""
    region_code: str
    """Where the station lies."""
    sayings: list[Saying]


class Setting(msgspec.Struct, frozen=True):
    """What all that is invented together has in common."""

    seed: int
    zone: tzinfo
    until: datetime
    """Nothing happens later, and nothing comes."""
    register: list[Beast]
    policy: Policy


class World:
    """The same, ready to be drawn from."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.units: Units = units_of(setting.seed)
        self.stations: Weighted[Unit] = drawn_stations(self.units)
        self.animals: Weighted[Beast] = drawn_animals(setting.register)


class Scene:
    """An incident that is being invented: where and when, and what is said so far."""

    def __init__(self, world: World, chance: Chance, day: date, until: datetime) -> None:
        self.world, self.chance = world, chance
        self.station = world.stations.drawn(chance)
        self.officer = chance.choice(self.station.officers)
        zone = world.setting.zone
        # By day, and reported by midnight, also where it is told again a little later and clocks
        # are put forward: case numbers count by the day.
        minutes = chance.triangular(5 * 60, 20 * 60, 11 * 60)
        self.found_at = _at(day, zone, int(minutes) * 60 + chance.randrange(60))
        recorded = later(self.found_at, chance.uniform(2, 40))
        self.recorded_at = min(recorded, until)
        self.received_at = min(_micros(chance, later(recorded, chance.uniform(0.1, 20))), until)
        self.id = chance.id_at(self.recorded_at)
        self.until = until
        self._sayings: list[Saying] = []
        self._shift = chance.gauss(0, 0.2), chance.gauss(0, 0.15)

    @property
    def left_min(self) -> float:
        """How many minutes there are after it was reported."""
        return (self.until - self.received_at) / timedelta(minutes=1)

    def say(
        self,
        type_: type[E],
        minutes: float,
        *,
        by: OfficerRef | None = None,
        facts: Facts = Facts(),  # noqa: B008 - it is frozen
        **fields: Any,
    ) -> E | None:
        """Let an entry of this type happen so many minutes after the report; None where that is
        after all is over."""
        chance, happened = self.chance, later(self.received_at.replace(microsecond=0), minutes)
        recorded = later(happened, chance.uniform(0.5, 15))
        received = _micros(chance, later(recorded, chance.uniform(0.05, 4)))
        if issubclass(type_, _MAY_BE_LATE) and chance.happens(_LATE):
            received = later(received, chance.uniform(5 * 60, 40 * 60))
        if received > self.until:
            return None
        if type_ is Photo:
            fields["taken_at"] = happened
        body = type_(
            id=chance.id_at(recorded), happened_at=happened, recorded_at=recorded, **fields
        )
        self._sayings.append(Saying(body, by or self.officer, received, facts))
        return body

    def photos(self, minutes: float, *, caption: str, about: str) -> None:
        """Let somebody take one, or a few."""
        for n in range(self.chance.choice((1, 1, 1, 2, 3))):
            width, height = self.chance.choice(((4032, 3024), (3024, 4032), (1920, 1080)))
            image = ImageFacts(
                sha256=self.chance.digest(),
                media_type="image/jpeg",
                size=self.chance.randrange(300_000, 6_000_000),
                width=width,
                height=height,
            )
            self.say(Photo, minutes + n, facts=Facts(image=image), caption=caption, about=about)

    def others(self, count: int) -> list[OfficerRef]:
        """So many of the station, the one who reports among them."""
        rest = [one for one in self.station.officers if one != self.officer]
        return [self.officer, *self.chance.sample(rest, count - 1)]

    def place(self, description: str, *, away: float = 0, is_told_by_region: bool = True) -> Place:
        """A place near that of the incident, a point of it as a rule.

        away: by how many degrees at most.
        """
        chance = self.chance
        here = LonLat(
            _degrees(chance, self.station.at.longitude + self._shift[0], away),
            _degrees(chance, self.station.at.latitude + self._shift[1], away),
        )
        return Place(
            description=description,
            region_code=self.station.county if is_told_by_region else None,
            point=None if chance.happens(0.12) else _point(chance, here),
        )

    def story(self, opening: Opening, facts: Facts) -> Story:
        """All of it."""
        sayings = sorted(self._sayings, key=lambda one: one.received_at)
        region = self.station.region_code
        return Story(opening, self.officer, self.received_at, facts, region, sayings)


def later(at: datetime, minutes: float) -> datetime:
    """So many minutes later, in the same zone; to the second."""
    moved = at.astimezone(UTC) + timedelta(seconds=round(minutes * 60))
    return moved.astimezone(at.tzinfo)


def _at(day: date, zone: tzinfo, seconds: int) -> datetime:
    return datetime.combine(day, time(), zone) + timedelta(seconds=seconds)


def _micros(chance: Chance, at: datetime) -> datetime:
    """The same second by the service's clock, which tells microseconds."""
    return at.replace(microsecond=chance.randrange(1, 1_000_000))


def _degrees(chance: Chance, near: float, away: float) -> float:
    """With six decimals, the last of which is no zero, so that no other number reads alike."""
    units = round((near + chance.uniform(-away, away)) * 1e6)
    return (units // 10 * 10 + chance.randrange(1, 10)) / 1e6


def _point(chance: Chance, here: LonLat) -> Point:
    """As a phone gives it, or somebody's map, whose datum is another."""
    datum = Datum.GCJ02 if chance.happens(0.1) else Datum.WGS84
    at = (
        LonLat(*(round(one, 7) for one in from_wgs84(here, datum)))
        if datum is Datum.GCJ02
        else here
    )
    return Point(
        longitude=at.longitude,
        latitude=at.latitude,
        datum=datum,
        accuracy_m=float(chance.choice((5, 8, 12, 20, 30, 50, 100))),
        source=PointSource.MAP if datum is Datum.GCJ02 else PointSource.DEVICE,
    )
