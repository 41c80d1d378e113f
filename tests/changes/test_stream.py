"""What is new as server-sent events, from the service as it really runs."""

import asyncio
import random
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

import httpx

from tests.changes.readers import Event, events
from tests.db.sessions import session
from tests.serving import Server, client_of
from tests.users import API, Person, entry, rescue
from wildlife.people.accounts import Tokens
from wildlife.settings import Settings

AS_EVENTS: Final = {"Accept": "text/event-stream"}
WITHIN_S: Final = 30


@asynccontextmanager
async def person_at(
    server: Server, sessions: dict[str, Tokens], badge: str = "150425001"
) -> AsyncIterator[Person]:
    async with client_of(server.base) as client:
        yield Person(client, badge, sessions[badge].access_token, sessions[badge].refresh_token)


@asynccontextmanager
async def streamed(person: Person, **headers: str) -> AsyncIterator[AsyncIterator[Event]]:
    token = {"Authorization": f"Bearer {person.access_token}"}
    asked = {**AS_EVENTS, **token, **headers}
    async with (
        asyncio.timeout(WITHIN_S),
        person.client.stream("GET", f"{API}/changes", headers=asked) as answer,
    ):
        assert answer.status_code == HTTPStatus.OK
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield events(answer)


async def next_change(stream: AsyncIterator[Event]) -> Event:
    async for one in stream:
        if one.name is not None:
            return one
    raise AssertionError("the stream ended")


async def test_it_goes_on_from_the_last_event_and_ends_with_the_session_and_the_service(
    servers: list[Server], sessions: dict[str, Tokens]
) -> None:
    first, second = servers
    async with person_at(first, sessions) as officer, person_at(second, sessions) as elsewhere:
        bird = await officer.opened()
        async with streamed(officer) as stream:
            opened = await next_change(stream)
            assert (opened.name, opened.data["entry"]["id"]) == ("change", bird)
            note = entry("note", note="又一条\n两行")
            await elsewhere.appended(bird, note)
            noted = await next_change(stream)
            assert noted.data["entry"]["body"]["note"] == "又一条\n两行"
            read = await officer.read(f"/changes?limit=1&cursor={opened.id}")
            assert [noted.data] == read["items"]
        async with streamed(elsewhere, **{"Last-Event-ID": opened.id or ""}) as stream:
            assert (await next_change(stream)).data == noted.data
            async with person_at(second, sessions, "chief") as chief:
                assert (await elsewhere.request("DELETE", "/session")).status_code == 204
                corrected = entry("amendment", entry_id=bird, changes={"summary": "鸬鹚"})
                await chief.appended(bird, corrected)
            ended = await next_change(stream)
            assert (ended.name, ended.data) == ("end", {"code": "invalid_token"})
            assert [one async for one in stream] == []
    async with person_at(first, sessions, "chief") as chief, streamed(chief) as stream:
        await next_change(stream)
        stopping = asyncio.create_task(asyncio.to_thread(first.stop))
        assert {one.name async for one in stream} <= {None, "change"}
        await stopping


async def test_who_can_t_read_a_stream_gets_a_page_and_a_head_no_body(
    servers: list[Server], sessions: dict[str, Tokens]
) -> None:
    server = servers[0]
    token = {"Authorization": f"Bearer {sessions['150425001'].access_token}"}
    async with client_of(server.base, timeout=WITHIN_S) as client:
        head = await client.head(f"{API}/changes", headers=token | AS_EVENTS)
        assert (head.status_code, head.content) == (200, b"")
        refused = await client.get(f"{API}/changes", headers=token | {"Accept": "text/csv"})
        assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
        unknown = await client.get(f"{API}/changes", headers=AS_EVENTS)
        assert unknown.status_code == HTTPStatus.UNAUTHORIZED
    lines = [f"GET {API}/changes HTTP/1.0", "Host: x", *map(": ".join, (token | AS_EVENTS).items())]

    def ask() -> bytes:
        with socket.create_connection(("127.0.0.1", server.port), timeout=WITHIN_S) as wire:
            wire.sendall("\r\n".join([*lines, "", ""]).encode())
            return b"".join(iter(lambda: wire.recv(10_000), b""))

    assert b'"items":[]' in await asyncio.to_thread(ask)


async def test_one_that_can_t_be_shown_comes_in_its_turn(
    servers: list[Server], sessions: dict[str, Tokens], settings: Settings
) -> None:
    """Who goes on from it hears none again that came before, and misses none after it."""
    async with person_at(servers[0], sessions) as officer:
        bird = await officer.opened()
        notes = [entry("note", note=said) for said in ("又一条", "再一条")]
        for note in notes:
            await officer.appended(bird, note)
        async with session(settings.owner_database_url or "") as owner:
            await owner.execute(
                "update entry set canonical = 'x' where entry_id = $1::text::uuid", notes[0]["id"]
            )
        async with streamed(officer) as stream:
            told = [await next_change(stream) for _ in range(3)]
        assert [one.name for one in told] == ["change", "unreadable", "change"]
        assert told[1].data == notes[0]["id"]
        async with streamed(officer, **{"Last-Event-ID": told[1].id or ""}) as stream:
            assert (await next_change(stream)).data == told[2].data


MANY: Final = 90


async def test_many_streams_of_one_account_are_all_told(
    servers: list[Server], sessions: dict[str, Tokens]
) -> None:
    """More than it may send bodies at once: who listens sends none."""
    everybody = asyncio.Barrier(MANY + 1)

    async def listen(person: Person) -> str:
        async with streamed(person) as stream:
            await everybody.wait()
            told: str = (await next_change(stream)).data["entry"]["id"]
            return told

    async with person_at(servers[0], sessions) as officer, asyncio.TaskGroup() as group:
        listeners = [group.create_task(listen(officer)) for _ in range(MANY)]
        await everybody.wait()
        bird = await officer.opened()
    assert {one.result() for one in listeners} == {bird}


class Reader:
    """Another system: it keeps what it has taken together with where it is, and now and then it
    crashes between the two, or loses its connection, and goes on at another server."""

    def __init__(self, servers: list[Server], token: str, chance: random.Random) -> None:
        self._servers, self._chance = servers, chance
        self._headers = {"Authorization": f"Bearer {token}"}
        self._cursor: str | None = None
        self._number = 0
        self.taken: list[str] = []

    async def read(self, number: int) -> None:
        """Until so many are taken."""
        self._number = number
        while len(self.taken) < number:
            server = self._chance.choice(self._servers)
            way = self._chance.choice([self._a_page, self._a_stream])
            async with client_of(server.base, timeout=WITHIN_S) as client:
                await way(client)

    async def _a_page(self, client: httpx.AsyncClient) -> None:
        asked: dict[str, Any] = {"limit": self._chance.choice((1, 7, 100)), "wait": 1}
        if self._cursor is not None:
            asked["cursor"] = self._cursor
        answer = await client.get(f"{API}/changes", params=asked, headers=self._headers)
        found = answer.json()
        if self._chance.random() < 0.8:  # else it crashes before it has kept them
            self.taken += [one["entry"]["id"] for one in found["items"]]
            self._cursor = found["next_cursor"]

    async def _a_stream(self, client: httpx.AsyncClient) -> None:
        last = {} if self._cursor is None else {"Last-Event-ID": self._cursor}
        left = self._chance.randrange(1, 20)
        asked = self._headers | AS_EVENTS | last
        async with client.stream("GET", f"{API}/changes", headers=asked) as answer:
            async for one in events(answer):
                if one.name == "change":
                    self.taken.append(one.data["entry"]["id"])
                    left -= 1
                self._cursor = one.id or self._cursor
                if left == 0 or len(self.taken) == self._number:
                    return


INCIDENTS, NOTES = 8, 10


async def test_a_reader_that_crashes_takes_each_entry_once_while_eight_write_at_two_servers(
    servers: list[Server], sessions: dict[str, Tokens]
) -> None:
    filed: list[str] = []

    async def write(badge: str, at: int) -> None:
        chance = random.Random(at)
        async with client_of("", timeout=WITHIN_S) as client:
            token = {"Authorization": f"Bearer {sessions[badge].access_token}"}
            incident_id = ""
            for number in range(NOTES):
                base = f"{chance.choice(servers).base}{API}"
                body = entry("note", note=f"{number}") if number else rescue()
                incident_id = incident_id or body["id"]
                path = f"/incidents/{incident_id}/entries" if number else "/incidents"
                answer = await client.post(f"{base}{path}", json=body, headers=token)
                assert answer.status_code == HTTPStatus.CREATED, answer.text
                filed.append(body["id"])

    reader = Reader(servers, sessions["auditor"].access_token, random.Random(13))
    async with asyncio.timeout(4 * WITHIN_S):
        await asyncio.gather(
            reader.read(INCIDENTS * NOTES),
            *(write(("150425001", "150723001")[at % 2], at) for at in range(INCIDENTS)),
        )
    assert len(reader.taken) == len({*reader.taken})
    assert {*reader.taken} == {*filed}
