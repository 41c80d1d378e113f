"""The SQL of what an operator sees and changes of accounts."""

import asyncpg
import msgspec

from db.pool import Connection
from db.rows import fetch_all
from wildlife.people.account_queries import no_account, station_id_of
from wildlife.web.decoding import require_value
from wildlife.words.speaking import said
from wildlife.words.values import Name
from wildlife.words.vocabularies import Role


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
    raise no_account(badge)


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
    name: str | None = None,
    role: Role | None = None,
    station: str | None = None,
    sees_originals: bool | None = None,
) -> None:
    """Change what is given of an account, whose password and sessions stay: rights follow at once.

    Raises LookupError where there is no such account or station, ValueError where the role needs
    a station or the name is none.
    """
    if name is not None:
        require_value(name, Name)
    station_id = await station_id_of(connection, station)
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
        raise no_account(badge)
