"""A list: which rows, which of their columns, in which order; then a page of them."""

from asyncio import create_task, gather
from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from functools import lru_cache
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
from wildlife.lists.counting import Total, count_rows
from wildlife.lists.formats.format import Format, Pages, Telling
from wildlife.lists.forms import Form
from wildlife.lists.meaning import require_meant
from wildlife.lists.shapes import narrowed, require_fields
from wildlife.people.accounts import Actor
from wildlife.people.scope import VISIBLE, scope_arguments
from wildlife.service import Service
from wildlife.web.bodies import Streamed
from wildlife.web.compressing import gzipped
from wildlife.web.negotiation import accepts_gzip, whole_header
from wildlife.web.pages import Page, decode_cursor, next_link, page
from wildlife.words.values import Moment, Number

log = structlog.get_logger()

T = TypeVar("T", bound=msgspec.Struct)

_KEPT_STATEMENTS: Final = 200
_ROWS_AT_ONCE: Final = 1000
"""Of what comes whole: as much as can be written at once without keeping others waiting."""

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
        self._table = table
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
        """What is asked for, in the format that is. Raises Problem: invalid_parameter."""
        require_fields(self._answer, form.fields)
        async with service.database.searching() as connection:
            first = await self.page(connection, actor, asked, form)
            total = await self.count(connection, actor, asked, form.count)
        telling = Telling(
            service=service,
            request=request,
            actor=actor,
            listed=request.route_handler.opt["listed"],
            answer=self._answer,
            fields=form.fields,
            key=self._order[1:],
            labels=form.labels,
            now=datetime.now(service.settings.zone),
        )
        goes_on = None if form.whole else first.next_cursor
        headers = next_link(request, goes_on, **_same_format(form))
        if total is not None:
            headers |= {"Total-Count": str(total.rows)}
        if form.format.write is None:
            return Response(_as_json(first, telling, total), headers=headers)
        if form.whole:
            reads(request, Reading.EXPORT)
        pages = self._pages(service, actor, asked, form, first)
        streamed: Any = _streamed(form.format, telling, pages, headers)
        return streamed  # type: ignore[no-any-return]

    async def _pages(
        self, service: Service, actor: Actor, asked: Asked, form: Form, first: Page[T]
    ) -> AsyncGenerator[Page[T], None]:
        """The first, and where all are asked for those behind it, each read while the one before
        is told. Between two of them nothing is held in the database, however slowly they are
        taken; what is changed meanwhile is told as it is when its page is read."""

        async def read(cursor: str) -> Page[T]:
            further = msgspec.structs.replace(form, cursor=cursor, limit=_ROWS_AT_ONCE)
            async with service.database.searching() as connection:
                return await self.page(connection, actor, asked, further)

        found = first
        while form.whole and found.next_cursor is not None:
            following = create_task(read(found.next_cursor))
            try:
                yield found
                found = await following
            except Exception:
                # Broken off as it is, no client takes it for the whole; nor can it be told why.
                log.exception("list_broken_off")
                raise
            finally:
                following.cancel()  # who has left asks for no more
                await gather(following, return_exceptions=True)
        yield found

    async def page(self, connection: Connection, actor: Actor, asked: Asked, form: Form) -> Page[T]:
        """The rows that `actor` may see and that are asked for; what is None asks for nothing.

        Raises Problem: invalid_parameter.
        """
        await require_meant(connection, asked)
        after = decode_cursor(form.question, form.cursor, self._key)
        values = asked.values()
        names = tuple(name for name in self._conditions if values.get(name) is not None)
        told = self._told(form)
        statement = self._statement(told, names, after is not None, form.oldest_first)
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
            lambda row: msgspec.convert(dict(row), told),
            named_by="key_incident_id",
        )

    async def count(
        self, connection: Connection, actor: Actor, asked: Asked, count: str | None
    ) -> Total | None:
        """How many rows there are in all that `actor` may see and that are asked for."""
        if count is None:
            return None
        values = asked.values()
        names = tuple(name for name in self._conditions if values.get(name) is not None)
        rows = f"""
            from {self._table} t
            join incident i on i.incident_id = t.incident_id and i.view = t.view
            join station s on s.station_id = t.responsible_station_id
            where {self._where(names)}
        """
        return await count_rows(connection, rows, values | scope_arguments(actor), count)

    def _told(self, form: Form) -> type[T]:
        """What is read of each row, to tell what was asked for in that format."""
        if form.fields is None:
            return self._answer
        needed = form.format.needs(self._order[1:])
        # It has the fields that are asked for, and whoever reads of it asks for no others.
        return narrowed(self._answer, tuple(dict.fromkeys((*form.fields, *needed))))  # type: ignore[return-value]

    def _where(self, names: tuple[str, ...]) -> str:
        at = self._order[0]
        return " and ".join(
            [VISIBLE, *(self._conditions[name].replace("{at}", at) for name in names)]
        )

    def _compose(
        self,
        told: type[msgspec.Struct],
        names: tuple[str, ...],
        goes_on: bool,
        oldest_first: bool,
    ) -> Statement:
        """The question as SQL."""
        conditions = [self._where(names)]
        if goes_on:
            key, after = self._keys("t.{0}"), self._keys(":after_{0}::{1}")
            conditions.append(f"({key}) {'>' if oldest_first else '<'} ({after})")
        order = self._keys("t.{0} asc" if oldest_first else "t.{0} desc")
        return Statement(f"""
            select {self._selected(told)}, {self._keys("t.{0} as key_{0}")}
            from {self._table} t
            join incident i on i.incident_id = t.incident_id and i.view = t.view
            join station s on s.station_id = t.responsible_station_id
            where {" and ".join(conditions)}
            order by {order}
            limit :limit
            """)

    def _selected(self, told: type[msgspec.Struct]) -> str:
        fields = msgspec.structs.fields(told)
        return ", ".join(
            f"{self._columns.get(field.name, f't.{field.name}')} as {field.encode_name}"
            for field in fields
        )

    def _keys(self, form: str) -> str:
        return ", ".join(form.format(name, self._types[name]) for name in self._order)


def _same_format(form: Form) -> dict[str, str]:
    """Whoever calls a link of an answer wants the next page as this one, whatever they accept."""
    return {} if form.format.write is None else {"format": form.format.name}


def _as_json(found: Page[Any], telling: Telling, total: Total | None) -> Any:
    if telling.labels is not None:
        items = [*map(telling.as_json(), found.items)]
        found = msgspec.structs.replace(found, items=items)
    if total is not None:
        found = msgspec.structs.replace(
            found, total=total.rows, total_is_estimated=total.is_estimated
        )
    return found


def _streamed(format_: Format, telling: Telling, pages: Pages, headers: Mapping[str, str]) -> Any:
    assert format_.write is not None
    pieces = format_.write(telling, pages)
    headers = {**headers, **format_.headers(telling)}
    accepted = whole_header(telling.request, "accept-encoding")
    if format_.gains and accepts_gzip(accepted):
        pieces, headers = gzipped(pieces), {**headers, "Content-Encoding": "gzip"}
    return Streamed(pieces, media_type=format_.media_type, headers=headers)
