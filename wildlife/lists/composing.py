"""The SQL of a list, put together of static text. Pure."""

import re
from collections.abc import Collection, Container, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple, get_type_hints
from uuid import UUID

import msgspec

from db.sql import Statement
from wildlife.lists.conditions import DISTANCE_M, SHARED, Asked, conditions_of, dates_of
from wildlife.people.scope import VISIBLE
from wildlife.words.values import CaseNumber, Metres, Moment, Number

_KEPT: Final = 200
"""Statements: those of the combinations that are commonly asked for."""

_SPAN: Final = "since", "until"
_WINDOW: Final = "begins", "ends"

_WEEK: Final = """case when isfinite({0}.found_at)
    then (({0}.found_at at time zone 'UTC')::date - date '2000-01-03') / 7 end"""
"""As `Window.weeks` counts them, and the index."""

UNFORESEEN: Final = "text", "box", "near", "polygon"
"""The conditions of which the planner can't tell how many rows there are for them."""

_OF_INCIDENT: Final = re.compile(r"\bi\.")
_OF_ROW: Final = re.compile(r"\bt\.")

# What a cursor may be made of, as PostgreSQL calls it.
_TYPES: Final[dict[Any, str]] = {
    Moment: "timestamptz",
    Number: "int",
    UUID: "uuid",
    Metres: "float8",
    CaseNumber: "text",
}

# By what a list is sorted beside the time that it is ordered by.
_SORTED_BY: Final[dict[str, tuple[Any, str]]] = {
    "distance": (Metres, DISTANCE_M),
    "number": (CaseNumber, '{i}.case_number collate "C"'),  # character by character
}

# What a list answers that is not a column of its rows. It is looked up for those of the page alone.
_BESIDE: Final = {
    "case_number": """(select n.case_number from incident n
        where n.incident_id = t.incident_id and n.view = t.view)""",
    "station": "(select name from station s where s.station_id = t.responsible_station_id)",
    "longitude": "t.location[0]",
    "latitude": "t.location[1]",
    "generalized": "t.view = 'generalized'",
}


class Selection(NamedTuple):
    """What a list is asked for, as far as its SQL depends on it.

    names: of the conditions. date: of the time that a period is asked for by; None: that which
    orders the list. sort: by what, and with `-` the other way round.
    """

    names: tuple[str, ...]
    date: str | None
    sort: str

    @property
    def is_forth(self) -> bool:
        return not self.sort.startswith("-")


class Composer:
    """The statements of a list.

    table: whose rows it lists, as `t`; their incident is `i`, where something of it is asked for.
    key: a NamedTuple of the columns that order the rows and tell them apart, the time first. asked:
    what may be asked of it. columns: what is told that is not a column of its name. on_row: what of
    an animal the row itself says. of_row: which of its incident's animals it is about, where not
    about all. source: from where the rows come, where not from the table alone.
    """

    def __init__(
        self,
        table: str,
        key: type[tuple[Any, ...]],
        asked: type[Asked],
        columns: Mapping[str, str],
        *,
        on_row: Container[str] = (),
        of_row: str = "",
        source: str | None = None,
    ) -> None:
        self._is_of_incidents = table == "incident"
        self.source = source or f"{table} t"
        self.has_windows = source is None
        """Whether its rows can be looked for in windows of their time."""
        self.order: tuple[str, ...] = key._fields  # type: ignore[attr-defined]
        self._columns = _BESIDE | dict(columns)
        self._at = self._column(self.order[0])
        self.knows_weeks: bool = self.order[0] == "found_at"
        """Whether it is known when those were found that are in a window."""
        types = get_type_hints(key, include_extras=True)
        time, *ids = (types[name] for name in self.order)
        sorted_by = {"time": (time, self._at), **_SORTED_BY}
        self._first = {name: self._filled(sql) for name, (_, sql) in sorted_by.items()}
        self.cursors: dict[str, Any] = {
            name: tuple.__class_getitem__((type_, *ids)) for name, (type_, _) in sorted_by.items()
        }
        """What a cursor is, by what the list is sorted by."""
        self._types = {
            name: [_TYPES[type_], *(_TYPES[one] for one in ids)]
            for name, (type_, _) in sorted_by.items()
        }
        self._dates = dates_of(asked) or {self.order[0].removesuffix("_at"): self._at}
        self._on_row, self._of_row = on_row, of_row
        weeks = ":weeks::int[]"
        if not self.knows_weeks:
            weeks = f"""
                array(select distinct {_WEEK.format("w")} from {table} w
                    where w.{self.order[0]} >= :begins and w.{self.order[0]} < :ends)
            """
        self.conditions: dict[str, str] = {
            "begins": f"{self._at} >= :begins",
            "ends": f"{self._at} < :ends",
            "weeks": f"array[{_WEEK.format('{i}')}] && {weeks}",
            **SHARED,
            **conditions_of(asked),
        }
        self.page = lru_cache(_KEPT)(self._page)
        self.stretch = lru_cache(_KEPT)(self._stretch)
        self.common = lru_cache(_KEPT)(self._common)
        self.walked = lru_cache(_KEPT)(self._walked)
        self.gathered = lru_cache(_KEPT)(self._gathered)

    def asked(self, values: Mapping[str, object]) -> tuple[str, ...]:
        """The conditions that these parameters ask for."""
        # Without the words, which the same index has, the time itself leads there as well; and the
        # planner takes the two for independent.
        without = "weeks" if values.get("text") is None else None
        names = ["after"] if values.get("after") is not None else []
        names += [one for one in self.conditions if values.get(one) is not None and one != without]
        return tuple(names)

    def rows(self, selection: Selection) -> str:
        """All rows that a reader sees of what is asked for: `from … where …`."""
        return f"from {self.source} {self._joined(selection)} {self.seen(selection)}"

    def seen(self, selection: Selection) -> str:
        """The same, where the rows and their incidents are joined already: `where …`."""
        return self._where(selection, [VISIBLE])

    def _page(self, told: type[msgspec.Struct], selection: Selection) -> Statement:
        """The first rows of what is asked for, whichever way it is sorted."""
        return Statement(f"""
            select {self._selected(told, selection)} {self.rows(selection)}
            order by {self._ordered(selection)}
            limit :limit
            """)

    # ------------------------------------------------------------ in windows of the list's time

    def _stretch(self, selection: Selection) -> Statement:
        """How far the first `:walked` rows reach, and when the last one of all is from."""
        within = self._where(_of(selection, self._within(selection)))
        forth, back = self._ordered(selection), self._ordered(selection, back=True)
        first, last = ("min", "max") if selection.is_forth else ("max", "min")
        return Statement(f"""
            select count(*) as many, {first}(at) as first, {last}(at) as last, (
                    select {self._at} from {self.source} {within} order by {back} limit 1
                ) as farthest
            from (
                select {self._at} as at from {self.source} {within} order by {forth}
                limit :walked
            ) w
            """)

    def _common(self, selection: Selection) -> Statement:
        """Of the rows that are walked through, how many there are for each of UNFORESEEN."""
        counted = ", ".join(
            f"count(*) filter (where {self._condition(name, selection)}) as {name}"
            for name in selection.names
            if name in UNFORESEEN
        )
        return Statement(f"select {counted} from {self._one_by_one(selection)}")

    def _walked(self, told: type[msgspec.Struct], selection: Selection) -> Statement:
        """The first rows, which are looked at one by one in their order: that is the plan."""
        passed = {*self._within(selection), "terms", "weeks"}
        others = _of(selection, [one for one in selection.names if one not in passed])
        return Statement(f"""
            select {self._selected(told, selection)}
            from {self._one_by_one(selection)} {self._where(others, [VISIBLE])}
            order by {self._ordered(selection)}
            limit :limit
            """)

    def _gathered(
        self, told: type[msgspec.Struct], selection: Selection, common: Collection[str]
    ) -> Statement:
        """The first rows by whatever index is the cheapest way to all of them: none has their
        order, and the planner can't bet on coming upon the first soon.

        common: the conditions for which no index is used.
        """
        plain = _of(selection, [one for one in selection.names if one not in common])
        beside = [VISIBLE]
        if "text" in selection.names and not self._is_of_incidents:
            # The incident's row has the same columns, and the index that leads to the text.
            of_both = [VISIBLE]
            if self.knows_weeks:
                of_both += [self._condition(one, selection) for one in self._on_time(selection)]
            beside += [_of_row("i", one) for one in of_both]
        beside += [f"coalesce({self._condition(one, selection)}, false)" for one in common]
        order = self._ordered(selection).replace(self._at, f"{self._at} + interval '0'", 1)
        return Statement(f"""
            select {self._selected(told, selection)}
            from {self.source} {self._joined(selection)} {self._where(plain, beside)}
            order by {order}
            limit :limit
            """)

    def _one_by_one(self, selection: Selection) -> str:
        within = self._where(_of(selection, self._within(selection)))
        return f"""
            (select * from {self.source} {within} order by {self._ordered(selection)} offset 0) t
            {self._joined(selection)}
        """

    # ------------------------------------------------------------ parts of a statement

    def _on_time(self, selection: Selection) -> list[str]:
        """The conditions that are asked for on the time by which the list is ordered."""
        on_it = _WINDOW if self.time(selection) != self._at else (*_SPAN, *_WINDOW)
        return [one for one in selection.names if one in on_it]

    def _within(self, selection: Selection) -> list[str]:
        """These, and the one on the key before a page."""
        return [*self._on_time(selection), *(one for one in selection.names if one == "after")]

    def time(self, selection: Selection) -> str:
        """The time that a period is asked for by."""
        return self._dates[self.date(selection.date)]

    def date(self, asked: str | None) -> str:
        """What that time is called in `by`; without it, the one that orders the list."""
        return next(iter(self._dates)) if asked is None else asked

    def _condition(self, name: str, selection: Selection) -> str:
        if name == "after":
            types = self._types[selection.sort.removeprefix("-")]
            after = ", ".join(f":after_{at}::{type_}" for at, type_ in enumerate(types))
            beyond = ">" if selection.is_forth else "<"
            return f"({', '.join(self._keys(selection))}) {beyond} ({after})"
        return self._filled(self.conditions[name].replace("{at}", self.time(selection)))

    def _where(self, selection: Selection, beside: Sequence[str] = ()) -> str:
        of_row, of_animal = [*beside], list[str]()
        for name in selection.names:
            condition = self._condition(name, selection)
            if "{a}" not in condition:
                of_row.append(condition)
            elif name.removesuffix("_any") in self._on_row:
                of_row.append(condition.replace("{a}", "t"))
            else:
                of_animal.append(condition.replace("{a}", "a"))
        if of_animal:
            if self._is_of_incidents and self.has_windows:
                # They are sought among those that are seen, of the same time.
                on_time = (self._condition(one, selection) for one in self._on_time(selection))
                of_animal += [_of_row("a", one) for one in (*beside[:1], *on_time)]
            of_row.append(f"""exists (select from animal a
                where a.incident_id = t.incident_id and a.view = t.view {self._of_row}
                and {" and ".join(of_animal)})""")
        return f"where {' and '.join(of_row)}" if of_row else ""

    def _joined(self, selection: Selection) -> str:
        """Their incidents, where anything of these is asked for."""
        said = [self._condition(name, selection) for name in selection.names]
        if self._is_of_incidents or not _OF_INCIDENT.search(
            " ".join([*said, *self._keys(selection)])
        ):
            return ""
        return "join incident i on i.incident_id = t.incident_id and i.view = t.view"

    def _selected(self, told: type[msgspec.Struct], selection: Selection) -> str:
        columns = [
            f"{self._column(field.name)} as {field.encode_name}"
            for field in msgspec.structs.fields(told)
        ]
        keys = [f"{column} as key_{at}" for at, column in enumerate(self._keys(selection))]
        return ", ".join([*columns, *keys])

    def _ordered(self, selection: Selection, *, back: bool = False) -> str:
        way = "asc" if selection.is_forth != back else "desc"
        return ", ".join(f"{column} {way}" for column in self._keys(selection))

    def _keys(self, selection: Selection) -> list[str]:
        first = self._first[selection.sort.removeprefix("-")]
        return [first, *(self._column(name) for name in self.order[1:])]

    def _column(self, name: str) -> str:
        return self._filled(self._columns.get(name, f"t.{name}"))

    def _filled(self, expression: str) -> str:
        return expression.replace("{i}", "t" if self._is_of_incidents else "i")


def _of(selection: Selection, names: Sequence[str]) -> Selection:
    """With these conditions alone."""
    return selection._replace(names=tuple(names))


def _of_row(row: str, condition: str) -> str:
    """What is said of a row `t`, of another that has the same columns."""
    return _OF_ROW.sub(f"{row}.", condition)
