"""GET /statistics/hazards."""

from typing import Any, Final

import msgspec
from asyncpg import Record
from litestar import Request, Response, get
from litestar.di import NamedDependency

from wildlife.accesses.codes import Listed, Reading
from wildlife.hazards.codes import HazardCause, HazardState, HazardType, Passability, RoadCategory
from wildlife.lists.conditions import asks
from wildlife.lists.filters import read_filters
from wildlife.lists.formats import StatisticOperation
from wildlife.lists.hazards import HAZARDS, OfHazards
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.service import FromService
from wildlife.statistics.answers import Statistic, part_of
from wildlife.statistics.counting import Counting, FromLayout
from wildlife.statistics.groupings import (
    SHARED,
    Grouping,
    listed_by,
    listed_by_all,
    of_codes,
)
from wildlife.statistics.lasting import Lasting, hours_between, lasting
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence


class CountedHazards(msgspec.Struct, frozen=True):
    """道路险情数量。How many road hazards there were."""

    count: int
    """起数。How many road hazards."""
    false_reports: int
    """误报起数。How many of them were none."""
    cleared: int
    """已清除起数。Of how many nothing blocks the road any more, or traffic flows again."""
    cleared_share: float | None
    """清除率。Which part of all but false reports is cleared, from 0 to 1; null where there are
    none."""
    hours_to_clearance: Lasting
    """清除用时（小时）。Hours from the find until nothing blocked the road, or, where nobody said
    that, until traffic flowed again; of those that were not blocked again since."""


def _figures(row: Record) -> CountedHazards:
    return CountedHazards(
        count=row["count"],
        false_reports=row["false_reports"],
        cleared=row["cleared"],
        cleared_share=part_of(row["cleared"], row["count"] - row["false_reports"]),
        hours_to_clearance=lasting(row),
    )


_HOURS: Final = hours_between("t.found_at", "coalesce(t.cleared_at, t.reopened_at)")

HAZARD_COUNT: Final = Counting(
    HAZARDS,
    (
        *SHARED,
        Grouping(
            "type",
            "hazard",
            "险情类型",
            "lay.type",
            listed_by_all("type_all"),
            of_codes(HazardType),
            join="cross join lateral unnest(t.types) as lay (type)",
            overlaps=True,
        ),
        Grouping(
            "state",
            "state",
            "处置进度",
            "t.state",
            listed_by("state"),
            of_codes(HazardState),
        ),
        Grouping(
            "passability",
            "passability",
            "通行状况",
            "t.passability",
            listed_by("passability"),
            of_codes(Passability),
        ),
        Grouping(
            "cause",
            "cause",
            "险情原因",
            "t.cause",
            listed_by("cause"),
            of_codes(HazardCause),
            "cause_known",
        ),
        Grouping(
            "road_category",
            "road category",
            "道路类别",
            "t.road_category",
            listed_by("road_category"),
            of_codes(RoadCategory),
        ),
    ),
    called=Sentence("Statistics of road hazards", "道路险情统计"),
    sums={
        "count": "count(*)",
        "false_reports": "count(*) filter (where t.state = 'false_report')",
        "cleared": "count(*) filter (where t.state in ('cleared', 'reopened'))",
    },
    lasted=f"case when t.recurrences = 0 then {_HOURS} end",
    figures=_figures,
    read=read_filters,
)


@get(
    "/statistics/hazards",
    opt={
        "verb": Verb.READ,
        "reads": Reading.STATISTIC,
        "listed": Listed.HAZARDS,
        "read": HAZARD_COUNT.reader(),
    },
    dependencies=asks(OfHazards) | HAZARD_COUNT.asks(),
    tags=["statistics"],
    operation_class=StatisticOperation,
    responses=problems(*READING),
)
async def count_hazards(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfHazards],
    layout: FromLayout,
) -> Response[Statistic[CountedHazards]]:
    """道路险情统计。How many of `GET /hazards` there are, and how long they took to clear. By
    `type`, a hazard counts for each thing that lay there, and once in the total."""
    return await HAZARD_COUNT.answer(service, request, actor, asked, layout)
