"""The SQL of appointments: what an account is, and at which unit."""

from uuid import UUID

import asyncpg

from db.pool import Connection
from wildlife.people.codes import Role
from wildlife.people.may import FOR_ONE_UNIT, REACH, Reach
from wildlife.people.token_queries import end_sessions
from wildlife.words.speaking import said


async def appoint(
    connection: Connection,
    badge: str,
    role: Role,
    station: str | None,
    *,
    sees_roads: bool = False,
) -> None:
    """Make an account one thing more, or say anew whether it sees roads as that, and end its
    sessions.

    station: the code of one, or None. Raises LookupError where there is no such account or station,
    ValueError where the role needs a station, or can't be at this one too, or does not see more for
    a grant.
    """
    account_id = await _hold(connection, badge)
    await _appoint(connection, account_id, role, station, sees_roads=sees_roads)
    await _require_one_unit(connection, account_id)
    await end_sessions(connection, account_id)


async def appoint_only(
    connection: Connection,
    account_id: UUID,
    role: Role,
    station: str | None,
    *,
    sees_roads: bool = False,
) -> None:
    """Make an account this and nothing else. Raises the same."""
    await connection.execute("delete from appointment where account_id = $1", account_id)
    await _appoint(connection, account_id, role, station, sees_roads=sees_roads)


async def dismiss(connection: Connection, badge: str, role: Role, station: str | None) -> None:
    """Let an account be one thing less, and end its sessions.

    station: the code of one; None: at whichever it is. Raises LookupError where there is no such
    account or it is not that, ValueError where it is so at several, and not said at which, or would
    be nothing any more.
    """
    account_id = await _hold(connection, badge)
    rows = await connection.fetch(
        """
        select p.role, p.station_id, s.code
        from appointment p left join station s using (station_id)
        where p.account_id = $1 order by s.code
        """,
        account_id,
    )
    found = [
        row for row in rows if row["role"] == role and (station is None or row["code"] == station)
    ]
    if not found:
        at, at_zh = (f" at {station}", f"在 {station} ") if station else ("", "")
        raise LookupError(
            said(
                f"The account is no {role.en}{at}: see `wildlife account show`.",
                f"该账号{at_zh}没有“{role.zh}”任职：见 `wildlife account show`。",
            )
        )
    if len(found) > 1:
        codes = [row["code"] for row in found]
        raise ValueError(
            said(
                f"The account is {role.en} at several stations. Say at which: --station"
                f" {' or '.join(codes)}.",
                f"该账号在多个单位任“{role.zh}”，请写明单位：--station {' 或 '.join(codes)}。",
            )
        )
    if len(rows) == 1:
        raise ValueError(
            said(
                "That is all that the account is. Appoint it to what follows first, or lock it out:"
                " wildlife account disable.",
                "这是该账号唯一的任职。请先添加新的任职，或停用账号：wildlife account disable。",
            )
        )
    await connection.execute(
        """
        delete from appointment
        where account_id = $1 and role = $2 and station_id is not distinct from $3
        """,
        account_id,
        role.value,
        found[0]["station_id"],
    )
    await end_sessions(connection, account_id)


async def move(connection: Connection, badge: str, station: str) -> None:
    """Let an account write for another station; or be what it is there, where it is one thing.

    Raises LookupError where there is no such account or station, ValueError where it writes for
    none and is several things.
    """
    account_id = await _hold(connection, badge)
    station_id = await _station_id_of(connection, station)
    moved = await connection.fetch(
        """
        update appointment p set station_id = $2
        where account_id = $1 and (role = any($3::text[])
            or (select count(*) from appointment o where o.account_id = $1) = 1)
        returning true
        """,
        account_id,
        station_id,
        [role.value for role in FOR_ONE_UNIT],
    )
    if not moved:
        raise ValueError(
            said(
                "The account only reads, as several things, and one of them moves: appoint it to"
                " the new one with `wildlife account appoint`, and dismiss it from the old one.",
                "该账号有多项只读任职。请用 `wildlife account appoint` 添加新的任职，再用"
                " `wildlife account dismiss` 免去原任职。",
            )
        )


async def _hold(connection: Connection, badge: str) -> UUID:
    """The account with this badge; until the transaction ends nobody else changes what it is.
    Raises LookupError where there is none."""
    found: UUID | None = await connection.fetchval(
        "select account_id from account where badge = $1 for no key update", badge
    )
    if found is None:
        raise no_account(badge)
    return found


def no_account(badge: str) -> LookupError:
    """What is said where nobody has this badge."""
    return LookupError(said(f"There is no account {badge}.", f"没有账号 {badge}。"))


async def _appoint(
    connection: Connection, account_id: UUID, role: Role, station: str | None, *, sees_roads: bool
) -> None:
    station_id = await _station_id_of(connection, station)
    if sees_roads and REACH[role] is not Reach.COMPETENCE:
        raise ValueError(
            said(
                "--sees-roads is for officials: others see what their role sees. Leave it out.",
                "--sees-roads 仅用于主管部门工作人员，其他角色的可见范围不变；请去掉该选项。",
            )
        )
    try:
        await connection.execute(
            """
            insert into appointment (account_id, role, station_id, sees_roads)
            values ($1, $2, $3, $4)
            on conflict (account_id, role, station_id) do update
            set sees_roads = excluded.sees_roads
            """,
            account_id,
            role.value,
            station_id,
            sees_roads,
        )
    except asyncpg.CheckViolationError:
        raise ValueError(
            said(f"The role {role.value} needs a station.", f"{role.zh}必须属于一个单位。")
        ) from None


async def _require_one_unit(connection: Connection, account_id: UUID) -> None:
    """That whatever it writes as is at one station. Raises ValueError."""
    rows = await connection.fetch(
        """
        select distinct s.code from appointment p join station s using (station_id)
        where p.account_id = $1 and p.role = any($2::text[]) order by s.code
        """,
        account_id,
        [role.value for role in FOR_ONE_UNIT],
    )
    if len(rows) > 1:
        codes, zh = " and ".join(row["code"] for row in rows), "、".join(r["code"] for r in rows)
        raise ValueError(
            said(
                f"An account writes for one station, and this one would for {codes}. Move"
                " it first (wildlife account change BADGE --station …), or add another account.",
                f"一个账号只能为一个单位填写，而该账号将涉及 {zh}。请先调动"
                "（wildlife account change 警号 --station …），或为其另设账号。",
            )
        )


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
