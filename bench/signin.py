"""Signing in, and all else, while passwords are guessed: `python -m bench.signin`.

For twenty seconds each, 50 wrong passwords a second come: from one other address, at other badges
and at an officer's own; from 20 addresses at 25 badges; and from 200 addresses, at other badges,
which fills the queue. Meanwhile, and in between for as long, since what else the machine does comes
and goes,

- an officer signs in from where they signed in before, again and again;
- another signs in from an address that is new each time;
- somebody who is signed in reads: who they are, an incident, a page of incidents.

Then an officer who never signed in there does, at once. The service runs as `wildlife serve` does,
with one worker; who guesses and who signs in are one process beside it, as cheap as in
`bench/load.py`. Addresses are said as a proxy says them.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial, reduce
from itertools import count
from typing import NamedTuple, TypeAlias

import httpx
import uvloop
from msgspec.structs import replace

from bench.disk import on_disk
from bench.report import aim, machine
from bench.rounds import Round, new_id
from bench.servers import Server
from bench.service import running_service, sign_in
from bench.stage import (
    OFFICERS,
    OPENING_AFTER_ID,
    OPENING_BEFORE_ID,
    PASSWORD,
    put_officers,
)
from wildlife.settings import Settings

ROUNDS, SECONDS = 8, 2.5
A_SECOND = 50
PAUSE_S, BETWEEN_SIGN_INS_S = 0.05, 0.5
INCIDENTS = 100

# How the p95 of reads may grow, and what the worker may take.
MOST, MOST_MB = 2.0, 200

KNOWN, NEW, LATER = (officer.badge for officer in OFFICERS[:3])
READER = OFFICERS[3].badge
STATION = "10.15.4.25"

Guess: TypeAlias = Callable[[int], bytes]
"""The request with the n-th wrong password."""


class Measured(NamedTuple):
    """How long each answer took, and how many had which status."""

    round: Round
    statuses: Counter[str]

    def with_(self, other: "Measured") -> "Measured":
        """The same, and what the other measured."""
        seconds = self.round.seconds + other.round.seconds
        both = Round(seconds, self.round.latencies_s + other.round.latencies_s)
        return Measured(both, self.statuses + other.statuses)

    def cells(self) -> str:
        statuses = ", ".join(f"{n} × {status}" for status, n in sorted(self.statuses.items()))
        p50, p95, p99 = (self.round.percentile_ms(percent) for percent in (50, 95, 99))
        return f"{p50:.0f} | {p95:.0f} | {p99:.0f} | {statuses}"


def signing_in(badge: str, address: str, password: str) -> bytes:
    body = json.dumps({"badge": badge, "password": password}).encode()
    return (
        f"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


ATTACKS: dict[str, Guess] = {
    "at other badges, from one address": lambda n: signing_in(f"9{n:08}", "203.0.113.9", "wrong"),
    "at the officer's, from one address": lambda _: signing_in(KNOWN, "203.0.113.10", "wrong"),
    "at 25 badges, from 20 addresses": lambda n: signing_in(
        f"6{n % 25:08}", f"192.0.2.{100 + n % 20}", "wrong"
    ),
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
        reader, writer = self._take() or await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        await reader.readexactly(int(head.partition("content-length: ")[2].split("\r")[0]))
        self._free.append((reader, writer))
        return head.split()[1]

    def _take(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """One that the server has not ended meanwhile, as it does where nothing is asked."""
        while self._free:
            reader, writer = self._free.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return None

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
        token = sign_in(service, READER)
        slowest_ms, ratio, later_ms = uvloop.run(_all_attacks(service, token))
        memory_mb = service.memory_mb()
        refused_ms, hashed_ms = uvloop.run(_costs(service))
    print()
    print(f"- processor time of the service for a guess: {refused_ms:.1f} ms for one that has to")
    print(f"  wait, {hashed_ms:.1f} ms for one that is looked at")
    print(aim("p99 of a known officer, at worst", slowest_ms, 1000, unit=" ms", at_most=True))
    print(
        aim("p95 of reads against that of before, at worst", ratio, MOST, unit=" x", at_most=True)
    )
    print(aim("memory a process", memory_mb, MOST_MB, unit=" MB", at_most=True))
    print(aim("the next account's sign-in, at worst", later_ms, 1000, unit=" ms", at_most=True))
    print()
    print(asyncio.run(machine(settings.database_url)))


async def _all_attacks(service: Server, token: str) -> tuple[float, float, float]:
    """How long a known officer waited, by how much reads slowed down, and how long who came next
    waited: each at worst."""
    incidents = await asyncio.to_thread(_open_some, service, token)
    reads = {
        "who am I": _asking("/api/v1/session", token),
        "an incident": _asking(f"/api/v1/incidents/{incidents[0]}", token),
        "a page of incidents": _asking("/api/v1/incidents?limit=50", token),
    }
    print("| 50 guesses a second | meanwhile | p50 ms | p95 ms | p99 ms | answers |")
    print("|---|---|--:|--:|--:|---|")
    known_ms, ratios, later_ms = [], [], []
    for number, (attack, guess) in enumerate(ATTACKS.items()):
        client = Client(service.port)
        await client.ask(signing_in(KNOWN, STATION, PASSWORD))
        alone, under = await _under(client, None, reads), await _under(client, guess, reads)
        for _ in range(ROUNDS - 1):
            under = _both(under, await _under(client, guess, reads))
            alone = _both(alone, await _under(client, None, reads))
        began = time.perf_counter()
        status = await client.ask(signing_in(LATER, f"100.65.0.{number}", PASSWORD))
        assert status == "201", f"somebody else was locked out: {status}"
        later_ms.append((time.perf_counter() - began) * 1000)
        client.close()
        for what, one in alone.items():
            print(f"| nobody | {what} | {one.cells()} |")
        for what, one in under.items():
            print(f"| {attack} | {what} | {one.cells()} |")
        known_ms.append(under["a known officer signs in"].round.percentile_ms(99))
        quiet, busy = (_of_all(reads, one).percentile_ms(95) for one in (alone, under))
        ratios.append(busy / quiet)
    return max(known_ms), max(ratios), max(later_ms)


def _both(some: dict[str, Measured], more: dict[str, Measured]) -> dict[str, Measured]:
    return {what: one.with_(more[what]) for what, one in some.items()}


def _of_all(whats: Iterable[str], measured: Mapping[str, Measured]) -> Round:
    return reduce(Measured.with_, (measured[what] for what in whats)).round


def _open_some(service: Server, token: str) -> list[str]:
    """The ids of incidents that are opened, for a page of them."""
    ids = [str(new_id()) for _ in range(INCIDENTS)]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with httpx.Client(base_url=service.base_url, headers=headers) as client:
        for one in ids:
            body = OPENING_BEFORE_ID + one.encode() + OPENING_AFTER_ID
            client.post("/api/v1/incidents", content=body).raise_for_status()
    return ids


def _asking(path: str, token: str) -> bytes:
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()


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


async def _under(
    client: Client, guess: Guess | None, reads: Mapping[str, bytes]
) -> dict[str, Measured]:
    addresses = (f"100.64.{time.time_ns() % 251}.{n % 251}" for n in count())
    measuring = {
        "a known officer signs in": _again(
            client, lambda: signing_in(KNOWN, STATION, PASSWORD), BETWEEN_SIGN_INS_S
        ),
        "one at a new address signs in": _again(
            client, lambda: signing_in(NEW, next(addresses), PASSWORD), BETWEEN_SIGN_INS_S
        ),
        **{what: _again(client, partial(bytes, one)) for what, one in reads.items()},
    }
    if guess is not None:
        measuring["the guesses"] = _guess(client, guess)
    return dict(zip(measuring, await asyncio.gather(*measuring.values()), strict=True))


async def _again(
    client: Client, request: Callable[[], bytes], pause_s: float = PAUSE_S
) -> Measured:
    """Ask again and again, with a pause."""
    latencies_s, statuses = list[float](), Counter[str]()
    until = time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        latencies_s.append(await _timed(client, request(), statuses))
        await asyncio.sleep(pause_s)
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
