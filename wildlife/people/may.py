"""Who may do what: one table. Whoever is not in it may nothing, and sees nothing."""

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final
from uuid import UUID

import msgspec

from wildlife.people.codes import Role


class _Labelled(Enum):
    def __init__(self, en: str, zh: str) -> None:
        self.en = en
        self.zh = zh


class Verb(_Labelled):
    """What a route does, as an official would say it. Each route but the public ones has one."""

    USE_SESSION = "see one's own account, sign out", "查看本人账号、退出登录"
    LOOK_UP = "look up species, stations and vocabularies", "查询物种、单位和代码表"
    READ = "read records, photos and receipts", "查看警情记录、照片和回执"
    REPORT = "make annual reports", "编制年度报告"
    FILE = "open incidents, add entries and photos", "登记警情、追加记录和照片"
    TEND = (
        "add entries and photos of animals in the own unit's custody",
        "为本单位接收照管的动物追加记录和照片",
    )
    DIRECT = (
        "amend and void entries, and hand responsibility over, among the own unit and those below",
        "在本单位及下级单位范围内更正、作废记录，移交责任",
    )
    READ_REFUSED = "read what was refused and kept", "查看被拒收而保留的内容"
    SETTLE_REFUSED = (
        "accept what was refused and kept of the own unit, or put it aside: a chief also of those"
        " below",
        "接受登记本单位被拒收而保留的内容，或不予登记（所队领导含下级单位）",
    )
    HANDLE_INFORMANTS = (
        "read and erase who reported, at the unit responsible",
        "查看、删除本单位负责的警情的报告人",
    )
    READ_LOOKS = "read who looked at originals", "查看原始照片的调取记录"
    READ_ACCESS_LOG = "read who read what", "查看全部查阅记录"
    READ_LEDGER = (
        "read checkpoints of the ledger, and the hashes in it",
        "查看总账的检查点和散列",
    )
    MANAGE_PEOPLE = (
        "manage accounts, units and devices: a chief those of the own unit and below",
        "管理账号、单位和设备（所队领导限本单位及下级单位）",
    )
    READ_PEOPLE = (
        "see accounts and devices, and what happened to them: a chief those of the own unit and"
        " below",
        "查看账号和设备及其变更记录（所队领导限本单位及下级单位）",
    )


class Reach(_Labelled):
    """Which records somebody sees."""

    STATIONS = (
        "those in which the own station, or one below it, had a part",
        "本单位及下级单位经手的警情",
    )
    COMPETENCE = (
        "those found or released in a region, opened by a station that lay there, or handled by a"
        " unit, that the own unit is competent for; of road incidents those, where that is granted",
        "在本单位主管地区内发现、放归或由该地区单位登记的警情，以及由本单位主管单位经手的警情；"
        "其中道路险情须另行授权",
    )
    CUSTODY = (
        "the animals in the own unit's custody, with what was said of them, from the transfer to it"
        " until the transfer away",
        "由本单位接收照管的动物及其记录，自移交至本单位起，至转出为止",
    )
    EVERYTHING = "all", "全部"
    NOTHING = "none", "无"


MAY: Final[Mapping[Verb, frozenset[Role]]] = {
    Verb.USE_SESSION: frozenset(
        {Role.OFFICER, Role.CHIEF, Role.OFFICIAL, Role.RESCUER, Role.AUDITOR, Role.ADMIN}
    ),
    Verb.LOOK_UP: frozenset(
        {Role.OFFICER, Role.CHIEF, Role.OFFICIAL, Role.RESCUER, Role.AUDITOR, Role.ADMIN}
    ),
    Verb.READ: frozenset({Role.OFFICER, Role.CHIEF, Role.RESCUER, Role.OFFICIAL, Role.AUDITOR}),
    Verb.REPORT: frozenset({Role.CHIEF, Role.OFFICIAL, Role.AUDITOR}),
    Verb.FILE: frozenset({Role.OFFICER}),
    Verb.TEND: frozenset({Role.RESCUER}),
    Verb.DIRECT: frozenset({Role.CHIEF}),
    Verb.READ_REFUSED: frozenset({Role.OFFICER, Role.CHIEF, Role.RESCUER, Role.AUDITOR}),
    Verb.SETTLE_REFUSED: frozenset({Role.OFFICER, Role.CHIEF}),
    Verb.HANDLE_INFORMANTS: frozenset({Role.OFFICER}),
    Verb.READ_LOOKS: frozenset({Role.OFFICER, Role.CHIEF, Role.AUDITOR}),
    Verb.READ_ACCESS_LOG: frozenset({Role.AUDITOR}),
    Verb.READ_LEDGER: frozenset({Role.AUDITOR}),
    Verb.MANAGE_PEOPLE: frozenset({Role.CHIEF, Role.ADMIN}),
    Verb.READ_PEOPLE: frozenset({Role.CHIEF, Role.AUDITOR, Role.ADMIN}),
}

WRITING: Final = frozenset(
    {
        Verb.FILE,
        Verb.TEND,
        Verb.DIRECT,
        Verb.SETTLE_REFUSED,
        Verb.HANDLE_INFORMANTS,
        Verb.MANAGE_PEOPLE,
    }
)
"""The verbs by which records, or people, come to be otherwise. Who may none of them misses nothing
of their own in what was true some seconds ago, as a replica tells it."""

REACH: Final[Mapping[str, Reach]] = {
    Role.OFFICER: Reach.STATIONS,
    Role.CHIEF: Reach.STATIONS,
    Role.OFFICIAL: Reach.COMPETENCE,
    Role.RESCUER: Reach.CUSTODY,
    Role.AUDITOR: Reach.EVERYTHING,
    Role.ADMIN: Reach.NOTHING,
}

PEOPLE_REACH: Final[Mapping[str, Reach]] = {
    Role.CHIEF: Reach.STATIONS,
    Role.AUDITOR: Reach.EVERYTHING,
    Role.ADMIN: Reach.EVERYTHING,
}
"""Of which units somebody sees the people, and the devices, where they may; not of the records."""

SEES_ORIGINALS: Final = {Role.OFFICER}
"""Who may fetch photos as they came, with all that is in them, of the records that they see as
this; an account may be given it in all that it is, or in nothing."""

BY_CHIEFS: Final = {Role.OFFICER, Role.CHIEF}
"""The roles to which a chief appoints, and in which accounts are a chief's to manage."""

FOR_ONE_UNIT: Final = {Role.OFFICER, Role.CHIEF, Role.RESCUER}
"""The roles in which an account writes: whatever it is of them it is at one and the same unit, on
whose behalf all is written."""


def may(role: str, verb: Verb | None) -> bool:
    """Whether this role may; a route without a verb is nobody's."""
    return verb is not None and role in MAY.get(verb, ())


def sees_originals(role: str, given: bool | None) -> bool:
    """Whether an account may fetch originals as this, to which an administrator gave it or not;
    None: nobody said anything."""
    return role in SEES_ORIGINALS if given is None else given


class Audience(Enum):
    """Which officials are asked to see the incidents of a kind: the value stands before what a
    record's `seen_in` names."""

    COMPETENT = ""
    """All who are competent where it took place, or for a unit that had a part."""
    GRANTED_ROADS = "road:"
    """Of these, those to whom it is granted."""


WHOLE: Final = "whole"
"""The view of a record as it is."""
GENERALIZED: Final = "generalized"
"""That of those from whom its places are hidden."""
WITHHELD: Final = "withheld"
"""That of those to whom its places are told, where a text of it names who reported: without it."""


def custody(station_id: UUID) -> str:
    """The view of the part of a record that a unit has in its custody, which that unit alone is
    asked to see."""
    return f"custody:{station_id}"


class Scope(msgspec.Struct, frozen=True):
    """Which records somebody sees: those in which one of these stations had a part, and those that
    are seen in one of these. `wildlife.people.scope.VISIBLE` says it in SQL."""

    everything: bool = False
    stations: list[UUID] = []
    seen_in: list[str] = []
    """As a record's own `seen_in` names it."""
    custody: str | None = None
    """Of these the view of what the own unit has in its custody."""

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(
            self.everything or other.everything,
            [*dict.fromkeys((*self.stations, *other.stations))],
            [*dict.fromkeys((*self.seen_in, *other.seen_in))],
            self.custody or other.custody,
        )


def scope_of(
    role: str,
    *,
    station_id: UUID | None,
    stations: Iterable[UUID],
    competent_for_regions: Iterable[str],
    competent_for_stations: Iterable[UUID],
    sees_roads: bool,
) -> Scope:
    """What a role sees at a station that, with those below it, is `stations`, and that is competent
    for these regions (what their codes begin with) and these stations, those below them among
    them."""
    match REACH.get(role):
        case Reach.STATIONS:
            return Scope(stations=[*stations])
        case Reach.COMPETENCE:
            named = [*competent_for_regions, *map(str, competent_for_stations)]
            asked = {Audience.COMPETENT: True, Audience.GRANTED_ROADS: sees_roads}
            audiences = [audience for audience, is_asked in asked.items() if is_asked]
            return Scope(seen_in=[f"{one.value}{name}" for one in audiences for name in named])
        case Reach.CUSTODY if station_id is not None:
            own = custody(station_id)
            return Scope(seen_in=[own], custody=own)
        case Reach.EVERYTHING:
            return Scope(everything=True)
        case Reach.CUSTODY | Reach.NOTHING | None:
            return Scope()


def people_of(role: str, *, stations: Iterable[UUID]) -> Scope:
    """Of which units a role sees the people, at a station that, with those below it, is
    `stations`."""
    match PEOPLE_REACH.get(role):
        case Reach.EVERYTHING:
            return Scope(everything=True)
        case Reach.STATIONS:
            return Scope(stations=[*stations])
        case _:
            return Scope()


def seen_in(
    audience: Audience, region_codes: Iterable[str], station_ids: Iterable[UUID]
) -> list[str]:
    """Whom else a record asks to see it, beside the stations that had a part in it: the officials
    of the regions that it belongs to, by all codes that theirs begin with, and those of units that
    are competent for one of the stations."""
    prefixes = [code[:end] for code in region_codes for end in range(2, len(code) + 1)]
    named = dict.fromkeys((*prefixes, *map(str, station_ids)))
    return [f"{audience.value}{name}" for name in named]
