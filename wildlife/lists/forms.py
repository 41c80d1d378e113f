"""How a list is answered: how much of it, from where on, in which order and format."""

from typing import Annotated, Any, Final

import msgspec
from litestar import Request
from litestar.params import QueryParameter

from wildlife.lists.formats import wants_geojson
from wildlife.people.guard import FromActor
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
    geojson: bool
    whole: bool
    """Whether all pages are asked for in one answer."""


def provide_form(
    actor: FromActor,  # one dependency after another, as `provide_actor` says
    request: Request[Any, Any, Any],
    limit: Annotated[
        int | None,
        QueryParameter(
            ge=1,
            le=_AT_MOST,
            description="每页条数。How many a page has, at most. Without it: 50 as JSON; as GeoJSON"
            " all, in one answer.",
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
            pattern=whole("json|geojson"),
            description="输出格式。`json` or `geojson` (RFC 7946); without it, as `Accept` says. A"
            " generated client may read pages of JSON alone: ask for GeoJSON without it.",
        ),
    ] = None,
) -> Form:
    """The form in which a request asks for a list."""
    geojson = wants_geojson(format_, request)
    return Form(
        question=question_of(request),
        cursor=cursor,
        limit=limit or (_AT_MOST if geojson else _USUALLY),
        sort=sort,
        geojson=geojson,
        # Programs for maps follow no links: what is not in the first answer, no map shows.
        whole=geojson and limit is None,
    )
