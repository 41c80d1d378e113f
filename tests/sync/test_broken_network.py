"""A phone comes back with days of work, over a network that fails on purpose: nothing that the
service said it holds is missing, nothing is there twice, and what was refused lies where a person
finds it."""

import asyncio
import gzip
import json
import os
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any, Final

import httpx
import pytest

from tests.commandline import run
from tests.network import Break, How, Network, breaking_network
from tests.pictures import encoded, noise
from tests.serving import Server, client_of, killable
from tests.sync.outbox import added, declared, opening
from tests.users import API, Person, entry, identification, release, rescue
from wildlife.settings import Settings, to_environment

INCIDENTS: Final = 24
MANY: Final = 1000
AT_ONCE: Final = 20
KILLED_AT: Final = (1, 4)
BREAKING: Final = (How.RESET, How.CLOSE, How.LOSE_ANSWER, How.REPEAT, How.THROTTLE)
PART: Final = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}


@dataclass
class Phone:
    """What an officer gathered, and what of it the phone knows to be held."""

    client: httpx.AsyncClient
    token: str
    chance: random.Random
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    photos: dict[str, bytes] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    """Why, by their ids."""

    def gather(self, body: dict[str, Any], incident_id: str | None = None) -> None:
        item = opening(body) if incident_id is None else added(incident_id, body)
        self.items[body["id"]] = item

    def take_picture(self, incident_id: str, content: bytes) -> None:
        item = declared(incident_id, content)
        self.items[item["photo"]["photo_id"]] = item
        self.photos[item["photo"]["photo_id"]] = content

    def incident_of(self, id_: str) -> str:
        item = self.items[id_]
        return str(item.get("incident_id") or item.get("photo", {}).get("incident_id") or id_)

    async def send(self) -> None:
        """Some of what is not held yet, in any order; broken off, it is as if nothing was sent."""
        left = [one for one in self.items if one not in self.held]
        some = self.chance.sample(left, min(AT_ONCE, len(left)))
        content = json.dumps({"items": [self.items[one] for one in some]}).encode()
        headers = {"Content-Type": "application/json"}
        if self.chance.random() < 0.5:
            content, headers["Content-Encoding"] = gzip.compress(content), "gzip"
        with suppress(httpx.TransportError):
            answer = await self._request("POST", "/sync", content=content, headers=headers)
            assert answer.status_code == 200, answer.text
            for one, result in zip(some, answer.json()["items"], strict=True):
                assert result["id"] == one
                self.refused.pop(one, None)
                if result["outcome"] == "expected":
                    await self._send_bytes(one, result["upload"], result["offset"])
                elif result["outcome"] in ("refused", "waiting"):
                    assert result["problem"]["detail"]
                    self.refused[one] = result["problem"]["code"]

    async def _send_bytes(self, photo_id: str, upload: str, offset: int) -> None:
        path = upload.partition(API)[2]
        headers = PART | {"Upload-Offset": str(offset)}
        content = self.photos[photo_id][offset:]
        answer = await self._request("PATCH", path, content=content, headers=headers)
        assert answer.status_code in (204, 404, 409), answer.text

    async def ask(self) -> None:
        """Which are held: by this alone the phone would delete its own."""
        ids = [*self.items]
        digests = [sha256(one).hexdigest() for one in self.photos.values()]
        with suppress(httpx.TransportError):
            held = set[str]()
            for at in range(0, len(ids), 1000):
                asked = {"ids": ids[at : at + 1000], "sha256": digests[:1000]}
                answer = await self._request("POST", "/receipts", json=asked)
                assert answer.status_code == 200
                held |= {*answer.json()["ids"]}
            assert self.held <= held, "what was held is held"
            self.held = held

    def restart(self) -> None:
        """It knows no more than what it gathered."""
        self.refused.clear()

    async def _request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        headers = kwargs.pop("headers", {}) | {"Authorization": f"Bearer {self.token}"}
        return await self.client.request(method, f"{API}{path}", headers=headers, **kwargs)


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    with killable(settings) as server:
        yield server


@pytest.fixture
async def network(server: Server) -> AsyncIterator[Network]:
    async with breaking_network(server.port) as network:
        yield network


async def killed_within(server: Server, network: Network, body_bytes: int) -> None:
    """Let the server be killed when so many bytes have come, and start again."""
    await network.passed(body_bytes)
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


def gathered(phone: Phone, number: int) -> list[str]:
    """Days of work: so many rescues, each with what was done; the ids of the incidents."""
    incidents = []
    for n in range(number):
        body = rescue()
        incidents.append(body["id"])
        phone.gather(body)
        named = identification()
        phone.gather(named, body["id"])
        phone.gather(entry("note", "2024-07-31T08:00:00+08:00", note=f"第{n}只"), body["id"])
        correcting = {"entry_id": named["id"], "changes": {"confidence": "probable"}}
        phone.gather(entry("amendment", "2024-08-01T08:00:00+08:00", **correcting), body["id"])
        phone.gather(release(), body["id"])
        if n % 5 == 0:
            phone.take_picture(body["id"], encoded(noise(30 + n % 200, 30 + n // 200)))
        if n % 7 == 0:
            phone.gather(identification(animal=9), body["id"])  # that there is not
    return incidents


async def test_days_of_work_arrive_once_over_a_network_that_fails(
    officer: Person, server: Server, network: Network, thorough: bool
) -> None:
    chance = random.Random(8)
    number = MANY if thorough else INCIDENTS
    async with client_of(f"http://127.0.0.1:{network.port}", timeout=30) as client:
        phone = Phone(client, officer.access_token, chance)
        incidents = gathered(phone, number)
        impossible = {
            one for one, item in phone.items.items() if item.get("entry", {}).get("animal") == 9
        }
        moved = set[str]()
        for turn in count():
            if turn % 3 == 0:
                after = chance.randrange(3000)
                network.plan.append(Break(chance.choice(BREAKING), after))
            if turn in KILLED_AT or (thorough and turn % 20 == 0):
                after = network.body_bytes + chance.randrange(10_000)
                killing = asyncio.create_task(killed_within(server, network, after))
                while not killing.done():
                    await phone.send()
                await killing
            else:
                await phone.send()
            if chance.random() < 0.2:
                phone.restart()
            if turn % 2 and (there := [one for one in incidents if one in phone.held]):
                # Meanwhile it is handed on: what happened before is still theirs to say.
                one = chance.choice(there)
                if one not in moved:
                    moved.add(one)
                    given = entry("handover", "2024-08-20T08:00:00+08:00", station="150723")
                    assert (await officer.post(f"/incidents/{one}/entries", given)).is_success
            await phone.ask()
            if phone.held >= phone.items.keys() - impossible:
                break
        network.plan.clear()
        phone.restart()
        while not impossible <= phone.refused.keys():
            await phone.send()
    assert network.breaks >= len(KILLED_AT)
    assert turn >= max(KILLED_AT)
    assert moved
    assert phone.refused.keys() == impossible
    await require_all(officer, phone, incidents, impossible, moved)
    ended = await run("verify", **(os.environ | to_environment(server.settings)))
    assert ended.status == 0, ended.out


async def require_all(
    officer: Person, phone: Phone, incidents: list[str], impossible: set[str], moved: set[str]
) -> None:
    """That all is there once, as the phone has it, and what was refused is kept."""
    kept = {one["entry_id"] async for one in every(officer, "/refused")}
    assert kept == impossible
    case_numbers = set[str]()
    for incident_id in incidents:
        told = await officer.read(f"/incidents/{incident_id}")
        case_numbers.add(told["case_number"])
        entries = await officer.read(f"/incidents/{incident_id}/entries")
        ids = [one["body"]["id"] for one in entries["items"]]
        mine = {one for one in phone.items if phone.incident_of(one) == incident_id}
        others = 1 if incident_id in moved else 0
        assert len(ids) == len({*ids}) == len(mine - impossible) + others
        assert {*ids} >= mine - impossible
    assert len(case_numbers) == len(incidents)
    for photo_id, content in phone.photos.items():
        incident_id = phone.incident_of(photo_id)
        answer = await officer.get(f"/incidents/{incident_id}/photos/{photo_id}/original")
        assert answer.content == content


async def every(person: Person, path: str) -> AsyncIterator[dict[str, Any]]:
    """All of a list."""
    cursor: str | None = None
    while True:
        page = await person.read(path, params={"cursor": cursor} if cursor else {})
        for one in page["items"]:
            yield one
        if (cursor := page["next_cursor"]) is None:
            return
