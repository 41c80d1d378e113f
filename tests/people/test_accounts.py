"""Who acts: signing in, tokens that expire, are refreshed over a bad network, and revoked."""

import asyncio
import json
from collections.abc import Awaitable
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from httpx import AsyncClient, Response

from db.database import Database
from tests.fixtures.database import database_of_the_service
from tests.fixtures.service import running_application
from tests.people.sessions import (
    BADGE,
    ask,
    assert_invalid_token,
    ends_soon,
    holds,
    logged,
    refresh,
    sign_in,
    waiting_for_a_lock,
)
from tests.serving import until
from tests.users import API, Person
from wildlife.people.accounts import DEMO_PASSWORD, Tokens
from wildlife.people.attempts import FREE_HERE
from wildlife.people.events import COMMAND_LINE
from wildlife.people.managing_queries import disable_account, set_password
from wildlife.people.passwords import hash_password
from wildlife.settings import Settings


@pytest.fixture
async def sessions(database: Database) -> dict[str, Tokens]:
    """Nobody is signed in before a test: tokens are what they are about."""
    async with database.writing() as connection:
        await connection.execute("delete from token")
    return {}


async def refreshed(client: AsyncClient, token: str) -> dict[str, str]:
    """The tokens for a refresh token that must still hold."""
    answer = await refresh(client, token)
    assert answer.status_code == 201, answer.text
    tokens: dict[str, str] = answer.json()
    return tokens


async def execute(database: Database, sql: str, *args: object) -> None:
    async with database.writing() as connection:
        await connection.execute(sql, *args)


async def test_who_is_signed_in_is_told(client: AsyncClient) -> None:
    answer = await sign_in(client, BADGE)
    assert answer.status_code == 201
    tokens = answer.json()
    assert set(tokens) == {"access_token", "refresh_token", "expires_in", "token_type"}
    assert (tokens["expires_in"], tokens["token_type"]) == (3600, "Bearer")
    me = (await ask(client, f"Bearer {tokens['access_token']}")).json()
    assert (me["badge"], me["name"], me["role"]) == (BADGE, "大局子民警", "officer")
    assert (me["station"]["code"], me["station"]["name"]) == ("150425", "大局子森林派出所")
    admin = await Person.sign_in(client, "admin", DEMO_PASSWORD)
    assert await admin.read("/session") == {
        "badge": "admin",
        "name": "管理员",
        "role": "admin",
        "station": None,
        "appointments": [{"role": "admin", "station": None, "sees_roads": False}],
    }


async def test_a_wrong_badge_a_wrong_password_and_a_disabled_account_look_alike(
    client: AsyncClient, database: Database
) -> None:
    async with database.writing() as connection:
        await disable_account(connection, COMMAND_LINE, "150723001")
    answers = [
        await sign_in(client, BADGE, "not the password"),
        await sign_in(client, BADGE, DEMO_PASSWORD + " "),
        await sign_in(client, "nobody"),
        await sign_in(client, BADGE.replace("1", "１")),
        await sign_in(client, "150723001"),
        await sign_in(client, "' or true --", "' or true --"),
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    bodies = [answer.json() | {"request_id": None} for answer in answers]
    assert bodies == [bodies[0]] * len(bodies)
    assert bodies[0]["code"] == "wrong_credentials"


async def test_what_can_be_no_badge_is_the_senders_mistake(client: AsyncClient) -> None:
    for badge in ("", "a\0b", "1" * 65):
        answer = await sign_in(client, badge)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
        assert answer.json()["errors"][0]["field"] == "badge"
    for token in ("a\0b", "令牌"):
        assert_invalid_token(await refresh(client, token))


async def test_a_refusal_does_not_repeat_a_secret(client: AsyncClient) -> None:
    # A phone that keeps the answers it could not use would keep the secret with them.
    secret = "大局子 2024"
    for path, body in [
        ("/session", {"badge": BADGE, "pasword": secret}),
        ("/session", {"badge": BADGE, "password": [secret]}),
        ("/session", {"badge": BADGE, "password": secret * 200}),
        ("/session", {"badge": secret + "\0", "password": secret}),
        ("/session", [secret]),
        ("/session/refresh", {"refresh_token": secret * 200}),
        ("/session/refresh", {"refresh_token": {"token": secret}}),
    ]:
        answer = await client.post(f"{API}{path}", json=body)
        assert answer.status_code == 422
        assert secret not in answer.text
        assert answer.json()["errors"]


async def test_a_password_is_the_same_from_every_keyboard(
    client: AsyncClient, database: Database
) -> None:
    async with database.writing() as connection:
        assert await set_password(
            connection, COMMAND_LINE, BADGE, hash_password("café 大鸟 2024", BADGE)
        )
    for typed in ("café 大鸟 2024", "cafe\u0301 大鸟 2024", "café\u3000大鸟\u00a02024"):
        assert (await sign_in(client, BADGE, typed)).status_code == 201
    for other in ("café 大鸟 ２０２４", "CAFÉ 大鸟 2024", "cafe 大鸟 2024", "\0", "é" * 1024, "🦅"):
        assert (await sign_in(client, BADGE, other)).status_code == 401


def changed(person: Person, new: str, old: str = DEMO_PASSWORD) -> Awaitable[Response]:
    return person.request("PUT", "/session/password", json={"password": old, "new_password": new})


async def test_who_changes_the_password_stays_signed_in_and_every_other_session_ends(
    client: AsyncClient, officer: Person
) -> None:
    phone, other = [(await sign_in(client, BADGE)).json() for _ in range(2)]
    person = Person(client, BADGE, phone["access_token"], phone["refresh_token"])
    assert (await changed(person, "林 中 大 鸟 飞 来")).status_code == 204
    assert await holds(client, phone["access_token"])
    assert not await holds(client, other["access_token"])
    assert_invalid_token(await refresh(client, other["refresh_token"]))
    await refreshed(client, phone["refresh_token"])
    assert (await sign_in(client, BADGE)).status_code == 401
    assert (await sign_in(client, BADGE, "林 中 大 鸟 飞 来")).status_code == 201


@pytest.mark.parametrize(
    ("new", "why", "why_zh"),
    [
        ("1234567", "at least 8 characters", "密码须有 8 至 128 个字符"),
        ("é" * 129, "this one has 129", "所给的有 129 个"),
        ("tab\tor worse", "no control characters", "不能含有控制字符"),
        ("password1", "among those that are tried first", "最先被试的密码"),
        ("PassWord1", "among those that are tried first", "最先被试的密码"),
        (f"wald{BADGE}", "does not hold the badge number", "不能包含警号"),
    ],
)
async def test_a_password_that_nobody_may_have_is_refused_with_the_reason(
    officer: Person, new: str, why: str, why_zh: str
) -> None:
    answer = await changed(officer, new)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value")
    assert [one["field"] for one in answer.json()["errors"]] == ["new_password"]
    assert why in answer.json()["detail"]
    assert new not in answer.text
    body = {"password": DEMO_PASSWORD, "new_password": new}
    chinese = await officer.request(
        "PUT", "/session/password", json=body, headers={"Accept-Language": "zh"}
    )
    assert why_zh in chinese.json()["detail"]


async def test_who_changes_a_password_without_knowing_it_guesses_as_who_signs_in(
    client: AsyncClient, officer: Person
) -> None:
    """A phone that lies there signed in gives nobody the account, nor more guesses."""
    answers = [await changed(officer, "大 鸟 飞 来 了", f"guess {n}") for n in range(FREE_HERE + 1)]
    assert {answer.status_code for answer in answers[:-1]} == {403}
    assert {answer.json()["code"] for answer in answers[:-1]} == {"wrong_password"}
    assert answers[-1].status_code == 429
    assert (await sign_in(client, BADGE)).status_code == 429
    assert await holds(client, officer.access_token)


async def test_the_public_password_of_the_demo_opens_nothing_outside_a_demo(
    settings: Settings, database: Database
) -> None:
    async with running_application(msgspec.structs.replace(settings, demo=False)) as client:
        for badge in (BADGE, "admin", "nobody"):
            answer = await sign_in(client, badge)
            assert (answer.status_code, answer.json()["code"]) == (403, "demo_password")
        async with database.writing() as connection:
            assert await set_password(
                connection, COMMAND_LINE, BADGE, hash_password("大局子 2024", BADGE)
            )
        assert (await sign_in(client, BADGE, "大局子 2024")).status_code == 201


async def test_outside_a_demo_nobody_is_given_its_password_by_any_call(
    settings: Settings, database: Database
) -> None:
    """It would lock them out: they could not sign in with it, nor change it back."""
    async with database.writing() as connection:
        for badge in ("admin", BADGE):
            await set_password(connection, COMMAND_LINE, badge, hash_password("大局子 2024", badge))
    async with running_application(msgspec.structs.replace(settings, demo=False)) as client:
        admin = await Person.sign_in(client, "admin", "大局子 2024")
        officer = await Person.sign_in(client, BADGE, "大局子 2024")
        new = {"badge": "150425009", "name": "张三", "role": "officer", "station": "150425"}
        for person, method, path, body in (
            (officer, "PUT", "/session/password", {"password": "大局子 2024"}),
            (admin, "PUT", f"/accounts/{BADGE}/password", {}),
            (admin, "POST", "/accounts", new),
        ):
            field = "new_password" if body.get("password") else "password"
            answer = await person.request(method, path, json=body | {field: DEMO_PASSWORD})
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_value"), path
            assert [one["field"] for one in answer.json()["errors"]] == [field]
            assert "public password of the demo" in answer.json()["detail"]
        assert await holds(client, officer.access_token)
        assert (await sign_in(client, BADGE, "大局子 2024")).status_code == 201


async def test_without_a_token_that_is_ours_nobody_comes_in(client: AsyncClient) -> None:
    answer = await client.get(f"{API}/session")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    tokens = (await sign_in(client, BADGE)).json()
    access = tokens["access_token"]
    for malformed in ("", "Bearer", "Bearer ", access, f"Basic {access}", f"Token {access}"):
        answer = await ask(client, malformed)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    for unknown in ("x", access[:-1], access + "A", access.swapcase(), f"{access} x", "a\0", "令"):
        assert_invalid_token(await ask(client, f"Bearer {unknown}"))
    assert_invalid_token(await ask(client, f"Bearer {tokens['refresh_token']}"))
    assert_invalid_token(await refresh(client, access))
    assert (await ask(client, f"bearer {access}")).status_code == 200


async def test_an_expired_access_token_is_refused_and_can_be_refreshed(
    client: AsyncClient, officer: Person, database: Database
) -> None:
    await execute(database, "update token set expires_at = now() where kind = 'access'")
    assert not await holds(client, officer.access_token)
    tokens = await refreshed(client, officer.refresh_token)
    assert await holds(client, tokens["access_token"])
    await execute(database, "update token set expires_at = now() where kind = 'refresh'")
    assert_invalid_token(await refresh(client, tokens["refresh_token"]))
    assert await holds(client, tokens["access_token"])


@pytest.mark.usefixtures("sessions")
async def test_what_has_expired_is_forgotten_by_itself(
    settings: Settings, database: Database
) -> None:
    async with running_application(settings) as client:
        await sign_in(client, BADGE)
        await sign_in(client, "150723001")
        await sign_in(client, "nobody")
    await execute(
        database,
        "update token set expires_at = now() - interval '1 second' where kind = 'access'",
    )
    await execute(
        database, "update sign_in set failed_at = now() - interval '2 days' where failures > 0"
    )
    async with running_application(settings), database.reading() as connection:
        await until(
            lambda: connection.fetchval(
                "select not exists (select from token where expires_at < now())"
                " and not exists (select from sign_in where failures > 0)"
            )
        )
        assert await connection.fetchval("select count(*) from token") == 2
        assert await connection.fetchval("select count(*) from sign_in") == 2, "known addresses"


async def test_tokens_stay_in_no_cache(client: AsyncClient) -> None:
    signed_in = await sign_in(client, BADGE)
    renewed = await refresh(client, signed_in.json()["refresh_token"])
    bearer = f"Bearer {renewed.json()['access_token']}"
    for answer in (
        signed_in,
        renewed,
        await ask(client, bearer),
        await ask(client, "Bearer x"),
        await sign_in(client, BADGE, "wrong"),
        await client.delete(f"{API}/session", headers={"Authorization": bearer}),
    ):
        assert answer.headers["Cache-Control"] == "no-store"


async def test_signing_out_ends_this_session_and_no_other(
    client: AsyncClient, officer: Person
) -> None:
    other_phone = await Person.sign_in(client, BADGE, DEMO_PASSWORD)
    newer = await refreshed(client, officer.refresh_token)
    assert await holds(client, newer["access_token"])
    answer = await officer.request("DELETE", "/session")
    assert (answer.status_code, answer.content) == (204, b"")
    for token in (officer.access_token, newer["access_token"]):
        assert not await holds(client, token)
    for token in (officer.refresh_token, newer["refresh_token"]):
        assert_invalid_token(await refresh(client, token))
    assert await holds(client, other_phone.access_token)
    assert await refreshed(client, other_phone.refresh_token)


@pytest.mark.parametrize("by", ["the command", "its row alone"])
async def test_a_disabled_account_is_locked_out(
    client: AsyncClient, officer: Person, other_officer: Person, database: Database, by: str
) -> None:
    assert await holds(client, officer.access_token)
    if by == "the command":
        async with database.writing() as connection:
            await disable_account(connection, COMMAND_LINE, BADGE)
    else:
        await execute(database, "update account set disabled_at = now() where badge = $1", BADGE)
    await ends_soon(client, officer.access_token)
    assert_invalid_token(await refresh(client, officer.refresh_token))
    assert (await sign_in(client, BADGE)).status_code == 401
    assert await holds(client, other_officer.access_token)


async def test_a_new_password_ends_every_session_of_the_account(
    client: AsyncClient, officer: Person, other_officer: Person, database: Database
) -> None:
    assert await holds(client, officer.access_token)
    async with database.writing() as connection:
        assert await set_password(
            connection, COMMAND_LINE, BADGE, hash_password("found my phone", BADGE)
        )
        with pytest.raises(LookupError, match="no account nobody"):
            await set_password(
                connection, COMMAND_LINE, "nobody", hash_password("found my phone", BADGE)
            )
    await ends_soon(client, officer.access_token)
    assert_invalid_token(await refresh(client, officer.refresh_token))
    assert (await sign_in(client, BADGE)).status_code == 401
    assert (await sign_in(client, BADGE, "found my phone")).status_code == 201
    assert await holds(client, other_officer.access_token)


async def test_an_account_that_moves_acts_for_its_new_station(
    officer: Person, admin: Person
) -> None:
    incident = await officer.opened()
    moved = await admin.request("PATCH", f"/accounts/{BADGE}", json={"station": "150723"})
    assert moved.status_code == 200, moved.text
    assert (await officer.read("/session"))["station"]["code"] == "150723"
    assert (await officer.get(f"/incidents/{incident}")).status_code == 404
    opened = await officer.read(f"/incidents/{await officer.opened()}")
    assert opened["station"]["code"] == "150723"


async def test_the_old_refresh_token_holds_until_the_new_one_is_first_used(
    client: AsyncClient, officer: Person
) -> None:
    old = officer.refresh_token
    first = await refreshed(client, old)
    assert first["refresh_token"] != old
    assert await holds(client, first["access_token"])
    # That answer is lost on the way: the phone asks again, as often as it takes.
    second = await refreshed(client, old)
    third = await refreshed(client, old)
    assert await holds(client, third["access_token"])
    # The access token is no proof that the refresh token came with it: using it ends nothing.
    fourth = await refreshed(client, old)
    fifth = await refreshed(client, fourth["refresh_token"])
    assert len({tokens["refresh_token"] for tokens in (first, second, third, fourth, fifth)}) == 5
    # And so on from there.
    sixth = await refreshed(client, fourth["refresh_token"])
    await refreshed(client, sixth["refresh_token"])


@pytest.mark.parametrize("copy", ["the token before", "an answer that was thought lost"])
async def test_a_copied_refresh_token_ends_its_session_and_no_other(
    client: AsyncClient, officer: Person, tmp_path: Path, copy: str
) -> None:
    other_phone = await Person.sign_in(client, BADGE, DEMO_PASSWORD)
    lost, received = [await refreshed(client, officer.refresh_token) for _ in range(2)]
    newest = await refreshed(client, received["refresh_token"])
    used = officer.refresh_token if copy == "the token before" else lost["refresh_token"]
    answer = await refresh(client, used)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_reused")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    for tokens in (lost, received, newest):
        assert not await holds(client, tokens["access_token"])
        assert_invalid_token(await refresh(client, tokens["refresh_token"]))
    assert await refreshed(client, other_phone.refresh_token)
    [line] = [one for one in logged(tmp_path) if one["event"] == "refresh_token_reused"]
    assert (line["level"], line["badge"]) == ("warning", BADGE)
    assert line["request_id"] == answer.headers["x-request-id"]
    assert used not in json.dumps(line)


async def test_a_superseded_token_that_has_expired_is_only_invalid(
    client: AsyncClient, officer: Person, database: Database
) -> None:
    newer = await refreshed(client, officer.refresh_token)
    newest = await refreshed(client, newer["refresh_token"])
    await execute(
        database,
        "update token set expires_at = now() where token_hash = $1",
        sha256(officer.refresh_token.encode()).digest(),
    )
    assert_invalid_token(await refresh(client, officer.refresh_token))
    assert await refreshed(client, newest["refresh_token"])


async def test_a_session_renewed_while_the_password_is_changed_ends_too(
    client: AsyncClient, officer: Person, settings: Settings, database: Database
) -> None:
    async with (
        database_of_the_service(settings) as operator,
        operator.transaction() as connection,
    ):
        assert await set_password(
            connection, COMMAND_LINE, BADGE, hash_password("found my phone", BADGE)
        )
        renewing = asyncio.create_task(refresh(client, officer.refresh_token))
        await waiting_for_a_lock(database)
        assert not renewing.done()
    assert_invalid_token(await renewing)
    async with database.reading() as reading:
        assert await reading.fetchval("select count(*) from token") == 0


async def test_refreshing_many_times_at_once_locks_nobody_out(
    client: AsyncClient, officer: Person
) -> None:
    answers = await asyncio.gather(*(refresh(client, officer.refresh_token) for _ in range(6)))
    assert [answer.status_code for answer in answers] == [201] * 6
    tokens = answers[3].json()
    assert await holds(client, tokens["access_token"])
    assert await refreshed(client, tokens["refresh_token"])


async def test_a_refresh_cut_off_in_the_middle_changes_nothing(
    client: AsyncClient, officer: Person, database: Database, tmp_path: Path
) -> None:
    # The new tokens and the end of the old ones are one transaction: here the insert fails.
    newer = await refreshed(client, officer.refresh_token)
    await execute(database, "alter table token add constraint no_more check (generation < 3)")
    answer = await refresh(client, newer["refresh_token"])
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    [fault] = [line for line in logged(tmp_path) if line["event"] == "internal_error"]
    assert fault["request_id"] == answer.json()["request_id"], "as the answer promises"
    await execute(database, "alter table token drop constraint no_more")
    assert await refreshed(client, officer.refresh_token)
    assert await refreshed(client, newer["refresh_token"])


async def test_passwords_and_tokens_are_kept_as_hashes_only(
    officer: Person, database: Database
) -> None:
    async with database.reading() as connection:
        accounts = await connection.fetch("select a::text as row, password_hash from account a")
        tokens = await connection.fetch("select t::text as row, token_hash from token t")
    for account in accounts:
        assert DEMO_PASSWORD not in account["row"]
        assert account["password_hash"].removeprefix("demo:").startswith("$argon2id$")
    # OWASP's parameters, and a salt of its own for each hash that is made.
    made = {hash_password(DEMO_PASSWORD, BADGE, demo=True) for _ in range(2)}
    assert len(made) == 2
    assert all(
        one.removeprefix("demo:").startswith("$argon2id$v=19$m=19456,t=2,p=1$") for one in made
    )
    known = {officer.access_token, officer.refresh_token}
    assert not any(token in row["row"] for token in known for row in tokens)
    assert {row["token_hash"] for row in tokens} == {
        sha256(token.encode()).digest() for token in known
    }
    assert all(len(token) >= 43 for token in known), "256 bits each"
