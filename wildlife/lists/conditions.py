"""Named conditions on a table `t` of records: each only narrows, there where it is asked for.

What asks for each has its name: a parameter, or what `Filters.asked` makes of those of all lists;
`:name_…` are further values. No value ever enters the text, in which `{at}` stands for the time
that is asked about, `{i}` for the row of the incident, and `{a}` for that of an animal.
"""

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from wildlife.lists.filters import Filters
from wildlife.lists.polygons import CONDITION as POLYGON
from wildlife.people.asking import station_parameter
from wildlife.words.datums import EARTH_RADIUS_M
from wildlife.words.values import BADGE, whole
from wildlife.words.vocabularies import Owed, RecordFlag, Source

MOST_VALUES: Final = 50
"""So many values of one parameter are asked for at once, at most."""
SEVERAL: Final = "可重复给出，满足其一即可。Given several times, any of them will do."
"""What is said of a parameter that takes several values."""

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
    "below": "t.station_ids && :below::uuid[]",
    "since": "{at} >= :since",
    "until": "{at} < :until",
    "box": "t.location <@ :box::box",
    "near": f"t.location <@ :near::box and {DISTANCE_M} <= :near_radius_m",
    "polygon": POLYGON,
    "updated_since": "{i}.updated_at >= :updated_since",
    "text": f"({{i}}.search_text like all(:text::text[]) or {_MARKED})",
    "numbers": f"""
        (regexp_split_to_array({{i}}.search_text, '[^0-9-]+')
            || regexp_split_to_array({{i}}.search_text, '[^0-9]+') @> :numbers::text[]
            or {_MARKED})
    """,
    "terms": f"({{i}}.search_terms @> :terms or {_MARKED})",
}
"""What is found by its text has the terms, too: they lead an index to it, and to look at them takes
many times as long. Of a case number it has the whole, beside which no digit stands, or the station
and the day that one begins with. Each of these has an `or` of its own, so that the one that the
index has answered need not be."""


def where(condition: str) -> Any:
    """A filter of one list: a field of its `Asked`, which is a parameter of the query and the
    condition that it stands for where it is given."""
    return dataclasses.field(default=None, metadata={"condition": condition})


def any_of(one: str, several: str) -> Any:
    """The same that takes several values, of which any will do: the condition for one of them
    (`:name`), and for all (`:name_any`)."""
    return dataclasses.field(default=None, metadata={"condition": one, "any_of": several})


def equal_to(column: str, name: str) -> Any:
    """The same: that a column has any of the values."""
    return any_of(f"{column} = :{name}", f"{column} = any(:{name}_any::text[])")


def among(column: str, name: str) -> Any:
    """The same: that an array has any of the values."""
    return any_of(f"{column} @> array[:{name}::text]", f"{column} && :{name}_any::text[]")


def known_region(digits: int) -> str:
    """Whether a region is known as closely as so many digits of its code say: 4 or 6."""
    ends = f"substr(t.region_code, {digits - 1}, 2) <> '00'"
    return f"length(t.region_code) >= {digits} and {ends}"


def dated(dates: Mapping[str, str]) -> Any:
    """By which time of a row a period is asked for, by what people call it, the one that orders
    the list first."""
    return dataclasses.field(default=next(iter(dates)), metadata={"dates": dates})


@dataclasses.dataclass(frozen=True, kw_only=True)
class Asked:
    """What a list is asked for: what any can be, and, in a subclass, what it alone can be."""

    filters: NamedDependency[Filters]
    officer: Annotated[
        str | None,
        QueryParameter(
            pattern=BADGE,
            description="民警警号。The badge number of somebody who opened the incident, was there,"
            " is or was responsible, or let an animal of it go, as far as its reader is told; also"
            " one that nobody has any more.",
            schema_extra={"examples": ["150425001"]},
        ),
    ] = where("{i}.officers @> array[:officer::text]")
    responsible: Annotated[
        str | None,
        station_parameter(
            "责任单位代码。The code of the station that is responsible now: `150425`."
        ),
    ] = where("t.responsible_station_id = :responsible_id::uuid")
    source: Annotated[
        list[Source] | None,
        QueryParameter(
            max_items=MOST_VALUES,
            description=f"警情来源。How the station learnt of the incident. {SEVERAL}",
        ),
    ] = equal_to("t.source", "source")
    source_known: Annotated[
        bool | None,
        QueryParameter(description="警情来源是否已知。Whether anybody said how it was learnt of."),
    ] = where("(t.source is not null) = :source_known")
    prefecture_known: Annotated[
        bool | None,
        QueryParameter(
            description="地级行政区是否已知。Whether the region is known as closely as that."
        ),
    ] = where(f"({known_region(4)}) = :prefecture_known")
    county_known: Annotated[
        bool | None,
        QueryParameter(
            description="县级行政区是否已知。Whether the region is known as closely as that."
        ),
    ] = where(f"({known_region(6)}) = :county_known")
    time_known: Annotated[
        bool | None,
        QueryParameter(
            description="时间是否已知。Whether the time is known that `from` and `to` are of."
        ),
    ] = where("({at} is not null) = :time_known")
    missing: Annotated[
        list[Owed] | None,
        QueryParameter(
            max_items=MOST_VALUES,
            description=f"待补项目。What the incident's record owes. {SEVERAL}",
        ),
    ] = among("{i}.missing", "missing")
    flag: Annotated[
        list[RecordFlag] | None,
        QueryParameter(
            max_items=MOST_VALUES,
            description=f"疑点。Where what was said of the incident contradicts itself. {SEVERAL}",
        ),
    ] = among("{i}.flags", "flag")
    overdue: Annotated[
        bool | None,
        QueryParameter(
            description="是否逾期。Whether anything that the incident owes is past its time."
        ),
    ] = where("""
        (:overdue and {i}.next_due_at < now()
            or not :overdue and ({i}.next_due_at >= now() or {i}.next_due_at is null))
    """)

    def values(self) -> dict[str, Any]:
        """The parameters of its conditions, by name."""
        values = self.filters.asked()
        for field in dataclasses.fields(self):
            given = getattr(self, field.name)
            if "any_of" in field.metadata and isinstance(given, list):
                # One value is compared by itself, which an index in the order of a list answers.
                one = len(given) == 1
                values[field.name if one else f"{field.name}_any"] = given[0] if one else given
            else:
                values[field.name] = given
        return values

    @property
    def date(self) -> str | None:
        """By which of its times a list is asked for a period; None: by that which orders it."""
        return getattr(self, "by", None)


def by_dates(dates: Mapping[str, str], description: str) -> Any:
    """The parameter `by`, of these times. description: what they are."""
    return QueryParameter(
        pattern=whole("|".join(dates)),
        description=f"时间类别。Which time `from` and `to` are of: {description}",
    )


def conditions_of(asked: type[Asked]) -> dict[str, str]:
    """The conditions of a list's own filters, by name."""
    found: dict[str, str] = {}
    for one in dataclasses.fields(asked):
        if "condition" in one.metadata:
            found[one.name] = one.metadata["condition"]
        if "any_of" in one.metadata:
            found[f"{one.name}_any"] = one.metadata["any_of"]
    return found


def dates_of(asked: type[Asked]) -> Mapping[str, str]:
    """The times of a list's rows by which a period can be asked for."""
    for one in dataclasses.fields(asked):
        if "dates" in one.metadata:
            dates: Mapping[str, str] = one.metadata["dates"]
            return dates
    return {}


def asks(asked: type[Asked]) -> dict[str, Provide]:
    """The dependency `asked` of a list's route."""
    return {"asked": Provide(asked, sync_to_thread=False)}
