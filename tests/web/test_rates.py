"""How many requests somebody may send: whoever sends too many waits, and nobody else does."""

import re
import time
from collections import Counter
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.documented import document
from tests.fixtures.service import running_application
from tests.pictures import encoded, noise
from tests.serving import client_of, serving
from tests.tus import PART, TUS, creation
from tests.users import API, Person, entry
from wildlife.people.accounts import DEMO_PASSWORD, Tokens
from wildlife.settings import Settings
from wildlife.web import pacing
from wildlife.web.pacing import Moments

MOST = 60
STATION, STRANGE = "10.15.4.25", "203.0.113.9"

# Those that watch over the service, and what a phone asks and sends in the midst of a photo.
NEVER = {
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/metrics"),
    ("head", f"{API}/uploads/{{upload_id}}"),
    ("patch", f"{API}/uploads/{{upload_id}}"),
}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The least that may be set; the tests' client is a proxy that says from where one asks."""
    return replace(
        settings,
        account_requests_per_minute=MOST,
        address_refusals_per_minute=MOST,
        trusted_proxy="127.0.0.1",
    )


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(pacing, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


def is_too_many(answer: Response) -> bool:
    if answer.status_code != 429:
        return False
    assert answer.headers["Retry-After"] == "1"
    if answer.request.method != "HEAD":
        assert answer.json()["code"] == "too_many_requests"
    return True


async def send_all(officer: Person) -> None:
    for _ in range(MOST):
        assert (await officer.get("/session")).status_code == 200


async def knock(client: AsyncClient, at: str, times: int = MOST) -> list[Response]:
    """What is answered to a token that is none, from this address."""
    headers = {"Authorization": "Bearer x", "X-Forwarded-For": at}
    return [await client.get(f"{API}/incidents", headers=headers) for _ in range(times)]


async def test_every_call_of_an_account_counts_but_those_of_an_upload_under_way(
    officer: Person, clock: Clock
) -> None:
    await send_all(officer)
    told = 0
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            there = re.sub(r"\{\w+\}", str(uuid4()), path)
            headers = {"Authorization": f"Bearer {officer.access_token}"}
            answer = await officer.client.request(method, there, headers=headers)
            # A feed asks for no account, but for a password of its own.
            is_known = operation.get("security") not in ([{}], [{"feed": []}])
            is_refused = (method, path) not in NEVER and is_known
            assert is_too_many(answer) is is_refused, (method, path, answer.status_code)
            documented = operation["responses"].get("429", {}).get("description", "")
            assert ("`too_many_requests`" in documented) is ((method, path) not in NEVER), path
            told += is_refused
    assert told > 30


async def test_a_phone_goes_on_with_its_photo_when_its_account_has_sent_too_much(
    officer: Person, clock: Clock
) -> None:
    photo, incident = encoded(noise(60, 40)), await officer.opened()
    begins = creation(len(photo), incident_id=incident, photo_id=str(uuid4()))
    begun = await officer.request("POST", "/uploads", headers=begins)
    path = begun.headers["Location"].partition(API)[2]
    for _ in range(MOST):
        await officer.get("/session")
    assert is_too_many(await officer.request("POST", "/uploads", headers=begins))
    half = len(photo) // 2
    for offset, part in ((0, photo[:half]), (half, photo[half:])):
        asked = await officer.request("HEAD", path, headers=TUS)
        assert asked.headers["Upload-Offset"] == str(offset)
        sent = await officer.request(
            "PATCH", path, headers=PART | {"Upload-Offset": str(offset)}, content=part
        )
        assert sent.status_code == 204
    clock.now += 1
    [shown] = (await officer.read(f"/incidents/{incident}/photos"))["items"]
    assert shown["photo_id"]


async def test_the_wait_ends_when_it_was_said_to_and_nobody_else_waits(
    officer: Person, other_officer: Person, clock: Clock
) -> None:
    await send_all(officer)
    for _ in range(3):  # what is refused does not prolong it
        assert is_too_many(await officer.get("/session"))
    assert (await other_officer.get("/session")).status_code == 200
    clock.now += 1
    assert (await officer.get("/session")).status_code == 200
    assert is_too_many(await officer.get("/session"))
    clock.now += 60
    await send_all(officer)


async def test_it_is_told_in_both_languages_and_counted(officer: Person, clock: Clock) -> None:
    await send_all(officer)
    answer = await officer.get("/session")
    assert answer.json()["detail"] == (
        "More than 60 requests a minute came from this account. Send the same again in 1 seconds:"
        " nothing is filed twice."
    )
    answer = await officer.get("/session", headers={"Accept-Language": "zh"})
    assert answer.json()["detail"] == (
        "本账号发来的请求超过了每分钟 60 个。请在 1 秒后原样重发：不会重复登记。"
    )
    [_, *others] = await knock(officer.client, STRANGE, MOST + 2)
    assert "from this address" in others[-1].json()["detail"]
    metrics = (await officer.client.get("/metrics")).text
    sample = (
        'wildlife_refusals_total{code="too_many_requests",method="GET",route="/api/v1/session"}'
    )
    assert any(line.startswith(sample) for line in metrics.splitlines())


# ---------------------------------------------------------------- who is not signed in


async def test_who_knocks_without_end_is_told_to_wait_and_holds_up_nobody_at_their_address(
    client: AsyncClient, sessions: dict[str, Tokens], clock: Clock
) -> None:
    """Nobody who shows what is right: a token, a password, a token for new ones."""
    answers = Counter(one.status_code for one in await knock(client, STATION, MOST + 5))
    assert answers == {401: MOST, 429: 5}
    client.headers["X-Forwarded-For"] = STATION
    officer = await Person.sign_in(client, "150425001", DEMO_PASSWORD)
    assert (await officer.get("/session")).status_code == 200
    for token, status in ((officer.refresh_token, 201), ("x", 429)):
        answer = await client.post(f"{API}/session/refresh", json={"refresh_token": token})
        assert answer.status_code == status
    for path, body in (
        ("/session", {"badge": "150425001", "password": "wrong"}),
        ("/session", "x"),
        ("/devices/enrolment", {"code": "0"}),
    ):
        assert is_too_many(await client.post(f"{API}{path}", json=body)), path
    assert [one.status_code for one in await knock(client, STRANGE, 1)] == [401]


async def test_whoever_says_to_come_from_elsewhere_gets_no_other_rate(
    client: AsyncClient, clock: Clock
) -> None:
    for number in range(MOST):
        [answer] = await knock(client, f"198.51.100.{number}, {STRANGE}", 1)
        assert answer.status_code == 401
    [answer] = await knock(client, f"198.51.100.200, {STRANGE}", 1)
    assert is_too_many(answer)
    for number in range(MOST):  # all of a network of IPv6 is one sender
        await knock(client, f"2001:db8:0:1::{number:x}", 1)
    [answer] = await knock(client, "2001:db8:0:1:ffff::", 1)
    assert is_too_many(answer)
    [answer] = await knock(client, "2001:db8:0:2::", 1)
    assert answer.status_code == 401


async def test_a_proxy_that_is_not_trusted_is_one_sender_whatever_it_says(
    settings: Settings, clock: Clock
) -> None:
    async with running_application(replace(settings, trusted_proxy="10.0.0.5")) as client:
        for number in range(MOST):
            await knock(client, f"198.51.100.{number}", 1)
        [answer] = await knock(client, "198.51.100.200", 1)
        assert is_too_many(answer)


async def test_who_watches_over_the_service_is_never_refused(
    client: AsyncClient, clock: Clock
) -> None:
    await knock(client, "127.0.0.1")
    for method, path in sorted(NEVER):
        there = path.replace("{upload_id}", str(uuid4()))
        for _ in range(3):
            answer = await client.request(method, there)
            assert answer.status_code == (200 if API not in path else 401), path
    [answer] = await knock(client, "127.0.0.1", 1)
    assert is_too_many(answer)


async def test_what_is_ours_to_mend_counts_against_nobody(
    client: AsyncClient, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    from wildlife.people.holders import Holders

    async def away(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(Holders, "holder_of", away)
        assert {one.status_code for one in await knock(client, STRANGE)} == {503}
    assert [one.status_code for one in await knock(client, STRANGE, 1)] == [401]


# ---------------------------------------------------------------- whom it must not meet


async def test_a_phone_that_comes_back_from_three_days_without_network_is_not_refused(
    settings: Settings, sessions: dict[str, Tokens], clock: Clock
) -> None:
    """200 entries and 60 photos, however quickly the network takes them: no time passes."""
    usual = Settings()
    as_usual = replace(
        settings,
        account_requests_per_minute=usual.account_requests_per_minute,
        address_refusals_per_minute=usual.address_refusals_per_minute,
    )
    async with running_application(as_usual) as client:
        tokens = sessions["150425001"]
        officer = Person(client, "150425001", tokens.access_token, tokens.refresh_token)
        incident = await officer.opened()
        statuses = Counter[int]()
        for number in range(200):
            body = entry("note", note=f"第 {number} 条")
            answer = await officer.post(f"/incidents/{incident}/entries", body)
            statuses[answer.status_code] += 1
        for _ in range(60):
            begins = creation(1000, incident_id=incident, photo_id=str(uuid4()))
            answer = await officer.request("POST", "/uploads", headers=begins)
            statuses[answer.status_code] += answer.status_code != 429
    assert statuses[429] == 0
    assert statuses[201] >= 200


def test_an_officials_export_is_not_refused() -> None:
    """A million records by pages of 500, as quickly as one connection gets them."""
    moments, most = Moments(), Settings().account_requests_per_minute
    assert not any(moments.wait_s(b"official", most) for _ in range(1_000_000 // 500))


# ---------------------------------------------------------------- the rule


@given(st.integers(60, 1_000_000), st.lists(st.floats(0, 200, allow_nan=False), max_size=300))
def test_in_any_minutes_no_more_is_taken_than_there_is_room_for(
    per_minute: int, pauses: list[float]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        clock = Clock()
        patched.setattr(pacing, "time", SimpleNamespace(monotonic=clock.monotonic))
        moments, taken, began = Moments(), 0, clock.now
        for pause in pauses:
            clock.now += pause / per_minute
            wait = moments.wait_s(b"a", per_minute)
            taken += not wait
            room = per_minute * (1 + (clock.now - began) / 60)
            assert taken <= room + 0.01
            assert bool(wait) is (taken + 1 > room + 0.01) or taken + 1 > room - 0.01
            assert wait <= 60 / per_minute + 0.001


async def test_all_workers_count_together(settings: Settings, sessions: dict[str, Tokens]) -> None:
    """Each connection comes to one of them, and the kernel says to which."""
    headers = {"Authorization": f"Bearer {sessions['150425001'].access_token}"}
    with serving(replace(settings, workers=2)) as base:
        statuses, began = Counter[int](), time.monotonic()
        for _ in range(2 * MOST):
            async with client_of(base) as client:
                answer = await client.get(f"{API}/session", headers=headers)
            statuses[answer.status_code] += 1
        seconds = time.monotonic() - began
    assert MOST <= statuses[200] <= MOST + seconds + 5
    assert statuses[200] + statuses[429] == 2 * MOST
