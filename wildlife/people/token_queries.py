"""The SQL of tokens. A session is all of them that come from one sign-in."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_one
from wildlife.people.codes import EventKind
from wildlife.people.event_queries import record_event
from wildlife.people.events import Author


async def add_tokens(
    connection: Connection,
    *,
    account_id: UUID,
    session_id: UUID,
    generation: int,
    access_hash: bytes,
    refresh_hash: bytes,
    access_for: timedelta,
    refresh_for: timedelta,
    device_id: UUID | None,
    session_ends_at: datetime | None,
) -> int:
    """Keep a new pair of tokens, which hold no longer than their session; for how many seconds the
    access token does."""
    holds_s: int = await connection.fetchval(
        """
        with added as (
            insert into token (token_hash, session_id, account_id, kind, generation, expires_at,
                device_id, session_ends_at)
            values ($4, $2, $1, 'access', $3, least(now() + $6, $9), $8, $9),
                ($5, $2, $1, 'refresh', $3, least(now() + $7, $9), $8, $9)
            returning kind, expires_at
        )
        select floor(extract(epoch from expires_at - now()))::int
        from added where kind = 'access'
        """,
        account_id,
        session_id,
        generation,
        access_hash,
        refresh_hash,
        access_for,
        refresh_for,
        device_id,
        session_ends_at,
    )
    return holds_s


class RefreshToken(msgspec.Struct, frozen=True):
    """A refresh token that was shown. It is a copy when the session has gone on without it."""

    session_id: UUID
    account_id: UUID
    badge: str
    device_id: UUID | None
    generation: int
    session_ends_at: datetime | None
    is_copy: bool


async def use_refresh_token(connection: Connection, refresh_hash: bytes) -> RefreshToken | None:
    """The refresh token, used from now on; None when it is unknown, expired or revoked,
    or its device is cut off.

    Within a transaction: the account's row is held until its end, so that two that are used at
    once are seen one after the other, and none is renewed while the password is changed.
    """
    badge = await connection.fetchval(
        """
        select a.badge from token t join account a using (account_id)
        where t.token_hash = $1 and t.kind = 'refresh' and t.expires_at > now()
            and a.disabled_at is null and not exists (
                select from device d where d.device_id = t.device_id and d.cut_off_at is not null)
        for no key update of a
        """,
        refresh_hash,
    )
    if badge is None:
        return None
    return await fetch_one(
        connection,
        RefreshToken,
        """
        with shown as (
            select t.*, exists (
                select from token u
                where u.session_id = t.session_id and u.used_at is not null
                    and u.generation >= t.generation and u.token_hash <> t.token_hash
            ) as is_copy
            from token t where t.token_hash = $1
        ), used as (
            update token t set used_at = coalesce(t.used_at, now())
            from shown s where t.token_hash = s.token_hash and not s.is_copy
        )
        select session_id, account_id, $2 as badge, device_id, generation, session_ends_at, is_copy
        from shown
        """,
        refresh_hash,
        badge,
    )


async def end_copied_session(connection: Connection, used: RefreshToken, author: Author) -> None:
    """Revoke every token of a session of which a copy was used, and put that on record."""
    await end_session(connection, used.session_id)
    await record_event(
        connection,
        EventKind.TOKEN_COPIED,
        author,
        account_id=used.account_id,
        device_id=used.device_id,
    )


async def end_session(connection: Connection, session_id: UUID) -> None:
    """Revoke every token of a session, whose account is held: what renews it meanwhile is seen by
    this, or finds it ended."""
    await connection.execute("delete from token where session_id = $1", session_id)


async def forget_tokens(connection: Connection) -> None:
    """Forget the tokens and feeds that have expired."""
    await connection.execute("delete from token where expires_at < now()")
    await connection.execute("delete from feed where expires_at < now()")


async def end_sessions(
    connection: Connection, account_id: UUID, *, but: UUID | None = None
) -> None:
    """Revoke every token of an account, but those of one session, if any; and all its feeds,
    exports and subscriptions, which nobody can tell by whom they were made.

    A statement after the one that changed the account, in the same transaction: a session that is
    begun or renewed meanwhile waits for that change, or is seen by this.
    """
    await connection.execute(
        "delete from token where account_id = $1 and session_id is distinct from $2",
        account_id,
        but,
    )
    await connection.execute("delete from feed where account_id = $1", account_id)
    await connection.execute(  # whoever makes it sees that, and its file goes before it does
        "update export set expires_at = now() where account_id = $1 and expires_at > now()",
        account_id,
    )
    await connection.execute(  # whoever tells it sees that, and its owner that it has ended
        """
        update subscription set ended_at = now(), failure = 'account_changed', status = null
        where account_id = $1 and ended_at is null
        """,
        account_id,
    )
