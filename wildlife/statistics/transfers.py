"""GET /statistics/transfers."""

from typing import Any, Final

import msgspec
from asyncpg import Record
from litestar import Request, Response, get
from litestar.di import NamedDependency

from wildlife.accesses.codes import Listed, Reading
from wildlife.lists.conditions import asks
from wildlife.lists.filters import read_filters
from wildlife.lists.formats import StatisticOperation
from wildlife.lists.transfers import TRANSFERS, OfTransfers
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.rescues.codes import Outcome
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


class CountedTransfers(msgspec.Struct, frozen=True):
    """移交数量。How many times animals changed hands."""

    count: int
    """次数。How many transfers, allocations and returns to the agency."""
    heads: int
    """只数。How many heads went by them."""
    returned: int
    """收回只数。How many of these came back into care."""
    went_on: int
    """后续处置只数。How many of these came to a later end without coming back."""
    returned_share: float | None
    """收回率。Which part of the heads came back, from 0 to 1; null where there are none."""
    days_until_transfer: Lasting
    """移交前天数。Whole days from the find until then, by heads."""


def _figures(row: Record) -> CountedTransfers:
    return CountedTransfers(
        count=row["count"],
        heads=row["heads"],
        returned=row["returned"],
        went_on=row["went_on"],
        returned_share=part_of(row["returned"], row["heads"]),
        days_until_transfer=lasting(row),
    )


TRANSFER_COUNT: Final = Counting(
    TRANSFERS,
    (
        *SHARED,
        *TAXA,
        PROTECTION,
        LIFE_STAGE,
        SEX,
        Grouping(
            "outcome",
            "outcome",
            "移交类别",
            "t.outcome",
            listed_by("outcome"),
            of_codes(Outcome),
        ),
    ),
    called=Sentence("Statistics of transfers", "移交统计"),
    sums={
        "count": "count(*)",
        "heads": "sum(t.count)",
        "returned": "sum(t.returned)",
        "went_on": "sum(t.went_on)",
    },
    lasted=days_between("t.found_at", "t.transferred_at"),
    weight="heads",
    figures=_figures,
    read=read_filters,
)


@get(
    "/statistics/transfers",
    opt={
        "verb": Verb.READ,
        "reads": Reading.STATISTIC,
        "listed": Listed.TRANSFERS,
        "read": TRANSFER_COUNT.reader(),
    },
    dependencies=asks(OfTransfers) | TRANSFER_COUNT.asks(),
    tags=["statistics"],
    operation_class=StatisticOperation,
    responses=problems(*READING),
)
async def count_transfers(
    service: FromService,
    actor: FromActor,
    request: Request[Any, Any, Any],
    asked: NamedDependency[OfTransfers],
    layout: FromLayout,
) -> Response[Statistic[CountedTransfers]]:
    """移交统计。How many of `GET /transfers` there are, and how many heads they were."""
    return await TRANSFER_COUNT.answer(service, request, actor, asked, layout)
