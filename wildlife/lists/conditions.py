"""Named conditions on a table `t` of records: each only narrows, there where it is asked for.

What asks for each has its name: a parameter, or what `Filters.asked` makes of those of all lists;
`:name_…` are further values. No value ever enters the text.
"""

import dataclasses
from typing import Annotated, Any, Final, TypeAlias

from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from wildlife.lists.filters import Filters
from wildlife.rescues.marks import keys_of
from wildlife.words.datums import EARTH_RADIUS_M
from wildlife.words.values import NOT_BLANK
from wildlife.words.vocabularies import Protection

DISTANCE_M: Final = f"""
    (2 * {EARTH_RADIUS_M} * asin(sqrt(least(1,
        sin(radians(t.location[1] - :near_latitude::float8) / 2) ^ 2
        + cos(radians(:near_latitude)) * cos(radians(t.location[1]))
        * sin(radians(t.location[0] - :near_longitude::float8) / 2) ^ 2))))
"""
"""How far a row lies from a point."""

_MARKED: Final = "{i}.marks && :text_marks::text[] and {i}.marks <> '{}'"

SHARED: Final = {
    "originals": "t.duplicate_of is null",
    "region": "t.region_code like :region || '%'",
    "station": "t.station_ids @> array[:station_id::uuid]",
    "since": "t.{at} >= :since",
    "until": "t.{at} < :until",
    "box": "t.location <@ :box::box",
    "near": f"t.location <@ :near::box and {DISTANCE_M} <= :near_radius_m",
    "text": f"({{i}}.search_text like all(:text::text[]) or {_MARKED})",
    "numbers": f"""
        (regexp_split_to_array({{i}}.search_text, '[^0-9-]+') @> :numbers::text[] or {_MARKED})
    """,
    "terms": f"({{i}}.search_terms @> :terms or {_MARKED})",
}
"""`{at}` is the time that a list is ordered by, `{i}` the row of the incident, which may be `t`.
What is found by its text has the terms, too: they lead an index to it, and to look at them takes
many times as long. Of a case number it has the whole, beside which no digit stands. Each of these
has an `or` of its own, so that the one that the index has answered need not be."""

PROTECTED: Final = """
    case when :protection::text = 'provincial' then 'provincial' = any({0}.protections)
        else {0}.protection = :protection end
"""
"""Rows of a table `{0}` with any such protection. Those of the whole country exclude each other and
are stricter than a region's: one of them leads, and is found by the index in the order of the list.
"""


def as_state(description: str) -> Any:
    """The parameter `state`: the framework keeps the name itself for its own."""
    return QueryParameter(name="state", description=description)


AskedSpecies: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        max_length=200,
        description="物种编号。A species by its id in the register.",
        schema_extra={"examples": ["phalacrocorax_carbo"]},
    ),
]
AskedProtection: TypeAlias = Annotated[
    Protection | None,
    QueryParameter(
        description="保护级别。Any class that held for the animal when and where it was found."
    ),
]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """What a list is asked for: what any can be, and, in a subclass, what it alone can be."""

    filters: NamedDependency[Filters]

    def values(self) -> dict[str, Any]:
        """The parameters of its conditions, by name."""
        return self.filters.asked() | vars(self)


def where(condition: str) -> Any:
    """A filter of one list: a field of its `Asked`, which is a parameter of the query and the
    condition that it stands for where it is given."""
    return dataclasses.field(default=None, metadata={"condition": condition})


AskedMark: TypeAlias = Annotated[
    str | None,
    QueryParameter(
        min_length=1,
        max_length=100,
        pattern=NOT_BLANK,
        description="标识号码。The number of a ring, chip or tag that the animal carries or"
        " carried, whole, however it is written; `ring:a1234` is that of a ring alone.",
        schema_extra={"examples": ["CN-A 1234"]},
    ),
]


@dataclasses.dataclass(frozen=True, kw_only=True)
class AskedByMark(Asked):
    """What is asked for may be known by a mark."""

    mark: AskedMark = where("(t.marks && :mark_keys::text[] and t.marks <> '{}')")

    def values(self) -> dict[str, Any]:
        return super().values() | {"mark_keys": keys_of(self.mark or "")}


def conditions_of(asked: type[Asked]) -> dict[str, str]:
    """The conditions of a list's own filters, by name."""
    fields = dataclasses.fields(asked)
    return {one.name: one.metadata["condition"] for one in fields if one.metadata}


def asks(asked: type[Asked]) -> dict[str, Provide]:
    """The dependency `asked` of a list's route."""
    return {"asked": Provide(asked, sync_to_thread=False)}
