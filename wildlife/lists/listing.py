"""A list: which rows, which of their columns, in which order; then a page of them."""

from collections.abc import AsyncGenerator, Container, Iterable, Mapping
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Final, Generic, TypeVar, get_type_hints
from uuid import UUID

import msgspec
import structlog
from litestar import Request, Response

from db.connection import Connection
from db.sql import Statement
from wildlife.accesses.codes import Reading
from wildlife.accesses.recording import reads
from wildlife.lists.conditions import DISTANCE_M, SHARED, Asked, conditions_of, dates_of
from wildlife.lists.formats import AS_GEOJSON, GEOJSON, write_geojson
from wildlife.lists.forms import Form
from wildlife.lists.meaning import require_meant
from wildlife.people.accounts import Actor
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.service import Service
from wildlife.web.bodies import Streamed
from wildlife.web.pages import Page, decode_cursor, next_link, page
from wildlife.words.values import CaseNumber, Metres, Moment, Number

log = structlog.get_logger()

T = TypeVar("T", bound=msgspec.Struct)

_KEPT_STATEMENTS: Final = 200

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

# What a list answers that is not a column of its rows.
_JOINED: Final = {
    "case_number": "{i}.case_number",
    "station": "s.name",
    "longitude": "t.location[0]",
    "latitude": "t.location[1]",
    "generalized": "t.view = 'generalized'",
}


class Listing(Generic[T]):
    """A question about the rows of one table.

    answer: what is told of each row; a field is the column of its name, or what `columns` says.
    key: a NamedTuple of the columns that order the rows and tell them apart, the time first; a
    cursor is one, or has a distance or a case number in place of the time. asked: what may be
    asked of it.
    conditions: what every list may be asked, where this one answers it by other ones.
    on_row: what of an animal the row itself says. of_row: which of its incident's animals it is
    about, where not about all. source: from where the rows come, where not from the table alone.
    """

    def __init__(
        self,
        answer: type[T],
        table: str,
        key: type[tuple[Any, ...]],
        asked: type[Asked],
        columns: Mapping[str, str] | None = None,
        conditions: Mapping[str, str] | None = None,
        on_row: Container[str] = (),
        of_row: str = "",
        source: str | None = None,
    ) -> None:
        self._answer = answer
        self.source = source or f"{table} t"
        self._is_of_incidents = table == "incident"
        self._key = key
        self._order: tuple[str, ...] = key._fields  # type: ignore[attr-defined]
        self._columns = _JOINED | dict(columns or {})
        types = get_type_hints(key, include_extras=True)
        time, *ids = (types[name] for name in self._order)
        sorted_by = {"time": (time, self._column(self._order[0])), **_SORTED_BY}
        self._keys: dict[str, tuple[Any, str]] = {
            name: (tuple.__class_getitem__((type_, *ids)), expression)
            for name, (type_, expression) in sorted_by.items()
        }
        self._types = {
            name: [_TYPES[type_], *(_TYPES[one] for one in ids)]
            for name, (type_, _) in sorted_by.items()
        }
        self._dates = dates_of(asked) or {"": self._column(self._order[0])}
        self._conditions = SHARED | conditions_of(asked) | dict(conditions or {})
        self._on_row, self._of_row = on_row, of_row
        # Put together of static text once for each combination that is commonly asked for.
        self._statement = lru_cache(_KEPT_STATEMENTS)(self._compose)

    async def answer(
        self,
        service: Service,
        request: Request[Any, Any, Any],
        actor: Actor,
        asked: Asked,
        form: Form,
    ) -> Response[Page[T]]:
        """What is asked for, as JSON or GeoJSON. Raises Problem: invalid_parameter."""
        async with service.database.searching() as connection:
            first = await self.page(connection, actor, asked, form)
        if not form.geojson:
            return Response(first, headers=next_link(request, first.next_cursor))
        if form.whole:
            reads(request, Reading.EXPORT)
        now = datetime.now(service.settings.zone)
        pages = self._pages(service, actor, asked, form, first)
        goes_on = None if form.whole else first.next_cursor
        streamed: Any = Streamed(
            write_geojson(request, pages, self._order[1:], now),
            media_type=GEOJSON,
            headers=next_link(request, goes_on, **AS_GEOJSON),
        )
        return streamed  # type: ignore[no-any-return]

    async def _pages(
        self, service: Service, actor: Actor, asked: Asked, form: Form, first: Page[T]
    ) -> AsyncGenerator[Page[T], None]:
        """The first, and where all are asked for those behind it. Between two of them nothing is
        held in the database, however slowly they are taken."""
        yield first
        found = first
        while form.whole and found.next_cursor is not None:
            form = msgspec.structs.replace(form, cursor=found.next_cursor)
            try:
                async with service.database.searching() as connection:
                    found = await self.page(connection, actor, asked, form)
            except Exception:
                # Broken off as it is, no client takes it for the whole; nor can it be told why.
                log.exception("list_broken_off")
                raise
            yield found

    async def page(self, connection: Connection, actor: Actor, asked: Asked, form: Form) -> Page[T]:
        """The rows that `actor` may see and that are asked for; what is None asks for nothing.

        Raises Problem: invalid_parameter.
        """
        values = await require_meant(connection, asked)
        by = form.sort.removeprefix("-")
        after = decode_cursor(form.question, form.cursor, self._keys[by][0])
        names = self.asked_for(values)
        statement = self._statement(names, asked.date, form.sort, after is not None)
        values |= scope_arguments(actor) | {"limit": form.limit + 1}
        if after is not None:
            values |= {f"after_{at}": value for at, value in enumerate(after)}
        rows = await statement.rows(connection, values)
        return page(
            rows,
            form.question,
            form.limit,
            [f"key_{at}" for at in range(len(self._order))],
            lambda row: msgspec.convert(dict(row), self._answer),
            named_by=f"key_{self._order.index('incident_id')}",
        )

    def asked_for(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of the conditions that values are given for."""
        return tuple(name for name in self._conditions if values.get(name) is not None)

    def time(self, date: str | None) -> str:
        """The one of its times that a period is asked for, as SQL; None: that which orders it."""
        at = next(iter(self._dates.values())) if date is None else self._dates[date]
        return self._filled(at)

    def narrowed(self, names: Iterable[str], date: str | None) -> str:
        """What is asked for by these names, as SQL, by which of its times: a row that `actor` may
        see is one that VISIBLE lets through, too."""
        at = self.time(date)
        of_row, of_animal = [], list[str]()
        for name in names:
            condition = self._filled(self._conditions[name].replace("{at}", at))
            if "{a}" not in condition:
                of_row.append(condition)
            elif name.removesuffix("_any") in self._on_row:
                of_row.append(condition.replace("{a}", "t"))
            else:
                of_animal.append(condition.replace("{a}", "a"))
        if of_animal:
            of_row.append(f"""exists (select from animal a
                where a.incident_id = t.incident_id and a.view = t.view {self._of_row}
                and {" and ".join(of_animal)})""")
        return " and ".join(of_row) or "true"

    def _compose(
        self, names: tuple[str, ...], date: str | None, sort: str, goes_on: bool
    ) -> Statement:
        """The question as SQL."""
        by = sort.removeprefix("-")
        first = self._filled(self._keys[by][1])
        columns = [first, *(self._column(name) for name in self._order[1:])]
        way, beyond = ("desc", "<") if sort.startswith("-") else ("asc", ">")
        conditions = [VISIBLE, self.narrowed(names, date)]
        if goes_on:
            after = (f":after_{at}::{type_}" for at, type_ in enumerate(self._types[by]))
            conditions.append(f"({', '.join(columns)}) {beyond} ({', '.join(after)})")
        keys = ", ".join(f"{column} as key_{at}" for at, column in enumerate(columns))
        joined = "join incident i on i.incident_id = t.incident_id and i.view = t.view"
        return Statement(f"""
            select {self._selected}, {keys}
            from {self.source}
            {"" if self._is_of_incidents else joined}
            join station s on s.station_id = t.responsible_station_id
            where {" and ".join(conditions)}
            order by {", ".join(f"{column} {way}" for column in columns)}
            limit :limit
            """)

    @cached_property
    def _selected(self) -> str:
        fields = msgspec.structs.fields(self._answer)
        return ", ".join(f"{self._column(field.name)} as {field.encode_name}" for field in fields)

    def _column(self, name: str) -> str:
        return self._filled(self._columns.get(name, f"t.{name}"))

    def _filled(self, expression: str) -> str:
        return expression.replace("{i}", "t" if self._is_of_incidents else "i")
