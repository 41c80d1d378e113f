"""Who asks, and whether they may: before a byte of the body is read, and when it has come whole."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

import structlog
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation

from db.pool import ask_for
from wildlife.people.accounts import Actor
from wildlife.people.events import Author, author_at
from wildlife.people.may import Verb
from wildlife.people.service import FromPeopleService, PeopleService
from wildlife.web.problems import Problem
from wildlife.web.rates import Rates, is_metered

ACTING: Final = "acting"
"""In the state of a request that the service makes itself: on whose behalf."""
UNMETERED: Final = "unmetered"
"""In the same: that it comes at the service's own pace, and takes nothing of their share."""

OpenWhere: TypeAlias = Callable[[ASGIConnection[Any, Any, Any, Any]], bool]
"""Whether somebody without a token may ask."""

FromActor: TypeAlias = NamedDependency[SkipValidation[Actor]]


async def provide_actor(request: Request[Actor, None, State], service: FromPeopleService) -> Actor:
    """Who asks, as they are when a JSON body has been read, which may have taken as long as it
    took: the framework resolves dependencies after it. A handler that reads a body itself asks
    `holders.still` again, after the last byte.

    That it depends on the service says nothing but "after it": the framework resolves what is
    independent in tasks of their own, which costs a tenth of a request.
    """
    actor = request.scope["user"] = await service.holders.still(request.user)
    return actor


def host_of(request: Request[Any, Any, Any]) -> str | None:
    """Where a request comes from, as the server names the client."""
    return request.client.host if request.client else None


def author_of(request: Request[Any, Any, Any], actor: Actor) -> Author:
    """By whose word, and from where, something is changed."""
    return author_at(host_of(request), actor.account_id)


async def authenticate(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """For every route: runs before a byte of the body is read.

    A route is public by `opt={"public": True}`, or says by `opt={"verb": …}` what it does: a verb,
    or several, of which one is enough. By `opt={"open_where": …}` it says where it is open beside
    that to whoever shows no token. Raises Problem: unauthenticated, invalid_token, forbidden,
    too_many_requests.
    """
    if handler.opt.get("public"):
        return
    open_where: OpenWhere | None = handler.opt.get("open_where")
    if open_where and "authorization" not in connection.headers and open_where(connection):
        visited: Rates = connection.app.state.rates
        visited.visit(connection.client.host if connection.client else None)
        return
    actor = connection.scope["state"].get(ACTING) or await _holder(connection)
    ask_for(actor.account_id, only_reads=actor.only_reads)
    structlog.contextvars.bind_contextvars(badge=actor.badge)
    # The framework itself says which methods an address takes.
    described = Verb.LOOK_UP if connection.scope.get("method") == "OPTIONS" else None
    verb: Verb | tuple[Verb, ...] | None = handler.opt.get("verb", described)
    verbs = verb if isinstance(verb, tuple) else () if verb is None else (verb,)
    connection.scope["user"] = actor.doing(*verbs)
    if is_metered(connection) and UNMETERED not in connection.scope["state"]:
        rates: Rates = connection.app.state.rates
        rates.admit(actor.account_id)
    actor.require(*verbs)


async def _holder(connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """Whose token came. Raises Problem: unauthenticated, invalid_token."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Problem("unauthenticated")
    service: PeopleService = connection.app.state.service
    actor = await service.holders.holder_of(token.strip())
    if actor is None:
        raise Problem("invalid_token")
    return actor
