"""The SQL of who signs in, and of who acts."""

import time
from typing import Final
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_one
from wildlife.people.accounts import Actor, Appointment
from wildlife.people.codes import Role
from wildlife.people.may import people_of, scope_of
from wildlife.people.stations import StationRef
from wildlife.words.regions import prefix_of


class StoredAccount(msgspec.Struct, frozen=True):
    account_id: UUID
    password_hash: str | None
    """None: no password signs it in, but the identity provider."""
    is_disabled: bool
    """Locked out: no password signs it in."""


class _AppointmentRow(msgspec.Struct, frozen=True):
    role: str
    sees_roads: bool
    station_id: UUID | None
    code: str | None
    name: str | None
    region_code: str | None
    stations: list[UUID]
    competent_for_stations: list[UUID]
    competent_for_regions: list[str]


class _ActorRow(msgspec.Struct, frozen=True):
    account_id: UUID
    session_id: UUID | None
    device_id: UUID | None
    badge: str
    name: str
    appointments: list[_AppointmentRow]
    sees_originals: bool | None


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


ROLES: Final = f"'{{{','.join(Role)}}}'::text[]"
"""All that there are, as SQL: those in which an account writes first."""

# Of an account `a`.
_ACTOR: Final = f"""
    a.account_id, a.badge, a.name, a.sees_originals, coalesce((
        select jsonb_agg(jsonb_build_object(
            'role', p.role, 'sees_roads', p.sees_roads, 'station_id', s.station_id,
            'code', s.code, 'name', s.name, 'region_code', s.region_code,
            'stations', {_with_those_below("array[s.station_id]")},
            'competent_for_stations', {_with_those_below("s.competent_for_stations")},
            'competent_for_regions', coalesce(s.competent_for_regions, '{{}}')
        ) order by array_position({ROLES}, p.role), s.code)
        from appointment p left join station s using (station_id)
        where p.account_id = a.account_id
    ), '[]') as appointments
"""


async def access_actor(
    connection: Connection, token_hash: bytes, *, known_at: float
) -> Actor | None:
    """Who holds this access token; None when it is unknown, expired or revoked, or its
    account is disabled, or its device cut off."""
    of_it = "t.token_hash = $1 and t.kind = 'access'"
    return await _holder(connection, of_it, token_hash, known_at)


async def session_actor(
    connection: Connection, session_id: UUID, *, known_at: float
) -> Actor | None:
    """Whose session this is, which goes on by any token that holds; None as above."""
    return await _holder(connection, "t.session_id = $1", session_id, known_at)


async def _holder(
    connection: Connection, of_it: str, value: object, known_at: float
) -> Actor | None:
    """Whose a token `t` is that holds, with its account and its device."""
    row = await fetch_one(
        connection,
        _ActorRow,
        f"""
        select {_ACTOR}, t.session_id, t.device_id
        from token t
        join account a using (account_id)
        where {of_it} and t.expires_at > now() and a.disabled_at is null and not exists (
            select from device d where d.device_id = t.device_id and d.cut_off_at is not null)
        limit 1
        """,
        value,
    )
    return None if row is None else _actor(row, known_at)


async def find_actor(connection: Connection, account_id: UUID) -> Actor | None:
    """Whose account it is, for what they began while they were signed in and is done later; also
    where it is locked out by now."""
    known_at = time.monotonic()
    row = await fetch_one(
        connection,
        _ActorRow,
        f"""
        select {_ACTOR}, null::uuid as session_id, null::uuid as device_id
        from account a where a.account_id = $1
        """,
        account_id,
    )
    return None if row is None else _actor(row, known_at)


def _actor(row: _ActorRow, known_at: float) -> Actor:
    return Actor(
        account_id=row.account_id,
        session_id=row.session_id,
        device_id=row.device_id,
        badge=row.badge,
        name=row.name,
        appointments=[_appointment(one) for one in row.appointments],
        sees_originals=row.sees_originals,
        known_at=known_at,
    )


def _appointment(row: _AppointmentRow) -> Appointment:
    station = None
    if row.station_id is not None and row.code is not None:
        station = StationRef(row.station_id, row.code, row.name or "")
    return Appointment(
        role=row.role,
        station=station,
        region_code=row.region_code,
        sees_roads=row.sees_roads,
        scope=scope_of(
            row.role,
            station_id=row.station_id,
            stations=row.stations,
            competent_for_regions=map(prefix_of, row.competent_for_regions),
            competent_for_stations=row.competent_for_stations,
            sees_roads=row.sees_roads,
        ),
        people=people_of(row.role, stations=row.stations),
    )


async def find_account(connection: Connection, badge: str) -> StoredAccount | None:
    """The account with this badge."""
    return await fetch_one(
        connection,
        StoredAccount,
        "select account_id, password_hash, disabled_at is not null as is_disabled"
        " from account where badge = $1",
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
