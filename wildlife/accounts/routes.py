"""Signing in and out."""

from uuid import uuid4

import structlog
from litestar import delete, get, post
from litestar.params import JSONBody

from wildlife.accounts import passwords
from wildlife.accounts.model import DEMO_PASSWORD, Credentials, Me, RefreshRequest, Tokens
from wildlife.accounts.queries import end_session, find_account, use_refresh_token
from wildlife.accounts.tokens import issue_tokens, token_hash
from wildlife.problems import Problem
from wildlife.web import FromActor, FromService, problems

log = structlog.get_logger()


@post(
    "/session",
    tags=["session"],
    opt={"public": True},
    security=[{}],
    responses=problems(400, 401, 403, 413, 422),
)
async def sign_in(service: FromService, data: JSONBody[Credentials]) -> Tokens:
    """Sign in with badge number and password."""
    if data.password == DEMO_PASSWORD and not service.settings.demo:
        raise Problem("demo_password")
    async with service.database.writing() as connection:
        account = await find_account(connection, data.badge)
    if not await passwords.is_right(account.password_hash if account else None, data.password):
        raise Problem("wrong_credentials")
    assert account is not None, "nobody's password is never right"
    async with service.database.writing() as connection:
        return await issue_tokens(connection, service.settings, account.account_id, uuid4(), 1)


@post(
    "/session/refresh",
    tags=["session"],
    opt={"public": True},
    security=[{}],
    responses=problems(400, 401, 413, 422),
)
async def refresh(service: FromService, data: JSONBody[RefreshRequest]) -> Tokens:
    """Get new tokens. The old refresh token holds until the new one is first used.

    Whoever uses one after that holds a copy of it: its owner's or a thief's, nobody can tell. The
    session ends for both.
    """
    async with service.database.transaction() as connection:
        used = await use_refresh_token(connection, token_hash(data.refresh_token))
        if used is None:
            raise Problem("invalid_token")
        if not used.is_copy:
            return await issue_tokens(
                connection, service.settings, used.account_id, used.session_id, used.generation + 1
            )
        await end_session(connection, used.session_id)
    log.warning("refresh_token_reused", badge=used.badge, session_id=str(used.session_id))
    raise Problem("token_reused")


@get("/session", tags=["session"], responses=problems(400, 401))
async def get_session(actor: FromActor) -> Me:
    """Whose token this is."""
    return Me(actor.badge, actor.name, actor.role, actor.station)


@delete("/session", tags=["session"], responses=problems(400, 401))
async def sign_out(service: FromService, actor: FromActor) -> None:
    """Sign out: every token of this session is void at once."""
    async with service.database.writing() as connection:
        await end_session(connection, actor.session_id)
