"""The SQL of accounts and tokens."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import msgspec

from db.pool import Connection
from db.rows import fetch_one
from wildlife.people.accounts import Actor, OfficerRef
from wildlife.people.may import SEES_ORIGINALS, Scope, scope_of
from wildlife.people.stations import StationRef
from wildlife.web.decoding import require_value
from wildlife.words.regions import prefix_of
from wildlife.words.speaking import said
from wildlife.words.values import Badge, Name
from wildlife.words.vocabularies import Role


class StoredAccount(msgspec.Struct, frozen=True):
    account_id: UUID
    password_hash: str


class _ActorRow(msgspec.Struct, frozen=True):
    account_id: UUID
    session_id: UUID | None
    badge: str
    name: str
    role: str
    station_id: UUID | None
    station_code: str | None
    station_name: str | None
    region_code: str | None
    stations: list[UUID]
    competent_for_stations: list[UUID]
    competent_for_regions: list[str]
    sees_originals: bool


def _with_those_below(stations: str) -> str:
    """The array of these stations and all below them, as SQL."""
    return f"""array(
        with recursive below as (
            select own.station_id from unnest({stations}) as own (station_id)
            where own.station_id is not null
            union  -- not all: a circle of stations ends here
            select c.station_id from station c join below b on c.parent_id = b.station_id
        )
        select station_id from below
    )"""


# Of an account `a` at a station `s`.
_ACTOR: Final = f"""
    a.account_id, a.badge, a.name, a.role, a.sees_originals,
    s.station_id, s.code as station_code, s.name as station_name, s.region_code,
    {_with_those_below("array[s.station_id]")} as stations,
    {_with_those_below("s.competent_for_stations")} as competent_for_stations,
    coalesce(s.competent_for_regions, '{{}}') as competent_for_regions
"""


async def access_actor(connection: Connection, token_hash: bytes) -> Actor | None:
    """Who holds this access token; None when it is unknown, expired, revoked or disabled."""
    row = await fetch_one(
        connection,
        _ActorRow,
        f"""
        select {_ACTOR}, t.session_id
        from token t
        join account a using (account_id)
        left join station s using (station_id)
        where t.token_hash = $1 and t.kind = 'access' and t.expires_at > now()
            and a.disabled_at is null
        """,
        token_hash,
    )
    return None if row is None else _actor(row)


async def find_actor(connection: Connection, account_id: UUID) -> Actor | None:
    """Whose account it is, for what they began while they were signed in and is done later."""
    row = await fetch_one(
        connection,
        _ActorRow,
        f"""
        select {_ACTOR}, null::uuid as session_id
        from account a left join station s using (station_id)
        where a.account_id = $1
        """,
        account_id,
    )
    return None if row is None else _actor(row)


def _actor(row: _ActorRow) -> Actor:
    station = None
    if row.station_id is not None and row.station_code is not None:
        station = StationRef(row.station_id, row.station_code, row.station_name or "")
    return Actor(
        account_id=row.account_id,
        session_id=row.session_id,
        badge=row.badge,
        name=row.name,
        role=row.role,
        station=station,
        region_code=row.region_code,
        scope=scope_of(
            row.role,
            row.stations,
            Scope(
                stations=row.competent_for_stations,
                regions=[prefix_of(region) for region in row.competent_for_regions],
            ),
        ),
        sees_originals=row.sees_originals,
    )


async def find_account(connection: Connection, badge: str) -> StoredAccount | None:
    """The account that may sign in with this badge."""
    return await fetch_one(
        connection,
        StoredAccount,
        "select account_id, password_hash from account where badge = $1 and disabled_at is null",
        badge,
    )


async def hold_account(connection: Connection, account: StoredAccount) -> bool:
    """Whether it may still sign in with the password that it was found with; that stays so until
    the end of the transaction."""
    held = await connection.fetchval(
        """
        select true from account
        where account_id = $1 and password_hash = $2 and disabled_at is null
        for no key update
        """,
        account.account_id,
        account.password_hash,
    )
    return held is not None


async def find_officer(
    connection: Connection, badge: str, station: StationRef
) -> OfficerRef | None:
    """The officer of `station` with this badge."""
    row = await connection.fetchrow(
        """
        select account_id, badge, name, role from account
        where badge = $1 and station_id = $2 and role = 'officer' and disabled_at is null
        """,
        badge,
        station.station_id,
    )
    if row is None:
        return None
    return OfficerRef(row["account_id"], row["badge"], row["name"], Role(row["role"]), station)


async def has_officers(connection: Connection, station: StationRef) -> bool:
    """Whether anybody of a station may file anything."""
    found = await connection.fetchval(
        """
        select exists (select from account
            where station_id = $1 and role = 'officer' and disabled_at is null)
        """,
        station.station_id,
    )
    return bool(found)


def holders_of(badges: str) -> str:
    """Whose badges these are, as SQL whose value is the JSON of a list of OfficerRef."""
    return f"""(
        select coalesce(json_agg(json_strip_nulls(json_build_object(
            'account_id', a.account_id, 'badge', a.badge, 'name', a.name, 'role', a.role,
            'station', case when s.station_id is not null then json_build_object(
                'station_id', s.station_id, 'code', s.code, 'name', s.name) end
            )) order by a.badge), '[]')::text
        from account a left join station s using (station_id)
        where a.badge = any({badges})
    )"""


async def tell_holders(connection: Connection, badges: Sequence[str]) -> str:
    """Whose badges these are, of any unit, as `holders_of` says it: also of who has left since, and
    was there."""
    told: str = await connection.fetchval(f"select {holders_of('$1')}", badges)
    return told


async def find_holders(connection: Connection, badges: Sequence[str]) -> list[OfficerRef]:
    """The same, read."""
    return read_holders(await tell_holders(connection, badges))


def read_holders(told: str) -> list[OfficerRef]:
    """What `tell_holders` told."""
    return msgspec.json.decode(told, type=list[OfficerRef])


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
    station_id = await station_id_of(connection, station)
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
    await _end_sessions(connection, changed_id)


async def station_id_of(connection: Connection, code: str | None) -> UUID | None:
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
    await _end_sessions(connection, changed["account_id"])
    return bool(changed["may_sign_in"])


async def disable_account(connection: Connection, badge: str) -> None:
    """Lock an account out. Raises LookupError where there is no such account."""
    account_id = await connection.fetchval(
        "update account set disabled_at = now() where badge = $1 returning account_id", badge
    )
    if account_id is None:
        raise no_account(badge)
    await _end_sessions(connection, account_id)


async def enable_account(connection: Connection, badge: str) -> None:
    """Let an account sign in again, with the password that it has. Raises LookupError where there
    is no such account."""
    enabled = await connection.fetchval(
        "update account set disabled_at = null where badge = $1 returning true", badge
    )
    if enabled is None:
        raise no_account(badge)


def no_account(badge: str) -> LookupError:
    """What is said where nobody has this badge."""
    return LookupError(said(f"There is no account {badge}.", f"没有账号 {badge}。"))


async def _end_sessions(connection: Connection, account_id: UUID) -> None:
    """Revoke every token of an account.

    A statement after the one that changed the account, in the same transaction: a session that is
    begun or renewed meanwhile waits for that change, or is seen by this.
    """
    await connection.execute("delete from token where account_id = $1", account_id)


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
) -> None:
    """Keep a new pair of tokens."""
    await connection.execute(
        """
        insert into token (token_hash, session_id, account_id, kind, generation, expires_at)
        values ($4, $2, $1, 'access', $3, now() + $6), ($5, $2, $1, 'refresh', $3, now() + $7)
        """,
        account_id,
        session_id,
        generation,
        access_hash,
        refresh_hash,
        access_for,
        refresh_for,
    )


class RefreshToken(msgspec.Struct, frozen=True):
    """A refresh token that was shown. It is a copy when the session has gone on without it."""

    session_id: UUID
    account_id: UUID
    badge: str
    generation: int
    is_copy: bool


async def use_refresh_token(connection: Connection, refresh_hash: bytes) -> RefreshToken | None:
    """The refresh token, used from now on; None when it is unknown, expired or revoked.

    Within a transaction: the account's row is held until its end, so that two that are used at
    once are seen one after the other, and none is renewed while the password is changed.
    """
    badge = await connection.fetchval(
        """
        select a.badge from token t join account a using (account_id)
        where t.token_hash = $1 and t.kind = 'refresh' and t.expires_at > now()
            and a.disabled_at is null
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
        select session_id, account_id, $2 as badge, generation, is_copy from shown
        """,
        refresh_hash,
        badge,
    )


async def end_session(connection: Connection, session_id: UUID) -> None:
    """Revoke every token of a session."""
    await connection.execute("delete from token where session_id = $1", session_id)


async def forget_tokens(connection: Connection) -> None:
    """Forget the tokens that have expired."""
    await connection.execute("delete from token where expires_at < now()")
