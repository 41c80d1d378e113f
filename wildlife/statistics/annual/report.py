"""The annual report: what is answered, and its sums. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Final

import msgspec

from wildlife.rescues.codes import Outcome
from wildlife.words.fields import heading_of
from wildlife.words.sentences import Sentence
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
    """栏目。The name of the field in `figures`, or in `months`."""
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
    region_name: str | None
    """行政区划名称。What the region is called; null: of all that its reader sees."""
    station: str | None
    """单位代码。Of the unit that, with those below it, is responsible for what is counted; null:
    any."""
    station_name: str | None
    """单位名称。What that unit is called now; null: any."""
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
    Definition(
        "died",
        "死亡（各月）：处置结果为接收时已死亡、救护中死亡、安乐死、野外发现死亡的只数，在救护中或"
        "离开救护后均计入，按死亡之月计",
        "heads whose outcome is dead on arrival, died in care, euthanized, or found dead in the"
        " wild, in care or after they had left it, in the month in which they died",
    ),
]


def said_of(definition: Definition) -> Sentence:
    """What a column counts, after its name."""
    figures = Figures if definition.name in Figures.__struct_fields__ else Month
    called = heading_of(figures, definition.name)
    return Sentence(f"{called.en}: {definition.en}", definition.zh)


_STOCKS: Final = ("stock_at_beginning", "received", "returned", "stock_at_end")


def in_order(heads: Mapping[Outcome, int]) -> dict[Outcome, int]:
    """Of each outcome that occurs how many, in the order of the vocabulary."""
    return {one: heads[one] for one in Outcome if heads.get(one)}


def sum_of(several: Iterable[Figures]) -> Figures:
    """All of these together."""
    total, left, later = Counter[str](), Counter[Outcome](), Counter[Outcome]()
    for one in several:
        total.update({name: getattr(one, name) for name in _STOCKS})
        left.update(one.left)
        later.update(one.later)
    stocks = {name: total[name] for name in _STOCKS}
    return Figures(left=in_order(left), later=in_order(later), **stocks)


def digest_of(year: int, lines: Iterable[Line], months: Iterable[Month]) -> str:
    """SHA-256 of the figures and of what they are of, by its codes: names may change."""
    return sha256(msgspec.json.encode([year, [*_coded(lines)], [*months]])).hexdigest()


def _coded(lines: Iterable[Line]) -> Iterator[list[object]]:
    for one in lines:
        yield [one.unit_code, one.species_id, one.protection, one.source, one.figures]
