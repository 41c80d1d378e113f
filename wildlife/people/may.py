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
    FILE = "open incidents, add entries and photos", "登记警情、追加记录和照片"
    READ_REFUSED = "read what was refused and kept", "查看被拒收而保留的内容"
    HANDLE_INFORMANTS = (
        "read and erase who reported, at the unit responsible",
        "查看、删除本单位负责的警情的报告人",
    )
    READ_ACCESSES = "read who looked at originals", "查看原始照片的调取记录"


class Reach(_Labelled):
    """Which records somebody sees."""

    STATIONS = (
        "those in which the own station, or one below it, had a part",
        "本单位及下级单位经手的警情",
    )
    COMPETENCE = (
        "those found or released in a region, opened by a station that lay there, or handled by a"
        " unit, that the own unit is competent for",
        "在本单位主管地区内发现、放归或由该地区单位登记的警情，以及由本单位主管单位经手的警情",
    )
    EVERYTHING = "all", "全部"


MAY: Final[Mapping[Verb, frozenset[Role]]] = {
    Verb.USE_SESSION: frozenset({Role.OFFICER, Role.OFFICIAL, Role.ADMIN}),
    Verb.LOOK_UP: frozenset({Role.OFFICER, Role.OFFICIAL, Role.ADMIN}),
    Verb.READ: frozenset({Role.OFFICER, Role.OFFICIAL, Role.ADMIN}),
    Verb.FILE: frozenset({Role.OFFICER}),
    Verb.READ_REFUSED: frozenset({Role.OFFICER}),
    Verb.HANDLE_INFORMANTS: frozenset({Role.OFFICER}),
    Verb.READ_ACCESSES: frozenset({Role.OFFICER, Role.ADMIN}),
}

REACH: Final[Mapping[str, Reach]] = {
    Role.OFFICER: Reach.STATIONS,
    Role.OFFICIAL: Reach.COMPETENCE,
    Role.ADMIN: Reach.EVERYTHING,
}


SEES_ORIGINALS: Final = {Role.OFFICER}
"""Whose new accounts may fetch photos as they came, with all that is in them; each account may be
given it, or not."""


def may(role: str, verb: Verb | None) -> bool:
    """Whether this role may; a route without a verb is nobody's."""
    return verb is not None and role in MAY.get(verb, ())


class Scope(msgspec.Struct, frozen=True):
    """Which records somebody sees: those of each of these stations, and those of each of these
    regions. `wildlife.people.scope.VISIBLE` says it in SQL."""

    everything: bool = False
    stations: list[UUID] = []
    regions: list[str] = []


def scope_of(role: str, stations: list[UUID], competence: Scope) -> Scope:
    """What a role sees at a station that, with those below it, is `stations`, and that is competent
    for `competence`."""
    match REACH.get(role):
        case Reach.STATIONS:
            return Scope(stations=stations)
        case Reach.COMPETENCE:
            return competence
        case Reach.EVERYTHING:
            return Scope(everything=True)
        case None:
            return Scope()


def seen_in(region_codes: Iterable[str]) -> list[str]:
    """Of the regions that a record belongs to: the codes of all whose officials see it, which are
    their prefixes."""
    prefixes = [code[:end] for code in region_codes for end in range(2, len(code) + 1)]
    return list(dict.fromkeys(prefixes))
