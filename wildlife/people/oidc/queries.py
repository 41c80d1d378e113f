"""The SQL of accounts that sign in by the identity provider."""

from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID, uuid4

from db.connection import Connection
from wildlife.people.account_queries import ROLES
from wildlife.people.appointing_queries import (
    begin_appointment,
    end_appointment,
    hold_account_of,
)
from wildlife.people.codes import EventKind, Role
from wildlife.people.event_queries import record_event
from wildlife.people.events import Author, Change
from wildlife.people.listed_queries import find_listed
from wildlife.people.managing_queries import find_like, lock_badge
from wildlife.people.oidc.claims import Claimed
from wildlife.people.refusals import NoStation, UnfitChange
from wildlife.people.token_queries import end_sessions
from wildlife.words.claimed_roles import MAY_BE_CLAIMED
from wildlife.words.sentences import Sentence

Admission: TypeAlias = UUID | Sentence
"""The account that signs in; or why none does."""

_LOCKED_OUT: Final = Sentence("Your account is locked out here.", "你的账号在本服务中已被停用。")
_NOTHING_HERE: Final = Sentence(
    "None of the roles that the identity provider says of you is one here.",
    "身份提供方给出的你的角色，在本服务中都没有对应的角色。",
)
_OTHERS: Final = Sentence(
    "The account with your badge number signs in by a password, or belongs to another person of the"
    " identity provider.",
    "使用你警号的账号凭密码登录，或属于身份提供方的另一名人员。",
)
_RENAMED: Final = Sentence(
    "The identity provider names another badge number of yours than before, and records name you by"
    " the one before.",
    "身份提供方给出的警号与以前不同，而记录中使用的是以前的警号。",
)


async def admit(connection: Connection, author: Author, claimed: Claimed) -> Admission:
    """Find, link or add the account that the provider means, and let it be what it is by the word
    of the provider, and nothing else; or say why it may not sign in. A role that it has no more
    ends, and its sessions, either way: what is done meanwhile is to stay.

    In a transaction, to whose end the account is held. author: from where, and nobody: who signs in
    decides none of it.
    """
    # Of two who come at once for the first time.
    await connection.execute(
        "select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 6))",
        claimed.issuer,
        claimed.subject,
    )
    account_id = await _known(connection, claimed)
    if account_id is None:
        if not claimed.appointments:
            return _NOTHING_HERE
        account_id = await _linked(connection, author, claimed)
        if account_id is None:
            return _OTHERS
    held = await connection.fetchrow(
        "select badge, name, disabled_at is not null as is_disabled from account"
        " where account_id = $1",
        account_id,
    )
    assert held is not None, "it is held"
    missing = await _appoint_as_told(connection, author, account_id, claimed)
    if held["is_disabled"]:
        return _LOCKED_OUT
    if held["badge"] != claimed.badge:
        return _RENAMED
    if not claimed.appointments:
        return _NOTHING_HERE
    if missing is not None:
        return Sentence(
            f"Your role is at the unit {missing.code} (`WILDLIFE_OIDC_ROLES`), which there is not"
            " yet.",
            f"你的角色所在的单位 {missing.code}（`WILDLIFE_OIDC_ROLES`）尚未添加。",
        )
    if claimed.name is not None and claimed.name != held["name"]:
        await connection.execute(
            "update account set name = $2 where account_id = $1", account_id, claimed.name
        )
        change = Change(name=claimed.name, issuer=claimed.issuer)
        await record_event(
            connection, EventKind.ACCOUNT_CHANGED, author, account_id=account_id, change=change
        )
    return account_id


async def ends_in(connection: Connection, seconds: int) -> datetime:
    """When it is so many seconds later than now, by the clock of the database."""
    at: datetime = await connection.fetchval(
        "select now() + $1::interval", timedelta(seconds=seconds)
    )
    return at


async def leave_to_provider(
    connection: Connection, author: Author, badge: str, issuer: str | None
) -> None:
    """Take the password of an account away, and end its sessions: whom the provider names by this
    badge first, it belongs to from then on. What it is stays until then.

    issuer: which provider that is, if there is one. Raises NoAccount, and UnfitChange where there
    is none, or the account is what no provider lets anybody be.
    """
    account_id = await hold_account_of(connection, badge)
    if issuer is None:
        raise UnfitChange(
            "No identity provider is set up here, so nobody could sign in to the account any more."
            " Set one up first (`WILDLIFE_OIDC_ISSUER`).",
            "未设置身份提供方，改后该账号将无法登录。请先设置身份提供方（`WILDLIFE_OIDC_ISSUER`）。",
        )
    for one in (await find_listed(connection, badge)).appointments:
        if one.role not in MAY_BE_CLAIMED:
            role = Role(one.role)
            raise UnfitChange(
                f"The account {badge} is {role.en}, which nobody is by the word of an identity"
                " provider. Dismiss it first, or leave it its password.",
                f"账号 {badge} 有“{role.zh}”任职，身份提供方不能授予该角色。"
                "请先免去该任职，或保留其密码。",
            )
    changed = await connection.fetchval(
        """
        update account set password_hash = null, oidc_issuer = null, oidc_subject = null
        where account_id = $1 and (password_hash is not null or oidc_subject is not null)
        returning true
        """,
        account_id,
    )
    if changed:
        await end_sessions(connection, account_id)
        change = Change(issuer=issuer)
        await record_event(
            connection, EventKind.LEFT_TO_PROVIDER, author, account_id=account_id, change=change
        )


async def _known(connection: Connection, claimed: Claimed) -> UUID | None:
    """The account that this person signed in to before, held: if it is theirs yet, and not given a
    password meanwhile."""
    found: UUID | None = await connection.fetchval(
        "select account_id from account where oidc_issuer = $1 and oidc_subject = $2"
        " for no key update",
        claimed.issuer,
        claimed.subject,
    )
    return found


async def _linked(connection: Connection, author: Author, claimed: Claimed) -> UUID | None:
    """The account of the badge, from now on this person's: one that was left to the provider, or a
    new one; None where it is somebody else's, or is told from another's by nobody."""
    await lock_badge(connection, claimed.badge)
    if await find_like(connection, claimed.badge) is not None:
        account_id: UUID | None = await connection.fetchval(
            """
            update account set oidc_issuer = $2, oidc_subject = $3
            where badge = $1 and password_hash is null and oidc_subject is null
            returning account_id
            """,
            claimed.badge,
            claimed.issuer,
            claimed.subject,
        )
        kind = EventKind.LINKED_TO_PROVIDER
        change = Change(issuer=claimed.issuer)
    else:
        account_id = uuid4()
        name = claimed.name or claimed.badge
        await connection.execute(
            """
            insert into account (account_id, badge, name, oidc_issuer, oidc_subject)
            values ($1, $2, $3, $4, $5)
            """,
            account_id,
            claimed.badge,
            name,
            claimed.issuer,
            claimed.subject,
        )
        kind = EventKind.ACCOUNT_ADDED
        change = Change(name=name, issuer=claimed.issuer)
    if account_id is not None:
        await record_event(connection, kind, author, account_id=account_id, change=change)
    return account_id


async def _appoint_as_told(
    connection: Connection, author: Author, account_id: UUID, claimed: Claimed
) -> NoStation | None:
    """What is not said any more ends, and what is said begins, but at a unit that there is not,
    which is returned. Each change is on record; where there is any, the account's sessions end."""
    rows = await connection.fetch(
        f"""
        select p.role, s.code from appointment p left join station s using (station_id)
        where p.account_id = $1 order by array_position({ROLES}, p.role), s.code
        """,
        account_id,
    )
    told = {(one.role.value, one.station) for one in claimed.appointments}
    ended = [row for row in rows if (row["role"], row["code"]) not in told]
    for row in ended:
        change = Change(role=Role(row["role"]), station=row["code"], issuer=claimed.issuer)
        await end_appointment(connection, author, account_id, change)
    is_changed, missing = bool(ended), None
    for one in claimed.appointments:
        change = Change(
            role=one.role, station=one.station, sees_roads=one.sees_roads, issuer=claimed.issuer
        )
        try:
            is_new = await begin_appointment(
                connection, account_id, one.role, one.station, sees_roads=one.sees_roads
            )
        except NoStation as error:
            missing = error
            continue
        if is_new:
            is_changed = True
            await record_event(
                connection, EventKind.APPOINTED, author, account_id=account_id, change=change
            )
    if is_changed:
        await end_sessions(connection, account_id)
    return missing
