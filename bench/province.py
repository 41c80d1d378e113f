"""The phones of a province, which send what they gathered as fast as they are answered, and two who
read meanwhile: one asks for lists, one follows what is new.

Of the groups of four rescues that a phone has, each with an opening, four entries and a photo, one
goes as `POST /sync`, the next each by itself; of some the answer is lost, and they come twice.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any, Final, NamedTuple

import httpx

from bench.load import Job, Request, does_over_http
from bench.rounds import new_id
from bench.stage import OPENING_AFTER_ID, OPENING_BEFORE_ID, entry

GROUP: Final = 4
ENTRIES: Final = 5
"""Of each incident, the opening among them."""
_SENT_TWICE: Final = 10
"""One group of so many is."""

_FOUND: Final = timedelta(hours=3)
_STEP: Final = timedelta(minutes=10)
_PAUSE_S: Final = 0.1
_AT_ONCE: Final = 500
_GIVE_UP_S: Final = 60

OPEN, APPEND, SYNC, LIST, FEED = "open", "append", "sync", "lists", "changes"


class Noted:
    """What was sent and how it was answered."""

    def __init__(self, tell: Callable[[], None]) -> None:
        self.entries: set[str] = set()
        """The ids of those that were acknowledged."""
        self.photos = 0
        """How many were declared."""
        self.again = 0
        """How many items came twice."""
        self.latencies_s: dict[str, list[float]] = {}
        """By call, since the last look."""
        self.errors: Counter[str] = Counter()
        """What was answered that should not have been."""
        self._tell = tell

    def answered(self, call: str, begun: float) -> None:
        self.latencies_s.setdefault(call, []).append(time.perf_counter() - begun)

    def taken(self, id_: str) -> None:
        if id_ in self.entries:
            self.again += 1
        self.entries.add(id_)
        self._tell()

    def failed(self, call: str, answer: bytes) -> None:
        self.errors[f"{call}: {answer.decode(errors='replace')[:500]}"] += 1


class Phones(NamedTuple):
    """So many incidents from these phones, over so many connections at once."""

    tokens: Sequence[str]
    incidents: int
    connections: int


async def send(port: int, phones: Phones, noted: Noted) -> None:
    """Send all of it."""
    groups = iter(range(phones.incidents // GROUP))
    lanes = [lambda: _lane(port, phones.tokens, groups, noted) for _ in range(phones.connections)]
    await does_over_http(port, lanes)(0)


def _lane(port: int, tokens: Sequence[str], groups: Iterator[int], noted: Noted) -> Job:
    for number in groups:
        begin = _begin(port, tokens[number % len(tokens)])
        items = [one for n in range(GROUP) for one in _rescue(number * GROUP + n)]
        times = 2 if number % _SENT_TWICE == 0 else 1
        is_together = number % 2 == (number // len(tokens)) % 2
        for again in range(times):
            if is_together:
                yield from _together(begin, items, noted, again=bool(again))
            else:
                yield from _each_by_itself(begin, items, noted, again=bool(again))


def _rescue(number: int) -> Iterator[dict[str, Any]]:
    """The items of one: its opening, what was done, and that there is a photo."""
    found = datetime.now(UTC) - _FOUND
    moments = (f"{found + n * _STEP:%Y-%m-%dT%H:%M:%SZ}" for n in range(ENTRIES))
    incident_id = str(new_id())
    opening = json.loads(OPENING_BEFORE_ID + incident_id.encode() + OPENING_AFTER_ID)
    at = next(moments)
    yield {"opening": opening | {"found_at": at, "recorded_at": at, "officers": []}}
    seen = f"第{number}次接报，羽毛湿透，{number % 97}号林班"
    for type_, said in (
        ("assessment", {"exam": "field", "condition": "weak", "injuries": seen}),
        (
            "identification",
            {
                "species_id": "phalacrocorax_carbo",
                "identified_by": "旗林草局野生动物专家",
                "confidence": "certain",
            },
        ),
        ("care", {"note": "擦干羽毛，放入纸箱保温，已进食少量鱼"}),
        (
            "release",
            {
                "site": {"description": "响水水库", "region_code": "150425"},
                "method": "hard",
                "officers": ["150425001"],
            },
        ),
    ):
        body = entry(type_, next(moments), animal=1, **said)
        yield {"incident_id": incident_id, "entry": body}
    photo = {"incident_id": incident_id, "photo_id": str(new_id())}
    yield {"photo": photo | {"size": 2_000_000, "sha256": f"{number:064x}"}}


def _begin(port: int, token: str) -> Callable[[str, Any], Request]:
    def post(path: str, body: Any) -> Request:
        content = json.dumps(body).encode()
        head = (
            f"POST /api/v1{path} HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\n"
            f"Authorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        return Request((head.encode(), content), None)

    return post


def _together(
    post: Callable[[str, Any], Request], items: list[dict[str, Any]], noted: Noted, *, again: bool
) -> Job:
    begun = time.perf_counter()
    answer = yield post("/sync", {"items": items})
    noted.answered(SYNC, begun)
    if not answer.startswith(b"HTTP/1.1 200 "):
        noted.failed(SYNC, answer)
        return
    results = json.loads(answer.partition(b"\r\n\r\n")[2])["items"]
    for item, result in zip(items, results, strict=True):
        wanted = "expected" if "photo" in item else "replayed" if again else "created"
        if result["outcome"] != wanted:
            noted.failed(SYNC, json.dumps(result, ensure_ascii=False).encode())
        elif "photo" in item:
            noted.photos += not again
        else:
            noted.taken(result["id"])


def _each_by_itself(
    post: Callable[[str, Any], Request], items: list[dict[str, Any]], noted: Noted, *, again: bool
) -> Job:
    photos = [one for one in items if "photo" in one]
    wanted = b"HTTP/1.1 200 " if again else b"HTTP/1.1 201 "
    for item in items:
        if "photo" in item:
            continue
        if "opening" in item:
            call, path, body = OPEN, "/incidents", item["opening"]
        else:
            call, path, body = APPEND, f"/incidents/{item['incident_id']}/entries", item["entry"]
        begun = time.perf_counter()
        answer = yield post(path, body)
        noted.answered(call, begun)
        if answer.startswith(wanted):
            noted.taken(body["id"])
        else:
            noted.failed(call, answer)
    yield from _together(post, photos, noted, again=again)


class Reader:
    """An auditor, who asks for lists again and again, and hears of every entry."""

    def __init__(self, port: int, token: str, noted: Noted) -> None:
        self._address = f"http://127.0.0.1:{port}/api/v1"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._noted = noted
        self.heard: list[str] = []
        """The ids of all that was new."""

    async def ask(self) -> None:
        """For lists, with a pause between them, until it is told to stop."""
        async with self._client() as client:
            for path in cycle(QUESTIONS):
                await self._get(client, LIST, path, {})
                await asyncio.sleep(_PAUSE_S)

    async def follow(self, is_over: asyncio.Event) -> None:
        """From the first entry to the last that there is once it is over."""
        parameters = {"limit": f"{_AT_ONCE}", "wait": "1"}
        async with self._client() as client:
            while True:
                was_over = is_over.is_set()
                told = await self._get(client, FEED, "/changes", parameters)
                if told is None:
                    continue
                parameters["cursor"] = told["next_cursor"]
                self.heard += [one["entry"]["body"]["id"] for one in told["items"]]
                if was_over and told["is_at_end"] and not told["items"]:
                    return

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(headers=self._headers, trust_env=False, timeout=_GIVE_UP_S)

    async def _get(
        self, client: httpx.AsyncClient, call: str, path: str, parameters: dict[str, str]
    ) -> Any:
        begun = time.perf_counter()
        answer = await client.get(f"{self._address}{path}", params=parameters)
        if not answer.is_success:
            self._noted.failed(call, answer.content)
            return None
        if call == LIST or answer.json()["items"]:
            self._noted.answered(call, begun)
        return answer.json()


QUESTIONS: Final = (
    "/incidents?limit=50",
    "/releases?protection=sanyou&limit=50",
    "/animals?species=phalacrocorax_carbo&limit=50",
    "/incidents?q=13号林班&limit=20",
    "/incidents?station=15072301007&limit=50",
    "/photos?limit=50",
)
"""What an auditor asks in turn."""
