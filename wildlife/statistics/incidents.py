"""GET /statistics/incidents."""

from typing import Any, Final

import msgspec
from asyncpg import Record
from litestar import Request, Response, get
from litestar.di import NamedDependency

from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.conditions import asks
from wildlife.lists.formats import StatisticOperation
from wildlife.lists.incidents import INCIDENTS, OfIncidents, read_incident_filters
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.service import FromService
from wildlife.statistics.answers import Statistic, part_of
from wildlife.statistics.counting import Counting, FromLayout
from wildlife.statistics.groupings import KIND, SHARED, STATE
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence


class CountedIncidents(msgspec.Struct, frozen=True):
    """警情数量。How many incidents there are."""

    count: int
    """起数。How many incidents."""
    closed: int
    """已办结起数。How many of them are closed."""
    closed_share: float | None
    """办结率。Which part of them is closed, from 0 to 1; null where there are none."""


def _figures(row: Record) -> CountedIncidents:
    return CountedIncidents(row["count"], row["closed"], part_of(row["closed"], row["count"]))


INCIDENT_COUNT: Final = Counting(
    INCIDENTS,
    (*SHARED, KIND, STATE),
    called=Sentence("Statistics of incidents", "警情统计"),
    sums={"count": "count(*)", "closed": "count(*) filter (where t.state = 'closed')"},
    figures=_figures,
    read=read_incident_filters,
)


@get(
    "/statistics/incidents",
    opt={
        "verb": Verb.READ,
        "reads": Reading.STATISTIC,
        "listed": Listed.INCIDENTS,
        "read": INCIDENT_COUNT.reader(),
    },
    dependencies=asks(OfIncidents) | INCIDENT_COUNT.asks(),
    tags=["statistics"],
    operation_class=StatisticOperation,
    responses=problems(*READING),
)
async def count_incidents(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfIncidents],
    layout: FromLayout,
) -> Response[Statistic[CountedIncidents]]:
    """警情统计。How many of `GET /incidents` there are, by month, unit, region and so on."""
    return await INCIDENT_COUNT.answer(service, request, actor, asked, layout)
