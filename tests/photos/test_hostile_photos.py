"""Files that are odd, broken or malicious, sent to the service as it really runs."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.photos.renditions import settled
from tests.pictures import Hostile, hostile
from tests.serving import Server, client_of, killable
from tests.tus import PART, creation
from tests.users import API, Person
from wildlife.people.accounts import DEMO_PASSWORD
from wildlife.settings import Settings

# What each is answered when it is sent, and when its thumbnail is asked for.
ANSWERS: dict[str, tuple[int, str, int]] = {
    "unsupported": (422, "unsupported_image", 404),
    "unreadable": (201, "unreadable", 404),
    "too_many_pixels": (201, "abandoned", 404),
    "too_many_scans": (201, "abandoned", 404),
    "incomplete": (201, "made", 200),
    "rendered": (201, "made", 200),
}
MEMORY_LIMIT_MB = 200


@pytest.fixture
async def server(settings: Settings) -> AsyncIterator[Server]:
    with killable(settings) as server:
        yield server


@pytest.fixture
async def phone(server: Server) -> AsyncIterator[Person]:
    async with client_of(server.base, timeout=120) as client:
        yield await Person.sign_in(client, "150425001", DEMO_PASSWORD)


async def test_each_gets_its_answer_and_the_server_takes_no_harm(
    server: Server, phone: Person
) -> None:
    serving = serving_processes(server)
    for number, one in enumerate(hostile()):
        incident = await phone.opened()
        send = (put, upload)[number % 2]
        answer, photo = await send(phone, incident, one.content)
        await check(phone, incident, photo, one, answer)
        assert peak_mb(serving) < MEMORY_LIMIT_MB, one.name
    assert serving_processes(server) == serving, "none of them died"
    assert (await phone.client.get("/readyz")).is_success


async def test_at_once_they_do_no_harm_either(server: Server, phone: Person) -> None:
    serving = serving_processes(server)
    incident = await phone.opened()
    files = [one for one in hostile() if len(one.content) < 300_000]
    few = asyncio.Semaphore(16)

    async def send(one: Hostile) -> str:
        async with few:
            answer, _ = await put(phone, incident, one.content)
        assert answer.status_code == ANSWERS[one.answer][0], one.name
        return one.answer

    sent = Counter(await asyncio.gather(*map(send, files)))
    async with asyncio.timeout(100):
        while pending := [p for p in await photos(phone, incident) if p["renditions"] == "pending"]:
            # Asking for one waits for it.
            await phone.get(f"/incidents/{incident}/photos/{pending[-1]['photo_id']}/thumbnail")
    made = Counter(photo["renditions"] for photo in await photos(phone, incident))
    assert made == {
        "made": sent["rendered"] + sent["incomplete"],
        "unreadable": sent["unreadable"],
        "abandoned": sent["too_many_pixels"] + sent["too_many_scans"],
    }
    assert serving_processes(server) == serving
    assert peak_mb(serving) < MEMORY_LIMIT_MB


async def check(
    phone: Person, incident: str, photo: str, one: Hostile, answer: httpx.Response
) -> None:
    status, outcome, shown = ANSWERS[one.answer]
    assert answer.status_code == status, f"{one.name}: {answer.text}"
    thumbnail = await phone.get(f"/incidents/{incident}/photos/{photo}/thumbnail")
    assert thumbnail.status_code == shown, one.name
    if status != 201:
        assert answer.json()["code"] == outcome, one.name
        assert await photos(phone, incident) == []
        return
    if outcome != "made":
        assert thumbnail.json()["code"] == "no_rendition", one.name
    [record] = await settled(phone, incident)  # it is noted a moment after it was made for us
    assert record["renditions"] == outcome, one.name
    why = None if shown == 200 else one.answer.replace("unreadable", "undecodable")
    assert record["renditions_reason"] == why, one.name
    assert ("incomplete" in record["flags"]) == (one.answer == "incomplete"), one.name
    original = await phone.get(f"/incidents/{incident}/photos/{photo}/original")
    assert original.content == one.content, one.name


async def photos(phone: Person, incident: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await phone.read(f"/incidents/{incident}/photos"))["items"]
    return items


async def put(phone: Person, incident: str, content: bytes) -> tuple[httpx.Response, str]:
    """The photo in one request; its name and header say JPEG whatever it is."""
    photo = uuid4()
    return await phone.put_photo(incident, content, photo), str(photo)


async def upload(phone: Person, incident: str, content: bytes) -> tuple[httpx.Response, str]:
    """The same by tus, with the body in the creation."""
    photo = str(uuid4())
    headers = PART | creation(
        len(content), incident_id=incident, photo_id=photo, filename="IMG_0001.jpg"
    )
    answer = await phone.request("POST", "/uploads", content=content, headers=headers)
    assert answer.request.url.path == f"{API}/uploads"
    return answer, photo


def serving_processes(server: Server) -> set[int]:
    """The server and its worker, without those who decode photos and may die."""
    main = psutil.Process(server.pids[0])
    return {main.pid, *(child.pid for child in main.children())}


def peak_mb(pids: set[int]) -> float:
    """The most memory that any of these ever had."""
    peaks = []
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text()
        match = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert match is not None
        peaks.append(int(match[1]) / 1000)
    return max(peaks)
