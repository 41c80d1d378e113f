"""Subscriptions over HTTP: made, looked after, restarted, ended."""

import secrets
from typing import Any, Final
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.datastructures import MultiDict
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody

from wildlife.accesses.codes import Listed
from wildlife.changes.places import Place
from wildlife.changes.since import place_from, read_since
from wildlife.lists.question import Question
from wildlife.lists.subrequests import require_question
from wildlife.people.guard import FromActor
from wildlife.people.may import Verb
from wildlife.people.routes import NOT_KEPT
from wildlife.photos.service import FromPhotoService, PhotoService
from wildlife.service import FromService
from wildlife.subscriptions.codes import SubscriptionState
from wildlife.subscriptions.delivering import Deliverer
from wildlife.subscriptions.destinations import mail_address, require_destination
from wildlife.subscriptions.messages import written_secret
from wildlife.subscriptions.queries import (
    StoredSubscription,
    access_subscription,
    add_subscription,
    delete_subscription,
    find_sealed,
    is_held,
    list_subscriptions,
    restart_subscription,
)
from wildlife.subscriptions.subscriptions import (
    MadeSubscription,
    NewSubscription,
    Restart,
    Subscription,
    Subscriptions,
)
from wildlife.web.negotiation import language_of, prefers_chinese
from wildlife.web.problems import Problem, require_own_id
from wildlife.web.requests import address
from wildlife.web.responses import KNOWN, READING, SENDING_JSON, also_answers, problems
from wildlife.words.sentences import Sentence

_MOST: Final = 20
"""So many an account may have."""
_SECRET_BYTES: Final = 32

_EXPECTED: Final = Sentence(
    "`address` should be that of `/api/v1/changes` with what is asked of it, without `cursor`,"
    " `since`, `limit` and `wait`, as `/api/v1/changes?kind=rescue&protection=national_1`.",
    "`address` 应为变化的查询地址，不带 `cursor`、`since`、`limit` 和 `wait`，例如"
    " `/api/v1/changes?kind=rescue&protection=national_1`。",
)
_TOO_MANY: Final = Sentence(
    f"An account has {_MOST} subscriptions at most: end one that nobody needs any more.",
    f"每个账号最多有 {_MOST} 个订阅：请先删除不再需要的。",
)
_ANOTHER: Final = Sentence("Make a new id for this one.", "请为本订阅生成新的编号。")


def _is_taken(handler: HTTPRouteHandler, asked: MultiDict[str]) -> bool:
    """`/changes`, wherever it begins."""
    is_it = handler.opt.get("listed") is Listed.CHANGES
    return is_it and not {"cursor", "since", "limit", "wait"} & {*asked}


@post(
    "/subscriptions",
    opt={"verb": Verb.USE_SESSION},
    tags=["subscriptions"],
    cache_control=NOT_KEPT,
    responses=also_answers(200, MadeSubscription)
    | problems(*KNOWN, *SENDING_JSON, "id_conflict", "too_many_subscriptions"),
)
async def make_subscription(
    request: Request[Any, Any, Any],
    service: FromPhotoService,
    actor: FromActor,
    data: JSONBody[NewSubscription],
) -> Response[MadeSubscription]:
    """新建订阅。Have what is new told to another system as it comes (a webhook), or by mail.

    201 the first time; the same again answers 200 with the same secret. A webhook is signed by the
    rules of Standard Webhooks: `webhook-id` is the same whenever an entry is sent again, `type` is
    `change`, and `data` what an item of `/changes` is. What is not answered by 2xx is sent again,
    after a longer while each time, for five days; then the subscription ends, and goes on where it
    stopped when it is restarted. A first message of type `subscribed` shows that it comes through.

    It is told what you may see at that moment, and ends when your account is locked out, appointed
    to something else or given another password.
    """
    actor.doing(Verb.READ).require(Verb.READ)  # what is told
    require_own_id(data.id)
    require_destination(service.settings, data.destination)
    question = await require_question(request, actor, data.address, _is_taken, _EXPECTED)
    place = await _place(service, data.since)
    service.vault.renew()
    is_webhook = mail_address(data.destination) is None
    sealed = None
    if is_webhook:
        sealed = service.vault.seal(data.id, secrets.token_bytes(_SECRET_BYTES))
    async with service.database.transaction(locking=actor.account_id) as connection:
        added = await add_subscription(
            connection,
            subscription_id=data.id,
            account_id=actor.account_id,
            name=data.name,
            query=question.query,
            destination=data.destination,
            language=language_of(request),
            origin=address(request, ""),
            sealed=sealed,
            sealed_by=service.vault.fingerprint,
            place=place,
            most=_MOST,
        )
        held = added or await access_subscription(connection, actor.account_id, data.id)
        if held is None and not await is_held(connection, data.id):
            raise Problem("too_many_subscriptions", said=_TOO_MANY)
        sealed = await find_sealed(connection, data.id)
    same = data.name, question.query, data.destination
    if held is None or (held.name, held.query, held.destination) != same:
        raise Problem("id_conflict", given=str(data.id), reason=_ANOTHER)
    _deliverer(request).wake()
    secret = None if sealed is None else written_secret(service.vault.open(data.id, sealed))
    made = MadeSubscription(**_told(request, service, held), secret=secret)
    return Response(made, status_code=200 if added is None else 201)


async def _place(service: PhotoService, since: str) -> Place:
    """Where to begin. Raises Problem: invalid_value."""
    try:
        moment = read_since(since, service.settings.zone)
    except Problem as problem:
        raise Problem("invalid_value", *problem.errors) from None
    return await place_from(service, moment)


def _deliverer(request: Request[Any, Any, Any]) -> Deliverer:
    deliverer: Deliverer = request.app.state.deliverer
    return deliverer


def _told(
    request: Request[Any, Any, Any], service: FromService, held: StoredSubscription
) -> dict[str, Any]:
    chinese, failure = prefers_chinese(request), held.failure
    is_failing = held.state is SubscriptionState.FAILING
    return {
        "id": held.subscription_id,
        "name": held.name,
        "address": Question("/changes", held.query).address,
        "destination": held.destination,
        "state": held.state,
        "created_at": held.created_at,
        "begun_at": held.begun_at,
        "delivered": held.delivered,
        "delivered_at": held.delivered_at,
        "failing_since": held.failing_since,
        "retry_at": held.due_at if is_failing else None,
        "failure": failure,
        "reason": failure and (failure.zh if chinese else failure.en),
        "status": held.status,
        "ended_at": held.ended_at,
    }


@get(
    "/subscriptions",
    opt={"verb": Verb.USE_SESSION},
    tags=["subscriptions"],
    responses=problems(*READING),
)
async def get_subscriptions(
    request: Request[Any, Any, Any], service: FromService, actor: FromActor
) -> Subscriptions:
    """本人的订阅。One's own subscriptions, with how each stands."""
    async with service.database.writing() as connection:  # those made a moment ago are there
        held = await list_subscriptions(connection, actor.account_id)
    return Subscriptions([Subscription(**_told(request, service, one)) for one in held])


@get(
    "/subscriptions/{subscription_id:uuid}",
    opt={"verb": Verb.USE_SESSION},
    tags=["subscriptions"],
    responses=problems(*READING, "not_found"),
)
async def get_subscription(
    request: Request[Any, Any, Any],
    service: FromService,
    actor: FromActor,
    subscription_id: FromPath[UUID],
) -> Subscription:
    """查看订阅。How a subscription stands."""
    async with service.database.writing() as connection:  # as it stands now
        held = await access_subscription(connection, actor.account_id, subscription_id)
    if held is None:
        raise Problem("not_found")
    return Subscription(**_told(request, service, held))


@post(
    "/subscriptions/{subscription_id:uuid}/restart",
    opt={"verb": Verb.USE_SESSION},
    tags=["subscriptions"],
    status_code=200,
    responses=problems(*KNOWN, *SENDING_JSON, "not_found"),
)
async def restart(
    request: Request[Any, Any, Any],
    service: FromPhotoService,
    actor: FromActor,
    subscription_id: FromPath[UUID],
    data: JSONBody[Restart],
) -> Subscription:
    """重新开始订阅。Let a subscription that failed or ended go on at once: where it stopped, or
    where `since` says."""
    actor.doing(Verb.READ).require(Verb.READ)
    place = None if data.since is None else await _place(service, data.since)
    async with service.database.writing() as connection:
        held = await restart_subscription(connection, actor.account_id, subscription_id, place)
    if held is None:
        raise Problem("not_found")
    _deliverer(request).wake()
    return Subscription(**_told(request, service, held))


@delete(
    "/subscriptions/{subscription_id:uuid}",
    opt={"verb": Verb.USE_SESSION},
    tags=["subscriptions"],
    responses=problems(*KNOWN, "not_found"),
)
async def end_subscription(
    service: FromService, actor: FromActor, subscription_id: FromPath[UUID]
) -> None:
    """删除订阅。End a subscription: nothing is told there any more but what is on its way."""
    async with service.database.writing() as connection:
        if not await delete_subscription(connection, actor.account_id, subscription_id):
            raise Problem("not_found")
