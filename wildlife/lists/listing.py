"""A list: which rows, which of their columns, in which order; then a page of them."""

from asyncio import create_task, gather
from collections.abc import AsyncGenerator, Container, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Generic, NamedTuple, TypeVar

import asyncpg
import msgspec
import structlog
from litestar import Request, Response

from db.connection import Connection
from db.pool import UNAVAILABLE
from wildlife.accesses.codes import Listed, Reading
from wildlife.accesses.recording import reads
from wildlife.lists.composing import UNFORESEEN, Composer, Selection
from wildlife.lists.conditions import Asked
from wildlife.lists.counting import Total, count_rows
from wildlife.lists.explaining import of_list
from wildlife.lists.formats.format import Telling
from wildlife.lists.forms import Form
from wildlife.lists.meaning import read_meant
from wildlife.lists.progress import Progress, progress_of
from wildlife.lists.shapes import narrowed, require_fields
from wildlife.lists.term_queries import for_all, rarest_terms
from wildlife.lists.trying import is_tried, would_answer
from wildlife.lists.windows import COMMON, WALKED, Stretch, windows
from wildlife.people.accounts import Actor
from wildlife.people.scope import scope_arguments
from wildlife.service import Service
from wildlife.web.pages import Page, decode_cursor, next_link, page, path_of
from wildlife.words.sentences import Sentence

log = structlog.get_logger()

T = TypeVar("T", bound=msgspec.Struct)

_ROWS_AT_ONCE: Final = 1000
"""Of what comes whole: as much as can be written at once without keeping others waiting."""


class Meant(NamedTuple):
    """A question, with what the database knows of it: the parameters of its conditions, whoever
    asks among them, and by which of its times a period is asked for."""

    values: dict[str, Any]
    date: str | None


class Listing(Generic[T]):
    """A question about the rows of one table.

    answer: what is told of each row; a field is the column of its name, or what `columns` says. All
    else is as `Composer` has it.
    """

    def __init__(
        self,
        answer: type[T],
        table: str,
        key: type[tuple[Any, ...]],
        asked: type[Asked],
        columns: Mapping[str, str] | None = None,
        on_row: Container[str] = (),
        of_row: str = "",
        source: str | None = None,
    ) -> None:
        self._answer = answer
        self.sql = Composer(
            table, key, asked, columns or {}, on_row=on_row, of_row=of_row, source=source
        )

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
            meant = await self.meant(connection, actor, asked)
            if is_tried(request):
                return would_answer()
            first = await self.page(connection, meant, form)
            total = await self.count(connection, meant, form)
            progress = progress_of(request)
            if progress is not None:
                about = msgspec.structs.replace(form, count="estimated")
                with suppress(*UNAVAILABLE):  # where it takes too long, nobody knows
                    progress.expect(total or await self.count(connection, meant, about))
        telling = Telling(
            service=service,
            request=request,
            actor=actor,
            called=_called(request),
            answer=self._answer,
            fields=form.fields,
            key=self.sql.order[1:],
            labels=form.labels,
            now=datetime.now(service.settings.zone),
            explained=of_list(self.sql.date(meant.date), self._answer),
        )
        goes_on = None if form.whole else first.next_cursor
        headers = next_link(request, goes_on, **_same_format(form))
        if total is not None:
            headers |= {"Total-Count": str(total.rows)}
        if form.format.write is None:
            return Response(_as_json(first, telling, total), headers=headers)
        if form.whole:
            reads(request, Reading.EXPORT)
        pieces = form.format.write(telling, self._pages(service, meant, form, first, progress))
        return form.format.sent(telling, pieces, headers)  # type: ignore[return-value]

    async def _pages(
        self,
        service: Service,
        meant: Meant,
        form: Form,
        first: Page[T],
        progress: Progress | None,
    ) -> AsyncGenerator[Page[T], None]:
        """The first, and where all are asked for those behind it, each read while the one before
        is told. Between two of them nothing is held in the database, however slowly they are
        taken; what is changed meanwhile is told as it is when its page is read."""

        async def read(cursor: str) -> Page[T]:
            further = msgspec.structs.replace(form, cursor=cursor, limit=_ROWS_AT_ONCE)
            async with service.database.searching() as connection:
                return await self.page(connection, meant, further)

        found = first
        while form.whole and found.next_cursor is not None:
            following = create_task(read(found.next_cursor))
            try:
                yield found
                if progress is not None:
                    progress.add(found)
                found = await following
            except Exception:
                # Broken off as it is, no client takes it for the whole; nor can it be told why.
                log.exception("list_broken_off")
                raise
            finally:
                following.cancel()  # who has left asks for no more
                await gather(following, return_exceptions=True)
        yield found
        if progress is not None:
            progress.add(found)

    async def meant(self, connection: Connection, actor: Actor, asked: Asked) -> Meant:
        """What is asked for, of what `actor` may see; what is None asks for nothing. It is found
        out once, for however many pages.

        Raises Problem: invalid_parameter.
        """
        return Meant(await read_meant(connection, asked) | scope_arguments(actor), asked.date)

    async def page(self, connection: Connection, meant: Meant, form: Form) -> Page[T]:
        """The rows that are asked for. Raises Problem: invalid_parameter, of a cursor."""
        values = meant.values
        cursor = self.sql.cursors[form.sort.removeprefix("-")]
        after = decode_cursor(form.question, form.cursor, cursor)
        if after is not None:
            values = values | {"after": True} | {f"after_{at}": one for at, one in enumerate(after)}
        told, many = self._told(form), form.limit + 1
        selection = Selection(self.sql.asked(values), meant.date, form.sort)
        if self.sql.has_windows and form.sort in ("time", "-time"):
            rows = await self._first(connection, told, values, many, selection)
        else:
            statement = self.sql.page(told, selection)
            rows = await statement.rows(connection, values | {"limit": many})
        return page(
            rows,
            form.question,
            form.limit,
            [f"key_{at}" for at in range(len(self.sql.order))],
            lambda row: msgspec.convert(dict(row), told),
            named_by=f"key_{self.sql.order.index('incident_id')}",
        )

    async def _first(
        self,
        connection: Connection,
        told: type[T],
        values: dict[str, Any],
        many: int,
        selection: Selection,
    ) -> list[asyncpg.Record]:
        """The first rows of what is asked for, in windows of time, at most so many."""
        sql, forth, walked = self.sql, selection.is_forth, max(WALKED, many)
        [far] = await sql.stretch(selection).rows(connection, values | {"walked": walked})
        stretch = None
        if far["many"] == walked:
            stretch = Stretch(far["first"], far["last"], far["farthest"])
        rows: list[asyncpg.Record] = []
        common: tuple[str, ...] = ()
        by_week = True
        for number, window in enumerate(windows(stretch, forth=forth)):
            # In which weeks those were found that were released in a window is to be looked up. In
            # a wide one that takes longer than to look for a rare text in all.
            is_last = number == 2 and by_week and not sql.knows_weeks and "text" in selection.names
            if is_last:
                window = window.endless(forth=forth)  # noqa: PLW2901
            within = values | window._asdict() | {"weeks": window.weeks if by_week else None}
            of_window = selection._replace(names=sql.asked(within))
            if window.walked:
                statement = sql.walked(told, of_window)
            else:
                statement = sql.gathered(told, of_window, common)
            rows += await statement.rows(connection, within | {"limit": many - len(rows)})
            if len(rows) == many or is_last:
                break
            if window.walked and stretch and not {*of_window.names}.isdisjoint(UNFORESEEN):
                [found] = await sql.common(of_window).rows(connection, within)
                common = tuple(name for name, of_it in found.items() if of_it >= COMMON)
                if "text" in common:
                    values = values | {"terms": await rarest_terms(connection, values["terms_of"])}
                    by_week = sql.knows_weeks
                common = tuple(name for name in common if name != "text")
        return rows

    async def count(self, connection: Connection, meant: Meant, form: Form) -> Total | None:
        """How many rows there are in all that are asked for; None where nobody wants to know."""
        if form.count is None:
            return None
        values: Mapping[str, Any] = meant.values
        if form.count == "exact":
            values = await for_all(connection, values)
        selection = Selection(self.sql.asked(values), meant.date, form.sort)
        return await count_rows(connection, self.sql.rows(selection), values, form.count)

    def _told(self, form: Form) -> type[T]:
        """What is read of each row, to tell what was asked for in that format."""
        if form.fields is None:
            return self._answer
        needed = form.format.needs(self.sql.order[1:])
        # It has the fields that are asked for, and whoever reads of it asks for no others.
        return narrowed(self._answer, tuple(dict.fromkeys((*form.fields, *needed))))  # type: ignore[return-value]


def _called(request: Request[Any, Any, Any]) -> Sentence:
    """The list that is asked for: where the access log has no word for it, by its path."""
    listed: Listed | None = request.route_handler.opt.get("listed")
    name = path_of(request).rpartition("/")[2]
    return Sentence(name, name) if listed is None else Sentence(listed.en, listed.zh)


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
