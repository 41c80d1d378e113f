"""GET /statistics/animals."""

from typing import Any, Final

import msgspec
from asyncpg import Record
from litestar import Request, Response, get
from litestar.di import NamedDependency

from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.animals import ANIMALS, OfAnimals
from wildlife.lists.conditions import asks
from wildlife.lists.filters import read_filters
from wildlife.lists.formats import StatisticOperation
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.rescues.animal import DEAD
from wildlife.rescues.codes import Cause, Outcome
from wildlife.service import FromService
from wildlife.statistics.answers import Statistic, part_of
from wildlife.statistics.counting import Counting, FromLayout, Part
from wildlife.statistics.groupings import (
    LIFE_STAGE,
    PROTECTION,
    SEX,
    SHARED,
    TAXA,
    Grouping,
    listed_by,
    listed_by_all,
    of_codes,
)
from wildlife.statistics.lasting import Lasting, days_between, lasting
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence


class CountedAnimals(msgspec.Struct, frozen=True):
    """动物数量。How many animals there are, and what became of them."""

    count: int
    """条数。How many animals are listed: several alike under one number are one."""
    heads: int
    """只数。How many heads they are."""
    outcomes: dict[Outcome, int]
    """分项处置结果。What became of how many heads; what of none is left out."""
    settled: int
    """已处置只数。Of how many heads care ended: all but those in care."""
    released_share: float | None
    """放归率。Which part of `settled` is released, from 0 to 1; null where none is settled."""
    died_share: float | None
    """死亡率。Which part of `settled` is dead, from 0 to 1; null where none is settled."""
    days_in_care: Lasting
    """救护天数。Whole days from the find until what became of them, by heads: of several that came
    to it one after the other until the last."""


def _figures(row: Record) -> CountedAnimals:
    outcomes = {one: row[one.value] for one in Outcome if row[one.value]}
    settled = row["heads"] - row[Outcome.IN_CARE.value]
    return CountedAnimals(
        count=row["count"],
        heads=row["heads"],
        outcomes=outcomes,
        settled=settled,
        released_share=part_of(row[Outcome.RELEASED.value], settled),
        died_share=part_of(sum(row[one.value] for one in DEAD), settled),
        days_in_care=lasting(row),
    )


# Most came to one end: of these nothing is looked up in the list.
_AT_ONE_END: Final = Part(
    "jsonb_array_length(t.outcomes) <= 1",
    """
    cross join lateral (
        select t.outcome, t.count, t.outcome_at as since, true as is_first
    ) as part
    """,
)
_AT_SEVERAL_ENDS: Final = Part(
    "jsonb_array_length(t.outcomes) > 1",
    """
    cross join lateral (
        select o.outcome, o.count, o.since, o.n = 1 as is_first
        from rows from (jsonb_to_recordset(t.outcomes)
            as (outcome text, count int, since timestamptz))
            with ordinality as o (outcome, count, since, n)
    ) as part
    """,
)

ANIMAL_COUNT: Final = Counting(
    ANIMALS,
    (
        *SHARED,
        *TAXA,
        PROTECTION,
        Grouping(
            "cause",
            "cause",
            "救护原因",
            "t.cause",
            listed_by("cause"),
            of_codes(Cause),
        ),
        Grouping(
            "outcome",
            "outcome",
            "处置结果",
            "part.outcome",
            listed_by_all("outcome_all"),
            of_codes(Outcome),
            sums={"count": "count(*)"},
            overlaps=True,
        ),
        LIFE_STAGE,
        SEX,
    ),
    called=Sentence("Statistics of animals", "动物统计"),
    parts=(_AT_ONE_END, _AT_SEVERAL_ENDS),
    sums={
        "count": "count(*) filter (where part.is_first)",
        "heads": "sum(part.count)",
        **{
            one.value: f"coalesce(sum(part.count) filter (where part.outcome = '{one}'), 0)"
            for one in Outcome
        },
    },
    lasted=days_between("t.found_at", "part.since"),
    weight="heads",
    figures=_figures,
    read=read_filters,
)


@get(
    "/statistics/animals",
    opt={
        "verb": Verb.READ,
        "reads": Reading.STATISTIC,
        "listed": Listed.ANIMALS,
        "read": ANIMAL_COUNT.reader(),
    },
    dependencies=asks(OfAnimals) | ANIMAL_COUNT.asks(),
    tags=["statistics"],
    operation_class=StatisticOperation,
    responses=problems(*READING),
)
async def count_animals(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfAnimals],
    layout: FromLayout,
) -> Response[Statistic[CountedAnimals]]:
    """动物统计。How many of `GET /animals` there are, how many heads they are, what became of them,
    and how long that took. By `outcome`, heads are counted where each of them came to; an animal of
    which some were released and some died is in both groups, and once in the total."""
    return await ANIMAL_COUNT.answer(service, request, actor, asked, layout)
