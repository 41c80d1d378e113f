"""The SQL of accounts as who manages them sees them: all that each is."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

import msgspec

from db.connection import Connection
from db.rows import fetch_all
from wildlife.people.account_queries import ROLES
from wildlife.people.codes import Role
from wildlife.people.may import SEES_ORIGINALS, Scope
from wildlife.people.refusals import NoAccount


class ListedAppointment(msgspec.Struct, frozen=True):
    """任职（管理视图）。One of the things that an account is, as who manages it sees it."""

    role: str
    """角色。What the account may do."""
    station: str | None
    """单位代码。The unit at which it may; null: at none."""
    sees_roads: bool
    """可查看道路险情。Whether an official is granted to see road incidents."""


class ListedAccount(msgspec.Struct, frozen=True):
    """账号（管理视图）。An account as who manages it sees it."""

    badge: str
    """警号。Badge number of the account."""
    name: str
    """姓名。The account's name."""
    appointments: list[ListedAppointment]
    """任职。All that the account is."""
    sees_originals: bool
    """可调取原件。Whether it may fetch photos as they came, in anything that it is."""
    disabled: bool
    """已停用。Whether it is locked out."""
    by_provider: bool = False
    """由身份提供方登录。Whether it signs in by the identity provider, and has no password here."""


class AccountKey(NamedTuple):
    """By which accounts are ordered and told apart."""

    badge: str


async def list_accounts(
    connection: Connection,
    directed: Scope,
    *,
    badge: str | None = None,
    station: str | None = None,
    role: Role | None = None,
    after: str | None = None,
    limit: int | None = None,
) -> list[ListedAccount]:
    """The accounts that are something at units whose people one sees, by badge; or the one with
    this, those at one unit, those that are this."""
    return await fetch_all(
        connection,
        ListedAccount,
        f"""
        select a.badge, a.name, a.disabled_at is not null as disabled,
            coalesce(a.sees_originals, exists (select from appointment p
                where p.account_id = a.account_id and p.role = any($8::text[]))
            ) as sees_originals,
            a.password_hash is null as by_provider,
            coalesce((
                select jsonb_agg(jsonb_build_object(
                    'role', p.role, 'station', s.code, 'sees_roads', p.sees_roads
                ) order by array_position({ROLES}, p.role), s.code)
                from appointment p left join station s using (station_id)
                where p.account_id = a.account_id
            ), '[]') as appointments
        from account a
        where ($1::text is null or a.badge = $1)
            and ($2 or exists (select from appointment p
                where p.account_id = a.account_id and p.station_id = any($3::uuid[])))
            and ($4::text is null or exists (
                select from appointment p join station s using (station_id)
                where p.account_id = a.account_id and s.code = $4))
            and ($5::text is null or exists (
                select from appointment p where p.account_id = a.account_id and p.role = $5))
            and ($6::text is null or a.badge > $6)
        order by a.badge
        limit $7
        """,
        badge,
        directed.everything,
        directed.stations,
        station,
        role,
        after,
        limit,
        [role.value for role in SEES_ORIGINALS],
    )


async def find_listed(connection: Connection, badge: str) -> ListedAccount:
    """The account with this badge, whoever sees it. Raises NoAccount."""
    for one in await list_accounts(connection, Scope(everything=True), badge=badge):
        return one
    raise NoAccount(badge)


async def is_wholly_at(
    connection: Connection, badge: str, station_ids: list[UUID], roles: Iterable[Role]
) -> bool:
    """Whether the account with this badge is nothing but these roles, at these stations."""
    is_more = await connection.fetchval(
        """
        select exists (select from account a join appointment p using (account_id)
            where a.badge = $1 and not (p.role = any($3::text[])
                and coalesce(p.station_id = any($2::uuid[]), false)))
        """,
        badge,
        station_ids,
        [role.value for role in roles],
    )
    return not is_more
