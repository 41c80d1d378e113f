"""The SQL of what an operator sees and changes of accounts."""

from uuid import UUID, uuid4

from db.connection import Connection
from wildlife.people.appointing_queries import (
    appoint_only,
    hold_account_of,
    move,
    require_ours,
)
from wildlife.people.codes import EventKind, Role
from wildlife.people.event_queries import record_event
from wildlife.people.events import COMMAND_LINE, Author, Change
from wildlife.people.may import sees_originals as may_see_originals
from wildlife.people.refusals import NoAccount, UnfitChange
from wildlife.people.token_queries import end_sessions
from wildlife.web.decoding import require_value
from wildlife.words.values import Badge, Name


async def add_account(
    connection: Connection,
    author: Author,
    *,
    badge: str,
    name: str,
    role: Role,
    station: str | None,
    password_hash: str,
    sees_originals: bool | None = None,
    sees_roads: bool = False,
) -> None:
    """Add an account with one appointment.

    sees_originals: whether it may fetch photos as they came; None: as officers may, others not, as
        long as it is that.
    Raises BadgeTaken, NoStation, UnfitChange where the role needs a station, UnfitValue where the
    badge or the name is none.
    """
    require_value(badge, Badge)
    await lock_badge(connection, badge)
    if taken := await find_like(connection, badge):
        raise BadgeTaken(taken)
    await put_account(
        connection,
        author,
        badge=badge,
        name=name,
        role=role,
        station=station,
        password_hash=password_hash,
        sees_originals=sees_originals,
        sees_roads=sees_roads,
    )


class BadgeTaken(UnfitChange):
    """There is an account with this badge, or one that nobody could tell from it."""

    def __init__(self, badge: str) -> None:
        super().__init__(
            f"There is an account {badge} already, and it was not touched.",
            f"账号 {badge} 已经存在，未作任何改动。",
        )
        self.badge = badge


async def put_account(
    connection: Connection,
    author: Author = COMMAND_LINE,
    *,
    badge: str,
    name: str,
    role: Role,
    station: str | None,
    password_hash: str,
    sees_originals: bool | None = None,
    sees_roads: bool = False,
) -> None:
    """The same, for the demo, which puts its people back as they were, and for measuring; for no
    call and no command, since all of an account that is there already is changed to it: it is
    unlocked, and the provider's no more, and its sessions end."""
    require_value(badge, Badge)
    require_value(name, Name)
    row = await connection.fetchrow(
        """
        insert into account (account_id, badge, name, password_hash, sees_originals)
        values ($1, $2, $3, $4, $5)
        on conflict (badge) do update
        set name = excluded.name, password_hash = excluded.password_hash,
            sees_originals = excluded.sees_originals, disabled_at = null,
            oidc_issuer = null, oidc_subject = null
        returning account_id, xmax = 0 as is_new
        """,
        uuid4(),
        badge,
        name,
        password_hash,
        sees_originals,
    )
    assert row is not None, "it is there, or added"
    account_id = row["account_id"]
    await appoint_only(connection, account_id, role, station, sees_roads=sees_roads)
    await end_sessions(connection, account_id)
    await record_event(
        connection,
        EventKind.ACCOUNT_ADDED if row["is_new"] else EventKind.ACCOUNT_CHANGED,
        author,
        account_id=account_id,
        change=Change(
            name=name,
            role=role,
            station=station,
            sees_roads=sees_roads,
            sees_originals=may_see_originals(role, sees_originals),
        ),
    )


async def lock_badge(connection: Connection, badge: str) -> None:
    """Let one at a time add this badge, or one like it, until the end of the transaction."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended(lower($1), 3))", badge)


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
    author: Author,
    badge: str,
    *,
    name: str | None = None,
    station: str | None = None,
    sees_originals: bool | None = None,
) -> None:
    """Change what is given of an account, whose password and sessions stay: rights follow at once.

    Raises NoAccount, NoStation, UnfitChange where it is not said which appointment moves, and where
    the identity provider says what it is and is called, and UnfitValue where the name is none.
    """
    if name is not None:
        require_value(name, Name)
    account_id = await hold_account_of(connection, badge)
    before = await connection.fetchrow(
        "select name, sees_originals from account where account_id = $1", account_id
    )
    assert before is not None, "it is held"
    change = Change(
        name=name if name != before["name"] else None,
        sees_originals=sees_originals if sees_originals != before["sees_originals"] else None,
    )
    if change.name is not None:
        await require_ours(connection, account_id)
    if change != Change():
        await connection.execute(
            """
            update account
            set name = coalesce($2, name), sees_originals = coalesce($3, sees_originals)
            where account_id = $1
            """,
            account_id,
            name,
            sees_originals,
        )
        await record_event(
            connection, EventKind.ACCOUNT_CHANGED, author, account_id=account_id, change=change
        )
    if station is not None:
        await move(connection, author, account_id, station)


async def set_password(
    connection: Connection, author: Author, badge: str, password_hash: str
) -> bool:
    """Set a password and end the account's sessions; whether it may sign in with it, or is locked.

    Who signed in by the identity provider does so no more. Raises NoAccount.
    """
    changed = await connection.fetchrow(
        """
        update account set password_hash = $2, oidc_issuer = null, oidc_subject = null
        where badge = $1
        returning account_id, disabled_at is null as may_sign_in
        """,
        badge,
        password_hash,
    )
    if changed is None:
        raise NoAccount(badge)
    account_id = changed["account_id"]
    await end_sessions(connection, account_id)
    await record_event(connection, EventKind.PASSWORD_SET, author, account_id=account_id)
    return bool(changed["may_sign_in"])


async def replace_password(
    connection: Connection, author: Author, password_hash: str, session_id: UUID | None
) -> None:
    """Set the password of the author's own account, which is held, and end its feeds, and
    its sessions but the one that asks."""
    account_id = author.account_id
    assert account_id is not None, "who asks has an account"
    await connection.execute(
        "update account set password_hash = $2 where account_id = $1", account_id, password_hash
    )
    await end_sessions(connection, account_id, but=session_id)
    await record_event(connection, EventKind.PASSWORD_CHANGED, author, account_id=account_id)


async def disable_account(connection: Connection, author: Author, badge: str) -> None:
    """Lock an account out, and end its sessions. Raises NoAccount."""
    account_id = await hold_account_of(connection, badge)
    changed = await connection.fetchval(
        "update account set disabled_at = now() where account_id = $1 and disabled_at is null"
        " returning true",
        account_id,
    )
    if changed:
        await end_sessions(connection, account_id)
        await record_event(connection, EventKind.ACCOUNT_DISABLED, author, account_id=account_id)


async def enable_account(connection: Connection, author: Author, badge: str) -> None:
    """Let an account sign in again, with the password that it has. Raises NoAccount."""
    account_id = await hold_account_of(connection, badge)
    changed = await connection.fetchval(
        "update account set disabled_at = null where account_id = $1 and disabled_at is not null"
        " returning true",
        account_id,
    )
    if changed:
        await record_event(connection, EventKind.ACCOUNT_ENABLED, author, account_id=account_id)
