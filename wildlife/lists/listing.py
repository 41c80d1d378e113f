"""A list: which rows, which of their columns, in which order; then a page of them."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

import asyncpg
import msgspec
import structlog
from litestar import Request, Response

from db.connection import Connection
from wildlife.accesses.codes import Reading
from wildlife.accesses.recording import reads
from wildlife.lists.composing import UNFORESEEN, Composer
from wildlife.lists.conditions import SHARED, Asked, conditions_of
from wildlife.lists.formats import AS_GEOJSON, GEOJSON, write_geojson
from wildlife.lists.forms import Form
from wildlife.lists.meaning import read_meant
from wildlife.lists.term_queries import rarest_terms
from wildlife.lists.windows import COMMON, WALKED, Stretch, windows
from wildlife.people.accounts import Actor
from wildlife.people.scope import scope_arguments
from wildlife.service import Service
from wildlife.web.bodies import Streamed
from wildlife.web.pages import Page, decode_cursor, next_link, page

log = structlog.get_logger()

T = TypeVar("T", bound=msgspec.Struct)

# What a list answers that is not a column of its rows. It is looked up for those of the page alone.
_BESIDE: Final = {
    "case_number": """(select i.case_number from incident i
        where i.incident_id = t.incident_id and i.view = t.view)""",
    "station": "(select name from station s where s.station_id = t.responsible_station_id)",
    "longitude": "t.location[0]",
    "latitude": "t.location[1]",
    "generalized": "t.view = 'generalized'",
}


class Listing(Generic[T]):
    """A question about the rows of one table.

    answer: what is told of each row; a field is the column of its name, or what `columns` says.
    key: a NamedTuple of the columns that order the rows and tell them apart, the time first; a
    cursor is one. asked: what may be asked of it.
    """

    def __init__(
        self,
        answer: type[T],
        table: str,
        key: type[tuple[Any, ...]],
        asked: type[Asked],
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self._answer = answer
        self._key = key
        told = _BESIDE | dict(columns or {})
        selected = ", ".join(
            f"{told.get(field.name, f't.{field.name}')} as {field.encode_name}"
            for field in msgspec.structs.fields(answer)
        )
        self._sql = Composer(table, key, SHARED | conditions_of(asked), selected)

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
            write_geojson(request, pages, self._sql.order[1:], now),
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
        values = await read_meant(connection, asked) | scope_arguments(actor)
        after = decode_cursor(form.question, form.cursor, self._key)
        if after is not None:
            values |= {"after": True}
            values |= {
                f"after_{name}": value for name, value in zip(self._sql.order, after, strict=True)
            }
        rows = await self._first(connection, values, form.limit + 1, form.oldest_first)
        return page(
            rows,
            form.question,
            form.limit,
            [f"key_{name}" for name in self._sql.order],
            lambda row: msgspec.convert(dict(row), self._answer),
            named_by="key_incident_id",
        )

    async def _first(
        self, connection: Connection, values: dict[str, Any], many: int, oldest_first: bool
    ) -> list[asyncpg.Record]:
        """The first rows of what is asked for, at most so many."""
        sql, asked = self._sql, self._sql.asked(values)
        [far] = await sql.stretch(asked, oldest_first).rows(connection, values | {"walked": WALKED})
        stretch = None
        if far["many"] == WALKED:
            stretch = Stretch(far["first"], far["last"], far["farthest"])
        rows: list[asyncpg.Record] = []
        common: tuple[str, ...] = ()
        by_week = True
        for number, window in enumerate(windows(stretch, forth=oldest_first)):
            # In which weeks those were found that were released in a window is to be looked up. In
            # a wide one that takes longer than to look for a rare text in all.
            is_last = number == 2 and by_week and not sql.knows_weeks and "text" in asked
            if is_last:
                window = window.endless(forth=oldest_first)  # noqa: PLW2901
            within = values | window._asdict() | {"weeks": window.weeks if by_week else None}
            names = sql.asked(within)
            if window.walked:
                statement = sql.walked(names, oldest_first)
            else:
                statement = sql.gathered(names, oldest_first, common)
            rows += await statement.rows(connection, within | {"limit": many - len(rows)})
            if len(rows) == many or is_last:
                break
            if window.walked and stretch and not {*names}.isdisjoint(UNFORESEEN):
                [found] = await sql.common(names, oldest_first).rows(connection, within)
                common = tuple(name for name, of_it in found.items() if of_it >= COMMON)
                if "text" in common:
                    values = values | {"terms": await rarest_terms(connection, values["terms_of"])}
                    by_week = sql.knows_weeks
                common = tuple(name for name in common if name != "text")
        return rows
