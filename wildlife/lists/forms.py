"""How a list is answered: how much of it, from where on, in which order and format."""

from typing import Annotated, Any, Final, TypeAlias

import msgspec
from litestar import Request
from litestar.di import NamedDependency
from litestar.params import QueryParameter, SkipValidation

from wildlife.lists.formats import FORMATS, asked_format
from wildlife.lists.formats.format import Format
from wildlife.people.guard import FromActor
from wildlife.web.negotiation import CHINESE, ENGLISH
from wildlife.web.pages import AskedCursor, Question, question_of
from wildlife.words.values import whole

_USUALLY: Final = 50
_AT_MOST: Final = 500


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """How a list is answered, whatever is asked for."""

    question: Question
    """What is asked for, as a cursor has it."""
    cursor: str | None
    limit: int
    """How many rows a page has, at most."""
    sort: str
    """`time`, `distance` or `number`; with `-` before it, the other way round."""
    format: Format
    whole: bool
    """Whether all pages are asked for in one answer."""
    fields: tuple[str, ...] | None
    """Those that are told of each row, as they were given; None: all."""
    labels: str | None
    """The language of what codes are called; None: they are codes."""
    count: str | None
    """How it is told how many there are in all, `exact` or `estimated`; None: it is not."""


FromForm: TypeAlias = NamedDependency[SkipValidation[Form]]


def provide_form(
    actor: FromActor,  # one dependency after another, as `provide_actor` says
    request: Request[Any, Any, Any],
    limit: Annotated[
        int | None,
        QueryParameter(
            ge=1,
            le=_AT_MOST,
            description="每页条数。How many a page has, at most. Without it: 50 as JSON; in every"
            " other format all, in one answer.",
        ),
    ] = None,
    cursor: AskedCursor = None,
    sort: Annotated[
        str,
        QueryParameter(
            pattern=whole("time|-time|distance|-distance|number|-number"),
            description="排序。By what the list is sorted: `time` (of the find, the release, the"
            " transfer, or a photo's arrival; the oldest first), `distance` (from `near`) or"
            " `number` (the case number); with `-` before it the other way round.",
        ),
    ] = "-time",
    format_: Annotated[
        str | None,
        QueryParameter(
            name="format",
            pattern=whole("|".join(FORMATS)),
            description="输出格式。`json`, `geojson` (RFC 7946), `ndjson`, `csv` or `xlsx`; without"
            " it, as `Accept` says. A generated client may read pages of JSON alone: ask for the"
            " others without it.",
        ),
    ] = None,
    fields: Annotated[
        str | None,
        QueryParameter(
            max_length=2000,
            description="所需字段。Those fields of an item that are told, in this order, by their"
            " names with commas between; without it, all.",
            schema_extra={"examples": ["case_number,station"]},
        ),
    ] = None,
    labels: Annotated[
        str | None,
        QueryParameter(
            pattern=whole(f"{CHINESE}|{ENGLISH}"),
            description="代码名称。`zh` or `en`: beside each code what it is called in that"
            " language (`protection_label`), and headings in it.",
        ),
    ] = None,
    count: Annotated[
        str | None,
        QueryParameter(
            pattern=whole("exact|estimated"),
            description="总数。How many there are in all, in `Total-Count`, and as JSON in `total`:"
            " `exact`, or `estimated`, which is exact up to 10,000 and quick beyond.",
        ),
    ] = None,
) -> Form:
    """The form in which a request asks for a list."""
    asked = asked_format(format_, request)
    is_in_pages = asked.write is None
    return Form(
        question=question_of(request),
        cursor=cursor,
        limit=limit or (_USUALLY if is_in_pages else _AT_MOST),
        sort=sort,
        format=asked,
        # Programs for maps and tables follow no links: what is not in the first answer, none shows.
        whole=limit is None and not is_in_pages,
        fields=None if fields is None else tuple(dict.fromkeys(fields.split(","))),
        labels=labels,
        count=count,
    )
