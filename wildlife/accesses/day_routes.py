"""GET /accesses/days: the days of the access log, listed and checked, for who audits."""

import asyncio
from datetime import date
from typing import Any, Final

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from wildlife.accesses.chain import Flaw
from wildlife.accesses.codes import Listed, Reading
from wildlife.accesses.day_queries import AccessDay, DayKey, list_days
from wildlife.accesses.verifying import verify_day
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
from wildlife.web.problems import Problem
from wildlife.web.responses import READING, problems
from wildlife.words.sentences import Sentence


@get(
    "/accesses/days",
    opt={"verb": Verb.READ_ACCESS_LOG, "reads": Reading.ACCESS_LOG, "listed": Listed.ACCESS_DAYS},
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
    ends with, as it was stored when the last access was put on record. Today's goes on; of a day
    that is past the service adds and changes nothing. Write its digest down, elsewhere: whoever has
    every right on the database can change accesses and leave this answer as it was, and
    `GET /accesses/days/{day}` tells, which makes the digest anew of the accesses that there are."""
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


_LIMIT_S: Final = 30
_MOST_FLAWS: Final = 100

_NOTHING: Final = Sentence(
    "There is nothing on record of this day, and nothing says that there was: GET /accesses/days"
    " lists the days that there are. If you wrote down a digest of it, the day was taken away.",
    "这一日没有查阅记录，也没有汇总：现有各日见 GET /accesses/days。如果你抄录过这一日的摘要，"
    "则该日已被人删除。",
)
_TOO_MANY: Final = Sentence(
    f"This day holds more than can be gone through in {_LIMIT_S} seconds. Ask again when the"
    " service has less to do; `wildlife verify` goes through all, and takes its time.",
    f"这一日的记录过多，{_LIMIT_S} 秒内未能核验完毕。请在服务较空闲时重试；`wildlife verify`"
    " 不限时间，可核验全部记录。",
)


class LogFlaw(msgspec.Struct, frozen=True):
    """查阅记录的一处不符。Where a day of the access log does not hold, and why."""

    seq: int | None
    """当日序号。The place of the access that it is about; null: it is the day as a whole."""
    zh: str
    """中文说明。What is wrong, in Chinese."""
    en: str
    """英文说明。What is wrong, in English."""


class CheckedDay(msgspec.Struct, frozen=True, kw_only=True):
    """查阅记录一日的核验结果。What a day of the access log comes to, gone through access by access:
    nothing of it is believed that is stored beside them."""

    day: date
    """日期。The day, in the service's zone, on which the accesses were put on record."""
    count: int
    """现有条数。How many there are."""
    digest: str
    """现算摘要值。SHA-256 that the day ends with, in hexadecimal, made anew of all of them behind
    the digest of the day before: the one to compare with what was written down."""
    said_count: int | None
    """汇总条数。How many the log says there are; null: it says nothing of the day."""
    said_digest: str | None
    """汇总摘要值。The digest with which the log says that the day ends; null: it says nothing."""
    holds: bool
    """是否相符。Whether each access is what its digest was made of, all of them come to what the
    log says of this day, and that follows on what it says of the day before."""
    flaws: list[LogFlaw]
    """不符之处。What does not hold, at most the first 100; empty: all does."""


@get(
    "/accesses/days/{day:str}",
    opt={
        "verb": Verb.READ_ACCESS_LOG,
        "reads": Reading.ACCESS_LOG,
        "listed": Listed.ACCESS_DAYS,
    },
    tags=["accesses"],
    responses=problems(*READING, "not_found"),
)
async def get_access_day(service: FromService, day: FromPath[date]) -> CheckedDay:
    """核验查阅记录的一日。Go through a day of the access log now, access by access: what it comes
    to, and whether that is what the log says.

    Where it `holds` and its `digest` is the one that was written down, nothing of the day was
    changed since; where each day before it holds, too (ask for each), nothing of those. What is put
    on record meanwhile is left out. It may take 30 seconds, enough for some hundred thousand
    accesses: of a day with more it is told so (503 `unavailable`), and `wildlife verify` goes
    through it.
    """
    flaws: list[LogFlaw] = []

    def tell(flaw: Flaw) -> None:
        if len(flaws) < _MOST_FLAWS:
            flaws.append(LogFlaw(flaw.seq, flaw.reason.zh, flaw.reason.en))

    try:
        async with asyncio.timeout(_LIMIT_S) as limit:
            found = await verify_day(service.database, day, tell)
    except TimeoutError:
        if not limit.expired():
            raise
        raise Problem("unavailable", said=_TOO_MANY) from None
    if found is None:
        raise Problem("not_found", said=_NOTHING)
    ends, checked = found
    return CheckedDay(
        day=day,
        count=checked.accesses,
        digest=checked.digest.hex(),
        said_count=ends.count if ends else None,
        said_digest=ends.digest.hex() if ends else None,
        holds=checked.flaws == 0,
        flaws=flaws,
    )
