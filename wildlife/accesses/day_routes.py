"""GET /accesses/days: the days of the access log, for who audits."""

from typing import Any

import msgspec
from litestar import Request, Response, get

from wildlife.accesses.codes import Reading
from wildlife.accesses.day_queries import AccessDay, DayKey, list_days
from wildlife.people.may import Verb
from wildlife.service import FromService
from wildlife.web.answer_headers import documented_headers
from wildlife.web.pages import (
    AskedCursor,
    AskedLimit,
    Page,
    answer_page,
    decode_cursor,
    question_of,
)
from wildlife.web.responses import READING, problems


@get(
    "/accesses/days",
    opt={"verb": Verb.READ_ACCESS_LOG, "reads": Reading.ACCESS_LOG},
    tags=["accesses"],
    responses=problems(*READING),
    response_headers=documented_headers("Link"),
)
async def get_access_days(
    service: FromService,
    request: Request[Any, Any, Any],
    limit: AskedLimit = 100,
    cursor: AskedCursor = None,
) -> Response[Page[AccessDay]]:
    """查阅记录各日汇总。The days of the access log, the latest first, each with the digest that it
    ends with. Today's goes on; a day that is past never changes: write its digest down, and whoever
    changes anything of that day or of one before it can't make it come out the same."""
    after = decode_cursor(question_of(request), cursor, DayKey)
    async with service.database.reading() as connection:
        rows = await list_days(connection, after, limit + 1)
    return answer_page(
        request,
        rows,
        limit,
        DayKey,
        lambda row: msgspec.convert(dict(row), AccessDay),
        named_by="day",
    )
