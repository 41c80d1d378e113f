"""Who the service is to its database: a login that owns nothing, checked on every connection."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import uuid4

import asyncpg
import pytest
from asyncpg import InsufficientPrivilegeError, InvalidParameterValueError

from db.database import Database
from db.grants import SERVICE_LOGIN
from db.identity import TooMuchPower, UnfitConnection, require_fit
from tests.databases import let_read_only
from tests.db.sessions import opened, session
from tests.fixtures.database import ServiceLogin
from tests.users import Person, rescue
from wildlife.settings import Settings

# What the service may do to each table beside reading it. A table that is not here, or a verb more
# or less, fails the test: who adds one decides.
MAY = {
    "access": {"insert"},
    "access_day": {"insert"},  # and how it ends: columns
    "account": {"insert", "update"},
    "animal": {"insert", "update", "delete"},
    "appointment": {"insert", "update", "delete"},
    "case_counter": {"insert", "update"},
    "checkpoint": {"insert"},
    "checkpoint_key": {"insert"},
    "device": {"insert", "update"},
    "entry": {"insert"},
    "export": {"insert", "update", "delete"},
    "feed": {"insert", "delete"},  # and its secret, until when, and when it was used: columns
    "hazard": {"insert", "update", "delete"},
    "incident": {"insert", "update", "delete"},
    "informant": {"insert", "update"},
    "informant_erasure": {"insert"},
    "key_fingerprint": {"insert"},
    "ledger": {"insert"},
    "ledger_node": {"insert"},
    "lost_key": set[str](),
    "migration": set[str](),
    "people_event": {"insert"},
    "photo": {"insert", "update", "delete"},
    "protection_list": {"insert", "update", "delete"},
    "refused_body": {"insert"},  # and erase whom it names: a column
    "refused_settlement": {"insert"},
    "release": {"insert", "update", "delete"},
    "species": {"insert", "update", "delete"},
    "subscription": {"insert", "update", "delete"},
    "species_name": {"insert", "update", "delete"},
    "species_protection": {"insert", "update", "delete"},
    "station": {"insert", "update"},
    "sign_in": {"insert", "update", "delete"},
    "token": {"insert", "update", "delete"},
    "transfer": {"insert", "update", "delete"},
    "unsequenced": {"insert", "delete"},
}
MAY_UPDATE_COLUMNS = {
    "access_day": {"count", "digest", "earliest"},
    "feed": {"secret_hash", "expires_at", "last_used_at"},
    "refused_body": {"sealed_informant", "informant_erased_at"},
}


async def tried(connection: "asyncpg.Connection[asyncpg.Record]", statement: str) -> str | None:
    """Why PostgreSQL refuses it, as SQLSTATE; None where it does not. Nothing stays of it."""
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(statement)
    except asyncpg.PostgresError as error:
        return error.sqlstate
    finally:
        await transaction.rollback()
    return None


REFUSED = InsufficientPrivilegeError.sqlstate


async def test_what_the_service_may_do_to_each_table_is_what_is_written_down(
    settings: Settings, officer: Person
) -> None:
    await officer.opened()
    assert settings.database_url is not None
    async with session(settings.database_url) as connection:
        columns: dict[str, list[str]] = {}
        for row in await connection.fetch(
            "select c.relname, a.attname from pg_class c join pg_attribute a on attrelid = c.oid"
            " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')"
            " and attnum > 0 and not attisdropped order by attnum"
        ):
            columns.setdefault(row["relname"], []).append(f'"{row["attname"]}"')
        assert set(columns) == set(MAY)
        for table, names in columns.items():
            verbs = {
                "insert": f"insert into {table} select * from {table} where false",
                "update": f"update {table} set ({', '.join(names)})"
                f" = (select {', '.join(names)}) where false",
                "delete": f"delete from {table} where false",
            }
            may = {v for v, sql in verbs.items() if await tried(connection, sql) != REFUSED}
            assert may == MAY[table], table
            may_update = {
                name.strip('"')
                for name in names
                if await tried(connection, f"update {table} set {name} = {name} where false")
                is None
            }
            every = {name.strip('"') for name in names}
            expected = every if "update" in MAY[table] else MAY_UPDATE_COLUMNS.get(table, set())
            assert may_update == expected, table
            for statement in (
                f"truncate {table}",
                f"drop table {table}",
                f"alter table {table} add column more text",
                f"alter table {table} owner to current_user",
                f"alter table {table} disable trigger all",
                f"create index on {table} ({names[0]})",
                f"create rule nothing as on insert to {table} do instead nothing",
                f"create trigger t before insert on {table} for each row"
                " execute function suppress_redundant_updates_trigger()",
            ):
                assert await tried(connection, statement) is not None, statement


@pytest.mark.parametrize(
    "way",
    [
        "reset role",
        "set role none",
        "set role {owner}",
        "set session authorization {owner}",
        "set local session_replication_role = replica",
        "grant {owner} to current_user",
        "alter role current_user createrole",
        "alter role {owner} password 'known'",
        "create role another superuser",
        "reassign owned by {owner} to current_user",
        "alter schema public owner to current_user",
        "create table public.more (x int)",
        "create function public.more() returns int language sql return 1",
        "create or replace function quarters(hash bigint) returns int[]"
        " language sql immutable strict parallel safe return array[1]",
        "drop function quarters(bigint)",
        "alter database {database} set default_transaction_read_only = on",
        "copy entry to program 'true'",
        "update pg_class set relowner = 0",
    ],
)
async def test_there_is_no_way_from_the_services_login_to_the_owner(
    settings: Settings, officer: Person, way: str
) -> None:
    """Each in a session of its own, which then tries what only the owner may."""
    await officer.opened()
    assert settings.database_url is not None
    assert settings.owner_database_url is not None
    async with session(settings.owner_database_url) as owner:
        names = {
            "owner": await owner.fetchval("select quote_ident(session_user)"),
            "database": await owner.fetchval("select quote_ident(current_database())"),
        }
    async with session(settings.database_url) as connection:
        with suppress(InsufficientPrivilegeError, InvalidParameterValueError):
            await connection.execute(way.format(**names))
        for statement in (
            "update entry set canonical = ''",
            "delete from entry",
            "drop table entry",
        ):
            assert await tried(connection, statement) == REFUSED, statement
        # Some ways are not refused, and lead nowhere: there is no other role to go back to.
        assert await connection.fetchval("select session_user = current_user")


# ---------------------------------------------------------------- every connection


async def test_the_services_login_is_let_in_and_the_owner_is_not(
    settings: Settings, service_login: ServiceLogin
) -> None:
    assert await opened(settings.database_url or "", settings) == service_login.name
    with pytest.raises(TooMuchPower, match="could change what is final"):
        await opened(settings.owner_database_url or "", settings)


@asynccontextmanager
async def other_login(server_url: str, *, granted: str = "", also: str = "") -> AsyncIterator[str]:
    """A login with a role and an attribute more than the service's."""
    name = f"wildlife_test_{uuid4().hex[:12]}"
    async with session(server_url) as owner:
        roles = ", ".join(filter(None, ("wildlife_service", granted)))
        await owner.execute(f"create role \"{name}\" login password 'x' {also} in role {roles}")
        try:
            yield name
        finally:
            await owner.execute(f'drop role "{name}"')


async def why_refused(name: str, settings: Settings) -> str:
    """What `require_fit` says of who can become `name`: asked as the owner, who then is it."""
    async with session(settings.owner_database_url or "") as connection:
        await connection.execute(f'set session authorization "{name}"')
        try:
            await require_fit(connection, confined=True)
        except UnfitConnection as error:
            return str(error)
        return ""


@pytest.mark.parametrize(
    ("granted", "also", "named"),
    [
        ("", "", None),
        ("", "createrole", "can act as {name}"),
        ("", "superuser", "can act as {name}"),
        ("pg_write_all_data", "", "can act as pg_write_all_data"),
        ("pg_execute_server_program", "", "can act as pg_execute_server_program"),
        ("{owner}", "noinherit", "can act as "),
        ("pg_read_all_stats", "", None),
    ],
)
async def test_a_login_is_refused_for_each_power_that_reaches_the_record(
    settings: Settings, server_url: str, granted: str, also: str, named: str | None
) -> None:
    async with session(server_url) as connection:
        owner = await connection.fetchval("select quote_ident(session_user)")
        if not await connection.fetchval(
            "select rolsuper from pg_roles where rolname = session_user"
        ):
            pytest.skip("only a superuser may hand these out")
    async with other_login(server_url, granted=granted.format(owner=owner), also=also) as name:
        said = await why_refused(name, settings)
    if named is None:
        assert said == ""
    else:
        assert said.startswith(f"The login {name} ")
        assert named.format(name=name) in said


async def test_a_role_that_is_only_put_on_is_refused(settings: Settings) -> None:
    """As version 0.1 did it: the owner, who put on the service's role."""
    url = settings.owner_database_url or ""
    url += f"{'&' if '?' in url else '?'}options=-c%20role%3D{SERVICE_LOGIN}"
    with pytest.raises(TooMuchPower, match=f"acts as {SERVICE_LOGIN} and could be"):
        await opened(url, settings)


async def test_a_database_that_takes_no_writes_is_refused(
    settings: Settings, database: Database
) -> None:
    async with database.writing() as connection:
        await let_read_only(connection)
    with pytest.raises(UnfitConnection, match="takes no writes now"):
        await opened(settings.database_url or "", settings)


async def test_a_login_that_came_to_power_while_the_service_runs_is_an_outage_and_not_a_hole(
    settings: Settings, service_login: ServiceLogin, officer: Person, database: Database
) -> None:
    """New connections are refused with 503 and a line in the log; put right, all goes on."""
    assert settings.log_file is not None
    body = rescue()
    async with database.writing() as owner:
        await owner.execute(f'grant create on schema public to "{service_login.name}"')
        async with session(settings.database_url or "") as connection:
            await connection.execute("create table owned (x int)")
            await connection.execute(
                "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
                " where usename = session_user and datname = current_database()"
                " and pid <> pg_backend_pid()"
            )
        answer = await officer.post("/incidents", body)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert (await officer.client.get("/readyz")).status_code == 503
        assert "could change what is final" in settings.log_file.read_text("utf-8")
        async with session(settings.database_url or "") as connection:
            await connection.execute("drop table owned")
    assert (await officer.post("/incidents", body)).status_code == 201
