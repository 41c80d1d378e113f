"""Signing in and out."""

from typing import Final
from uuid import uuid4

from litestar import delete, get, post
from litestar.params import JSONBody

from wildlife.accounts import passwords
from wildlife.accounts.model import DEMO_PASSWORD, Credentials, Me, RefreshRequest, Tokens
from wildlife.accounts.queries import end_session, find_account, use_refresh_token
from wildlife.accounts.tokens import issue_tokens, token_hash
from wildlife.problems import Problem
from wildlife.web import FromActor, FromService, problems

# Anybody may send these, and they are in memory until they are whole.
_BODY_LIMIT_BYTES: Final = 10_000


@post(
    "/session",
    tags=["session"],
    opt={"public": True},
    request_max_body_size=_BODY_LIMIT_BYTES,
    security=[{}],
    responses=problems(400, 401, 403, 413, 422),
)
async def sign_in(service: FromService, data: JSONBody[Credentials]) -> Tokens:
    """Sign in with badge number and password."""
    if data.password == DEMO_PASSWORD and not service.settings.demo:
        raise Problem("demo_password")
    async with service.database.identifying() as connection:
        account = await find_account(connection, data.badge)
    if not await passwords.is_right(account.password_hash if account else None, data.password):
        raise Problem("wrong_credentials")
    assert account is not None, "nobody's password is never right"
    async with service.database.signing_in(locking=account.account_id) as connection:
        return await issue_tokens(connection, service.settings, account.account_id, uuid4(), 1)


@post(
    "/session/refresh",
    tags=["session"],
    opt={"public": True},
    request_max_body_size=_BODY_LIMIT_BYTES,
    security=[{}],
    responses=problems(400, 401, 413, 422),
)
async def refresh(service: FromService, data: JSONBody[RefreshRequest]) -> Tokens:
    """Get new tokens. The old refresh token holds until the new one is first used."""
    digest = token_hash(data.refresh_token)
    async with service.database.signing_in(locking=digest) as connection:
        used = await use_refresh_token(connection, digest)
        if used is None:
            raise Problem("invalid_token")
        return await issue_tokens(
            connection, service.settings, used.account_id, used.session_id, used.generation + 1
        )


@get("/session", tags=["session"], responses=problems(400, 401))
async def get_session(actor: FromActor) -> Me:
    """Whose token this is."""
    return Me(actor.badge, actor.name, actor.role, actor.station)


@delete("/session", tags=["session"], responses=problems(400, 401))
async def sign_out(service: FromService, actor: FromActor) -> None:
    """Sign out: every token of this session is void at once."""
    async with service.database.signing_in(locking=actor.account_id) as connection:
        await end_session(connection, actor.session_id)
