"""Feeds over HTTP: made, listed, ended, and fetched."""

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.openapi.spec import (
    OpenAPIResponse,
    Operation,
)
from litestar.params import FromPath, JSONBody
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp, Receive, Scope, Send

from wildlife.lists.feed_queries import (
    StoredFeed,
    delete_feed,
    is_held,
    list_feeds,
    put_feed,
    use_feed,
)
from wildlife.lists.feeds import Feed, Feeds, MadeFeed, NewFeed
from wildlife.lists.formats import FORMATS, WHOLE, files_in, list_headers
from wildlife.lists.question import ROOT, Question
from wildlife.lists.subrequests import around_of, ask, comes_whole, require_question
from wildlife.people.account_queries import find_actor
from wildlife.people.accounts import Actor
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.people.routes import NOT_KEPT
from wildlife.people.tokens import token_hash
from wildlife.service import FromService
from wildlife.web.problems import Problem, require_own_id
from wildlife.web.requests import address
from wildlife.web.responses import KNOWN, READING, SENDING_JSON, also_answers, problems
from wildlife.words.sentences import Sentence

_MOST: Final = 50
"""So many an account may have."""

_EXPECTED: Final = Sentence(
    "`address` should be that of a list or a statistic with what is asked of it, in a format that"
    f" comes whole ({', '.join(WHOLE)}) and without `limit` and `cursor`, as"
    " `/api/v1/releases?protection=sanyou&format=csv&labels=zh`.",
    f"`address` 应为清单或统计的查询地址，以 `format` 指定一次取全的格式（{'、'.join(WHOLE)}），"
    "不带 `limit` 和 `cursor`，例如 `/api/v1/releases?protection=sanyou&format=csv&labels=zh`。",
)
_TOO_MANY: Final = Sentence(
    f"An account has {_MOST} feeds at most: end one that nobody fetches any more.",
    f"每个账号最多有 {_MOST} 个取数地址：请先删除不再使用的。",
)
_ANOTHER: Final = Sentence("Make a new id for this one.", "请为本取数地址生成新的编号。")


@post(
    "/feeds",
    opt={"verb": Verb.USE_SESSION},
    tags=["feeds"],
    cache_control=NOT_KEPT,
    responses=also_answers(200, MadeFeed)
    | problems(*KNOWN, *SENDING_JSON, "id_conflict", "too_many_feeds"),
)
async def make_feed(
    request: Request[Any, Any, Any],
    service: FromService,
    actor: FromActor,
    data: JSONBody[NewFeed],
) -> Response[MadeFeed]:
    """新建取数地址。Make an address at which Excel or Power BI fetches one question again and
    again, by HTTP Basic: its id is the user name, and the password is told this once.

    201 the first time. The same again, as after a lost answer or before it expires, answers 200
    with another password. It gets what you may see at that moment, and ends when your account is
    locked out, appointed to something else or given another password by somebody else.
    """
    actor.doing(Verb.READ).require(Verb.READ)  # what is fetched
    require_own_id(data.id)
    question = await require_question(request, actor, data.address, comes_whole, _EXPECTED)
    secret = secrets.token_urlsafe(32)
    async with service.database.transaction(locking=actor.account_id) as connection:
        put = await put_feed(
            connection,
            feed_id=data.id,
            account_id=actor.account_id,
            name=data.name,
            question=question,
            secret_hash=token_hash(secret),
            holds=timedelta(seconds=service.settings.feed_s),
            most=_MOST,
        )
        if put is None:
            if not await is_held(connection, data.id):
                raise Problem("too_many_feeds", said=_TOO_MANY)
            raise Problem("id_conflict", given=str(data.id), reason=_ANOTHER)
    made = MadeFeed(**_told(request, put.feed), password=secret)
    return Response(made, status_code=201 if put.is_new else 200)


def _told(request: Request[Any, Any, Any], feed: StoredFeed) -> dict[str, Any]:
    return {
        "id": feed.feed_id,
        "name": feed.name,
        "address": Question(feed.path, feed.query).address,
        "url": address(request, f"{ROOT}/feeds/{feed.feed_id}"),
        "created_at": feed.created_at,
        "expires_at": feed.expires_at,
        "last_used_at": feed.last_used_at,
    }


@get("/feeds", opt={"verb": Verb.USE_SESSION}, tags=["feeds"], responses=problems(*READING))
async def get_feeds(
    request: Request[Any, Any, Any], service: FromService, actor: FromActor
) -> Feeds:
    """本人的取数地址。One's own addresses, with when each was fetched last."""
    async with service.database.writing() as connection:  # those made a moment ago are there
        held = await list_feeds(connection, actor.account_id)
    return Feeds([Feed(**_told(request, one)) for one in held])


@delete(
    "/feeds/{feed_id:uuid}",
    opt={"verb": Verb.USE_SESSION},
    tags=["feeds"],
    responses=problems(*KNOWN, "not_found"),
)
async def end_feed(service: FromService, actor: FromActor, feed_id: FromPath[UUID]) -> None:
    """删除取数地址。End an address: nobody gets anything there any more."""
    async with service.database.transaction() as connection:
        if not await delete_feed(connection, feed_id, actor.account_id):
            raise Problem("not_found")


@dataclass
class FeedOperation(Operation):
    """An operation that answers in whichever format a feed asks for."""

    def __post_init__(self) -> None:
        answers = (self.responses or {}).get("200")
        if isinstance(answers, OpenAPIResponse):
            types = [FORMATS[name].media_type for name in WHOLE]
            said = "取得的清单或统计。The list or the statistic, whole."
            answers.content = files_in(types, said)
            answers.headers = list_headers()


@get(
    "/feeds/{feed_id:uuid}",
    opt={"public": True},
    tags=["feeds"],
    # Whatever a spreadsheet says that it accepts, the question says the format.
    media_type="application/octet-stream",
    operation_class=FeedOperation,
    security=[{"feed": []}],
    responses=problems(*KNOWN, "invalid_feed", "not_found"),
)
async def get_feed(
    request: Request[Any, Any, Any], service: FromService, feed_id: FromPath[UUID]
) -> Response[Any]:
    """取数。What the address is for, as its owner may see it now: by HTTP Basic, with the id of the
    feed as the user name, and its password. It is on record as a read of its owner's."""
    secret = _secret(request, feed_id)
    async with service.database.signing_in() as connection:
        feed = None if secret is None else await use_feed(connection, feed_id, token_hash(secret))
        actor = None if feed is None else await find_actor(connection, feed.account_id)
    if feed is None or actor is None:
        raise Problem("invalid_feed")
    return _Asked(Question(feed.path, feed.query), actor, feed_id)


def _secret(request: Request[Any, Any, Any], feed_id: UUID) -> str | None:
    """The password that came with the id of the feed; None where that did not."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, _, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    return password if user.lower() == str(feed_id) else None


class _Asked(Response[Any]):
    """The answer of the service itself to a question, asked by somebody."""

    def __init__(self, question: Question, actor: Actor, feed_id: UUID) -> None:
        super().__init__(None)
        self._question, self._actor, self._feed_id = question, actor, feed_id

    def to_asgi_response(self, *args: Any, **kwargs: Any) -> ASGIResponse:
        request: Request[Any, Any, Any] = kwargs["request"]
        app: ASGIApp = request.app.state.answers
        return _Passed(app, self._question, self._actor, self._feed_id)


class _Passed(ASGIResponse):
    def __init__(self, app: ASGIApp, question: Question, actor: Actor, feed_id: UUID) -> None:
        super().__init__()
        self._app, self._question, self._actor, self._feed_id = app, question, actor, feed_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = {"request_id": scope["state"].get("request_id")}
        try:
            await ask(
                self._app,
                self._question,
                self._actor,
                ("feed", self._feed_id),
                around={**around_of(scope), "state": state},
                receive=receive,
                send=send,
            )
        finally:
            scope["state"].update(state)
