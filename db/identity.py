"""Who a connection is to PostgreSQL, and whether it is what it was opened to be."""

from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from db.connection import Connection


class UnfitConnection(Exception):
    """A connection that must not be used; a sentence says why, and what to do, in English and in
    Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


class ReadOnly(UnfitConnection):
    """The database takes no writes."""

    def __init__(self) -> None:
        super().__init__(
            "This PostgreSQL takes no writes now: it is a standby, or default_transaction_read_only"
            " is on. Name the primary, or turn that off.",
            "该 PostgreSQL 现在不接受写入：它是备库，或开启了 default_transaction_read_only。"
            "请写主库，或关闭该项。",
        )


class TooMuchPower(UnfitConnection):
    """The login can do more than it was handed out for."""


_POOLED_ZH = (
    "本程序与 PostgreSQL 之间有连接池（PgBouncer 之类），它把一个会话交给多个客户端，"
    "并丢弃各自的设置。请写 PostgreSQL 本身的主机和端口：服务自带连接池。"
)
_POOLED = (
    "Between here and PostgreSQL stands a pooler (PgBouncer or the like), which hands one session"
    " to several clients and drops what each of them asked for. Name PostgreSQL's own host and"
    " port: the service keeps a pool of its own."
)

# Membership counts whether or not it is inherited: who is a member of a role can act as that role.
_IDENTITY = """
    select
        session_user::text as login,
        current_user::text as acts_as,
        pg_backend_pid() as backend_pid,
        current_setting('transaction_read_only') = 'on' as read_only,
        array(
            select asked.name from unnest($1::text[], $2::text[]) as asked (name, value)
            where current_setting(asked.name, true) is distinct from asked.value
        ) as lost,
        array(
            select r.rolname::text from pg_roles r
            where pg_has_role(session_user, r.oid, 'member') and (
                r.rolsuper or r.rolcreaterole
                or r.rolname in
                    ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
                or exists (
                    select from pg_class c
                    where c.relowner = r.oid and c.relnamespace = 'public'::regnamespace
                )
                or r.oid = (select n.nspowner from pg_namespace n where n.nspname = 'public')
                or r.oid = (select d.datdba from pg_database d where d.datname = current_database())
            )
            order by r.rolname <> session_user, r.rolname
        ) as powers
"""


async def require_fit(
    connection: Connection,
    *,
    confined: bool,
    read_only: bool = False,
    asked: Mapping[str, str] | None = None,
) -> None:
    """Make sure that a new connection is what it was opened to be.

    confined: the login may neither own what is in the database nor be able to act as who does.
    read_only: whether its transactions read only.
    asked: the start-up parameters that must hold, as PostgreSQL writes their values.

    Raises UnfitConnection.
    """
    asked = asked or {}
    try:
        found = await connection.fetchrow(_IDENTITY, list(asked), list(asked.values()))
    except (asyncpg.DuplicatePreparedStatementError, asyncpg.InvalidSQLStatementNameError):
        raise UnfitConnection(_POOLED, _POOLED_ZH) from None  # it was prepared in another's session
    assert found is not None
    # A pooler answers for PostgreSQL when a session begins, and makes up its process id.
    if found["backend_pid"] != connection.get_server_pid():
        raise UnfitConnection(_POOLED, _POOLED_ZH)
    if confined and found["acts_as"] != found["login"]:
        raise TooMuchPower(
            f"The session of {found['login']} acts as {found['acts_as']} and could be"
            f" {found['login']} again at any time.",
            f"{found['login']} 的会话以 {found['acts_as']} 的身份运行，随时可以变回"
            f" {found['login']}。",
        )
    if confined and found["powers"]:
        raise TooMuchPower(
            f"The login {found['login']} can act as {', '.join(found['powers'])}, who owns what is"
            " in this database or can make itself the owner: it could change what is final.",
            f"登录 {found['login']} 可以充当 {'、'.join(found['powers'])}，"
            "后者拥有本数据库中的内容，或能使自己成为所有者：这样就能改动不可更改的记录。",
        )
    if found["lost"]:
        raise UnfitConnection(
            f"PostgreSQL did not take over {', '.join(found['lost'])} as the session began. Name"
            " its own host and port, with nothing between that changes sessions.",
            f"会话开始时，PostgreSQL 没有接受 {'、'.join(found['lost'])}。请写其本身的主机和端口，"
            "中间不要有改动会话的程序。",
        )
    if read_only and not found["read_only"]:
        raise UnfitConnection(
            "The session may write, though it was opened for reading.",
            "会话可以写入，而它本应只读。",
        )
    if found["read_only"] and not read_only:
        raise ReadOnly


async def which_database(connection: Connection) -> tuple[object, ...]:
    """What tells the database at the other end from every other."""
    found = await connection.fetchrow(
        "select pg_postmaster_start_time(), oid from pg_database where datname = current_database()"
    )
    assert found is not None
    return tuple(found)


async def lasting_identity(connection: Connection) -> str:
    """What tells this database from every other for as long as it lives, wherever its server is
    started, and whichever standby takes over: a restored dump is another one."""
    found: str = await connection.fetchval(
        "select system_identifier || '/' || oid from pg_control_system(), pg_database"
        " where datname = current_database()"
    )
    return found


def with_login(url: str, login: str, password: str | None = None) -> str:
    """The same server and database, signed in to as somebody else."""
    parts = urlsplit(url)
    secret = "" if password is None else f":{quote(password, safe='')}"
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(login, safe='')}{secret}@{host}"))
