"""The SQL of what an operator sees and changes of accounts."""

from uuid import UUID

import asyncpg
import msgspec

from db.pool import Connection
from db.rows import fetch_all
from wildlife.people.codes import Role
from wildlife.people.may import SEES_ORIGINALS
from wildlife.people.token_queries import end_sessions
from wildlife.web.decoding import require_value
from wildlife.words.speaking import said
from wildlife.words.values import Badge, Name


class ListedAccount(msgspec.Struct, frozen=True):
    """An account as an operator sees it."""

    badge: str
    name: str
    role: str
    station: str | None
    """The station's code."""
    sees_originals: bool
    disabled: bool


async def list_accounts(connection: Connection, badge: str | None = None) -> list[ListedAccount]:
    """All accounts by badge, or the one with this."""
    return await fetch_all(
        connection,
        ListedAccount,
        """
        select a.badge, a.name, a.role, s.code as station, a.sees_originals,
            a.disabled_at is not null as disabled
        from account a left join station s using (station_id)
        where $1::text is null or a.badge = $1
        order by a.badge
        """,
        badge,
    )


async def find_listed(connection: Connection, badge: str) -> ListedAccount:
    """The account with this badge. Raises LookupError where there is none."""
    for one in await list_accounts(connection, badge):
        return one
    raise _no_account(badge)


async def put_account(
    connection: Connection,
    *,
    account_id: UUID,
    badge: str,
    name: str,
    role: Role,
    station: str | None,
    password_hash: str,
    sees_originals: bool | None = None,
) -> None:
    """Add an account, or change all of the one with this badge, whose sessions end.

    sees_originals: whether it may fetch photos as they came; None: as officers may, others not.
    Raises LookupError where there is no such station, ValueError where the role needs one, or the
    badge or the name is none.
    """
    require_value(badge, Badge)
    require_value(name, Name)
    station_id = await _station_id_of(connection, station)
    try:
        changed_id = await connection.fetchval(
            """
            insert into account
                (account_id, badge, name, role, station_id, password_hash, sees_originals)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (badge) do update
            set name = excluded.name, role = excluded.role, station_id = excluded.station_id,
                password_hash = excluded.password_hash, sees_originals = excluded.sees_originals,
                disabled_at = null
            returning account_id
            """,
            account_id,
            badge,
            name,
            role.value,
            station_id,
            password_hash,
            role in SEES_ORIGINALS if sees_originals is None else sees_originals,
        )
    except asyncpg.CheckViolationError:
        raise ValueError(
            said(f"The role {role.value} needs a station.", f"{role.zh}必须属于一个单位。")
        ) from None
    await end_sessions(connection, changed_id)


async def find_like(connection: Connection, badge: str) -> str | None:
    """The badge that a person could not tell from this one: LC1504 of lc1504. Two accounts of such
    would sign in, and be named in records, one for the other."""
    found: str | None = await connection.fetchval(
        "select badge from account where lower(badge) = lower($1) order by badge <> $1 limit 1",
        badge,
    )
    return found


async def change_account(
    connection: Connection,
    badge: str,
    *,
    name: str | None,
    role: Role | None,
    station: str | None,
    sees_originals: bool | None,
) -> None:
    """Change what is given of an account, whose password and sessions stay: rights follow at once.

    Raises LookupError where there is no such account or station, ValueError where the role needs
    a station or the name is none.
    """
    if name is not None:
        require_value(name, Name)
    station_id = await _station_id_of(connection, station)
    try:
        changed = await connection.fetchval(
            """
            update account
            set name = coalesce($2, name), role = coalesce($3, role),
                station_id = coalesce($4, station_id),
                sees_originals = coalesce($5, sees_originals)
            where badge = $1 returning true
            """,
            badge,
            name,
            role.value if role else None,
            station_id,
            sees_originals,
        )
    except asyncpg.CheckViolationError:
        raise ValueError(said("This role needs a station.", "该角色必须属于一个单位。")) from None
    if changed is None:
        raise _no_account(badge)


async def set_password(connection: Connection, badge: str, password_hash: str) -> bool:
    """Set a password and end the account's sessions; whether it may sign in with it, or is locked.

    Raises LookupError where there is no such account.
    """
    changed = await connection.fetchrow(
        """
        update account set password_hash = $2 where badge = $1
        returning account_id, disabled_at is null as may_sign_in
        """,
        badge,
        password_hash,
    )
    if changed is None:
        raise _no_account(badge)
    await end_sessions(connection, changed["account_id"])
    return bool(changed["may_sign_in"])


async def disable_account(connection: Connection, badge: str) -> None:
    """Lock an account out. Raises LookupError where there is no such account."""
    account_id = await connection.fetchval(
        "update account set disabled_at = now() where badge = $1 returning account_id", badge
    )
    if account_id is None:
        raise _no_account(badge)
    await end_sessions(connection, account_id)


async def enable_account(connection: Connection, badge: str) -> None:
    """Let an account sign in again, with the password that it has. Raises LookupError where there
    is no such account."""
    enabled = await connection.fetchval(
        "update account set disabled_at = null where badge = $1 returning true", badge
    )
    if enabled is None:
        raise _no_account(badge)


async def _station_id_of(connection: Connection, code: str | None) -> UUID | None:
    """The id of a station, where one is named. Raises LookupError where there is none of its
    code."""
    found: UUID | None = await connection.fetchval(
        "select station_id from station where code = $1", code
    )
    if code is not None and found is None:
        raise LookupError(
            said(
                f"There is no station {code}; add it first: wildlife station add",
                f"没有单位 {code}；请先添加：wildlife station add",
            )
        )
    return found


def _no_account(badge: str) -> LookupError:
    """What is said where nobody has this badge."""
    return LookupError(said(f"There is no account {badge}.", f"没有账号 {badge}。"))
