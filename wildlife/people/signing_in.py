"""Signing in: hashing is dear, so whoever has to wait is refused before it."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

import structlog

from db.connection import Connection
from db.database import Database
from wildlife.people import passwords
from wildlife.people.account_queries import StoredAccount, find_account, hold_account
from wildlife.people.accounts import (
    DEMO_PASSWORD,
    Actor,
    Credentials,
    PasswordChange,
    Tokens,
)
from wildlife.people.attempt_queries import (
    count_as_right,
    count_as_wrong,
    forget_attempts,
    one_at_a_time,
    read_tally,
)
from wildlife.people.attempts import Tally, attempt_of, wait_s
from wildlife.people.device_queries import may_sign_in_on, use_device
from wildlife.people.events import author_at
from wildlife.people.managing_queries import replace_password
from wildlife.people.refusals import UnfitPassword
from wildlife.people.token_queries import forget_tokens
from wildlife.people.tokens import issue_tokens, token_hash
from wildlife.service import Service
from wildlife.web.problems import FieldError, Problem
from wildlife.words.sentences import Sentence

log = structlog.get_logger()

_NO_PASSWORD: Final = Sentence(
    "Your account signs in by the identity provider, and has no password here. Change it there.",
    "你的账号通过身份提供方登录，在本服务中没有密码。请在身份提供方修改密码。",
)


async def sign_in(service: Service, credentials: Credentials, host: str | None) -> Tokens:
    """The tokens of a new session for somebody at `host`.

    It is logged. Raises Problem: unknown_device, demo_password, too_many_attempts, busy,
    wrong_credentials. All but the first are logged with the badge and how its account is, which the
    answer does not tell; but for a badge that is nobody's: it may be a password, typed into the
    wrong field.
    """
    device_hash = None
    if credentials.device_token is not None:
        # Before the password: who has the right one does not wait for another device.
        device_hash = token_hash(credentials.device_token)
        async with service.database.identifying() as connection:
            if not await may_sign_in_on(connection, device_hash):
                log.warning("device_refused", address=host)
                raise Problem("unknown_device")
    async with _who_it_is(service, credentials, host) as (connection, account):
        device_id = None
        if device_hash is not None:
            author = author_at(host, account.account_id)
            device_id = await use_device(connection, author, device_hash)
            if device_id is None:
                raise Problem("unknown_device")  # it was cut off, or another's, while we looked
        tokens = await issue_tokens(
            connection,
            service.settings,
            account.account_id,
            uuid4(),
            generation=1,
            device_id=device_id,
        )
    device = str(device_id) if device_id else None
    log.info("signed_in", badge=credentials.badge, address=host, device=device)
    return tokens


async def change_password(
    service: Service, actor: Actor, change: PasswordChange, host: str | None
) -> None:
    """Set another password for who asks from `host`: all their sessions end but this one.

    Raises Problem: invalid_value for one that nobody may set; unfit_change where the account signs
    in by the identity provider; wrong_password, and as `sign_in` does.
    """
    async with service.database.identifying() as connection:
        account = await find_account(connection, actor.badge)
    if account is not None and account.password_hash is None:
        raise Problem("unfit_change", said=_NO_PASSWORD)
    try:
        passwords.check_password(change.new_password, actor.badge, demo=service.settings.demo)
    except UnfitPassword as unfit:
        raise Problem("invalid_value", FieldError("new_password", said=unfit.sentence)) from None
    known = Credentials(actor.badge, change.password)
    try:
        async with _who_it_is(service, known, host) as (connection, account):
            replaced = await passwords.hashed(
                change.new_password, actor.badge, demo=service.settings.demo
            )
            author = author_at(host, account.account_id)
            await replace_password(connection, author, replaced, actor.session_id)
    except Problem as refusal:
        # 401 would say that the token is, which brought the request here.
        if refusal.code == "wrong_credentials":
            raise Problem("wrong_password") from None
        raise


@asynccontextmanager
async def _who_it_is(
    service: Service, credentials: Credentials, host: str | None
) -> AsyncIterator[tuple[Connection, StoredAccount]]:
    """The account whose password this is, held in a transaction until the end of the block."""
    attempt = attempt_of(credentials.badge, host)
    async with service.database.identifying() as connection:
        account = await find_account(connection, credentials.badge)
        tally = await read_tally(connection, attempt)
    try:
        if credentials.password == DEMO_PASSWORD and not service.settings.demo:
            raise Problem("demo_password")
        _require_patience(tally)
        queue, who = (
            (passwords.OF_KNOWN, attempt)
            if tally.is_known
            else (passwords.OF_STRANGERS, attempt.address)
        )
        with queue.place(who):
            async with service.database.signing_in(locking=attempt.address) as connection:
                await one_at_a_time(connection, attempt)
                _require_patience(await read_tally(connection, attempt))
                await count_as_wrong(connection, attempt)
            stored = account.password_hash if account else None
            if stored is not None and passwords.is_of_demo(stored) and not service.settings.demo:
                stored = None
            is_right = await queue.is_right(stored, credentials.password)
        if account is None or account.is_disabled or not is_right:
            raise Problem("wrong_credentials")
        async with service.database.signing_in(locking=account.account_id) as connection:
            if not await hold_account(connection, account):
                raise Problem("wrong_credentials")  # it was changed while we looked
            await count_as_right(connection, attempt)
            yield connection, account
    except Problem as refusal:
        log.warning(
            "sign_in_refused",
            code=refusal.code,
            badge=credentials.badge if account else None,
            account=_how_it_is(account),
            address=host,
        )
        raise


async def forget_expired(database: Database) -> None:
    """Forget tokens and attempts to sign in that count no more."""
    async with database.writing() as connection:
        await forget_tokens(connection)
        await forget_attempts(connection)


def _how_it_is(account: StoredAccount | None) -> str:
    if account is None:
        return "unknown"
    return "disabled" if account.is_disabled else "active"


def _require_patience(tally: Tally) -> None:
    if wait := math.ceil(wait_s(tally)):
        raise Problem("too_many_attempts", expected=str(wait), retry_after_s=wait)
