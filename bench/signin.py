"""Signing in while passwords are guessed: `python -m bench.signin`.

For ten seconds each, 200 wrong passwords a second come: from one other address, at other badges
and at an officer's own; and from 200 addresses, at other badges, which fills the queue. Meanwhile

- an officer signs in from where they signed in before, again and again;
- another signs in from an address that is new each time;
- somebody who is signed in asks who they are: a plain request.

The service runs as `wildlife serve` does, with one worker; who guesses and who signs in are one
process beside it, as cheap as in `bench/load.py`. Addresses are said as a proxy says them.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import NamedTuple, TypeAlias

import uvloop
from msgspec.structs import replace

from bench.disk import on_disk
from bench.opening import running_service, sign_in
from bench.report import aim, machine
from bench.rounds import Round
from bench.servers import Server
from bench.stage import OFFICERS, PASSWORD, put_officers
from wildlife.settings import Settings

SECONDS = 10.0
A_SECOND = 200
PAUSE_S = 0.05

KNOWN, NEW = OFFICERS[0].badge, OFFICERS[1].badge
STATION = "10.15.4.25"

Guess: TypeAlias = Callable[[int], bytes]
"""The request with the n-th wrong password."""


class Measured(NamedTuple):
    """How long each answer took, and how many had which status."""

    round: Round
    statuses: Counter[str]

    def cells(self) -> str:
        statuses = ", ".join(f"{n} × {status}" for status, n in sorted(self.statuses.items()))
        p50, p99 = self.round.percentile_ms(50), self.round.percentile_ms(99)
        return f"{p50:.0f} | {p99:.0f} | {statuses}"


def signing_in(badge: str, address: str, password: str) -> bytes:
    body = json.dumps({"badge": badge, "password": password}).encode()
    return (
        f"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


ATTACKS: dict[str, Guess | None] = {
    "nobody": None,
    "at other badges, from one address": lambda n: signing_in(f"9{n:08}", "203.0.113.9", "wrong"),
    "at the officer's, from one address": lambda _: signing_in(KNOWN, "203.0.113.10", "wrong"),
    "at other badges, from 200 addresses": lambda n: signing_in(
        f"8{n:08}", f"198.51.100.{n % 200}", "wrong"
    ),
}


class Client:
    """Connections on loopback that are kept open: a new one where all are busy."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, request: bytes) -> str:
        """The status of the answer."""
        reader, writer = (
            self._free.pop()
            if self._free
            else await asyncio.open_connection("127.0.0.1", self._port)
        )
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(head.partition("content-length: ")[2].split("\r")[0]))
        self._free.append((reader, writer))
        return head.split()[1]

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()


def main() -> None:
    """Measure and print."""
    on_disk(_measure)


def _measure(settings: Settings) -> None:
    assert settings.database_url is not None
    with running_service(replace(settings, trusted_proxy="127.0.0.1")) as service:
        uvloop.run(put_officers(settings))
        token = sign_in(service, OFFICERS[2].badge)
        slowest_ms = uvloop.run(_all_attacks(service, token))
        refused_ms, hashed_ms = uvloop.run(_costs(service))
    print()
    print(f"- processor time of the service for a guess: {refused_ms:.1f} ms for one that has to")
    print(f"  wait, {hashed_ms:.1f} ms for one that is looked at")
    print(aim("p99 of a known officer, at worst", slowest_ms, 1000, unit=" ms", at_most=True))
    print()
    print(asyncio.run(machine(settings.database_url)))


async def _all_attacks(service: Server, token: str) -> float:
    print("| 200 guesses a second | meanwhile | p50 ms | p99 ms | answers |\n|---|---|--:|--:|---|")
    known_ms = []
    for attack, guess in ATTACKS.items():
        client = Client(service.port)
        await client.ask(signing_in(KNOWN, STATION, PASSWORD))
        measured = await _under(client, guess, token)
        client.close()
        for what, one in measured.items():
            print(f"| {attack} | {what} | {one.cells()} |")
        known_ms.append(measured["a known officer signs in"].round.percentile_ms(99))
    return max(known_ms)


async def _costs(service: Server) -> tuple[float, float]:
    """The processor time of a guess that has to wait, and of one that is looked at, in ms. Unlike
    the times above it does not depend on what else the machine does."""
    client = Client(service.port)
    again = signing_in(KNOWN, "203.0.113.10", "wrong")
    first = [signing_in(f"7{n:08}", f"192.0.2.{n}", "wrong") for n in range(50)]
    costs = []
    for requests, status in (([again] * 500, "429"), (first, "401")):
        before, statuses = service.processor_s(), Counter[str]()
        for request in requests:
            statuses[await client.ask(request)] += 1
        assert statuses[status] >= 0.9 * len(requests), statuses
        costs.append((service.processor_s() - before) * 1000 / len(requests))
    client.close()
    return costs[0], costs[1]


async def _under(client: Client, guess: Guess | None, token: str) -> dict[str, Measured]:
    addresses = (f"100.64.{time.time_ns() % 251}.{n % 251}" for n in count())
    plain = (
        f"GET /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()
    measuring = {
        "a known officer signs in": _again(client, lambda: signing_in(KNOWN, STATION, PASSWORD)),
        "one at a new address signs in": _again(
            client, lambda: signing_in(NEW, next(addresses), PASSWORD)
        ),
        "a plain request": _again(client, lambda: plain),
    }
    if guess is not None:
        measuring["the guesses"] = _guess(client, guess)
    return dict(zip(measuring, await asyncio.gather(*measuring.values()), strict=True))


async def _again(client: Client, request: Callable[[], bytes]) -> Measured:
    """Ask again and again, with a pause."""
    latencies_s, statuses = list[float](), Counter[str]()
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        latencies_s.append(await _timed(client, request(), statuses))
        await asyncio.sleep(PAUSE_S)
    return Measured(Round(SECONDS, latencies_s), statuses)


async def _guess(client: Client, guess: Guess) -> Measured:
    """Send each at its time, whether the earlier ones are answered or not."""
    statuses, sent = Counter[str](), list[asyncio.Task[float]]()
    started = time.perf_counter()
    for n in range(int(SECONDS * A_SECOND)):
        await asyncio.sleep(max(0, started + n / A_SECOND - time.perf_counter()))
        sent.append(asyncio.create_task(_timed(client, guess(n), statuses)))
    return Measured(Round(SECONDS, list(await asyncio.gather(*sent))), statuses)


async def _timed(client: Client, request: bytes, statuses: Counter[str]) -> float:
    began = time.perf_counter()
    statuses[await client.ask(request)] += 1
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
