"""Guessing passwords is slowed, and neither locks an account nor holds up who guesses nothing."""

import asyncio
import json
import time
from contextlib import ExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import msgspec
import pytest
from httpx import AsyncClient, Response

from db.database import Database
from tests.fixtures.database import database_of_the_service
from tests.people.sessions import BADGE, logged, waiting_for_a_lock
from tests.serving import client_of, serving
from tests.users import API, QUICK, Person
from wildlife.people import passwords
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.people.attempts import Failures, Tally, attempt_of, wait_s
from wildlife.people.events import COMMAND_LINE
from wildlife.people.managing_queries import disable_account, set_password
from wildlife.people.passwords import hash_password
from wildlife.settings import Settings

OTHER = "150723001"
STATION, MOBILE, STRANGE = "10.15.4.25", "100.64.7.7", "203.0.113.9"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The tests' client is a proxy, which says from where a request comes."""
    return msgspec.structs.replace(settings, trusted_proxy="127.0.0.1")


@pytest.fixture(autouse=True)
def nobody_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password is compared with nobody's hash as quickly as with that of the demo's people."""
    hash_ = QUICK.hash("no such account")
    monkeypatch.setattr(passwords, "_nobody", lambda: hash_)


async def sign_in(
    client: AsyncClient, badge: str, password: str = DEMO_PASSWORD, *, at: str = STATION
) -> Response:
    body = {"badge": badge, "password": password}
    return await client.post(f"{API}/session", json=body, headers={"X-Forwarded-For": at})


async def fail(client: AsyncClient, times: int, badge: str = BADGE, *, at: str = STRANGE) -> None:
    """Wrong passwords, each of which is looked at."""
    for _ in range(times):
        answer = await sign_in(client, badge, "not the password", at=at)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")


async def five_minutes_pass(database: Database) -> None:
    """Longer than anybody waits."""
    async with database.writing() as connection:
        await connection.execute(
            "update sign_in set failed_at = failed_at - interval '5 minutes',"
            " succeeded_at = succeeded_at - interval '5 minutes'"
        )


async def fail_again_and_again(
    client: AsyncClient, database: Database, badge: str = BADGE, *, at: str = STRANGE
) -> None:
    """So many wrong passwords that the next comes minutes later, however slow the machine is."""
    await fail(client, 10, badge, at=at)
    for _ in range(8):
        await five_minutes_pass(database)
        await fail(client, 1, badge, at=at)


def assert_has_to_wait(answer: Response) -> None:
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert 1 <= int(answer.headers["Retry-After"]) <= 256
    assert f" {answer.headers['Retry-After']} seconds" in answer.json()["detail"]


# ---------------------------------------------------------------- the rule


NONE = Failures(0, 0)


def test_each_failure_beyond_the_free_ones_doubles_the_wait_up_to_four_minutes() -> None:
    def wait(count: int, since_s: float = 0) -> float:
        return wait_s(Tally(False, Failures(count, since_s), NONE, NONE))

    assert [wait(count) for count in range(12)] == [0] * 10 + [1, 2]
    assert [wait(count) for count in (17, 18, 19, 10**6)] == [128, 256, 256, 256]
    assert wait(18, since_s=56.5) == 199.5
    assert wait(18, since_s=1000) == 0


def test_failures_elsewhere_hold_up_only_who_never_signed_in_from_there() -> None:
    many = Failures(1000, 0)
    for elsewhere in ((many, NONE), (NONE, many)):
        assert wait_s(Tally(True, NONE, *elsewhere)) == 0
        assert wait_s(Tally(False, NONE, *elsewhere)) == 256
    assert wait_s(Tally(True, many, NONE, NONE)) == 256


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("10.15.4.25", "10.15.4.25"),
        ("::ffff:10.15.4.25", "10.15.4.25"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        (None, "::"),
        ("", "::"),
        ("/run/wildlife.sock", "::"),
        ("unknown", "::"),
    ],
)
def test_who_has_one_address_of_an_ipv6_network_has_all_of_it(
    host: str | None, address: str
) -> None:
    assert attempt_of(BADGE, host).address == ip_address(address)


# ---------------------------------------------------------------- an officer with a wet phone


async def test_an_officer_who_mistypes_is_not_held_up(client: AsyncClient) -> None:
    for _ in range(3):
        await fail(client, 9, at=STATION)
        assert (await sign_in(client, BADGE)).status_code == 201


async def test_many_wrong_passwords_have_to_wait_and_so_has_the_right_one(
    client: AsyncClient, database: Database
) -> None:
    await fail_again_and_again(client, database)
    for password in ("not the password", DEMO_PASSWORD):
        assert_has_to_wait(await sign_in(client, BADGE, password, at=STRANGE))
    # Never a lock: the wait ends, and what was refused meanwhile did not prolong it.
    await five_minutes_pass(database)
    assert (await sign_in(client, BADGE, at=STRANGE)).status_code == 201
    await fail(client, 9)
    assert (await sign_in(client, BADGE, at=STRANGE)).status_code == 201


async def test_a_badge_that_is_nobodys_has_to_wait_alike(
    client: AsyncClient, database: Database
) -> None:
    await fail_again_and_again(client, database, "999999999")
    assert_has_to_wait(await sign_in(client, "999999999", at=STRANGE))


async def test_the_wait_is_told_in_chinese(client: AsyncClient, database: Database) -> None:
    await fail_again_and_again(client, database)
    answer = await client.post(
        f"{API}/session",
        json={"badge": BADGE, "password": DEMO_PASSWORD},
        headers={"X-Forwarded-For": STRANGE, "Accept-Language": "zh-CN"},
    )
    assert f"请在 {answer.headers['Retry-After']} 秒后重试" in answer.json()["detail"]


# ---------------------------------------------------------------- who is held up by others


async def test_guesses_from_one_address_hold_nobody_up_elsewhere(
    client: AsyncClient, database: Database
) -> None:
    await fail_again_and_again(client, database)
    for address in (STATION, MOBILE):
        assert (await sign_in(client, BADGE, at=address)).status_code == 201


async def test_guesses_from_many_addresses_hold_up_only_who_is_at_a_new_one(
    client: AsyncClient, database: Database
) -> None:
    assert (await sign_in(client, BADGE, at=STATION)).status_code == 201
    for number in range(3):
        await fail(client, 9, at=f"203.0.113.{number}")
    for number in range(3, 14):
        await five_minutes_pass(database)
        await fail(client, 1, at=f"203.0.113.{number}")
    assert_has_to_wait(await sign_in(client, BADGE, at=MOBILE))
    assert (await sign_in(client, BADGE, at=STATION)).status_code == 201
    assert (await sign_in(client, "150723001", at=MOBILE)).status_code == 201


async def test_guesses_at_many_badges_hold_up_only_who_is_new_at_that_address(
    client: AsyncClient, database: Database
) -> None:
    assert (await sign_in(client, BADGE, at=STATION)).status_code == 201
    for number in range(11):
        await fail(client, 9, f"15042510{number:02}", at=STATION)
    for number in range(11, 20):
        await five_minutes_pass(database)
        await fail(client, 1, f"15042510{number:02}", at=STATION)
    assert_has_to_wait(await sign_in(client, "150723001", at=STATION))
    assert (await sign_in(client, BADGE, at=STATION)).status_code == 201
    assert (await sign_in(client, "150723001", at=MOBILE)).status_code == 201


async def test_a_device_that_keeps_an_old_password_does_not_slow_its_whole_station(
    client: AsyncClient, database: Database
) -> None:
    await fail(client, 1, at=STATION)
    async with database.writing() as connection:
        await connection.execute("update sign_in set failures = 1000")
    assert_has_to_wait(await sign_in(client, BADGE, at=STATION))
    assert (await sign_in(client, "150723001", at=STATION)).status_code == 201
    assert (await sign_in(client, BADGE, at=MOBILE)).status_code == 201


async def test_a_volley_at_once_counts_like_one_after_the_other(
    client: AsyncClient, database: Database
) -> None:
    await fail_again_and_again(client, database)
    await five_minutes_pass(database)
    async with database.transaction() as connection:
        await connection.execute("select from sign_in for update")  # all wait, until all are there
        volley = [asyncio.create_task(sign_in(client, BADGE, "x", at=STRANGE)) for _ in range(4)]
        await waiting_for_a_lock(database)  # one here, and the others until it has ended
    answers = await asyncio.gather(*volley)
    assert sorted(answer.status_code for answer in answers) == [401] + [429] * 3


async def test_failures_are_counted_across_processes(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    # As on two machines: one folder takes one service.
    key = settings.key_path
    elsewhere = msgspec.structs.replace(settings, data_dir=tmp_path / "another", key_file=key)
    # Spoken to by the tests themselves, whose address is that of the proxy.
    with serving(settings) as one, serving(elsewhere) as another:
        async with (
            client_of(one) as here,
            client_of(another) as there,
        ):
            await fail(here, 5)
            await fail(there, 5)
            for client in (here, there) * 4:
                await five_minutes_pass(database)
                await fail(client, 1)
            for client in (here, there):
                assert_has_to_wait(await sign_in(client, BADGE, at=STRANGE))
                assert (await sign_in(client, BADGE, at=STATION)).status_code == 201
    with serving(settings) as again:
        async with client_of(again) as client:
            assert_has_to_wait(await sign_in(client, BADGE, at=STRANGE))


# ---------------------------------------------------------------- from where


@pytest.mark.parametrize("proxy", [None, "10.0.0.5"])
async def test_only_a_proxy_that_is_trusted_says_where_a_request_comes_from(
    settings: Settings, database: Database, proxy: str | None
) -> None:
    with serving(msgspec.structs.replace(settings, trusted_proxy=proxy)) as base:
        async with client_of(base) as client:
            for number in range(18):
                await five_minutes_pass(database)
                await fail(client, 1, at=f"203.0.113.{number}")
            assert_has_to_wait(await sign_in(client, BADGE, at="203.0.113.200"))
    async with database.reading() as connection:
        [address] = await connection.fetch("select address from sign_in")
    assert address["address"] == ip_address("127.0.0.1")


async def test_what_a_client_says_before_the_proxy_is_not_believed(
    client: AsyncClient, database: Database
) -> None:
    for number in range(18):
        await five_minutes_pass(database)
        await fail(client, 1, at=f"203.0.113.{number}, {STRANGE}")
    assert_has_to_wait(await sign_in(client, BADGE, at=STRANGE))


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("203.0.113.7:5678", "203.0.113.7"),
        ("[2001:db8::7]:5678", "2001:db8::"),
        ("[2001:db8::7]", "2001:db8::"),
        ("2001:db8::7", "2001:db8::"),
        ("198.51.100.1:1, 203.0.113.7:5678", "203.0.113.7"),
        ("198.51.100.1, 203.0.113.7:5678, 127.0.0.1:80", "203.0.113.7"),
    ],
)
async def test_a_proxy_may_name_the_port_of_its_client_too(
    client: AsyncClient, database: Database, said: str, address: str
) -> None:
    await fail(client, 1, at=said)
    async with database.reading() as connection:
        found = await connection.fetch("select address from sign_in")
    assert {row["address"] for row in found} == {ip_address(address)}


# ---------------------------------------------------------------- the queue


async def test_when_too_many_wait_a_stranger_comes_again_and_who_is_known_does_not(
    client: AsyncClient, database: Database
) -> None:
    assert (await sign_in(client, BADGE, at=STATION)).status_code == 201
    with ExitStack() as crowd:
        for number in range(17):
            crowd.enter_context(passwords.OF_STRANGERS.place(ip_address(number)))
        for badge, address in ((BADGE, MOBILE), ("nobody", STATION), ("150723001", STRANGE)):
            answer = await sign_in(client, badge, at=address)
            assert (answer.status_code, answer.json()["code"]) == (503, "busy")
            assert answer.headers["Retry-After"] == "1"
        assert (await sign_in(client, BADGE, at=STATION)).status_code == 201
        # Who sends the same again as told to is not taken for somebody who guesses.
        for _ in range(20):
            assert (await sign_in(client, BADGE, at=MOBILE)).status_code == 503
    assert (await sign_in(client, BADGE, at=MOBILE)).status_code == 201


async def test_a_flood_of_strangers_takes_a_quarter_of_a_core_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each that is looked at is followed by a rest of three times as long."""
    passwords.hash_password("what is common is known then")
    hashed: list[float] = []

    def matches(*_: object) -> bool:
        began = time.monotonic()
        passwords.hash_password("as slow as it is")
        hashed.append(time.monotonic() - began)
        return True

    monkeypatch.setattr(passwords, "matches", matches)
    began = time.monotonic()
    await asyncio.gather(*(passwords.OF_STRANGERS.is_right("x", "x") for _ in range(4)))
    took = time.monotonic() - began
    assert took >= sum(hashed) + 3 * sum(hashed[:-1])


async def test_one_address_fills_no_queue_for_the_others(client: AsyncClient) -> None:
    with ExitStack() as crowd:
        for _ in range(4):
            crowd.enter_context(passwords.OF_STRANGERS.place(ip_address(STRANGE)))
        assert (await sign_in(client, BADGE, at=STRANGE)).json()["code"] == "busy"
        assert (await sign_in(client, BADGE, at=MOBILE)).status_code == 201
    assert (await sign_in(client, BADGE, at=STRANGE)).status_code == 201


async def test_one_account_fills_no_queue_for_the_others_at_its_station(
    client: AsyncClient,
) -> None:
    for badge in (BADGE, "150723001"):
        assert (await sign_in(client, badge)).status_code == 201
    with ExitStack() as crowd:
        for _ in range(4):
            crowd.enter_context(passwords.OF_KNOWN.place(attempt_of(BADGE, STATION)))
        assert (await sign_in(client, BADGE)).json()["code"] == "busy"
        assert (await sign_in(client, "150723001")).status_code == 201
        for number in range(61):
            crowd.enter_context(passwords.OF_KNOWN.place(number))
        assert (await sign_in(client, "150723001")).json()["code"] == "busy"
        assert (await sign_in(client, "150723001", at=MOBILE)).status_code == 201


async def test_a_session_begun_while_the_password_is_changed_does_not_outlive_it(
    client: AsyncClient, settings: Settings, database: Database
) -> None:
    async with (
        database_of_the_service(settings) as operator,
        operator.transaction() as connection,
    ):
        assert await set_password(
            connection, COMMAND_LINE, BADGE, hash_password("found my phone", BADGE)
        )
        signing_in = asyncio.create_task(sign_in(client, BADGE))
        await waiting_for_a_lock(database)
    assert (await signing_in).json()["code"] == "wrong_credentials"


# ---------------------------------------------------------------- the log


def refusals(folder: Path) -> list[dict[str, Any]]:
    return [line for line in logged(folder) if line["event"] == "sign_in_refused"]


async def test_a_refusal_is_logged_with_badge_and_address_and_no_password(
    client: AsyncClient, database: Database, tmp_path: Path
) -> None:
    wrong = await sign_in(client, BADGE, "not the password", at=STRANGE)
    await fail(client, 9)
    for _ in range(8):
        await five_minutes_pass(database)
        await fail(client, 1)
    slowed = await sign_in(client, BADGE, "nor this one", at=STRANGE)
    lines = refusals(tmp_path)
    assert len(lines) == 19
    for line, answer in ((lines[0], wrong), (lines[-1], slowed)):
        assert line["level"] == "warning"
        assert (line["badge"], line["address"]) == (BADGE, STRANGE)
        assert line["code"] == answer.json()["code"]
        assert line["request_id"] == answer.headers["x-request-id"]
    log = (tmp_path / "service.log").read_text()
    assert "not the password" not in log
    assert "nor this one" not in log


async def test_who_signed_in_is_told_by_the_log_and_with_what_is_not(
    client: AsyncClient, tmp_path: Path
) -> None:
    answer = await sign_in(client, BADGE, at=STRANGE)
    [line] = [line for line in logged(tmp_path) if line["event"] == "signed_in"]
    assert (line["badge"], line["address"], line["device"]) == (BADGE, STRANGE, None)
    assert line["request_id"] == answer.headers["x-request-id"]
    log = (tmp_path / "service.log").read_text()
    for secret in (DEMO_PASSWORD, *answer.json().values()):
        assert not isinstance(secret, str) or secret == "Bearer" or secret not in log


async def test_the_log_tells_what_the_answer_does_not_how_the_account_is(
    client: AsyncClient, database: Database, tmp_path: Path
) -> None:
    async with database.writing() as connection:
        await disable_account(connection, COMMAND_LINE, OTHER)
    # Of who was locked out, the right password is no right one either.
    tried = [
        (BADGE, "wrong one", "active"),
        (OTHER, "wrong one", "disabled"),
        (OTHER, DEMO_PASSWORD, "disabled"),
        ("150425777", "wrong one", "unknown"),
    ]
    answers = [await sign_in(client, badge, password) for badge, password, _ in tried]
    assert len({answer.json()["detail"] for answer in answers}) == 1
    assert {answer.json()["code"] for answer in answers} == {"wrong_credentials"}
    await fail_again_and_again(client, database, OTHER)
    assert_has_to_wait(await sign_in(client, OTHER, at=STRANGE))
    told = [(one["badge"], one["account"], one["code"]) for one in refusals(tmp_path)]
    assert told[: len(tried)] == [
        (None if how == "unknown" else badge, how, "wrong_credentials") for badge, _, how in tried
    ]
    assert told[-1] == (OTHER, "disabled", "too_many_attempts")


async def test_a_password_in_the_field_of_the_badge_is_kept_nowhere(
    client: AsyncClient, database: Database, tmp_path: Path
) -> None:
    await sign_in(client, "大局子 2024", "150425001")
    async with database.reading() as connection:
        kept = await connection.fetchval("select string_agg(s::text, ' ') from sign_in s")
    for text in (kept, (tmp_path / "service.log").read_text()):
        assert text
        assert "大局子 2024" not in text
    [line] = refusals(tmp_path)
    assert (line["badge"], line["address"]) == (None, STATION)


async def test_no_badge_forges_a_line_of_the_log(client: AsyncClient, tmp_path: Path) -> None:
    forged = json.dumps({"event": "sign_in_refused", "badge": "150723001"})
    for badge in (f"1\n{forged}", f'1"}}\n{forged}', f"1\r\u2028\x1b[2K{forged}"):
        await sign_in(client, badge[:64], "x")
    assert [line["badge"] for line in refusals(tmp_path)] == [None] * 3


async def test_what_a_proxy_hands_on_forges_no_line_either(
    client: AsyncClient, tmp_path: Path
) -> None:
    await sign_in(client, BADGE, "not the password", at='x"}\t{"event":"forged"')
    [line] = refusals(tmp_path)
    assert line["badge"] == BADGE
    assert {one["event"] for one in logged(tmp_path)} == {"sign_in_refused", "request"}


async def test_a_signed_in_officer_is_not_held_up_at_all(
    client: AsyncClient, database: Database
) -> None:
    officer = await Person.sign_in(client, BADGE, DEMO_PASSWORD)
    await fail_again_and_again(client, database, at="127.0.0.1")
    assert_has_to_wait(await sign_in(client, BADGE, at="127.0.0.1"))
    assert (await officer.get("/session")).status_code == 200
    refreshed = await client.post(
        f"{API}/session/refresh", json={"refresh_token": officer.refresh_token}
    )
    assert refreshed.status_code == 201
