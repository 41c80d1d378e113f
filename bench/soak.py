"""An hour of a whole province at full speed: `python -m bench.soak`, or `make soak`.

250 phones send 20,000 rescues, which are 100,000 entries, and declare 20,000 photos; of some the
answer is lost, and they come twice. An auditor asks for lists meanwhile, and hears of every entry.
Twenty times it is told how many there are a second, how long they take, and what each process of
the service holds. At the end the last tenth stands beside the first, all is counted, and `wildlife
verify` and `wildlife rebuild --check` look through it. On two cores it takes ten minutes;
`ENTRIES=20000` a fifth of them.

Others on the machine lengthen latencies; what an entry costs the service and PostgreSQL is told in
processor time. What the phones themselves take of it stands in the last line.
"""

import asyncio
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final, NamedTuple

import asyncpg
import httpx
import uvloop
from msgspec.structs import replace

from bench.disk import on_disk
from bench.province import (
    APPEND,
    ENTRIES,
    FEED,
    GROUP,
    LIST,
    OPEN,
    SYNC,
    Noted,
    Phones,
    Reader,
    send,
)
from bench.report import aim, machine
from bench.servers import postgresql_in
from bench.service import running_service, sign_in
from bench.stage import AUDITOR, Officer, put_auditor, put_officers
from wildlife.settings import Settings, to_environment

ALL: Final = 100_000
CONNECTIONS: Final = 16
WORKERS: Final = 2
WINDOWS: Final = 20
_DEARER: Final = 1.2
# Some MB for each thread are what the C library keeps of what was freed. A kilobyte kept of each
# entry would be more.
_GROWN_MB: Final = 40
CALLS: Final = (OPEN, APPEND, SYNC, LIST, FEED)
OFFICERS: Final = [
    Officer(code, "民警", code, f"{code}号森林派出所")
    for code in (f"15072301{n:03}" for n in range(250))
]
"""Phones of so many stations, one of each."""


class Taken(NamedTuple):
    """What a service holds and has taken at some moment."""

    memory_mb: Mapping[str, float]
    """Of each of its processes."""
    processor_s: float
    """Of it and PostgreSQL."""


class Window(NamedTuple):
    """A part of the soak."""

    entries: int
    """How many there were at its end, in all."""
    new: int
    seconds: float
    latencies_s: Mapping[str, list[float]]
    taken: Taken
    database_mb: float
    errors: int


class Soaked(NamedTuple):
    """What came of it."""

    windows: list[Window]
    noted: Noted
    heard: list[str]
    """The ids of all entries that were told by the feed."""
    phones_s: float
    """What the phones and readers took of the processors."""


async def soak(
    port: int,
    database_url: str,
    phones: Phones,
    auditor: str,
    taken: Callable[[], Taken],
    tell: Callable[[Window], None] = lambda _: None,
) -> Soaked:
    """Let the phones send all at the service on this port, and the auditor read meanwhile."""
    per_window = wanted = phones.incidents * ENTRIES // WINDOWS
    windows: list[Window] = []
    crossed = asyncio.Event()

    def look() -> None:
        if len(noted.entries) >= wanted:
            crossed.set()

    noted = Noted(look)
    reader, is_over = Reader(port, auditor, noted), asyncio.Event()

    async def watch() -> None:
        nonlocal wanted
        begun = time.perf_counter()
        connection = await asyncpg.connect(database_url)
        try:
            while len(windows) < WINDOWS:
                await crossed.wait()
                crossed.clear()
                wanted += per_window
                look()  # what came at once may cross several, and after the last nothing comes
                now, latencies, noted.latencies_s = time.perf_counter(), noted.latencies_s, {}
                size = await connection.fetchval("select pg_database_size(current_database())")
                entries, errors = len(noted.entries), noted.errors.total()
                new = entries - (windows[-1].entries if windows else 0)
                windows.append(
                    Window(entries, new, now - begun, latencies, taken(), size / 1e6, errors)
                )
                tell(windows[-1])
                begun = now
        finally:
            await connection.close()

    before = time.process_time()
    asking, watching = asyncio.create_task(reader.ask()), asyncio.create_task(watch())
    following = asyncio.create_task(reader.follow(is_over))
    try:
        await send(port, phones, noted)
        is_over.set()
        await following
        if not noted.errors:
            await watching
    finally:
        for task in (asking, watching, following):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    return Soaked(windows, noted, reader.heard, time.process_time() - before)


# ---------------------------------------------------------------- the whole of it, and what it says


def main() -> None:
    """Measure and print."""
    on_disk(_measure)


def _measure(settings: Settings) -> None:
    settings = replace(settings, workers=WORKERS)
    assert settings.database_url is not None
    assert settings.owner_database_url is not None
    incidents = int(os.environ.get("ENTRIES", ALL)) // ENTRIES // GROUP * GROUP
    with running_service(settings) as service:
        uvloop.run(put_officers(settings, OFFICERS))
        uvloop.run(put_auditor(settings))
        tokens = [sign_in(service, one.badge) for one in OFFICERS]
        auditor = sign_in(service, AUDITOR)
        postgresql_s = postgresql_in(settings.data_dir)

        def taken() -> Taken:
            return Taken(service.memories_mb(), service.processor_s() + postgresql_s())

        print("| entries | a second | memory MB | database MB | errors |", end="")
        print("".join(f" {call}: p50, p95, p99 ms |" for call in CALLS))
        print("|---:|---:|---|---:|---:|" + "---|" * len(CALLS), flush=True)
        begun = time.perf_counter()
        phones = Phones(tokens, incidents, CONNECTIONS)
        soaked = uvloop.run(
            soak(service.port, settings.owner_database_url, phones, auditor, taken, _line)
        )
        took_s = time.perf_counter() - begun
        is_whole = _require_all(service.base_url, auditor, incidents, soaked)
    are_sound = [_ended_well(settings, *one) for one in (["verify"], ["rebuild", "--check"])]
    print()
    is_flat = _compare(soaked.windows)
    part = soaked.phones_s / took_s
    print(f"\n{took_s:.0f} s; phones and readers took {part:.0%} of one core;", end=" ")
    print(asyncio.run(machine(settings.owner_database_url)))
    if not (is_whole and all(are_sound) and is_flat):
        sys.exit(1)


def _line(window: Window) -> None:
    calls = (_percentiles(window.latencies_s.get(call, [])) for call in CALLS)
    held = ", ".join(f"{name} {mb:.0f}" for name, mb in window.taken.memory_mb.items())
    rate = window.new / window.seconds
    print(f"| {window.entries} | {rate:.0f} | {held} | {window.database_mb:.0f}", end="")
    print(f" | {window.errors} | {' | '.join(calls)} |", flush=True)


def _percentiles(latencies_s: list[float]) -> str:
    if len(latencies_s) < 2:
        return "–"
    cuts = statistics.quantiles(latencies_s, n=100)
    return ", ".join(f"{cuts[percent - 1] * 1000:.0f}" for percent in (50, 95, 99))


def _require_all(base_url: str, auditor: str, incidents: int, soaked: Soaked) -> bool:
    """Whether all is there that was sent, once, and nothing else; it is said what is not."""
    entries = incidents * ENTRIES
    with httpx.Client(headers={"Authorization": f"Bearer {auditor}"}, trust_env=False) as client:
        listed = client.get(f"{base_url}/api/v1/incidents?count=exact&limit=1").json()["total"]
        metrics = client.get(f"{base_url}/metrics").text
    [uploads] = re.findall(r"^wildlife_uploads_open (\S+)$", metrics, re.MULTILINE)
    counts = {
        "entries acknowledged": (len(soaked.noted.entries), entries),
        "… heard of": (len(soaked.heard), entries),
        "… each once": (len({*soaked.heard} & soaked.noted.entries), entries),
        "incidents listed": (listed, incidents),
        "photos declared": (soaked.noted.photos, incidents),
        "… and waited for": (int(float(uploads)), incidents),
        "errors": (soaked.noted.errors.total(), 0),
    }
    print()
    for what, (count, wanted) in counts.items():
        print(f"- {what}: {count}{'' if count == wanted else f', NOT {wanted}'}")
    print(f"- sent twice: {soaked.noted.again} entries")
    for what, times in soaked.noted.errors.most_common(20):
        print(f"- {times} × {what}")
    return all(count == wanted for count, wanted in counts.values())


def _ended_well(settings: Settings, *command: str) -> bool:
    begun = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-m", "wildlife", *command],
        env=os.environ | to_environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    seconds, status = time.perf_counter() - begun, ended.returncode
    said = f": {ended.stdout[-2000:]}{ended.stderr[-2000:]}" if status else ""
    print(f"- wildlife {' '.join(command)}: status {status} after {seconds:.0f} s{said}")
    return ended.returncode == 0


def _compare(windows: list[Window]) -> bool:
    """Set the last tenth beside the first; whether nothing grew."""
    tenths = windows[: WINDOWS // 10], windows[-WINDOWS // 10 :]
    print("| call | first tenth: p50, p95, p99 ms | last tenth |\n|---|---|---|")
    for call in CALLS:
        cells = [
            _percentiles([seconds for one in tenth for seconds in one.latencies_s.get(call, [])])
            for tenth in tenths
        ]
        print(f"| {call} | {' | '.join(cells)} |")
    costs = [_cost_ms(windows, WINDOWS // 10), _cost_ms(windows, WINDOWS - 1)]
    first, last = (one[-1].taken.memory_mb for one in tenths)
    grown = {name: mb - first.get(name, 0) for name, mb in last.items()}
    what = f"an entry cost {costs[0]:.2f} ms of processors, and at the end as much times"
    ratio = costs[1] / costs[0]
    print()
    print(aim(what, ratio, _DEARER, unit="", at_most=True))
    for name, mb in grown.items():
        print(aim(f"{name} grew after the first tenth", mb, _GROWN_MB, unit=" MB", at_most=True))
    return ratio <= _DEARER and max(grown.values()) <= _GROWN_MB


def _cost_ms(windows: list[Window], at: int) -> float:
    """Processor time of an entry in the tenth that ends with this window."""
    before, after = windows[at - WINDOWS // 10], windows[at]
    seconds = after.taken.processor_s - before.taken.processor_s
    return 1000 * seconds / (after.entries - before.entries)


if __name__ == "__main__":
    main()
