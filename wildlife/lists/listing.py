"""A list: which rows, which of their columns, in which order; then a page of them."""

from collections.abc import AsyncGenerator, Mapping, Sequence
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
from wildlife.lists.conditions import SHARED, Asked, conditions_of
from wildlife.lists.formats import AS_GEOJSON, GEOJSON, write_geojson
from wildlife.lists.forms import Form
from wildlife.lists.meaning import require_meant
from wildlife.people.accounts import Actor
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.service import Service
from wildlife.web.bodies import Streamed
from wildlife.web.pages import Page, decode_cursor, next_link, page
from wildlife.words.values import Moment, Number

log = structlog.get_logger()

T = TypeVar("T", bound=msgspec.Struct)

_KEPT_STATEMENTS: Final = 200

# What a cursor may be made of, as PostgreSQL calls it.
_TYPES: Final[dict[Any, str]] = {Moment: "timestamptz", Number: "int", UUID: "uuid"}

# What a list answers that is not a column of its rows.
_JOINED: Final = {
    "case_number": "i.case_number",
    "station": "s.name",
    "longitude": "t.location[0]",
    "latitude": "t.location[1]",
    "generalized": "t.view = 'generalized'",
}


class Listing(Generic[T]):
    """A question about the rows of one table.

    answer: what is told of each row; a field is the column of its name, or what `columns` says.
    key: a NamedTuple of the columns that order the rows and tell them apart, the time first; a
    cursor is one. asked: what may be asked of it.
    conditions: what every list may be asked, where this one answers it by other ones.
    """

    def __init__(
        self,
        answer: type[T],
        table: str,
        key: type[tuple[Any, ...]],
        asked: type[Asked],
        columns: Mapping[str, str] | None = None,
        conditions: Mapping[str, str] | None = None,
    ) -> None:
        self._answer = answer
        self.table = table
        self._key = key
        self._order: tuple[str, ...] = key._fields  # type: ignore[attr-defined]
        types = get_type_hints(key, include_extras=True)
        self._types = {name: _TYPES[types[name]] for name in self._order}
        self._conditions = SHARED | conditions_of(asked) | dict(conditions or {})
        self._columns = _JOINED | dict(columns or {})
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
        await require_meant(connection, asked)
        after = decode_cursor(form.question, form.cursor, self._key)
        values = asked.values()
        names = self.asked_for(values)
        statement = self._statement(names, after is not None, form.oldest_first)
        values |= scope_arguments(actor) | {"limit": form.limit + 1}
        if after is not None:
            values |= {
                f"after_{name}": value for name, value in zip(self._order, after, strict=True)
            }
        rows = await statement.rows(connection, values)
        return page(
            rows,
            form.question,
            form.limit,
            [f"key_{name}" for name in self._order],
            lambda row: msgspec.convert(dict(row), self._answer),
            named_by="key_incident_id",
        )

    @property
    def at(self) -> str:
        """The column with the time that the list is ordered by."""
        return self._order[0]

    def asked_for(self, values: Mapping[str, Any]) -> tuple[str, ...]:
        """The names of the conditions that values are given for."""
        return tuple(name for name in self._conditions if values.get(name) is not None)

    def conditions(self, names: Sequence[str]) -> list[str]:
        """The conditions of these names on a row `t`, after the one that its reader sees it."""
        return [VISIBLE, *(self._conditions[name].replace("{at}", self.at) for name in names)]

    def _compose(self, names: tuple[str, ...], goes_on: bool, oldest_first: bool) -> Statement:
        """The question as SQL."""
        conditions = self.conditions(names)
        if goes_on:
            key, after = self._keys("t.{0}"), self._keys(":after_{0}::{1}")
            conditions.append(f"({key}) {'>' if oldest_first else '<'} ({after})")
        order = self._keys("t.{0} asc" if oldest_first else "t.{0} desc")
        return Statement(f"""
            select {self._selected}, {self._keys("t.{0} as key_{0}")}
            from {self.table} t
            join incident i on i.incident_id = t.incident_id and i.view = t.view
            join station s on s.station_id = t.responsible_station_id
            where {" and ".join(conditions)}
            order by {order}
            limit :limit
            """)

    @cached_property
    def _selected(self) -> str:
        fields = msgspec.structs.fields(self._answer)
        return ", ".join(
            f"{self._columns.get(field.name, f't.{field.name}')} as {field.encode_name}"
            for field in fields
        )

    def _keys(self, form: str) -> str:
        return ", ".join(form.format(name, self._types[name]) for name in self._order)
