"""GET /statistics/releases."""

from typing import Any, Final

import msgspec
from asyncpg import Record
from litestar import Request, Response, get
from litestar.di import NamedDependency

from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.conditions import asks
from wildlife.lists.filters import read_filters
from wildlife.lists.formats import StatisticOperation
from wildlife.lists.releases import RELEASES, OfReleases
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.rescues.codes import ReleaseMethod
from wildlife.service import FromService
from wildlife.statistics.answers import Statistic, part_of
from wildlife.statistics.counting import Counting, FromLayout
from wildlife.statistics.groupings import (
    LIFE_STAGE,
    PROTECTION,
    SEX,
    SHARED,
    TAXA,
    Grouping,
    listed_by,
    of_codes,
)
from wildlife.statistics.lasting import Lasting, days_between, lasting
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence


class CountedReleases(msgspec.Struct, frozen=True):
    """放归数量。How many releases there were."""

    count: int
    """次数。How many releases."""
    heads: int
    """只数。How many heads were let go by them."""
    returned: int
    """收回只数。How many of these came back into care."""
    died: int
    """放归后死亡只数。How many of these were found dead later."""
    returned_share: float | None
    """收回率。Which part of the heads came back, from 0 to 1; null where there are none."""
    days_until_release: Lasting
    """放归前天数。Whole days from the find until the release, by heads."""


def _figures(row: Record) -> CountedReleases:
    return CountedReleases(
        count=row["count"],
        heads=row["heads"],
        returned=row["returned"],
        died=row["died"],
        returned_share=part_of(row["returned"], row["heads"]),
        days_until_release=lasting(row),
    )


RELEASE_COUNT: Final = Counting(
    RELEASES,
    (
        *SHARED,
        *TAXA,
        PROTECTION,
        LIFE_STAGE,
        SEX,
        Grouping(
            "method",
            "method",
            "放归方式",
            "t.method",
            listed_by("method"),
            of_codes(ReleaseMethod),
        ),
    ),
    called=Sentence("Statistics of releases", "放归统计"),
    sums={
        "count": "count(*)",
        "heads": "sum(t.count)",
        "returned": "sum(t.returned)",
        "died": "sum(t.died)",
    },
    lasted=days_between("t.found_at", "t.released_at"),
    weight="heads",
    figures=_figures,
    read=read_filters,
)


@get(
    "/statistics/releases",
    opt={
        "verb": Verb.READ,
        "reads": Reading.STATISTIC,
        "listed": Listed.RELEASES,
        "read": RELEASE_COUNT.reader(),
    },
    dependencies=asks(OfReleases) | RELEASE_COUNT.asks(),
    tags=["statistics"],
    operation_class=StatisticOperation,
    responses=problems(*READING),
)
async def count_releases(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfReleases],
    layout: FromLayout,
) -> Response[Statistic[CountedReleases]]:
    """放归统计。How many of `GET /releases` there are, and how many heads were let go; times and
    places are those of the release."""
    return await RELEASE_COUNT.answer(service, request, actor, asked, layout)
