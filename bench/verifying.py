"""Verifying beside reading and hashing alone: `python -m bench.verifying [RELEASES]`.

Invented timelines of ten years are written (20,000 releases unless another number is given, some
ten entries each), the ledger is signed, then two take turns:

- `wildlife verify`, as an operator runs it, in as many processes as there are cores;
- what reads the text of every entry through one connection and makes its SHA-256, and no more: no
  text is looked into, no chain, no tree, no place.

How large the largest process of `wildlife verify` grows is told beside what it is with a tenth of
the releases.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from hashlib import sha256

import asyncpg
import psutil

from bench.disk import on_disk
from bench.report import aim, machine
from bench.servers import Server, postgresql_in
from db.database import open_database
from wildlife.commands.preparing import load_register
from wildlife.ledger.signing import Checkpoints
from wildlife.settings import Settings, to_environment
from wildlife.synth.loading import Wanted, load
from wildlife.timeline.policy import read_policy

RELEASES = 20_000
ROUNDS = 3
_LOOK_AGAIN_S = 0.2


def main() -> None:
    """Measure and print."""
    releases = int(sys.argv[1]) if len(sys.argv) > 1 else RELEASES
    on_disk(partial(_weigh, releases=releases // 10))
    on_disk(partial(_measure, releases=releases))


def _weigh(settings: Settings, releases: int) -> None:
    entries = asyncio.run(_filled(settings, releases))
    print(_largest(settings, entries))


def _measure(settings: Settings, releases: int) -> None:
    assert settings.owner_database_url is not None
    entries = asyncio.run(_filled(settings, releases))
    contestants: dict[str, Callable[[], None]] = {
        "`wildlife verify`": lambda: _verify(settings),
        "reading and SHA-256 alone": lambda: asyncio.run(_read(settings)),
    }
    postgresql_s = postgresql_in(settings.data_dir)
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    processor: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, run in contestants.items():
            began, used = time.monotonic(), sum(os.times()[:4]) + postgresql_s()
            run()
            seconds[name].append(time.monotonic() - began)
            processor[name].append(sum(os.times()[:4]) + postgresql_s() - used)
    print("| what | s | entries/s | CPU µs for each |\n|---|---:|---:|---:|")
    for name, rounds in seconds.items():
        median, cpu = statistics.median(rounds), statistics.median(processor[name])
        print(f"| {name} | {median:.1f} | {entries / median:.0f} | {cpu / entries * 1e6:.1f} |")
    ours, limit = (statistics.median(rounds) for rounds in seconds.values())
    print()
    print(aim("verifying against reading and SHA-256", limit / ours * 100, 50, unit=" %"))
    print(_largest(settings, entries))
    print()
    print(f"{entries} entries, {ROUNDS} rounds;", asyncio.run(machine(settings.owner_database_url)))


async def _filled(settings: Settings, releases: int) -> int:
    """The number of entries."""
    assert settings.owner_database_url is not None
    assert settings.database_url is not None
    await load_register(settings)
    begins, ends = date(2015, 1, 1), date(2024, 12, 31)
    wanted = Wanted(releases, releases // 10, begins, ends, 1, True, 2)
    policy = read_policy(None)
    await load(settings.owner_database_url, wanted, settings.zone, policy, lambda *_: None)
    async with open_database(
        settings.database_url, confined=True, zone=settings.zone, size=1
    ) as database:
        signed = await Checkpoints(database, settings).latest()
    assert signed is not None
    return signed.size


def _verify(settings: Settings) -> None:
    with _verifying(settings) as process:
        process.wait()


def _largest(settings: Settings, entries: int) -> str:
    """How large the largest process of a `wildlife verify` becomes: looked at while it runs, since
    what getrusage tells of a child counts what its parent had when it was begun."""
    largest = 0.0
    with _verifying(settings) as process:
        server = Server(process, settings.port)
        while process.poll() is None:
            with suppress(psutil.NoSuchProcess):
                largest = max(largest, server.memory_mb())
            time.sleep(_LOOK_AGAIN_S)
    return f"- the largest process, {entries} entries: {largest:.0f} MB"


@contextmanager
def _verifying(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "wildlife", "verify"]
    environment = to_environment(settings)
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        yield process
    assert process.returncode == 0


async def _read(settings: Settings) -> None:
    assert settings.database_url is not None
    connection = await asyncpg.connect(settings.database_url)
    try:
        async with connection.transaction():
            rows = connection.cursor("select canonical, digest from entry", prefetch=1000)
            async for row in rows:
                assert sha256(row["canonical"].encode()).digest() == row["digest"]
    finally:
        await connection.close()


if __name__ == "__main__":
    main()
