"""The units of a province, and who works there: those of the demo, and more like them. Pure."""

from itertools import chain
from typing import Final
from uuid import UUID

import msgspec

from wildlife.demo.cast import ACCOUNTS, STATIONS
from wildlife.people.accounts import OfficerRef
from wildlife.people.codes import Role, StationKind
from wildlife.people.stations import StationRef
from wildlife.synth.chance import Chance, Weighted
from wildlife.words.datums import LonLat
from wildlife.words.region_names import NAMES

PROVINCE: Final = "15"

# About where the seats of the prefectures are, in whole and half degrees or so: records lie around.
_SEATS: Final = {
    "1501": LonLat(111.7, 40.8),
    "1502": LonLat(109.9, 40.9),
    "1503": LonLat(106.9, 39.7),
    "1504": LonLat(118.5, 42.9),
    "1505": LonLat(121.9, 43.7),
    "1506": LonLat(109.5, 39.4),
    "1507": LonLat(120.6, 49.2),
    "1508": LonLat(107.4, 41.0),
    "1509": LonLat(112.9, 41.2),
    "1522": LonLat(121.6, 46.3),
    "1525": LonLat(116.1, 43.9),
    "1529": LonLat(105.4, 39.2),
}
_STATIONS_IN_A_COUNTY: Final = 3
# Of which the counties are in no data that comes with the service.
_STATIONS_IN_A_PREFECTURE: Final = 6
_OFFICERS: Final = 3

_OF_STATIONS: Final = (
    "白音山 乌兰沟 查干湖 红石砬 响水 柳条川 黑里河 松树沟 三棵树 大水泡 西拉木伦".split()
)
_FAMILY: Final = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 马 朱 胡 郭 何 高 林 罗 包 白 乌".split()
_GIVEN: Final = (
    "建国 志强 海涛 立军 晓明 永胜 国庆 占山 铁柱 丽华 秀英 春梅 巴特尔 那日苏 苏日娜 其其格 朝鲁"
    " 卫东 长河 宝音 玉兰 红梅 文斌 少华"
).split()

_DEMO_STATIONS: Final = {code: (name, kind, region) for code, name, kind, region in STATIONS}
_DEMO_ACCOUNTS: Final = {badge: name for badge, name, *_ in ACCOUNTS}


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit: what it is called, where it lies and stands."""

    ref: StationRef
    kind: StationKind
    region_code: str
    parent: UUID | None
    at: LonLat
    """About where, in WGS-84."""
    officers: list[OfficerRef] = []
    """Who files for it."""
    centre: "Unit | None" = None
    """The rescue centre of its prefecture, with its rescuers."""

    @property
    def county(self) -> str:
        """The code of six digits in which its records lie."""
        return f"{self.region_code:0<6}"


class Units(msgspec.Struct, frozen=True):
    """All units, and all accounts of them."""

    every: list[Unit]
    stations: list[Unit]
    """Those that file."""
    accounts: list[OfficerRef]


def units_of(seed: int) -> Units:
    """The units that this seed makes; codes and names are those of every seed."""
    chance = Chance(f"{seed}:units")
    top = _unit(
        chance, f"{PROVINCE}00", "内蒙古自治区林业和草原局", StationKind.ADMINISTRATION, PROVINCE
    )
    every, stations, accounts = [top], [], list[OfficerRef]()

    def add(unit: Unit) -> Unit:
        every.append(unit)
        accounts.extend(unit.officers)
        return unit

    for code, seat in _SEATS.items():
        name, above = NAMES[code], top.ref.station_id
        add(
            _staffed(
                chance,
                _unit(chance, code, f"{name}林业和草原局", StationKind.ADMINISTRATION, code, above),
                Role.OFFICIAL,
                [f"LC{code}"],
            )
        )
        centre = add(
            _staffed(
                chance,
                _unit(
                    chance,
                    f"{code}0201",
                    f"{name}野生动物救护站",
                    StationKind.RESCUE_CENTRE,
                    code,
                    None,
                ),
                Role.RESCUER,
                ["JH001" if code == "1504" else f"JH{code}"],
            )
        )
        bureau = add(
            _unit(chance, f"{code}00", f"{name}森林公安局", StationKind.FOREST_POLICE_BUREAU, code)
        )
        for one in _stations(chance, code, seat, bureau, centre):
            stations.append(add(one))
    others = [one for one in ACCOUNTS if one[3] is None]
    accounts += [_account(chance, badge, role, None) for badge, _, role, _ in others]
    return Units(every, stations, accounts)


def _stations(chance: Chance, code: str, seat: LonLat, bureau: Unit, centre: Unit) -> list[Unit]:
    counties = [one for one in NAMES if len(one) == 6 and one.startswith(code)]
    wanted = chain.from_iterable(
        [(one, n) for n in range(_STATIONS_IN_A_COUNTY)] for one in counties
    )
    if not counties:
        wanted = chain([(f"{code}00", n) for n in range(1, _STATIONS_IN_A_PREFECTURE + 1)])
    found = []
    for county, n in wanted:
        # The demo's stand under the code of their county.
        own = f"{county}{n + 10}" if n else county
        where = NAMES.get(county, NAMES[code])
        unit = _unit(
            chance,
            own,
            f"{where}{_OF_STATIONS[(n + int(county)) % len(_OF_STATIONS)]}森林派出所",
            StationKind.POLICE_STATION,
            county,
            bureau.ref.station_id,
        )
        at = LonLat(
            round(seat.longitude + chance.uniform(-1.1, 1.1), 2),
            round(seat.latitude + chance.uniform(-0.8, 0.8), 2),
        )
        unit = msgspec.structs.replace(unit, at=at, centre=centre)
        badges = [f"{own}{one:03}" for one in range(1, _OFFICERS + 1)]
        found.append(_staffed(chance, unit, Role.OFFICER, badges))
    return found


def _unit(
    chance: Chance,
    code: str,
    name: str,
    kind: StationKind,
    region: str,
    parent: UUID | None = None,
) -> Unit:
    name, kind, region = _DEMO_STATIONS.get(code, (name, kind, region))
    ref = StationRef(_random_id(chance), code, name)
    return Unit(ref=ref, kind=kind, region_code=region, parent=parent, at=LonLat(0, 0))


def _staffed(chance: Chance, unit: Unit, role: Role, badges: list[str]) -> Unit:
    people = [_account(chance, badge, role, unit.ref) for badge in badges]
    return msgspec.structs.replace(unit, officers=people)


def _account(chance: Chance, badge: str, role: Role, unit: StationRef | None) -> OfficerRef:
    name = chance.choice(_FAMILY) + chance.choice(_GIVEN)
    return OfficerRef(_random_id(chance), badge, _DEMO_ACCOUNTS.get(badge, name), role, unit)


def _random_id(chance: Chance) -> UUID:
    return UUID(int=chance.getrandbits(128), version=4)


def drawn_stations(units: Units) -> Weighted[Unit]:
    """The stations that file, of which some have much more to do than others."""
    return Weighted((unit, 1 / (1 + n % 7)) for n, unit in enumerate(units.stations))
