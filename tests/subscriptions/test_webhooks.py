"""What is new, told to another system as it comes."""

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Event
from typing import Any, Final

import pytest
from aiohttp import web

from db.database import Database
from tests.changes.readers import all_changes, in_place
from tests.commandline import Wildlife
from tests.serving import until
from tests.subscriptions.receivers import (
    Received,
    Receiver,
    answering,
    asked,
    due,
    restarted,
    stands,
    subscribed,
)
from tests.users import API, Person, entry, identification, road_hazard
from wildlife.subscriptions import delivering

WITHIN_S: Final = 30


async def _opened(officer: Person, count: int) -> list[str]:
    """Incidents, in the order of `/changes`."""
    opened = {await officer.opened() for _ in range(count)}
    return [
        one["incident_id"] for one in await all_changes(officer) if one["incident_id"] in opened
    ]


async def test_each_entry_is_told_once_signed_and_in_order(
    officer: Person, receiver: Receiver
) -> None:
    earlier = await officer.opened()
    made = await subscribed(officer, receiver.url)
    [first] = await receiver.got(1)
    assert first.verified(made["secret"])["type"] == "subscribed"
    assert (await stands(officer, made["id"], "working"))["begun_at"] is not None
    bird = await officer.opened()
    await officer.appended(earlier, entry("note", note="又一条"))
    await in_place(officer)
    await receiver.got(3)
    new = await all_changes(officer)
    assert receiver.changes(made["secret"]) == new[1:]
    assert {one["incident_id"] for one in new[1:]} == {earlier, bird}
    told = await stands(officer, made["id"], "working")
    assert (told["delivered"], told["failure"]) == (2, None)
    assert len({one.id for one in receiver.received}) == 3


async def test_what_was_not_taken_is_told_again_with_the_same_id(
    officer: Person, receiver: Receiver, database: Database
) -> None:
    made = await subscribed(officer, receiver.url)
    await receiver.got(1)
    receiver.refuse(500)
    bird = await officer.opened()
    await in_place(officer)
    failing = await stands(officer, made["id"], "failing")
    assert (failing["failure"], failing["status"]) == ("not_taken", 500)
    assert failing["retry_at"] > failing["failing_since"]
    assert "200 to 299" in failing["reason"]
    refused = receiver.received[-1]
    receiver.answer = receiver.take
    await due(database, made["id"])
    await stands(officer, made["id"], "working")
    again = receiver.received[-1]
    assert again.id == refused.id
    assert again.body == refused.body
    assert [one["incident_id"] for one in receiver.changes(made["secret"])] == [bird]


async def test_what_fails_for_days_ends_and_goes_on_where_it_stopped(
    officer: Person, receiver: Receiver, database: Database
) -> None:
    made = await subscribed(officer, receiver.url)
    await receiver.got(1)
    receiver.refuse(503)
    birds = await _opened(officer, 3)
    await stands(officer, made["id"], "failing")
    async with database.writing() as connection:
        await connection.execute(
            "update subscription set failing_since = now() - interval '6 days'"
        )
    await due(database, made["id"])
    ended = await stands(officer, made["id"], "ended")
    assert ended["ended_at"] is not None
    receiver.received.clear()
    receiver.taken.clear()
    receiver.answer = receiver.take
    assert (await restarted(officer, made["id"]))["state"] == "working"
    await receiver.got(3)
    assert [one["incident_id"] for one in receiver.changes(made["secret"])] == birds
    receiver.received.clear()
    receiver.taken.clear()
    await restarted(officer, made["id"], since="-1d")
    await receiver.got(3)
    assert [one["incident_id"] for one in receiver.changes(made["secret"])] == birds


async def test_of_a_page_what_was_taken_before_a_failure_is_not_told_again(
    officer: Person, receiver: Receiver, database: Database
) -> None:
    birds = await _opened(officer, 3)
    made = await subscribed(officer, receiver.url, since="-1d")

    async def answer(message: Received) -> web.Response:
        return web.Response(status=500 if birds[1].encode() in message.body else 200)

    receiver.answer = answer
    failing = await stands(officer, made["id"], "failing")
    assert failing["delivered"] == 1
    receiver.received.clear()
    receiver.taken.clear()
    receiver.answer = receiver.take
    await due(database, made["id"])
    await receiver.got(2)
    assert [one["incident_id"] for one in receiver.changes(made["secret"])] == birds[1:]


async def test_it_is_told_what_its_owner_sees_and_asks_for(
    officer: Person, other_officer: Person, official: Person, receiver: Receiver
) -> None:
    address = f"{API}/changes?type=note&kind=rescue"
    made = await subscribed(officer, receiver.url, address=address)
    bird, foreign = await officer.opened(), await other_officer.opened()
    for person, one in ((officer, bird), (other_officer, foreign)):
        await person.appended(one, entry("note", note="一条"))
    await in_place(officer)
    await receiver.got(2)
    told = receiver.changes(made["secret"])
    assert [(one["incident_id"], one["entry"]["type"]) for one in told] == [(bird, "note")]


async def test_whoever_subscribes_is_told_what_their_changes_are(
    officer: Person,
    other_officer: Person,
    chief: Person,
    official: Person,
    auditor: Person,
    receiver: Receiver,
) -> None:
    bird = await officer.opened()
    await officer.appended(bird, identification(species_id="canis_lupus"))
    await officer.appended(bird, entry("handover", station="150723"))
    await officer.opened(road_hazard())
    told = {}
    for reader in (officer, other_officer, chief, official, auditor):
        told[reader.badge] = new = await all_changes(reader)
        receiver.received.clear()
        receiver.taken.clear()
        made = await subscribed(reader, receiver.url, since="-1d")
        await receiver.got(1 + len(new))
        await stands(reader, made["id"], "working")
        assert receiver.changes(made["secret"]) == new, reader.badge
    assert len({len(new) for new in told.values()}) > 1, "they see different things"


async def test_a_destination_that_is_gone_ends_it(officer: Person, receiver: Receiver) -> None:
    receiver.refuse(410)
    made = await subscribed(officer, receiver.url)
    ended = await stands(officer, made["id"], "ended")
    assert (ended["failure"], ended["status"], ended["begun_at"]) == ("gone", 410, None)


@pytest.mark.parametrize("as_date", [False, True])
async def test_who_says_when_to_come_again_is_left_alone_until_then(
    officer: Person, receiver: Receiver, database: Database, as_date: bool
) -> None:
    said = format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True)
    receiver.refuse(429, **{"Retry-After": said if as_date else "7200"})
    made = await subscribed(officer, receiver.url)
    await stands(officer, made["id"], "failing")
    async with database.reading() as connection:
        wait_s = await connection.fetchval(
            "select extract(epoch from due_at - now()) from subscription"
        )
    assert 7000 < wait_s <= 7200


async def test_sent_twice_it_is_one(officer: Person, receiver: Receiver) -> None:
    body: dict[str, Any] = asked(receiver.url)
    first, again = [await officer.post("/subscriptions", body) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["secret"] == again.json()["secret"]
    other = await officer.post("/subscriptions", {**body, "name": "另一个"})
    assert (other.status_code, other.json()["code"]) == (409, "id_conflict")
    [listed] = (await officer.read("/subscriptions"))["items"]
    assert listed["id"] == body["id"]
    assert "secret" not in listed
    assert (await officer.request("DELETE", f"/subscriptions/{body['id']}")).status_code == 204
    assert (await officer.read("/subscriptions"))["items"] == []


async def test_it_ends_where_nobody_can_tell_any_more_whose_it_is(
    officer: Person, receiver: Receiver
) -> None:
    made = await subscribed(officer, receiver.url)
    await receiver.got(1)
    change = {"password": "demo-only", "new_password": "a longer one 2026"}
    answer = await officer.request("PUT", "/session/password", json=change)
    assert answer.status_code < 300, answer.text
    ended = await stands(officer, made["id"], "ended")
    assert ended["failure"] == "account_changed"
    await officer.opened()
    await in_place(officer)
    await restarted(officer, made["id"])
    await receiver.got(2)


async def test_another_key_opens_its_secret_once_it_is_sealed_anew(
    officer: Person, receiver: Receiver, wildlife: Wildlife
) -> None:
    made = await subscribed(officer, receiver.url)
    await receiver.got(1)
    assert "1 row" in (await wildlife("key", "rotate")).out
    await restarted(officer, made["id"], since="-1d")
    await officer.opened()
    await in_place(officer)
    [_, *told] = await receiver.got(2)
    assert {one.verified(made["secret"])["type"] for one in told} == {"change"}


async def test_an_operator_sees_all_of_them_and_restarts_any(
    officer: Person, receiver: Receiver, wildlife: Wildlife
) -> None:
    receiver.refuse(410)
    made = await subscribed(officer, receiver.url)
    await stands(officer, made["id"], "ended")
    listed = (await wildlife("subscription", "list")).out
    assert made["id"] in listed
    assert receiver.url in listed
    assert "150425001" in listed
    assert "secret" not in (await wildlife("subscription", "list", "--json")).out
    receiver.answer = receiver.take
    assert "1 sub" in (await wildlife("subscription", "restart", made["id"])).out
    await stands(officer, made["id"], "working")


@pytest.mark.parametrize(
    "said",
    ["nan", "-5", "1e9", "Wed, 21 Oct 2015 07:28:00 GMT", "９", "Wed, 21 Oct 99999 07:28:00 GMT"],
)
async def test_a_time_to_come_again_that_is_none_is_not_waited_for(
    officer: Person, receiver: Receiver, database: Database, said: str
) -> None:
    receiver.refuse(503, **{"Retry-After": said})
    made = await subscribed(officer, receiver.url)
    await stands(officer, made["id"], "failing")
    async with database.reading() as connection:
        wait_s = await connection.fetchval(
            "select extract(epoch from due_at - now()) from subscription"
        )
    assert wait_s <= 6


ENDLESS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
COOKIE = (
    "HTTP/1.1 200 OK\r\nSet-Cookie: user=值班; Path=/\r\nSet-Cookie: a=b; Domain=\xff\r\n"
    "Content-Length: 0\r\n\r\n"
).encode()


@pytest.mark.parametrize(("said", "goes_on"), [(ENDLESS, True), (COOKIE, False)])
async def test_what_was_answered_was_taken_whatever_else_the_answer_has(
    officer: Person, said: bytes, goes_on: bool
) -> None:
    """Each connection is closed, too, without a word."""
    async with answering(said, goes_on=goes_on) as (url, came):
        made = await subscribed(officer, url)
        told = await stands(officer, made["id"], "working", "failing")
        assert told["failure"] is None
        if not goes_on:
            await officer.opened()
            await officer.opened()
            await in_place(officer)
            assert await until(lambda: _so(len(came) == 3))
            assert (await stands(officer, made["id"], "working"))["failure"] is None


async def _so(is_so: bool) -> bool:
    return is_so


async def test_two_entries_of_one_id_in_two_incidents_are_two_messages(
    officer: Person, receiver: Receiver
) -> None:
    one, other = await officer.opened(), await officer.opened()
    note = entry("note", note="一条")
    made = await subscribed(officer, receiver.url)
    for bird in (one, other):
        await officer.appended(bird, note)
    await in_place(officer)
    [_, first, second] = await receiver.got(3)
    assert first.id != second.id
    told = {change["incident_id"] for change in receiver.changes(made["secret"])}
    assert told == {one, other}


async def test_a_server_of_names_that_hangs_holds_up_who_named_it_alone(
    officer: Person, other_officer: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, hanging = socket.getaddrinfo, Event()

    def asked_for(host: str, *args: Any, **named: Any) -> Any:
        if host.startswith("slow"):
            hanging.wait(WITHIN_S)
            raise socket.gaierror
        return honest(host, *args, **named)

    monkeypatch.setattr(socket, "getaddrinfo", asked_for)
    try:
        slow = [await subscribed(officer, f"http://slow{n}.test/") for n in range(8)]
        # Of one account no more wait than a few.
        for one in slow[4:]:
            failing = await stands(officer, one["id"], "failing", "beginning")
            assert failing["failure"] in {"no_such_host", None}
        made = await subscribed(other_officer, receiver.url.replace("127.0.0.1", "localhost"))
        await stands(other_officer, made["id"], "working")
    finally:
        hanging.set()


async def test_what_was_read_is_read_again_before_it_is_old(
    officer: Person, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering, "_FRESH_S", 0)
    birds = await _opened(officer, 2)
    voided = asyncio.Event()

    async def answer(message: Received) -> web.Response:
        if birds[0].encode() in message.body:
            await voided.wait()
        return web.Response()

    receiver.answer = answer
    note = entry("note", note="一条")
    await officer.appended(birds[1], note)
    await in_place(officer)
    made = await subscribed(officer, receiver.url, since="-1d")
    await receiver.got(1)
    await officer.appended(birds[1], entry("void", entry_id=note["id"], reason="误记"))
    voided.set()
    await receiver.got(4)
    told = {one["entry"]["id"]: one["entry"] for one in receiver.changes(made["secret"])}
    assert told[note["id"]]["voided_by"] is not None
