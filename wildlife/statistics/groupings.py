"""By what records are counted. A grouping knows the SQL of its groups, what they are called, and by
which filters of the list exactly the records of one group are found.

Each is a text of a row `t`, with the time `{at}` that is asked about; null is a group of its own:
nobody said.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from db.sql import Statement
from wildlife.kinds import KINDS
from wildlife.rescues.codes import LifeStage, Sex
from wildlife.web.moments import read_moment
from wildlife.words.region_names import NAMES
from wildlife.words.regions import prefix_of
from wildlife.words.vocabularies import Code, IncidentState, Protection, Source


class Label(NamedTuple):
    """What a group is called."""

    en: str
    zh: str


NOT_KNOWN: Final = Label("not known", "不详")

Given: TypeAlias = Mapping[str, Sequence[str]]
"""The parameters that were asked with, and the values of each."""
Narrowing: TypeAlias = Callable[[str, Given, tzinfo], dict[str, str] | None]
"""Of a group's code, and the parameters that were asked with: those that narrow the list to the
group; None where no parameters do exactly that."""


def not_listed(_: str, __: Given, ___: tzinfo) -> None:
    """Of a group that no filter of the list is of."""


def listed_by(name: str) -> Narrowing:
    """By the filter of this name, which takes the group's code."""

    def narrowed(code: str, asked: Given, _: tzinfo) -> dict[str, str] | None:
        return {name: code} if code in asked.get(name, [code]) else None

    return narrowed


class Grouping(NamedTuple):
    """One way to tell records apart."""

    name: str
    en: str
    zh: str
    sql: str
    labels: Callable[[str], Label | None] = lambda _: None
    """What the group of a code is called, where no table says it."""
    names: Statement | None = None
    """What the groups of `:codes` are called by a table: their `code`, `en` and `zh`."""
    narrowing: Narrowing = not_listed
    apart: str = ""
    """A join by which a row is in each of its groups, of which it may have several."""
    sums: Mapping[str, str] = MappingProxyType({})
    """What is summed up otherwise where it is told apart so."""


def of_codes(codes: type[Code]) -> Callable[[str], Label | None]:
    """What codes of a vocabulary are called; one that it does not have, nothing."""
    known = {one.value: Label(one.en, one.zh) for one in codes}
    return known.get


def _kind(code: str) -> Label | None:
    return next((Label(one.label.en, one.label.zh) for one in KINDS if one.name == code), None)


def _month(code: str) -> Label:
    year, month = code.split("-")
    return Label(code, f"{year}年{int(month)}月")


def _region(code: str) -> Label | None:
    name = NAMES.get(code)
    return Label(name, name) if name else None  # nobody translated them


def _within(first: str, last: str, asked: Given, zone: tzinfo) -> dict[str, str]:
    """These days, and of them those alone that were asked for."""
    ends = {"from": first, "to": last}
    for name, later in (("from", max), ("to", min)):
        if name in asked:
            moments = {
                read_moment(name, text, zone, end_of_day=name == "to"): text
                for text in (*asked[name], ends[name])
            }
            ends[name] = moments[later(moments)]  # type: ignore[type-var]
    return ends


def _in_month(code: str, asked: Given, zone: tzinfo) -> dict[str, str]:
    days = monthrange(*map(int, code.split("-")))[1]
    return _within(f"{code}-01", f"{code}-{days}", asked, zone)


def _in_year(code: str, asked: Given, zone: tzinfo) -> dict[str, str]:
    return _within(f"{code}-01-01", f"{code}-12-31", asked, zone)


def _in_region(code: str, asked: Given, _: tzinfo) -> dict[str, str]:
    given = next(iter(asked.get("region", [])), "")
    return {"region": given if prefix_of(given).startswith(code) else code}


def _by_protection(code: str, asked: Given, zone: tzinfo) -> dict[str, str] | None:
    """The list's filter finds any class that holds; of a region's, that is the strictest of some
    alone."""
    if code == Protection.PROVINCIAL:
        return None
    return listed_by("protection")(code, asked, zone)


def _level(name: str, en: str, zh: str, digits: int) -> Grouping:
    """Regions of a level: of their codes so many digits. What is known to lie in a larger one, and
    not where in it, is in none."""
    ends = "" if digits == 2 else f" and substr(t.region_code, {digits - 1}, 2) <> '00'"
    sql = f"""case when length(t.region_code) >= {digits}{ends}
        then left(t.region_code, {digits}) end"""
    return Grouping(name, en, zh, sql, _region, narrowing=_in_region)


FromGroups: TypeAlias = NamedDependency[SkipValidation[list[Grouping]]]
"""The parameter `groups` of a route."""

SHARED: Final = (
    Grouping(
        "month",
        "month",
        "月份",
        "to_char({at} at time zone :zone, 'YYYY-MM')",
        _month,
        narrowing=_in_month,
    ),
    Grouping(
        "year",
        "year",
        "年份",
        "to_char({at} at time zone :zone, 'YYYY')",
        lambda code: Label(code, f"{code}年"),
        narrowing=_in_year,
    ),
    _level("province", "province", "省级行政区", 2),
    _level("prefecture", "prefecture", "地级行政区", 4),
    _level("county", "county", "县级行政区", 6),
    Grouping(
        "station",
        "responsible unit",
        "责任单位",
        "s.code",
        names=Statement(
            "select code, name as zh, name as en from station where code = any(:codes::text[])"
        ),
    ),
    Grouping("source", "source", "警情来源", "t.source", of_codes(Source)),
)
"""Those of every list."""

SPECIES: Final = Grouping(
    "species",
    "species",
    "物种",
    "t.species_id",
    names=Statement("""
        select species_id as code, chinese_name as zh,
            coalesce(nullif(english_name, ''), scientific_name) as en
        from species where species_id = any(:codes::text[])
        """),
    narrowing=listed_by("species"),
)
PROTECTION: Final = Grouping(
    "protection",
    "strictest protection",
    "保护级别（最严）",
    "t.protection",
    of_codes(Protection),
    narrowing=_by_protection,
)
KIND: Final = Grouping("kind", "kind", "警情种类", "t.kind", _kind, narrowing=listed_by("kind"))
STATE: Final = Grouping(
    "state", "state", "警情状态", "t.state", of_codes(IncidentState), narrowing=listed_by("state")
)
LIFE_STAGE: Final = Grouping(
    "life_stage",
    "life stage",
    "年龄阶段",
    "t.life_stage",
    of_codes(LifeStage),
    narrowing=listed_by("life_stage"),
)
SEX: Final = Grouping("sex", "sex", "性别", "t.sex", of_codes(Sex), narrowing=listed_by("sex"))
