"""What an answer is, for who finds it as a file a year later: what was asked, by whom, when, how
much came, and by which register protection is told."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from litestar import Request

from wildlife.lists.formats.about_queries import ListOfProtection
from wildlife.lists.formats.format import Asking
from wildlife.tables.columns import in_language
from wildlife.web.pages import OF_THE_PAGE
from wildlife.web.parameters import called
from wildlife.words.sentences import Sentence

_WHAT: Final = Sentence("What it is", "内容")
_ASKED: Final = Sentence("Asked for", "查询条件")
_ALL: Final = Sentence("everything that the reader may see", "无（查询人有权查看的全部内容）")
_BY: Final = Sentence("Asked by", "查询人")
_AT: Final = Sentence("Asked at", "查询时间")
_ROWS: Final = Sentence("Rows", "条数")
_MORE: Final = Sentence("only a part was asked for", "仅为所查内容的一部分")
_LOST: Final = Sentence("Rows that cannot be shown", "无法显示的条数")
_TIMES: Final = Sentence("Times are in the zone", "所用时区")
_MOST_ECHOED: Final = 500
_REGISTER: Final = Sentence("Register of protection", "所依保护名录")


def about(
    asking: Asking, language: str, register: Sequence[ListOfProtection]
) -> list[tuple[str, str]]:
    """In pairs, but for what is known when all is written. register: the lists of protection by
    which it is told."""

    def say(what: Sentence, told: object) -> tuple[str, str]:
        return in_language(what, language), str(told)

    actor = asking.actor
    units = dict.fromkeys(one.station.name for one in actor.appointments if one.station)
    asked = [*_asked(asking.request, language)] or [in_language(_ALL, language)]
    return [
        say(_WHAT, in_language(asking.called, language)),
        *(say(_ASKED, one) for one in asked),
        *(say(what, in_language(told, language)) for what, told in asking.explained),
        say(_BY, " ".join([actor.name, actor.badge, *units])),
        say(_AT, moment(asking.now)),
        say(_TIMES, asking.service.settings.zone),
        *(say(_REGISTER, f"{one.valid_from} {one.title} {one.list}") for one in register),
    ]


def moment(at: datetime) -> str:
    """A time in its own zone, as that sheet has it."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


def counted(language: str, rows: int, unreadable: int, *, is_all: bool) -> list[tuple[str, str]]:
    """How many rows there are, and whether these are all."""
    more = "" if is_all else f" ({in_language(_MORE, language)})"
    told = [(in_language(_ROWS, language), f"{rows}{more}")]
    if unreadable:
        told.append((in_language(_LOST, language), str(unreadable)))
    return told


def _asked(request: Request[Any, Any, Any], language: str) -> Iterator[str]:
    """Each parameter by which something was asked for, as it is called and as it was given."""
    for name, given in request.query_params.multi_items():
        if name not in OF_THE_PAGE:
            parameter = called(request.route_handler, name)
            label = name if language == "en" or parameter is None else f"{parameter} {name}"
            yield f"{label} = {_cut(given)}"


def _cut(given: str) -> str:
    """What was given, in a cell: the points of a polygon nobody reads there."""
    return given if len(given) <= _MOST_ECHOED else f"{given[:_MOST_ECHOED]}…"
