"""A thousand who listen to what is new, and what they cost: `python -m bench.listening`.

A thousand listen who are told of everything, and one rescue is opened. It is told what they take of
memory, and how long until the last of them knows.

Then eight officers open rescues as in `bench.opening`, at the same service in turn while

- nobody listens;
- one system listens that is told of everything;
- a thousand listen at a hundred other stations, who are told nothing of it.

It takes about five minutes.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from typing import Final

import uvloop

from bench.disk import on_disk
from bench.load import opens_over_http
from bench.opening import running_service, sign_in
from bench.report import aim, machine
from bench.rounds import Contestant, Figures, Round, alternate, weighed
from bench.servers import Server, postgresql_in
from bench.stage import AUDITOR, OFFICERS, Officer, put_auditor, put_officers
from wildlife.settings import Settings

LISTENERS: Final = 1000
STATIONS: Final = 100
# So many come together. That each begins is on record before it is told anything.
AT_ONCE: Final = 50
ROUNDS: Final = 3
# Each is sent something every 15 to 30 seconds, and it is looked whether they may still listen.
SECONDS: Final = 24.0
SETTLED_S: Final = 3.0
WARM_UP_S: Final = 2.0
WITHIN_S: Final = 60.0

ELSEWHERE: Final = [
    Officer(code, "民警", code, f"{code}号森林派出所")
    for code in (f"15072301{n:03}" for n in range(STATIONS))
]
"""Officers of other stations, one of each."""

NOBODY: Final = "nobody listens"
ONE: Final = "one is told of everything"
THOUSAND: Final = "a thousand are told nothing"


def main() -> None:
    """Measure and print."""
    on_disk(_measure)


def _measure(settings: Settings) -> None:
    assert settings.database_url is not None
    with running_service(settings) as service:
        uvloop.run(put_officers(settings))
        uvloop.run(put_officers(settings, ELSEWHERE))
        uvloop.run(put_auditor(settings))
        tokens = [sign_in(service, officer.badge) for officer in OFFICERS]
        auditor = sign_in(service, AUDITOR)
        others = [sign_in(service, one.badge) for one in ELSEWHERE] * (LISTENERS // STATIONS)
        base, most, known = uvloop.run(_hold(service, tokens[0], [auditor] * LISTENERS))
        measured = uvloop.run(_take_turns(settings, service, tokens, auditor, others))
    print("| while | openings/s | (rounds) | p99 ms | CPU ms each |\n|---|---:|---:|---:|---:|")
    for name, one in measured.items():
        rounds = f"{one.slowest_per_second:.0f}–{one.fastest_per_second:.0f}"
        print(f"| {name} | {one.per_second:.0f} | {rounds} | {one.p99_ms:.1f} | {one.cpu_ms:.2f} |")
    print()
    alone = measured[NOBODY]
    for name in (ONE, THOUSAND):
        one = measured[name]
        assert one.cpu_ms is not None
        assert alone.cpu_ms is not None
        left = 100 * one.per_second / alone.per_second
        print(aim(f"openings while {name}, of those while nobody listens", left, 90, unit=" %"))
        print(aim("the same by processor time", 100 * alone.cpu_ms / one.cpu_ms, 90, unit=" %"))
    print(aim("memory of a thousand", most - base, 300, unit=" MB", at_most=True))
    print(aim("until the last of a thousand knows", known, 5, unit=" s", at_most=True))
    print(f"\n{asyncio.run(machine(settings.database_url))}")


async def _take_turns(
    settings: Settings, service: Server, tokens: list[str], auditor: str, others: list[str]
) -> dict[str, Figures]:
    postgresql_s = postgresql_in(settings.data_dir)
    opens = opens_over_http(service.port, tokens)

    def while_listening(listeners: Sequence[str]) -> Contestant:
        async def run(seconds: float) -> Round:
            async with _listening(service, listeners):
                await asyncio.sleep(SETTLED_S)
                return await measured(seconds)

        measured = weighed(opens, lambda: service.processor_s() + postgresql_s())
        return run

    return await alternate(
        {
            NOBODY: while_listening(()),
            ONE: while_listening((auditor,)),
            THOUSAND: while_listening(others),
        },
        rounds=ROUNDS,
        seconds=SECONDS,
        warm_up_s=WARM_UP_S,
    )


async def _hold(
    service: Server, officer: str, listeners: Sequence[str]
) -> tuple[float, float, float]:
    """The memory before and while so many listen, and how long after a rescue was opened the last
    of them is told."""
    await opens_over_http(service.port, [officer])(WARM_UP_S)
    base = service.memory_mb()
    async with _listening(service, listeners) as held:
        [opened] = (await opens_over_http(service.port, [officer])(0)).latencies_s
        begun = time.perf_counter() - opened
        async with asyncio.timeout(WITHIN_S):
            await asyncio.gather(*(one.told for one in held))
        return base, service.memory_mb(), time.perf_counter() - begun


@asynccontextmanager
async def _listening(service: Server, tokens: Sequence[str]) -> AsyncIterator[list["_Listener"]]:
    """A listener for each of these tokens, to what is new from now on."""
    loop = asyncio.get_running_loop()
    held: list[_Listener] = []
    with ExitStack() as stack:
        for token in tokens:
            transport, one = await loop.create_connection(_Listener, "127.0.0.1", service.port)
            stack.callback(transport.abort)
            held.append(one)
            one.ask(transport, service.port, token)
            if len(held) % AT_ONCE == 0 or len(held) == len(tokens):
                async with asyncio.timeout(WITHIN_S):
                    await asyncio.gather(*(one.begun for one in held))
        yield held


class _Listener(asyncio.Protocol):
    """Who holds a stream open and keeps nothing of it."""

    def __init__(self) -> None:
        self._received = b""
        loop = asyncio.get_running_loop()
        self.begun = loop.create_future()
        """Done with the first bytes of the stream."""
        self.told = loop.create_future()
        """Done with the first change."""

    def ask(self, transport: asyncio.Transport, port: int, token: str) -> None:
        head = (
            "GET /api/v1/changes?since=now HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            "Accept: text/event-stream\r\n\r\n"
        )
        transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        self._received = self._received or data
        if not self._received.startswith(b"HTTP/1.1 200 ") and not self.begun.done():
            self.begun.set_exception(RuntimeError(f"refused:\n{data.decode()}"))
        if not self.begun.done() and b"retry:" in data:
            self.begun.set_result(None)
        if not self.told.done() and b"event: change" in data:
            self.told.set_result(None)


if __name__ == "__main__":
    main()
