"""Questions that the service asks itself, on somebody's behalf: by the same routes, rights, limits
and record of reads as any request."""

from collections.abc import Callable
from string import punctuation
from typing import Annotated, Any, Final, cast
from urllib.parse import parse_qsl, quote, urlsplit
from uuid import UUID

import msgspec
from litestar import Litestar, Request
from litestar.datastructures import MultiDict
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from wildlife.accesses.recording import ASKED_BY
from wildlife.lists.formats import WHOLE, ListOperation, StatisticOperation
from wildlife.lists.question import ROOT, Question
from wildlife.lists.trying import TRIED
from wildlife.people.accounts import Actor
from wildlife.people.guard import ACTING
from wildlife.web.exceptions import REFUSED
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence
from wildlife.words.values import NO_NUL

Address = Annotated[str, msgspec.Meta(min_length=1, max_length=50_000, pattern=NO_NUL)]
"""That of an answer, with all that is asked of it."""

_LOST: Final = Sentence(
    "`address` has a `#`, a tab or a line break, of which nothing would be asked: write `%23`,"
    " `%09` or `%0A` where it is meant, else leave it out.",
    "`address` 中有“#”、制表符或换行，它们不会计入查询条件：确需查询时请写作 `%23`、`%09` 或"
    " `%0A`，否则请删除。",
)


async def require_question(
    request: Request[Any, Any, Any],
    actor: Actor,
    given: str,
    is_taken: Callable[[HTTPRouteHandler, MultiDict[str]], bool],
    expected: Sentence,
) -> Question:
    """What an address asks for, which `actor` would be answered.

    is_taken: whether it is taken of this route, with these parameters; expected: what would be.
    Raises Problem: invalid_value, or whatever the route itself says of the question.
    """
    _require_whole(given)
    question = _question_at(given)
    handler = None if question is None else _handler_at(request, f"{ROOT}{question.path}")
    if question is None or handler is None or not is_taken(handler, _parameters(question)):
        raise Problem("invalid_value", FieldError("address", given, said=expected))
    await _try(request, question, actor)
    return question


async def _try(request: Request[Any, Any, Any], question: Question, actor: Actor) -> None:
    """Raises Problem where a question would not be answered."""
    app: ASGIApp = request.app.state.answers
    around = {**around_of(request.scope), "state": {TRIED: True}}
    await answered(app, question, actor, None, around)


async def answered(
    app: ASGIApp,
    question: Question,
    actor: Actor,
    by: tuple[str, UUID] | None,
    around: dict[str, Any],
) -> None:
    """Let the service answer a question of `actor`, as `ask` does, to nobody: what it tells whom it
    knows of by the state of the request is all that is wanted. Raises Problem where it is refused.
    """

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        """Nobody is told."""

    around["state"][REFUSED] = None
    await ask(app, question, actor, by, around=around, receive=receive, send=send)
    problem: Problem | None = around["state"][REFUSED]
    if problem is not None:
        raise problem


def around_later(
    app: Litestar, language: str, origin: str, address: str | None = None
) -> dict[str, Any]:
    """What a question that is asked later has of the request by which it was asked for."""
    named = urlsplit(origin or "http://localhost")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": named.scheme,
        "server": None,
        "client": None if address is None else (address, 0),
        "root_path": "",
        "extensions": {},
        "app": app,
        "litestar_app": app,
        "headers": [
            (b"host", named.netloc.encode()),
            (b"accept-language", language.encode()),
        ],
        "state": {},
    }


# What an address is asked with says nothing of who asks for it, and of what it comes in.
_NOT_PASSED: Final = {
    *(b"authorization", b"accept", b"range", b"if-none-match"),
    *(b"content-length", b"content-type", b"content-encoding", b"transfer-encoding"),
}
_OF_THE_SERVER: Final = (
    *("type", "asgi", "http_version", "scheme", "server", "client", "root_path", "extensions"),
    "litestar_app",
)


def around_of(scope: Scope) -> dict[str, Any]:
    """What a question that is asked within a request has of that."""
    kept: dict[str, Any] = {name: scope[name] for name in _OF_THE_SERVER if name in scope}
    headers = [one for one in scope["headers"] if one[0].lower() not in _NOT_PASSED]
    return {**kept, "headers": headers}


def _parameters(question: Question) -> MultiDict[str]:
    return MultiDict(parse_qsl(question.query, keep_blank_values=True))


def comes_whole(handler: HTTPRouteHandler, asked: MultiDict[str]) -> bool:
    """Whether it is a list or a statistic, in a format that comes whole, and all of it."""
    return (
        handler.operation_class in (ListOperation, StatisticOperation)
        and asked.get("format") in WHOLE
        and not {"limit", "cursor"} & {*asked}
    )


def _require_whole(address: str) -> None:
    """That all of an address is asked for: what reads it would drop a part without a word. Raises
    Problem: invalid_value."""
    if any(one in address.strip() for one in "#\t\r\n"):
        raise Problem("invalid_value", FieldError("address", address, said=_LOST))


def _question_at(address: str) -> Question | None:
    """What an address asks for, whole or from the host's root on; None: nothing here."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return None
    if not parts.path.startswith(f"{ROOT}/"):
        return None
    return Question(parts.path.removeprefix(ROOT), parts.query)


def _handler_at(request: Request[Any, Any, Any], path: str) -> HTTPRouteHandler | None:
    for route in request.app.routes:
        # A template is no address, though it looks like one.
        if isinstance(route, HTTPRoute) and route.path == path and not route.path_parameters:
            for handler in route.route_handlers:
                if "GET" in handler.http_methods:
                    return handler
    return None


def _of(question: Question) -> dict[str, Any]:
    """What a request that asks this has of it."""
    path = f"{ROOT}{question.path}"
    return {
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        # Some leave in an address what it has no characters for.
        "query_string": quote(question.query, safe=punctuation).encode(),
        "path_params": {},
    }


async def ask(
    app: ASGIApp,
    question: Question,
    actor: Actor,
    by: tuple[str, UUID] | None,
    *,
    around: dict[str, Any],
    receive: Receive,
    send: Send,
) -> None:
    """Let the service answer a question of `actor` to `send`.

    by: what asks, and its id, as the access log tells it; None: nothing is shown to it.
    around: what the request has beside the question, its state among it.
    """
    state = {**around["state"], ACTING: actor, ASKED_BY: by}
    # As the state of the request around it, in which is told how it was answered.
    inner = {**around, **_of(question), "state": state}
    try:
        await app(cast(Scope, inner), receive, send)
    finally:
        told = {name: state[name] for name in ("code", "errors", REFUSED) if name in state}
        around["state"].update(told)
