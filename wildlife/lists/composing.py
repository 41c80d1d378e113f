"""The SQL of a list, put together of static text. Pure."""

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, get_type_hints
from uuid import UUID

from db.sql import Statement
from wildlife.people.scope import VISIBLE
from wildlife.words.values import Moment, Number

_KEPT: Final = 200
"""Statements: those of the combinations that are commonly asked for."""

_ON_THE_TIME: Final = "since", "until", "begins", "ends"
WITHIN: Final = *_ON_THE_TIME, "after"
"""The conditions on the time by which a list is ordered, and on the key before a page."""

_WEEK: Final = "(({0}.found_at at time zone 'UTC')::date - date '2000-01-03') / 7"
"""As `Window.weeks` counts them, and the index."""

UNFORESEEN: Final = "text", "box", "near"
"""The conditions of which the planner can't tell how many rows there are for them."""

# What a key may be made of, as PostgreSQL calls it.
_TYPES: Final[dict[Any, str]] = {Moment: "timestamptz", Number: "int", UUID: "uuid"}


class Composer:
    """The statements of a list.

    table: whose rows it lists, as `t`; their incident is `i`, where its text is asked for. key: a
    NamedTuple of the columns that order the rows and tell them apart, the time first. conditions:
    by name, as `wildlife.lists.conditions` has them. selected: what is told of a row, as SQL.
    """

    def __init__(
        self,
        table: str,
        key: type[tuple[Any, ...]],
        conditions: Mapping[str, str],
        selected: str,
    ) -> None:
        self._table = table
        self.order: tuple[str, ...] = key._fields  # type: ignore[attr-defined]
        self._at = self.order[0]
        # Whether it is known when those were found that are in a window.
        self.knows_weeks: bool = self._at == "found_at"
        types = get_type_hints(key, include_extras=True)
        self._types = {name: _TYPES[types[name]] for name in self.order}
        self._selected = f"{selected}, {self._keys('t.{0} as key_{0}')}"
        self._is_of_incidents = table == "incident"
        self._incident = "t" if self._is_of_incidents else "i"
        self._conditions = {
            name: text.replace("{at}", self._at).replace("{i}", self._incident)
            for name, text in (self._of_windows() | dict(conditions)).items()
        }
        self.stretch = lru_cache(_KEPT)(self._stretch)
        self.common = lru_cache(_KEPT)(self._common)
        self.walked = lru_cache(_KEPT)(self._walked)
        self.gathered = lru_cache(_KEPT)(self._gathered)

    def asked(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """The conditions that these parameters ask for."""
        # Without the words, which the same index has, the time itself leads there as well; and the
        # planner takes the two for independent.
        without = "weeks" if values.get("text") is None else None
        return tuple(
            name for name in self._conditions if values.get(name) is not None and name != without
        )

    def _of_windows(self) -> dict[str, str]:
        weeks = ":weeks::int[]"
        if not self.knows_weeks:
            weeks = f"""
                array(select distinct {_WEEK.format("w")} from {self._table} w
                    where w.{self._at} >= :begins and w.{self._at} < :ends)
            """
        key, after = self._keys("t.{0}"), self._keys(":after_{0}::{1}")
        return {
            "after": f"({key}) {{beyond}} ({after})",
            "begins": "t.{at} >= :begins",
            "ends": "t.{at} < :ends",
            "weeks": f"array[{_WEEK.format('{i}')}] && {weeks}",
        }

    def _stretch(self, names: tuple[str, ...], oldest_first: bool) -> Statement:
        """How far the first `:walked` rows reach, and when the last one of all is from."""
        within = self._where([one for one in names if one in WITHIN], oldest_first)
        forth, back = self._ordered(oldest_first), self._ordered(not oldest_first)
        first, last = ("min", "max") if oldest_first else ("max", "min")
        return Statement(f"""
            select count(*) as many, {first}(at) as first, {last}(at) as last, (
                    select t.{self._at} from {self._table} t {within} order by {back} limit 1
                ) as farthest
            from (
                select t.{self._at} as at from {self._table} t {within} order by {forth}
                limit :walked
            ) w
            """)

    def _common(self, names: tuple[str, ...], oldest_first: bool) -> Statement:
        """Of the rows that are walked through, how many there are for each of UNFORESEEN."""
        counted = ", ".join(
            f"count(*) filter (where {self._conditions[name]}) as {name}"
            for name in names
            if name in UNFORESEEN
        )
        return Statement(f"select {counted} from {self._one_by_one(names, oldest_first)}")

    def _walked(self, names: tuple[str, ...], oldest_first: bool) -> Statement:
        """The first rows, which are looked at one by one in their order: that is the plan."""
        others = [one for one in names if one not in (*WITHIN, "terms", "weeks")]
        return Statement(f"""
            select {self._selected}
            from {self._one_by_one(names, oldest_first)}
            {self._where(others, oldest_first, [VISIBLE])}
            order by {self._ordered(oldest_first)}
            limit :limit
            """)

    def _gathered(
        self, names: tuple[str, ...], oldest_first: bool, common: Collection[str]
    ) -> Statement:
        """The first rows by whatever index is the cheapest way to all of them: none has their
        order, and the planner can't bet on coming upon the first soon.

        common: the conditions for which no index is used.
        """
        plain = [one for one in names if one not in common]
        visible = [VISIBLE]
        if "text" in names and not self._is_of_incidents:
            # The incident's row has the same columns, and the index that leads to the text.
            of_both = [VISIBLE]
            if self.knows_weeks:
                of_both += [self._conditions[one] for one in names if one in _ON_THE_TIME]
            visible += [one.replace("t.", "i.") for one in of_both]
        visible += [f"coalesce({self._conditions[one]}, false)" for one in common]
        order = self._ordered(oldest_first)
        return Statement(f"""
            select {self._selected}
            from {self._table} t {self._joined(names)}
            {self._where(plain, oldest_first, visible)}
            order by {order.replace(f"t.{self._at}", f"t.{self._at} + interval '0'", 1)}
            limit :limit
            """)

    def _one_by_one(self, names: tuple[str, ...], oldest_first: bool) -> str:
        within = self._where([one for one in names if one in WITHIN], oldest_first)
        return f"""
            (select * from {self._table} t {within} order by {self._ordered(oldest_first)} offset 0)
            t {self._joined(names)}
        """

    def _joined(self, names: Collection[str]) -> str:
        if self._is_of_incidents or "text" not in names:
            return ""
        return "join incident i on i.incident_id = t.incident_id and i.view = t.view"

    def _where(self, names: Collection[str], oldest_first: bool, beside: Sequence[str] = ()) -> str:
        conditions = [*beside, *(self._conditions[name] for name in names)]
        if not conditions:
            return ""
        # What is sought among the animals is sought among those that are seen, of the same time.
        among = [*beside[:1], *(self._conditions[name] for name in names if name in _ON_THE_TIME)]
        return (
            f"where {' and '.join(conditions)}".replace("{beyond}", ">" if oldest_first else "<")
        ).replace("{within}", "".join(f" and {one}" for one in among).replace("t.", "a."))

    def _ordered(self, oldest_first: bool) -> str:
        return self._keys("t.{0} asc" if oldest_first else "t.{0} desc")

    def _keys(self, form: str) -> str:
        return ", ".join(form.format(name, self._types[name]) for name in self.order)
