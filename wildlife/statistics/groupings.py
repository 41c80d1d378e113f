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

from db.sql import Statement
from wildlife.kinds import name_of_kind
from wildlife.lists.conditions import known_region
from wildlife.rescues.codes import LifeStage, Sex
from wildlife.web.moments import read_moment
from wildlife.words.region_names import NAMES
from wildlife.words.regions import prefix_of
from wildlife.words.sentences import Sentence
from wildlife.words.vocabularies import Code, IncidentState, Protection, Source

NOT_KNOWN: Final = Sentence("not known", "不详")
NOT_IN_REGISTER: Final = Sentence("not in the register", "名录未载")

Given: TypeAlias = Mapping[str, Sequence[str]]
"""The parameters that were asked with, and the values of each."""
Narrowing: TypeAlias = Callable[[str, Given, tzinfo], Given]
"""Of a group's code, and the parameters that were asked with: those that narrow the list to the
group, in place of what they were."""


def listed_by(name: str) -> Narrowing:
    """By the filter of this name, which takes the group's code."""
    return lambda code, _, __: {name: [code]}


def listed_by_all(name: str) -> Narrowing:
    """By the filter of this name, all of whose values hold: a row is in several of the groups."""
    return lambda code, asked, _: {name: [*dict.fromkeys([*asked.get(name, ()), code])]}


class Grouping(NamedTuple):
    """One way to tell records apart."""

    name: str
    en: str
    zh: str
    sql: str
    narrowing: Narrowing
    labels: Callable[[str], Sentence | None] = lambda _: None
    """What the group of a code is called, where no table says it."""
    known_by: str | None = None
    """The filter of the list by which a row is in any of the groups, or in none of them; None:
    every row is in one."""
    names: Statement | None = None
    """What the groups of `:codes` are called by a table: their `code`, `en` and `zh`."""
    join: str = ""
    """What tells the group, beside the row: of two groupings with the same it is joined once."""
    sums: Mapping[str, str] = MappingProxyType({})
    """What is summed up otherwise where it is told apart so."""
    goes_on: bool = False
    """Whether its groups follow each other in time, and are told so."""
    overlaps: bool = False
    """Whether a row may be in several groups, so that all of these are more than all rows."""

    def narrowed(self, code: str | None, asked: Given, zone: tzinfo) -> Given:
        """The parameters that narrow the list to a group; of none, to what is in none."""
        if code is not None:
            return self.narrowing(code, asked, zone)
        if self.known_by is None:
            raise AssertionError(f"{self.name}: a row is in no group, and no filter says so")
        return {self.known_by: ["false"]}


def of_codes(codes: type[Code]) -> Callable[[str], Sentence | None]:
    """What codes of a vocabulary are called; one that it does not have, nothing."""
    known = {one.value: Sentence(one.en, one.zh) for one in codes}
    return known.get


def _month(code: str) -> Sentence:
    year, month = code.split("-")
    return Sentence(code, f"{year}年{int(month)}月")


def _region(code: str) -> Sentence | None:
    name = NAMES.get(code)
    return Sentence(name, name) if name else None  # nobody translated them


def _within(first: str, last: str, asked: Given, zone: tzinfo) -> Given:
    """These days, and of them those alone that were asked for."""
    ends = {"from": first, "to": last}
    for name, later in (("from", max), ("to", min)):
        if name in asked:
            moments = {
                read_moment(name, text, zone, end_of_day=name == "to"): text
                for text in (*asked[name], ends[name])
            }
            ends[name] = moments[later(moments)]  # type: ignore[type-var]
    return {name: [text] for name, text in ends.items()}


def _in_month(code: str, asked: Given, zone: tzinfo) -> Given:
    days = monthrange(*map(int, code.split("-")))[1]
    return _within(f"{code}-01", f"{code}-{days}", asked, zone)


def _in_year(code: str, asked: Given, zone: tzinfo) -> Given:
    return _within(f"{code}-01-01", f"{code}-12-31", asked, zone)


def _in_region(code: str, asked: Given, _: tzinfo) -> Given:
    given = next(iter(asked.get("region", [])), "")
    return {"region": [given if prefix_of(given).startswith(code) else code]}


def _level(name: str, en: str, zh: str, digits: int) -> Grouping:
    """Regions of a level: of their codes so many digits. What is known to lie in a larger one, and
    not where in it, is in none."""
    code = f"left(t.region_code, {digits})"
    if digits == 2:
        return Grouping(name, en, zh, code, _in_region, _region)
    sql = f"case when {known_region(digits)} then {code} end"
    return Grouping(name, en, zh, sql, _in_region, _region, known_by=f"{name}_known")


SHARED: Final = (
    Grouping(
        "month",
        "month",
        "月份",
        "to_char({at} at time zone :zone, 'YYYY-MM')",
        _in_month,
        _month,
        known_by="time_known",
        goes_on=True,
    ),
    Grouping(
        "year",
        "year",
        "年份",
        "to_char({at} at time zone :zone, 'YYYY')",
        _in_year,
        lambda code: Sentence(code, f"{code}年"),
        known_by="time_known",
        goes_on=True,
    ),
    _level("province", "province", "省级行政区", 2),
    _level("prefecture", "prefecture", "地级行政区", 4),
    _level("county", "county", "县级行政区", 6),
    Grouping(
        "station",
        "responsible unit",
        "责任单位",
        "s.code",
        listed_by("responsible"),
        names=Statement(
            "select code, name as zh, name as en from station where code = any(:codes::text[])"
        ),
    ),
    Grouping(
        "source",
        "source",
        "警情来源",
        "t.source",
        listed_by("source"),
        of_codes(Source),
        "source_known",
    ),
)
"""Those of every list."""

SPECIES: Final = Grouping(
    "species",
    "species",
    "物种",
    "t.species_id",
    listed_by("species"),
    known_by="species_known",
    names=Statement("""
        select species_id as code, chinese_name as zh,
            coalesce(nullif(english_name, ''), scientific_name) as en
        from species where species_id = any(:codes::text[])
        """),
)


def _rank(name: str, en: str, zh: str, sql: str) -> Grouping:
    """Parts of the register, as it is now and names them: a genus in Latin, others in Chinese."""
    join = "left join species taxon on taxon.species_id = t.species_id"
    return Grouping(name, en, zh, sql, listed_by(name), known_by="species_known", join=join)


TAXA: Final = (
    SPECIES,
    _rank("genus", "genus", "属", "split_part(taxon.scientific_name, ' ', 1)"),
    _rank("family", "family", "科", "taxon.family"),
    _rank("order", "order", "目", 'taxon."order"'),
    _rank("class", "class", "纲", "taxon.class"),
)
"""The species and what it belongs to, the narrowest first."""
PROTECTION: Final = Grouping(
    "protection",
    "strictest protection",
    "保护级别（最严）",
    "t.protection",
    listed_by("strictest_protection"),
    of_codes(Protection),
    known_by="protection_known",
)
KIND: Final = Grouping("kind", "kind", "警情种类", "t.kind", listed_by("kind"), name_of_kind)
STATE: Final = Grouping(
    "state", "state", "警情状态", "t.state", listed_by("state"), of_codes(IncidentState)
)
LIFE_STAGE: Final = Grouping(
    "life_stage",
    "life stage",
    "年龄阶段",
    "t.life_stage",
    listed_by("life_stage"),
    of_codes(LifeStage),
)
SEX: Final = Grouping("sex", "sex", "性别", "t.sex", listed_by("sex"), of_codes(Sex))
