"""GET /statistics/incidents."""

from typing import Any, Final

import msgspec
from asyncpg import Record
from litestar import Request, get
from litestar.di import NamedDependency

from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.conditions import asks
from wildlife.lists.incidents import INCIDENTS, OfIncidents, read_incident_filters
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.service import FromService
from wildlife.statistics.counting import Counting, Statistic
from wildlife.statistics.groupings import KIND, SHARED, STATE, FromGroups
from wildlife.web.responses import READING, problems


class CountedIncidents(msgspec.Struct, frozen=True):
    """警情数量。How many incidents there are."""

    count: int
    """起数。How many incidents."""


def _figures(row: Record) -> CountedIncidents:
    return CountedIncidents(row["count"])


INCIDENT_COUNT: Final = Counting(
    INCIDENTS,
    (*SHARED, KIND, STATE),
    sums={"count": "count(*)"},
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
    responses=problems(*READING),
)
async def count_incidents(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfIncidents],
    groups: FromGroups,
) -> Statistic[CountedIncidents]:
    """警情统计。How many of `GET /incidents` there are, by month, unit, region and so on."""
    return await INCIDENT_COUNT.answer(service, request, actor, asked, groups)
