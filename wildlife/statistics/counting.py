"""A statistic: the question of a list, answered by how many there are, in all and by groups.

One statement counts: what lasts alike, within a group, is put together first, so that medians need
no look at single records, and no record leaves the database.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Annotated, Any, Final, Generic, NamedTuple, TypeAlias
from urllib.parse import urlencode

from asyncpg import Record
from litestar import Request, Response
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter, SkipValidation

from db.connection import Connection
from db.sql import Statement
from wildlife.lists.composing import Selection
from wildlife.lists.conditions import Asked
from wildlife.lists.explaining import of_statistic
from wildlife.lists.formats import STATISTIC_FORMATS, asked_format
from wildlife.lists.formats.format import Asking, Format
from wildlife.lists.listing import Listing
from wildlife.lists.meaning import read_meant
from wildlife.lists.term_queries import for_all
from wildlife.lists.trying import is_tried, would_answer
from wildlife.people.accounts import Actor
from wildlife.people.scope import scope_arguments
from wildlife.service import Service
from wildlife.statistics.answers import F, Group, Key, Statistic
from wildlife.statistics.files import in_file
from wildlife.statistics.groupings import NOT_IN_REGISTER, NOT_KNOWN, Grouping
from wildlife.web.near import Choice, near
from wildlife.web.negotiation import CHINESE, ENGLISH
from wildlife.web.pages import LONGEST_LINK, OF_THE_PAGE, path_of
from wildlife.web.parameters import Reader
from wildlife.web.problems import FieldError, Problem, Refused, gather
from wildlife.web.requests import address
from wildlife.words.sentences import Sentence
from wildlife.words.values import whole

MOST_GROUPS: Final = 1000
_OF_THE_STATISTIC: Final = OF_THE_PAGE | {"group_by"}
_AT_ONCE: Final = 2
_ROOM: Final = "set local work_mem = '64MB'"
"""The planner thinks of far more groups than there are, and would sort all records for them."""
_KEPT_STATEMENTS: Final = 200


class Part(NamedTuple):
    """Some rows of a table `t`, and what is counted of each, by a join."""

    condition: str = "true"
    join: str = ""


class Layout(NamedTuple):
    """How a statistic is laid out."""

    groups: list[Grouping]
    """By what it is told apart."""
    format: Format
    labels: str | None
    """The language of headings and names in a file; None: nobody asked for one."""


FromLayout: TypeAlias = NamedDependency[SkipValidation[Layout]]
"""The parameter `layout` of a route."""


class Counting(Generic[F]):
    """What is counted of a list.

    called: what people call the statistic. sums: aggregates of its rows `t`, which may be added up,
    by name; the first is by which groups are ordered. parts: where not all rows are counted alike,
    for which rows which join; each row is one of one of them. lasted: how long something took of a
    row or a part of it, rounded; `weight` names the one of `sums` that says of how many. figures:
    what is answered of a row with the sums and what `lasting` reads.
    """

    def __init__(
        self,
        listing: Listing[Any],
        groupings: Sequence[Grouping],
        *,
        called: Sentence,
        sums: Mapping[str, str],
        figures: Callable[[Record], F],
        parts: Sequence[Part] = (Part(),),
        lasted: str = "null::float8",
        weight: str = "count",
        read: Reader,
    ) -> None:
        self._listing, self._called = listing, called
        self.groupings = {one.name: one for one in groupings}
        self._sums = sums
        self._figures = figures
        self._parts = parts
        self._lasted = lasted
        self._weight = weight
        self._read_filters = read
        self._statement = lru_cache(_KEPT_STATEMENTS)(self._compose)

    def asks(self) -> dict[str, Provide]:
        """The dependency `layout` of its route."""
        name = "|".join(self.groupings)
        pattern = whole(f"(?:{name})(?:,(?:{name})){{0,{_AT_ONCE - 1}}}")
        known = ", ".join(f"`{one}`" for one in self.groupings)

        def provide_layout(
            request: Request[Any, Any, Any],
            group_by: Annotated[
                str | None,
                QueryParameter(
                    description="分组方式。By what to tell them apart; by two with a comma between:"
                    f" {known}.",
                    schema_extra={"pattern": pattern, "examples": ["month"]},
                ),
            ] = None,
            format_: Annotated[
                str | None,
                QueryParameter(
                    name="format",
                    pattern=whole("|".join(STATISTIC_FORMATS)),
                    description="输出格式。`json`, `csv` or `xlsx`: a row for each group, and one"
                    " for all; without it, as `Accept` says.",
                ),
            ] = None,
            labels: Annotated[
                str | None,
                QueryParameter(
                    pattern=whole(f"{CHINESE}|{ENGLISH}"),
                    description="代码名称。`zh` or `en`: of a file, what groups are called beside"
                    " their codes, and its headings. JSON has both languages.",
                ),
            ] = None,
        ) -> Layout:
            return Layout(
                self._named(group_by), asked_format(format_, request, STATISTIC_FORMATS), labels
            )

        return {"layout": Provide(provide_layout, sync_to_thread=False)}

    def reader(self) -> Reader:
        """What its route says in `opt={"read": …}`: a function, since the framework copies it."""

        def read(service: Any, given: Mapping[str, Any]) -> None:
            refused = Refused()
            refused.unless(self._read_filters, service, given)
            refused.unless(self._named, given.get("group_by"))
            gather(refused.problems)

        return read

    def _named(self, group_by: str | None) -> list[Grouping]:
        names = [] if group_by is None else group_by.split(",")
        known = tuple(Choice(one.name, one.zh, one.en) for one in self.groupings.values())
        for name in names:
            if name not in self.groupings:
                meant = near(name, known)
                raise Problem(
                    "invalid_parameter", FieldError("group_by", name, choices=known, near=meant)
                )
        if len({*names}) < len(names) or len(names) > _AT_ONCE:
            expected = "one grouping, or two different ones with a comma between them"
            raise Problem("invalid_parameter", FieldError("group_by", group_by, expected))
        return [self.groupings[name] for name in names]

    async def answer(
        self,
        service: Service,
        request: Request[Any, Any, Any],
        actor: Actor,
        asked: Asked,
        layout: Layout,
    ) -> Response[Statistic[F]]:
        """What is asked for, as `actor` sees it. Raises Problem: invalid_parameter."""
        if is_tried(request):
            async with service.database.searching() as connection:
                await read_meant(connection, asked)
            return would_answer()
        statistic = await self._count(service, request, actor, asked, layout.groups)
        if layout.format.write is None:
            return Response(statistic)
        asking = Asking(
            service=service,
            request=request,
            actor=actor,
            called=self._called,
            labels=layout.labels,
            now=datetime.now(service.settings.zone),
            explained=of_statistic(self._listing.sql.date(asked.date), type(statistic.total)),
        )
        return in_file(asking, layout.format, statistic, layout.groups)  # type: ignore[return-value]

    async def _count(
        self,
        service: Service,
        request: Request[Any, Any, Any],
        actor: Actor,
        asked: Asked,
        groups: Sequence[Grouping],
    ) -> Statistic[F]:
        zone = service.settings.zone
        params = request.query_params
        given = {name: params.getall(name) for name in params if name not in _OF_THE_STATISTIC}
        by = tuple(one.name for one in groups)
        async with (
            service.database.searching() as connection,
            # Both as of one moment.
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            values = await for_all(connection, await read_meant(connection, asked))
            values |= scope_arguments(actor) | {"zone": zone.key, "most": MOST_GROUPS}
            selection = Selection(self._listing.sql.asked(values), asked.date, "-time")
            await connection.execute(_ROOM)
            total, *rows = await self._statement(selection, by).rows(connection, values)
            if any(one.overlaps for one in groups):
                [total] = await self._statement(selection, ()).rows(connection, values)
            labels = [
                await _labels(connection, one, {row[f"key_{at}"] for row in rows})
                for at, one in enumerate(groups)
            ]
        for at, one in reversed([*enumerate(groups)]):
            if one.goes_on:
                rows.sort(key=partial(_in_time, f"key_{at}"))
        path = path_of(request).replace("/statistics/", "/")

        def listed(codes: Sequence[str | None]) -> str | None:
            narrowed: dict[str, Sequence[str]] = dict(given)
            for grouping, code in zip(groups, codes, strict=True):
                narrowed |= grouping.narrowed(code, narrowed, zone)
            found = address(request, f"{path}?{urlencode(narrowed, doseq=True)}")
            return found if len(found) <= LONGEST_LINK else None

        def shown() -> Iterator[Group[F]]:
            for row in rows:
                codes = [row[f"key_{at}"] for at in range(len(groups))]
                keys = [
                    Key(code, called[code].zh, called[code].en)
                    for code, called in zip(codes, labels, strict=True)
                ]
                yield Group(keys, self._figures(row), listed(codes))

        left_out = rows[0]["told"] - 1 - len(rows) if rows else 0
        return Statistic([*by], self._figures(total), [*shown()], left_out)

    def _compose(self, selection: Selection, by: tuple[str, ...]) -> Statement:
        """The question as SQL: a row for all, in which overlapping groups count twice, then one for
        each group. What nothing asks for of what is joined, the planner leaves out."""
        listed, groups = self._listing.sql, [self.groupings[name] for name in by]
        keys = [f"key_{at}" for at in range(len(groups))]
        selected = [f"{one.sql} as {key}" for one, key in zip(groups, keys, strict=True)]
        sums = {**self._sums} | {name: sql for one in groups for name, sql in one.sums.items()}
        counted = [
            f"""
            select {", ".join([*selected, f"{self._lasted} as lasted"])},
                {", ".join(f"{sql} as {name}" for name, sql in sums.items())}
            from {listed.source}
            left join incident i on i.incident_id = t.incident_id and i.view = t.view
            left join station s on s.station_id = t.responsible_station_id
            {" ".join([part.join, *dict.fromkeys(one.join for one in groups)])}
            {listed.seen(selection)} and {part.condition}
            group by {", ".join([*keys, "lasted"])}
            """
            for part in self._parts
        ]
        is_group = f"grouping({keys[0]}) = 0" if keys else "false"
        sets = [f"({', '.join([*within, 'lasted'])})" for within in ([keys, []] if keys else [[]])]
        of_one = ", ".join(["is_group", *keys])
        known = f"sum({self._weight}) filter (where lasted is not null)"
        added = ", ".join(f"coalesce(sum({name}), 0)::bigint as {name}" for name in sums)
        return Statement(
            f"""
            with counted as materialized ({" union all ".join(counted)}), summed as (
                select {is_group} as {", ".join([of_one, "lasted"])},
                    {", ".join(f"sum({name}) as {name}" for name in sums)}
                from counted group by grouping sets ({", ".join(sets)})
                union all  -- for there to be a row for all of nothing
                select false, {"null, " * len(keys)} null, {", ".join("0" for _ in sums)}
            ), ranked as (
                select c.*, {known} over (partition by {of_one} order by lasted) as upto,
                    {known} over (partition by {of_one}) as measured
                from summed c
            )
            select {of_one}, {added},
                coalesce(max(measured), 0)::bigint as measured,
                min(lasted) filter (where 4 * upto >= measured) as p25,
                min(lasted) filter (where 2 * upto >= measured) as median,
                min(lasted) filter (where 4 * upto >= 3 * measured) as p75,
                min(lasted) filter (where 10 * upto >= 9 * measured) as p90,
                count(*) over () as told
            from ranked
            group by {of_one}
            order by {", ".join(["is_group", f"{next(iter(sums))} desc", *keys])}
            limit :most + 1
            """.replace("{at}", listed.time(selection))
        )


def _in_time(key: str, row: Record) -> tuple[bool, str]:
    """By which a row comes after those of earlier days; of none, after all."""
    return (row[key] is None, row[key] or "")


async def _labels(
    connection: Connection, grouping: Grouping, codes: set[str | None]
) -> dict[str | None, Sentence]:
    """What groups are called; one that nobody named, by its code."""
    labels: dict[str | None, Sentence] = {None: NOT_KNOWN}
    # A list from elsewhere may name no family of a species.
    labels |= {"": NOT_IN_REGISTER}
    labels |= {code: grouping.labels(code) or Sentence(code, code) for code in codes if code}
    if grouping.names is not None:
        named = await grouping.names.rows(connection, {"codes": [one for one in codes if one]})
        labels |= {row["code"]: Sentence(row["en"], row["zh"]) for row in named}
    return labels
