"""The SQL of what an operator sees and changes of accounts."""

from uuid import UUID

import msgspec

from db.pool import Connection
from db.rows import fetch_all
from wildlife.people.account_queries import ROLES
from wildlife.people.appointing_queries import appoint_only, move, no_account
from wildlife.people.codes import Role
from wildlife.people.may import SEES_ORIGINALS
from wildlife.people.token_queries import end_sessions
from wildlife.web.decoding import require_value
from wildlife.words.values import Badge, Name


class ListedAppointment(msgspec.Struct, frozen=True):
    """One of the things that an account is, as an operator sees it."""

    role: str
    station: str | None
    """The station's code."""
    sees_roads: bool


class ListedAccount(msgspec.Struct, frozen=True):
    """An account as an operator sees it."""

    badge: str
    name: str
    appointments: list[ListedAppointment]
    sees_originals: bool
    disabled: bool


async def list_accounts(connection: Connection, badge: str | None = None) -> list[ListedAccount]:
    """All accounts by badge, or the one with this."""
    return await fetch_all(
        connection,
        ListedAccount,
        f"""
        select a.badge, a.name, a.sees_originals, a.disabled_at is not null as disabled,
            coalesce((
                select jsonb_agg(jsonb_build_object(
                    'role', p.role, 'station', s.code, 'sees_roads', p.sees_roads
                ) order by array_position({ROLES}, p.role), s.code)
                from appointment p left join station s using (station_id)
                where p.account_id = a.account_id
            ), '[]') as appointments
        from account a
        where $1::text is null or a.badge = $1
        order by a.badge
        """,
        badge,
    )


async def find_listed(connection: Connection, badge: str) -> ListedAccount:
    """The account with this badge. Raises LookupError where there is none."""
    for one in await list_accounts(connection, badge):
        return one
    raise no_account(badge)


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
    sees_roads: bool = False,
) -> None:
    """Add an account with one appointment, or change all of the one with this badge to it, and end
    its sessions.

    sees_originals: whether it may fetch photos as they came; None: as officers may, others not.
    Raises LookupError where there is no such station, ValueError where the role needs one, or the
    badge or the name is none.
    """
    require_value(badge, Badge)
    require_value(name, Name)
    changed_id = await connection.fetchval(
        """
        insert into account (account_id, badge, name, password_hash, sees_originals)
        values ($1, $2, $3, $4, $5)
        on conflict (badge) do update
        set name = excluded.name, password_hash = excluded.password_hash,
            sees_originals = excluded.sees_originals, disabled_at = null
        returning account_id
        """,
        account_id,
        badge,
        name,
        password_hash,
        role in SEES_ORIGINALS if sees_originals is None else sees_originals,
    )
    await appoint_only(connection, changed_id, role, station, sees_roads=sees_roads)
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
    station: str | None,
    sees_originals: bool | None,
) -> None:
    """Change what is given of an account, whose password and sessions stay: rights follow at once.

    Raises LookupError where there is no such account or station, ValueError where it is not said
    which appointment moves or the name is none.
    """
    if name is not None:
        require_value(name, Name)
    changed = await connection.fetchval(
        """
        update account
        set name = coalesce($2, name), sees_originals = coalesce($3, sees_originals)
        where badge = $1 returning true
        """,
        badge,
        name,
        sees_originals,
    )
    if changed is None:
        raise no_account(badge)
    if station is not None:
        await move(connection, badge, station)


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
        raise no_account(badge)
    await end_sessions(connection, changed["account_id"])
    return bool(changed["may_sign_in"])


async def replace_password(
    connection: Connection, account_id: UUID, password_hash: str, session_id: UUID | None
) -> None:
    """Set the password of an account that is held, and end its sessions but the one that asks."""
    await connection.execute(
        "update account set password_hash = $2 where account_id = $1", account_id, password_hash
    )
    await end_sessions(connection, account_id, but=session_id)


async def disable_account(connection: Connection, badge: str) -> None:
    """Lock an account out. Raises LookupError where there is no such account."""
    account_id = await connection.fetchval(
        "update account set disabled_at = now() where badge = $1 returning account_id", badge
    )
    if account_id is None:
        raise no_account(badge)
    await end_sessions(connection, account_id)


async def enable_account(connection: Connection, badge: str) -> None:
    """Let an account sign in again, with the password that it has. Raises LookupError where there
    is no such account."""
    enabled = await connection.fetchval(
        "update account set disabled_at = null where badge = $1 returning true", badge
    )
    if enabled is None:
        raise no_account(badge)
