"""Signing in and out."""

from typing import Any, Final

import structlog
from litestar import Request, delete, get, post, put
from litestar.datastructures import CacheControlHeader
from litestar.params import JSONBody

from wildlife.people import signing_in
from wildlife.people.accounts import (
    Appointed,
    Credentials,
    Me,
    PasswordChange,
    RefreshRequest,
    Tokens,
)
from wildlife.people.appointing_queries import hold_account_of
from wildlife.people.codes import Role
from wildlife.people.device_queries import note_use
from wildlife.people.events import author_at
from wildlife.people.guard import FromActor, host_of
from wildlife.people.may import Verb
from wildlife.people.service import FromPeopleService
from wildlife.people.token_queries import end_copied_session, end_session, use_refresh_token
from wildlife.people.tokens import issue_tokens, token_hash
from wildlife.service import FromService
from wildlife.web.problems import Problem
from wildlife.web.responses import ASKING, KNOWN, READING, SENDING_JSON, problems

log = structlog.get_logger()

# Tokens, and whose they are, stay in no cache on the way or on the phone.
NOT_KEPT: Final = CacheControlHeader(no_store=True)
# Anybody may send these, and they are in memory until they are whole.
BODY_LIMIT_BYTES: Final = 10_000


@post(
    "/session",
    tags=["session"],
    cache_control=NOT_KEPT,
    opt={"public": True},
    request_max_body_size=BODY_LIMIT_BYTES,
    security=[{}],
    responses=problems(
        *ASKING,
        *SENDING_JSON,
        "wrong_credentials",
        "demo_password",
        "too_many_attempts",
        "busy",
        "unknown_device",
    ),
)
async def sign_in(
    request: Request[Any, Any, Any], service: FromService, data: JSONBody[Credentials]
) -> Tokens:
    """登录。Sign in with badge number and password; on an enrolled device with its token, too.

    On a device the session lasts for as long as it is used now and then, and ends when the device
    is cut off; elsewhere it ends when nobody has used it for some hours.

    After many wrong passwords, 429 and Retry-After say how long to wait before the next; after 503,
    send the same again when Retry-After has passed.
    """
    return await signing_in.sign_in(service, data, host_of(request))


@post(
    "/session/refresh",
    tags=["session"],
    cache_control=NOT_KEPT,
    opt={"public": True},
    request_max_body_size=BODY_LIMIT_BYTES,
    security=[{}],
    responses=problems(*ASKING, *SENDING_JSON, "invalid_token", "token_reused"),
)
async def refresh_tokens(
    request: Request[Any, Any, Any], service: FromPeopleService, data: JSONBody[RefreshRequest]
) -> Tokens:
    """换取新令牌。Get new tokens. The old refresh token holds until the new one is first used.

    Whoever uses one after that holds a copy of it: its owner's or a thief's, nobody can tell. The
    session ends for both, and the chief is told (`GET /people/events`).
    """
    digest = token_hash(data.refresh_token)
    async with service.database.signing_in(locking=digest) as connection:
        used = await use_refresh_token(connection, digest)
        if used is None:
            raise Problem("invalid_token")
        if not used.is_copy:
            if used.device_id is not None:
                await note_use(connection, used.device_id)
            return await issue_tokens(
                connection,
                service.settings,
                used.account_id,
                used.session_id,
                used.generation + 1,
                used.device_id,
                used.session_ends_at,
            )
        await end_copied_session(connection, used, author_at(host_of(request), None))
    service.holders.forget()
    log.warning("refresh_token_reused", badge=used.badge, session_id=str(used.session_id))
    raise Problem("token_reused")


@get(
    "/session",
    opt={"verb": Verb.USE_SESSION},
    tags=["session"],
    cache_control=NOT_KEPT,
    responses=problems(*READING),
)
async def get_session(actor: FromActor) -> Me:
    """当前登录的账号。Whose token this is."""
    appointments = [
        Appointed(Role(one.role), one.station, one.sees_roads)
        for one in actor.appointed_to(Verb.USE_SESSION)
    ]
    first = appointments[0]
    return Me(actor.badge, actor.name, first.role, first.station, appointments)


@put(
    "/session/password",
    opt={"verb": Verb.USE_SESSION},
    tags=["session"],
    cache_control=NOT_KEPT,
    status_code=204,
    request_max_body_size=BODY_LIMIT_BYTES,
    responses=problems(
        *KNOWN,
        *SENDING_JSON,
        "wrong_password",
        "unfit_change",
        "demo_password",
        "too_many_attempts",
        "busy",
    ),
)
async def change_password(
    request: Request[Any, Any, Any],
    service: FromPeopleService,
    actor: FromActor,
    data: JSONBody[PasswordChange],
) -> None:
    """修改密码。Set another password. This session goes on, and all others of the account end.

    So do its feeds, whoever made them: a spreadsheet that refreshes by one needs another
    (`POST /feeds`).
    """
    await signing_in.change_password(service, actor, data, host_of(request))
    service.holders.forget()


@delete(
    "/session",
    opt={"verb": Verb.USE_SESSION},
    tags=["session"],
    cache_control=NOT_KEPT,
    responses=problems(*KNOWN),
)
async def sign_out(service: FromPeopleService, actor: FromActor) -> None:
    """退出登录。Sign out: every token of this session is void; to every process within a second."""
    async with service.database.signing_in(locking=actor.account_id) as connection:
        assert actor.session_id is not None, "who asks has a session"
        await hold_account_of(connection, actor.badge)
        await end_session(connection, actor.session_id)
    service.holders.forget()
