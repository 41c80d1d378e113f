"""The SQL of appointments: what an account is, and at which unit."""

from uuid import UUID

import asyncpg
import msgspec

from db.connection import Connection
from wildlife.people.codes import EventKind, Role
from wildlife.people.event_queries import record_event
from wildlife.people.events import Author, Change
from wildlife.people.may import FOR_ONE_UNIT, REACH, SEES_ORIGINALS, Reach
from wildlife.people.refusals import NoAccount, NoAppointment, NoStation, UnfitChange
from wildlife.people.token_queries import end_sessions


async def appoint(
    connection: Connection,
    author: Author,
    badge: str,
    role: Role,
    station: str | None,
    *,
    sees_roads: bool | None = None,
) -> None:
    """Make an account one thing more, or say anew whether it sees roads as that, and end its
    sessions. What it is already, just so, changes nothing.

    station: the code of one, or None. sees_roads: None: as it is, of a new one no. Raises
    NoAccount, NoStation, and UnfitChange where the role needs a station, or can't be at this one
    too, or does not see more for a grant, and where the identity provider says what the account is.
    """
    account_id = await hold_account_of(connection, badge)
    await require_ours(connection, account_id)
    if not await begin_appointment(connection, account_id, role, station, sees_roads=sees_roads):
        return
    await _require_one_unit(connection, account_id)
    await end_sessions(connection, account_id)
    await record_event(
        connection,
        EventKind.APPOINTED,
        author,
        account_id=account_id,
        change=Change(role=role, station=station, sees_roads=bool(sees_roads)),
    )


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
    await begin_appointment(connection, account_id, role, station, sees_roads=sees_roads)


async def dismiss(
    connection: Connection, author: Author, badge: str, role: Role, station: str | None
) -> None:
    """Let an account be one thing less, and end its sessions.

    station: the code of one; None: at whichever it is. Raises NoAccount, NoAppointment where it is
    not that, and UnfitChange where it is so at several, and not said at which, or would be nothing
    any more, and where the identity provider says what the account is.
    """
    account_id = await hold_account_of(connection, badge)
    await require_ours(connection, account_id)
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
        raise NoAppointment(
            f"The account {badge} is no {role.en}{at}. `wildlife account show {badge}` shows what"
            " it is.",
            f"账号 {badge} {at_zh}没有“{role.zh}”任职。可用 `wildlife account show {badge}` 查看。",
        )
    if len(found) > 1:
        codes = [row["code"] for row in found]
        raise UnfitChange(
            f"The account is {role.en} at several stations. Say at which: {' or '.join(codes)}.",
            f"该账号在多个单位任“{role.zh}”，请写明单位：{' 或 '.join(codes)}。",
        )
    if len(rows) == 1:
        raise UnfitChange(
            "That is all that the account is. Appoint it to what follows first, or lock it out.",
            "这是该账号唯一的任职。请先添加新的任职，或停用账号。",
        )
    ended = Change(role=role, station=found[0]["code"])
    await end_appointment(connection, author, account_id, ended)
    await end_sessions(connection, account_id)


async def end_appointment(
    connection: Connection, author: Author, account_id: UUID, change: Change
) -> None:
    """Let an account that is held be no more what the change says, in whatever role and unit. What
    the role gave ends with it, and that is on record."""
    if change.role in SEES_ORIGINALS and not await connection.fetchval(
        "select sees_originals is not null from account where account_id = $1", account_id
    ):
        change = msgspec.structs.replace(change, sees_originals=False)
    # Before: those whose unit it leaves hear of it, too.
    await record_event(
        connection, EventKind.DISMISSED, author, account_id=account_id, change=change
    )
    await connection.execute(
        """
        delete from appointment
        where account_id = $1 and role = $2 and station_id is not distinct from (
            select station_id from station where code = $3)
        """,
        account_id,
        change.role,
        change.station,
    )


async def move(connection: Connection, author: Author, account_id: UUID, station: str) -> None:
    """Let an account that is held write for another station; or be what it is there, where it is
    one thing.

    Raises NoStation, and UnfitChange where it writes for none and is several things, and where the
    identity provider says what it is.
    """
    await require_ours(connection, account_id)
    station_id = await _station_id_of(connection, station)
    moved = await connection.fetch(
        """
        update appointment p set station_id = $2
        where account_id = $1 and (role = any($3::text[])
            or (select count(*) from appointment o where o.account_id = $1) = 1)
        returning (select o.station_id from appointment o
            where o.account_id = p.account_id and o.role = p.role
            limit 1) as before
        """,
        account_id,
        station_id,
        [role.value for role in FOR_ONE_UNIT],
    )
    if not moved:
        raise UnfitChange(
            "The account only reads, as several things, and one of them moves: appoint it to"
            " the new one, and dismiss it from the old one.",
            "该账号有多项只读任职。请添加新的任职，再免去原任职。",
        )
    before = moved[0]["before"]
    if before != station_id:
        await record_event(
            connection,
            EventKind.ACCOUNT_CHANGED,
            author,
            account_id=account_id,
            also=before,
            change=Change(station=station),
        )


async def hold_account_of(connection: Connection, badge: str) -> UUID:
    """The account with this badge; until the transaction ends nobody else changes what it is.
    Raises NoAccount."""
    found: UUID | None = await connection.fetchval(
        "select account_id from account where badge = $1 for no key update", badge
    )
    if found is None:
        raise NoAccount(badge)
    return found


async def is_still_administrator(connection: Connection, account_id: UUID) -> bool:
    """Whether an account is an administrator and not locked out; until the transaction ends nobody
    else who asks this goes on."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended('administrator', 9))")
    return bool(
        await connection.fetchval(
            """
            select exists (select from account a join appointment p using (account_id)
                where a.account_id = $1 and a.disabled_at is null and p.role = $2)
            """,
            account_id,
            Role.ADMIN.value,
        )
    )


async def begin_appointment(
    connection: Connection,
    account_id: UUID,
    role: Role,
    station: str | None,
    *,
    sees_roads: bool | None,
) -> bool:
    """Let an account that is held be this, too; whether that changed anything, which nobody has put
    on record yet.

    sees_roads: None: as it is, of a new one no. Raises NoStation, and UnfitChange where the role
    needs a station, or does not see more for a grant.
    """
    station_id = await _station_id_of(connection, station)
    if sees_roads and REACH[role] is not Reach.COMPETENCE:
        raise UnfitChange(
            "Seeing roads is granted to officials: others see what their role sees. Leave it out.",
            "可查看道路险情的授权仅用于主管部门工作人员，其他角色的可见范围不变；请去掉该项。",
        )
    try:
        changed = await connection.fetchval(
            """
            insert into appointment as p (account_id, role, station_id, sees_roads)
            values ($1, $2, $3, coalesce($4, false))
            on conflict (account_id, role, station_id) do update
            set sees_roads = $4 where p.sees_roads <> $4
            returning true
            """,
            account_id,
            role.value,
            station_id,
            sees_roads,
        )
    except asyncpg.CheckViolationError as error:
        if error.constraint_name != "appointment_has_station":
            raise
        raise UnfitChange(
            f"The role {role.value} needs a station. Say at which: `station`.",
            f"角色“{role.zh}”必须属于一个单位，请写明单位（`station`）。",
        ) from None
    return bool(changed)


async def require_ours(connection: Connection, account_id: UUID) -> None:
    """That nobody but this service says what an account is, and what it is called. Raises
    UnfitChange."""
    is_told = await connection.fetchval(
        "select password_hash is null from account where account_id = $1", account_id
    )
    if is_told:
        raise UnfitChange(
            "This account signs in by the identity provider, which says what it is and what it is"
            " called: change its roles and its name there. Here it can be locked out, or given a"
            " password, with which it is the provider's no more.",
            "该账号通过身份提供方登录，其角色和姓名由身份提供方决定：请在那里修改。"
            "此处可以停用该账号，或为其设置密码，此后不再由身份提供方决定。",
        )


async def _require_one_unit(connection: Connection, account_id: UUID) -> None:
    """That whatever it writes as is at one station. Raises UnfitChange."""
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
        raise UnfitChange(
            f"An account writes for one station, and this one would for {codes}. Move it first, or"
            " add another account.",
            f"一个账号只能为一个单位填写，而该账号将涉及 {zh}。请先调动，或为其另设账号。",
        )


async def _station_id_of(connection: Connection, code: str | None) -> UUID | None:
    """The id of a station, where one is named. Raises NoStation."""
    found: UUID | None = await connection.fetchval(
        "select station_id from station where code = $1", code
    )
    if code is not None and found is None:
        raise NoStation(code, "station")
    return found
